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
    spans = _merged(places, weights)
    if len(spans) > MAX_SPANS:
        spans = sorted(sorted(spans, key=_heaviest_first)[:MAX_SPANS])
    return [Evidence(field, a, b, raw[a:b], w) for a, b, w in spans]


def _heaviest_first(span: tuple[int, int, float]) -> float:
    return -abs(span[2])


def _merged(places: Sequence[Span], weights: Sequence[float]) -> list[tuple[int, int, float]]:
    """Spans that do not overlap, in order, of those that weigh enough."""
    merged: list[tuple[int, int, float]] = []
    first = past = 0
    total = 0.0
    for (start, end), weight in sorted(zip(places, weights, strict=True), key=itemgetter(0)):
        if start < past:
            if end > past:
                past = end
            total += weight
        else:
            merged.append((first, past, total))
            first, past, total = start, end, weight
    merged.append((first, past, total))
    return [span for span in merged if span[1] > span[0] and abs(span[2]) >= _LEAST]
