"""The pages of uploads: from a file to its result and the queue, and a run that is stopped and gone on with."""

from __future__ import annotations

import csv
import io
import json
from contextlib import ExitStack
from pathlib import Path

import openpyxl
import pytest
from batch.batchkit import saved
from databases import opened, settings_of
from sqlalchemy import select
from web.uploadkit import PATIENCE, lines
from web.uploadpages import PATH, done, download, halted, scored, started, upload, uploads, wait
from webkit import Console

from app.access.keys import create_key
from app.problems import Language
from app.review.desk import desk_of
from app.review.tables import AuditRow, ReviewItem
from app.web import uploads_preview
from app.web.wordbook import COOKIE, words

ID = words("id")
EVIL = '"><script>alert(1).csv'


def items(console: Console) -> list[ReviewItem]:
    with opened(console.settings) as store, store.read() as tx:
        return list(tx.scalars(select(ReviewItem).order_by(ReviewItem.id)))


# -- the way through -------------------------------------------------------------------------------------------------


def test_from_a_file_to_its_result_and_the_queue(console: Console) -> None:
    sent = upload(console, lines(7))
    assert sent.status == 303
    page = console.get(sent.to)
    assert (page.status, page.title) == (200, "unggahan.csv")
    assert "ayo coblos nomor 2 0" in page.words
    assert ID["uploads.column_text"] in page.words
    console.submit_on(page, f"{sent.to}/mulai", bentuk=".csv")
    page = done(console, sent.to)
    assert ID["uploads.state_done"] in page.words
    assert page.tree.xpath("//dl//dd/text()") == ["7", "7", "0", "3", "0", "0"]
    assert ID["uploads.queued"].format(count=3) in page.words
    answer = download(console, sent.to)
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["netra_flagged"] for row in rows] == ["true", "false", "false"] * 2 + ["true"]
    assert sorted(item.act["text"] for item in items(console) if item.act) == [
        f"ayo coblos nomor 2 {k}" for k in (0, 3, 6)
    ]


def test_a_file_sent_again_does_not_say_that_what_was_decided_waits(console: Console) -> None:
    scored(console, lines(1))
    [item] = items(console)
    console.submit(f"/konsol/butir/{item.id}/putusan", label="dukungan", reason="Ajakan mencoblos.")
    page = scored(console, lines(1))
    assert [one.state for one in items(console)] == ["done"]
    assert "menunggu" not in page.words
    assert "tidak masuk lagi" in page.words


def test_the_queue_knows_who_put_acts_into_it(console: Console) -> None:
    scored(console, lines(4))
    key_id = console.anna.split("_")[1]
    with opened(console.settings) as store, store.read() as tx:
        rows = list(tx.scalars(select(AuditRow).where(AuditRow.action == "queue")))
    desk = desk_of(console.api.app.state.runtime.settings, console.api.app.state.secrets)
    assert {row.actor for row in rows} == {desk.reviewer(key_id)}


def test_nothing_is_queued_unless_it_is_asked_for(console: Console) -> None:
    path = upload(console, lines(4)).to
    fields = {name: value for name, value in console.get(path).form(f"{path}/mulai").items() if name != "antrean"}
    console.send(f"{path}/mulai", **fields)
    assert ID["uploads.not_queued"] in done(console, path).words
    assert items(console) == []


def test_where_no_texts_are_kept_nothing_can_be_queued(tmp_path: Path, stack: ExitStack) -> None:
    console = Console(settings_of(tmp_path), stack, keep_texts="off")
    path = upload(console, lines(4)).to
    assert ID["uploads.queue_off"] in console.get(path).words
    console.submit_on(console.get(path), f"{path}/mulai", antrean="1")
    assert ID["uploads.state_done"] in done(console, path).words
    assert items(console) == []


def test_the_choices_of_the_form_are_those_of_the_run(console: Console) -> None:
    content = b"isi cuitan,lain\nmantap,coblos\ncoblos 2,pagi\n"
    path = upload(console, content).to
    page = console.get(path)
    assert ID["uploads.no_text_column"] in page.words
    chosen = {"kolom": "isi cuitan", "aksi": "comment", "pemilihan": "pilkada-kota-uji-2031", "bentuk": ".jsonl"}
    chosen |= {"platform": "X"}
    console.submit_on(page, f"{path}/mulai", **chosen)
    done(console, path)
    rows = [json.loads(line) for line in download(console, path).text.splitlines()]
    assert [row["netra_flagged"] for row in rows] == [False, True]
    [item] = items(console)
    assert (item.action, item.election, item.platform) == ("comment", "pilkada-kota-uji-2031", "x")


