"""The outermost layer: a request id, security headers, one log line, and a bare 500 for what nobody caught."""

from __future__ import annotations

import logging
import re
from time import perf_counter
from traceback import walk_tb
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.problems import InternalError, answer

REQUEST_ID = "X-Request-ID"
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SAFE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_log = logging.getLogger("netra.http")


class Edge:
    """Plain ASGI middleware around everything else."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; never raises for HTTP."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        request_id = safe_request_id(headers.get(REQUEST_ID))
        began, status = perf_counter(), 0

        async def stamped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _stamp(MutableHeaders(scope=message), request_id)
            await send(message)

        try:
            await self.app(scope, receive, stamped)
        except ClientDisconnect:
            status = 499
        except Exception as error:
            _log.error("%s request_id=%s", crash_of(error), request_id)
            # An answer already begun is left unfinished: the server then closes the connection.
            if not status:
                await answer(InternalError(), headers)(scope, receive, stamped)
        _log_request(scope, status, perf_counter() - began, request_id)


def safe_request_id(given: str | None) -> str:
    """The caller's id if it is 1 to 64 plain characters, otherwise a new one."""
    return given if given and _SAFE_ID.fullmatch(given) else uuid4().hex


def _stamp(headers: MutableHeaders, request_id: str) -> None:
    headers[REQUEST_ID] = request_id
    for name, value in SECURITY_HEADERS.items():
        headers.setdefault(name, value)


def _log_request(scope: Scope, status: int, seconds: float, request_id: str) -> None:
    """Method and path come from our own tables, never from the request: either may carry a post."""
    method = scope["method"] if scope["method"] in _METHODS else "-"
    route = getattr(scope.get("route"), "path", "-")
    _log.info("%s %s %d %.1fms request_id=%s", method, route, status, seconds * 1000, request_id)


def crash_of(error: Exception) -> str:
    """Type and places of an error for the log, without its message: that may quote a post."""
    places = [f"{frame.f_globals.get('__name__', '?')}:{line}" for frame, line in walk_tb(error.__traceback__)]
    return f"{type(error).__name__} at {' > '.join(places[-6:])}"
