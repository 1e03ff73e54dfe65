"""What uploads need of a running service: their folder, their runner, and an eye on what is too old to be kept."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

import anyio.to_thread
from fastapi import FastAPI
from starlette.requests import HTTPConnection, Request

from app.access.gate import access_of, caller_of
from app.access.limits import ITEMS
from app.access.service import store_of
from app.advice import Adviser
from app.api.items import desk_at
from app.api.runtime import Runtime, runtime_of
from app.observe.logs import crash_of
from app.review.files import FileIntake
from app.review.queue import Source
from app.settings import Settings
from app.web.uploads_files import Upload, UploadFolder
from app.web.uploads_receive import MAX_REST
from app.web.uploads_run import Charge, Runner, Tools

PATH: Final = "/konsol/unggahan"
#: Rows of a chunk: small enough that whoever wants a run to end does not wait.
CHUNK_ROWS: Final = 500
_HOUR: Final = 3600
_log = logging.getLogger("netra.uploads")


@dataclass(frozen=True, slots=True)
class Uploads:
    """At ``app.state.uploads`` while the service runs."""

    folder: UploadFolder
    runner: Runner
    settings: Settings


def body_limits(settings: Settings) -> dict[str, int]:
    """Largest body by path, where it is not that of all others."""
    return {PATH: settings.upload_max_bytes + MAX_REST} if settings.upload_max_bytes else {}


@asynccontextmanager
async def serving(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    """Uploads from the start of ``app`` to its end; what runs then is ended, to be gone on with."""
    folder = UploadFolder(settings.state_dir)
    app.state.uploads = found = Uploads(folder, Runner(folder, settings.upload_jobs), settings)
    sweeping = asyncio.create_task(_sweep(found))
    try:
        yield
    finally:
        sweeping.cancel()
        with suppress(asyncio.CancelledError):
            await sweeping
        # In a thread: what runs may be waiting for this loop to count its rows.
        await anyio.to_thread.run_sync(found.runner.close)


async def _sweep(uploads: Uploads) -> None:
    while True:
        try:
            removed = await anyio.to_thread.run_sync(uploads.folder.sweep, uploads.settings.upload_days)
        except OSError as error:
            _log.error("uploads are not removed: %s", crash_of(error))
        else:
            if removed:
                _log.info("uploads removed: %d", removed)
        await asyncio.sleep(_HOUR)


def uploads_of(connection: HTTPConnection) -> Uploads:
    """The uploads of the app that serves ``connection``."""
    uploads: Uploads = connection.app.state.uploads
    return uploads


def tools_for(request: Request, upload: Upload, charge: Charge) -> Tools:
    """What an upload is scored with, for the caller. Raises ``ModelUnavailable`` and ``WatchlistsUnavailable``."""
    from app.batch.options import ScoreOptions

    runtime = runtime_of(request)
    scorer, lists = runtime.need_scorer(), runtime.need_watchlists()
    options = ScoreOptions(
        text_column=upload.text_column,
        default_action=upload.action,
        default_election=upload.election,
        default_platform=upload.platform,
        advise=Adviser(lists),
        chunk_rows=CHUNK_ROWS,
    )
    intake = _intake(request, runtime) if upload.queue else None
    return Tools(scorer, f"{runtime.manifest}+{scorer.info.version}+{lists.version}", options, intake, charge)


def _intake(request: Request, runtime: Runtime) -> FileIntake:
    scorer = runtime.need_scorer()
    source = Source(scorer.info, runtime.manifest, runtime.need_watchlists())
    caller = caller_of(request)
    return FileIntake(store_of(request), desk_at(request), source, scorer, runtime.need_rules(), caller.key_id)


def charge_of(request: Request) -> Charge:
    """Counts rows on the caller's day, from any thread but that of the event loop, which has to run meanwhile."""
    access, caller, loop = access_of(request.scope), caller_of(request), asyncio.get_running_loop()

    def charge(rows: int) -> None:
        # A scope of its own: the request that began it has been answered long ago.
        spent = access.spend({"type": "http"}, caller, ITEMS, rows)
        asyncio.run_coroutine_threadsafe(spent, loop).result()

    return charge
