"""Around everything else: one log line and one count for each request. Plain ASGI."""

from __future__ import annotations

import re
from collections.abc import Sequence
from time import perf_counter
from typing import Any, Final

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.access.gate import CALLER
from app.access.routes import CONSOLE, NEEDS, OPEN
from app.api.edge import NOTED_ID
from app.api.runtime import Runtime
from app.observe.observer import Observer
from app.problems import URN
from app.scoring.types import Item, Verdict

#: Where in the ASGI scope the notes on a request are.
NOTES: Final = "netra.notes"
#: What stands for a method or route that is none of ours: the real one may carry a post.
NONE_OF_OURS: Final = "-"
#: The caller hung up before there was an answer.
HUNG_UP: Final = 499

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_ALL_PATHS = (route.partition(" ")[2] for route in (*NEEDS, *CONSOLE, *OPEN))
_PLAIN_ROUTES = frozenset(path for path in _ALL_PATHS if "{" not in path)
_PROBLEM = re.compile(rb'\{"type":"' + re.escape(URN.encode()) + rb'([a-z-]{1,40})"')


class Notes:
    """What a request turned out to be; filled in on the way, read when it is over."""

    __slots__ = ("_observer", "fields", "problem", "status")

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self.status = 0
        self.problem: str | None = None
        self.fields: dict[str, Any] = {}

    def judged(self, runtime: Runtime, items: Sequence[Item], verdicts: Sequence[Verdict]) -> None:
        """Note what was judged, and by what. Called once at most, by whichever thread judged."""
        bands = [verdict.band for verdict in verdicts]
        self.fields = {
            "items": len(items),
            "flagged": bands.count("flag"),
            "review": bands.count("review"),
            "undecided": bands.count("undecided"),
            "model": runtime.scorer.info.version if runtime.scorer else None,
            "policy": runtime.rules.version if runtime.rules else None,
            "watchlist": runtime.watchlists.version if runtime.watchlists else None,
        }
        self._observer.judged(items, verdicts)


def notes_of(connection: HTTPConnection) -> Notes:
    """The notes on the request of ``connection``."""
    notes: Notes = connection.scope[NOTES]
    return notes


class Watch:
    """The outermost layer; what it sees of a request is what the caller got."""

    def __init__(self, app: ASGIApp, observer: Observer) -> None:
        self.app = app
        self._observer = observer
        self._metrics = observer.metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and note how it went."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        notes = scope[NOTES] = Notes(self._observer)
        began = perf_counter()
        self._observer.in_flight += 1

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                notes.status = message["status"]
            elif notes.status >= 400 and notes.problem is None:
                notes.problem = problem_in(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            self._observer.in_flight -= 1
            self._close(scope, notes, perf_counter() - began)

    def _close(self, scope: Scope, notes: Notes, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else NONE_OF_OURS
        route, status = route_of(scope), notes.status or HUNG_UP
        self._metrics.answered(route, method, status, seconds, notes.problem)
        fields: dict[str, Any] = {
            "request_id": scope.get(NOTED_ID),
            "method": method,
            "route": route,
            "status": status,
            "milliseconds": round(seconds * 1000, 2),
        }
        if CALLER in scope:
            fields["key"] = scope[CALLER].key_id
        if notes.problem:
            fields["problem"] = notes.problem
        self._observer.log.info("request", **fields, **notes.fields)
        if self._observer.traces is not None:
            self._observer.traces.note({**fields, **notes.fields}, seconds)


def route_of(scope: Scope) -> str:
    """The route as our own tables write it, never the path that was sent."""
    template = getattr(scope.get("route"), "path", None)
    if template is not None:
        return str(template)
    return scope["path"] if scope["path"] in _PLAIN_ROUTES else NONE_OF_OURS


def problem_in(body: bytes) -> str | None:
    """Name of the problem that an answer of ours holds."""
    found = _PROBLEM.match(body)
    return found[1].decode() if found else None
