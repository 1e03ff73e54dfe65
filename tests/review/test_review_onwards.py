"""A decision and the next item: one step, or none."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from reviewkit import ANNA, BUDI, REASON, Clock, actions, get, judged, queued, say

from app.review.decisions import Judgement, decide_and_claim, take
from app.review.desk import Desk
from app.review.filters import Filters
from app.review.leases import claim, lease_of
from app.review.problems import AlreadyDecided, NothingToUndo
from app.review.tables import ReviewItem
from app.review.words import Label
from app.store import Store


def onwards(store: Store, desk: Desk, reviewer: str, item_id: str, label: Label = "dukungan") -> ReviewItem | None:
    with store.begin() as tx:
        return decide_and_claim(tx, desk, reviewer, item_id, Judgement(label, REASON), Filters(), "newest")


def test_a_decision_and_the_next_item_are_one_step(store: Store, desk: Desk, clock: Clock) -> None:
    first, second = queued(store, desk, judged(), judged("besok coblos"))
    with store.begin() as tx:
        take(tx, desk, ANNA, first)
    found = onwards(store, desk, ANNA, first)
    assert found is not None
    assert found.id == second
    assert (actions(store, first), actions(store, second)) == (["queue", "claim", "decide"], ["queue", "claim"])
    with store.read() as tx:
        held = lease_of(tx, desk, second)
        assert held is not None
        assert held.reviewer == ANNA
        assert lease_of(tx, desk, first) is None
    assert onwards(store, desk, ANNA, second) is None


def test_where_the_next_item_cannot_be_given_out_nothing_is_kept(
    store: Store, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = queued(store, desk, judged(), judged("besok coblos"))

    def gone(*_: object) -> None:
        raise NothingToUndo  # any problem at all

    monkeypatch.setattr("app.review.leases._next_free", gone)
    with pytest.raises(NothingToUndo):
        onwards(store, desk, ANNA, first)
    assert not get(store, first).decisions
    assert actions(store, first) == ["queue"]


def test_what_does_not_fit_gives_no_next_item_out(store: Store, desk: Desk) -> None:
    first, second = queued(store, desk, judged(), judged("besok coblos"))
    say(store, desk, ANNA, first, "dukungan")
    with pytest.raises(AlreadyDecided):
        onwards(store, desk, ANNA, first)
    with store.read() as tx:
        assert lease_of(tx, desk, second) is None


@pytest.mark.usefixtures("patient")
def test_people_who_go_on_side_by_side_share_the_queue_and_never_wait_in_a_ring(store: Store, desk: Desk) -> None:
    ids = queued(store, desk, *(judged(f"coblos {k}") for k in range(16)))
    ready = Barrier(2)

    def work(reviewer: str) -> int:
        with store.begin() as tx:
            item = claim(tx, desk, reviewer)
        ready.wait()
        made = 0
        while item is not None:
            item, made = onwards(store, desk, reviewer, item.id), made + 1
        return made

    with ThreadPoolExecutor(2) as threads:
        assert sum(threads.map(work, (ANNA, BUDI))) == len(ids)
    assert all(len(get(store, item_id).decisions) == 1 for item_id in ids)
