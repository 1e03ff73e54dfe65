"""One item: what is shown of it, what may be done with it, and what is kept from whom."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from databases import opened, settings_of
from sqlalchemy import update
from test_web_pages import faults
from webkit import Console, Page

from app.policy.wording import INDICATION, PHASE_NAMES
from app.review.audit import last_rows
from app.review.decisions import LEAST_REASON, MOST_REASON, needs_reason
from app.review.erasure import forget
from app.review.tables import ReviewLease
from app.review.verify import verify
from app.review.words import LABELS
from app.web.item import LABEL_KEYS

TAKE, DECIDE, UNDO, SECOND, LEAVE = ("ambil", "putusan", "batal", "kedua", "lepas")
REASON = "Ada ajakan mencoblos."


def at(item: str, step: str = "") -> str:
    return f"/konsol/butir/{item}" + (f"/{step}" if step else "")


def taken(console: Console, item: str) -> Page:
    """The item's page once it was taken."""
    console.submit(at(item, TAKE))
    return console.get(at(item))


def decide(console: Console, item: str, label: str, reason: str = REASON, **given: str) -> Page:
    return console.submit_on(taken(console, item), at(item, DECIDE), label=label, reason=reason, **given)


def marked(page: Page) -> list[tuple[str, str, str]]:
    """Class, words and weight of what is marked in the texts of a page."""
    marks = page.tree.xpath("//blockquote//mark")
    return [(m.get("class"), m.text, m.xpath("string(sub)")) for m in marks]


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("state", ["open", "held", "second", "disagreement", "done", "erased"])
def test_an_item_can_be_read_and_used_in_every_state(console: Console, state: str, language: str) -> None:
    item = in_state(console, state)
    console.get(f"/konsol/bahasa?pilih={language}")
    page = console.get(at(item))
    assert (page.status, faults(page), page.tree.get("lang")) == (200, [], language)


def in_state(console: Console, state: str) -> str:
    item = console.queue("ayo coblos nomor 2", author_id="penulis-uji")
    if state in ("second", "disagreement"):
        console.submit(at(item, SECOND))
    if state != "open":
        taken(console, item)
    if state not in ("open", "held", "erased"):
        decide(console, item, "dukungan")
    if state == "disagreement":
        console.log_in(console.budi)
        decide(console, item, "bukan")
    if state == "erased":
        with opened(console.settings) as store, store.begin() as tx:
            forget(tx, desk(console), "uji", "penulis-uji")
    return item


def desk(console: Console) -> Any:
    from app.review.desk import desk_of

    return desk_of(console.settings, console.api.app.state.secrets)


def test_evidence_is_marked_in_its_place_and_the_text_is_whole(console: Console) -> None:
    item = console.queue("ayo  coblos\nnomor 2", action="comment", target_text="siapa?")
    page = console.get(at(item))
    assert marked(page) == [("for", "coblos", "+1,5")]
    own, target = page.tree.xpath("//blockquote")
    for sub in own.xpath(".//sub"):
        sub.getparent().remove(sub)
    assert (own.text_content(), target.text_content()) == ("ayo  coblos\nnomor 2", "siapa?")


def test_the_score_is_shown_with_its_band_and_its_doubt(console: Console) -> None:
    words = console.get(at(console.queue())).words
    for part in (
        "0,900",
        "ditandai",
        "Diperiksa sejak 0,250, ditandai sejak 0,500.",
        "Keraguan 0,20",
        "ajakan memilih",
    ):
        assert part in words


def test_names_phase_and_rules_with_their_sources_are_shown(console: Console) -> None:
    item = console.queue(
        "ayo coblos Gendis Wulandanti", election="pilkada-kota-uji-2031", posted_at="2031-11-03T19:05:00+07:00"
    )
    page = console.get(at(item))
    answer = console.api.get(f"/items/{item}", X_API_Key=console.anna).json()["item"]
    assert answer["policy"]["rules"]
    for rule in answer["policy"]["rules"]:
        assert rule["id"] in page.words
        assert " ".join(rule["indication"].split()) in page.words
    assert answer["entities"]
    for entity in answer["entities"]:
        assert entity["name"] in page.words
    assert f"Tahap: {PHASE_NAMES[answer['policy']['phase']].id}." in page.words
    links = page.tree.xpath("//details//a/@href")
    assert links
    assert all(re.match("https?://", link) for link in links)
    assert all("noreferrer" in rel for rel in page.tree.xpath("//details//a/@rel"))


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_item_says_that_it_is_no_ruling(console: Console, language: str) -> None:
    item = console.queue()
    console.get(f"/konsol/bahasa?pilih={language}")
    said = console.get(at(item)).tree.xpath("string(//p[@class='notice'])").lower()
    assert {"id": "hanya indikasi, bukan putusan", "en": "an indication, not a ruling"}[language] in said
    assert {"id": "hanya indikasi, bukan putusan", "en": "an indication, not a ruling"}[language] in INDICATION.to(
        language  # type: ignore[arg-type]
    ).lower()


