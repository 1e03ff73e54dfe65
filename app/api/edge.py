"""Around everything that answers: a request id, security headers, and a bare 500 for what nobody caught."""

from __future__ import annotations

import logging
import re
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.access.gate import allowances_left
from app.observe.logs import crash_of
from app.problems import InternalError, answer

REQUEST_ID = "X-Request-ID"
#: Where in the ASGI scope the request id is noted.
NOTED_ID = "netra.request_id"
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    # An answer is data: a browser that opens one is to load nothing, run nothing and show it in no other page.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}
#: The one page of ours that is a page, and off by default: what the framework's documentation page loads.
_DOCS_POLICY = (
    "default-src 'none'; connect-src 'self'; img-src https://fastapi.tiangolo.com data:; frame-ancestors 'none'; "
    "script-src https://cdn.jsdelivr.net 'unsafe-inline'; style-src https://cdn.jsdelivr.net"
)
_AS_SENT = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
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
        request_id = scope[NOTED_ID] = safe_request_id(headers.get(REQUEST_ID))
        status = 0

        async def stamped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _stamp(MutableHeaders(scope=message), scope, request_id)
            await send(message)

        try:
            await self.app(scope, receive, stamped)
        except ClientDisconnect:
            pass
        except Exception as error:
            _log.error(crash_of(error), extra={"request_id": request_id})
            # An answer already begun is left unfinished: the server then closes the connection.
            if not status:
                await answer(InternalError(), headers)(scope, receive, stamped)


def safe_request_id(given: str | None) -> str:
    """The caller's id if it is 1 to 64 plain characters, otherwise a new one."""
    return given if given and _SAFE_ID.fullmatch(given) else uuid4().hex


def _stamp(headers: MutableHeaders, scope: Scope, request_id: str) -> None:
    headers[REQUEST_ID] = request_id
    headers.update(allowances_left(scope))
    if scope["path"] == "/docs":
        headers.setdefault("Content-Security-Policy", _DOCS_POLICY)
    there = {name for name, _ in headers.raw}
    headers.raw.extend([header for header in _AS_SENT if header[0] not in there])
