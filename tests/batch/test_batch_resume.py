"""A run that was stopped, in whatever way, goes on to the very bytes it would have written undisturbed."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from app.batch.draft import journal_of, part_of, rows_kept
from app.batch.errors import (
    DamagedInputError,
    OutputWriteError,
    UnfinishedError,
)
from app.batch.journal import Journal
from app.batch.run import ScoreOptions, score_files
from app.batch.stopping import Stopped, stoppable, unbroken
from app.scoring.types import Item, Verdict
from tests.batch.deadly import CHUNK_ROWS, DeadlyScorer
from tests.batch.halves import KEPT, ROWS, run, run_deadly

ROOT = Path(__file__).parents[2]
#: Every way in which an output grows: in place, packed in place, and through a part file of another form.
NAMES = ["k.csv", "k.jsonl", "k.json", "k.jsonl.gz", "k.csv.zst", "k.parquet", "k.xlsx"]


def killed(folder: Path, name: str, workers: int = 1, deed: str = "die") -> None:
    command = [sys.executable, "-m", "tests.batch.deadly", str(folder / "a.csv"), str(folder / name)]
    ended = subprocess.run([*command, str(workers), "refuse", deed], cwd=ROOT, capture_output=True, timeout=120)
    assert ended.returncode == -signal.SIGKILL


# Killed


@pytest.mark.parametrize("name", ["k.jsonl", "k.csv", "k.parquet"])
def test_sigkill_costs_a_chunk_and_not_a_byte(folder: Path, whole: Callable[[str], bytes], name: str) -> None:
    killed(folder, name)
    assert not (folder / name).exists()
    assert rows_kept(folder / name) == KEPT
    with pytest.raises(UnfinishedError, match=f"{KEPT} baris"):
        run_deadly(folder, name, "refuse")
    summary = run_deadly(folder, name, "resume")
    assert (folder / name).read_bytes() == whole(name)
    assert (summary.read, summary.rejected, summary.rejections) == (ROWS, 1, {"missing_text": 1})
    assert (
        summary.first_rejected
        == score_files([folder / "a.csv"], folder / "utuh" / "lagi.csv", DeadlyScorer()).first_rejected
    )
    assert sorted(os.listdir(folder)) == sorted(["a.csv", name, "utuh"])


def test_sigkill_of_a_run_with_workers_and_another_number_of_them(folder: Path, whole: Callable[[str], bytes]) -> None:
    killed(folder, "k.jsonl.gz", workers=2, deed="kill parent")
    run_deadly(folder, "k.jsonl.gz", "resume", workers=1)
    assert (folder / "k.jsonl.gz").read_bytes() == whole("k.jsonl.gz")


# Failed, stopped


@pytest.mark.parametrize("name", NAMES)
def test_every_format_goes_on_from_the_last_chunk(
    failed: Callable[[str], Path], folder: Path, whole: Callable[[str], bytes], name: str
) -> None:
    failed(name)
    assert run(folder, name, "resume").read == ROWS
    assert (folder / name).read_bytes() == whole(name)
    assert not journal_of(folder / name).exists()
    assert not part_of(folder / name).exists()


def test_only_what_is_missing_is_scored(failed: Callable[[str], Path], folder: Path) -> None:
    failed("k.csv")
    counting = CountingScorer()
    options = ScoreOptions(chunk_rows=CHUNK_ROWS, leftover="resume", progress=False)
    summary = score_files([folder / "a.csv"], folder / "k.csv", counting, options)
    assert counting.asked == ROWS - KEPT
    assert summary.scored == ROWS - 1


class CountingScorer(DeadlyScorer):
    asked = 0

    def score(self, items: Sequence[Item], *, explain: bool = False, entities: bool = False) -> list[Verdict]:
        self.asked += len(items)
        return super().score(items, explain=explain, entities=entities)


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_run_that_can_be_gone_on_with(
    folder: Path, whole: Callable[[str], bytes], signum: signal.Signals, code: int
) -> None:
    class Signalled(DeadlyScorer):
        def _act(self) -> None:
            os.kill(os.getpid(), signum)

    before = signal.getsignal(signum)
    options = ScoreOptions(chunk_rows=CHUNK_ROWS, progress=False)
    with pytest.raises(Stopped) as stopped, stoppable():
        score_files([folder / "a.csv"], folder / "k.jsonl", Signalled("on the word"), options)
    assert stopped.value.exit_code == code
    assert signal.getsignal(signum) is before
    assert rows_kept(folder / "k.jsonl") == KEPT
    run(folder, "k.jsonl", "resume")
    assert (folder / "k.jsonl").read_bytes() == whole("k.jsonl")


def start(done: list[str], signals: Sequence[signal.Signals], fault: Exception | None) -> None:
    with unbroken():
        for signum in signals:
            signal.raise_signal(signum)
        done.append("started")
        if fault:
            raise fault
    done.append("gone on")


@pytest.mark.parametrize("fault", [None, BrokenProcessPool("died")])
@pytest.mark.parametrize("signals", [[signal.SIGTERM], [signal.SIGTERM, signal.SIGINT]])
def test_a_signal_waits_while_a_process_is_started(signals: list[signal.Signals], fault: Exception | None) -> None:
    done: list[str] = []
    with pytest.raises(Stopped) as stopped, stoppable():
        start(done, signals, fault)
    assert (done, stopped.value.signum) == (["started"], signals[0])


def test_an_input_that_turns_out_damaged_is_not_worth_going_on_with(folder: Path) -> None:
    lines = "".join(f"{os.urandom(16).hex()},1\n" for _ in range(2_000))
    (folder / "b.csv.gz").write_bytes(gzip.compress(b"text,n\n" + lines.encode())[:-200])
    with pytest.raises(DamagedInputError):
        score_files([folder / "b.csv.gz"], folder / "k.csv", DeadlyScorer(), ScoreOptions(chunk_rows=CHUNK_ROWS))
    assert sorted(os.listdir(folder)) == ["a.csv", "b.csv.gz"]


# Cut at any place


def test_bytes_beyond_the_last_mark_are_dropped(
    failed: Callable[[str], Path], folder: Path, whole: Callable[[str], bytes]
) -> None:
    output = failed("k.csv")
    with part_of(output).open("ab") as part:
        part.write(b"setengah baris")
    with journal_of(output).open("ab") as journal:
        journal.write(b'{"chunks":4,"size":1')
    run(folder, "k.csv", "resume")
    assert output.read_bytes() == whole("k.csv")


def test_a_journal_cut_anywhere_goes_on_from_an_earlier_mark(
    failed: Callable[[str], Path], folder: Path, whole: Callable[[str], bytes]
) -> None:
    output = failed("k.jsonl")
    journal, part = journal_of(output).read_bytes(), part_of(output).read_bytes()
    ends = [at + 1 for at, byte in enumerate(journal) if byte == 10]
    for cut in sorted({*ends, *(end - 7 for end in ends[1:]), ends[0] + 1}):
        journal_of(output).write_bytes(journal[:cut])
        part_of(output).write_bytes(part)
        run(folder, "k.jsonl", "resume")
        assert output.read_bytes() == whole("k.jsonl"), cut
        output.unlink()


@pytest.mark.parametrize("name", ["k.csv", "k.json.gz", "k.parquet"])
@pytest.mark.parametrize("step", ["replace", "unlink"])
def test_a_run_that_stops_while_it_puts_the_output_in_place(
    folder: Path, whole: Callable[[str], bytes], monkeypatch: pytest.MonkeyPatch, name: str, step: str
) -> None:
    """Each of the last steps fails once; going on ends in the same output, and nothing else stays."""
    failing = fails_at(folder, step)
    with monkeypatch.context() as patched:
        patched.setattr(Path, step, failing)
        with pytest.raises(OutputWriteError):
            run(folder, name)
    run(folder, name, "resume")
    assert (folder / name).read_bytes() == whole(name)
    assert sorted(os.listdir(folder)) == sorted(["a.csv", name, "utuh"])


def fails_at(folder: Path, step: str) -> Callable[..., object]:
    original: Callable[..., object] = getattr(Path, step)

    def failing(path: Path, *arguments: object, **named: object) -> object:
        if path.parent == folder and not path.name.endswith(".new" if step == "unlink" else ".none"):
            raise OSError(5, "I/O")
        return original(path, *arguments, **named)

    return failing


def test_a_run_that_was_complete_but_for_its_journal_is_over(folder: Path) -> None:
    run(folder, "k.csv")
    done = (folder / "k.csv").read_bytes()
    leave_journal(folder, "k.csv")
    summary = run(folder, "k.csv", "resume", deed="fail")
    assert (summary.read, (folder / "k.csv").read_bytes()) == (ROWS, done)
    leave_journal(folder, "k.csv")
    assert run(folder, "k.csv", "refuse").read == ROWS
    assert sorted(os.listdir(folder)) == ["a.csv", "k.csv"]


def leave_journal(folder: Path, name: str) -> None:
    """As if the machine had stopped between the last two steps."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Journal, "remove", Journal.close)
        run(folder, name)
