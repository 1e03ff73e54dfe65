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
from training.lived import Life, Vectors, fit_lived

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


def fit_kinds(vectors: Vectors, kinds: Sequence[str | None], regularisation: float, life: Life) -> KindWeights:
    """One-against-rest regressions over vectors of documents of these kinds, as in :mod:`training.lived`.

    Classes are not balanced: of two kinds that fit a text equally well, the one that is commoner wins.
    """
    known = np.array([kind is not None for kind in kinds])
    told, named = vectors.only(known), np.array([kind or "" for kind in kinds])[known]
    jobs = Parallel(n_jobs=_PROCESSES if len(named) >= _MANY else 1)
    fits = jobs(delayed(_one)(told, named == kind, regularisation, life) for kind in KINDS)
    found = np.stack([np.round(weight, DECIMALS) for weight, _ in fits], axis=1)
    return KindWeights(found.astype(np.float32), np.array([round(bias, DECIMALS) for _, bias in fits]))


def _one(vectors: Vectors, is_kind: NDArray[np.bool_], regularisation: float, life: Life) -> tuple[Floats, float]:
    if is_kind.all() or not is_kind.any():
        return np.zeros(len(vectors.scale)), -_ABSENT if is_kind.any() else _ABSENT
    model = LogisticRegression(C=regularisation, solver="liblinear", max_iter=200, random_state=0)
    return fit_lived(model, vectors, is_kind.astype(int), life)
