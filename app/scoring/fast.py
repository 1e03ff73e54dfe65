"""Scores of many texts at once, without evidence: equal to :mod:`app.scoring.model` and :mod:`app.scoring.context`.

Those two define what a score is and explain it; this module only multiplies the same numbers out faster.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from app.scoring.context import CHAR_SIZES as OWN_CHAR_SIZES
from app.scoring.context import CLIP, ContextModel
from app.scoring.context import LONGEST as OWN_LONGEST
from app.scoring.counting import FeatureCounter
from app.scoring.model import LinearModel, probability
from app.text.features import BLOCKS, CHAR_SIZES, LONGEST
from app.text.token import Token

Floats = NDArray[np.float64]
Texts = Sequence[Sequence[Token]]

#: Texts that are multiplied out together: enough to spread the fixed cost, few enough for the processor's cache.
BATCH = 512


class Readings(NamedTuple):
    """Per text its log-odds of campaign support; texts × kinds, the log-odds of each of the model's kinds."""

    log_odds: Floats
    kinds: Floats


class Acts(NamedTuple):
    """Per act on a target its log-odds, and what the own words and the target's words brought in."""

    log_odds: Floats
    own: Floats
    target: Floats


class FastModel:
    """Both models made ready for batches; only a bounded memory of words changes, so threads may share it."""

    def __init__(self, model: LinearModel, context: ContextModel) -> None:
        self._model, self._context = model, context
        self._content_counter = FeatureCounter(model.vocabulary, LONGEST, CHAR_SIZES)
        self._own_counter = FeatureCounter(context.vocabulary, OWN_LONGEST, OWN_CHAR_SIZES, own_words=True)
        self._blocks = np.array([BLOCKS.index(name[0]) for name in model.vocabulary], np.int64)
        self._one_block = np.zeros(len(context.vocabulary), np.int64)
        self._kinds = np.asarray(model.kinds, np.float64)
        self._mixed = np.stack([context.agreeing, context.other], axis=1)

    def read(self, texts: Texts) -> Readings:
        """Log-odds and kinds of masked token lists, as :func:`app.scoring.model.read` has them one by one."""
        parts = [self._read(part) for part in _batches(texts)]
        return Readings(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def act(self, own_words: Texts, own: Readings, target: Readings) -> Acts:
        """Acts of own words, whose reading is ``own``, on targets, as :func:`app.scoring.context.read_act`."""
        context = self._context
        gate = np.array([probability(odds) for odds in target.log_odds.tolist()])
        agreeing, other = np.concatenate([self._mix(part) for part in _batches(own_words)]).T
        words = gate * agreeing + (1.0 - gate) * other
        own_content, target_content = (np.clip(side.log_odds, -CLIP, CLIP) for side in (own, target))
        log_odds = context.bias + context.gate * gate + context.own * own_content + context.target * target_content
        own_share, target_share = (self._share(side.log_odds) for side in (own, target))
        return Acts(log_odds + words, words + context.own * own_share, context.target * target_share)

    def _read(self, texts: Texts) -> tuple[Floats, Floats]:
        vectors = _tfidf(self._content_counter.counts(texts), self._model.idf, self._blocks, len(BLOCKS))
        return vectors @ self._model.weights + self._model.bias, vectors @ self._kinds + self._model.kind_bias

    def _mix(self, texts: Texts) -> Floats:
        """Texts × 2: what the own words say under a supporting and under any other target."""
        found: Floats = _tfidf(self._own_counter.counts(texts), self._context.idf, self._one_block, 1) @ self._mixed
        return found

    def _share(self, log_odds: Floats) -> Floats:
        """The words' part of clipped content log-odds: all but the bias, shrunk as the clipping shrinks the whole."""
        nonzero = np.where(log_odds == 0.0, 1.0, log_odds)
        shrink = np.where(log_odds == 0.0, 0.0, np.clip(log_odds, -CLIP, CLIP) / nonzero)
        return np.asarray(shrink * (log_odds - self._model.bias))


def _batches(texts: Texts) -> Iterator[Texts]:
    return (texts[at : at + BATCH] for at in range(0, max(1, len(texts)), BATCH))


def _tfidf(counts: sparse.csr_array, idf: Floats, blocks: NDArray[np.int64], width: int) -> sparse.csr_array:
    """(1 + ln count) × idf, each of the ``width`` blocks of each text scaled to length one."""
    weight = 1.0 + np.log(np.arange(1, counts.data.max(initial=1) + 1))  # by count, so the same in every batch
    raw = weight[counts.data - 1] * idf[counts.indices]
    text = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    part = text * width + blocks[counts.indices]
    norms = np.sqrt(np.bincount(part, raw * raw, counts.shape[0] * width))
    norms[norms == 0.0] = 1.0
    return sparse.csr_array((raw / norms[part], counts.indices, counts.indptr), shape=counts.shape)
