"""Bodies: never more bytes than the cap, and only strict JSON."""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Coroutine, Iterable, Mapping
from functools import partial
from math import isinf
from typing import Any, TypeVar, cast

from anyio import move_on_after
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import request_response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.runtime import runtime_of
from app.faults import faults_in
from app.problems import BodyTooLarge, InvalidRequest, MalformedJson, UnsupportedMediaType, answer

MAX_DEPTH = 32
MAX_INT_DIGITS = 4300
#: Most arrays and objects of one document; eight megabytes of ``[],`` would hold the interpreter for a second.
MAX_CONTAINERS = 200_000
#: Most keys of one object; no object we know has half as many, and every unknown one costs an error.
MAX_KEYS = 64
#: A refused caller may still send so many times the limit, so many bytes at most, for so many seconds: many programs
#: send all of a body before they look for an answer, and would see the connection break instead of why.
REST, REST_BYTES, REST_SECONDS = 4, 32 * 1024 * 1024, 5.0
#: Bodies up to so many bytes are parsed on the event loop (a quarter of a millisecond), up to so many in the thread for
#: short acts, larger ones in a worker.
INLINE_BYTES, SHORT_BYTES = 16 * 1024, 256 * 1024

_M = TypeVar("_M", bound=BaseModel)
_JSON_TYPE = re.compile(r'application/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?', re.IGNORECASE)
# The closing quote is optional so that an unclosed string is read once, not once per quote in it.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


class BodyCap:
    """Plain ASGI middleware: refuses a body over ``limit`` bytes by its declared length, and while it arrives.

    ``others`` are the limits of single paths. The answer is sent before anything more is read.
    """

    def __init__(self, app: ASGIApp, limit: int, others: Mapping[str, int] | None = None) -> None:
        self.app = app
        self.limit = limit
        self._others = others or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its body counted; ``receive`` raises ``BodyTooLarge`` once past the limit."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers, limit = Headers(scope=scope), self._others.get(scope["path"], self.limit)
        body = _Body(receive, send, limit)
        length = headers.get("content-length", "0")
        if _declares_more(length, limit):
            hopeless = _declares_more(length, body.most_read)
            await answer(BodyTooLarge(limit=limit), headers)(scope, receive, send if hopeless else body.answered)
        else:
            await self.app(scope, body.counted, body.answered)


class _Body:
    """A body on its way, its bytes counted; one that is refused is read on for a while, and thrown away."""

    def __init__(self, receive: Receive, send: Send, limit: int) -> None:
        self._receive, self._send, self._limit = receive, send, limit
        self.most_read = limit + min(REST * limit, REST_BYTES)
        self._arrived, self._more, self._refused = 0, True, False

    async def counted(self) -> Message:
        """What arrived next. Raises ``BodyTooLarge`` once past the limit."""
        message = await self._next()
        if self._arrived > self._limit:
            raise BodyTooLarge(limit=self._limit)
        return message

    async def answered(self, message: Message) -> None:
        """Send on. A refusal is sent at once; its end, after which the server hangs up, when no more is to come."""
        if message["type"] == "http.response.start":
            self._refused = message["status"] == BodyTooLarge.status
        elif self._refused and self._more and not message.get("more_body", False):
            await self._send({**message, "more_body": True})
            await self._read_rest()
            message = {"type": "http.response.body", "body": b""}
        await self._send(message)

    async def _read_rest(self) -> None:
        with move_on_after(REST_SECONDS):
            while self._more and self._arrived <= self.most_read:
                await self._next()

    async def _next(self) -> Message:
        message = await self._receive()
        self._arrived += len(message.get("body", b""))
        self._more = message.get("more_body", False)
        return message


def _declares_more(length: str, limit: int) -> bool:
    return length.isdecimal() and (len(length) > 18 or int(length) > limit)


def strict_json(raw: bytes) -> object:
    """The value of a JSON document in UTF-8.

    Raises ``MalformedJson`` for bad UTF-8 or syntax, NaN and infinities (``1e400`` too), integers over
    ``MAX_INT_DIGITS`` digits, lone surrogates, repeated keys, over ``MAX_KEYS`` keys, over ``MAX_DEPTH`` levels
    and over ``MAX_CONTAINERS`` arrays and objects.
    """
    openings = _openings(raw)
    if openings > MAX_CONTAINERS and _openings(_STRING.sub(b"", raw)) > MAX_CONTAINERS:
        raise MalformedJson(reason="too_many_values")
    try:
        text = raw.decode("utf-8")
        value = _DECODER.decode(text)
    except UnicodeDecodeError:
        raise MalformedJson(reason="encoding") from None
    except RecursionError:
        raise MalformedJson(reason="depth") from None
    except ValueError:
        raise MalformedJson(reason="encoding" if raw.startswith(BOM_UTF8) else "syntax") from None
    if openings > MAX_DEPTH and _is_deep(value):
        raise MalformedJson(reason="depth")
    if _SURROGATE_ESCAPE.search(text):
        _refuse_surrogates(value)
    return value


