"""Scores of many texts at once, and what each of their tokens brought in.

:mod:`app.scoring.model` and :mod:`app.scoring.context` define what a score is and explain it;
this module only multiplies the same numbers out faster.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.scoring.context import CHAR_SIZES as OWN_CHAR_SIZES
from app.scoring.context import CLIP, ContextModel, Pull, length, pull
from app.scoring.context import LONGEST as OWN_LONGEST
from app.scoring.counting import FEW, FEW_TOKENS, FeatureCounter
from app.scoring.counts import Counts
from app.scoring.kinds import words_of
from app.scoring.model import LinearModel, frequent_first, probability
from app.scoring.weighing import PARTS, SHAPE, OneWeighing, traits_of
from app.text.features import BLOCKS, CHAR_SIZES, LONGEST
from app.text.token import Token

Floats = NDArray[np.float64]
Texts = Sequence[Sequence[Token]]

#: Texts that are multiplied out together: enough to spread the fixed cost, few enough for the processor's cache.
BATCH = 512


class Readings(NamedTuple):
    """Texts with their feature counts and TF-IDF values, and the weight of each value in its text, but for its kinds;
    per text its log-odds of campaign support, and those that no word brought in; texts × kinds, the log-odds of each of
    the model's kinds, and by how much one more of them moves the text's (``pulls``)."""

    texts: Texts
    counts: Counts
    values: Floats
    weights: Floats
    log_odds: Floats
    constant: Floats
    kinds: Floats
    pulls: Floats


class Acts(NamedTuple):
    """Acts on a target: both sides, the own words' features once more as the context model counts them, how likely each
    target is support, and how much both sides' content counts. Per act its log-odds, and what the own words and the
    target's words brought in."""

    sides: tuple[Readings, Readings]
    counts: Counts
    values: Floats
    gate: Floats
    drawn: Pull[Floats]
    log_odds: Floats
    own: Floats
    target: Floats


