"""Evidence spans: what stands at one place counts together, the heaviest are shown, in reading order."""

from __future__ import annotations

import pytest

from app.scoring.explain import MAX_SPANS, evidence

RAW = "abcdefghijklmnopqrstuvwxyz" * 4


def spans(places: list[tuple[int, int]], weights: list[float]) -> list[tuple[str, float]]:
    return [(e.surface, e.weight) for e in evidence(RAW, places, weights, "text")]


@pytest.mark.parametrize(
    ("places", "weights", "expected"),
    [
        ([(0, 2), (3, 5)], [1.0, -1.0], [("ab", 1.0), ("de", -1.0)]),
        ([(3, 5), (0, 2)], [-1.0, 1.0], [("ab", 1.0), ("de", -1.0)]),
        ([(0, 4), (0, 4)], [1.0, 0.5], [("abcd", 1.5)]),
        ([(0, 4), (2, 6)], [1.0, 0.5], [("abcdef", 1.5)]),
        ([(0, 6), (1, 2)], [1.0, 0.5], [("abcdef", 1.5)]),
        ([(0, 4), (0, 4)], [1.0, -1.0], []),
        ([(0, 2), (2, 4)], [1.0, 1.0], [("ab", 1.0), ("cd", 1.0)]),
        ([(0, 2), (3, 5)], [0.019, -0.019], []),
        ([(0, 2), (3, 5)], [0.02, -0.02], [("ab", 0.02), ("de", -0.02)]),
        ([(2, 2), (3, 5)], [5.0, 1.0], [("de", 1.0)]),
        ([], [], []),
    ],
)
def test_places_and_weights(
    places: list[tuple[int, int]], weights: list[float], expected: list[tuple[str, float]]
) -> None:
    assert spans(places, weights) == expected


def test_only_the_heaviest_are_shown_and_in_reading_order() -> None:
    places = [(3 * k, 3 * k + 2) for k in range(20)]
    weights = [(1.0 + k) * (-1) ** k for k in range(20)]
    shown = evidence(RAW, places, weights, "target_text")
    assert len(shown) == MAX_SPANS
    assert [e.start for e in shown] == [3 * k for k in range(20 - MAX_SPANS, 20)]
    assert {e.field for e in shown} == {"target_text"}


def test_tokens_and_weights_of_different_number_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        evidence(RAW, [(0, 1)], [], "text")
