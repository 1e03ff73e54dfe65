"""Whether the audit log is whole, and whether the tables still say what it saw.

Every fault names a place and never what stands there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.secret import Secrets
from app.review import details
from app.review.acts import content_hash
from app.review.audit import GENESIS, Anchor, anchor, digest, hash_of, keys_of, seal_of
from app.review.settling import settle
from app.review.tables import AuditHead, AuditRow, ReviewDecision, ReviewItem, ReviewPolicy
from app.review.words import WAITING

#: ``altered``: the row's own hash is wrong, also for rows that were moved or added by somebody without the secret;
#: ``missing``: a sequence is not there; ``broken_link``: it does not follow the row before; ``unknown_key``: made with
#: a secret that is no longer at hand; ``cut_off``: the log ends before its head; ``head``: the head itself is not
#: genuine; ``anchor``: an anchor is not met; ``item`` and ``decision``: the tables differ from what was logged;
#: ``unreadable``: a value is not of its column's type, and what comes after it was not looked at.
FaultKind = Literal[
    "altered", "missing", "broken_link", "unknown_key", "cut_off", "head", "anchor", "item", "decision", "unreadable"
]
_CHUNK = 1000
#: A step and its row are of one transaction: this is for locks that it waited for, and clocks that were set meanwhile.
_SAME_TIME: Final = timedelta(minutes=5)


class _Logged(NamedTuple):
    """What a row says of a step, under which key, and when it was."""

    details: str
    key: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it should be, at a sequence of the log or an item."""

    kind: FaultKind
    sequence: int | None = None
    item_id: str | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """``rows`` were read; ``head`` is where the log ends. It is whole exactly when there are no faults."""

    rows: int
    head: Anchor
    faults: tuple[Fault, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing was found."""
        return not self.faults


def verify(tx: Session, secrets: Secrets, anchors: Collection[Anchor] = ()) -> Verification:
    """Read all of the log, then the items and decisions it tells of."""
    chain = _Chain(keys_of(secrets), {wanted.sequence for wanted in anchors})
    faults = [
        *_readable(_row_faults(tx, chain)),
        *_head_faults(tx, chain),
        *_anchor_faults(chain, anchors),
        *_readable(_table_faults(tx, chain)),
    ]
    return Verification(chain.rows, anchor(tx), tuple(faults))


def _readable(faults: Iterable[Fault]) -> Iterator[Fault]:
    """The faults, up to a value that is not even of its column's type; SQLite takes anything anywhere."""
    try:
        yield from faults
    except (ValueError, TypeError, OverflowError):
        yield Fault("unreadable")


class _Chain:
    """Follows the rows one by one and remembers what the tables are compared with."""

    def __init__(self, keys: Mapping[str, bytes], wanted: Collection[int]) -> None:
        self.keys, self.wanted = keys, wanted
        self.rows = 0
        self.last = Anchor(0, GENESIS)
        self.hashes: dict[int, str] = {0: GENESIS}
        self.logged: dict[tuple[str, str], list[_Logged]] = defaultdict(list)

    def follow(self, row: AuditRow) -> Iterator[Fault]:
        """Check one row against the one before."""
        self.rows += 1
        yield from [Fault(kind, row.sequence, row.item_id) for kind in self._faults_of(row)]
        self.last = Anchor(row.sequence, row.hash)
        if row.sequence in self.wanted:
            self.hashes[row.sequence] = row.hash
        if row.item_id and row.key in self.keys:
            self.logged[row.item_id, row.action].append(_Logged(row.details, self.keys[row.key], row.at))

    def _faults_of(self, row: AuditRow) -> Iterator[FaultKind]:
        key = self.keys.get(row.key)
        if key is None:
            yield "unknown_key"
        elif row.hash != hash_of(key, row):
            yield "altered"
        if row.sequence != self.last.sequence + 1:
            yield "missing"
        elif row.previous != self.last.hash:
            yield "broken_link"


def _row_faults(tx: Session, chain: _Chain) -> Iterator[Fault]:
    for row in tx.scalars(select(AuditRow).order_by(AuditRow.sequence).execution_options(yield_per=_CHUNK)):
        yield from chain.follow(row)


def _head_faults(tx: Session, chain: _Chain) -> Iterator[Fault]:
    head = tx.get(AuditHead, 1)
    if head is None:
        if chain.rows:
            yield Fault("head")
        return
    key = chain.keys.get(head.key)
    if key is None or head.seal != seal_of(key, head):
        yield Fault("head", head.sequence)
    elif head.sequence > chain.last.sequence:
        yield Fault("cut_off", head.sequence)
    elif (head.sequence, head.hash) != chain.last:
        yield Fault("head", head.sequence)


def _anchor_faults(chain: _Chain, anchors: Iterable[Anchor]) -> Iterator[Fault]:
    for wanted in anchors:
        if chain.hashes.get(wanted.sequence) != wanted.hash:
            yield Fault("anchor", wanted.sequence)


def _table_faults(tx: Session, chain: _Chain) -> Iterator[Fault]:
    altered = {row.digest for row in tx.scalars(select(ReviewPolicy)) if content_hash(row.content) != row.digest}
    items = select(ReviewItem).order_by(ReviewItem.id).execution_options(yield_per=_CHUNK)
    seen = set()
    for item in tx.scalars(items):
        seen.add(item.id)
        if item.policy_digest in altered or not _item_is_sound(item, chain):
            yield Fault("item", item_id=item.id)
        if not _decisions_are_sound(item, chain):
            yield Fault("decision", item_id=item.id)
    for item_id, action in chain.logged:
        if action == details.QUEUE and item_id not in seen:
            yield Fault("item", item_id=item_id)


def _item_is_sound(item: ReviewItem, chain: _Chain) -> bool:
    """What was queued is what is there. Of an erased act nothing is left to compare, but the erasure was logged."""
    logged = chain.logged[item.id, details.QUEUE]
    if item.state == "erased":
        erased = [*chain.logged[item.id, details.PURGE], *chain.logged[item.id, details.FORGET]]
        return len(logged) == len(erased) == 1
    genuine = item.act is not None and content_hash(item.act) == item.content_hash
    return genuine and _matches([(details.of_item(item), item.queued_at)], logged)


def _decisions_are_sound(item: ReviewItem, chain: _Chain) -> bool:
    made = [(details.of_decision(one), one.decided_at) for one in item.decisions]
    undone = [(details.of_undo(one), one.undone_at) for one in item.decisions if one.undone_at is not None]
    if not _matches(made, chain.logged[item.id, details.DECIDE]):
        return False
    if item.waiting != (item.state in WAITING):
        return False
    if item.state != "erased" and (item.state, item.outcome) != settle(item):
        return False
    erased = item.state == "erased"
    reasons = all(_reason_is_sound(decision, chain, erased) for decision in item.decisions)
    return reasons and _matches(undone, chain.logged[item.id, details.UNDO])


def _reason_is_sound(decision: ReviewDecision, chain: _Chain, erased: bool) -> bool:
    if decision.reason is None:
        return erased or decision.reason_digest is None
    return decision.reason_digest in {digest(key, decision.reason) for key in chain.keys.values()}


def _matches(found: list[tuple[dict[str, Any], datetime]], logged: list[_Logged]) -> bool:
    """Whether the same things are there as in the log, of the same time, no more and no fewer."""
    left = list(logged)
    for content, when in found:
        same = next((one for one in left if one.details == digest(one.key, content) and _about(one.at, when)), None)
        if same is None:
            return False
        left.remove(same)
    return not left


def _about(one: datetime, other: datetime) -> bool:
    return abs(one - other) <= _SAME_TIME
