"""Worker threads whose queue can be seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from app.api.runtime import Workers
from app.observe.metrics import Metrics

_T = TypeVar("_T")


class WatchedWorkers(Workers):
    """As ``Workers``, counting what runs and what waits."""

    def __init__(self, threads: int, max_waiting: int, metrics: Metrics) -> None:
        super().__init__(threads, max_waiting)
        self._threads = threads
        self._metrics = metrics
        self._asked = 0

    async def run(self, work: Callable[[], _T]) -> _T:
        """The result of ``work``, run off the event loop. Raises ``Busy`` at once when the queue is full."""
        self._count(1)
        try:
            return await super().run(work)
        finally:
            self._count(-1)

    def _count(self, more: int) -> None:
        self._asked = asked = self._asked + more
        self._metrics.working.set(min(asked, self._threads))
        self._metrics.waiting.set(max(0, asked - self._threads))
