"""A run in the background: its figures, its end in every way there is, and how it goes on."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from fakes import FakeScorer
from web.uploadkit import CHUNK, PATIENCE, Halting, finished, is_free, lines, modes, put, tools

from app.batch.run import score_files
from app.policy.types import Words
from app.problems import QuotaSpent
from app.scoring.errors import DamagedModel
from app.store import StoreUnavailable
from app.web.uploads_files import UploadFolder
from app.web.uploads_run import CRASHED, Runner


@pytest.fixture
def folder(tmp_path: Path) -> UploadFolder:
    return UploadFolder(tmp_path / "state")


@pytest.fixture
def runner(folder: UploadFolder) -> Iterator[Runner]:
    made = Runner(folder, 1)
    yield made
    made.close(PATIENCE)


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".jsonl", ".parquet"])
def test_the_result_is_the_one_of_the_command_line(
    folder: UploadFolder, runner: Runner, tmp_path: Path, ending: str
) -> None:
    upload = put(folder, lines(35), ending=ending)
    assert runner.start(upload, tools()) == "started"
    done = finished(folder, runner, upload)
    assert (done.state, done.problem) == ("done", None)
    assert {name: done.counts[name] for name in ("read", "scored", "rejected", "flagged", "review")} == {
        "read": 35,
        "scored": 35,
        "rejected": 0,
        "flagged": 12,
        "review": 0,
    }
    score_files([folder.input(upload)], tmp_path / f"b{ending}", FakeScorer())
    if ending == ".xlsx":  # its parts carry the time of day
        rows = [
            [[cell.value for cell in row] for row in openpyxl.load_workbook(path).active]  # type: ignore[union-attr]
            for path in (folder.output(upload), tmp_path / "b.xlsx")
        ]
        assert rows[0] == rows[1]
    elif ending != ".parquet":  # cut into other groups of rows
        assert folder.output(upload).read_bytes() == (tmp_path / f"b{ending}").read_bytes()
    assert modes(folder.path) == {"0o700", "0o600"}


def test_nothing_half_done_is_left_beside_a_result(folder: UploadFolder, runner: Runner) -> None:
    upload = put(folder, lines(35))
    runner.start(upload, tools())
    finished(folder, runner, upload)
    names = {path.name for path in folder.folder(upload.id).iterdir()}
    assert names == {"upload.json", "input.csv", "output.xlsx", "lock", "progress.json"}


def test_progress_ends_with_everything(folder: UploadFolder, runner: Runner) -> None:
    upload = put(folder, lines(35))
    runner.start(upload, tools())
    finished(folder, runner, upload)
    found = folder.progress(upload.id)
    assert (found["rows"], found["part"], found["rows_before"]) == (35, 1.0, 0)
    assert found["seconds"] > 0


def test_as_many_run_as_may_and_no_more(folder: UploadFolder, runner: Runner) -> None:
    """Whoever asks: another runner of this host, in another process, counts too."""
    first, second = put(folder, lines(35)), put(folder, lines(35))
    scorer = Halting()
    assert runner.start(first, tools(scorer)) == "started"
    other = Runner(folder, 1)
    assert scorer.begun.wait(PATIENCE)
    assert folder.now(first)[1] == "running"
    assert runner.start(second, tools()) == other.start(second, tools()) == "busy"
    assert runner.start(first, tools()) == other.start(first, tools()) == "held"
    assert Runner(folder, 2).start(second, tools()) == "started"
    scorer.go_on.set()
    assert finished(folder, runner, first).state == "done"
    assert other.start(second, tools()) in ("started", "held")


@pytest.mark.parametrize("by_person", [True, False])
def test_a_run_that_was_ended_goes_on_where_it_was(
    folder: UploadFolder, runner: Runner, tmp_path: Path, by_person: bool
) -> None:
    upload = put(folder, lines(35), ending=".csv")
    scorer = Halting()
    runner.start(upload, tools(scorer))
    assert scorer.begun.wait(PATIENCE)
    if by_person:
        folder.ask_to_stop(upload.id)
        scorer.go_on.set()
    else:
        runner._closing.set()
        scorer.go_on.set()
    ended = finished(folder, runner, upload)
    assert folder.now(ended)[1] == ("stopped" if by_person else "interrupted")
    assert folder.rows_kept(ended) == CHUNK
    assert not folder.output(ended).exists()
    again = Runner(folder, 1)
    charged: list[int] = []
    assert again.start(ended, tools(charge=charged.append)) == "started"
    done = finished(folder, again, upload)
    assert done.state == "done"
    assert sum(charged) == 35 - CHUNK
    assert done.counts["read"] == 35
    score_files([folder.input(upload)], tmp_path / "b.csv", FakeScorer())
    assert folder.output(done).read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_closing_a_runner_ends_what_runs(folder: UploadFolder) -> None:
    runner, scorer = Runner(folder, 1), Halting()
    upload = put(folder, lines(35))
    runner.start(upload, tools(scorer))
    assert scorer.begun.wait(PATIENCE)
    scorer.go_on.set()
    runner.close(PATIENCE)
    assert is_free(folder, upload)
    assert folder.now(folder.get(upload.id))[1] in ("interrupted", "done")  # done: it was faster


def test_a_wish_to_stop_is_forgotten_with_the_next_start(folder: UploadFolder, runner: Runner) -> None:
    upload = put(folder, lines(35))
    folder.ask_to_stop(upload.id)
    runner.start(upload, tools())
    assert finished(folder, runner, upload).state == "done"


@pytest.mark.parametrize("what", ["digest", "part file"])
def test_what_cannot_be_gone_on_with_begins_anew(folder: UploadFolder, runner: Runner, what: str) -> None:
    """Another model meanwhile, or a part file that somebody changed: the result is of one model, and whole."""
    upload = put(folder, lines(35), ending=".jsonl")
    scorer = Halting()
    runner.start(upload, tools(scorer))
    assert scorer.begun.wait(PATIENCE)
    folder.ask_to_stop(upload.id)
    scorer.go_on.set()
    ended = finished(folder, runner, upload)
    if what == "part file":
        folder.output(ended).with_name("output.jsonl.part").write_text("lain")
    runner.start(ended, tools(digest="dua" if what == "digest" else "satu"))
    done = finished(folder, runner, upload)
    assert (done.state, done.counts["read"]) == ("done", 35)
    assert [json.loads(line)["id"] for line in folder.output(done).read_text().splitlines()] == [
        str(k) for k in range(35)
    ]


ERRORS = {
    "store": (StoreUnavailable(cause="SQLITE_FULL"), "SQLITE_FULL"),
    "quota": (QuotaSpent(), "hari ini"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_that_passes_can_be_gone_on_after(folder: UploadFolder, runner: Runner, name: str) -> None:
    error, words = ERRORS[name]
    upload = put(folder, lines(35))

    def charge(rows: int) -> None:
        raise error

    runner.start(upload, tools(charge=charge))
    failed = finished(folder, runner, upload)
    assert failed.state == "failed"
    assert failed.problem is not None
    assert set(failed.problem) == {"id", "en"}
    assert words.lower() in failed.problem["id"].lower()
    assert folder.rows_kept(failed) == CHUNK
    runner.start(failed, tools())
    done = finished(folder, runner, upload)
    assert (done.state, done.problem, done.counts["read"]) == ("done", None, 35)


def test_what_nobody_foresaw_is_said_without_a_word_of_it(
    folder: UploadFolder, runner: Runner, caplog: pytest.LogCaptureFixture
) -> None:
    class Secret(Exception):
        def __str__(self) -> str:
            return "ayo coblos"

    upload = put(folder, lines(35))
    scorer = Halting(Secret)
    scorer.go_on.set()
    runner.start(upload, tools(scorer))
    failed = finished(folder, runner, upload)
    assert (failed.state, failed.problem) == ("failed", CRASHED)
    assert "Secret" in caplog.text
    assert "coblos" not in caplog.text + json.dumps(failed.problem)


def test_a_model_that_cannot_be_used_is_an_end_too(folder: UploadFolder, runner: Runner) -> None:
    class Broken(FakeScorer):
        def score(self, *args: object, **named: object) -> list:  # type: ignore[override, type-arg]
            raise DamagedModel(Words("x", "x"))

    upload = put(folder, lines(35))
    runner.start(upload, tools(Broken()))
    assert finished(folder, runner, upload).state == "failed"


FILES = {
    "empty": (b"", "kosong"),
    "no table": (b"\x00\x01\x02\x03" * 99, "bukan CSV"),
    "cut off": (b"PAR1" + b"\x00" * 40, "rusak"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_read_is_named_as_its_sender_named_it(
    folder: UploadFolder, runner: Runner, name: str
) -> None:
    content, words = FILES[name]
    upload = put(folder, content, "punya saya.csv")
    runner.start(upload, tools())
    failed = finished(folder, runner, upload)
    assert failed.state == "failed"
    assert failed.problem is not None
    assert words in failed.problem["id"]
    assert all("punya saya.csv" in words and "input" not in words for words in failed.problem.values())
    assert is_free(folder, upload)


def test_cells_of_ours_are_no_formulas(folder: UploadFolder, runner: Runner) -> None:
    """In CSV those we append; a workbook holds no formula at all."""
    content = b"id,text\n=1+1,=cmd coblos\n"
    for ending in (".csv", ".xlsx"):
        upload = put(folder, content, ending=ending)
        runner.start(upload, tools())
        done = finished(folder, runner, upload)
        if ending == ".csv":
            rows = list(csv.DictReader(folder.output(done).read_text().splitlines()))
            assert not [v for k, v in rows[0].items() if k.startswith("netra_") and v.startswith(("=", "+", "-", "@"))]
        else:
            sheet = openpyxl.load_workbook(folder.output(done)).active
            assert sheet is not None
            assert {cell.data_type for row in sheet for cell in row} <= {"s", "b", "n"}
            assert sheet["A2"].value == "=1+1"
