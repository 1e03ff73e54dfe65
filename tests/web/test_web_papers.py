"""The page to try things out, case files and the card of the model."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from contextlib import ExitStack
from pathlib import Path

import pytest
from databases import settings_of
from fakes import FakeScorer
from test_web_pages import faults
from webkit import Console

from app.api.schemas import ClassifyRequest
from app.review.replay import digest_of, read_case
from app.web.trial import FIELDS, sent_to_api

TRIAL = "/konsol/coba"
ACT = {
    "text": "ayo coblos\nnomor 2 & <b>3</b>",
    "action": "comment",
    "target_text": "siapa?",
    "posted_at": "2031-11-03",
    "account_kind": "pribadi",
    "subject_status": "PNS",
}


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_answer_is_the_one_of_the_api(console: Console, language: str) -> None:
    console.get(f"/konsol/bahasa?pilih={language}")
    page = console.submit_on(console.get(TRIAL), TRIAL, **ACT)
    assert (page.status, faults(page)) == (200, [])
    sent, answered = (json.loads(pre.text) for pre in page.tree.xpath("//pre"))
    assert sent == ACT
    by_api = console.api.post("/classify", sent, X_API_Key=console.anna, Accept_Language=language)
    assert answered == by_api.json()
    assert answered["notice"] in page.words
    assert page.form(TRIAL)["text"] == ACT["text"]


def test_the_kind_is_shown_with_its_own_probability(shared: Console) -> None:
    assert "ajakan memilih Peluang jenis isi itu 0,75." in shared.submit(TRIAL, text="ayo coblos").words


def test_what_is_not_filled_in_is_not_sent() -> None:
    assert sent_to_api({"text": "a", "platform": "", "token": "x", "saring": "y"}) == {"text": "a"}
    assert sent_to_api({"text": "a", "queue": "ya"}) == {"text": "a", "queue": True}


def test_the_form_asks_for_what_the_api_takes() -> None:
    not_asked = {"id", "queue", "author_id", "captured_at", "known_at"}
    assert set(FIELDS) == set(ClassifyRequest.model_fields) - not_asked


def test_an_act_that_cannot_be_judged_is_said_so(shared: Console) -> None:
    page = shared.submit(TRIAL, action="like")
    assert page.status == 200
    assert "tidak dapat dinilai" in page.words
    assert "Tidak dapat dinilai tanpa isi yang ditanggapi." in page.words


BAD = [
    ({"text": "", "action": "post"}, "Isi dahulu teksnya"),
    ({"text": "zqx", "posted_at": "kemarin"}, "Bukan waktu ISO 8601: Waktu unggah"),
    ({"text": "zqx", "posted_at": "9999-12-31"}, "Di luar rentang: Waktu unggah"),
    ({"text": "zqx", "action": "menari"}, "Pilihan itu tidak ada"),
    ({"text": "zqx", "platform": "x" * 65}, "Terlalu panjang"),
]


@pytest.mark.parametrize(("fields", "said"), BAD)
def test_what_does_not_fit_is_shown_again_with_its_fault(shared: Console, fields: dict[str, str], said: str) -> None:
    page = shared.submit(TRIAL, **fields)
    assert (page.status, faults(page)) == (422, [])
    assert said in page.tree.xpath("string(//p[@role='alert'])")
    assert page.form(TRIAL)["text"] == fields["text"]


def test_a_text_that_is_too_long_is_said_with_the_limit(tmp_path: Path) -> None:
    with ExitStack() as stack:
        console = Console(settings_of(tmp_path), stack, max_text_chars=1000)
        page = console.submit(TRIAL, text="a" * 1001)
    assert page.status == 413
    assert "Terlalu panjang (1.000): Tulisan sendiri" in page.words


def test_what_is_tried_out_is_not_kept_unless_it_is_queued(console: Console) -> None:
    console.submit(TRIAL, text="ayo coblos satu")
    assert "ayo coblos satu" not in console.get("/konsol/antrean").words
    page = console.submit(TRIAL, text="ayo coblos dua", queue="ya")
    assert "Masuk antrean sebagai butir" in page.words
    assert "ayo coblos dua" in console.get("/konsol/antrean").words


def test_without_a_model_there_is_a_page_that_says_so(tmp_path: Path) -> None:
    def broken(_: object) -> FakeScorer:
        raise RuntimeError("zqxmark")

    with ExitStack() as stack:
        console = Console(settings_of(tmp_path), stack, load=broken)
        for page in (console.submit(TRIAL, text="ayo"), console.get("/konsol/model")):
            assert (page.status, page.title) == (503, "Model belum siap, jadi tidak ada penilaian")
            assert page.response.headers["retry-after"] == "30"


# -- case files -------------------------------------------------------------------------------------------------------


def test_a_case_file_is_a_page_to_print_that_loads_nothing(console: Console) -> None:
    item = console.queue("ayo coblos <script>alert(1)</script>")
    case = console.submit_on(console.get(f"/konsol/butir/{item}"), f"/konsol/butir/{item}/berkas")
    assert case.title == f"Berkas kasus {item}"
    assert "<script>" not in case.text
    policy = case.response.headers["content-security-policy"]
    [style] = re.findall(r"<style>(.*?)</style>", case.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert not {link for link in case.links() if not link.startswith("#")}


def test_a_case_file_can_be_kept_and_replayed(console: Console) -> None:
    item = console.queue()
    kept = console.submit(f"/konsol/butir/{item}/berkas", bentuk="json")
    assert kept.response.headers["content-disposition"] == f'attachment; filename="kasus-{item}.json"'
    case = read_case(kept.response.content)
    assert case["digest"] == digest_of(case)
    assert case["review"]["blind"] is False


# -- the card ---------------------------------------------------------------------------------------------------------

CARD = (
    "# Card of <zqx>\n\nWords `code`.\n\n## Figures\n\n| a | b |\n| --- | --- |\n| 1 | <2> |\n\n![A curve](curve.svg)\n"
)


def with_card(folder: Path) -> Path:
    bundle = folder / "palsu-0"
    bundle.mkdir()
    (bundle / "manifest.json").write_text("{}", encoding="utf-8")
    (bundle / "CARD.md").write_text(CARD, encoding="utf-8")
    (bundle / "curve.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", encoding="utf-8")
    return bundle


def test_the_card_of_the_model_is_shown_with_its_tables_and_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_card(tmp_path)
    monkeypatch.setattr("app.api.model._is_of", lambda folder, info: folder.name == "palsu-0")
    with ExitStack() as stack:
        console = Console(settings_of(tmp_path), stack, models_dir=tmp_path, model="palsu-0")
        page = console.get("/konsol/model")
    assert (page.title, faults(page)) == ("Card of <zqx>", [])
    assert page.tree.xpath("string(//td[2])") == "<2>"
    assert page.tree.xpath("//img/@src")[-1].startswith("data:image/svg+xml;base64,")


def test_a_model_without_a_card_is_named_all_the_same(shared: Console) -> None:
    page = shared.get("/konsol/model")
    assert (page.status, page.title) == (200, "Kartu model")
    assert "palsu 0" in page.words
    assert "tidak membawa kartu" in page.words
