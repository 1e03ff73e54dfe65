"""How much a key may use, correct over all processes that share a database.

What was used in a period is one row, and a process takes from it a *lease*: some units at once, spent in memory without
asking again. So a limit is never exceeded. What a process has leased and not spent is missing for the others: at most
1.5 leases of ``limit / LEASES`` units each, and a process that ends takes its own along. With ``n`` processes a key is
refused at the earliest when all but ``(n - 1) * 0.75 %`` of its limit (at least a unit each) is spent.
Periods are those of the clock; a lease ends with its period. Around the border of two of them twice a limit may be
spent within one length of a period.

While the database does not answer, nothing is refused: limits are about fairness, and a service that stops on an
election night is worse than one that counts too little for a while. If it only answers late, what was spent meanwhile
is paid then.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from math import ceil
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.access.tables import ApiUsage
from app.problems import QuotaSpent, RateLimited, TooMuch
from app.store import insert_if_absent, slug_of

#: Leases into which a limit is cut.
LEASES = 200
#: Seconds during which nothing is counted after the database failed to answer.
BLIND_SECONDS = 1.0
#: Seconds that a request waits for a lease; then it counts as not answered.
PATIENCE = 1.0

_log = logging.getLogger("netra.access")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a key may use that has no limits of its own; 0 means no limit."""

    requests_per_minute: int
    items_per_day: int


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many units in each period of ``seconds``."""

    name: str
    seconds: int
    problem: type[TooMuch]


REQUESTS: Final = Allowance("requests", 60, RateLimited)
ITEMS: Final = Allowance("items", 86_400, QuotaSpent)


@dataclass(frozen=True, slots=True)
class Wish:
    """Units that one process asks for: ``need`` or nothing, up to ``want``."""

    key_id: str
    allowance: str
    period: int
    limit: int
    need: int
    want: int


@dataclass(frozen=True, slots=True)
class Grant:
    """Units given, and how many are left in the period for anybody."""

    units: int
    left: int


def grant(tx: Session, wish: Wish) -> Grant:
    """Take units of a period out of the database, all that are needed or none."""
    row = _row(tx, wish)
    left = max(0, wish.limit - row.used)
    units = min(left, wish.want) if left >= wish.need else 0
    row.used += units
    return Grant(units, left - units)


def _row(tx: Session, wish: Wish) -> ApiUsage:
    place = (wish.key_id, wish.allowance, wish.period)
    row = tx.get(ApiUsage, place, with_for_update=True)
    if row is not None:
        return row
    _begin_period(tx, wish)
    return tx.get_one(ApiUsage, place, with_for_update=True)


def _begin_period(tx: Session, wish: Wish) -> None:
    """A row for the new period; older ones but the last go (another host's clock may be a little behind)."""
    made = insert_if_absent(tx, ApiUsage, key_id=wish.key_id, allowance=wish.allowance, period=wish.period, used=0)
    if made:
        same = (ApiUsage.key_id == wish.key_id, ApiUsage.allowance == wish.allowance)
        tx.execute(delete(ApiUsage).where(*same, ApiUsage.period < wish.period - 1))


class Lease:
    """What this process may still spend of one key's allowance in one period."""

    __slots__ = (
        "allowance",
        "blind",
        "filling",
        "key_id",
        "left",
        "limit",
        "owed",
        "period",
        "pool",
        "retry_at",
        "size",
        "waiting",
    )

    def __init__(self, key_id: str, allowance: Allowance, limit: int, period: int) -> None:
        self.key_id, self.allowance, self.limit, self.period = key_id, allowance, limit, period
        self.size = max(1, limit // LEASES)
        self.left = self.waiting = 0  # units to spend, and units that callers wait for right now
        self.owed = 0  # units spent while an answer was late, to be paid when it comes
        self.pool: int | None = None  # what nobody had taken when last seen
        self.blind, self.retry_at = False, 0.0  # the database does not answer; when to ask again
        self.filling: asyncio.Task[None] | None = None

    @property
    def remaining(self) -> int:
        """Units left for anybody, as far as this process knows."""
        return max(0, self.left + (self.pool or 0) - self.owed)

    @property
    def asks(self) -> bool:
        """Whether the database is being asked for more."""
        return self.filling is not None and not self.filling.done()

    def spend(self, units: int) -> None:
        """Take what is left; of what is not, only what a late answer may still bring is owed."""
        if self.asks:
            self.owed += max(0, units - self.left)
        self.left = max(0, self.left - units)

    def receive(self, given: Grant) -> None:
        """Pay what is owed out of what the database gave."""
        self.left, self.pool, self.blind = self.left + given.units, given.left, False
        paid = min(self.left, self.owed)
        self.left, self.owed = self.left - paid, self.owed - paid

    def seconds_left(self, now: float) -> int:
        """Until all of the allowance is there again."""
        return ceil((self.period + 1) * self.allowance.seconds - now)


Ask = Callable[[Wish], Awaitable[Grant]]


class Limiter:
    """One per process, used on its event loop only. ``ask`` is ``grant`` in a transaction; it may fail."""

    def __init__(self, ask: Ask, clock: Callable[[], float] = time.time, patience: float = PATIENCE) -> None:
        self._ask, self._clock, self._patience = ask, clock, patience
        self._leases: dict[tuple[str, str], Lease] = {}

    async def take(self, key_id: str, allowance: Allowance, limit: int, units: int) -> Lease:
        """Spend ``units`` of a limit above 0. Raises the allowance's problem when that many are not left."""
        now = self._clock()
        lease = self._lease(key_id, allowance, limit, int(now // allowance.seconds))
        while lease.left < units and not lease.blind:
            if lease.pool is not None and lease.remaining < units:
                raise allowance.problem(retry_after=lease.seconds_left(now), limit=limit)
            await self._fill(lease, units)
        lease.spend(units)
        if lease.left < lease.size / 2 and lease.pool != 0 and now >= lease.retry_at:
            self._start(lease, 1)
        return lease

    async def close(self) -> None:
        """Wait until the database is asked for nothing more."""
        under_way = [lease.filling for lease in self._leases.values() if lease.filling]
        if under_way:
            await asyncio.wait(under_way)

    def _lease(self, key_id: str, allowance: Allowance, limit: int, period: int) -> Lease:
        place = (key_id, allowance.name)
        last = self._leases.get(place)
        if last is not None and last.period == period and last.limit == limit:
            return last
        lease = self._leases[place] = Lease(key_id, allowance, limit, period)
        lease.filling = last.filling if last else None
        return lease

    async def _fill(self, lease: Lease, units: int) -> None:
        # Asked for together with the others', unless so much that it may be refused: the rest would lie unspent.
        joined = units if units <= lease.size else 0
        lease.waiting += joined
        try:
            _, late = await asyncio.wait([self._start(lease, units - lease.left + lease.owed)], timeout=self._patience)
        finally:
            lease.waiting -= joined
        lease.blind = lease.blind or bool(late)

    def _start(self, lease: Lease, need: int) -> asyncio.Task[None]:
        if lease.filling is None or not lease.asks:
            want = max(need, lease.size, lease.waiting)
            wish = Wish(lease.key_id, lease.allowance.name, lease.period, lease.limit, need, want)
            lease.filling = asyncio.create_task(self._read(lease, wish))
        return lease.filling

    async def _read(self, lease: Lease, wish: Wish) -> None:
        try:
            given = await self._ask(wish)
        except Exception as error:  # whatever it is, callers must not wait for ever
            lease.blind, lease.retry_at, lease.owed = True, self._clock() + BLIND_SECONDS, 0
            _log.error("limits not counted: %s", slug_of(error))
        else:
            lease.receive(given)


def rate_headers(leases: Collection[Lease], now: float) -> dict[str, str]:
    """What is left of allowances, as the IETF's draft on RateLimit headers (version 10) writes it."""
    policies = [f'"{of.allowance.name}";q={of.limit};w={of.allowance.seconds}' for of in leases]
    left = [f'"{of.allowance.name}";r={of.remaining};t={of.seconds_left(now)}' for of in leases]
    return {"RateLimit-Policy": ", ".join(policies), "RateLimit": ", ".join(left)}
