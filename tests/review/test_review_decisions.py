"""Deciding, taking back, asking a second person; and what holds in the end."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reviewkit import ANNA, BUDI, CITRA, REASON, START, Clock, actions, desk_with, get, judged, numbered, queued, say

from app.problems import InvalidRequest, NotFound, Problem
from app.review.audit import history
from app.review.decisions import (
    MOST_REASON,
    Judgement,
    ask_second,
    decide,
    kinds_for,
    needs_reason,
    take,
    undo,
)
from app.review.desk import Desk
from app.review.leases import claim, lease_of
from app.review.problems import AlreadyDecided, ItemLeased, NothingToUndo
from app.review.settling import is_sure, outcome_of, settle, wants_second
from app.review.tables import ReviewDecision, ReviewItem
from app.review.words import LABELS, Label, State
from app.scoring.types import Band
from app.store import Store


def undone(store: Store, desk: Desk, reviewer: str, item_id: str) -> ReviewItem:
    with store.begin() as tx:
        return undo(tx, desk, reviewer, item_id)


def test_a_decision_is_kept_with_its_reason_and_ends_the_lease(store: Store, desk: Desk, clock: Clock) -> None:
    [item_id] = queued(store, desk, judged())
    with store.begin() as tx:
        claim(tx, desk, ANNA)
    clock.forward(minutes=2)
    say(store, desk, ANNA, item_id, "dukungan", f"  {REASON} \x00", kind="slogan")
    item = get(store, item_id)
    [made] = item.decisions
    assert (made.number, made.reviewer, made.label, made.kind, made.reason) == (1, ANNA, "dukungan", "slogan", REASON)
    assert made.decided_at == clock.now == item.touched_at
    assert (item.state, item.outcome) == ("done", "dukungan")
    assert actions(store, item_id) == ["queue", "claim", "decide"]
    with store.read() as tx:
        assert lease_of(tx, desk, item_id) is None


@pytest.mark.parametrize(
    ("label", "band", "needed"),
    [
        ("dukungan", "flag", True),
        ("dukungan", "review", True),
        ("bukan", "flag", True),
        ("bukan", "review", False),
        ("ragu", "flag", False),
        ("lewati", "flag", False),
    ],
)
def test_what_hurts_or_overrules_needs_a_reason(
    store: Store, desk: Desk, label: Label, band: Band, needed: bool
) -> None:
    assert needs_reason(label, band) is needed
    [item_id] = queued(store, desk, judged("ayo coblos" if band == "flag" else "saya ragu"))
    for nothing in (None, "", " \t\n"):
        if needed:
            with pytest.raises(InvalidRequest) as refused:
                say(store, desk, ANNA, item_id, label, nothing)
            assert refused.value.members["reason"] == "required"
    assert get(store, item_id).decisions == []
    say(store, desk, ANNA, item_id, label, REASON if needed else None)
    assert len(get(store, item_id).decisions) == 1


@pytest.mark.parametrize(
    ("reason", "fault"), [("..?!", "too_short"), ("ya", "too_short"), ("y" * (MOST_REASON + 1), "too_long")]
)
def test_a_reason_says_something(store: Store, desk: Desk, reason: str, fault: str) -> None:
    [item_id] = queued(store, desk, judged("saya ragu"))
    with pytest.raises(InvalidRequest) as refused:
        say(store, desk, ANNA, item_id, "bukan", reason)
    assert refused.value.members["field"] == "reason"
    assert refused.value.members["reason"] == fault
    say(store, desk, ANNA, item_id, "bukan", "y" * MOST_REASON)


@pytest.mark.parametrize(
    ("label", "kind", "fits"),
    [
        ("dukungan", "slogan", True),
        ("dukungan", "news", False),
        ("bukan", "news", True),
        ("bukan", "vote_call", False),
        ("ragu", "vote_call", True),
        ("ragu", "news", True),
        ("bukan", "entah", False),
    ],
)
def test_a_kind_goes_with_its_label(store: Store, desk: Desk, label: Label, kind: str, fits: bool) -> None:
    assert (kind in kinds_for(label)) is fits
    [item_id] = queued(store, desk, judged())
    if fits:
        say(store, desk, ANNA, item_id, label, kind=kind)
        assert get(store, item_id).decisions[0].kind == kind
        return
    with pytest.raises(InvalidRequest) as refused:
        say(store, desk, ANNA, item_id, label, kind=kind)
    assert refused.value.members["errors"] == [{"field": "kind", "reason": "not_allowed"}]


def test_nobody_decides_what_somebody_else_holds(store: Store, desk: Desk, clock: Clock) -> None:
    [item_id] = queued(store, desk, judged())
    with store.begin() as tx:
        claim(tx, desk, ANNA)
    with pytest.raises(ItemLeased):
        say(store, desk, BUDI, item_id, "dukungan")
    clock.forward(minutes=15)
    say(store, desk, BUDI, item_id, "dukungan")
    with pytest.raises(AlreadyDecided):
        say(store, desk, ANNA, item_id, "bukan")


def test_nobody_decides_twice(store: Store, clock: Clock) -> None:
    desk = desk_with(clock, second_percent=100)
    [item_id] = queued(store, desk, judged())
    say(store, desk, ANNA, item_id, "dukungan")
    with pytest.raises(AlreadyDecided):
        say(store, desk, ANNA, item_id, "dukungan")
    say(store, desk, BUDI, item_id, "dukungan")
    assert get(store, item_id).state == "done"


def test_whoever_skipped_may_still_decide(store: Store, desk: Desk) -> None:
    [item_id] = queued(store, desk, judged())
    say(store, desk, ANNA, item_id, "lewati", None)
    assert get(store, item_id).state == "open"
    say(store, desk, ANNA, item_id, "bukan")
    assert (get(store, item_id).state, get(store, item_id).outcome) == ("done", "bukan")


def test_this_very_item_is_taken_and_whatever_else_was_held_let_go(store: Store, desk: Desk) -> None:
    first, second = queued(store, desk, *numbered(2))
    for wanted in (first, first, second):
        with store.begin() as tx:
            assert take(tx, desk, ANNA, wanted).id == wanted
    with store.read() as tx:
        assert [held.reviewer if (held := lease_of(tx, desk, one)) else None for one in (first, second)] == [None, ANNA]
        assert [row.action for row in history(tx, first)] == ["queue", "claim"]


def test_nobody_takes_what_they_could_not_decide(store: Store, clock: Clock) -> None:
    desk = desk_with(clock, second_percent=100)
    [item_id] = queued(store, desk, judged())
    with store.begin() as tx:
        take(tx, desk, ANNA, item_id)
    with pytest.raises(ItemLeased), store.begin() as tx:
        take(tx, desk, BUDI, item_id)
    say(store, desk, ANNA, item_id, "dukungan")
    with pytest.raises(AlreadyDecided), store.begin() as tx:
        take(tx, desk, ANNA, item_id)
    with store.begin() as tx:
        assert take(tx, desk, BUDI, item_id).state == "second"


@pytest.mark.parametrize("step", [take, undo, ask_second])
def test_nobody_takes_what_is_not_there(store: Store, desk: Desk, step: Any) -> None:
    with pytest.raises(NotFound), store.begin() as tx:
        step(tx, desk, ANNA, "0" * 16)


@pytest.mark.parametrize("unknown", ["0" * 16, "", "x" * 200])
def test_what_is_not_there_cannot_be_decided(store: Store, desk: Desk, unknown: str) -> None:
    with pytest.raises(NotFound):
        say(store, desk, ANNA, unknown, "ragu")
    with pytest.raises(NotFound):
        undone(store, desk, ANNA, unknown)


def test_a_decision_can_be_taken_back_and_made_again(store: Store, desk: Desk, clock: Clock) -> None:
    [item_id] = queued(store, desk, judged())
    say(store, desk, ANNA, item_id, "dukungan")
    clock.forward(minutes=1)
    undone(store, desk, ANNA, item_id)
    item = get(store, item_id)
    assert (item.state, item.outcome) == ("open", None)
    assert (item.decisions[0].undone_at, item.decisions[0].undone_by) == (clock.now, ANNA)
    with pytest.raises(ItemLeased):  # it is with whoever took the decision back
        say(store, desk, BUDI, item_id, "bukan")
    say(store, desk, ANNA, item_id, "bukan")
    item = get(store, item_id)
    assert [made.number for made in item.decisions] == [1, 2]
    assert item.outcome == "bukan"
    assert actions(store, item_id) == ["queue", "decide", "undo", "decide"]


def test_nobody_takes_back_what_they_did_not_decide(store: Store, desk: Desk) -> None:
    [item_id] = queued(store, desk, judged())
    say(store, desk, ANNA, item_id, "dukungan")
    with pytest.raises(NothingToUndo):
        undone(store, desk, BUDI, item_id)
    undone(store, desk, ANNA, item_id)
    with pytest.raises(NothingToUndo):
        undone(store, desk, ANNA, item_id)


def test_taking_back_does_not_take_from_others(store: Store, clock: Clock) -> None:
    desk = desk_with(clock, second_percent=100)
    [item_id] = queued(store, desk, judged())
    say(store, desk, ANNA, item_id, "dukungan")
    with store.begin() as tx:
        claim(tx, desk, BUDI)
    undone(store, desk, ANNA, item_id)
    with store.read() as tx:
        lease = lease_of(tx, desk, item_id)
    assert lease is not None
    assert lease.reviewer == BUDI
    say(store, desk, BUDI, item_id, "bukan")


def test_the_first_of_two_readers_is_not_the_second(store: Store, clock: Clock) -> None:
    desk = desk_with(clock, second_percent=100)
    [item_id] = queued(store, desk, judged())
    say(store, desk, ANNA, item_id, "dukungan")
    assert get(store, item_id).state == "second"
    with store.begin() as tx:
        assert claim(tx, desk, ANNA) is None
        found = claim(tx, desk, BUDI)
    assert found is not None
    say(store, desk, BUDI, item_id, "bukan")
    assert get(store, item_id).state == "disagreement"
    with store.begin() as tx:
        assert claim(tx, desk, ANNA) is None
        assert claim(tx, desk, BUDI) is None
        assert claim(tx, desk, CITRA) is not None
    say(store, desk, CITRA, item_id, "bukan")
    item = get(store, item_id)
    assert (item.state, item.outcome, is_sure(item)) == ("done", "bukan", False)
    with pytest.raises(AlreadyDecided):
        say(store, desk, "dewi", item_id, "dukungan")


def test_a_second_reader_can_be_asked_for(store: Store, desk: Desk) -> None:
    [item_id] = queued(store, desk, judged())
    say(store, desk, ANNA, item_id, "dukungan")
    for _ in range(2):
        with store.begin() as tx:
            ask_second(tx, desk, BUDI, item_id)
    assert get(store, item_id).state == "second"
    assert actions(store, item_id) == ["queue", "decide", "second"]


@pytest.mark.usefixtures("patient")
def test_of_two_people_deciding_at_once_one_is_told(store: Store, desk: Desk) -> None:
    ids = queued(store, desk, *(judged(f"coblos {k}") for k in range(8)))
    ready = Barrier(2)

    def work(reviewer: str) -> int:
        refused = 0
        for item_id in ids:
            ready.wait()
            try:
                say(store, desk, reviewer, item_id, "dukungan")
            except Problem:
                refused += 1
        return refused

    with ThreadPoolExecutor(2) as threads:
        assert sum(threads.map(work, (ANNA, BUDI))) == len(ids)
    assert all(len(get(store, item_id).decisions) == 1 for item_id in ids)


SETTLED: list[tuple[list[Label], bool, State, Label | None, bool]] = [
    ([], False, "open", None, False),
    (["lewati"], True, "open", None, False),
    (["dukungan"], False, "done", "dukungan", True),
    (["bukan", "lewati"], False, "done", "bukan", True),
    (["dukungan"], True, "second", None, True),
    (["ragu"], False, "second", None, False),
    (["ragu", "ragu"], False, "done", "ragu", False),
    (["dukungan", "dukungan"], True, "done", "dukungan", True),
    (["dukungan", "bukan"], True, "disagreement", None, False),
    (["ragu", "bukan"], False, "disagreement", None, False),
    (["ragu", "bukan", "bukan"], False, "done", "bukan", False),
    (["dukungan", "bukan", "dukungan"], True, "done", "dukungan", False),
    (["dukungan", "bukan", "ragu"], True, "done", "ragu", False),
    (["ragu", "ragu", "ragu"], True, "done", "ragu", False),
]


def decided(labels: Sequence[Label], second: bool = False) -> ReviewItem:
    """An item that is in no database."""
    made = [
        ReviewDecision(
            item_id="x",
            number=k,
            reviewer=str(k),
            label=label,
            kind=None,
            reason=None,
            reason_digest=None,
            decided_at=START,
        )
        for k, label in enumerate(labels, 1)
    ]
    item = ReviewItem.__new__(ReviewItem)
    ReviewItem.__mapper__.class_manager.setup_instance(item)
    item.decisions, item.second = made, second
    return item


@pytest.mark.parametrize(("labels", "second", "state", "outcome", "sure"), SETTLED)
def test_what_holds_of_what_readers_said(
    labels: list[Label], second: bool, state: State, outcome: Label | None, sure: bool
) -> None:
    item = decided(labels, second)
    assert settle(item) == (state, outcome)
    assert is_sure(item) is sure


@given(st.lists(st.sampled_from(LABELS), max_size=6), st.booleans())
def test_there_is_an_outcome_exactly_when_it_is_done(labels: list[Label], second: bool) -> None:
    state, outcome = settle(decided(labels, second))
    assert (outcome is not None) == (state == "done")
    assert outcome != "lewati"


@given(st.permutations(["dukungan", "bukan", "bukan", "ragu"]))
def test_the_order_of_readers_does_not_count(labels: list[Label]) -> None:
    assert outcome_of(labels) == "bukan"


@pytest.mark.parametrize("percent", [0, 1, 20, 50, 100])
def test_about_so_many_in_a_hundred_are_read_twice(percent: int) -> None:
    chosen = sum(wants_second(f"{k:016x}", percent) for k in range(4000)) / 40
    assert abs(chosen - percent) <= 3


@pytest.mark.parametrize("label", LABELS)
def test_every_label_can_be_said(store: Store, desk: Desk, label: Label) -> None:
    [item_id] = queued(store, desk, judged())
    with store.begin() as tx:
        decide(tx, desk, ANNA, item_id, Judgement(label, REASON))
    assert get(store, item_id).decisions[0].label == label
