"""From reviewers' labels to an active model: clean labels earn a place, poisoned ones are caught."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.scoring.bundle import activate, read_manifest
from app.scoring.bundlewords import not_reproduced
from app.scoring.errors import DamagedModel, GoldenMismatch, ModelError, NoModel
from app.scoring.promotion import REPORT, NotEarned, promote
from app.watchlists.load import read_folder
from tests.fakes import FICTIONAL
from tests.scoring.tinybundle import edit_manifest
from tests.training.challengekit import against, at_random, corpus, labels, posts, put, suite
from training import challenge as module
from training import train as training
from training.challenge import ChallengeError, NoChampion, challenge
from training.examples import ExampleError

#: Labels in a batch of reviewers, and the share of them that is flipped in a poisoned one.
BATCH, POISON = 300, 0.2
TARGET = "Gendis Wulandanti"
NAMES = ("bersih", "acak", "sasaran")


@dataclass(frozen=True)
class Ground:
    """A champion, three challengers that learned from clean and poisoned labels, and what they are judged by."""

    models: Path
    dev: Path

    def batch(self, name: str) -> Path:
        return self.dev.parent / f"{name}.jsonl"


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    folder = tmp_path_factory.mktemp("tantangan")
    put(folder / "corpus" / "a.jsonl", corpus(400))
    found = Ground(folder / "models", put(folder / "dev.jsonl", posts(400, seed=2)))
    reviewed = posts(BATCH, seed=3)
    flips = {"acak": at_random(POISON, BATCH), "sasaran": against(TARGET, round(POISON * BATCH))}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "DATA_DIR", folder)
        training.train(found.models / "juara", "juara")
        for name in NAMES:
            rows = labels(reviewed, flips[name]) if name in flips else labels(reviewed)
            training.train(found.models / name, name, reviews=put(found.batch(name), rows))
    activate(found.models, "juara")
    return found


@pytest.fixture
def models(ground: Ground, tmp_path: Path) -> Path:
    """A copy without reports, which a test may damage."""
    return Path(shutil.copytree(ground.models, tmp_path / "models", ignore=shutil.ignore_patterns(REPORT)))


@pytest.fixture(autouse=True)
def _small_suite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "read_suite", suite)


def run(ground: Ground, name: str, models: Path | None = None) -> dict[str, Any]:
    return challenge(models or ground.models, name, read_folder(FICTIONAL), [ground.dev], ground.batch(name))


def failed(report: dict[str, Any]) -> set[tuple[str, str]]:
    return {(gate["gate"], gate["figure"]) for gate in report["gates"] if gate["verdict"] == "fails"}


# -- poison ---------------------------------------------------------------------------------------------------------


def test_a_model_of_clean_labels_passes_and_becomes_active(ground: Ground, models: Path, tmp_path: Path) -> None:
    with pytest.raises(NotEarned):
        promote(models, tmp_path, "bersih")
    report = run(ground, "bersih", models)
    assert failed(report) == set()
    assert report["passed"] is True
    assert promote(models, tmp_path, "bersih").report


@pytest.mark.parametrize("name", ["acak", "sasaran"])
def test_poisoned_labels_are_caught_and_the_model_does_not_become_active(
    ground: Ground, models: Path, name: str, tmp_path: Path
) -> None:
    report = run(ground, name, models)
    assert report["passed"] is False
    assert ("labels", "semua") in failed(report)
    with pytest.raises(NotEarned, match="labels"):
        promote(models, tmp_path, name)


def test_flips_against_one_contestant_name_the_contestant(ground: Ground) -> None:
    assert ("labels", f"disebut {TARGET}") in failed(run(ground, "sasaran"))
    assert not [figure for gate, figure in failed(run(ground, "acak")) if figure.startswith("disebut")]


# -- the report -----------------------------------------------------------------------------------------------------


def test_the_report_names_both_bundles_and_every_set_by_digest(ground: Ground) -> None:
    report = run(ground, "bersih")
    for who, name in (("champion", "juara"), ("challenger", "bersih")):
        manifest = hashlib.sha256((ground.models / name / "manifest.json").read_bytes()).hexdigest()
        assert report[who] == {"name": name, "manifest": manifest, "version": name, "golden": True}
    digests = {one["gate"]: one["sha256"] for one in report["sets"]}
    assert set(digests) == {"dev:dev.jsonl", "holdout", "behaviour"}
    assert digests["dev:dev.jsonl"] == hashlib.sha256(ground.dev.read_bytes()).hexdigest()
    assert digests["holdout"] == hashlib.sha256(ground.batch("bersih").read_bytes()).hexdigest()
    assert {gate["gate"] for gate in report["gates"]} == {*digests, "neutrality", "labels"}


def test_the_same_bundles_and_sets_give_the_same_bytes(ground: Ground) -> None:
    run(ground, "bersih")
    once = (ground.models / "bersih" / REPORT).read_bytes()
    assert json.loads(once) == run(ground, "bersih")
    assert (ground.models / "bersih" / REPORT).read_bytes() == once


def test_the_report_holds_no_text(ground: Ground) -> None:
    run(ground, "sasaran")
    written = (ground.models / "sasaran" / REPORT).read_text(encoding="utf-8")
    lines = [*ground.dev.read_text("utf-8").splitlines(), *ground.batch("sasaran").read_text("utf-8").splitlines()]
    words = {word for line in lines for word in json.loads(line)["text"].split() if len(word) > 5}
    assert "kampung" in words
    assert {word for word in words if word in written} == {*TARGET.split()}


def test_the_holdout_is_what_training_left_out(ground: Ground) -> None:
    counts = read_manifest(ground.models / "bersih")["counts"]
    [rows] = [one["rows"] for one in run(ground, "bersih")["sets"] if one["gate"] == "holdout"]
    assert rows == counts["reviews_held_out"]
    assert rows + counts["reviews"] == BATCH


def test_a_report_beside_a_bundle_does_not_damage_it(ground: Ground) -> None:
    run(ground, "bersih")
    assert run(ground, "bersih")["challenger"]["golden"] is True


# -- what cannot be compared ----------------------------------------------------------------------------------------


def test_a_model_of_reviewers_labels_is_judged_by_the_same_file_only(ground: Ground, models: Path) -> None:
    lists = read_folder(FICTIONAL)
    for holdout in (None, ground.batch("acak")):
        with pytest.raises(ChallengeError, match="--holdout"):
            challenge(models, "bersih", lists, [ground.dev], holdout)
    assert not (models / "bersih" / REPORT).exists()


def test_without_a_champion_there_is_nothing_to_compare(ground: Ground, models: Path) -> None:
    (models / "ACTIVE").unlink()
    with pytest.raises(NoChampion, match="netra model activate"):
        run(ground, "bersih", models)


def test_the_champion_does_not_challenge_itself(ground: Ground, models: Path) -> None:
    with pytest.raises(ChallengeError, match="sudah aktif") as caught:
        challenge(models, "juara", read_folder(FICTIONAL))
    assert caught.value.english == "that model is the active one"


def test_an_unknown_challenger(ground: Ground, models: Path) -> None:
    with pytest.raises(NoModel):
        challenge(models, "tidak-ada", read_folder(FICTIONAL))


@pytest.mark.parametrize("who", ["juara", "bersih"])
def test_a_damaged_bundle_is_not_compared(ground: Ground, models: Path, who: str) -> None:
    (models / who / "weights.npy").write_bytes(b"rusak")
    with pytest.raises(DamagedModel):
        run(ground, "bersih", models)


def test_a_champion_that_was_changed_after_activation_is_not_compared(ground: Ground, models: Path) -> None:
    edit_manifest(models / "juara", version="lain")
    with pytest.raises(DamagedModel, match="not the one that was activated"):
        run(ground, "bersih", models)


def test_a_champion_that_reads_otherwise_today_is_compared_as_it_reads_today(
    ground: Ground, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = module.load

    def load_today(folder: Path) -> Any:
        if folder.name == "juara":
            raise GoldenMismatch(not_reproduced(3, 60))
        return load(folder)

    monkeypatch.setattr(module, "load", load_today)
    report = run(ground, "bersih", models)
    assert (report["champion"]["golden"], report["challenger"]["golden"]) == (False, True)
    expected = run(ground, "bersih", ground.models)
    assert [gate["champion"] for gate in report["gates"]] == [gate["champion"] for gate in expected["gates"]]


def test_a_labelled_file_that_cannot_be_used(ground: Ground, models: Path, tmp_path: Path) -> None:
    wrong = put(tmp_path / "salah.jsonl", [{"text": "rahasia", "label": 7}])
    with pytest.raises(ExampleError, match=r"salah\.jsonl:1") as caught:
        challenge(models, "bersih", read_folder(FICTIONAL), [wrong], ground.batch("bersih"))
    assert "rahasia" not in str(caught.value)
    assert not isinstance(caught.value, ModelError)
