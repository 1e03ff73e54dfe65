"""The borders of scores that histograms share: in the metrics, in a model's reference and in every comparison."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import Final

#: Upper borders, each inside its bin as Prometheus has it; finer at both ends, where most scores lie.
SCORE_EDGES: Final = (0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)


def bin_of(score: float) -> int:
    """Place in ``SCORE_EDGES`` of a score in [0, 1]."""
    return bisect_left(SCORE_EDGES, score)


def counted(bins: Iterable[int]) -> list[int]:
    """How often each bin occurs."""
    counts = [0] * len(SCORE_EDGES)
    for place in bins:
        counts[place] += 1
    return counts
