"""Which words made the difference: exact weights per span of the text as sent."""

from __future__ import annotations

from collections.abc import Sequence

from app.scoring.types import Evidence, Field
from app.text.token import Token

#: Spans shown per field at most; what is not shown stays in ``rest``.
MAX_SPANS = 12
_LEAST = 0.02


def evidence(raw: str, tokens: Sequence[Token], weights: Sequence[float], field: Field) -> list[Evidence]:
    """Spans of ``raw`` in reading order with the log-odds of the tokens that stand there.

    Tokens that share code points (an abbreviation that stands for two words) become one span; the heaviest
    :data:`MAX_SPANS` spans of at least 0.02 are kept.
    """
    spans = [(a, b, w) for a, b, w in _merged(tokens, weights) if abs(w) >= _LEAST and b > a]
    heaviest = sorted(spans, key=lambda span: -abs(span[2]))[:MAX_SPANS]
    return [Evidence(field, a, b, raw[a:b], w) for a, b, w in sorted(heaviest)]


def _merged(tokens: Sequence[Token], weights: Sequence[float]) -> list[tuple[int, int, float]]:
    merged: list[tuple[int, int, float]] = []
    for token, weight in sorted(zip(tokens, weights, strict=True), key=lambda pair: (pair[0].start, pair[0].end)):
        if merged and token.start < merged[-1][1]:
            start, end, total = merged[-1]
            merged[-1] = (start, max(end, token.end), total + weight)
        else:
            merged.append((token.start, token.end, weight))
    return merged
