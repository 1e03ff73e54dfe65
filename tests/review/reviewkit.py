"""Helpers of the review tests: a clock that stands still, acts that a fake model judged, and people who decide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from databases import STRONG
from fakes import FakeScorer, fictional
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.access.secret import Secrets
from app.advice import advise
from app.policy.policy import policy_answer
from app.policy.rules import load_rules
from app.review.acts import Act
from app.review.audit import history
from app.review.decisions import Judgement, decide
from app.review.desk import Desk
from app.review.queue import Judged, Source, add_all
from app.review.tables import ReviewItem
from app.scoring.types import Item, Verdict
from app.store import Store
from app.watchlists.lists import Watchlists

START = datetime(2031, 11, 3, 12, 0, 0, 123456, tzinfo=UTC)
MACHINE, ANNA, BUDI, CITRA = "mesin", "anna", "budi", "citra"
RACE = "pilkada-kota-uji-2031"
REASON = "Ada ajakan mencoblos nomor 2."


class Clock:
    """Says the same time until it is set forward (or back)."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


def desk_with(clock: Callable[[], datetime], **given: Any) -> Desk:
    given = {"second_percent": 0, **given}
    return Desk(Secrets(STRONG.encode()), now=clock, **given)


@cache
def lists() -> Watchlists:
    return fictional()


def source(version: str = "0") -> Source:
    return Source(replace(FakeScorer.info, version=version), "ab" * 32, lists())


def judged(
    text: str = "ayo coblos nomor 2", *, score: float | None = None, author: str | None = None, **given: Any
) -> Judged:
    """An act that the fake model judged; ``score`` replaces the one it gave."""
    seen = {name: given.pop(name, None) for name in ("captured_at", "known_at")}
    item = Item(text, **{"election": RACE, **given})
    verdict: Verdict = FakeScorer().with_watchlists(lists()).score([item], explain=True, entities=True)[0]
    if score is not None:
        verdict = replace(verdict, score=score)
    policy = policy_answer(advise(item, verdict, lists(), load_rules()))
    return Judged(Act(item, author, **seen), verdict, policy)


def queued(store: Store, desk: Desk, *acts: Judged, version: str = "0") -> list[str]:
    """Ids of acts that were put into the queue; every one of them must have been."""
    with store.begin() as tx:
        ids = add_all(tx, desk, source(version), acts, actor=MACHINE)
    return [item for item in ids if item is not None]


def numbered(count: int, words: str = "ayo coblos nomor 2", **given: Any) -> list[Judged]:
    """Different acts of ascending score."""
    return [judged(f"{words} ({k})", score=0.5 + k / (2 * count + 2), **given) for k in range(count)]


def say(
    store: Store,
    desk: Desk,
    reviewer: str,
    item_id: str,
    label: str,
    reason: str | None = REASON,
    kind: str | None = None,
) -> ReviewItem:
    """Decide in a transaction of its own."""
    with store.begin() as tx:
        return decide(tx, desk, reviewer, item_id, Judgement(label, reason, kind))  # type: ignore[arg-type]


def get(store: Store, item_id: str) -> ReviewItem:
    with store.read() as tx:
        return tx.get_one(ReviewItem, item_id)


def tamper(store: Store, *statements: str, **values: Any) -> None:
    """Change the database as somebody would who owns it: triggers are no obstacle."""
    with store.begin() as tx:
        _without_triggers(tx)
        for statement in statements:
            tx.execute(text(statement), values)


def _without_triggers(tx: Session) -> None:
    if tx.get_bind().dialect.name == "postgresql":
        tx.execute(text("ALTER TABLE audit_row DISABLE TRIGGER ALL"))
        return
    for event in ("update", "delete"):
        tx.execute(text(f"DROP TRIGGER IF EXISTS audit_row_no_{event}"))


def texts(items: Sequence[ReviewItem]) -> list[str]:
    return [str((item.act or {}).get("text")) for item in items]


def actions(store: Store, item_id: str) -> list[str]:
    """What was logged of an item, in order."""
    with store.read() as tx:
        return [row.action for row in history(tx, item_id)]
