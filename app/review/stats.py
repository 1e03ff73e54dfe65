"""Figures of the review for a dashboard; each is one query, and erased items count on."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.observe.bins import SCORE_EDGES, bin_of
from app.review.bundles import find_bundle
from app.review.filters import Filters
from app.review.tables import ReviewDecision, ReviewItem
from app.review.words import STATES, Label, State
from app.scoring.bundle import read_manifest
from app.scoring.types import Band

if TYPE_CHECKING:
    from app.observe.drift import Measure

Dimension = Literal["action", "kind", "platform", "election", "band", "state", "outcome", "model_version"]
#: Normal quantile of an interval that holds the truth 95 times in 100.
_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Share:
    """``hits`` of ``total`` with Wilson's 95 % interval; all ``None`` where there is nothing to divide by."""

    hits: int
    total: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Day:
    """What was queued on a day in WIB."""

    day: date
    flag: int
    review: int


def by_day(tx: Session, filters: Filters | None = None) -> list[Day]:
    """Items queued on each day that had any, in order."""
    counted = (_count_if("flag"), _count_if("review"))
    query = select(ReviewItem.queued_day, *counted).where(*_where(filters))
    rows = tx.execute(query.group_by(ReviewItem.queued_day).order_by(ReviewItem.queued_day))
    return [Day(day, flag, review) for day, flag, review in rows]


def by(tx: Session, dimension: Dimension, filters: Filters | None = None) -> dict[str | None, int]:
    """Items by one of their properties, the most frequent first; ``None`` where it is not known."""
    column: InstrumentedAttribute[Any] = getattr(ReviewItem, dimension)
    query = select(column, func.count()).where(*_where(filters)).group_by(column)
    return dict(sorted(tx.execute(query), key=lambda row: (-row[1], str(row[0]))))


def backlog(tx: Session, filters: Filters | None = None) -> dict[State, int]:
    """Items in every state."""
    found = by(tx, "state", filters)
    return {state: found.get(state, 0) for state in STATES}


def decided_by_reviewer(tx: Session) -> dict[str, dict[Label, int]]:
    """Decisions that stand, by reviewer (id of a key) and label."""
    query = (
        select(ReviewDecision.reviewer, ReviewDecision.label, func.count())
        .where(ReviewDecision.undone_at.is_(None))
        .group_by(ReviewDecision.reviewer, ReviewDecision.label)
    )
    found: dict[str, dict[Label, int]] = {}
    for reviewer, label, count in sorted(tx.execute(query)):
        found.setdefault(reviewer, {})[label] = count
    return found


def precision(tx: Session, band: Band = "flag", filters: Filters | None = None) -> dict[str, Share]:
    """Of decided items in a band, how many people found to be support, by model version. Doubt does not count."""
    query = (
        select(ReviewItem.model_version, ReviewItem.outcome, func.count())
        .where(ReviewItem.band == band, ReviewItem.outcome.in_(("dukungan", "bukan")), *_where(filters))
        .group_by(ReviewItem.model_version, ReviewItem.outcome)
    )
    hits: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for version, outcome, count in tx.execute(query):
        hits[version] += count if outcome == "dukungan" else 0
        total[version] += count
    return {version: share(hits[version], total[version]) for version in sorted(total)}


def share(hits: int, total: int) -> Share:
    """``hits`` of ``total`` with its interval."""
    if not total:
        return Share(hits, total, None, None, None)
    p, z2 = hits / total, _Z**2 / total
    middle, half = p + z2 / 2, _Z * math.sqrt(p * (1 - p) / total + z2 / total / 4)
    return Share(hits, total, p, max(0.0, (middle - half) / (1 + z2)), min(1.0, (middle + half) / (1 + z2)))


def histogram(tx: Session, filters: Filters | None = None) -> list[int]:
    """Items by score, in the bins of ``SCORE_EDGES``."""
    up_to = (func.sum(case((ReviewItem.score <= edge, 1), else_=0)) for edge in SCORE_EDGES)
    counts = [count or 0 for count in tx.execute(select(*up_to).where(*_where(filters))).one()]
    return [count - before for before, count in pairwise([0, *counts])]


def score_drift(tx: Session, models_dir: Path, model_version: str) -> list[Measure] | None:
    """How far the scores of a model's items are from its reference: see ``app.observe.drift``.

    Only what reaches people is in the store, so both sides count from the review threshold on. ``None`` without a
    bundle of that version, without its reference, and for too few items.
    """
    from app.observe import drift, profile

    folder = find_bundle(models_dir, model_version)
    reference = profile.read(folder) if folder else None
    if folder is None or reference is None:
        return None
    first = bin_of(float(read_manifest(folder)["thresholds"]["review"]))
    found = histogram(tx, Filters(model_version=model_version))[first:]
    expected = reference.scores[first:]
    if sum(found) < drift.LEAST_ITEMS or not sum(expected):
        return None
    return list(drift.compare_scores(expected, found))


def _count_if(band: Band) -> ColumnElement[int]:
    return func.sum(case((ReviewItem.band == band, 1), else_=0))


def _where(filters: Filters | None) -> list[ColumnElement[bool]]:
    return (filters or Filters()).conditions()
