"""Held-out predictions, calibration and thresholds; nothing is ever judged by a model that has seen its kin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from app.scoring.weighing import PARTS, TRAITS
from training.fit import Document, Fitted, Settings, fit
from training.weighing import Evidence, Weighed, fit_weighing

Floats = NDArray[np.float64]

FOLDS = 5
#: An election with fewer real posts than this is not left out on its own.
LEAST_POSTS = 150
#: Share of flagged posts that must be support, on held-out sources; see docs/decisions/0004-thresholds.md.
FLAG_PRECISION = 0.80
#: The same among items of the corpus alone, of which twice as many are support as among posts.
CORPUS_PRECISION = 0.90
#: Share of supporting posts that must score above the review threshold, on held-out sources.
REVIEW_RECALL = 0.95


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Uncalibrated log-odds of posts, each by a model that saw nothing of its group, not even a near duplicate.

    ``places`` are the posts' places in the list of documents.
    """

    log_odds: Floats
    labels: NDArray[np.int_]
    elections: tuple[str, ...]
    places: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Gathered:
    """The evidence in every reading, found by a model that saw nothing of its source; ``folds`` of the readings and
    ``fits``, the model of each fold."""

    docs: Sequence[Document]
    evidence: Evidence
    folds: NDArray[np.int_]
    fits: Mapping[int, Fitted] = field(default_factory=dict)

    def weighed(self, rows: NDArray[np.bool_]) -> Weighed:
        """How much evidence counts, learned from the readings at ``rows``."""
        chosen = [self.docs[k] for k in np.flatnonzero(rows).tolist()]
        labels = np.array([doc.label for doc in chosen], dtype=int)
        return fit_weighing(self.evidence.only(rows), labels, np.array([doc.weight for doc in chosen]))


def gather(docs: Sequence[Document], settings: Settings) -> Gathered:
    """Evidence in every reading, each fold's by a model that learned from the others."""
    folds = np.array(folds_of(docs, FOLDS), dtype=int)
    sums, traits = np.zeros((len(docs), PARTS)), np.zeros((len(docs), TRAITS))
    bias, contrast = np.zeros((2, len(docs)))
    fits = dict[int, Fitted]()
    for fold in range(FOLDS):
        rows = np.flatnonzero(folds == fold).tolist()
        rest = without([docs[k] for k in rows], docs)
        if rows and len({doc.label for doc in rest}) == 2:
            fits[fold] = fit(rest, settings)
            found = fits[fold].evidence([docs[k].features for k in rows])
            sums[rows], traits[rows], bias[rows] = found.sums, found.traits, found.bias
            contrast[rows] = found.contrast
    return Gathered(docs, Evidence(sums, traits, bias, contrast), folds, fits)


def folds_of(docs: Sequence[Document], count: int) -> list[int]:
    """Fold of each document: sources and fictional races in turn, real and written ones each for themselves."""
    fold: dict[tuple[bool, str], int] = {}
    for real in (True, False):
        sources = sorted({doc.source for doc in docs if doc.real == real})
        fold.update({(real, source): k % count for k, source in enumerate(sources)})
    return [fold[doc.real, doc.source] for doc in docs]


def without(left_out: Sequence[Document], docs: Sequence[Document]) -> list[Document]:
    """The documents that share no post with those left out."""
    posts = {doc.post for doc in left_out}
    return [doc for doc in docs if doc.post not in posts]


def leave_sources_out(gathered: Gathered, *, corpus_too: bool = False) -> HeldOut:
    """Sure posts, each by regressions that saw nothing of its fold.

    Real posts only where there are any, since the corpus is harder than life; else, or ``corpus_too``, all.
    """
    docs, folds = gathered.docs, gathered.folds
    real = any(doc.real for doc in docs) and not corpus_too
    judged = np.array([doc.sure and doc.listed and (doc.real or not real) for doc in docs], dtype=bool)
    odds = np.zeros(len(docs))
    for fold in sorted(set(folds[judged].tolist())):
        rows = judged & (folds == fold)
        odds[rows] = gathered.weighed(folds != fold).log_odds(gathered.evidence.only(rows))
    places = np.concatenate([np.flatnonzero(judged & (folds == fold)) for fold in range(FOLDS)])
    return _held(docs, places.tolist(), odds[places])


def leave_elections_out(docs: Sequence[Document], settings: Settings, gathered: Gathered) -> HeldOut:
    """Sure real posts of each large enough election, scored by regressions fitted without that election."""
    sizes: dict[str, int] = {}
    for doc in docs:
        sizes[doc.election] = sizes.get(doc.election, 0) + doc.real
    places: list[int] = []
    odds = [np.empty(0)]
    for election in sorted(name for name, size in sizes.items() if size >= LEAST_POSTS):
        out = [k for k, d in enumerate(docs) if d.election == election and d.sure and d.listed and d.real]
        if out:
            fitted, weighed = fit_without(election, docs, settings, gathered)
            odds.append(weighed.log_odds(fitted.evidence([docs[k].features for k in out])))
            places += out
    return _held(docs, places, np.concatenate(odds))


def fit_without(
    election: str, docs: Sequence[Document], settings: Settings, gathered: Gathered
) -> tuple[Fitted, Weighed]:
    """Both regressions learned without an election's documents; the first one without their near duplicates, too."""
    rest = without([doc for doc in docs if doc.election == election], docs)
    return fit(rest, settings), gathered.weighed(np.array([doc.election != election for doc in docs]))


def _held(docs: Sequence[Document], places: Sequence[int], odds: Floats) -> HeldOut:
    labels = np.array([docs[k].label for k in places], dtype=int)
    return HeldOut(odds, labels, tuple(docs[k].election for k in places), tuple(places))


def calibrate(held: HeldOut) -> tuple[float, float]:
    """Slope and shift of Platt scaling on held-out log-odds."""
    model = LogisticRegression(C=1e6, solver="lbfgs").fit(held.log_odds.reshape(-1, 1), held.labels)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def scores(held: HeldOut, scale: tuple[float, float]) -> Floats:
    """Calibrated probabilities of held-out posts."""
    return np.asarray(1.0 / (1.0 + np.exp(-(scale[0] * held.log_odds + scale[1]))))


def thresholds(found: Floats, labels: NDArray[np.int_], precision: float = FLAG_PRECISION) -> tuple[float, float]:
    """``(flag, review)``: the lowest score with that precision at least above it, the highest with recall 0.95.

    Without any score that precise the flag threshold is 1 and everything is left to people.
    """
    order = np.argsort(-found, kind="stable")
    hits = np.cumsum(labels[order])
    last = np.append(np.diff(found[order]) != 0, True)  # of equal scores only all together can be flagged
    exact = np.flatnonzero(last & (hits >= precision * np.arange(1, len(found) + 1)))
    flag = float(found[order][exact[-1]]) if len(exact) else 1.0
    enough = np.flatnonzero(hits >= REVIEW_RECALL * max(1, int(labels.sum())))
    review = float(found[order][enough[0]]) if len(enough) else flag
    return round(flag, 4), round(min(review, flag), 4)
