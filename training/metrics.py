"""Figures of merit for scored, labelled items."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

Floats = NDArray[np.float64]
#: Equal-width bins of the calibration error.
BINS = 10


def measure(labels: Sequence[int], scores: Sequence[float], flagged: Sequence[bool]) -> dict[str, float | int | None]:
    """Counts, precision, recall and F1 of the flag, and the ranking and calibration of the score.

    A figure that is not defined for these labels (one class only) is ``None``.
    """
    y, p, f = np.asarray(labels), np.asarray(scores, dtype=float), np.asarray(flagged, dtype=bool)
    hits = int((f & (y == 1)).sum())
    precision = hits / int(f.sum()) if f.any() else None
    recall = hits / int(y.sum()) if y.any() else None
    both = 0 < y.sum() < len(y)
    return {
        "n": len(y),
        "support": int(y.sum()),
        "flagged": int(f.sum()),
        "precision": precision,
        "recall": recall,
        "f1": 2 * hits / int(f.sum() + y.sum()) if f.any() or y.any() else None,
        "roc_auc": float(roc_auc_score(y, p)) if both else None,
        "average_precision": float(average_precision_score(y, p)) if both else None,
        "expected_calibration_error": calibration_error(y, p) if len(y) else None,
    }


def calibration_error(labels: NDArray[np.int_], scores: Floats, bins: int = BINS) -> float:
    """Mean gap between score and share of support over equal-width bins, weighted by bin size."""
    place = np.minimum((scores * bins).astype(int), bins - 1)
    gaps = [abs(labels[place == b].sum() - scores[place == b].sum()) for b in range(bins)]
    return float(sum(gaps) / max(1, len(scores)))
