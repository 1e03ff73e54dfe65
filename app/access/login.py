"""Logging in at the console with a key, and how often that may fail."""

from __future__ import annotations

from typing import Final

from app.access.gate import Access
from app.access.limits import Allowance, Ask, Grant, Wish
from app.access.session import Session
from app.problems import KeyRefused, RateLimited

FAILED: Final = Allowance("failed logins", 60, RateLimited)
#: Logins that may fail in a minute, all together and in each process.
MOST_FAILED: Final = 30
_ANYBODY: Final = "-"


async def log_in(access: Access, key: str) -> Session:
    """The session of whoever holds ``key``. Raises ``KeyRefused``, ``StoreDown``, and ``RateLimited`` for a failure.

    A right key is let in however often others fail: its 256 bits cannot be tried out, and a lock that shuts would be a
    way to keep officers out.
    """
    try:
        caller = await access.ring.admit(key)
    except KeyRefused:
        await access.strangers.take(_ANYBODY, FAILED, MOST_FAILED, 1)
        raise
    return access.sessions.begin(caller.key_id)


def in_memory() -> Ask:
    """Grants units of the present period out of nothing but this process; strangers have no row in the database."""
    used: dict[tuple[str, str], tuple[int, int]] = {}

    async def ask(wish: Wish) -> Grant:
        period, spent = used.get((wish.key_id, wish.allowance), (wish.period, 0))
        left = wish.limit - (spent if period == wish.period else 0)
        units = min(left, wish.want) if left >= wish.need else 0
        used[wish.key_id, wish.allowance] = wish.period, wish.limit - left + units
        return Grant(units, left - units)

    return ask
