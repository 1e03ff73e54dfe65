"""Pages of items: by keyset, so that nothing is skipped or shown twice while the queue changes."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import datetime
from math import isfinite

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from app.problems import NotFound
from app.review.decisions import ID_CHARS, UNKNOWN_ITEM, known_id
from app.review.filters import SORTED_BY, Filters, order_by
from app.review.problems import invalid
from app.review.tables import ReviewItem
from app.review.words import Order

PAGE, LARGEST_PAGE = 50, 200
#: Characters of a cursor; ours are shorter.
MAX_CURSOR = 200


@dataclass(frozen=True, slots=True)
class Page:
    """Items in order, and where the next page begins; ``None`` when this is the last."""

    items: list[ReviewItem]
    cursor: str | None


def list_items(
    tx: Session, filters: Filters, order: Order = "score", cursor: str | None = None, limit: int = PAGE
) -> Page:
    """A page of at most ``limit`` items. Raises ``InvalidRequest`` for a cursor that is none of this order."""
    query = select(ReviewItem).where(*filters.conditions())
    if cursor is not None:
        query = query.where(_after(order, *_read_cursor(order, cursor)))
    found = list(tx.scalars(query.order_by(*order_by(order)).limit(limit + 1)))
    more = len(found) > limit
    return Page(found[:limit], _cursor(order, found[limit - 1]) if more else None)


def get_item(tx: Session, item_id: str) -> ReviewItem:
    """One item, erased or not. Raises ``NotFound``."""
    item = tx.get(ReviewItem, known_id(item_id))
    if item is None:
        raise NotFound(reason=UNKNOWN_ITEM)
    return item


def count_items(tx: Session, filters: Filters) -> int:
    """How many items pass."""
    return tx.scalar(select(func.count()).select_from(ReviewItem).where(*filters.conditions())) or 0


def _after(order: Order, value: float | datetime, item_id: str) -> ColumnElement[bool]:
    column, descending = SORTED_BY[order]
    if descending:
        return or_(column < value, and_(column == value, ReviewItem.id < item_id))
    return or_(column > value, and_(column == value, ReviewItem.id > item_id))


def _cursor(order: Order, last: ReviewItem) -> str:
    value = getattr(last, SORTED_BY[order][0].key)
    plain = value.isoformat() if isinstance(value, datetime) else value
    return urlsafe_b64encode(json.dumps([order, plain, last.id]).encode("ascii")).decode("ascii").rstrip("=")


def _read_cursor(order: Order, cursor: str) -> tuple[float | datetime, str]:
    try:
        made_for, value, item_id = json.loads(urlsafe_b64decode(cursor[:MAX_CURSOR] + "=" * (-len(cursor) % 4)))
        place = datetime.fromisoformat(value) if isinstance(value, str) else float(value)
    except (ValueError, TypeError, NotBase64, RecursionError):
        raise invalid("cursor", "invalid") from None
    timed = isinstance(place, datetime)
    sound = place.tzinfo is not None if isinstance(place, datetime) else isfinite(place)
    if made_for != order or not sound or timed != (order in ("deadline", "newest")) or not _is_id(item_id):
        raise invalid("cursor", "invalid")
    return place, item_id


def _is_id(value: object) -> bool:
    return isinstance(value, str) and len(value) <= ID_CHARS and value.isalnum()
