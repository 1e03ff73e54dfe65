"""Results of a function by argument, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

V = TypeVar("V")


class Memo(dict[str, V]):
    """``memo[text]`` is ``work(text)``, worked out once; when ``limit`` results are held, all are forgotten.

    Half the cost of :func:`functools.lru_cache` per hit. Threads may share it: at worst they work something out twice.
    """

    def __init__(self, work: Callable[[str], V], limit: int) -> None:
        super().__init__()
        self._work = work
        self._limit = limit

    def __missing__(self, text: str) -> V:
        value = self._work(text)
        if len(self) >= self._limit:
            self.clear()
        self[text] = value
        return value