# -- taking and deciding ----------------------------------------------------------------------------------------------


def test_one_decides_on_what_one_holds(console: Console) -> None:
    item = console.queue()
    page = console.get(at(item))
    assert not page.forms(at(item, DECIDE))
    assert console.submit_on(page, at(item, TAKE)).to == at(item)
    held = console.get(at(item))
    assert held.forms(at(item, DECIDE))
    assert "Anda pegang sampai" in held.words
    done = console.submit_on(held, at(item, DECIDE), label="dukungan", reason=REASON, kind="vote_call", lanjut="tetap")
    assert (done.status, done.to) == (303, at(item))
    shown = console.get(at(item))
    assert not shown.forms(at(item, DECIDE))
    for part in ("selesai: dukungan", REASON, "Anda ·", "ajakan memilih"):
        assert part in shown.words


def test_saving_leads_to_the_next_item_under_the_same_filters(console: Console) -> None:
    first, second, other = console.queue(), console.queue("besok coblos"), console.queue("masih ragu")
    page = console.submit("/konsol/antrean/ambil", saring="band=flag&order=newest")
    assert page.to == f"{at(second)}?band=flag&order=newest"
    after = console.submit_on(console.get(page.to), at(second, DECIDE), label="ragu")
    assert after.to == f"{at(first)}?band=flag&order=newest&usai={second}"
    last = console.submit_on(console.get(after.to), at(first, DECIDE), label="bukan", reason=REASON)
    assert last.to == f"/konsol/antrean?band=flag&order=newest&usai={first}&kosong=ya"
    assert other in console.get("/konsol/antrean").text


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("text", ["ayo coblos nomor 2", "masih ragu"])
def test_a_reason_is_asked_for_where_it_is_required(console: Console, label: str, text: str) -> None:
    item = console.queue(text)
    page = taken(console, item)
    band = "flag" if "coblos" in text else "review"
    choice = page.tree.xpath(f"//input[@name='label' and @value='{label}']")[0]
    required = needs_reason(label, band)  # type: ignore[arg-type]
    assert ("data-reason" in choice.attrib) == required
    done = console.submit_on(page, at(item, DECIDE), label=label, reason="")
    assert done.status == (422 if required else 303)
    if required:
        assert "Alasan wajib diisi" in done.words
        assert done.tree.xpath("//textarea[@aria-invalid='true']")
        assert done.tree.xpath(f"//input[@value='{label}' and @checked]")
        assert faults(done) == []


BAD = [
    ({"label": "dukungan", "reason": "x"}, "terlalu pendek"),
    ({"label": "dukungan", "reason": "x" * (MOST_REASON + 1)}, "Terlalu panjang"),
    ({"label": "dukungan", "reason": REASON, "kind": "news"}, "tidak cocok"),
    ({"label": "bukan", "reason": REASON, "kind": "vote_call"}, "tidak cocok"),
    ({"label": "", "reason": REASON}, "Pilih dahulu putusannya"),
    ({"label": "zqxmark", "reason": REASON}, "Pilih dahulu putusannya"),
    ({"label": "ragu", "kind": "zqxmark"}, "tidak cocok"),
]


@pytest.mark.parametrize(("fields", "said"), BAD)
def test_a_decision_that_does_not_fit_is_shown_again_and_nothing_is_kept(
    console: Console, fields: dict[str, str], said: str
) -> None:
    item = console.queue()
    page = console.submit_on(taken(console, item), f"{at(item)}/putusan", **fields)
    assert page.status == 422
    assert said in page.words
    assert page.tree.xpath("string(//title)").startswith("Galat: ")
    assert "zqxmark" not in page.text
    assert console.get(at(item)).forms(at(item, DECIDE))
    if len(fields.get("reason", "")) in range(LEAST_REASON, MOST_REASON):
        assert page.form(at(item, DECIDE))["reason"] == fields["reason"]


