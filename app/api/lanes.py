"""Where one act is scored: on the event loop, in the thread for short acts, or among the batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from app.api.runtime import Runtime
from app.api.schemas import TEXTS, ClassifyRequest
from app.text.runs import unread

#: An act of so many code points, of which so many stand in words never met before, keeps the event loop from others for
#: less than five milliseconds on a core of its own, however it was made up (docs/hardening.md).
INLINE_CHARS, INLINE_UNREAD = 200, 24
#: Longer acts wait among the batches.
SHORT_CHARS = 2_000
_T = TypeVar("_T")


async def run_in_lane(runtime: Runtime, act: ClassifyRequest, work: Callable[[], _T], *, writes: bool) -> _T:
    """The result of ``work`` on ``act``. ``writes``: it waits for a database. Raises ``Busy`` when too many wait."""
    if writes or act.chars > SHORT_CHARS:
        return await runtime.workers.run(work)
    if not is_light(runtime, act):
        return await runtime.short.run(work)
    await runtime.turns.mine()
    return work()


def is_light(runtime: Runtime, act: ClassifyRequest) -> bool:
    """Whether the event loop may read an act. Raises ``WatchlistsUnavailable``."""
    if act.chars > INLINE_CHARS:
        return False
    matcher = runtime.need_watchlists().scope(act.election, act.region).matcher
    given = [text for field in TEXTS if (text := getattr(act, field))]
    return sum([unread(text, matcher) for text in given]) <= INLINE_UNREAD
