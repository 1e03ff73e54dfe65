"""How differently two classes of documents use each feature."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]


def class_ratios(matrix: sparse.csr_matrix, labels: NDArray[np.int_], weights: Floats) -> Floats:
    """Log ratio of smoothed weighted document frequencies, support over the rest, per column."""
    present = matrix.copy()
    present.data = np.ones_like(present.data)
    support, rest = (np.asarray(present[labels == c].T @ weights[labels == c]).ravel() + 1.0 for c in (1, 0))
    return np.asarray(np.log((support / support.sum()) / (rest / rest.sum())))
