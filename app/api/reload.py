"""Take over watchlists that changed on disk, beside the requests and never in one."""

from __future__ import annotations

import anyio.to_thread
from starlette.datastructures import State

from app.api.runtime import Runtime
from app.pausing import pause
from app.watchlists.store import WatchlistStore

#: Seconds between two looks at the files.
POLL_SECONDS = 3.0


async def follow(store: WatchlistStore, state: State) -> None:
    """Replace ``state.runtime`` each time the store has new lists; ends when cancelled.

    Files are read in a thread. Requests that began with the runtime of before end with it.
    """
    while True:
        await pause(POLL_SECONDS)
        if await anyio.to_thread.run_sync(store.refresh) and store.lists is not None:
            runtime: Runtime = state.runtime
            state.runtime = runtime.reading_with(store.lists)
            del runtime  # or what is replaced meanwhile, a model say, would stay until the next change