def test_under_filters_that_are_none_nothing_is_kept(console: Console) -> None:
    item = console.queue()
    page = decide(console, item, "dukungan", saring="band=zqxmark")
    assert (page.status, page.title) == (422, "Isi permintaan tidak sesuai")
    assert console.get(at(item)).forms(at(item, DECIDE))


def test_what_somebody_else_holds_is_neither_taken_nor_decided(console: Console) -> None:
    item = console.queue()
    taken(console, item)
    console.log_in(console.budi)
    page = console.get(at(item))
    assert "Sedang diperiksa orang lain" in page.words
    assert not page.forms(at(item, TAKE))
    assert not page.forms(at(item, DECIDE))
    for step in (TAKE, DECIDE):
        refused = console.submit(at(item, step), label="ragu")
        assert (refused.status, refused.title) == (409, "Butir ini sedang diperiksa orang lain")


def test_letting_go_leaves_it_to_others(console: Console) -> None:
    item = console.queue()
    page = console.submit_on(taken(console, item), at(item, LEAVE))
    assert page.to == "/konsol/antrean"
    console.log_in(console.budi)
    assert taken(console, item).forms(at(item, DECIDE))


def test_letting_go_in_an_old_window_leaves_what_was_taken_in_another(console: Console) -> None:
    first, second = console.queue(), console.queue("besok coblos")
    old = taken(console, first)
    assert taken(console, second).forms(at(second, DECIDE))
    assert console.submit_on(old, at(first, LEAVE)).to == "/konsol/antrean"
    assert console.get(at(second)).forms(at(second, DECIDE))
    assert console.submit(at("zq-mark", LEAVE)).status == 404


def test_a_decision_is_taken_back_where_one_is_told_of_it(console: Console) -> None:
    first, second = console.queue(), console.queue("besok coblos")
    after = decide(console, first, "dukungan")
    page = console.get(after.to)
    assert "Putusan tersimpan." in page.words
    back = console.submit_on(page, at(first, UNDO))
    assert back.to == at(first)
    shown = console.get(back.to)
    assert shown.forms(at(first, DECIDE))
    assert "dibatalkan" in shown.words
    assert second in after.to
    assert console.submit(at(first, UNDO)).title == "Tidak ada keputusan Anda yang dapat dibatalkan pada butir ini"


@pytest.mark.parametrize("done", ["../../keluar?", "<b>", "a b", "A", "x" * 17, ""])
def test_only_what_can_be_an_item_is_offered_to_be_taken_back(shared: Console, done: str) -> None:
    page = shared.get(f"/konsol/antrean?usai={done}")
    assert not page.tree.xpath("//div[@class='done']")
    assert not page.tree.xpath("//form[contains(@action, '/batal')]")


@pytest.mark.parametrize(("fields", "said"), [BAD[0], BAD[2], BAD[4]])
@pytest.mark.parametrize("language", ["id", "en"])
def test_what_was_filled_in_while_time_ran_out_is_still_there_with_its_fault(
    console: Console, language: str, fields: dict[str, str], said: str
) -> None:
    item = console.queue()
    page = taken(console, item)
    run_out(console)
    console.get(f"/konsol/bahasa?pilih={language}")
    shown = console.submit_on(page, at(item, DECIDE), **fields)
    assert (shown.status, faults(shown)) == (422, [])
    assert language == "en" or said in shown.tree.xpath("string(//*[@role='alert'])")
    assert shown.form(at(item, DECIDE))["reason"] == fields["reason"]
    assert not shown.forms(at(item, LEAVE))  # nothing is held
    assert console.submit_on(shown, at(item, DECIDE), label="ragu", reason=REASON, kind="").status == 303


def test_what_somebody_else_took_when_time_ran_out_is_not_decided(console: Console) -> None:
    item = console.queue()
    page = taken(console, item)
    run_out(console)
    console.log_in(console.budi)
    taken(console, item)
    console.log_in(console.anna)
    shown = console.submit_on(page, at(item, DECIDE), token=console.token(), label="")
    assert (shown.status, shown.forms(at(item, DECIDE))) == (422, [])
    assert "Orang lain sedang memeriksanya" in shown.words


