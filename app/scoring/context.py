"""Acts on a target: own words weighed together with what they answer.

``siap pak 👍`` supports a contestant under a campaign post and nothing under an office notice. Own words
therefore carry two weights, one under a supporting target and one under any other, mixed by how likely the
target is support; the target's and the own words' content scores come on top, and count otherwise the longer the
own words are: three words mean what they answer, thirty speak for themselves. All of it is linear for a given
target and a given number of own words, so the evidence adds up in both fields.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from app.scoring.model import LinearModel, Reading, probability, token_weights
from app.text.features import Feature, char_names, reading, vocabulary_form
from app.text.token import Token

Floats = NDArray[np.float64]

#: Content log-odds beyond this say no more about the act.
CLIP = 4.0
LONGEST, CHAR_SIZES = 2, (3, 4)
#: From this many words on, own words count as equally long.
LONG = 8


@dataclass(frozen=True, slots=True)
class ContextModel:
    """Second logistic regression over an act on a target.

    ``agreeing`` and ``other`` are weights of own-word features under a supporting and under any other target;
    ``target``, ``own`` and ``gate`` weigh the clipped content log-odds of both texts and the target's probability;
    ``target_long``, ``own_long`` and ``gate_long`` are added to them where the own words are long, see ``pull``.
    """

    vocabulary: Mapping[str, int]
    idf: Floats
    agreeing: Floats
    other: Floats
    target: float
    own: float
    gate: float
    bias: float
    target_long: float = 0.0
    own_long: float = 0.0
    gate_long: float = 0.0


N = TypeVar("N", float, Floats)


class Pull(NamedTuple, Generic[N]):
    """What both texts' content log-odds and the target's probability are multiplied with: of one act, or of many."""

    own: N
    target: N
    gate: N


@dataclass(frozen=True, slots=True)
class ContextReading:
    """Log-odds of the act and what each token of both fields brought in (the remainder is the constant part)."""

    log_odds: float
    own_weights: list[float]
    target_weights: list[float]


def own_features(tokens: Sequence[Token]) -> Iterator[Feature]:
    """Features of the own words: stems alone and in pairs, character n-grams, and how short they are."""
    words = reading(tokens)
    forms = [vocabulary_form(tokens[i]) for i in words]
    for size in range(1, LONGEST + 1):
        for k in range(len(forms) - size + 1):
            yield Feature("w:" + " ".join(forms[k : k + size]), tuple(words[k : k + size]))
    for i, token in enumerate(tokens):
        if token.kind == "word" and token.form[0] != "<":
            for name in char_names(token.norm, CHAR_SIZES):
                yield Feature(name, (i,))
    yield Feature(size_name(len(forms)), tuple(words))


def length(words: int) -> float:
    """How long own words are, from 0 to 1."""
    return min(words, LONG) / LONG


def pull(context: ContextModel, long: N) -> Pull[N]:
    """How much content counts under own words of such a ``length``."""
    return Pull(
        context.own + long * context.own_long,
        context.target + long * context.target_long,
        context.gate + long * context.gate_long,
    )


def size_name(words: int) -> str:
    """Name of the feature that says how short own words are."""
    return f"n:{min(words, LONG).bit_length()}"


def clip(log_odds: float) -> float:
    """Content log-odds within ±4."""
    return max(-CLIP, min(CLIP, log_odds))


def read_act(context: ContextModel, content: LinearModel, own: Reading, target: Reading) -> ContextReading:
    """Log-odds that the act supports a contestant, shared out over the tokens of both texts."""
    gate = probability(target.log_odds)
    found = list(own_features(own.tokens))
    times = Counter(feature.name for feature in found)
    values = _values(context, times)
    drawn = pull(context, length(len(reading(own.tokens))))
    own_weights = _scaled(content, own, drawn.own)
    total = 0.0
    for feature in found:
        row = context.vocabulary.get(feature.name)
        if row is None:
            continue
        weight = gate * float(context.agreeing[row]) + (1.0 - gate) * float(context.other[row])
        each = weight * values[feature.name] / times[feature.name]
        total += each
        for i in feature.tokens:
            own_weights[i] += each / len(feature.tokens)
    content_part = drawn.own * clip(own.log_odds) + drawn.target * clip(target.log_odds)
    return ContextReading(
        context.bias + drawn.gate * gate + content_part + total,
        own_weights,
        _scaled(content, target, drawn.target),
    )


def _values(context: ContextModel, times: Mapping[str, int]) -> dict[str, float]:
    """TF-IDF values of own-word features, scaled to length one."""
    raw = {
        name: (1.0 + math.log(n)) * float(context.idf[context.vocabulary[name]])
        for name, n in times.items()
        if name in context.vocabulary
    }
    norm = math.sqrt(math.fsum(v * v for v in raw.values())) or 1.0
    return {name: value / norm for name, value in raw.items()}


def _scaled(content: LinearModel, text: Reading, coefficient: float) -> list[float]:
    """A text's content weights per token, scaled so that they sum to its share of the act's log-odds."""
    shrink = clip(text.log_odds) / text.log_odds if text.log_odds else 0.0
    return [coefficient * shrink * weight for weight in token_weights(content, text)]
