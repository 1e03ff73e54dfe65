"""Figures of merit against hand-made counts and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from training.metrics import calibration_error, measure


def test_figures_counted_by_hand() -> None:
    labels = [1, 1, 1, 0, 0, 0, 0, 0]
    scores = [0.9, 0.8, 0.3, 0.7, 0.2, 0.1, 0.1, 0.1]
    found = measure(labels, scores, [score >= 0.5 for score in scores])
    assert found == {
        "n": 8,
        "support": 3,
        "flagged": 3,
        "precision": pytest.approx(2 / 3),
        "recall": pytest.approx(2 / 3),
        "f1": pytest.approx(2 / 3),
        "roc_auc": pytest.approx(14 / 15),
        "average_precision": pytest.approx((1 / 1 + 2 / 2 + 3 / 4) / 3),
        "expected_calibration_error": pytest.approx((0.1 + 0.2 + 0.7 + 0.7 + 0.2 + 0.3) / 8),
    }


@pytest.mark.parametrize(
    ("labels", "flagged", "precision", "recall", "f1"),
    [
        ([1, 0], [True, False], 1.0, 1.0, 1.0),
        ([1, 0], [False, True], 0.0, 0.0, 0.0),
        ([1, 0], [True, True], 0.5, 1.0, 2 / 3),
        ([1, 0], [False, False], None, 0.0, 0.0),
        ([0, 0], [True, False], 0.0, None, 0.0),
        ([0, 0], [False, False], None, None, None),
        ([1, 1], [True, False], 1.0, 0.5, 2 / 3),
        ([], [], None, None, None),
    ],
)
def test_flags(
    labels: list[int], flagged: list[bool], precision: float | None, recall: float | None, f1: float | None
) -> None:
    found = measure(labels, [0.5] * len(labels), flagged)
    assert (found["precision"], found["recall"]) == (precision, recall)
    assert found["f1"] == pytest.approx(f1)


@pytest.mark.parametrize("labels", [[], [0], [1], [0, 0, 0], [1, 1]])
def test_one_class_has_no_ranking(labels: list[int]) -> None:
    found = measure(labels, [0.5] * len(labels), [False] * len(labels))
    assert (found["roc_auc"], found["average_precision"]) == (None, None)
    assert (found["expected_calibration_error"] is None) == (not labels)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 20).map(lambda n: n / 20), st.booleans()), min_size=1))
@settings(deadline=None)
def test_figures_are_those_of_scikit_learn(rows: list[tuple[bool, float, bool]]) -> None:
    labels, scores, flagged = [int(row[0]) for row in rows], [row[1] for row in rows], [row[2] for row in rows]
    found = measure(labels, scores, flagged)
    if any(flagged):
        assert found["precision"] == pytest.approx(reference.precision_score(labels, flagged))
    if any(labels):
        assert found["recall"] == pytest.approx(reference.recall_score(labels, flagged))
    if any(labels) or any(flagged):
        assert found["f1"] == pytest.approx(reference.f1_score(labels, flagged))
    if 0 < sum(labels) < len(labels):
        assert found["roc_auc"] == pytest.approx(reference.roc_auc_score(labels, scores))
        assert found["average_precision"] == pytest.approx(reference.average_precision_score(labels, scores))
    assert (found["n"], found["support"], found["flagged"]) == (len(rows), sum(labels), sum(flagged))


@pytest.mark.parametrize(
    ("labels", "scores", "expected"),
    [
        ([1, 0], [1.0, 0.0], 0.0),
        ([0, 1], [1.0, 0.0], 1.0),
        ([1, 0], [0.55, 0.55], 0.05),
        ([1, 1, 0, 0], [0.75, 0.75, 0.75, 0.75], 0.25),
        ([1, 0], [0.95, 0.05], 0.05),
        ([1] * 3 + [0], [0.8] * 4, 0.05),
        ([1, 0, 0], [0.31, 0.69, 0.65], (0.69 + 0.69 + 0.65) / 3),
    ],
)
def test_calibration_error(labels: list[int], scores: list[float], expected: float) -> None:
    assert calibration_error(np.array(labels), np.array(scores)) == pytest.approx(expected)


def test_scores_on_the_edge_of_a_bin_fall_into_the_higher_one_and_one_into_the_last() -> None:
    labels, scores = np.array([1, 0]), np.array([0.5, 0.4999])
    assert calibration_error(labels, scores, bins=2) == pytest.approx((0.5 + 0.4999) / 2)
    assert calibration_error(np.array([1, 1]), np.array([1.0, 0.95])) == pytest.approx(0.05 / 2)
