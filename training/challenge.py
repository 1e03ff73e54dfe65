"""A challenger against the champion, on the same frozen sets: what ``netra challenge`` does.

The report, ``models/NAME/challenge.json``, names both bundles by the hash of their manifests and every set by its
digest; the same bundles and sets give the same bytes. It holds figures and pseudonyms, no text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.scoring.bundle import load, load_active, read_manifest, read_models
from app.scoring.bundlewords import OTHER_MANIFEST
from app.scoring.errors import DamagedModel, GoldenMismatch
from app.scoring.history import Named
from app.scoring.pointer import champion
from app.scoring.promotion import REPORT, REPORT_FORMAT, bundle_named
from app.scoring.scorer import BundleScorer
from app.scoring.types import ModelInfo
from app.watchlists.lists import Watchlists
from training.behave import Suite
from training.behaviour import SUITE, read_suite
from training.evaluate import item_of, scored, verdicts
from training.examples import Example, digest, read_labelled
from training.gates import Gate, behaviour_gates, label_gates, labelled_gates, neutrality_gates, run_suite
from training.intervals import REPEATS, SEED
from training.reviews import Reviews, contradictions, read_reviews


class ChallengeError(Exception):
    """There is nothing to compare, or not all of it. ``str(error)`` is Indonesian, ``error.english`` English."""

    def __init__(self, indonesian: str, english: str) -> None:
        super().__init__(indonesian)
        self.english = english


class NoChampion(ChallengeError):
    """No model is active, so there is none to compare with."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A bundle and its scorer; ``golden`` tells whether it reproduces its golden predictions here."""

    named: Named
    scorer: BundleScorer
    golden: bool

    def told(self) -> dict[str, Any]:
        """What the report says of it."""
        return {**asdict(self.named), "version": self.scorer.info.version, "golden": self.golden}


def challenge(
    models_dir: Path, name: str, lists: Watchlists, dev: Sequence[Path] = (), holdout: Path | None = None
) -> dict[str, Any]:
    """Compare the bundle ``name`` with the active one and write the report beside it; returns the report.

    ``dev`` are labelled files, ``holdout`` is an export of reviewers' labels, a fifth of which is kept out of training.
    Raises ``ChallengeError``, ``ModelError`` and ``ExampleError``.
    """
    ours, theirs = _contenders(models_dir, name, lists)
    _check_holdout(read_manifest(models_dir / name), holdout)
    suite = read_suite()
    course = _Course(ours, theirs)
    for path in dev:
        course.run_labelled(f"dev:{path.name}", path, read_labelled(path))
    if holdout:
        course.run_reviews(holdout, read_reviews(holdout))
    course.run_suite(suite)
    report = course.report(lists.version)
    text = json.dumps(report, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (models_dir / name / REPORT).write_text(text, encoding="utf-8")
    return report


class _Course:
    """The gates that both models have passed through so far, and the sets these were."""

    def __init__(self, ours: Contender, theirs: Contender) -> None:
        self._ours, self._theirs = ours, theirs
        self._gates: list[Gate] = []
        self._sets: list[dict[str, Any]] = []

    def run_labelled(self, gate: str, path: Path, examples: Sequence[Example]) -> None:
        """The sure rows of a labelled set."""
        sure = [example for example in examples if not example.doubtful]
        one, other = (scored(sure, verdicts(sure, contender.scorer)) for contender in (self._ours, self._theirs))
        self._gates += labelled_gates(gate, one, other)
        known = digest([path])[path.name]
        self._sets.append({"gate": gate, "sha256": known, "rows": len(examples), "sure": len(sure)})

    def run_reviews(self, path: Path, batch: Reviews) -> None:
        """What was kept out of training; and whether the labels hold, by a model that has not learned them."""
        self.run_labelled("holdout", path, [row.example for row in batch.held_out])
        found = self._ours.scorer.score([item_of(row.example) for row in batch.rows], entities=True)
        self._gates += label_gates(contradictions(batch.rows, found))

    def run_suite(self, suite: Suite) -> None:
        """The behaviour suite, and on it that no contestant is treated unlike another."""
        one, other = (run_suite(suite, contender.scorer) for contender in (self._ours, self._theirs))
        self._gates += [*behaviour_gates(one, other), *neutrality_gates(one, other)]
        self._sets.append({"gate": "behaviour", "sha256": _suite_digest(), "rows": len(one.labels)})

    def report(self, watchlists: str) -> dict[str, Any]:
        """Everything found."""
        return {
            "format": REPORT_FORMAT,
            "champion": self._ours.told(),
            "challenger": self._theirs.told(),
            "bootstrap": {"repeats": REPEATS, "seed": SEED, "level": 0.95},
            "watchlists": watchlists,
            "sets": self._sets,
            "gates": [asdict(gate) for gate in self._gates],
            "passed": all(gate.verdict != "fails" for gate in self._gates),
        }


def _contenders(models_dir: Path, name: str, lists: Watchlists) -> tuple[Contender, Contender]:
    active = champion(models_dir)
    if active is None:
        raise NoChampion(
            "belum ada model aktif; aktifkan langsung dengan `netra model activate`",
            "there is no active model; activate this one with `netra model activate`",
        )
    challenger = load_active(models_dir, name).with_watchlists(lists)
    named = bundle_named(models_dir, name)
    if named.manifest == active.manifest:
        raise ChallengeError("model itu sudah aktif", "that model is the active one")
    scorer, golden = _champion_scorer(models_dir, active)
    return Contender(active, scorer.with_watchlists(lists), golden), Contender(named, challenger, True)


def _champion_scorer(models_dir: Path, active: Named) -> tuple[BundleScorer, bool]:
    """The champion, also where today's text pipeline no longer reproduces it: what it would answer is what counts."""
    if bundle_named(models_dir, active.name) != active:
        raise DamagedModel(OTHER_MANIFEST)
    folder = models_dir / active.name
    try:
        return load(folder), True
    except GoldenMismatch:
        manifest = read_manifest(folder)
        limits = manifest["thresholds"]
        info = ModelInfo(manifest["name"], manifest["version"], limits["flag"], limits["review"])
        return BundleScorer(*read_models(folder), info), False


def _check_holdout(manifest: dict[str, Any], holdout: Path | None) -> None:
    """A model that learned from reviewers is judged by the same file: its held-out fifth, and whether to trust it."""
    learned = set(manifest.get("inputs", {}).get("reviews", {}).values())
    given = set(digest([holdout]).values()) if holdout else set()
    if not learned <= given:
        raise ChallengeError(
            "model ini belajar dari label peninjau; berikan berkas label yang sama dengan --holdout",
            "this model learned from reviewers' labels; hand in the same file with --holdout",
        )


def _suite_digest() -> str:
    found = hashlib.sha256()
    for path in sorted(SUITE.iterdir()):
        found.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()
