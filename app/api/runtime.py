"""What a running service holds: its settings, its scorer (or why there is none) and its worker threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import anyio.to_thread
from anyio import CapacityLimiter
from starlette.requests import HTTPConnection

from app.problems import Busy, ModelUnavailable
from app.scoring.types import Scorer
from app.settings import Settings

_T = TypeVar("_T")


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


@dataclass(frozen=True, slots=True)
class Runtime:
    """``failure`` is a short machine word, set exactly when ``scorer`` is ``None``."""

    settings: Settings
    workers: Workers
    scorer: Scorer | None
    failure: str | None

    def need_scorer(self) -> Scorer:
        """The scorer; raises ``ModelUnavailable`` with the reason when there is none."""
        if self.scorer is None:
            raise ModelUnavailable(reason=self.failure)
        return self.scorer


def runtime_of(connection: HTTPConnection) -> Runtime:
    """The runtime of the app that serves ``connection``."""
    runtime: Runtime = connection.app.state.runtime
    return runtime
