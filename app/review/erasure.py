"""Let go of people's words and names: when their time is over, and when somebody asks for it.

What is erased are the act, the evidence that quotes it, the names found in it, the pseudonyms, the hashes and the
reasons that reviewers wrote. Left are figures: band, score, kind, versions, labels, days. The audit log only ever held
digests, so it stays whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from sqlite3 import Error

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session

from app.review import details
from app.review.audit import Entry, record
from app.review.desk import Desk
from app.review.tables import ReviewItem, ReviewLease
from app.store import Store

#: Items erased in one go: more would hold the log, and everybody who wants to write into it, for too long.
CHUNK = 500


def purge(tx: Session, desk: Desk, actor: str, before: datetime, limit: int = CHUNK) -> int:
    """Erase at most ``limit`` items that nobody queued or decided anything of since ``before``; how many there were."""
    return _erase(tx, desk, Entry(actor, details.PURGE, None, None), [ReviewItem.touched_at < before], limit)


def forget(tx: Session, desk: Desk, actor: str, author_id: str, limit: int = CHUNK) -> int:
    """Erase at most ``limit`` acts by ``author_id``, or on something of theirs; how many there were.

    Also finds pseudonyms of former secrets, as long as they are among ``NETRA_OLD_SECRET_KEYS``. Raises ``ValueError``
    for an empty id.
    """
    marks = desk.former(author_id)
    theirs = or_(ReviewItem.author.in_(marks), ReviewItem.parent.in_(marks))
    return _erase(tx, desk, Entry(actor, details.FORGET, None, None), [theirs], limit)


def due(tx: Session, before: datetime) -> int:
    """How many items ``purge`` would erase."""
    query = select(func.count()).select_from(ReviewItem).where(ReviewItem.state != "erased")
    return tx.scalar(query.where(ReviewItem.touched_at < before)) or 0


def retention_ends(desk: Desk, days: int) -> datetime:
    """Items last touched before this moment are to be erased."""
    return desk.now() - timedelta(days=days)


def _erase(tx: Session, desk: Desk, step: Entry, conditions: Sequence[ColumnElement[bool]], limit: int) -> int:
    query = select(ReviewItem).where(ReviewItem.state != "erased", *conditions).order_by(ReviewItem.id)
    found = list(tx.scalars(query.limit(limit).with_for_update(of=ReviewItem)))
    for item in found:
        _strip(item)
    tx.execute(delete(ReviewLease).where(ReviewLease.item_id.in_([item.id for item in found])))
    record(tx, desk, *(step._replace(item_id=item.id) for item in found))
    return len(found)


def _strip(item: ReviewItem) -> None:
    item.act = item.author = item.parent = item.content_hash = item.fingerprint = None
    item.verdict = {**item.verdict, "evidence": [], "entities": []}
    item.state, item.waiting, item.sampled = "erased", False, False
    for made in item.decisions:
        made.reason = None


def compact(store: Store) -> bool:
    """Make the file of a SQLite store forget what was erased from it; False where others keep it busy.

    A PostgreSQL server does the same on its own time (``VACUUM``). Copies of either are the operator's to delete.
    """
    if store.engine.dialect.name != "sqlite":
        return True
    connection = store.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("VACUUM")
        busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except Error:
        return False
    finally:
        connection.close()
    return not busy
