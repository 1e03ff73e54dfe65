"""Real bundles taken over by a store that follows the pointer: whole or not at all, and nothing stays of the one before."""

from __future__ import annotations

import gc
import json
import shutil
import signal
import subprocess
import sys
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.main import load_active_scorer
from app.scoring.bundle import load_active
from app.scoring.promotion import promote, rollback
from app.scoring.scorer import BundleScorer
from app.scoring.store import ModelStore, Refused, warmed
from app.settings import Settings, default_settings
from tests.scoring.deadlyswitch import POINTS, REASON
from tests.scoring.tinybundle import ITEMS, NAME, Tiny, edit_manifest, rehash

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def two(models: Path, tmp_path: Path) -> Path:
    """An active model and one that answers otherwise: it flags whatever it can score."""
    shutil.copytree(models / NAME, models / "baru")
    edit_manifest(models / "baru", version="baru", thresholds={"flag": 0.0, "review": 0.0})
    promote(models, tmp_path / "state", NAME)
    return models


def settings_of(models: Path, **changes: Any) -> Settings:
    return Settings(**{**default_settings().model_dump(), "models_dir": models, **changes})


@pytest.fixture
def store(two: Path) -> ModelStore:
    store = ModelStore(settings_of(two), load_active_scorer)
    store.start()
    return store


def version(store: ModelStore) -> str:
    assert store.scorer is not None
    assert store.bundle is not None
    assert (
        json.loads((store._settings.models_dir / store.bundle.name / "manifest.json").read_text())["version"]
        == store.scorer.info.version
    )
    return store.scorer.info.version


def test_there_and_back(store: ModelStore, two: Path, tmp_path: Path, tiny: Tiny) -> None:
    assert (version(store), store.refresh()) == ("1", False)
    promote(two, tmp_path / "state", "baru", REASON)
    assert (store.refresh(), version(store), store.refresh()) == (True, "baru", False)
    assert store.scorer is not None
    assert [verdict.band for verdict in store.scorer.score(ITEMS[:2])] == ["flag", "flag"]
    rollback(two, tmp_path / "state")
    assert (store.refresh(), version(store)) == (True, "1")
    assert store.scorer.score(ITEMS) == tiny.scorer.score(ITEMS)
    assert (store.activations.taken, store.activations.refused, store.activations.standing) == (3, 0, None)


def cut(folder: Path) -> None:
    path = folder / "weights.npy"
    path.write_bytes(path.read_bytes()[:-9])


def golden(folder: Path) -> None:
    rows = [json.loads(line) for line in (folder / "golden.jsonl").read_text(encoding="utf-8").splitlines()]
    rows[0]["score"] = 0.123
    (folder / "golden.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    rehash(folder)


def library(folder: Path) -> None:
    edit_manifest(folder, libraries={"PySastrawi": "0.0.1", "ftfy": "0.0.1"})


DAMAGE: list[tuple[Callable[[Path], None], str]] = [
    (cut, "model-damaged"),
    (lambda folder: (folder / "golden.jsonl").unlink(), "model-damaged"),
    (golden, "model-damaged"),  # the pointer says what the manifest was when it was activated
    (shutil.rmtree, "model-missing"),
    (library, "model-damaged"),
]


@pytest.mark.parametrize(("damage", "reason"), DAMAGE)
def test_damaged_after_its_activation_it_is_refused(
    store: ModelStore, two: Path, tmp_path: Path, damage: Callable[[Path], None], reason: str
) -> None:
    promote(two, tmp_path / "state", "baru", REASON)
    damage(two / "baru")
    assert (store.refresh(), version(store), store.refresh()) == (True, "1", False)
    assert store.activations.standing == Refused("baru", reason)
    rollback(two, tmp_path / "state")
    assert (store.refresh(), version(store), store.activations.standing) == (True, "1", None)


BY_HAND = [(golden, "model-golden-mismatch"), (library, "model-other-version")]


@pytest.mark.parametrize(("damage", "reason"), BY_HAND)
def test_activated_by_hand_it_is_checked_all_the_same(
    store: ModelStore, two: Path, damage: Callable[[Path], None], reason: str
) -> None:
    from app.scoring.promotion import bundle_named

    damage(two / "baru")
    (two / "ACTIVE").write_text(f"baru {bundle_named(two, 'baru').manifest}\n", encoding="ascii")
    assert (store.refresh(), version(store)) == (True, "1")
    assert store.activations.standing == Refused("baru", reason)


@pytest.mark.parametrize("point", POINTS)
def test_an_activation_killed_anywhere_leaves_the_old_model_or_the_new_one(
    store: ModelStore, two: Path, tmp_path: Path, point: str
) -> None:
    words = ["-m", "tests.scoring.deadlyswitch", str(two), str(tmp_path / "state"), "baru", point]
    assert subprocess.run([sys.executable, *words], cwd=ROOT).returncode == -signal.SIGKILL
    switched = POINTS.index(point) >= POINTS.index("switched")
    assert (store.refresh(), version(store)) == (switched, "baru" if switched else "1")
    assert store.activations.standing is None


def test_the_same_bundle_trained_again_is_another_model(store: ModelStore, two: Path, tmp_path: Path) -> None:
    edit_manifest(two / NAME, thresholds={"flag": 0.9, "review": 0.1})
    assert not store.refresh()
    promote(two, tmp_path / "state", NAME, REASON)
    assert store.refresh()
    assert store.scorer is not None
    assert (store.scorer.info.version, store.scorer.info.threshold) == ("1", 0.9)


@pytest.mark.parametrize("how", ["name", "path"])
def test_a_bundle_that_a_setting_names_is_known_and_stays(two: Path, tmp_path: Path, how: str) -> None:
    chosen = str(two / "baru") if how == "path" else "baru"
    store = ModelStore(settings_of(two, model=chosen), load_active_scorer)
    store.start()
    assert (store.follows, store.refresh(), version(store)) == (False, False, "baru")
    assert store.bundle is not None
    assert store.bundle.name == chosen


def test_nothing_is_left_of_a_model_that_was_replaced(two: Path) -> None:
    """Whatever refers to itself stays: what a service holds at its start is never looked through for cycles."""
    gc.collect()
    gc.disable()
    try:
        scorer: BundleScorer | None = load_active(two)
        assert scorer is not None
        warmed(scorer.with_watchlists(scorer._lists))
        parts = [weakref.ref(part) for part in (scorer, scorer._fast, scorer._fast._content_counter)]
        del scorer
        assert [part() for part in parts] == [None, None, None]
    finally:
        gc.enable()
