"""Two people never look at one item at once, however many ask at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain, repeat
from threading import Barrier

import pytest
from reviewkit import ANNA, BUDI, Clock, desk_with, get, judged, numbered, queued, say, texts
from sqlalchemy import func, select

from app.review.audit import history
from app.review.desk import Desk
from app.review.filters import Filters
from app.review.leases import claim, lease_of, leases_on, release
from app.review.tables import ReviewItem, ReviewLease
from app.review.words import ORDERS, Order
from app.store import Store


def take(store: Store, desk: Desk, reviewer: str, filters: Filters | None = None, order: Order = "score") -> str | None:
    with store.begin() as tx:
        item = claim(tx, desk, reviewer, filters, order)
    return item.id if item else None


def test_the_highest_score_comes_first_and_goes_to_one_person(store: Store, desk: Desk) -> None:
    low, middle, high = queued(store, desk, *numbered(3))
    assert take(store, desk, ANNA) == high
    assert take(store, desk, BUDI) == middle
    assert take(store, desk, "citra") == low
    assert take(store, desk, "dewi") is None


def test_asking_again_gives_the_same_item_and_more_time(store: Store, desk: Desk, clock: Clock) -> None:
    _, high = queued(store, desk, *numbered(2))
    assert take(store, desk, ANNA) == high
    clock.forward(minutes=14)
    assert take(store, desk, ANNA) == high
    clock.forward(minutes=14)
    with store.read() as tx:
        lease = lease_of(tx, desk, high)
        assert lease is not None
        assert (lease.reviewer, lease.expires_at) == (ANNA, clock.now + timedelta(minutes=1))
        assert [row.action for row in history(tx, high)] == ["queue", "claim"]


def test_an_item_is_let_go_when_its_time_is_over(store: Store, desk: Desk, clock: Clock) -> None:
    [only] = queued(store, desk, judged())
    assert take(store, desk, ANNA) == only
    clock.forward(minutes=15)
    with store.read() as tx:
        assert lease_of(tx, desk, only) is None
        assert leases_on(tx, desk, [only]) == {}
    assert take(store, desk, BUDI) == only
    assert take(store, desk, ANNA) is None


def test_other_filters_let_go_of_what_no_longer_fits(store: Store, desk: Desk) -> None:
    doubtful, clear = queued(store, desk, judged("saya ragu"), judged("ayo coblos"))
    assert take(store, desk, ANNA) == clear
    assert take(store, desk, ANNA, Filters(band="review")) == doubtful
    assert take(store, desk, BUDI) == clear


def test_a_clock_that_steps_back_gives_nobody_what_somebody_has(store: Store, desk: Desk, clock: Clock) -> None:
    [only] = queued(store, desk, judged())
    assert take(store, desk, ANNA) == only
    clock.forward(days=-1)
    assert take(store, desk, BUDI) is None


def test_a_clock_that_steps_back_while_one_claims_ends_the_claim_all_the_same(store: Store, clock: Clock) -> None:
    """The lease is over when free items are looked for, and in force again when it is to be taken."""
    desk = desk_with(clock)
    [only] = queued(store, desk, judged())
    assert take(store, desk, ANNA) == only
    now, later = clock.now, clock.now + timedelta(hours=1)
    swinging = chain([now, later], repeat(now))  # what Budi holds, what is free, whether it can be taken, and so on
    assert take(store, replace(desk, now=lambda: next(swinging)), BUDI) is None
    assert take(store, desk, ANNA) == only


def test_release_lets_go_of_everything_one_holds(store: Store, desk: Desk) -> None:
    [only] = queued(store, desk, judged())
    take(store, desk, ANNA)
    with store.begin() as tx:
        assert release(tx, BUDI) == 0
        assert release(tx, ANNA) == 1
    assert take(store, desk, BUDI) == only


def test_what_was_skipped_comes_back_to_others_only(store: Store, desk: Desk) -> None:
    [only] = queued(store, desk, judged())
    say(store, desk, ANNA, only, "lewati", None)
    assert take(store, desk, ANNA) is None
    assert take(store, desk, BUDI) == only


FILTERS = [
    (Filters(band="review"), {"ragu"}),
    (Filters(kind="vote_call"), {"satu", "dua", "tiga"}),
    (Filters(platform="TikTok"), {"dua"}),
    (Filters(action="comment"), {"tiga"}),
    (Filters(election="pilkada-kabupaten-rawa-2031"), {"tiga"}),
    (Filters(since=date(2031, 11, 2)), {"dua", "ragu", "tiga"}),
    (Filters(until=date(2031, 11, 1)), {"satu"}),
    (Filters(since=date(2031, 11, 1), until=date(2031, 11, 2)), {"satu", "dua"}),
    (Filters(state="open"), {"satu", "dua", "ragu", "tiga"}),
    (Filters(state="second"), set()),
    (Filters(model_version="0", band="flag"), {"satu", "dua", "tiga"}),
    (Filters(model_version="1"), set()),
    (Filters(sampled=True), set()),
]


@pytest.mark.parametrize(("filters", "expected"), FILTERS)
def test_filters_narrow_what_is_given(store: Store, desk: Desk, filters: Filters, expected: set[str]) -> None:
    acts = [
        judged("coblos satu", posted_at="2031-11-01T10:00:00+07:00"),
        judged("coblos dua", platform="tiktok", posted_at="2031-11-01T17:30:00Z"),
        judged("ragu"),
        judged("coblos tiga", action="comment", election="pilkada-kabupaten-rawa-2031"),
    ]
    queued(store, desk, *acts)
    found: set[str] = set()
    with store.begin() as tx:
        while item := claim(tx, desk, f"orang {len(found)}", filters):
            found.add(texts([item])[0].removeprefix("coblos "))
    assert found == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("score", ["0.99", "0.7", "0.52"]),
        ("uncertainty", ["0.52", "0.7", "0.99"]),
        ("deadline", ["0.7", "0.99", "0.52"]),
        ("newest", ["0.52", "0.7", "0.99"]),
    ],
)
def test_orders(store: Store, desk: Desk, clock: Clock, order: Order, expected: list[str]) -> None:
    assert order in ORDERS
    for score, known in (("0.99", "2031-10-02"), ("0.7", "2031-10-01"), ("0.52", "2031-10-03")):
        queued(store, desk, judged(f"coblos {score}", score=float(score), known_at=known))
        clock.forward(seconds=1)
    found = []
    with store.begin() as tx:
        while item := claim(tx, desk, f"orang {len(found)}", order=order):
            found.append(str(item.score))
    assert found == expected


@pytest.mark.usefixtures("patient")
def test_many_people_at_once_never_get_the_same_item(store: Store, desk: Desk) -> None:
    people, items = 6, 30
    ids = queued(store, desk, *numbered(items))
    ready = Barrier(people)

    def work(reviewer: int) -> list[str]:
        mine: list[str] = []
        ready.wait()
        while (item := take(store, desk, f"orang {reviewer}")) is not None:
            mine.append(item)
            say(store, desk, f"orang {reviewer}", item, "dukungan")
        return mine

    with ThreadPoolExecutor(people) as threads:
        found = [item for mine in threads.map(work, range(people)) for item in mine]
    assert sorted(found) == sorted(ids)
    assert {get(store, item).state for item in ids} == {"done"}


@pytest.mark.usefixtures("patient")
def test_as_many_people_as_items_all_get_one(store: Store, desk: Desk) -> None:
    people = 6
    queued(store, desk, *numbered(people))
    ready = Barrier(people)

    def work(reviewer: int) -> str | None:
        ready.wait()
        return take(store, desk, f"orang {reviewer}")

    with ThreadPoolExecutor(people) as threads:
        found = list(threads.map(work, range(people)))
    assert None not in found
    assert len(set(found)) == people


@pytest.mark.usefixtures("patient")
def test_many_people_after_one_item_leave_it_to_one(store: Store, desk: Desk) -> None:
    queued(store, desk, judged())
    ready = Barrier(6)

    def work(reviewer: int) -> str | None:
        ready.wait()
        return take(store, desk, f"orang {reviewer}")

    with ThreadPoolExecutor(6) as threads:
        assert len([item for item in threads.map(work, range(6)) if item]) == 1
    with store.read() as tx:
        assert tx.scalar(select(func.count()).select_from(ReviewLease)) == 1
        assert tx.scalar(select(func.count()).select_from(ReviewItem)) == 1