@pytest.mark.parametrize("language", ["id", "en"])
def test_an_election_that_no_watchlist_knows_is_warned_of_once_and_never_refused(
    console: Console, language: Language
) -> None:
    told = words(language)["uploads.unknown_election"]
    path = upload(console, lines(4)).to
    if language == "en":
        console.api.client.cookies.set(COOKIE, "en")
    page = console.get(path)
    assert told not in page.words
    warned = console.submit_on(page, f"{path}/mulai", pemilihan="pilkada-lupa", bentuk=".csv", platform="x")
    assert (warned.status, told in warned.words) == (200, True)
    assert uploads(console).folder.get(path[-32:]).state == "ready"
    kept = warned.form(f"{path}/mulai")
    assert (kept["pemilihan"], kept["bentuk"], kept["platform"]) == ("pilkada-lupa", ".csv", "x")
    other = console.submit_on(warned, f"{path}/mulai", pemilihan="pilkada-lain")
    assert (other.status, told in other.words) == (200, True)
    assert console.submit_on(other, f"{path}/mulai").to == path
    assert told not in done(console, path).words
    assert uploads(console).folder.get(path[-32:]).election == "pilkada-lain"
    assert len(download(console, path).text.splitlines()) == 5


@pytest.mark.parametrize("election", ["", "  ", "pilkada-kota-uji-2031", "PILKADA-KOTA-UJI-2031", "Kota Uji"])
def test_an_election_that_a_watchlist_knows_is_taken_without_a_word(console: Console, election: str) -> None:
    path = upload(console, lines(4)).to
    assert console.submit_on(console.get(path), f"{path}/mulai", pemilihan=election).to == path
    assert ID["uploads.state_done"] in done(console, path).words


def test_after_a_correction_nothing_is_warned_of(console: Console) -> None:
    path = upload(console, lines(4)).to
    warned = console.submit_on(console.get(path), f"{path}/mulai", pemilihan="pilkada-lupa")
    assert console.submit_on(warned, f"{path}/mulai", pemilihan="pilkada-kota-uji-2031").to == path
    assert ID["uploads.unknown_election"] not in done(console, path).words


