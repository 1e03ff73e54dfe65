"""Held-out predictions, calibration and thresholds; nothing is ever judged by a model that has seen its kin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from training.fit import Document, Settings, fit

Floats = NDArray[np.float64]

FOLDS = 5
#: An election with fewer real posts than this is not left out on its own.
LEAST_POSTS = 150
#: Share of flagged posts that must be support, on held-out sources; see docs/decisions/0004-thresholds.md.
FLAG_PRECISION = 0.80
#: Share of supporting posts that must score above the review threshold, on held-out sources.
REVIEW_RECALL = 0.95


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Uncalibrated log-odds of posts, each by a model that saw nothing of its group, not even a near duplicate."""

    log_odds: Floats
    labels: NDArray[np.int_]
    elections: tuple[str, ...]


def leave_elections_out(docs: Sequence[Document], settings: Settings) -> HeldOut:
    """Sure real posts of each large enough election, scored by a model fitted without that election."""
    sizes: dict[str, int] = {}
    for doc in docs:
        sizes[doc.election] = sizes.get(doc.election, 0) + doc.real
    elections = sorted(name for name, size in sizes.items() if size >= LEAST_POSTS)
    return _held_out(docs, settings, elections, lambda doc: doc.election)


def leave_sources_out(docs: Sequence[Document], settings: Settings) -> HeldOut:
    """Sure posts in five folds that keep a data source or a fictional race together.

    Real posts only where there are any, since the corpus is harder than life; else the corpus.
    """
    places: dict[str, str] = {}
    for real in (True, False):
        sources = sorted({doc.source for doc in docs if doc.real == real})
        places.update({source: str(k % FOLDS) for k, source in enumerate(sources)})
    return _held_out(docs, settings, [str(k) for k in range(FOLDS)], lambda doc: places[doc.source])


def _held_out(
    docs: Sequence[Document], settings: Settings, groups: Sequence[str], group_of: Callable[[Document], str]
) -> HeldOut:
    judged = any(doc.real for doc in docs)
    odds, labels, elections = [np.empty(0)], [], []
    for group in groups:
        posts = {doc.post for doc in docs if group_of(doc) == group}
        rest = [doc for doc in docs if group_of(doc) != group and doc.post not in posts]
        out = [doc for doc in docs if group_of(doc) == group and doc.sure and doc.listed and doc.real == judged]
        if not out:
            continue
        odds.append(fit(rest, settings).log_odds([doc.features for doc in out]))
        labels += [doc.label for doc in out]
        elections += [doc.election for doc in out]
    return HeldOut(np.concatenate(odds), np.array(labels), tuple(elections))


def calibrate(held: HeldOut) -> tuple[float, float]:
    """Slope and shift of Platt scaling on held-out log-odds."""
    model = LogisticRegression(C=1e6, solver="lbfgs").fit(held.log_odds.reshape(-1, 1), held.labels)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def scores(held: HeldOut, scale: tuple[float, float]) -> Floats:
    """Calibrated probabilities of held-out posts."""
    return np.asarray(1.0 / (1.0 + np.exp(-(scale[0] * held.log_odds + scale[1]))))


def thresholds(found: Floats, labels: NDArray[np.int_]) -> tuple[float, float]:
    """``(flag, review)``: the lowest score with precision of at least 0.80 above it, the highest with recall 0.95.

    Without any score that precise the flag threshold is 1 and everything is left to people.
    """
    order = np.argsort(-found, kind="stable")
    hits = np.cumsum(labels[order])
    last = np.append(np.diff(found[order]) != 0, True)  # of equal scores only all together can be flagged
    exact = np.flatnonzero(last & (hits >= FLAG_PRECISION * np.arange(1, len(found) + 1)))
    flag = float(found[order][exact[-1]]) if len(exact) else 1.0
    enough = np.flatnonzero(hits >= REVIEW_RECALL * max(1, int(labels.sum())))
    review = float(found[order][enough[0]]) if len(enough) else flag
    return round(flag, 4), round(min(review, flag), 4)
