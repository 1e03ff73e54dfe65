"""Everything that made a score: the tokens as the model read them, and each feature with what it brought in.

All contributions and constants add up to the log-odds of the score (but for the rounding of the sum).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from app.scoring.context import ContextModel, clip, length, own_features, pull
from app.scoring.model import LinearModel, Reading, probability, read
from app.scoring.scorer import BundleScorer
from app.scoring.texts import Part, joined, sides
from app.scoring.types import Item, Side
from app.text.features import reading
from app.watchlists.lists import Watchlists


@dataclass(frozen=True, slots=True)
class Contribution:
    """One feature: ``value`` in the document vector, ``weight`` of the model, and ``log_odds`` that it brought in.

    ``feature`` is ``""`` for a constant, whose value is 1 (the probability of the target for the gate).
    """

    model: Literal["content", "context"]
    side: Side | None
    feature: str
    value: float
    weight: float
    log_odds: float


@dataclass(frozen=True, slots=True)
class Derivation:
    """Tokens by field as the model read them, names masked, and all contributions, the weightiest first."""

    tokens: dict[str, list[dict[str, Any]]]
    contributions: list[Contribution]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"tokens": self.tokens, "features": [asdict(one) for one in self.contributions]}


def derive(item: Item, scorer: BundleScorer, lists: Watchlists) -> Derivation:
    """How ``scorer``, reading with ``lists``, comes to the score of ``item``."""
    own, target = sides(item, lists.scope(item.election, item.region).matcher)
    found = sorted(_contributions(scorer, own, target), key=lambda one: -abs(one.log_odds))
    return Derivation({part.field: _tokens(part) for part in (*own, *target)}, found)


def _tokens(part: Part) -> list[dict[str, Any]]:
    return [
        {"form": token.form, "norm": token.norm, "kind": token.kind, "start": token.start, "end": token.end}
        for token in part.masked
    ]


def _contributions(scorer: BundleScorer, own: Sequence[Part], target: Sequence[Part]) -> Iterator[Contribution]:
    model, context = scorer._model, scorer._context
    if own and target:
        words, about = read(model, joined(own)), read(model, joined(target))
        drawn = pull(context, length(len(reading(words.tokens))))
        yield from _content(model, words, "text", drawn.own * _shrink(words))
        yield from _content(model, about, "target_text", drawn.target * _shrink(about))
        yield from _context(context, words, probability(about.log_odds), drawn.gate)
    elif own or target:
        yield from _content(model, read(model, joined(own or target)), "text" if own else "target_text", 1.0)


def _content(model: LinearModel, text: Reading, side: Side, factor: float) -> Iterator[Contribution]:
    """The content model's features of one side, times what the act makes of them."""
    names = {model.vocabulary[f.name]: f.name for f in text.found if f.name in model.vocabulary}
    weights = model.weights_in(text.rows, text.values)
    for row, value, weight in zip(text.rows, text.values, weights, strict=True):
        yield Contribution("content", side, names[row], value, weight, factor * weight * value)
    constant = model.constant_in(text.rows, text.values)
    yield Contribution("content", side, "", 1.0, constant, factor * constant)


def _context(context: ContextModel, own: Reading, gate: float, drawn: float) -> Iterator[Contribution]:
    """The features of own words under this target, and the constants."""
    times = Counter(feature.name for feature in own_features(own.tokens))
    rows = {name: context.vocabulary[name] for name in times if name in context.vocabulary}
    raw = {name: (1.0 + math.log(times[name])) * float(context.idf[row]) for name, row in rows.items()}
    norm = math.sqrt(math.fsum(value * value for value in raw.values())) or 1.0
    for name, row in rows.items():
        weight = gate * float(context.agreeing[row]) + (1.0 - gate) * float(context.other[row])
        yield Contribution("context", "text", name, raw[name] / norm, weight, weight * raw[name] / norm)
    yield Contribution("context", "target_text", "", gate, drawn, drawn * gate)
    yield Contribution("context", None, "", 1.0, context.bias, context.bias)


def _shrink(text: Reading) -> float:
    """What is left of content log-odds once clipped."""
    return clip(text.log_odds) / text.log_odds if text.log_odds else 0.0
