"""The log of everything that was done: append-only, each row sealed together with the one before it.

A hash is an HMAC under a key of the service's secret, so whoever can write into the database but does not hold the
secret can neither change a row nor add one. Cutting rows off the end shows by the head; putting an old copy of the
whole database back shows only against an *anchor*, the sequence and hash of a row that was written down elsewhere.

Rows hold digests, never words: what was done can be proven to who holds the words, and nobody else learns them.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import UTC
from functools import lru_cache
from typing import Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.pseudonym import key_id
from app.access.secret import Secrets, derived
from app.review.columns import canonical
from app.review.desk import Desk
from app.review.tables import AuditHead, AuditRow
from app.store import insert_if_absent

#: What the first row has for the hash of the one before.
GENESIS: Final = "0" * 64
_HEAD = 1


class Anchor(NamedTuple):
    """The last row at some time."""

    sequence: int
    hash: str

    def __str__(self) -> str:
        """``17:9f2c…``, as it is written down."""
        return f"{self.sequence}:{self.hash}"


class Entry(NamedTuple):
    """One thing to log; ``details`` is anything JSON can hold, of which only a digest is kept."""

    actor: str
    action: str
    item_id: str | None
    details: object


def record(tx: Session, desk: Desk, *entries: Entry) -> None:
    """Add rows, the last thing a transaction does: until it ends, nobody else can add any."""
    if not entries:
        return
    tx.flush()  # whatever it changes is locked before the head is, so that no two transactions wait for each other
    head = _head_for_update(tx)
    keys, name, now = keys_of(desk.secrets), key_id(desk.secrets.current), desk.now()
    for actor, action, item_id, details in entries:
        row = AuditRow(
            sequence=head.sequence + 1,
            at=now,
            actor=desk.reviewer(actor),
            action=action,
            item_id=item_id,
            details=digest(keys[name], details),
            key=name,
            previous=head.hash,
            hash="",
        )
        row.hash = hash_of(keys[name], row)
        tx.add(row)
        head.sequence, head.hash = row.sequence, row.hash
    head.key, head.seal = name, seal_of(keys[name], head)
    tx.flush()


def anchor(tx: Session) -> Anchor:
    """The last row there is."""
    head = tx.get(AuditHead, _HEAD)
    return Anchor(head.sequence, head.hash) if head else Anchor(0, GENESIS)


def digest(key: bytes, details: object) -> str:
    """What is kept of ``details``: without the key nobody can try out what they may have been."""
    return _mac(key, "details", details)


def hash_of(key: bytes, row: AuditRow) -> str:
    """The hash that ``row`` must have."""
    at = row.at.astimezone(UTC).isoformat()
    content = [row.sequence, at, row.actor, row.action, row.item_id, row.details, row.key, row.previous]
    return _mac(key, "row", content)


def seal_of(key: bytes, head: AuditHead) -> str:
    """The seal that ``head`` must have."""
    return _mac(key, "head", [head.sequence, head.hash])


@lru_cache(maxsize=8)
def keys_of(secrets: Secrets) -> Mapping[str, bytes]:
    """Keys by name, those of former secrets among them."""
    return {key_id(secret): derived(secret, "audit") for secret in (secrets.current, *secrets.old)}


def _mac(key: bytes, purpose: str, value: object) -> str:
    return hmac.digest(key, f"{purpose} {canonical(value)}".encode("ascii"), "sha256").hex()


def _head_for_update(tx: Session) -> AuditHead:
    head = tx.get(AuditHead, _HEAD, with_for_update=True, populate_existing=True)
    if head is None:
        insert_if_absent(tx, AuditHead, id=_HEAD, sequence=0, hash=GENESIS, key="", seal="")
        head = tx.get_one(AuditHead, _HEAD, with_for_update=True, populate_existing=True)
    return head


def history(tx: Session, item_id: str) -> list[AuditRow]:
    """What was done with one item, oldest first."""
    return list(tx.scalars(select(AuditRow).where(AuditRow.item_id == item_id).order_by(AuditRow.sequence)))


def last_rows(tx: Session, limit: int = 100, before: int | None = None) -> list[AuditRow]:
    """The newest rows, or those before a sequence, newest first."""
    older = () if before is None else (AuditRow.sequence < before,)
    return list(tx.scalars(select(AuditRow).where(*older).order_by(AuditRow.sequence.desc()).limit(limit)))
