"""An output is there whole or not at all."""

from __future__ import annotations

import gzip
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.batch.errors import BatchError, OutputWriteError
from app.batch.run import score_files
from app.batch.saving import replaced_when_done
from app.scoring.types import Item, Verdict
from tests.batch.batchkit import Put, as_csv
from tests.fakes import FakeScorer


class BrokenScorer(FakeScorer):
    """Answers some chunks, then fails as ``error`` says."""

    def __init__(self, error: BaseException, good_calls: int = 1) -> None:
        self.error = error
        self.good_calls = good_calls
        self.calls = 0

    def score(self, items: Sequence[Item], *, explain: bool = False, entities: bool = False) -> list[Verdict]:
        self.calls += 1
        if self.calls > self.good_calls:
            raise self.error
        return super().score(items, explain=explain, entities=entities)


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), MemoryError()], ids=repr)
@pytest.mark.parametrize("name", ["k.csv", "k.csv.gz", "k.json", "k.jsonl.zst", "k.parquet", "k.xlsx"])
def test_a_failed_run_leaves_the_old_output_and_what_can_be_gone_on_with(
    put: Put, tmp_path: Path, name: str, error: BaseException
) -> None:
    put(name, "lama")
    source = put("masuk.csv", "text,n\n" + "".join(f"ya {n},1\n" for n in range(5_000)))
    with pytest.raises(type(error)):
        score_files([source], tmp_path / name, BrokenScorer(error))
    assert sorted(os.listdir(tmp_path)) == sorted([name, f"{name}.part", f"{name}.journal", "masuk.csv"])
    assert (tmp_path / name).read_text() == "lama"


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), MemoryError()], ids=repr)
def test_a_run_that_fails_at_once_leaves_the_old_output_and_nothing_else(
    put: Put, tmp_path: Path, error: BaseException
) -> None:
    put("k.csv", "lama")
    with pytest.raises(type(error)):
        score_files([put("masuk.csv", "text,n\nya,1\n")], tmp_path / "k.csv", BrokenScorer(error, good_calls=0))
    assert sorted(os.listdir(tmp_path)) == ["k.csv", "masuk.csv"]
    assert (tmp_path / "k.csv").read_text() == "lama"


def test_an_input_that_breaks_half_way_leaves_nothing(put: Put, tmp_path: Path) -> None:
    packed = gzip.compress(as_csv([["text", "n"]] + [[os.urandom(8).hex(), "1"] for _ in range(5_000)]).encode())
    source = put("masuk.csv.gz", packed[:-2_000])
    with pytest.raises(BatchError, match="rusak"):
        score_files([source], tmp_path / "k.csv", FakeScorer())
    assert os.listdir(tmp_path) == ["masuk.csv.gz"]


def test_while_running_the_output_grows_beside_its_place(tmp_path: Path) -> None:
    output = tmp_path / "k.csv"
    with replaced_when_done(output) as raw:
        raw.write(b"baru")
        (part,) = tmp_path.iterdir()
        assert part.name.startswith(".k.csv.")
        assert part.name.endswith(".part")
    assert [path.name for path in tmp_path.iterdir()] == ["k.csv"]
    assert output.read_bytes() == b"baru"


def test_the_data_is_on_disk_before_the_name_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[str] = []
    sync, replace = os.fsync, Path.replace

    def note_sync(handle: int) -> None:
        events.append("sync")
        sync(handle)

    def note_replace(old: Path, new: Path) -> Path:
        events.append("replace")
        return replace(old, new)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(Path, "replace", note_replace)
    with replaced_when_done(tmp_path / "k.csv") as raw:
        raw.write(b"x")
    assert events == ["sync", "replace", "sync"]


def test_a_folder_that_is_not_there_is_told(put: Put, tmp_path: Path) -> None:
    with pytest.raises(OutputWriteError, match=r"k\.csv"):
        score_files([put("a.csv", "text\nya\n")], tmp_path / "tidak_ada" / "k.csv", FakeScorer())


def test_a_full_disk_is_told_and_nothing_stays(tmp_path: Path) -> None:
    def fill_the_disk() -> None:
        with replaced_when_done(tmp_path / "k.csv") as raw:
            raw.write(b"x")
            raise OSError(28, "No space left on device")

    with pytest.raises(OutputWriteError, match="tempat penyimpanan penuh"):
        fill_the_disk()
    assert list(tmp_path.iterdir()) == []
