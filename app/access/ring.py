"""The keys a process knows: a copy of the table, so that no request waits for the database.

A copy answers for ``FRESH`` seconds. After that the next request has it renewed in the background; from ``STALE``
seconds on requests wait for the renewal. So the end of a key is in force everywhere within ``STALE`` seconds, as long
as the database answers within ``PATIENCE``. When it does not, known keys go on working without any waiting for
``GRACE`` seconds; then nobody is let in.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping

from app.access.keys import Caller, KnownKey, parts_of
from app.problems import KeyRefused, StoreDown
from app.store import slug_of

FRESH, STALE, PATIENCE, GRACE = 2.0, 5.0, 1.0, 600.0
#: An id that is not known has the copy renewed if it is older than this: how soon a new key works.
NEW_KEY = 0.5

_log = logging.getLogger("netra.access")
# Compared with when the id is unknown, so that the time an answer takes does not tell which ids exist.
_NOBODY = KnownKey(Caller("", "", frozenset()), bytes(16), bytes(32), 0.0, True)

Load = Callable[[], Awaitable[Mapping[str, KnownKey]]]


class KeyRing:
    """One per process, used on its event loop only. ``load`` reads all keys; it may fail."""

    def __init__(
        self,
        load: Load,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
        patience: float = PATIENCE,
    ) -> None:
        self._load, self._clock, self._now, self._patience = load, clock, now, patience
        self._keys: Mapping[str, KnownKey] = {}
        self._taken = float("-inf")
        self._renewal: asyncio.Task[None] | None = None
        self._troubled = False

    async def admit(self, text: str) -> Caller:
        """Whose key ``text`` is. Raises ``KeyRefused`` with the reason, ``StoreDown`` when nobody can tell."""
        parts = parts_of(text)
        if parts is None:
            raise KeyRefused(reason="malformed")
        key_id, secret = parts
        return self._judge(await self._look_up(key_id) or _NOBODY, secret)

    async def readmit(self, key_id: str) -> Caller:
        """Who holds the key that a session began with. Raises as ``admit``, once the key has ended."""
        key = await self._look_up(key_id)
        if key is None:
            raise KeyRefused(reason="unknown")
        return self._valid(key)

    def fill(self, keys: Mapping[str, KnownKey]) -> None:
        """Know ``keys``, read just now."""
        self._keys, self._taken, self._troubled = keys, self._clock(), False

    async def renew(self) -> None:
        """Take a new copy; waits at most ``PATIENCE`` for it. A failure is logged and the old copy kept."""
        # Waiting this way, a caller who hangs up does not stop it for the others.
        _, late = await asyncio.wait([self._start()], timeout=0 if self._troubled else self._patience)
        self._troubled = self._troubled or bool(late)

    async def close(self) -> None:
        """Wait until no renewal is under way."""
        if self._renewal is not None:
            await asyncio.wait([self._renewal])

    def _judge(self, key: KnownKey, secret: str) -> Caller:
        if not key.matches(secret):
            raise KeyRefused(reason="unknown")
        return self._valid(key)  # only who holds the secret learns how the key ended

    def _valid(self, key: KnownKey) -> Caller:
        if key.revoked:
            raise KeyRefused(reason="revoked")
        if key.expires_at <= self._now():
            raise KeyRefused(reason="expired")
        return key.caller

    async def _look_up(self, key_id: str) -> KnownKey | None:
        age = self._clock() - self._taken
        if age >= FRESH:
            await self._refresh(age)
        if key_id not in self._keys:
            await self._look_for_new()
        return self._keys.get(key_id)

    async def _refresh(self, age: float) -> None:
        if age < STALE:
            self._start()
            return
        await self.renew()
        if self._clock() - self._taken > GRACE:
            raise StoreDown

    async def _look_for_new(self) -> None:
        if self._clock() - self._taken > NEW_KEY:
            await self.renew()
            if self._troubled:
                raise StoreDown

    def _start(self) -> asyncio.Task[None]:
        if self._renewal is None or self._renewal.done():
            self._renewal = asyncio.create_task(self._read())
        return self._renewal

    async def _read(self) -> None:
        began = self._clock()
        try:
            self._keys = await self._load()
        except Exception as error:  # whatever it is, callers must not wait for ever
            self._troubled = True
            _log.error("keys not renewed: %s", slug_of(error))
        else:
            self._taken, self._troubled = began, False