def test_a_run_of_an_unknown_election_that_waits_says_so(console: Console) -> None:
    path = upload(console, lines(4)).to
    warned = console.submit_on(console.get(path), f"{path}/mulai", pemilihan="pilkada-lupa")
    with halted(console):
        console.submit_on(warned, f"{path}/mulai")
        assert ID["uploads.unknown_election"] in console.get(path).words
        assert ID["uploads.start_anyway"] not in console.get(path).words


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        (".csv", "text/csv; charset=utf-8"),
        (".jsonl", "application/x-ndjson"),
        (".parquet", "application/vnd.apache.parquet"),
        (".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_results_are_files_to_be_kept_and_never_shown(console: Console, ending: str, kind: str) -> None:
    path = started(console, lines(4), name=EVIL, bentuk=ending)
    done(console, path)
    answer = download(console, path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    assert answer.headers["content-disposition"] == f'attachment; filename="netra-{path[-32:][:8]}{ending}"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


def test_names_and_cells_are_words_on_every_page(console: Console) -> None:
    cell = b"<script>alert(2)</script>"
    path = upload(console, b"text," + cell + b"\n" + cell + b" coblos,x\n", EVIL).to
    for page in (console.get(PATH), console.get(path)):
        assert not page.tree.xpath("//script[not(@src)]")
        assert "alert(1)" in page.words
    assert "alert(2)" in console.get(path).words


def test_an_upload_is_removed_with_everything(console: Console) -> None:
    path = started(console, lines(4))
    page = done(console, path)
    answer = console.submit_on(page, f"{path}/hapus")
    assert (answer.status, answer.to) == (303, PATH)
    assert console.get(path).status == download(console, path).status_code == 404
    assert ID["uploads.none"] in console.get(PATH).words
    assert not [one for one in uploads(console).folder.path.iterdir() if one.is_dir()]


# -- while it runs ---------------------------------------------------------------------------------------------------


def test_progress_is_shown_with_script_and_without(console: Console) -> None:
    with halted(console) as scorer:
        path = started(console, lines(1200))
        assert scorer.begun.wait(PATIENCE)
        page = console.get(path)
        assert ID["uploads.state_running"] in page.words
        assert page.tree.xpath("//noscript/meta/@http-equiv") == ["refresh"]
        assert page.tree.xpath("//progress/@max") == ["1"]
        address = page.tree.xpath("//@data-progress")[0]
        told = console.api.get(address).json()
        assert told == {"state": "running", "part": 0.0, "words": "0 baris · 0 baris/detik · 0 %"}
        policy = page.response.headers["content-security-policy"]
        assert "connect-src 'self'" in policy
        assert "unsafe" not in policy
    done(console, path)
    told = console.api.get(address).json()
    assert (told["state"], told["part"]) == ("done", 1.0)
    assert told["words"].startswith("1.200 baris · ")


def test_a_run_is_stopped_and_gone_on_with(console: Console) -> None:
    with halted(console) as scorer:
        path = started(console, lines(1200), bentuk=".csv")
        assert scorer.begun.wait(PATIENCE)
        answer = console.submit_on(console.get(path), f"{path}/berhenti")
        assert answer.to == f"{path}?kabar=dihentikan"
        assert ID["uploads.stopping"] in console.get(answer.to).words
    page = done(console, path)
    assert ID["uploads.state_stopped"] in page.words
    assert "500 baris sudah dinilai" in page.words
    assert download(console, path).status_code == 404
    console.submit_on(page, f"{path}/mulai")
    page = done(console, path)
    assert page.tree.xpath("//dl//dd/text()")[0] == "1.200"
    assert len(download(console, path).text.splitlines()) == 1201


SAID = {"sibuk": "uploads.busy", "berjalan": "uploads.still_running", "dihentikan": "uploads.stopping"}


@pytest.mark.parametrize("word", [*SAID, "penuh", "berkas", "zqxmark"])
def test_what_was_said_of_a_run_is_not_said_once_it_is_over(console: Console, word: str) -> None:
    with halted(console) as scorer:
        path = started(console, lines(40))
        assert scorer.begun.wait(PATIENCE)
        running = console.get(f"{path}?kabar={word}")
        said = [" ".join(one.text_content().split()) for one in running.tree.xpath("//p[@class='notice']")]
        assert said == ([ID[SAID[word]]] if word in ("berjalan", "dihentikan") else [])
    done(console, path)
    page = console.get(f"{path}?kabar={word}")
    assert ID["uploads.state_done"] in page.words
    assert all(ID[told] not in page.words for told in SAID.values())


def test_replicas_that_share_the_folder_of_uploads_are_one(tmp_path: Path) -> None:
    """Each has a state folder of its own, as in docs/deploy.md; whichever is asked, it is the same upload."""
    url = f"sqlite:///{tmp_path}/netra.db"
    (tmp_path / "uploads").mkdir()
    for name in ("satu", "dua"):
        (tmp_path / name / "state").mkdir(parents=True)
        (tmp_path / name / "state" / "uploads").symlink_to(tmp_path / "uploads")
    with ExitStack() as stack:
        first, second = (Console(settings_of(tmp_path / name, url), stack) for name in ("satu", "dua"))
        second.log_in(first.anna)
        with halted(first) as scorer:
            path = started(first, lines(1200), bentuk=".csv")
            assert scorer.begun.wait(PATIENCE)
            page = second.get(path)
            assert ID["uploads.state_running"] in page.words
            second.submit_on(page, f"{path}/berhenti")
        assert ID["uploads.state_stopped"] in done(first, path).words
        second.submit_on(second.get(path), f"{path}/mulai")
        assert ID["uploads.state_done"] in done(second, path).words
        assert len(download(first, path).text.splitlines()) == 1201


def test_a_restart_shows_what_was_cut_off_and_goes_on(console: Console) -> None:
    """What is left of a process that was killed: a state that says it runs, and a lock that nobody holds."""
    with halted(console) as scorer:
        path = started(console, lines(1200))
        assert scorer.begun.wait(PATIENCE)
        uploads(console).runner._closing.set()
    wait(console)
    uploads(console).runner._closing.clear()
    page = console.get(path)
    assert ID["uploads.state_interrupted"] in page.words
    assert ID["uploads.state_interrupted"] in console.get(PATH).words
    console.submit_on(page, f"{path}/mulai")
    assert ID["uploads.state_done"] in done(console, path).words


def test_only_so_many_are_scored_at_once(console: Console) -> None:
    with halted(console) as scorer:
        first = started(console, lines(40))
        assert scorer.begun.wait(PATIENCE)
        second = upload(console, lines(4)).to
        answer = console.submit_on(console.get(second), f"{second}/mulai")
        assert answer.to == f"{second}?kabar=sibuk"
        assert ID["uploads.busy"] in console.get(answer.to).words
        assert ID["uploads.state_ready"] in console.get(second).words
        assert console.submit(f"{first}/hapus").to == f"{first}?kabar=berjalan"
    assert ID["uploads.state_done"] in done(console, first).words
    console.submit_on(console.get(second), f"{second}/mulai")
    assert ID["uploads.state_done"] in done(console, second).words


def test_rows_count_on_the_day_of_who_sent_them(tmp_path: Path, stack: ExitStack) -> None:
    """No way around the allowance of a key; what it did not cover is scored tomorrow."""
    with opened(settings_of(tmp_path)) as store, store.begin() as tx:
        key = create_key(tx, "hemat", ("classify",), requests_per_minute=0, items_per_day=700)
    console = Console(settings_of(tmp_path), stack)
    console.log_in(key)
    page = scored(console, lines(1200))
    assert ID["uploads.state_failed"] in page.words
    assert "Jatah penilaian hari ini habis" in page.words
    assert "1.000 baris sudah dinilai" in page.words


@pytest.mark.parametrize("seen", [True, False])
def test_the_list_does_not_say_that_a_file_is_ready_which_cannot_be_read(console: Console, seen: bool) -> None:
    broken = upload(console, b"PK\x03\x04rahasia", "buku kerja.xlsx").to
    assert upload(console, lines(4)).status == 303
    if seen:
        console.get(broken)
    for _ in range(2):
        states = console.get(PATH).tree.xpath("//tbody/tr/td[last()]/text()")
        assert states == [ID["uploads.state_ready"], ID["uploads.state_unreadable"]]


def test_a_file_is_looked_at_once_for_the_list(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []
    monkeypatch.setattr(uploads_preview, "preview", lambda path, column: looked.append(path))
    for content in (b"%PDF", lines(4)):
        upload(console, content)
    for _ in range(3):
        assert console.get(PATH).status == 200
    assert len(looked) == len(set(looked)) == 2


def test_sheets_that_are_not_read_are_said_before_and_after(console: Console) -> None:
    book = openpyxl.Workbook()
    for sheet in (book.worksheets[0], book.create_sheet("Lain")):
        sheet.append(["text"])
        sheet.append(["ayo coblos"])
    path = started(console, saved(book), "data <mentah>.xlsx")
    told = "Dari buku kerja data <mentah>.xlsx hanya lembar “Sheet” yang dibaca; 1 lembar lain"
    assert told in done(console, path).words
    assert told in console.get(upload(console, saved(book), "data <mentah>.xlsx").to).words
    console.get("/konsol/bahasa?pilih=en")
    assert "only the sheet “Sheet” is read; 1 other" in console.get(path).words


def test_a_workbook_of_one_sheet_says_nothing_of_others(console: Console) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["text"])
    book.worksheets[0].append(["ayo coblos"])
    path = started(console, saved(book), "data.xlsx")
    assert "buku kerja" not in done(console, path).words + console.get(upload(console, saved(book), "b.xlsx").to).words


def test_a_file_that_cannot_be_read_says_why(console: Console) -> None:
    path = upload(console, b"%PDF-1.7 rahasia", "laporan bulan ini.pdf").to
    page = console.get(path)
    assert page.status == 200
    assert "laporan bulan ini.pdf bukan CSV" in page.words
    assert ID["uploads.state_unreadable"] in page.words
    assert ID["uploads.state_ready"] not in page.words
    assert "rahasia" not in page.text
    assert not page.forms(f"{path}/mulai")
    console.get("/konsol/bahasa?pilih=en")
    assert "is not CSV" in console.get(path).words