class FastModel:
    """Both models made ready for batches; only a bounded memory of words changes, so threads may share it."""

    def __init__(self, model: LinearModel, context: ContextModel) -> None:
        model = frequent_first(model)
        self._model, self._context = model, context
        self._content_counter = FeatureCounter(model.vocabulary, LONGEST, CHAR_SIZES)
        self._own_counter = FeatureCounter(context.vocabulary, OWN_LONGEST, OWN_CHAR_SIZES, own_words=True)
        self._kinds = np.asarray(model.kinds, np.float64)
        self._weighing = OneWeighing(model.weighing)

    def read(self, texts: Texts) -> Readings:
        """Log-odds and kinds of masked token lists, as :func:`app.scoring.model.read` has them one by one."""
        counts = self._content_counter.counts(texts)
        return (self._read_one if len(texts) == 1 and counts.made is None else self._read_many)(texts, counts)

    def _read_one(self, texts: Texts, counts: Counts) -> Readings:
        """The same as ``_read_many`` to the bit, in as few steps over arrays as can be."""
        model, columns = self._model, counts.columns
        part = model.parts.take(columns)
        block = part >> 1
        factors, constant = self._weighing.weighed(np.bincount(part, minlength=PARTS).tolist())
        raw = _by_times(counts.most).take(counts.times) * model.idf.take(columns)
        norms = [sqrt(squares) or 1.0 for squares in np.bincount(block, raw * raw, len(BLOCKS)).tolist()]
        values = raw / np.array(norms).take(block)
        weights = model.weights.take(columns) * np.array(factors).take(part)
        # As the model has them, in half the memory: multiplied they are the same numbers.
        kinds = np.add.reduce(model.kinds.take(columns, 0) * values[:, None], 0) + model.kind_bias
        contrast, pull = model.contrasting.of_one(kinds)
        of_kinds, pulls = kinds[None, :], np.array([pull])
        constants = np.array([model.bias + constant + contrast])
        log_odds = _added_up(values * weights) + constants
        constants -= words_of(of_kinds, model.kind_bias, pulls)
        return Readings(texts, counts, values, weights, log_odds, constants, of_kinds, pulls)

    def _read_many(self, texts: Texts, counts: Counts) -> Readings:
        model = self._model
        part = counts.text * PARTS + model.parts.take(counts.columns)
        values = _tfidf(counts, model.idf, part // 2, len(BLOCKS))  # two parts a block
        weights, constant = self._weighed(counts, part)
        kinds = counts.matrix(values) @ self._kinds + model.kind_bias
        contrast, pulls = model.contrasting.of(kinds)
        constant += contrast
        log_odds = counts.summed(values * weights) + constant
        constant -= words_of(kinds, model.kind_bias, pulls)
        return Readings(texts, counts, values, weights, log_odds, constant, kinds, pulls)

    def _weighed(self, counts: Counts, part: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """The weight of each value in its text, given its part, and per text the log-odds that no word brought in."""
        model = self._model
        traits = traits_of(np.bincount(part, minlength=counts.texts * PARTS).reshape(-1, PARTS))
        factors = model.weighing.factors(traits).ravel()
        return model.weights.take(counts.columns) * factors.take(part), model.bias + model.weighing.constant(traits)

    def act(self, own: Readings, target: Readings) -> Acts:
        """Acts of own words on targets, as :func:`app.scoring.context.read_act`."""
        context = self._context
        gate = np.array([probability(odds) for odds in target.log_odds.tolist()])
        counts = self._own_counter.counts(own.texts)
        values = _tfidf(counts, context.idf, counts.text, 1)
        agreeing, other = (counts.summed(values * side[counts.columns]) for side in (context.agreeing, context.other))
        words = gate * agreeing + (1.0 - gate) * other
        drawn = pull(context, np.array(list(map(length, self._own_counter.words(counts)))))
        own_content, target_content = (np.clip(side.log_odds, -CLIP, CLIP) for side in (own, target))
        content = drawn.own * own_content + drawn.target * target_content
        log_odds = context.bias + drawn.gate * gate + content + words
        own_share, target_share = (
            _shrink(side.log_odds) * (side.log_odds - self._unspoken(side)) for side in (own, target)
        )
        brought = words + drawn.own * own_share, drawn.target * target_share
        return Acts((own, target), counts, values, gate, drawn, log_odds, *brought)

    def _unspoken(self, readings: Readings) -> Floats:
        """Per text the log-odds that no word brought in, as :meth:`app.scoring.model.LinearModel.unspoken`."""
        counts, model = readings.counts, self._model
        places = np.flatnonzero(model.parts.take(counts.columns) >> 1 == SHAPE)
        text = counts.text.take(places)
        weights = readings.weights.take(places) + self._pulled(readings, places)
        return readings.constant + np.bincount(text, readings.values.take(places) * weights, counts.texts)

    def words(self, readings: Readings, rows: Sequence[int]) -> list[Floats]:
        """What each token of some of the texts brought in, as :func:`app.scoring.model.token_weights`."""
        counts = readings.counts
        brought = readings.values * (readings.weights + self._by_kind(readings, rows)) / counts.times
        return _by_token(readings.texts, rows, self._content_counter, counts, brought)

    def _by_kind(self, readings: Readings, rows: Sequence[int]) -> Floats:
        """The weight of each value of the texts at ``rows`` by way of its kinds; 0 for the others'."""
        counts = readings.counts
        wanted = np.zeros(counts.texts, bool)
        wanted[list(rows)] = True
        places = np.flatnonzero(wanted.take(counts.text))
        weights = np.zeros(len(counts.columns))
        weights[places] = self._pulled(readings, places)
        return weights

    def _pulled(self, readings: Readings, places: NDArray[np.int64]) -> Floats:
        """The weight of the values at ``places`` by way of their texts' kinds."""
        counts = readings.counts
        pulls = readings.pulls.take(counts.text.take(places), 0)
        return np.asarray(np.add.reduce(self._model.kinds.take(counts.columns.take(places), 0) * pulls, 1), np.float64)

    def act_words(self, acts: Acts, rows: Sequence[int]) -> list[tuple[Floats, Floats]]:
        """What each own word and each word of the target brought in to some of the acts, as ``read_act`` has it."""
        context, counts = self._context, acts.counts
        gate = acts.gate[counts.text]
        weights = gate * context.agreeing[counts.columns] + (1.0 - gate) * context.other[counts.columns]
        spoken = _by_token(acts.sides[0].texts, rows, self._own_counter, counts, acts.values * weights / counts.times)
        scaled = [
            [
                share * weights
                for share, weights in zip((coefficient * _shrink(side.log_odds))[list(rows)], found, strict=True)
            ]
            for side, coefficient in zip(acts.sides, acts.drawn, strict=False)
            for found in [self.words(side, rows)]
        ]
        return [(own + words, target) for own, words, target in zip(scaled[0], spoken, scaled[1], strict=True)]


def _shrink(log_odds: Floats) -> Floats:
    """By what clipping multiplies content log-odds."""
    nonzero = np.where(log_odds == 0.0, 1.0, log_odds)
    return np.asarray(np.where(log_odds == 0.0, 0.0, np.clip(log_odds, -CLIP, CLIP) / nonzero))


def _by_token(
    texts: Texts, rows: Sequence[int], counter: FeatureCounter, counts: Counts, brought: Floats
) -> list[Floats]:
    """For the texts at ``rows`` the sum of what each token's features ``brought`` per occurrence."""
    if counts.made is None or (len(rows) <= FEW and sum([len(texts[row]) for row in rows]) <= FEW_TOKENS):
        return [np.array(counter.shares(counts, row, texts[row], counts.by_column(row, brought))) for row in rows]
    found = counter.occurrences(counts, np.asarray(rows, np.int64))
    found = found.at(np.argsort(found.text.astype(np.min_scalar_type(len(texts))), kind="stable"))
    each = counts.looked_up(brought, found) * found.share
    ends = [0, *accumulate(map(len, texts))]
    weights: Floats = np.bincount(found.token, each, ends[-1]).astype(np.float64)
    return [weights[ends[row] : ends[row + 1]] for row in rows]


def _tfidf(counts: Counts, idf: Floats, block: NDArray[np.int64], width: int) -> Floats:
    """(1 + ln count) × idf, each block of each text scaled to length one.

    ``block`` is that of each value, counted on through all texts, which have ``width`` blocks each.
    """
    raw = _by_times(counts.most).take(counts.times) * idf.take(counts.columns)
    norms = np.sqrt(np.bincount(block, raw * raw, counts.texts * width))
    norms[norms == 0.0] = 1.0
    return np.asarray(raw / norms.take(block))


@lru_cache(maxsize=32)
def _up_to(size: int) -> Floats:
    return np.concatenate([[0.0], 1.0 + np.log(np.arange(1, size))])


def _by_times(most: int) -> Floats:
    """1 + ln count by count, at least as far as ``most``; the same numbers in every batch."""
    return _up_to(max(64, 1 << most.bit_length()))


def _added_up(values: Floats) -> Floats:
    """The sum of all values, one after another as a sparse product adds them; 0 when there are none."""
    return np.asarray(values.cumsum()[-1] if len(values) else 0.0)
