"""Limits while the database is down, hangs or answers late: nobody is refused for it, and nobody gains by it."""

from __future__ import annotations

import asyncio

import pytest
from limitkit import Shared, settle, spent

from app.access.limits import BLIND_SECONDS, ITEMS, REQUESTS, Allowance, Grant, Limiter, Wish


def test_while_the_database_is_down_nothing_is_refused_and_nobody_waits_twice(caplog: pytest.LogCaptureFixture) -> None:
    async def work() -> None:
        shared = Shared()
        limiter = shared.limiter()
        shared.down = True
        assert [await spent(limiter, REQUESTS, 5) for _ in range(20)] == [True] * 20
        assert shared.asked == 1
        shared.now += BLIND_SECONDS
        assert await spent(limiter, REQUESTS, 5)
        await settle(limiter)
        assert shared.asked == 2
        shared.down = False
        shared.now += BLIND_SECONDS
        assert await spent(limiter, REQUESTS, 5)
        await settle(limiter)
        assert [await spent(limiter, REQUESTS, 5) for _ in range(7)] == [True] * 5 + [False] * 2

    asyncio.run(work())
    assert "limits not counted: store-unavailable" in caplog.text


async def after_a_late_answer(shared: Shared, allowance: Allowance, limit: int, *units: int) -> Limiter:
    """One that waits for the database, after one that did not let all these units through before it answered."""
    shared.hanging = asyncio.Event()
    hasty = shared.limiter(patience=0.0)
    assert all([await spent(hasty, allowance, limit, n) for n in units])
    shared.hanging.set()
    await settle(hasty)
    patient = shared.limiter()
    patient._leases = hasty._leases
    return patient


@pytest.mark.parametrize(("early", "late"), [(1, 2), (3, 0), (7, 0)])
def test_what_passes_before_a_late_answer_is_paid_when_it_comes(early: int, late: int) -> None:
    """With a limit of three a fourth request once passed, because the first one was let through uncounted."""

    async def work() -> None:
        patient = await after_a_late_answer(Shared(), REQUESTS, 3, *[1] * early)
        assert [await spent(patient, REQUESTS, 3) for _ in range(4)] == [True] * late + [False] * (4 - late)
        await settle(patient)

    asyncio.run(work())


def test_what_is_owed_is_paid_before_anything_else_is_spent() -> None:
    async def work() -> None:
        patient = await after_a_late_answer(Shared(), ITEMS, 1000, 300, 300)
        assert not await spent(patient, ITEMS, 1000, 401)
        assert await spent(patient, ITEMS, 1000, 400)
        assert not await spent(patient, ITEMS, 1000)
        await settle(patient)

    asyncio.run(work())


def test_a_database_that_hangs_is_waited_for_once() -> None:
    async def work() -> None:
        shared = Shared()
        shared.hanging = asyncio.Event()
        limiter = shared.limiter(patience=0.0)
        assert [await spent(limiter, REQUESTS, 5) for _ in range(20)] == [True] * 20
        assert shared.asked == 1
        shared.hanging.set()
        await settle(limiter)
        assert [await spent(limiter, REQUESTS, 5) for _ in range(6)].count(True) <= 5

    asyncio.run(work())


def test_an_error_nobody_thought_of_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    async def fail(_: Wish) -> Grant:
        raise ValueError("zqx")

    async def work() -> None:
        assert await spent(Limiter(fail), REQUESTS, 5)

    asyncio.run(work())
    assert "ValueError" in caplog.text
    assert "zqx" not in caplog.text
