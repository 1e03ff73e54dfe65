"""Whatever people do in whatever order: nobody holds what somebody else holds, and the log stays whole."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from unittest.mock import patch

from databases import opened, settings_of
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from reviewkit import ANNA, BUDI, CITRA, REASON, Clock, desk_with, judged, queued
from sqlalchemy import select

from app.problems import Problem
from app.review.decisions import Judgement, ask_second, decide, decide_and_claim, undo
from app.review.desk import CLI
from app.review.erasure import forget, purge, retention_ends
from app.review.filters import Filters
from app.review.leases import claim, release
from app.review.problems import AlreadyDecided, ItemErased, ItemLeased, NothingToUndo
from app.review.settling import MOST_READERS, settle, standing
from app.review.tables import ReviewItem, ReviewLease
from app.review.verify import verify
from app.review.words import LABELS, ORDERS, WAITING, Label, Order

PEOPLE = st.sampled_from([ANNA, BUDI, CITRA])
AUTHORS = ("uji-1", "uji-2")


class Office(RuleBasedStateMachine):
    """Three people at one desk, most of whose items two people read."""

    items = Bundle("items")

    @initialize()
    def open(self) -> None:
        self.stack = ExitStack()
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        self.store = self.stack.enter_context(opened(settings_of(Path(folder))))
        # Ids settle who is read twice, so they have to be the same each time an example is tried.
        ids = (f"{k:016x}" for k in count())
        self.stack.enter_context(patch("app.review.queue.secrets.token_hex", lambda _: next(ids)))
        self.clock = Clock()
        self.desk = desk_with(self.clock, second_percent=75)
        self.count = 0
        self.erased: set[str] = set()

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            self.stack.close()

    @rule(target=items, words=st.sampled_from(["coblos", "ragu"]), author=st.sampled_from(AUTHORS), again=st.booleans())
    def queue(self, words: str, author: str, again: bool) -> str:
        self.count += not again
        [item_id] = queued(self.store, self.desk, judged(f"{words} {self.count}", author=author))
        return item_id

    @rule(who=PEOPLE, order=st.sampled_from(ORDERS), band=st.sampled_from([None, "flag", "review"]))
    def take(self, who: str, order: Order, band: str | None) -> None:
        with self.store.begin() as tx:
            item = claim(tx, self.desk, who, Filters(band=band), order)  # type: ignore[arg-type]
            if item is not None:
                assert item.state in WAITING
                assert who not in {made.reviewer for made in item.decisions if made.undone_at is None}
                assert tx.get_one(ReviewLease, item.id).reviewer == who

    @rule(who=PEOPLE, item_id=items, label=st.sampled_from(LABELS))
    def decide(self, who: str, item_id: str, label: Label) -> None:
        try:
            with self.store.begin() as tx:
                item = decide(tx, self.desk, who, item_id, Judgement(label, REASON))
        except (ItemLeased, AlreadyDecided, ItemErased):
            return
        assert item.decisions[-1].reviewer == who
        assert item_id not in self.erased

    @rule(who=PEOPLE, item_id=items, label=st.sampled_from(LABELS), order=st.sampled_from(ORDERS))
    def decide_and_go_on(self, who: str, item_id: str, label: Label, order: Order) -> None:
        try:
            with self.store.begin() as tx:
                found = decide_and_claim(tx, self.desk, who, item_id, Judgement(label, REASON), Filters(), order)
        except (ItemLeased, AlreadyDecided, ItemErased):
            return
        if found is not None:
            assert found.id != item_id
            with self.store.read() as tx:
                assert tx.get_one(ReviewLease, found.id).reviewer == who

    @rule(who=PEOPLE, item_id=items)
    def undo(self, who: str, item_id: str) -> None:
        try:
            with self.store.begin() as tx:
                undo(tx, self.desk, who, item_id)
        except (NothingToUndo, ItemErased):
            return
        assert item_id not in self.erased

    @rule(who=PEOPLE, item_id=items)
    def second(self, who: str, item_id: str) -> None:
        try:
            with self.store.begin() as tx:
                assert ask_second(tx, self.desk, who, item_id).second
        except ItemErased:
            assert item_id in self.erased

    @rule(who=PEOPLE)
    def let_go(self, who: str) -> None:
        with self.store.begin() as tx:
            release(tx, who)

    @rule(minutes=st.integers(-30, 60 * 24 * 20))
    def pass_time(self, minutes: int) -> None:
        self.clock.forward(minutes=minutes)

    @rule(author=st.sampled_from(AUTHORS))
    def forget(self, author: str) -> None:
        with self.store.begin() as tx:
            forget(tx, self.desk, CLI, author)
        self._note_erased()

    @rule()
    def purge(self) -> None:
        with self.store.begin() as tx:
            purge(tx, self.desk, CLI, retention_ends(self.desk, 30))
        self._note_erased()

    @rule(item_id=items, who=PEOPLE)
    def fail_half_way(self, item_id: str, who: str) -> None:
        """A transaction that ends badly leaves nothing behind, in the tables or in the log."""
        before = self._whole()
        try:
            with self.store.begin() as tx:
                decide(tx, self.desk, who, item_id, Judgement("ragu"))
                raise NothingToUndo
        except Problem:
            assert self._whole() == before

    @invariant()
    def hold(self) -> None:
        if not hasattr(self, "store"):
            return
        with self.store.read() as tx:
            held = [lease.reviewer for lease in tx.scalars(select(ReviewLease))]
            found = list(tx.scalars(select(ReviewItem)))
        assert len({item.fingerprint for item in found if item.fingerprint}) == len(found) - len(self.erased)
        for item in found:
            assert item.waiting == (item.state in WAITING)
            assert (item.state == "erased") == (item.id in self.erased) == (item.act is None)
            assert item.state == "erased" or (item.state, item.outcome) == settle(item)
            readers = [made.reviewer for made in standing(item)]
            assert len(readers) == len(set(readers)) <= MOST_READERS
        assert len(held) <= len(found)
        assert self._whole() >= len(found)

    def _whole(self) -> int:
        """Rows of a log that is whole."""
        with self.store.read() as tx:
            found = verify(tx, self.desk.secrets)
        assert found.faults == ()
        return found.rows

    def _note_erased(self) -> None:
        with self.store.read() as tx:
            self.erased = set(tx.scalars(select(ReviewItem.id).where(ReviewItem.state == "erased")))


TestOffice = Office.TestCase
TestOffice.settings = settings(
    max_examples=30, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
