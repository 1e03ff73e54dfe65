"""Under /konsol a problem is a page: what went wrong, what to do now, and nothing that was sent. Plain ASGI."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.access.session import is_console
from app.problems import MEDIA_TYPE, URN, Problem, all_problems
from app.web.places import HOME, LOGIN, place_of
from app.web.render import page
from app.web.wordbook import language_at

#: What a page says to do now, by status; the others say ``problem.other``.
_HINTS: Final = {
    401: "problem.login",
    403: "problem.forbidden",
    404: "problem.absent",
    409: "problem.conflict",
    410: "problem.erased",
    413: "problem.large",
    422: "problem.invalid",
    429: "problem.wait",
    503: "problem.wait",
}


class ProblemPages:
    """Outermost but for nothing: everything else goes on to see problems as problems."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; a problem for a reader of the console becomes a page or the way to log in."""
        if scope["type"] != "http" or not is_console(scope["path"]):
            await self.app(scope, receive, send)
            return
        held: Message | None = None
        body = b""

        async def shown(message: Message) -> None:
            nonlocal held, body
            if message["type"] == "http.response.start" and _is_problem(message):
                held = message
            elif held is None:
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body"):
                    await _page_of(scope, held, body)(scope, receive, send)

        await self.app(scope, receive, shown)


@lru_cache(maxsize=1)
def _kinds() -> dict[str, type[Problem]]:
    return {URN + kind.slug: kind for kind in all_problems()}


def _is_problem(start: Message) -> bool:
    return Headers(raw=start["headers"]).get("content-type", "") == MEDIA_TYPE


def _page_of(scope: Scope, start: Message, body: bytes) -> Response:
    connection, sent = HTTPConnection(scope), Headers(raw=start["headers"])
    if start["status"] == 401 and scope["method"] in ("GET", "HEAD"):
        return RedirectResponse(f"{LOGIN}?ke={quote(place_of(connection))}", 303, _kept(sent))
    kind = _kinds()[json.loads(body)["type"]]
    title = kind.title_en if language_at(connection) == "en" else kind.title_id
    hint = _HINTS.get(start["status"], "problem.other")
    status, request_id = start["status"], sent.get("x-request-id", "-")
    values = {
        "here": HOME,
        "title": title,
        "hint": hint,
        "code": status,
        "request_id": request_id,
        "login": status == 401,
    }
    made = page(connection, "problem.html", status=status, **values)
    for name, value in _kept(sent).items():
        MutableHeaders(raw=made.raw_headers).setdefault(name, value)
    return made


def _kept(sent: Headers) -> dict[str, str]:
    """Headers of the problem that are true of its page too."""
    left_out = ("content-type", "content-length", "content-language", "content-security-policy")
    return {name: value for name, value in sent.items() if name not in left_out}
