"""Logistic regression in which each feature has a second weight that only real posts count in (decision 21).

As in Daumé (2007), "Frustratingly Easy Domain Adaptation": authors of the corpus put words of support into texts that
are none far oftener than people do. The main regression and those of the kinds are fitted here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from training.ratios import class_ratios

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Life:
    """How large the second weight may grow beside the common one, by the ``size`` of its columns, and the ``share`` of
    it that is kept."""

    size: float
    share: float


@dataclass(frozen=True, slots=True)
class Vectors:
    """Document vectors (documents × features), how much each column counts (``scale``) and each document (``counted``),
    and which documents are real posts (``lives``)."""

    matrix: sparse.csr_matrix
    scale: Floats
    counted: Floats
    lives: NDArray[np.bool_]

    def only(self, rows: NDArray[np.bool_] | NDArray[np.int_]) -> Vectors:
        """The documents at ``rows``."""
        return Vectors(self.matrix[rows], self.scale, self.counted[rows], self.lives[rows])

    def ratios(self, labels: NDArray[np.int_]) -> Floats:
        """How much each column counts by its scale and by how differently the two classes of documents use it.

        The log-count ratio of Wang & Manning (2012), "Baselines and Bigrams".
        """
        return self.scale * np.abs(class_ratios(self.matrix, labels, self.counted))


def fit_lived(
    model: LogisticRegression, vectors: Vectors, labels: NDArray[np.int_], life: Life
) -> tuple[Floats, float]:
    """Weights of the features and the bias, with ``life.share`` of the second weights in them.

    Without real posts there are none. Columns are scaled by their ratios, which are folded into the weights.
    """
    lives = vectors.lives
    ratios = [vectors.ratios(labels)]
    if lives.any():
        ratios.append(life.size * vectors.only(lives).ratios(labels[lives]))
    sides = [vectors.matrix.multiply(ratios[0]), *(_only(lives, vectors.matrix.multiply(by)) for by in ratios[1:])]
    model.fit(sparse.hstack(sides).tocsr(), labels, sample_weight=vectors.counted)
    found, shares = np.split(model.coef_[0], len(ratios)), (1.0, life.share)
    weights = np.sum([share * part * by for share, part, by in zip(shares, found, ratios, strict=False)], axis=0)
    return weights, float(model.intercept_[0])


def _only(rows: NDArray[np.bool_], matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """The matrix with all other rows empty."""
    return sparse.diags(rows.astype(float)) @ matrix
