"""Counters that limiters of several processes share, without a database."""

from __future__ import annotations

import asyncio

from app.access.limits import Allowance, Grant, Limiter, Wish
from app.problems import TooMuch
from app.store import StoreUnavailable


class Shared:
    """The counters that all processes share, in memory; a clock that all read."""

    def __init__(self) -> None:
        self.used: dict[tuple[str, str, int], int] = {}
        self.now = 600.0
        self.asked = 0
        self.down = False
        self.hanging: asyncio.Event | None = None

    async def ask(self, wish: Wish) -> Grant:
        self.asked += 1
        await asyncio.sleep(0)
        if self.hanging:
            await self.hanging.wait()
        if self.down:
            raise StoreUnavailable(cause="SQLITE_BUSY")
        place = (wish.key_id, wish.allowance, wish.period)
        left = wish.limit - self.used.get(place, 0)
        units = min(left, wish.want) if left >= wish.need else 0
        self.used[place] = self.used.get(place, 0) + units
        return Grant(units, left - units)

    def limiter(self, patience: float = 60.0) -> Limiter:
        return Limiter(self.ask, lambda: self.now, patience)


async def spent(limiter: Limiter, allowance: Allowance, limit: int, units: int = 1) -> bool:
    """Whether ``units`` of the limit could be spent."""
    try:
        await limiter.take("a", allowance, limit, units)
    except TooMuch:
        return False
    return True


async def settle(*limiters: Limiter) -> None:
    for limiter in limiters:
        await limiter.close()
