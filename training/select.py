"""Held-out predictions, calibration and thresholds by leaving whole elections out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from training.fit import Document, Settings, fit

Floats = NDArray[np.float64]

#: Precision wanted where a post is flagged, and recall wanted where a person is asked to look.
FLAG_PRECISION, REVIEW_RECALL = 0.90, 0.95


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Log-odds of real posts, each by a model that saw nothing of its election."""

    log_odds: Floats
    labels: NDArray[np.int_]
    sure: NDArray[np.bool_]
    groups: tuple[str, ...]


def leave_one_out(docs: Sequence[Document], groups: Sequence[str], settings: Settings) -> HeldOut:
    """Score the documents of each group with a model fitted on all other groups."""
    odds, labels, sure, names = [], [], [], []
    for group in groups:
        rest = [doc for doc in docs if doc.group != group]
        out = [doc for doc in docs if doc.group == group]
        odds.append(fit(rest, settings).log_odds([doc.features for doc in out]))
        labels += [doc.label for doc in out]
        sure += [doc.weight == 1.0 for doc in out]
        names += [group] * len(out)
    return HeldOut(np.concatenate(odds), np.array(labels), np.array(sure), tuple(names))


def calibrate(held: HeldOut) -> tuple[float, float]:
    """Slope and shift of Platt scaling on held-out log-odds."""
    model = LogisticRegression(C=1e6, solver="lbfgs").fit(held.log_odds.reshape(-1, 1), held.labels)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def thresholds(scores: Floats, labels: NDArray[np.int_]) -> tuple[float, float]:
    """``(flag, review)``: the lowest score with precision ≥ 0.90 above it, the highest with recall ≥ 0.95."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(labels[order])
    precision = hits / np.arange(1, len(scores) + 1)
    recall = hits / max(1, labels.sum())
    exact = np.flatnonzero(precision >= FLAG_PRECISION)
    flag = float(scores[order][exact[-1]]) if len(exact) else 1.0
    review = float(scores[order][np.argmax(recall >= REVIEW_RECALL)])
    return round(flag, 4), round(min(review, flag), 4)
