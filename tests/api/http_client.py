"""A synchronous client that runs an app, lifespan and all, on an event loop of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
from fakes import FakeScorer
from fastapi import FastAPI

from app.main import create_app
from app.scoring.types import Scorer
from app.settings import Settings, default_settings

T = TypeVar("T")
JSON = {"Content-Type": "application/json"}


class Api:
    """``with Api(app) as api: api.post("/classify", {...})``. Errors that escape the app fail the test."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self._runner = asyncio.Runner()
        self._lifespan = app.router.lifespan_context(app)
        transport = httpx.ASGITransport(app)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://netra.test")

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


def make_api(scorer: Scorer | None = None, load: Callable[[Settings], Scorer] | None = None, **settings: Any) -> Api:
    """An app with ``scorer`` (the fake one by default) or ``load``, under the default settings but for those given."""
    chosen = Settings(**{**default_settings().model_dump(), **settings})
    return Api(create_app(chosen, load or (lambda _: scorer or FakeScorer())))


def problem(response: httpx.Response) -> dict[str, Any]:
    """The problem in ``response``, with everything that is true of each."""
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == response.status_code >= 400
    assert body["title"]
    body["slug"] = body["type"].removeprefix("urn:problem-type:netra:")
    assert body["slug"] != body["type"]
    return body
