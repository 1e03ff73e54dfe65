"""What an unfinished run leaves: when it is not gone on with, what its journal says, and where there is no room."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from app.batch.draft import journal_of, part_of, rows_kept
from app.batch.errors import (
    BatchError,
    DamagedLeftoverError,
    OtherInputsError,
    OtherModelError,
    OtherOptionsError,
    OtherVersionError,
    OutputBusyError,
    OutputWriteError,
)
from app.batch.run import ScoreOptions, score_files
from tests.batch.deadly import CHUNK_ROWS, DeadlyModel, DeadlyScorer
from tests.batch.halves import ROWS, content, run, run_deadly

ROOT = Path(__file__).parents[2]


# Something has changed


def test_another_run_is_not_mixed_into_this_one(failed: Callable[[str], Path], folder: Path) -> None:
    output = failed("k.csv")
    before = part_of(output).read_bytes(), journal_of(output).read_bytes()
    for error, change in changes(folder):
        with pytest.raises(error) as caught:
            change()
        assert "--restart" in str(caught.value)
    assert (part_of(output).read_bytes(), journal_of(output).read_bytes()) == before
    assert run(folder, "k.csv", "resume").read == ROWS


def changes(folder: Path) -> Iterator[tuple[type[BatchError], Callable[[], object]]]:
    yield OtherOptionsError, lambda: run(folder, "k.csv", "resume", default_action="comment")
    yield OtherOptionsError, lambda: run(folder, "k.csv", "resume", text_column="text")
    yield OtherOptionsError, lambda: run(folder, "k.csv", "resume", entities=False)
    told = ScoreOptions(chunk_rows=CHUNK_ROWS, leftover="resume", progress=False)
    twice = [folder / "a.csv", folder / "a.csv"]
    yield OtherInputsError, lambda: score_files(twice, folder / "k.csv", DeadlyScorer(), told)
    model = DeadlyModel(digest="lain")
    yield OtherModelError, lambda: score_files(twice[:1], folder / "k.csv", DeadlyScorer(), told, model)

    def another_version() -> None:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("app.batch.run.__version__", "99")
            run(folder, "k.csv", "resume")

    yield OtherVersionError, another_version


@pytest.mark.parametrize("change", ["size", "time", "content"])
def test_a_changed_input_is_refused(failed: Callable[[str], Path], folder: Path, change: str) -> None:
    failed("k.csv")
    source, when = folder / "a.csv", (folder / "a.csv").stat()
    source.write_text(content() + ("99,x\n" if change == "size" else ""))
    if change == "content":
        source.write_text(content().replace("kabar", "KABAR"))
    os.utime(source, ns=(when.st_atime_ns, when.st_mtime_ns + (change == "time")))
    with pytest.raises(OtherInputsError):
        run(folder, "k.csv", "resume")


def test_a_changed_part_file_is_refused(failed: Callable[[str], Path], folder: Path) -> None:
    part = part_of(failed("k.csv"))
    good = part.read_bytes()
    for bad in (good[:-1], b"N" + good[1:], b""):
        part.write_bytes(bad)
        with pytest.raises(DamagedLeftoverError, match=r"k\.csv\.part"):
            run(folder, "k.csv", "resume")
    part.unlink()
    with pytest.raises(DamagedLeftoverError, match=r"k\.csv\.part"):
        run(folder, "k.csv", "resume")
    assert run(folder, "k.csv", "restart").read == ROWS


@pytest.mark.parametrize(
    "journal", ['{"netra_journal":99}\n', '{"netra_journal":1}\n{"chunks":3}\n', '{"netra_journal":\n']
)
def test_a_journal_that_says_nothing_sound_is_refused(
    failed: Callable[[str], Path], folder: Path, journal: str
) -> None:
    output = failed("k.csv")
    journal_of(output).write_text(journal + "[]\n")
    for leftover in ("refuse", "resume"):
        with pytest.raises(DamagedLeftoverError, match=r"k\.csv\.journal"):
            run(folder, "k.csv", leftover)
    assert run(folder, "k.csv", "restart").read == ROWS


@pytest.mark.parametrize("name", ["k.csv.journal", "k.csv.part"])
def test_files_of_these_names_that_are_not_ours_are_left_alone(folder: Path, name: str) -> None:
    (folder / name).write_text("milik orang lain\n")
    for leftover in ("refuse", "resume", "restart"):
        with pytest.raises(OutputWriteError):
            run(folder, "k.csv", leftover)
    assert (folder / name).read_text() == "milik orang lain\n"
    assert sorted(os.listdir(folder)) == ["a.csv", name]


def test_restart_throws_the_earlier_run_away(
    failed: Callable[[str], Path], folder: Path, whole: Callable[[str], bytes]
) -> None:
    output = failed("k.csv")
    run(folder, "k.csv", "restart", default_action="comment")
    assert output.read_bytes() == whole("k.csv")
    assert sorted(os.listdir(folder)) == ["a.csv", "k.csv", "utuh"]


def test_resume_without_an_earlier_run_begins(folder: Path) -> None:
    assert rows_kept(folder / "k.csv") == 0
    assert run(folder, "k.csv", "resume").read == ROWS


def test_two_runs_do_not_write_one_output(folder: Path) -> None:
    class Nosy(DeadlyScorer):
        def _act(self) -> None:
            with pytest.raises(OutputBusyError):
                run(folder, "k.csv", "restart")

    score_files([folder / "a.csv"], folder / "k.csv", Nosy("on the word"), ScoreOptions(chunk_rows=CHUNK_ROWS))
    assert (folder / "k.csv").exists()


# The journal itself


def test_the_journal_holds_no_text_of_a_post(failed: Callable[[str], Path]) -> None:
    journal = journal_of(failed("k.csv")).read_text()
    assert "panen" not in journal
    assert "coblos" not in journal
    head, *marks = map(json.loads, journal.splitlines())
    assert head["inputs"][0]["path"].endswith("a.csv")
    assert [mark["chunks"] for mark in marks] == [0, 1, 2, 3]
    assert [mark["counts"]["read"] for mark in marks] == [0, 10, 20, 30]


def test_a_mark_follows_its_bytes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whenever something has been written to the journal, the part file is at least as long as it says, and synced."""
    synced: list[str] = []
    sync = os.fsync

    def note(handle: int) -> None:
        synced.append(Path(os.readlink(f"/proc/self/fd/{handle}")).name)
        sync(handle)

    monkeypatch.setattr(os, "fsync", note)
    run(folder, "k.csv")
    steps = [name for name in synced if name.startswith("k.csv.")]
    assert steps[1:] == ["k.csv.part", "k.csv.journal"] * (1 + ROWS // CHUNK_ROWS + 1)


# A disk that fills up, a folder that cannot be written


def test_a_full_disk_keeps_what_is_done(folder: Path, whole: Callable[[str], bytes]) -> None:
    """The limit on the size of files stands in for a disk: the write fails half way in the same manner."""
    script = (
        "import resource, sys; from tests.batch.deadly import main;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2_600, 2_600)); main(*sys.argv[1:])"
    )
    command = [sys.executable, "-c", script, str(folder / "a.csv"), str(folder / "k.csv"), "1", "refuse", ""]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=120, text=True)
    assert ended.returncode == 1
    assert "OutputWriteError: Berkas keluaran k.csv tidak dapat ditulis (berkasnya terlalu besar)" in ended.stderr
    assert 0 < rows_kept(folder / "k.csv") < ROWS
    run_deadly(folder, "k.csv", "resume")
    assert (folder / "k.csv").read_bytes() == whole("k.csv")


def test_a_disk_that_fills_up_while_the_output_is_made_from_its_part(
    folder: Path, whole: Callable[[str], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(pq.ParquetWriter, "write_table", full)
        with pytest.raises(OutputWriteError, match="tempat penyimpanan penuh"):
            run(folder, "k.parquet")
    assert sorted(os.listdir(folder)) == ["a.csv", "k.parquet.journal", "k.parquet.part"]
    run(folder, "k.parquet", "resume", deed="fail")
    assert (folder / "k.parquet").read_bytes() == whole("k.parquet")


def test_a_folder_that_cannot_be_written_is_told(folder: Path) -> None:
    with pytest.raises(OutputWriteError, match=r"k\.csv"):
        score_files([folder / "a.csv"], Path("/proc/k.csv"), DeadlyScorer())
