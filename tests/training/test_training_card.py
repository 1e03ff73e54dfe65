"""The model card: everything in it comes from the manifest, the corpus, the study and the experiments."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from tests.training.challengekit import part_of_corpus, suite
from tests.training.test_training_gates import Scripted, sound
from training.behave import measure
from training.card import LEAST_POSTS, card
from training.corpus import composition
from training.examples import Example
from training.experiments import EXPERIMENTS, Agreement, Experiments, Trial, read_experiments
from training.intervals import Interval, by_thresholds
from training.study import CurvePoint, Judged, Study

FIGURES: dict[str, Any] = dict.fromkeys(
    ("precision", "recall", "f1", "roc_auc", "average_precision", "expected_calibration_error"), 0.5
)
MANIFEST: dict[str, Any] = {
    "name": "kecil",
    "version": "7",
    "thresholds": {"flag": 0.61, "review": 0.32},
    "counts": {"corpus": 1234, "extra": 5, "features": 98765},
    "held_out": {
        "by_source": {
            "pooled": FIGURES | {"n": 12, "support": 4, "precision": None, "intervals": {"f1": [0.41, 0.62]}}
        },
        "by_election": {},
    },
}
ROWS = part_of_corpus(300)
EXPERIMENT = Experiments(
    agreement=(Agreement(what="dibaca dua kali", items=1000, agreement=0.99, kappa=0.98),),
    trials=(
        Trial(what="masker nama", measured_on="pemilihan lain", figure="F1", before=0.7, after=0.8, verdict="kept"),
    ),
)


def judged(count: int, **changes: str) -> Judged:
    """Posts of which half are support, all scored right."""
    rows = tuple(replace(Example(str(k), "x", k % 2, None, "e"), **changes) for k in range(count))  # type: ignore[arg-type]
    labels = np.array([row.label for row in rows], dtype=int)
    return Judged(rows, by_thresholds(labels, labels * 0.8 + 0.1, 0.5, 0.3))


@pytest.fixture
def studied() -> Study:
    scripted = Scripted(sound)
    point = CurvePoint(1.0, 100, Interval(0.9, 0.8, 1.0), Interval(0.8, 0.7, 0.9))
    corpus = [judged(40, register="regional:jawa", platform="tweet"), judged(4, register="regional:lain")]
    rows = tuple(example for one in corpus for example in one.examples)
    scored = by_thresholds(np.array([e.label for e in rows]), np.array([e.label * 0.8 + 0.1 for e in rows]), 0.5, 0.3)
    report = measure(suite(), scripted.score, scripted.score)
    return Study(judged(20, platform="twitter"), Judged(rows, scored), (point,), report)


def test_the_card_is_made_of_the_manifest_and_the_corpus() -> None:
    text = card(MANIFEST, ROWS)
    assert text.startswith("# Model card: kecil 7\n")
    for shown in (
        "98,765",
        "0.61",
        "0.32",
        "1,234",
        "| pooled | 12 | 4 | - | 0.500 | 0.500 (0.41-0.62) | 0.500 | 0.500 |",
    ):
        assert shown in text
    assert "sources never seen" in text
    assert "elections never seen" not in text
    assert composition(ROWS) in text
    assert not any(row["text"] in text for row in ROWS if row["text"])


def test_what_it_must_not_be_used_for_is_always_there() -> None:
    assert card(MANIFEST, ROWS).endswith("stay undecided.\n")
    assert "## What it must not be used for" in card(MANIFEST, [])


def test_rows_of_another_corpus_may_lack_fields() -> None:
    assert "0 items (0.0%) are marked as doubtful" in card(MANIFEST, [{"text": "x", "label": 1}])


def test_doubt_and_agreement() -> None:
    rows = [{"label": 1, "doubtful": True}, {"label": 0, "doubtful": True}, {"label": 0}, {"label": 0}]
    text = card(MANIFEST, rows, experiments=EXPERIMENT)
    assert "2 items (50.0%) are marked as doubtful, 1 of them support" in text
    assert "| dibaca dua kali | 1,000 | 0.990 | 0.980 |" in text
    assert "Cohen" not in card(MANIFEST, rows)


@pytest.mark.parametrize("reviews", [None, 320])
def test_reviewers_labels_are_counted_where_there_are_any(reviews: int | None) -> None:
    counts = MANIFEST["counts"] | ({"reviews": reviews, "reviews_held_out": 81} if reviews else {})
    text = card(MANIFEST | {"counts": counts}, ROWS)
    assert ("320 posts labelled by reviewers" in text) == bool(reviews)
    assert ("81 more were kept out" in text) == bool(reviews)


def test_slices_have_intervals_and_small_ones_are_counted_only(studied: Study) -> None:
    text = card(MANIFEST, ROWS, studied)
    assert "| twitter | 20 | 10 | 1.000 (1.00-1.00) |" in text
    assert "| regional | 44 | 22 | 1.000 (1.00-1.00) |" in text
    assert "| jawa | 40 | 20 | 1.000 (1.00-1.00) |" in text
    assert "| lain |" not in text
    assert f"1 more with fewer than {LEAST_POSTS} items each (4 in all) are not measured." in text
    assert "| tweet | 40 |" in text


def test_the_behaviour_suite_and_false_alarms_of_each_contestant(studied: Study) -> None:
    text = card(MANIFEST, ROWS, studied)
    assert "| dukungan | 4 | 1.00 | 0.50 |" in text
    for name in studied.behaviour.listed.false_alarms:
        assert f"| {name} | 0.000 | 0.000 |" in text


def test_pictures_lie_beside_the_card_or_are_said_to_be_missing(studied: Study) -> None:
    assert "](reliability.svg)" in card(MANIFEST, ROWS, studied, ("reliability.svg",))
    assert "matplotlib was not installed" in card(MANIFEST, ROWS, studied)
    assert "## Pictures" not in card(MANIFEST, ROWS)


def test_a_study_without_corpus_predictions_leaves_their_tables_out(studied: Study) -> None:
    assert "Measured on the corpus" not in card(MANIFEST, ROWS, replace(studied, corpus=judged(0)))


def test_trials_are_told_with_their_figures() -> None:
    text = card(MANIFEST, ROWS, experiments=EXPERIMENT)
    assert "| masker nama | pemilihan lain | F1 | 0.700 | 0.800 | kept |" in text
    assert "What helped" not in card(MANIFEST, ROWS)


def test_every_table_has_as_many_cells_as_its_head(studied: Study) -> None:
    text = card(MANIFEST, ROWS, studied, ("reliability.svg",), EXPERIMENT)
    blocks = [block.splitlines() for block in text.split("\n\n") if block.startswith("|")]
    assert len(blocks) > 10
    for block in blocks:
        assert len({line.count("|") for line in block if line.startswith("|")}) == 1, block[0]


# -- experiments ----------------------------------------------------------------------------------------------------


def test_the_shipped_experiments_can_be_read_and_shown() -> None:
    found = read_experiments()
    assert found.trials
    text = card(MANIFEST, ROWS, experiments=found)
    assert all(f"| {trial.what} |" in text for trial in found.trials)
    assert EXPERIMENTS.read_text(encoding="utf-8").startswith("#")


def test_an_empty_file_tells_of_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("# nothing yet\n", encoding="utf-8")
    assert read_experiments(path) == Experiments()


@pytest.mark.parametrize(
    "content",
    [
        "trials: [{what: x}]",
        "trials: [{what: x, measured_on: y, figure: accuracy, verdict: kept}]",
        "trials: [{what: x, measured_on: y, figure: F1, before: 3, verdict: kept}]",
        "agreement: [{what: x, agreement: 2}]",
        "lainnya: []",
    ],
)
def test_what_does_not_fit_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValidationError):
        read_experiments(path)
