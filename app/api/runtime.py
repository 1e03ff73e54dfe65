"""What a running service holds: settings, scorer (or why there is none), watchlists and worker threads."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import anyio.to_thread
from anyio import CapacityLimiter
from starlette.requests import HTTPConnection

from app.policy.rules import Rules
from app.problems import Busy, ModelUnavailable, WatchlistsUnavailable
from app.scoring.history import Named
from app.scoring.store import Activations, ModelStore
from app.scoring.types import Scorer
from app.settings import Settings
from app.watchlists.lists import Watchlists

_T = TypeVar("_T")
#: Short acts that may wait for the one thread that reads those that are not light.
MAX_SHORT_WAITING = 256
#: Reasons of "not ready" that no model is the cause of.
NO_RULES, NO_WATCHLISTS = "rules-damaged", "watchlists-damaged"


class Workers:
    """A bounded number of threads with a bounded queue before them."""

    def __init__(self, threads: int, max_waiting: int) -> None:
        self._limiter = CapacityLimiter(threads)
        self._places = threads + max_waiting
        self._taken = 0

    async def run(self, work: Callable[[], _T]) -> _T:
        """The result of ``work``, run off the event loop. Raises ``Busy`` at once when the queue is full."""
        # Counted here, as the limiter takes a token only after a pause in which others may have asked too.
        if self._taken >= self._places:
            raise Busy
        self._taken += 1
        try:
            return await anyio.to_thread.run_sync(work, limiter=self._limiter)
        finally:
            self._taken -= 1


class Turns:
    """One piece of work in each turn of the event loop: whatever else waits for the loop gets its turn in between."""

    def __init__(self) -> None:
        self._taken = False
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def mine(self) -> None:
        """Come back in a turn that nobody else has; first come, first served."""
        loop = asyncio.get_running_loop()
        if self._taken:
            called = loop.create_future()
            self._waiting.append(called)
            try:
                await called
            except asyncio.CancelledError:
                if called.done() and not called.cancelled():
                    self._call_next()
                raise
        self._taken = True
        # Called in the next turn, they come in the one after it: timers and sockets need two to be served.
        loop.call_soon(self._call_next)

    def _call_next(self) -> None:
        while self._waiting:
            called = self._waiting.popleft()
            if not called.done():
                called.set_result(None)
                return
        self._taken = False


@dataclass(frozen=True, slots=True)
class Runtime:
    """One state of the service; a request takes it once and ends with it, whatever is reloaded meanwhile.

    ``loaded`` is the model as it came from disk, out of ``bundle``, ``scorer`` the same reading with ``watchlists``.
    ``failure`` is a short machine word, set exactly when ``scorer`` is ``None``: a model, rules and watchlists are
    needed for one.
    """

    settings: Settings
    workers: Workers
    loaded: Scorer | None
    rules: Rules | None
    failure: str | None
    watchlists: Watchlists | None = None
    scorer: Scorer | None = None
    bundle: Named | None = None
    activations: Activations = field(default_factory=Activations)
    #: Of the acts that the event loop reads itself.
    turns: Turns = field(default_factory=Turns)
    #: Beside ``workers``, so that one post never waits behind a thousand.
    short: Workers = field(default_factory=lambda: Workers(1, MAX_SHORT_WAITING))

    def reading_with(self, lists: Watchlists) -> Runtime:
        """The same service with other watchlists."""
        if self.loaded is None or self.rules is None:
            return replace(self, watchlists=lists)
        return replace(self, watchlists=lists, scorer=self.loaded.with_watchlists(lists), failure=None)

    def answering_with(self, store: ModelStore) -> Runtime:
        """The same service with the model that ``store`` has now."""
        failure = store.failure or (NO_RULES if self.rules is None else NO_WATCHLISTS)
        changed = replace(
            self, loaded=store.scorer, scorer=None, bundle=store.bundle, failure=failure, activations=store.activations
        )
        return changed if self.watchlists is None else changed.reading_with(self.watchlists)

    @property
    def manifest(self) -> str | None:
        """SHA-256 of the manifest of the model, if it is known."""
        return self.bundle.manifest if self.bundle else None

    @property
    def folder(self) -> Path | None:
        """Where the bundle of the model lies, if it is known."""
        return self.settings.bundle(self.bundle.name) if self.bundle else None

    def need_scorer(self) -> Scorer:
        """The scorer; raises ``ModelUnavailable`` with the reason when there is none."""
        if self.scorer is None:
            raise ModelUnavailable(reason=self.failure)
        return self.scorer

    def need_watchlists(self) -> Watchlists:
        """The watchlists; raises ``WatchlistsUnavailable`` when none could be read."""
        if self.watchlists is None:
            raise WatchlistsUnavailable
        return self.watchlists

    def need_rules(self) -> Rules:
        """The rules; raises ``ModelUnavailable`` with the reason when there are none."""
        if self.rules is None:
            raise ModelUnavailable(reason=self.failure)
        return self.rules


def runtime_of(connection: HTTPConnection) -> Runtime:
    """The runtime of the app that serves ``connection``."""
    runtime: Runtime = connection.app.state.runtime
    return runtime
