"""Take over a model that was activated, beside the requests and never in one."""

from __future__ import annotations

import anyio.to_thread
from starlette.datastructures import State

from app.api.runtime import Runtime
from app.memory import give_back
from app.pausing import pause
from app.scoring.store import ModelStore


async def follow(store: ModelStore, state: State, seconds: float) -> None:
    """Replace ``state.runtime`` each time the store has news, looking every so many ``seconds``; ends when cancelled.

    Models are loaded in a thread. Requests that began with the runtime of before end with it, and with them the model.
    """
    exchanged = False
    while store.follows:
        await pause(seconds)
        if exchanged:  # by now no request has the former model any more
            await anyio.to_thread.run_sync(give_back)
        exchanged = await anyio.to_thread.run_sync(store.refresh)
        if exchanged:
            runtime: Runtime = state.runtime
            state.runtime = runtime.answering_with(store)
            del runtime  # or the former model would stay until the next look
