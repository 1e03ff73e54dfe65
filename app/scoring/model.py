"""The model as plain arrays: TF-IDF per block, logistic regression, weighing, calibration folded into the weighing."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from app.scoring.kinds import Contrast, Contrasting, words_of
from app.scoring.names import as_names
from app.scoring.weighing import PARTS, PLAIN, SHAPE, Weighing, parts_by_row, traits_of
from app.text.features import BLOCKS, Feature, features
from app.text.token import Token

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LinearModel:
    """``vocabulary`` maps a feature to its row in ``idf``, ``weights`` and ``kinds``.

    ``weights``, weighed by ``weighing``, and ``bias`` give log-odds of campaign support; ``kinds`` (features × kinds)
    with ``kind_bias`` give one-against-rest log-odds per kind, whose contrast counts ``kind_share`` on top
    (:mod:`app.scoring.kinds`). Both together are calibrated. A document vector has
    (1 + ln count) × idf per feature, each block scaled to length one, as scikit-learn's
    ``TfidfVectorizer(sublinear_tf=True)`` does. ``parts`` is the part of the evidence that each feature belongs to.
    """

    vocabulary: Mapping[str, int]
    idf: Floats
    weights: Floats
    bias: float
    kind_names: tuple[str, ...]
    kinds: NDArray[np.float32]
    kind_bias: Floats
    weighing: Weighing = PLAIN
    kind_share: float = 0.0
    parts: NDArray[np.int64] = field(init=False, compare=False, repr=False)
    contrasting: Contrasting = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Sort the features into parts once, as no feature ever changes sides, and the kinds into their two groups."""
        object.__setattr__(self, "parts", parts_by_row(as_names(self.vocabulary), self.weights))
        object.__setattr__(self, "contrasting", Contrasting(self.kind_names, self.kind_share))

    def vector(self, counts: Mapping[str, int]) -> tuple[list[int], list[float]]:
        """Rows and values of the document vector for feature counts; unknown features are left out."""
        rows: list[int] = []
        values: list[float] = []
        for block in BLOCKS:
            found = [(self.vocabulary[f], n) for f, n in counts.items() if f[0] == block and f in self.vocabulary]
            raw = [(1.0 + math.log(n)) * float(self.idf[row]) for row, n in found]
            norm = math.sqrt(math.fsum(v * v for v in raw)) or 1.0
            rows.extend(row for row, _ in found)
            values.extend(v / norm for v in raw)
        return rows, values

    def log_odds(self, rows: Sequence[int], values: Sequence[float]) -> float:
        """Calibrated log-odds of campaign support of a document vector."""
        constant, factors = self.weighed(rows)
        found = math.fsum(self._weight(r, factors) * v for r, v in zip(rows, values, strict=True))
        return constant + found + float(self._contrast(rows, values).log_odds[0])

    def weights_in(self, rows: Sequence[int], values: Sequence[float]) -> list[float]:
        """What each feature of a document vector counts there: its own weight, as far as its part counts, and what it
        moves the kinds by. Times the values, and with ``constant_in``, they add up to the log-odds."""
        _, factors = self.weighed(rows)
        pulls = self._contrast(rows, values).pulls[0]
        return [self._weight(row, factors) + float(self.kinds[row] @ pulls) for row in rows]

    def constant_in(self, rows: Sequence[int], values: Sequence[float]) -> float:
        """Log-odds of a document vector that no feature brings in."""
        contrast, pulls = self._contrast(rows, values)
        of_words = words_of(np.atleast_2d(self.kind_odds(rows, values)), self.kind_bias, pulls)
        return self.weighed(rows)[0] + float((contrast - of_words)[0])

    def unspoken(self, rows: Sequence[int], values: Sequence[float]) -> float:
        """Log-odds of a document vector that no word brings in: the constant, and the shape of the text."""
        found = zip(rows, values, self.weights_in(rows, values), strict=True)
        shape = math.fsum(value * weight for row, value, weight in found if self.parts[row] // 2 == SHAPE)
        return self.constant_in(rows, values) + shape

    def weighed(self, rows: Sequence[int]) -> tuple[float, Floats]:
        """Log-odds of a text whatever its words bring in, but for its kinds, and the factor of each part, from its
        distinct features."""
        found = self.parts[np.asarray(rows, np.intp)]
        traits = traits_of(np.bincount(found, minlength=PARTS)[None, :])
        return self.bias + float(self.weighing.constant(traits)[0]), self.weighing.factors(traits)[0]

    def _weight(self, row: int, factors: Floats) -> float:
        return float(self.weights[row] * factors[self.parts[row]])

    def _contrast(self, rows: Sequence[int], values: Sequence[float]) -> Contrast:
        return self.contrasting.of(np.atleast_2d(self.kind_odds(rows, values)))

    def kind_of(self, rows: Sequence[int], values: Sequence[float], allowed: Iterable[str]) -> str:
        """Best-scoring kind among ``allowed``."""
        among = set(allowed)
        wanted = [k for k, name in enumerate(self.kind_names) if name in among]
        return self.kind_names[surest(self.kind_odds(rows, values).tolist(), wanted)[0]]

    def kind_odds(self, rows: Sequence[int], values: Sequence[float]) -> Floats:
        """One-against-rest log-odds of every kind of a document vector."""
        return self.kind_bias + (np.asarray(values) @ self.kinds[np.asarray(rows, dtype=np.intp)] if rows else 0.0)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text read by the model: its tokens, features and document vector."""

    tokens: Sequence[Token]
    found: Sequence[Feature]
    rows: Sequence[int]
    values: Sequence[float]
    log_odds: float


def read(model: LinearModel, tokens: Sequence[Token]) -> Reading:
    """Vector and log-odds of a token list."""
    found = list(features(tokens))
    rows, values = model.vector(Counter(feature.name for feature in found))
    return Reading(tokens, found, rows, values, model.log_odds(rows, values))


def token_weights(model: LinearModel, reading: Reading) -> list[float]:
    """Log-odds that each token brought in.

    A feature's contribution is shared evenly between its occurrences and, within one, between its tokens, so
    the sum over tokens plus the constant part is the log-odds of the text.
    """
    brought = zip(reading.values, model.weights_in(reading.rows, reading.values), strict=True)
    share = {row: value * weight for row, (value, weight) in zip(reading.rows, brought, strict=True)}
    times = Counter(feature.name for feature in reading.found)
    weights = [0.0] * len(reading.tokens)
    for feature in reading.found:
        row = model.vocabulary.get(feature.name)
        if row is None or not feature.tokens:
            continue
        each = share[row] / times[feature.name] / len(feature.tokens)
        for i in feature.tokens:
            weights[i] += each
    return weights


def surest(odds: Sequence[float], among: Sequence[int]) -> tuple[int, float]:
    """The place among ``among`` with the greatest of ``odds``, and its probability among those.

    That is its one-against-rest probability over the sum of those of all these places.
    """
    best = max(among, key=odds.__getitem__)
    return best, probability(odds[best]) / math.fsum([probability(odds[k]) for k in among])


def probability(log_odds: float) -> float:
    """Logistic function, finite for any finite input."""
    if log_odds >= 0:
        return 1.0 / (1.0 + math.exp(-min(log_odds, 700.0)))
    e = math.exp(max(log_odds, -700.0))
    return e / (1.0 + e)


def frequent_first(model: LinearModel) -> LinearModel:
    """The same model with what texts hold most often side by side in memory, which halves the time of reading it."""
    if bool((model.idf[1:] >= model.idf[:-1]).all()):
        return model
    order = np.argsort(model.idf, kind="stable")
    places = np.empty_like(order)
    places[order] = np.arange(len(order))
    vocabulary = as_names(model.vocabulary).moved(places)
    idf, weights, kinds = model.idf[order], model.weights[order], model.kinds.take(order, 0)
    return replace(model, vocabulary=vocabulary, idf=idf, weights=weights, kinds=kinds)
