"""Limits: never exceeded, however many processes share them, and nearly all of them can be used."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager

import pytest
from databases import opened
from hypothesis import given
from hypothesis import strategies as st
from limitkit import Shared, settle, spent
from sqlalchemy import select

from app.access.keys import create_key
from app.access.limits import (
    ITEMS,
    LEASES,
    REQUESTS,
    Allowance,
    Grant,
    Limiter,
    Wish,
    grant,
    rate_headers,
)
from app.access.tables import ApiUsage
from app.problems import QuotaSpent, RateLimited
from app.settings import Settings
from app.store import Store


@pytest.mark.parametrize("limit", [1, 2, 7, 199, 1000])
def test_one_process_can_use_all_of_a_limit_and_no_more(limit: int) -> None:
    async def work() -> None:
        limiter = Shared().limiter()
        assert [await spent(limiter, REQUESTS, limit) for _ in range(limit + 3)] == [True] * limit + [False] * 3
        await settle(limiter)

    asyncio.run(work())


@given(
    limit=st.integers(1, 3000),
    processes=st.integers(1, 6),
    sizes=st.lists(st.integers(1, 40), min_size=1, max_size=5),
    seed=st.integers(0, 999),
)
def test_several_processes_never_use_more_and_leave_no_more_than_promised(
    limit: int, processes: int, sizes: list[int], seed: int
) -> None:
    chance = random.Random(seed)

    async def work() -> int:
        shared = Shared()
        limiters = [shared.limiter() for _ in range(processes)]
        used = refused = 0
        while refused < 50:
            units = chance.choice(sizes)
            ok = await spent(chance.choice(limiters), REQUESTS, limit, units)
            used, refused = (used + units, 0) if ok else (used, refused + 1)
        last = limiters[0]
        while await spent(last, REQUESTS, limit):
            used += 1
        await settle(*limiters)
        return used

    used = asyncio.run(work())
    assert used <= limit
    lease = max(1, limit // LEASES)
    assert used >= limit - (processes - 1) * (1.5 * lease + max(sizes))


def test_all_callers_at_once_share_what_there_is() -> None:
    async def work() -> None:
        limiter = Shared().limiter()
        taken = await asyncio.gather(*(spent(limiter, REQUESTS, 100) for _ in range(150)))
        assert sum(taken) == 100
        await settle(limiter)

    asyncio.run(work())


def test_callers_who_wait_together_are_asked_for_together() -> None:
    async def work() -> None:
        shared = Shared()
        limiter = shared.limiter()
        assert all(await asyncio.gather(*(spent(limiter, REQUESTS, 100) for _ in range(90))))
        assert shared.asked <= 4
        await settle(limiter)

    asyncio.run(work())


def test_a_call_that_is_refused_leaves_nothing_unspent_behind() -> None:
    async def work() -> None:
        shared = Shared()
        first, second = shared.limiter(), shared.limiter()
        assert await spent(second, ITEMS, 100, 60)
        await asyncio.gather(spent(first, ITEMS, 100, 1), *(spent(first, ITEMS, 100, 50) for _ in range(5)))
        await settle(first, second)
        assert await spent(second, ITEMS, 100, 37)  # of 39, as each may hold one

    asyncio.run(work())


def test_most_requests_ask_nobody() -> None:
    async def work() -> None:
        shared = Shared()
        limiter = shared.limiter()
        for _ in range(6000):
            assert await spent(limiter, REQUESTS, 6000)
        assert shared.asked <= LEASES + 2
        await settle(limiter)

    asyncio.run(work())


def test_once_nothing_is_left_nobody_is_asked_again() -> None:
    async def work() -> None:
        shared = Shared()
        limiter = shared.limiter()
        while await spent(limiter, REQUESTS, 10):
            pass
        asked = shared.asked
        assert [await spent(limiter, REQUESTS, 10) for _ in range(20)] == [False] * 20
        assert shared.asked == asked

    asyncio.run(work())


def test_what_is_too_much_for_one_call_is_left_for_smaller_ones() -> None:
    async def work() -> None:
        limiter = Shared().limiter()
        assert await spent(limiter, ITEMS, 100, 80)
        assert not await spent(limiter, ITEMS, 100, 30)
        assert await spent(limiter, ITEMS, 100, 20)
        assert not await spent(limiter, ITEMS, 100, 1)
        assert not await spent(Shared().limiter(), ITEMS, 100, 101)
        await settle(limiter)

    asyncio.run(work())


@pytest.mark.parametrize(
    ("allowance", "now", "wait"), [(REQUESTS, 659.2, 1), (REQUESTS, 600.0, 60), (ITEMS, 86_399.5, 1)]
)
def test_a_refusal_says_what_the_limit_is_and_how_long_to_wait(allowance: Allowance, now: float, wait: int) -> None:
    async def work() -> None:
        shared = Shared()
        shared.now = now
        limiter = shared.limiter()
        await limiter.take("a", allowance, 1, 1)
        with pytest.raises(allowance.problem) as caught:
            await limiter.take("a", allowance, 1, 1)
        assert caught.value.members == {"limit": 1}
        assert caught.value.retry_after == wait
        shared.now += wait
        assert await spent(limiter, allowance, 1)

    asyncio.run(work())


def test_keys_and_allowances_are_counted_apart() -> None:
    async def work() -> None:
        limiter = Shared().limiter()
        await limiter.take("a", REQUESTS, 1, 1)
        await limiter.take("b", REQUESTS, 1, 1)
        await limiter.take("a", ITEMS, 1, 1)
        assert not await spent(limiter, REQUESTS, 1)
        assert not await spent(limiter, ITEMS, 1)

    asyncio.run(work())
    assert (REQUESTS.problem, ITEMS.problem) == (RateLimited, QuotaSpent)


def test_a_clock_that_steps_back_gives_nothing_away() -> None:
    async def work() -> None:
        shared = Shared()
        limiter, other = shared.limiter(), shared.limiter()
        assert [await spent(limiter, REQUESTS, 5) for _ in range(6)] == [True] * 5 + [False]
        shared.now += 60
        assert [await spent(limiter, REQUESTS, 5) for _ in range(6)] == [True] * 5 + [False]
        shared.now -= 60
        assert not await spent(limiter, REQUESTS, 5)
        assert not await spent(other, REQUESTS, 5)

    asyncio.run(work())


def test_a_limit_that_was_changed_holds_at_once() -> None:
    async def work() -> None:
        limiter = Shared().limiter()
        assert [await spent(limiter, REQUESTS, 2) for _ in range(3)] == [True, True, False]
        assert await spent(limiter, REQUESTS, 3)
        assert not await spent(limiter, REQUESTS, 3)

    asyncio.run(work())


def test_a_limit_holds_in_each_minute_of_the_clock_and_twice_as_much_passes_around_its_border() -> None:
    async def work() -> None:
        shared = Shared()
        limiter = shared.limiter()
        shared.now = 659.9
        assert [await spent(limiter, REQUESTS, 3) for _ in range(4)] == [True] * 3 + [False]
        shared.now = 660.0
        assert [await spent(limiter, REQUESTS, 3) for _ in range(4)] == [True] * 3 + [False]
        await settle(limiter)

    asyncio.run(work())


def test_the_headers_are_those_of_the_draft() -> None:
    async def work() -> dict[str, str]:
        limiter = Shared().limiter()
        leases = [await limiter.take("a", REQUESTS, 100, 1), await limiter.take("a", ITEMS, 1000, 30)]
        await settle(limiter)
        return rate_headers(leases, 615.0)

    assert asyncio.run(work()) == {
        "RateLimit-Policy": '"requests";q=100;w=60, "items";q=1000;w=86400',
        "RateLimit": '"requests";r=99;t=45, "items";r=970;t=85785',
    }


# -- the counters in the database ---------------------------------------------------------------------------------


@contextmanager
def keyed(store: Store) -> Iterator[str]:
    with store.begin() as tx:
        key = create_key(tx, "uji", ["classify"])
    yield key.split("_")[1]


def rows(store: Store) -> list[tuple[str, int, int]]:
    with store.read() as tx:
        return sorted((row.allowance, row.period, row.used) for row in tx.scalars(select(ApiUsage)))


def granted(store: Store, key_id: str, need: int, want: int, period: int = 10, limit: int = 10) -> Grant:
    with store.begin() as tx:
        return grant(tx, Wish(key_id, "requests", period, limit, need, want))


def test_a_grant_is_all_that_is_needed_or_nothing(store: Store) -> None:
    with keyed(store) as key_id:
        assert granted(store, key_id, 1, 4) == Grant(4, 6)
        assert granted(store, key_id, 7, 7) == Grant(0, 6)
        assert granted(store, key_id, 1, 9) == Grant(6, 0)
        assert granted(store, key_id, 1, 1) == Grant(0, 0)
        assert granted(store, key_id, 1, 1, limit=3) == Grant(0, 0)  # lowered below what was used
        assert rows(store) == [("requests", 10, 10)]


def test_periods_long_past_are_forgotten(store: Store) -> None:
    with keyed(store) as key_id:
        for period in (10, 11, 12):
            granted(store, key_id, 1, 1, period)
        assert rows(store) == [("requests", 11, 1), ("requests", 12, 1)]


@pytest.mark.usefixtures("patient")
def test_grants_at_the_same_time_never_add_up_to_more(store: Store) -> None:
    with keyed(store) as key_id, ThreadPoolExecutor(6) as threads:
        found = list(threads.map(lambda _: granted(store, key_id, 1, 3, limit=50), range(40)))
    assert sum(grant.units for grant in found) == 50
    assert rows(store) == [("requests", 10, 50)]


@asynccontextmanager
async def process(settings: Settings) -> AsyncIterator[Limiter]:
    """A limiter as each process has one: with connections of its own."""
    with opened(settings) as store:
        limiter = Limiter(lambda wish: store.write_in_thread(lambda tx: grant(tx, wish)), lambda: 600.0, patience=60.0)
        yield limiter
        await limiter.close()


@pytest.mark.usefixtures("patient")
def test_processes_that_share_a_database_share_its_limits(settings: Settings, store: Store) -> None:
    async def work(key_id: str) -> int:
        async with process(settings) as first, process(settings) as second, process(settings) as third:
            taken = [
                asyncio.create_task(limiter.take(key_id, REQUESTS, 90, 1))
                for _ in range(60)
                for limiter in (first, second, third)
            ]
            done = await asyncio.gather(*taken, return_exceptions=True)
        assert {type(one) for one in done if isinstance(one, BaseException)} == {RateLimited}
        return sum(not isinstance(one, BaseException) for one in done)

    with keyed(store) as key_id:
        used = asyncio.run(work(key_id))
        assert 90 - 2 * 2 <= used <= 90
        assert rows(store) == [("requests", 10, 90)]
