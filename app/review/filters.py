"""Which items somebody wants to see, and in what order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import InstrumentedAttribute

from app.review.columns import plain
from app.review.tables import ReviewItem
from app.review.words import WAITING, Order, State
from app.scoring.types import Action, Band

_LONGEST = 128


@dataclass(frozen=True, slots=True)
class Filters:
    """All that is not ``None`` has to hold. ``since`` and ``until`` are days of the act in WIB, both included."""

    band: Band | None = None
    kind: str | None = None
    election: str | None = None
    platform: str | None = None
    action: Action | None = None
    since: date | None = None
    until: date | None = None
    state: State | None = None
    model_version: str | None = None
    sampled: bool | None = None
    waiting: bool | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same for the database."""
        equal: dict[InstrumentedAttribute[Any], str | bool | None] = {
            ReviewItem.band: self.band,
            ReviewItem.kind: self.kind,
            ReviewItem.election: self.election,
            ReviewItem.platform: self.platform.casefold() if self.platform else None,
            ReviewItem.action: self.action,
            ReviewItem.state: self.state,
            ReviewItem.model_version: self.model_version,
            ReviewItem.sampled: self.sampled,
            ReviewItem.waiting: self.waiting,
        }
        wanted = ((column, value) for column, value in equal.items() if value is not None)
        found: list[ColumnElement[bool]] = [column == _safe(value) for column, value in wanted]
        # Says nothing new, but these have an index.
        found += [ReviewItem.waiting == true()] if self.state in WAITING and self.waiting is None else []
        found += [ReviewItem.act_day >= self.since] if self.since else []
        found += [ReviewItem.act_day <= self.until] if self.until else []
        return found


def _safe(value: str | bool) -> str | bool:
    """A value that no database chokes on; what could not be in a column is equal to none."""
    return value if isinstance(value, bool) else plain(value, _LONGEST) or ""


def order_by(order: Order) -> Sequence[ColumnElement[Any]]:
    """Most pressing first; equal ones in the order of their ids, which says nothing."""
    column, descending = SORTED_BY[order]
    # Ids go along with the column, so that an index can be read from either end.
    return (column.desc(), ReviewItem.id.desc()) if descending else (column.asc(), ReviewItem.id.asc())


#: The column of each order, and whether its greatest value comes first.
SORTED_BY: dict[Order, tuple[InstrumentedAttribute[Any], bool]] = {
    "score": (ReviewItem.score, True),
    "uncertainty": (ReviewItem.uncertainty, True),
    "deadline": (ReviewItem.known_at, False),
    "newest": (ReviewItem.queued_at, True),
}
