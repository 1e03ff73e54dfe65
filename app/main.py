"""The service: ``uvicorn app.main:create_app --factory``."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.types import Lifespan

from app import __version__, problems
from app.access import service as access
from app.access.gate import Gate
from app.api import classify, health, info, items, model, reload, swap, watchlists
from app.api.body import BodyCap
from app.api.edge import Edge
from app.api.runtime import Runtime, Workers
from app.memory import brief, settle
from app.observe import logs
from app.observe.crew import WatchedWorkers
from app.observe.observer import Observer, watching
from app.observe.page import metrics_route
from app.observe.watch import Watch
from app.policy.errors import RulesError
from app.policy.rules import Rules, load_rules
from app.scoring.errors import ModelError
from app.scoring.store import LoadScorer, ModelStore
from app.scoring.types import Scorer
from app.settings import Settings
from app.watchlists.load import WATCHLIST_DIR
from app.watchlists.store import WatchlistStore
from app.web import uploads
from app.web.problempages import ProblemPages
from app.web.router import ROUTERS

#: Why nothing is ready before anything was loaded.
STARTING = "starting"
#: How long a thread that scores may keep the event loop waiting for its turn; Python's own 5 ms are felt by everybody.
SWITCH_SECONDS = 0.001
_API = (
    items.reading,
    items.writing,
    watchlists.router,
    model.router,
    health.router,
    info.router,
)
_log = logging.getLogger("netra.main")


def create_app(settings: Settings | None = None, load_scorer: LoadScorer | None = None) -> FastAPI:
    """The app; ``settings`` default to the environment, ``load_scorer`` to the active model bundle.

    Scorer, rules and watchlists are loaded at start. If that fails the app runs on without: live, not ready, and
    no verdicts. The watchlists are read again whenever their files change, the model when another is
    activated.
    """
    settings = settings or Settings()
    load = load_scorer or load_active_scorer
    observer = Observer(settings)
    workers = WatchedWorkers(settings.workers, settings.max_waiting, observer.metrics)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        logs.set_up(settings.log_level)
        sys.setswitchinterval(SWITCH_SECONDS)
        async with _reported(), access.serving(app, settings):
            store = WatchlistStore(settings.watchlists_dir or WATCHLIST_DIR)
            models = ModelStore(settings, load)
            app.state.runtime = start(settings, workers, models, store)
            settle()
            brief()
            async with (
                _beside(reload.follow(store, app.state)),
                _beside(swap.follow(models, app.state, settings.model_poll_seconds)),
                watching(app.state, observer),
                uploads.serving(app, settings),
            ):
                yield

    app = _bare_app(settings.docs_enabled, lifespan)
    app.state.runtime = Runtime(settings, workers, None, None, STARTING)
    problems.install(app)
    access.install(app)
    app.router.routes.extend(classify.router.routes)  # one that is included is looked through twice for each request
    for router in (*_API, *ROUTERS):
        app.include_router(router)
    app.router.routes.append(metrics_route(observer))
    app.add_middleware(BodyCap, limit=settings.max_body_bytes, others=uploads.body_limits(settings))
    app.add_middleware(Gate, settings=settings)
    app.add_middleware(Edge)
    app.add_middleware(Watch, observer=observer)
    app.add_middleware(ProblemPages)  # the last added is the outermost
    return app


@asynccontextmanager
async def _reported() -> AsyncIterator[None]:
    """What keeps the service from starting or stopping is in the log; of the server's report only the first word is."""
    try:
        yield
    except Exception:
        _log.critical("start or stop failed", exc_info=True)
        raise


@asynccontextmanager
async def _beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """``work`` goes on meanwhile and is ended at the end."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _bare_app(docs: bool, lifespan: Lifespan[FastAPI]) -> FastAPI:
    return FastAPI(
        title="Netra",
        version=__version__,
        description="Indicates campaign support in Indonesian social media acts; a person decides.",
        lifespan=lifespan,
        redirect_slashes=False,  # a redirect would repeat the caller's host and path
        docs_url="/docs" if docs else None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        generate_unique_id_function=lambda route: route.name,
        # It hands bodies, validation errors and exceptions, post text and all, to any OpenTelemetry around.
        telemetry={
            "tracing": False,
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "auto_configure": False,
        },
    )


def load_active_scorer(settings: Settings) -> Scorer:
    """The scorer of the bundle that ``settings`` name, with another in its shadow where they name one.

    Raises ``ModelError`` if it cannot be trusted. A shadow that cannot be trusted is logged and left out.
    """
    from app.scoring.shadow import shadowed

    champion = _load_bundle(settings.models_dir, settings.model)
    if settings.shadow_model is None:
        return champion
    try:
        return shadowed(champion, _load_bundle(settings.models_dir, settings.shadow_model), settings.shadow_share)
    except ModelError as error:
        _log.error("no shadow model: %s: %s", error.slug, error)
        return champion


def _load_bundle(models_dir: Path, name: str | None) -> Scorer:
    """The bundle of that name or path, or the active one."""
    from app.scoring.bundle import load_set  # numpy and the word lists: only a service that scores needs them

    return load_set(models_dir, name)


def start(settings: Settings, workers: Workers, models: ModelStore, store: WatchlistStore) -> Runtime:
    """The runtime with its scorer, rules and watchlists, or with the reason why there is none. Never raises."""
    models.start()
    store.refresh()
    runtime = Runtime(settings, workers, None, _load_rules(), STARTING, store.lists)
    return runtime.answering_with(models)


def _load_rules() -> Rules | None:
    """The rules that come with Netra, if they are sound."""
    try:
        return load_rules()
    except RulesError as error:
        _log.error("no rules: %s", error)
        return None
