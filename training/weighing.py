"""Fit the second regression: how much supporting and opposing evidence counts, by traits of the text.

It learns from evidence that models gathered on texts they had seen no kin of; on their own texts they find too much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from app.scoring.weighing import PARTS, PLAIN, TRAITS, Weighing, parts_of, traits_of

Floats = NDArray[np.float64]

#: With fewer readings than this, or of one label only, evidence is summed up as it is.
LEAST_READINGS = 2000
#: Traits beyond these percentiles count as there: nothing is learned from a handful of odd texts.
_REACH = (0.5, 99.5)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a model finds: ``sums`` (texts × parts), ``traits`` (texts × traits), and for each text its ``bias`` and the
    ``contrast`` of its kinds, which is never weighed."""

    sums: Floats
    traits: Floats
    bias: Floats
    contrast: Floats

    def only(self, rows: NDArray[np.bool_] | NDArray[np.int_]) -> Evidence:
        """The texts at ``rows``."""
        return Evidence(self.sums[rows], self.traits[rows], self.bias[rows], self.contrast[rows])


@dataclass(frozen=True, slots=True)
class Weighed:
    """A weighing with the bias that belongs to it, ``None`` for that of the model that found the evidence."""

    weighing: Weighing = PLAIN
    bias: float | None = None

    def log_odds(self, found: Evidence) -> Floats:
        """Uncalibrated log-odds of each text."""
        bias = found.bias if self.bias is None else self.bias
        summed = (found.sums * self.weighing.factors(found.traits)).sum(axis=1)
        return np.asarray(bias + self.weighing.constant(found.traits) + summed + found.contrast, np.float64)


#: Evidence summed up plainly.
AS_IT_IS = Weighed()


def evidence_of(
    matrix: sparse.csr_matrix, names: Sequence[str], weights: Floats, bias: float, contrast: Floats
) -> Evidence:
    """Evidence in document vectors (texts × features) for a model with these weights, whose kinds say ``contrast``."""
    return evidence_by_part(matrix, parts_of(names, weights), weights, bias, contrast)


def evidence_by_part(
    matrix: sparse.csr_matrix, parts: NDArray[np.int64], weights: Floats, bias: float, contrast: Floats
) -> Evidence:
    """The same for features whose parts are known."""
    size = len(parts)
    sides = sparse.csr_matrix((np.ones(size), (np.arange(size), parts)), shape=(size, PARTS))
    present = matrix.copy()
    present.data = np.ones_like(present.data)
    counts = np.asarray((present @ sides).todense()).round().astype(np.int64)
    sums = np.asarray((matrix.multiply(weights).tocsr() @ sides).todense(), np.float64)
    return Evidence(sums, traits_of(counts), np.full(matrix.shape[0], bias), contrast)


def fit_weighing(found: Evidence, labels: NDArray[np.int_], weights: Floats) -> Weighed:
    """Logistic regression over the evidence, the traits, and the evidence times each trait."""
    if len(labels) < LEAST_READINGS or len(set(labels.tolist())) < 2:
        return AS_IT_IS
    reach = np.percentile(found.traits, _REACH, axis=0)
    columns = _columns(found.sums, np.clip(found.traits, *reach))
    middle, width = columns.mean(axis=0), np.maximum(columns.std(axis=0), 1e-9)
    model = LogisticRegression(C=1.0, max_iter=2000, tol=1e-8, random_state=0)
    model.fit((columns - middle) / width, labels, sample_weight=weights)
    raw = model.coef_[0] / width
    table = np.vstack([raw[:PARTS], raw[PARTS + TRAITS :].reshape(TRAITS, PARTS)])
    bias = float(model.intercept_[0] - raw @ middle)
    return Weighed(Weighing(table, raw[PARTS : PARTS + TRAITS], np.asarray(reach, np.float64)), bias)


def _columns(sums: Floats, traits: Floats) -> Floats:
    crossed = [sums * traits[:, k, None] for k in range(TRAITS)]
    return np.hstack([sums, traits, *crossed])
