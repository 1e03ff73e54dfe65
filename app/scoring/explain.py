"""Which words made the difference: exact weights per span of the text as sent."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter

from app.scoring.types import Evidence, Field

#: Where a token stands, half open, in code points.
Span = tuple[int, int]
#: Spans shown per field at most; what is not shown stays in ``rest``.
MAX_SPANS = 12
_LEAST = 0.02


def evidence(raw: str, places: Sequence[Span], weights: Sequence[float], field: Field) -> list[Evidence]:
    """Spans of ``raw`` in reading order with the log-odds of the tokens at these ``places``.

    Tokens that share code points (an abbreviation that stands for two words) become one span; the heaviest
    :data:`MAX_SPANS` spans of at least 0.02 are kept.
    """
    spans = [(a, b, w) for a, b, w in _merged(places, weights) if abs(w) >= _LEAST and b > a]
    heaviest = sorted(spans, key=lambda span: -abs(span[2]))[:MAX_SPANS]
    return [Evidence(field, a, b, raw[a:b], w) for a, b, w in sorted(heaviest)]


def _merged(places: Sequence[Span], weights: Sequence[float]) -> list[tuple[int, int, float]]:
    merged: list[tuple[int, int, float]] = []
    past = 0
    for (start, end), weight in sorted(zip(places, weights, strict=True), key=itemgetter(0)):
        if start < past:
            first, _, total = merged[-1]
            past = max(past, end)
            merged[-1] = (first, past, total + weight)
        else:
            past = end
            merged.append((start, end, weight))
    return merged
