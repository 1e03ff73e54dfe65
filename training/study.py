"""What the model card shows beyond single figures: held-out predictions with their posts, and the learning curve."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.scoring.scorer import BundleScorer
from training.behave import Report, run
from training.examples import Example
from training.fit import Document, Settings, content, fit
from training.intervals import Interval, Scored, by_thresholds, figures, intervals
from training.select import HeldOut, folds_of, scores, without
from training.weighing import Weighed

Floats = NDArray[np.float64]
Scale = tuple[float, float]
#: Folds of the corpus and of the learning curve; fewer than for the thresholds, since each costs a fit.
FOLDS = 3
#: Shares of the training posts that the learning curve is measured at.
SHARES = (0.1, 0.25, 0.5, 1.0)
_SEED = 20241127


@dataclass(frozen=True, slots=True)
class Judged:
    """Held-out posts beside what a model that saw none of their kin made of them."""

    examples: tuple[Example, ...]
    scored: Scored

    def by(self, key: Callable[[Example], str]) -> dict[str, Scored]:
        """The posts by ``key``, largest group first, equal ones by name; posts without a key are left out."""
        keys = np.array([key(example) for example in self.examples])
        names = sorted(set(keys.tolist()) - {""}, key=lambda name: (-int((keys == name).sum()), name))
        return {name: self.scored.only(keys == name) for name in names}


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What ``posts`` training posts, a ``share`` of those there are, lead to on sources never seen."""

    share: float
    posts: int
    roc_auc: Interval
    f1: Interval


@dataclass(frozen=True, slots=True)
class Study:
    """Everything measured for a card. ``real`` are the posts that the thresholds were chosen on."""

    real: Judged
    corpus: Judged
    curve: tuple[CurvePoint, ...]
    behaviour: Report


def judged(
    docs: Sequence[Document], examples: Sequence[Example], places: Sequence[int], odds: Floats, limits: Limits
) -> Judged:
    """Posts at ``places`` of ``docs`` with their uncalibrated log-odds, calibrated and held to the thresholds."""
    owners = _owners(docs, examples)
    labels = np.array([docs[place].label for place in places], dtype=int)
    held = HeldOut(odds, labels, tuple(docs[place].election for place in places))
    found = by_thresholds(labels, scores(held, limits.scale), limits.flag, limits.review)
    return Judged(tuple(owners[place] for place in places), found)


@dataclass(frozen=True, slots=True)
class Limits:
    """Calibration and thresholds of the model that is described."""

    scale: Scale
    flag: float
    review: float


def _owners(docs: Sequence[Document], examples: Sequence[Example]) -> Mapping[int, Example]:
    """The example behind each listed reading, by its place in ``docs``; both are in the order of the examples."""
    listed = [place for place, doc in enumerate(docs) if doc.listed]
    return dict(zip(listed, (e for e in examples if content(e) is not None), strict=True))


def study(
    docs: Sequence[Document],
    examples: Sequence[Example],
    by_source: HeldOut,
    weighed: Weighed,
    limits: Limits,
    settings: Settings,
    scorer: BundleScorer,
) -> Study:
    """Measure what the card needs; costs about four further fits and a run of the behaviour suite.

    These fits weigh evidence as the model does that is described, by ``weighed``.
    """
    places = by_source.places
    folds = folds_of(docs, FOLDS)
    outs = {share: _out_of_fold(docs, folds, share, settings, weighed) for share in SHARES}
    own = [place for place in outs[1.0] if not docs[place].real]
    return Study(
        real=judged(docs, examples, places, by_source.log_odds, limits),
        corpus=judged(docs, examples, own, np.array([outs[1.0][place] for place in own]), limits),
        curve=tuple(_point(docs, places, share, out, limits) for share, out in outs.items()),
        behaviour=run(scorer),
    )


def _out_of_fold(
    docs: Sequence[Document], folds: Sequence[int], share: float, settings: Settings, weighed: Weighed
) -> dict[int, float]:
    """Log-odds of sure posts by place, each by a model that learned from a share of the posts of the other folds."""
    found: dict[int, float] = {}
    for fold in range(FOLDS):
        out = [k for k, doc in enumerate(docs) if folds[k] == fold and doc.sure and doc.listed]
        rest = without([doc for doc, its in zip(docs, folds, strict=True) if its == fold], docs)
        learned = _share(rest, share)
        if out and len({doc.label for doc in learned}) == 2:
            odds = weighed.log_odds(fit(learned, settings).evidence([docs[k].features for k in out]))
            found.update(zip(out, odds.tolist(), strict=True))
    return found


def _share(docs: Sequence[Document], share: float) -> list[Document]:
    """A share of the posts with all their readings; a smaller share is part of every larger one."""
    posts = sorted({doc.post for doc in docs})
    chosen = np.random.default_rng(_SEED).permutation(posts)[: round(share * len(posts))]
    kept = set(chosen.tolist())
    return [doc for doc in docs if doc.post in kept]


def _point(
    docs: Sequence[Document], places: Sequence[int], share: float, out: Mapping[int, float], limits: Limits
) -> CurvePoint:
    """The same posts at every share; F1 at the best threshold of each, since a small model is calibrated otherwise."""
    kept = [place for place in places if place in out]
    labels = np.array([docs[place].label for place in kept], dtype=int)
    odds = np.array([out[place] for place in kept])
    best = _best_threshold(labels, odds)
    found = Scored(labels, 1 / (1 + np.exp(-odds)), odds >= best, odds >= best)
    chosen = {name: figure for name, figure in figures(found).items() if name in ("roc_auc", "f1")}
    ends = intervals(len(found), chosen)
    return CurvePoint(share, round(share * len({doc.post for doc in docs})), ends["roc_auc"], ends["f1"])


def _best_threshold(labels: NDArray[np.int_], odds: Floats) -> float:
    if not len(odds):
        return 0.0
    order = np.argsort(-odds, kind="stable")
    hits = np.cumsum(labels[order])
    f1 = 2 * hits / (np.arange(1, len(odds) + 1) + labels.sum())
    return float(odds[order][int(np.argmax(f1))])
