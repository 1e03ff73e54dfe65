"""Fit one regression per kind of content: what a text is like, for answers and for :mod:`app.scoring.kinds`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, cpu_count, delayed
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from app.scoring.kinds import NO_KIND, OTHER_KINDS, SUPPORT_KINDS, Contrasting
from training.ratios import class_ratios

Floats = NDArray[np.float64]

KINDS = (*SUPPORT_KINDS, *OTHER_KINDS, NO_KIND)
#: Weights of the kinds are kept to three decimals, which costs no figure that is measured.
DECIMALS = 3
#: Log-odds of a kind that no document has.
_ABSENT = -20.0
#: From this many documents on, kinds are fitted in processes of their own, which changes no number.
_MANY = 10_000
#: Each holds a scaled copy of the documents, half a gigabyte for the shipped model.
_PROCESSES = min(4, cpu_count())


@dataclass(frozen=True, slots=True)
class KindWeights:
    """One-against-rest ``weights`` (features × kinds) and ``bias`` (kinds), rounded as a bundle holds them."""

    weights: NDArray[np.float32]
    bias: Floats

    def odds(self, matrix: sparse.csr_matrix) -> Floats:
        """Documents × kinds, log-odds of each kind."""
        return np.asarray(matrix @ self.weights.astype(np.float64) + self.bias)

    def contrast(self, matrix: sparse.csr_matrix, share: float) -> Floats:
        """What the kinds say of support, for each document."""
        return Contrasting(KINDS, share).of(self.odds(matrix)).log_odds


def kind_of(kind: str | None, label: int) -> str | None:
    """The kind that a document counts as; ``None`` for support of unknown kind, which no regression learns from."""
    return kind or (None if label else NO_KIND)


def fit_kinds(
    matrix: sparse.csr_matrix, scale: Floats, kinds: Sequence[str | None], weights: Floats, regularisation: float
) -> KindWeights:
    """One-against-rest regressions over document vectors of these kinds, each feature scaled by ``scale`` and by how it
    tells the kind from the rest, as in :func:`training.fit.fit`.

    Classes are not balanced: of two kinds that fit a text equally well, the one that is commoner wins.
    """
    known = np.array([kind is not None for kind in kinds])
    matrix, named, counted = matrix[known], np.array([kind or "" for kind in kinds])[known], weights[known]
    jobs = Parallel(n_jobs=_PROCESSES if len(named) >= _MANY else 1)
    fits = jobs(delayed(_one)(matrix, scale, named == kind, counted, regularisation) for kind in KINDS)
    found = np.stack([np.round(weight, DECIMALS) for weight, _ in fits], axis=1)
    return KindWeights(found.astype(np.float32), np.array([round(bias, DECIMALS) for _, bias in fits]))


def _one(
    matrix: sparse.csr_matrix, scale: Floats, is_kind: NDArray[np.bool_], weights: Floats, regularisation: float
) -> tuple[Floats, float]:
    if is_kind.all() or not is_kind.any():
        return np.zeros(matrix.shape[1]), -_ABSENT if is_kind.any() else _ABSENT
    labels = is_kind.astype(int)
    ratios = scale * np.abs(class_ratios(matrix, labels, weights))
    model = LogisticRegression(C=regularisation, solver="liblinear", max_iter=200, random_state=0)
    model.fit(matrix.multiply(ratios).tocsr(), labels, sample_weight=weights)
    return np.asarray(model.coef_[0] * ratios), float(model.intercept_[0])
