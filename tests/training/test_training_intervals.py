"""Bootstrap intervals: the figures agree with training.metrics, the draws are seeded, and comparisons are paired."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.intervals import (
    REPEATS,
    Scored,
    by_thresholds,
    difference,
    figures,
    intervals,
    mean,
    spread,
    weights,
)
from training.metrics import measure

ROWS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 20).map(lambda n: n / 20)), min_size=1, max_size=40)


def scored(rows: list[tuple[int, float]], flag: float = 0.6, review: float = 0.3) -> Scored:
    labels, scores = zip(*rows, strict=True)
    return by_thresholds(np.array(labels), np.array(scores, dtype=float), flag, review)


def sample(rows: int, shift: float = 0.3, seed: int = 1) -> Scored:
    random = np.random.default_rng(seed)
    labels = random.integers(0, 2, rows)
    return by_thresholds(labels, np.clip(labels * shift + random.random(rows) * 0.7, 0, 1), 0.5, 0.3)


@given(ROWS)
@settings(deadline=None, max_examples=60)
def test_the_point_is_the_figure_of_the_metrics_module(rows: list[tuple[int, float]]) -> None:
    found = scored(rows)
    expected = measure(found.labels.tolist(), found.scores.tolist(), found.flagged.tolist())
    once = np.ones((1, len(found)))
    for name, figure in figures(found).items():
        if name == "caught":
            continue
        value = float(figure(once)[0])
        if expected[name] is None:
            assert np.isnan(value), name
        else:
            assert value == pytest.approx(expected[name]), name


def test_caught_counts_flag_and_review() -> None:
    found = scored([(1, 0.9), (1, 0.4), (1, 0.1), (0, 0.8)])
    assert figures(found)["caught"](np.ones((1, 4)))[0] == pytest.approx(2 / 3)


@given(ROWS, st.integers(0, 39))
@settings(deadline=None, max_examples=40)
def test_a_weight_counts_as_so_many_copies_of_the_row(rows: list[tuple[int, float]], place: int) -> None:
    place %= len(rows)
    drawn = np.ones((1, len(rows)))
    drawn[0, place] = 3
    copied = scored([*rows, rows[place], rows[place]])
    for name, figure in figures(scored(rows)).items():
        expected = figures(copied)[name](np.ones((1, len(copied))))
        assert figure(drawn) == pytest.approx(expected, nan_ok=True), name


def test_every_draw_has_as_many_rows_as_there_are() -> None:
    parts = list(weights(70_000, repeats=50))
    assert len(parts) > 1
    assert sum(len(part) for part in parts) == 50
    assert all((part.sum(axis=1) == 70_000).all() for part in parts)


def test_draws_are_the_same_every_time_and_depend_on_the_seed() -> None:
    one, again, other = (np.concatenate(list(weights(9, 20, seed))) for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_an_interval_holds_its_point_and_narrows_with_more_rows() -> None:
    widths = []
    for rows in (100, 2500):
        found = intervals(rows, figures(sample(rows)))["f1"]
        assert found.low is not None
        assert found.high is not None
        assert found.value is not None
        assert found.low <= found.value <= found.high
        widths.append(found.high - found.low)
    assert widths[1] == pytest.approx(widths[0] / 5, rel=0.5)


def test_the_interval_of_a_share_is_as_wide_as_theory_says() -> None:
    values = np.repeat([0.0, 1.0], [300, 100])
    found = intervals(400, {"share": mean(values)})["share"]
    half = 1.96 * np.sqrt(0.25 * 0.75 / 400)
    assert (found.low, found.high) == (pytest.approx(0.25 - half, abs=0.006), pytest.approx(0.25 + half, abs=0.006))


def test_nothing_is_known_of_no_rows_or_of_one_class() -> None:
    empty = by_thresholds(np.array([], dtype=int), np.array([]), 0.5, 0.3)
    assert intervals(0, figures(empty))["f1"].value is None
    one_class = intervals(2, figures(scored([(1, 0.9), (1, 0.2)])))
    assert (one_class["roc_auc"].value, one_class["roc_auc"].low) == (None, None)
    assert one_class["recall"].value == 0.5


def test_a_model_does_not_differ_from_itself() -> None:
    found = sample(300)
    for figure in figures(found).values():
        apart = difference(len(found), figure, figure)
        assert (apart.difference, apart.low, apart.high) == (0.0, 0.0, 0.0)


def test_a_comparison_is_paired() -> None:
    """On the same draws a small steady gain shows, though each model's own interval is far wider than it."""
    one, other = sample(400, shift=0.30), sample(400, shift=0.34)
    apart = difference(400, figures(one)["roc_auc"], figures(other)["roc_auc"])
    alone = intervals(400, figures(one))["roc_auc"]
    assert apart.low is not None
    assert apart.high is not None
    assert alone.low is not None
    assert alone.high is not None
    assert apart.low > 0
    assert apart.high - apart.low < (alone.high - alone.low) / 2


def test_a_difference_is_turned_so_that_more_is_better() -> None:
    low, high = np.zeros(50), np.ones(50)
    better = difference(50, mean(high), mean(low), lower_is_better=True)
    worse = difference(50, mean(high), mean(low))
    assert (better.champion, better.challenger, better.difference, better.low) == (1.0, 0.0, 1.0, 1.0)
    assert (worse.difference, worse.high) == (-1.0, -1.0)


def test_spread_is_the_gap_between_columns() -> None:
    values = np.array([[1.0, 0.0, 0.0], [1.0, 1.0, 0.0]])
    assert spread(values)(np.array([[1.0, 1.0], [0.0, 2.0]])).tolist() == [1.0, 1.0]
    assert spread(values)(np.array([[2.0, 0.0]])).tolist() == [1.0]
    assert spread(values[:, :1])(np.ones((1, 2))).tolist() == [0.0]


def test_as_many_draws_as_are_told() -> None:
    seen: list[int] = []

    def noting(drawn: np.ndarray) -> np.ndarray:
        seen.append(len(drawn))
        return np.zeros(len(drawn))

    intervals(10, {"nothing": noting})
    assert sum(seen) == REPEATS + 1
