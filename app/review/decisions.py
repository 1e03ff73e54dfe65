"""What people decide, take back, and ask a second person about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from app.access.pseudonym import key_id
from app.policy.types import KINDS, SUPPORT_KINDS
from app.problems import NotFound
from app.review import details
from app.review.audit import Entry, digest, keys_of, record
from app.review.desk import Desk
from app.review.filters import Filters
from app.review.leases import claim_item, claimed, lease_of, let_go, release
from app.review.problems import AlreadyDecided, ItemErased, ItemLeased, NothingToUndo, invalid
from app.review.settling import settle
from app.review.tables import ReviewDecision, ReviewItem, ReviewLease
from app.review.words import WAITING, Label, Order
from app.scoring.types import Band

#: Letters and digits that a reason has at least, and characters at most.
LEAST_REASON, MOST_REASON = 3, 2000
UNKNOWN_ITEM: Final = "unknown_item"
#: Length of the id of an item.
ID_CHARS: Final = 16


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a reviewer says. ``kind`` is the guide's kind that they find right, ``None`` when they do not say."""

    label: Label
    reason: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Steps:
    """What somebody may do with an item now."""

    take: bool
    decide: bool
    undo: bool
    ask_second: bool


def steps_for(item: ReviewItem, lease: ReviewLease | None, reviewer: str) -> Steps:
    """What ``reviewer`` may do under the lease in force; they decide on what they hold."""
    there, may = item.state != "erased", _may_decide(item, reviewer)
    return Steps(
        take=may and lease is None,
        decide=may and lease is not None and lease.reviewer == reviewer,
        undo=there and bool(_standing(item, reviewer)),
        ask_second=there and not item.second and item.state != "second",
    )


def needs_reason(label: Label, band: Band) -> bool:
    """Whether a reason must be given: what may hurt a person, and what overrules the machine, is never left bare."""
    return label == "dukungan" or (label == "bukan" and band == "flag")


def kinds_for(label: Label) -> tuple[str, ...]:
    """Kinds that go with a label."""
    if label == "dukungan":
        return SUPPORT_KINDS
    return tuple(kind for kind in KINDS if label != "bukan" or kind not in SUPPORT_KINDS)


def take(tx: Session, desk: Desk, reviewer: str, item_id: str) -> ReviewItem:
    """Hold this very item, and let go of whatever else ``reviewer`` held.

    Raises as ``decide`` does where they could not decide on it anyway.
    """
    item = locked(tx, item_id)
    lease = lease_of(tx, desk, item_id)
    _require_open(item, reviewer, lease)
    if lease is None:
        release(tx, reviewer)
        record(tx, desk, Entry(reviewer, details.CLAIM, item_id, None))
    claim_item(tx, desk, reviewer, item)
    return item


def decide(tx: Session, desk: Desk, reviewer: str, item_id: str, judgement: Judgement) -> ReviewItem:
    """Keep what ``reviewer`` says of an item and end their lease on it.

    Raises ``NotFound``, ``ItemErased``, ``ItemLeased`` while somebody else holds the item, ``AlreadyDecided`` for a
    second decision by the same person or on an item that is done, and ``InvalidRequest`` for a reason or kind that
    does not fit. No lease is needed as long as nobody else has one.
    """
    item, entry = _decided(tx, desk, reviewer, item_id, judgement)
    record(tx, desk, entry)
    return item


def decide_and_claim(
    tx: Session, desk: Desk, reviewer: str, item_id: str, judgement: Judgement, filters: Filters, order: Order
) -> ReviewItem | None:
    """Keep a decision and hold the next item, both or neither; ``None`` when nothing waits. Raises as ``decide``."""
    _, entry = _decided(tx, desk, reviewer, item_id, judgement)
    found, entries = claimed(tx, desk, reviewer, filters, order)
    record(tx, desk, entry, *entries)
    return found


def _decided(tx: Session, desk: Desk, reviewer: str, item_id: str, judgement: Judgement) -> tuple[ReviewItem, Entry]:
    item = locked(tx, item_id)
    _require_open(item, reviewer, lease_of(tx, desk, item_id))
    made = _made(desk, reviewer, item, judgement)
    item.decisions.append(made)
    _settle(desk, item)
    let_go(tx, item_id)
    return item, Entry(reviewer, details.DECIDE, item_id, details.of_decision(made))


