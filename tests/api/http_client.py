"""A synchronous client that runs an app, lifespan and all, on an event loop of its own."""

from __future__ import annotations

import asyncio
import atexit
import shutil
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
import uvicorn
from fakes import FICTIONAL, FakeScorer
from fastapi import FastAPI

from app.access.keys import create_key
from app.access.scopes import SCOPES
from app.main import create_app
from app.scoring.types import Scorer
from app.settings import Settings, default_settings
from app.store import open_store

T = TypeVar("T")
JSON = {"Content-Type": "application/json"}
#: Where every app of these tests keeps its store, unless a test says otherwise.
STATE = Path(mkdtemp(prefix="netra-api-tests-"))
atexit.register(shutil.rmtree, STATE, ignore_errors=True)


class Api:
    """``with Api(app) as api: api.post("/classify", {...})``. Errors that escape the app fail the test."""

    def __init__(self, app: FastAPI, key: str | None = None) -> None:
        self.app = app
        self._runner = asyncio.Runner()
        self._lifespan = app.router.lifespan_context(app)
        transport = httpx.ASGITransport(app)
        headers = {"X-API-Key": api_key() if key is None else key}
        self.client = httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers)

    def __enter__(self) -> Self:
        self.run(self._lifespan.__aenter__())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.run(self._lifespan.__aexit__(kind, error, tb))
        self.run(self.client.aclose())
        self._runner.close()

    def run(self, work: Awaitable[T]) -> T:
        async def awaited() -> T:
            return await work

        return self._runner.run(awaited())

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.run(self.client.get(path, headers=_dashed(headers)))

    def post(self, path: str, body: object, **headers: str) -> httpx.Response:
        return self.run(self.client.post(path, json=body, headers=_dashed(headers)))

    def send(self, path: str, content: bytes | str, headers: dict[str, str] | None = None) -> httpx.Response:
        """POST ``content`` untouched, as JSON unless ``headers`` say otherwise."""
        sent = JSON if headers is None else headers
        return self.run(self.client.post(path, content=content, headers=sent))


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


async def while_served(app: Any, socket: Path, work: Callable[[StreamReader, StreamWriter], Awaitable[T]]) -> T:
    """What ``work`` finds on a connection to an app behind the server that runs it."""
    server = uvicorn.Server(uvicorn.Config(app, uds=str(socket), lifespan="off", log_config=None))
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0)
    reader, writer = await asyncio.open_unix_connection(str(socket))
    try:
        return await work(reader, writer)
    finally:
        writer.close()
        server.should_exit = True
        await running


def make_api(scorer: Scorer | None = None, load: Callable[[Settings], Scorer] | None = None, **settings: Any) -> Api:
    """An app with ``scorer`` (the fake one by default) or ``load``, under the default settings but for those given.

    It reads the fictional watchlists, which takes a fraction of the time of the shipped ones.
    """
    return Api(create_app(settings_with(**settings), load or (lambda _: scorer or FakeScorer())))


def settings_with(**settings: Any) -> Settings:
    """The default settings but for those given, with a store and watchlists of these tests' own.

    No bundle is active: the fake scorer comes from none.
    """
    own = {"state_dir": STATE, "watchlists_dir": FICTIONAL, "models_dir": STATE / "models"}
    return Settings(**{**default_settings().model_dump(), **own, **settings})


@cache
def api_key() -> str:
    """A key for everything, without limits, in the store of these tests."""
    store = open_store(settings_with())
    with store.begin() as tx:
        key = create_key(tx, "uji", SCOPES, requests_per_minute=0, items_per_day=0)
    store.close()
    return key


def problem(response: httpx.Response) -> dict[str, Any]:
    """The problem in ``response``, with everything that is true of each."""
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == response.status_code >= 400
    assert body["title"]
    body["slug"] = body["type"].removeprefix("urn:problem-type:netra:")
    assert body["slug"] != body["type"]
    return body


def but_for_policy(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without its rules: documented ones show a single row, so that they do not change with the rules."""
    return {key: value for key, value in answer.items() if key != "policy"}
