"""Model files cut short or exchanged, a model gone from under a service, a switch that is killed anywhere."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from itertools import permutations
from pathlib import Path

import pytest

from app.scoring.bundle import activate, load, load_active
from app.scoring.errors import DamagedModel
from app.scoring.history import Entry, History, Named
from app.scoring.promotion import champion, promote, rollback
from app.scoring.types import Item
from tests.scoring.deadlyswitch import POINTS, REASON
from tests.scoring.tinybundle import NAME, Tiny, edit_manifest

ROOT = Path(__file__).resolve().parents[2]
FILES = ("idf.npy", "weights.npy", "vocabulary.txt", "golden.jsonl", "manifest.json")
VECTORS = ("context_agreeing.npy", "context_other.npy", "context_idf.npy")


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kept", [0.0, 0.01, 0.5, 0.99])
def test_a_file_cut_short_is_noticed(models: Path, name: str, kept: float) -> None:
    path = models / NAME / name
    raw = path.read_bytes()
    path.write_bytes(raw[: int(len(raw) * kept)])
    with pytest.raises(DamagedModel):
        load(models / NAME)


@pytest.mark.parametrize(("one", "other"), list(permutations(VECTORS, 2)))
def test_files_in_each_others_places_are_noticed(models: Path, one: str, other: str) -> None:
    folder = models / NAME
    (folder / one).rename(folder / "between")
    (folder / other).rename(folder / one)
    (folder / "between").rename(folder / other)
    with pytest.raises(DamagedModel):
        load(folder)


def test_a_file_of_another_model_is_noticed(models: Path, tiny: Tiny) -> None:
    shutil.copytree(models / NAME, models / "lain")
    (models / "lain" / "weights.npy").write_bytes((tiny.folder / "idf.npy").read_bytes())
    with pytest.raises(DamagedModel, match=r"weights\.npy"):
        load(models / "lain")


def test_a_model_that_vanishes_while_it_serves_goes_on_serving(models: Path) -> None:
    activate(models, NAME)
    scorer = load_active(models)
    items = [Item("ayo coblos nomor 2"), Item("hujan deras dari pagi"), Item("siap", "comment", "deklarasi relawan")]
    before = scorer.score(items, explain=True)
    shutil.rmtree(models)
    assert scorer.score(items, explain=True) == before
    assert scorer.score([Item("kata yang belum pernah dibaca")])


# -- a switch that is killed ------------------------------------------------------------------------------------------


@pytest.fixture
def two(models: Path, tmp_path: Path) -> Path:
    """An active model and one to switch to."""
    shutil.copytree(models / NAME, models / "baru")
    edit_manifest(models / "baru", version="baru")
    promote(models, tmp_path / "state", NAME)
    return models


@pytest.mark.parametrize("point", POINTS)
def test_a_switch_killed_anywhere_leaves_one_model_whole_and_a_way_on_and_back(
    two: Path, tmp_path: Path, point: str
) -> None:
    state = tmp_path / "state"
    words = ["-m", "tests.scoring.deadlyswitch", str(two), str(state), "baru", point]
    assert subprocess.run([sys.executable, *words], cwd=ROOT).returncode == -signal.SIGKILL
    now = load_active(two).info.version
    assert now == ("baru" if POINTS.index(point) >= POINTS.index("switched") else "1")
    noted = [entry.after.name for entry in History(two, state).entries()]
    assert noted in ([NAME], [NAME, "baru"])
    if now == "baru":
        assert rollback(two, state).after.name == NAME
    else:
        assert promote(two, state, "baru", REASON).after.name == "baru"
        assert rollback(two, state).after.name == NAME
    assert champion(two) is not None
    assert load_active(two).info.version == "1"


def test_half_a_line_at_the_end_was_never_written_and_a_whole_one_that_is_wrong_shows(tmp_path: Path) -> None:
    history = History(tmp_path, tmp_path)
    entries = [Entry("t0", "activate", None, Named("a", "0" * 64)), Entry("t1", "activate", None, Named("b", "1" * 64))]
    for entry in entries:
        history.append(entry)
    whole = history.path.read_bytes()
    first = whole.index(b"\n") + 1
    for cut in range(first + 1, len(whole)):
        history.path.write_bytes(whole[:cut])
        assert history.entries() == entries[:1]
    history.append(entries[1])
    assert history.path.read_bytes() == whole
    history.path.write_bytes(whole[: first + 9] + b"\n")
    with pytest.raises(DamagedModel):
        history.entries()
