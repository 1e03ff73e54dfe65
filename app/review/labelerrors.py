"""Labels that a person should look at again: where readers and machine differ most.

After confident learning (Northcutt, Jiang, Chuang 2021), written anew. A score was given before anybody labelled its
item, by a model that had not seen the label, so it is out of sample. A class's own threshold is the mean probability
of that class among the items that carry its label: where readers call an item one thing and the machine is surer of
the other than it usually is of that other, the label is suspect.

Only what reaches people is labelled, so there are no scores below the review threshold; thresholds are those of this
selection, and that is what they are compared with. Where readers cleared flags, one class is usual at low probability:
so a label is left alone as long as the machine finds it the likelier one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.review.filters import Filters
from app.review.tables import ReviewItem


@dataclass(frozen=True, slots=True)
class Labelled:
    """A label (1 support) and the probability of support by a model that has not seen it."""

    id: str
    label: int
    probability: float


@dataclass(frozen=True, slots=True)
class Suspect:
    """``margin`` is how much surer the machine is of the other label than of the one given, above 0."""

    id: str
    label: int
    probability: float
    margin: float


@dataclass(frozen=True, slots=True)
class LabelErrors:
    """``noise`` estimates the share of wrong labels; thresholds and noise are ``None`` without labels of both kinds."""

    labelled: int
    threshold_support: float | None
    threshold_other: float | None
    noise: float | None
    suspects: tuple[Suspect, ...]


def label_errors(rows: Sequence[Labelled]) -> LabelErrors:
    """Suspect labels, the most suspect first."""
    support = [row.probability for row in rows if row.label == 1]
    other = [1.0 - row.probability for row in rows if row.label == 0]
    if not support or not other:
        return LabelErrors(len(rows), None, None, None, ())
    thresholds = (fsum(other) / len(other), fsum(support) / len(support))
    other_way = (_suspect(row) for row in rows if _confident_class(row, thresholds) == 1 - row.label)
    found = [suspect for suspect in other_way if suspect.margin > 0.0]
    confident = sum(_confident_class(row, thresholds) is not None for row in rows)
    noise = len(found) / confident if confident else 0.0
    worst = sorted(found, key=lambda suspect: (-suspect.margin, suspect.id))
    return LabelErrors(len(rows), thresholds[1], thresholds[0], noise, tuple(worst))


def labelled_items(tx: Session, filters: Filters | None = None) -> list[Labelled]:
    """Decided items that people did not doubt, with the score they were queued with."""
    query = (
        select(ReviewItem.id, ReviewItem.outcome, ReviewItem.score)
        .where(ReviewItem.outcome.in_(("dukungan", "bukan")), *(filters or Filters()).conditions())
        .order_by(ReviewItem.id)
    )
    return [Labelled(item_id, int(outcome == "dukungan"), score) for item_id, outcome, score in tx.execute(query)]


def _confident_class(row: Labelled, thresholds: tuple[float, float]) -> int | None:
    """The class of which the machine is as sure as it usually is, the surer one of two; ``None`` for neither."""
    sure = {k: p for k, p in enumerate((1.0 - row.probability, row.probability)) if p >= thresholds[k]}
    if not sure or (len(sure) > 1 and sure[0] == sure[1]):
        return None
    return max(sure, key=lambda k: sure[k])


def _suspect(row: Labelled) -> Suspect:
    given = row.probability if row.label else 1.0 - row.probability
    return Suspect(row.id, row.label, row.probability, (1.0 - given) - given)