def run_out(console: Console) -> None:
    """Nobody's time is left."""
    with opened(console.settings) as store, store.begin() as tx:
        tx.execute(update(ReviewLease).values(expires_at=ReviewLease.taken_at))


# -- two readers ------------------------------------------------------------------------------------------------------


def test_the_second_reader_sees_nothing_of_the_first_until_they_decided(console: Console) -> None:
    item = console.queue()
    asked = console.submit_on(console.get(at(item)), at(item, SECOND))
    assert asked.to == at(item)
    decide(console, item, "dukungan", "Alasan pembaca pertama.")
    assert "Alasan pembaca pertama." in console.get(at(item)).words
    console.log_in(console.budi)
    for page in (console.get(at(item)), taken(console, item), console.submit(at(item, "berkas"))):
        assert page.status == 200
        assert "Alasan pembaca pertama." not in page.text
    assert "pembaca kedua" in console.get(at(item)).tree.xpath("string(//p[@class='notice'][2])")
    decide(console, item, "bukan", "Hanya mengutip.")
    both = console.get(at(item))
    assert "Dua pembaca berbeda pendapat." in both.words
    for reason in ("Alasan pembaca pertama.", "Hanya mengutip."):
        assert reason in both.words


def test_where_readers_differ_both_are_shown_to_the_third(console: Console) -> None:
    item = in_state(console, "disagreement")
    console.log_in(console.citra)
    page = console.get("/konsol/beda")
    assert faults(page) == []
    assert "Bukan dukungan" in page.words
    assert page.words.count("Pembaca ") >= 2
    assert "1 pasangan bacaan" in page.words
    decide(console, item, "bukan")
    assert "selesai: bukan dukungan" in console.get(at(item)).words
    assert "Tidak ada butir yang menunggu pembaca ketiga." in console.get("/konsol/beda").words


def test_no_reviewer_is_shown_by_key_or_name(console: Console) -> None:
    item = in_state(console, "disagreement")
    text = console.get(at(item)).text + console.get("/konsol/beda").text
    for key in (console.anna, console.budi):
        assert key.split("_")[1] not in text
    assert "Anna" not in text


def test_what_waits_for_a_second_reader_is_on_no_page_of_disagreements(console: Console) -> None:
    item = in_state(console, "second")
    assert item not in console.get("/konsol/beda").text


# -- the rest ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("item", ["0" * 16, "zqxmark", "a" * 40, "%00"])
def test_an_item_that_is_not_there_is_a_page_that_repeats_nothing(shared: Console, item: str) -> None:
    page = shared.get(f"/konsol/butir/{item}")
    assert (page.status, page.title) == (404, "Alamat ini tidak ada")
    assert item not in page.words


def test_everything_that_was_done_is_in_the_log(console: Console) -> None:
    item = console.queue()
    decide(console, item, "dukungan")
    console.submit(at(item, UNDO))
    decide(console, item, "bukan")
    console.submit(at(item, SECOND))
    console.submit(at(item, "berkas"))
    with opened(console.settings) as store, store.read() as tx:
        done = [row.action for row in last_rows(tx)][::-1]
        assert verify(tx, console.api.app.state.secrets).whole
    assert done == ["queue", "claim", "decide", "undo", "decide", "second", "evidence"]


def test_labels_have_keys_of_their_own() -> None:
    assert set(LABEL_KEYS) == set(LABELS)
    assert len(set(LABEL_KEYS.values())) == len(LABELS)


@pytest.mark.parametrize("state", ["open", "held", "done"])
def test_no_key_does_two_things_on_a_page(console: Console, state: str) -> None:
    page = console.get(at(in_state(console, state)))
    keys = page.tree.xpath("//@data-key")
    assert len(set(keys)) == len(keys)
    assert keys == page.tree.xpath("//@aria-keyshortcuts")


def test_where_no_texts_are_kept_the_queue_is_empty_and_nothing_can_be_queued(tmp_path: Path) -> None:
    with ExitStack() as stack:
        console = Console(settings_of(tmp_path), stack, keep_texts="off")
        assert "Tidak ada butir" in console.get("/konsol/antrean").words
        assert not console.get("/konsol/coba").tree.xpath("//input[@name='queue']")
        assert console.submit("/konsol/coba", text="ayo coblos", queue="ya").status == 409