def undo(tx: Session, desk: Desk, reviewer: str, item_id: str) -> ReviewItem:
    """Take back the last decision of ``reviewer`` on an item, a skip too, and hold the item for them if it is free.

    Raises ``NotFound``, ``ItemErased`` and ``NothingToUndo``.
    """
    item = locked(tx, item_id)
    standing = _standing(item, reviewer)
    if not standing:
        raise NothingToUndo
    last = standing[-1]
    last.undone_at, last.undone_by = desk.now(), reviewer
    _settle(desk, item)
    if item.state in WAITING and lease_of(tx, desk, item_id) is None:
        claim_item(tx, desk, reviewer, item)
    record(tx, desk, Entry(reviewer, details.UNDO, item_id, details.of_undo(last)))
    return item


def ask_second(tx: Session, desk: Desk, reviewer: str, item_id: str) -> ReviewItem:
    """Have somebody else read the item too. Raises ``NotFound`` and ``ItemErased``."""
    item = locked(tx, item_id)
    if not item.second:
        item.second = True
        _settle(desk, item)
        record(tx, desk, Entry(reviewer, details.SECOND, item_id, None))
    return item


def locked(tx: Session, item_id: str) -> ReviewItem:
    """The item, for nobody else to change until the transaction ends. Raises ``NotFound`` and ``ItemErased``."""
    item = tx.get(ReviewItem, known_id(item_id), with_for_update=True, populate_existing=True)
    if item is None:
        raise NotFound(reason=UNKNOWN_ITEM)
    if item.state == "erased":
        raise ItemErased
    return item


def known_id(item_id: str) -> str:
    """``item_id`` if it can be one. Raises ``NotFound``."""
    if len(item_id) > ID_CHARS or not (item_id.isascii() and item_id.isalnum()):
        raise NotFound(reason=UNKNOWN_ITEM)
    return item_id


def _require_open(item: ReviewItem, reviewer: str, lease: ReviewLease | None) -> None:
    if lease is not None and lease.reviewer != reviewer:
        raise ItemLeased
    if not _may_decide(item, reviewer):
        raise AlreadyDecided


def _may_decide(item: ReviewItem, reviewer: str) -> bool:
    return item.state in WAITING and all(made.label == "lewati" for made in _standing(item, reviewer))


def _standing(item: ReviewItem, reviewer: str) -> list[ReviewDecision]:
    return [made for made in item.decisions if made.reviewer == reviewer and made.undone_at is None]


def _made(desk: Desk, reviewer: str, item: ReviewItem, judgement: Judgement) -> ReviewDecision:
    reason = _reason(judgement, item.band)
    if judgement.kind is not None and judgement.kind not in kinds_for(judgement.label):
        raise invalid("kind", "not_allowed")
    return ReviewDecision(
        item_id=item.id,
        number=len(item.decisions) + 1,
        reviewer=reviewer,
        label=judgement.label,
        kind=judgement.kind,
        reason=reason,
        reason_digest=None if reason is None else _reason_digest(desk, reason),
        decided_at=desk.now(),
    )


def _reason(judgement: Judgement, band: Band) -> str | None:
    """The reason without white space around it. Raises ``InvalidRequest``."""
    given = (judgement.reason or "").encode("utf-8", "replace").decode().replace("\x00", "")
    reason = given.strip() or None
    if reason is None and needs_reason(judgement.label, band):
        raise invalid("reason", "required")
    if reason is not None and len(reason) > MOST_REASON:
        raise invalid("reason", "too_long")
    if reason is not None and sum(map(str.isalnum, reason)) < LEAST_REASON:
        raise invalid("reason", "too_short")
    return reason


def _reason_digest(desk: Desk, reason: str) -> str:
    return digest(keys_of(desk.secrets)[key_id(desk.secrets.current)], reason)


def _settle(desk: Desk, item: ReviewItem) -> None:
    item.state, item.outcome = settle(item)
    item.waiting = item.state in WAITING
    item.touched_at = desk.now()
