"""Tables of the review: what waits, who holds it, what was decided, and a log that shows when it was tampered with."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, Double, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.review.columns import JsonText
from app.review.words import Label, State
from app.scoring.types import Action, Band
from app.store.base import Base, UtcDateTime


class ReviewDecision(Base):
    """What one reviewer made of an item. ``reviewer`` is the id of a key; what leaves the store shows a pseudonym.

    ``reason_digest`` stays when the reason itself is erased, so that the audit log can still be compared.
    """

    __tablename__ = "review_decision"

    item_id: Mapped[str] = mapped_column(ForeignKey("review_item.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)  # 1, 2, … of its item
    reviewer: Mapped[str] = mapped_column(String(64), index=True)
    label: Mapped[Label] = mapped_column(String(16))
    kind: Mapped[str | None] = mapped_column(String(32))
    reason: Mapped[str | None] = mapped_column(Text)
    reason_digest: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime())
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime(), default=None)
    undone_by: Mapped[str | None] = mapped_column(String(64), default=None)


class ReviewPolicy(Base):
    """The rules to look at, as they were answered; kept once, as most acts of one kind and phase have the same."""

    __tablename__ = "review_policy"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JsonText())


class ReviewItem(Base):
    """One act that waits for people, with everything that the machine said of it.

    ``act`` holds the fields as given. It, ``author``, ``parent``, the hashes and whatever quotes the act are gone once
    the item is erased (``state`` says so); the figures stay. ``election`` is the id on the watchlists where they know
    it. ``act_day`` and ``queued_day`` are days in WIB.
    """

    __tablename__ = "review_item"
    __table_args__ = (
        Index("ix_review_item_waiting_score", "waiting", "score", "id"),
        Index("ix_review_item_waiting_uncertainty", "waiting", "uncertainty", "id"),
        Index("ix_review_item_waiting_known_at", "waiting", "known_at", "id"),
    )

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    fingerprint: Mapped[str | None] = mapped_column(String(64), unique=True)
    content_hash: Mapped[str | None] = mapped_column(String(64))
    act: Mapped[dict[str, Any] | None] = mapped_column(JsonText())
    author: Mapped[str | None] = mapped_column(String(40), index=True)
    parent: Mapped[str | None] = mapped_column(String(40), index=True)
    action: Mapped[Action] = mapped_column(String(16))
    election: Mapped[str | None] = mapped_column(String(128))
    region: Mapped[str | None] = mapped_column(String(128))
    platform: Mapped[str | None] = mapped_column(String(64))
    posted_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    captured_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    known_at: Mapped[datetime] = mapped_column(UtcDateTime())
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime())
    touched_at: Mapped[datetime] = mapped_column(UtcDateTime(), index=True)
    act_day: Mapped[date] = mapped_column(Date)
    queued_day: Mapped[date] = mapped_column(Date)
    band: Mapped[Band] = mapped_column(String(16))
    score: Mapped[float] = mapped_column(Double)
    uncertainty: Mapped[float] = mapped_column(Double)
    kind: Mapped[str | None] = mapped_column(String(32))
    verdict: Mapped[dict[str, Any]] = mapped_column(JsonText())
    policy_digest: Mapped[str] = mapped_column(ForeignKey("review_policy.digest"))
    model_name: Mapped[str] = mapped_column(String(100))
    model_version: Mapped[str] = mapped_column(String(100))
    manifest_hash: Mapped[str | None] = mapped_column(String(64))
    policy_version: Mapped[str] = mapped_column(String(64))
    watchlist_version: Mapped[str] = mapped_column(String(64))
    second: Mapped[bool] = mapped_column(Boolean)  # wants a second reader
    state: Mapped[State] = mapped_column(String(16), default="open")
    outcome: Mapped[Label | None] = mapped_column(String(16), default=None)
    waiting: Mapped[bool] = mapped_column(Boolean, default=True)  # whether the state is one of ``WAITING``
    sampled: Mapped[bool] = mapped_column(Boolean, default=False)
    decisions: Mapped[list[ReviewDecision]] = relationship(
        order_by=ReviewDecision.number, default_factory=list, repr=False, lazy="selectin"
    )
    # Never joined: a lock on the item would then lock the rules of all others too.
    policy_row: Mapped[ReviewPolicy] = relationship(init=False, repr=False, lazy="selectin")

    @property
    def policy(self) -> dict[str, Any]:
        """The rules to look at, as ``policy_answer`` had them."""
        return self.policy_row.content


class ReviewLease(Base):
    """Who looks at an item at this moment; one row an item, so never two people."""

    __tablename__ = "review_lease"

    item_id: Mapped[str] = mapped_column(ForeignKey("review_item.id", ondelete="CASCADE"), primary_key=True)
    reviewer: Mapped[str] = mapped_column(String(64), index=True)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime())
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime())


class AuditRow(Base):
    """One thing that was done. Rows are only ever added: triggers of the database refuse anything else."""

    __tablename__ = "audit_row"

    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    actor: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(32))
    item_id: Mapped[str | None] = mapped_column(String(16), index=True)
    details: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(16))
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditHead(Base):
    """Where the log ends, so that rows cut off its end are missed. One row."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(16))
    seal: Mapped[str] = mapped_column(String(64))
