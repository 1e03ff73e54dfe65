"""The service: ``uvicorn app.main:create_app --factory``."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from starlette.types import Lifespan

from app import __version__, problems
from app.api import classify, health, info
from app.api.body import BodyCap
from app.api.edge import Edge, crash_of
from app.api.runtime import Runtime, Workers
from app.scoring.errors import ModelError
from app.scoring.types import Scorer
from app.settings import Settings

LoadScorer = Callable[[Settings], Scorer]

#: Reasons of "not ready" that no ``ModelError`` names.
STARTING, LOADER_CRASHED = "starting", "model-loader-crashed"
_log = logging.getLogger("netra.main")


def create_app(settings: Settings | None = None, load_scorer: LoadScorer | None = None) -> FastAPI:
    """The app; ``settings`` default to the environment, ``load_scorer`` to the active model bundle.

    The scorer is loaded at start. If that fails the app runs on without: live, not ready, and no verdicts.
    """
    settings = settings or Settings()
    load = load_scorer or load_active_scorer

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        _set_up_logging(settings)
        app.state.runtime = start(settings, load)
        yield

    app = _bare_app(settings.docs_enabled, lifespan)
    app.state.runtime = _runtime(settings, None, STARTING)
    problems.install(app)
    for router in (classify.router, health.router, info.router):
        app.include_router(router)
    app.add_middleware(BodyCap, limit=settings.max_body_bytes)
    app.add_middleware(Edge)  # the last added is the outermost
    return app


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
    """The scorer of the bundle that ``settings`` name. Raises ``ModelError`` if it cannot be trusted."""
    from app.scoring.bundle import load_active  # numpy and the word lists: only a service that scores needs them

    chosen = Path(settings.model or "")
    if len(chosen.parts) > 1:
        return load_active(chosen.parent, chosen.name)
    return load_active(settings.models_dir, settings.model)


def start(settings: Settings, load: LoadScorer) -> Runtime:
    """The runtime with its scorer, or with the reason why there is none. Never raises."""
    try:
        return _runtime(settings, load(settings), None)
    except ModelError as error:
        _log.error("no model: %s: %s", error.slug, error)
        return _runtime(settings, None, error.slug)
    except Exception as error:  # whatever is wrong with a model's files must not take /health down with it
        _log.error("no model: %s", crash_of(error))
        return _runtime(settings, None, LOADER_CRASHED)


def _runtime(settings: Settings, scorer: Scorer | None, failure: str | None) -> Runtime:
    return Runtime(settings, Workers(settings.workers, settings.max_waiting), scorer, failure)


def _set_up_logging(settings: Settings) -> None:
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("netra").setLevel(settings.log_level)
    # It prints whole addresses, and a caller may put a post into one; app.api.edge logs requests instead.
    logging.getLogger("uvicorn.access").disabled = True
