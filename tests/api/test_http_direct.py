"""A body read without FastAPI is answered as FastAPI would: the same for what is right, the same problem for what is not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Header, Request
from fastapi.responses import JSONResponse
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.requests import ClientDisconnect
from starlette.types import Message

from app import problems
from app.api.body import ActRoute, JsonRoute, received
from app.api.schemas import BatchRequest, ClassifyRequest

Language = Annotated[str | None, Header()]
VALUE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from([*ClassifyRequest.model_fields, *BatchRequest.model_fields, "body", "query", ""])
BODY = VALUE | st.dictionaries(NAMES, VALUE | st.sampled_from(["like", "2031-11-03"]), max_size=5)


def both_ways() -> FastAPI:
    app = FastAPI()
    problems.install(app)
    for name, route_class in (("plain", JsonRoute), ("direct", ActRoute)):
        router = APIRouter(prefix=f"/{name}", route_class=route_class)

        @router.post("/one")
        async def one(request: Request, act: ClassifyRequest, accept_language: Language = None) -> Any:
            return JSONResponse([act.model_dump(), accept_language])

        @router.post("/many")
        async def many(request: Request, batch: BatchRequest, accept_language: Language = None) -> Any:
            return JSONResponse([batch.model_dump(), accept_language])

        app.include_router(router)
    return app


class Twice:
    """Sends everything to both."""

    def __init__(self, runner: asyncio.Runner) -> None:
        self._runner = runner
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(both_ways()), base_url="http://localhost")

    def sent(self, path: str, content: str, language: str | None = None) -> tuple[httpx.Response, httpx.Response]:
        headers = {"Content-Type": "application/json"} | ({"Accept-Language": language} if language is not None else {})
        ways = (f"/{way}/{path}" for way in ("plain", "direct"))
        plain, direct = (self._runner.run(self._client.post(way, content=content, headers=headers)) for way in ways)
        return plain, direct


@pytest.fixture(scope="module")
def twice() -> Iterator[Twice]:
    with asyncio.Runner() as runner:
        yield Twice(runner)


@given(value=BODY, path=st.sampled_from(["one", "many"]))
@example(value=None, path="one")
@example(value={"text": "a", "body": 1}, path="one")
@example(value={"text": "a", "": 1, "id": 2}, path="one")
@example(value={"items": [{"text": "a"}, 7], "explain": "x"}, path="many")
@example(value=[1], path="many")
def test_any_body_is_read_alike(twice: Twice, value: object, path: str) -> None:
    plain, direct = twice.sent(path, json.dumps(value))
    assert (direct.status_code, direct.content) == (plain.status_code, plain.content)
    assert direct.status_code in (200, 422)


@pytest.mark.parametrize("content", ["", "{", "nul", '{"text": NaN}', '{"text": "a", "text": "b"}'])
def test_what_is_no_json_is_refused_alike(twice: Twice, content: str) -> None:
    plain, direct = twice.sent("one", content)
    assert direct.status_code == 400
    assert direct.content == plain.content


@pytest.mark.parametrize("language", [None, "", "en", "id;q=0.5, en", "x" * 50])
def test_the_language_is_handed_on_alike(twice: Twice, language: str | None) -> None:
    plain, direct = twice.sent("one", '{"text": "a"}', language)
    assert direct.status_code == 200
    assert direct.json()[1] == plain.json()[1] == language


@given(parts=st.lists(st.binary(max_size=5), max_size=5), broken=st.booleans())
def test_a_body_is_received_as_starlette_has_it(parts: list[bytes], broken: bool) -> None:
    assert _received_by(received, parts, broken) == _received_by(Request.body, parts, broken)


def _received_by(
    read: Callable[[Request], Coroutine[Any, Any, bytes]], parts: list[bytes], broken: bool
) -> bytes | None:
    """The body, ``None`` where the caller hangs up before its end."""
    arriving = iter([{"type": "http.request", "body": part, "more_body": True} for part in parts])
    end = {"type": "http.disconnect" if broken else "http.request"}

    async def receive() -> Message:
        return next(arriving, end)

    try:
        return asyncio.run(read(Request({"type": "http", "headers": []}, receive)))
    except ClientDisconnect:
        return None
