"""What the likeness to kinds says of support: soft maxima, linear for a given text, alike alone and among others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.scoring.kinds import NO_KIND, OTHER_KINDS, SOFTNESS, SUPPORT_KINDS, Contrasting, words_of

NAMES = (*SUPPORT_KINDS, *OTHER_KINDS, NO_KIND)
ROWS = st.lists(
    st.lists(st.floats(-60, 60, allow_nan=False), min_size=len(NAMES), max_size=len(NAMES)), min_size=1, max_size=9
)


def odds_of(**known: float) -> NDArray[np.float64]:
    """Kinds not named are far away."""
    return np.array([[known.get(name, -80.0) for name in NAMES]])


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"slogan": 3.0, "news": 1.0}, 2.0),
        ({"slogan": 3.0, NO_KIND: 1.0}, 2.0),
        ({"activity": -3.0, "criticism": 1.0}, -4.0),
        ({"vote_call": 3.0, "slogan": 3.0, "news": 1.0}, 2.0 + SOFTNESS * np.log(2)),
        ({"vote_call": 3.0, "news": 1.0, "report": 1.0, "question": 1.0}, 2.0 - SOFTNESS * np.log(3)),
        ({"vote_call": 3.0, "slogan": 1.0, "news": 0.0}, 3.0 + SOFTNESS * np.log(1 + np.exp(-2 / SOFTNESS))),
    ],
)
def test_the_best_kinds_of_both_groups_are_set_against_each_other(known: dict[str, float], expected: float) -> None:
    assert Contrasting(NAMES, 1.0).of(odds_of(**known)).log_odds[0] == pytest.approx(expected, abs=1e-9)


@given(ROWS, st.floats(0.1, 3))
def test_the_share_scales_everything(rows: list[list[float]], share: float) -> None:
    odds = np.array(rows)
    one, other = Contrasting(NAMES, 1.0).of(odds), Contrasting(NAMES, share).of(odds)
    assert other.log_odds == pytest.approx(share * one.log_odds, abs=1e-9)
    assert other.pulls == pytest.approx(share * one.pulls, abs=1e-9)


@given(ROWS)
def test_kinds_of_support_pull_up_and_the_others_down_and_each_group_by_one(rows: list[list[float]]) -> None:
    pulls = Contrasting(NAMES, 1.0).of(np.array(rows)).pulls
    support = len(SUPPORT_KINDS)
    assert (pulls[:, :support] >= 0).all()
    assert (pulls[:, support:] <= 0).all()
    assert pulls[:, :support].sum(axis=1) == pytest.approx(np.ones(len(rows)))
    assert pulls[:, support:].sum(axis=1) == pytest.approx(-np.ones(len(rows)))


@given(ROWS, st.integers(0, len(NAMES) - 1))
def test_pulls_are_what_one_more_log_odd_moves(rows: list[list[float]], kind: int) -> None:
    contrasting, odds, step = Contrasting(NAMES, 1.4), np.array(rows), 1e-6
    more = odds.copy()
    more[:, kind] += step
    moved = contrasting.of(more).log_odds - contrasting.of(odds).log_odds
    assert moved / step == pytest.approx(contrasting.of(odds).pulls[:, kind], abs=1e-3)


@given(ROWS, st.floats(0.1, 3))
def test_a_text_is_read_the_same_alone_and_among_others(rows: list[list[float]], share: float) -> None:
    contrasting, odds = Contrasting(NAMES, share), np.array(rows)
    together, brought = contrasting.of(odds), words_of(odds, odds[0], contrasting.of(odds).pulls)
    for k in range(len(rows)):
        log_odds, pulls = contrasting.of_one(odds[k])
        assert log_odds == together.log_odds[k]
        assert pulls == together.pulls[k].tolist()
        assert words_of(odds[k : k + 1], odds[0], np.array([pulls]))[0] == brought[k]


@given(ROWS)
def test_without_a_share_nothing_is_said(rows: list[list[float]]) -> None:
    contrasting, odds = Contrasting(("a", "b"), 0.0), np.array(rows)[:, :2]
    assert contrasting.of(odds).log_odds.tolist() == [0.0] * len(rows)
    assert not contrasting.of(odds).pulls.any()
    assert contrasting.of_one(odds[0]) == (0.0, [0.0, 0.0])


@pytest.mark.parametrize("size", [1e4, 1e300, float("inf")])
def test_the_most_extreme_odds_stay_finite(size: float) -> None:
    contrasting = Contrasting(NAMES, 1.0)
    for sign in (1, -1):
        odds = np.full((1, len(NAMES)), sign * size)
        odds[0, 0] = -sign * size
        found = contrasting.of(odds)
        assert np.isfinite(found.log_odds).all()
        assert np.isfinite(found.pulls).all()


def test_words_bring_in_what_they_move_their_kinds_by() -> None:
    odds, bias = np.array([[1.0, 2.0], [0.0, 4.0]]), np.array([0.5, 1.0])
    assert words_of(odds, bias, np.array([[1.0, -1.0], [2.0, -0.5]])).tolist() == [0.5 - 1.0, -1.0 - 1.5]