def _openings(raw: bytes) -> int:
    return raw.count(b"[") + raw.count(b"{")


def _is_deep(value: object) -> bool:
    level = _containers([value])
    for _ in range(MAX_DEPTH):
        level = [child for parent in level for child in _containers(parent)]
    return bool(level)


def _containers(parent: Iterable[object]) -> list[Iterable[object]]:
    children = parent.values() if isinstance(parent, dict) else parent
    return [child for child in children if isinstance(child, dict | list)]


def _refuse_surrogates(value: object) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise MalformedJson(reason="surrogate") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > MAX_KEYS:
        raise MalformedJson(reason="too_many_keys")
    found = dict(pairs)
    if len(found) != len(pairs):
        raise MalformedJson(reason="duplicate_key")
    return found


def _integer(digits: str) -> int:
    if len(digits) > MAX_INT_DIGITS:
        raise MalformedJson(reason="number")
    return int(digits)


def _float(digits: str) -> float:
    value = float(digits)
    if isinf(value):
        raise MalformedJson(reason="number")
    return value


def _constant(name: str) -> float:
    raise MalformedJson(reason="number")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant)


class JsonRequest(Request):
    """A request whose body was read and parsed already."""

    def __init__(self, request: Request, raw: bytes, value: object) -> None:
        super().__init__(request.scope, request.receive)
        self._raw, self._value = raw, value

    async def body(self) -> bytes:
        """The body as sent."""
        return self._raw

    async def json(self) -> object:
        """The body as parsed."""
        return self._value


class JsonRoute(APIRoute):
    """A route that takes nothing but strict JSON; use it for every route with a body."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler, handed a body that was read and parsed by our own rules."""
        handle = super().get_route_handler()

        async def strict(request: Request) -> Response:
            return await handle(JsonRequest(request, *await _read(request)))

        return strict


class ActRoute(JsonRoute):
    """A route that takes a body and, of all headers, none but the language: ``endpoint(request, body, language)``.

    FastAPI describes it, but does not look in each request for whatever a route may want: that takes a tenth of the
    time of an answer. Nor does it keep what nobody here asks to be closed. An error of the body is the same problem as
    FastAPI would make of it.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:  # noqa: ANN401 - as FastAPI has it
        super().__init__(path, endpoint, **options)
        self.app = request_response(self.get_route_handler())

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The endpoint, handed its body out of our own reading of it."""
        [body] = self.dependant.body_params
        model = cast(type[BaseModel], body.field_info.annotation)
        answer_to = self.endpoint

        async def direct(request: Request) -> Response:
            _, value = await _read(request)
            read: Response = await answer_to(request, read_body(model, value), request.headers.get("accept-language"))
            return read

        return direct


def read_body(model: type[_M], value: object) -> _M:
    """The value of a body as ``model``. Raises ``InvalidRequest``."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise InvalidRequest(faults_in(error)) from None


async def _read(request: Request) -> tuple[bytes, object]:
    """The body as sent and as parsed. Raises ``UnsupportedMediaType`` and ``MalformedJson``."""
    _require_json(request.headers)
    raw = await received(request)
    return raw, await _parse(request, raw)


async def received(request: Request) -> bytes:
    """What ``request.body()`` gives, without its two generators. Raises ``ClientDisconnect``."""
    parts, more = list[bytes](), True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


async def _parse(request: Request, raw: bytes) -> object:
    if len(raw) <= INLINE_BYTES:
        return strict_json(raw)
    runtime = runtime_of(request)
    lane = runtime.short if len(raw) <= SHORT_BYTES else runtime.workers
    return await lane.run(partial(strict_json, raw))


def _require_json(headers: Headers) -> None:
    plain = headers.get("content-encoding", "identity").lower() == "identity"
    if not plain or not _JSON_TYPE.fullmatch(headers.get("content-type", "").strip()):
        raise UnsupportedMediaType()
