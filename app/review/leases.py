"""Who looks at what: an item is with one person at a time, until that person decides or time runs out."""

from __future__ import annotations

from sqlalchemy import Select, delete, exists, or_, select, true
from sqlalchemy.orm import Session

from app.review import details
from app.review.audit import Entry, record
from app.review.desk import Desk
from app.review.filters import Filters, order_by
from app.review.problems import ItemLeased
from app.review.tables import ReviewDecision, ReviewItem, ReviewLease
from app.review.words import Order
from app.store import insert_into

#: Items that others may take first before somebody is told that nothing waits.
_ATTEMPTS = 100


def claim(
    tx: Session, desk: Desk, reviewer: str, filters: Filters | None = None, order: Order = "score"
) -> ReviewItem | None:
    """The next item for ``reviewer``, with a lease on it; ``None`` when nothing waits.

    A reviewer holds one item at a time: the one held is given again if it still fits the filters, else let go. Nobody
    gets an item that somebody else holds, nor one that they decided or skipped themselves.
    """
    found, entries = claimed(tx, desk, reviewer, filters or Filters(), order)
    record(tx, desk, *entries)
    return found


def claimed(
    tx: Session, desk: Desk, reviewer: str, filters: Filters, order: Order
) -> tuple[ReviewItem | None, tuple[Entry, ...]]:
    """As ``claim``, with what is to be logged, which the caller does last."""
    held = _held_and_fitting(tx, desk, reviewer, filters)
    if held is not None:
        _take(tx, desk, reviewer, held)
        return held, ()
    release(tx, reviewer)
    found = _next_free(tx, desk, reviewer, filters, order)
    return found, () if found is None else (Entry(reviewer, details.CLAIM, found.id, None),)


def claim_item(tx: Session, desk: Desk, reviewer: str, item: ReviewItem) -> ReviewLease:
    """A lease on this very item, locked before. Raises ``ItemLeased`` while somebody else has one."""
    if not _take(tx, desk, reviewer, item):
        raise ItemLeased
    return tx.get_one(ReviewLease, item.id, populate_existing=True)


def release(tx: Session, reviewer: str, item_id: str | None = None) -> int:
    """Let go of whatever ``reviewer`` holds, or of one item alone; how many items that were."""
    held = delete(ReviewLease).where(ReviewLease.reviewer == reviewer)
    held = held if item_id is None else held.where(ReviewLease.item_id == item_id)
    return len(tx.scalars(held.returning(ReviewLease.item_id)).all())


def lease_of(tx: Session, desk: Desk, item_id: str) -> ReviewLease | None:
    """The lease that is in force on an item."""
    lease = tx.get(ReviewLease, item_id, populate_existing=True)
    return lease if lease is not None and lease.expires_at > desk.now() else None


def leases_on(tx: Session, desk: Desk, item_ids: list[str]) -> dict[str, ReviewLease]:
    """Leases in force on some items, by item."""
    found = tx.scalars(
        select(ReviewLease).where(ReviewLease.item_id.in_(item_ids), ReviewLease.expires_at > desk.now())
    )
    return {lease.item_id: lease for lease in found}


def let_go(tx: Session, item_id: str) -> None:
    """End whatever lease there is on an item."""
    tx.execute(delete(ReviewLease).where(ReviewLease.item_id == item_id))


def _held_and_fitting(tx: Session, desk: Desk, reviewer: str, filters: Filters) -> ReviewItem | None:
    query = (
        select(ReviewItem)
        .join(ReviewLease, ReviewLease.item_id == ReviewItem.id)
        .where(ReviewLease.reviewer == reviewer, ReviewLease.expires_at > desk.now())
        .where(ReviewItem.waiting == true(), *filters.conditions())
        .order_by(ReviewLease.taken_at.desc())
        .with_for_update(of=ReviewItem)
        .limit(1)
    )
    return tx.scalar(query)


def _next_free(tx: Session, desk: Desk, reviewer: str, filters: Filters, order: Order) -> ReviewItem | None:
    """The first free item, with a lease taken on it."""
    # What others have locked is passed over. A lease that was taken since the statement began makes `_take` fail; the
    # next statement then sees it, and asks for the time anew, as a clock may have stepped back.
    for _ in range(_ATTEMPTS):
        query = _free(desk, reviewer, filters).order_by(*order_by(order)).limit(1)
        item = tx.scalar(query.with_for_update(of=ReviewItem, skip_locked=True))
        if item is None or _take(tx, desk, reviewer, item):
            return item
    return None


def _free(desk: Desk, reviewer: str, filters: Filters) -> Select[ReviewItem]:
    leased = exists().where(ReviewLease.item_id == ReviewItem.id, ReviewLease.expires_at > desk.now())
    seen = exists().where(
        ReviewDecision.item_id == ReviewItem.id,
        ReviewDecision.reviewer == reviewer,
        ReviewDecision.undone_at.is_(None),
    )
    return select(ReviewItem).where(ReviewItem.waiting == true(), ~leased, ~seen, *filters.conditions())


def _take(tx: Session, desk: Desk, reviewer: str, item: ReviewItem) -> bool:
    """Make or renew a lease in one statement; False while somebody else has one."""
    now = desk.now()
    term = {"reviewer": reviewer, "taken_at": now, "expires_at": now + desk.lease}
    taken = insert_into(tx, ReviewLease).values(item_id=item.id, **term)
    ours = or_(ReviewLease.expires_at <= now, ReviewLease.reviewer == reviewer)
    taken = taken.on_conflict_do_update(index_elements=[ReviewLease.item_id], set_=term, where=ours)
    return tx.scalar(taken.returning(ReviewLease.item_id)) is not None
