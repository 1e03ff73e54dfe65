"""Which route needs which scope: the whole of it on one page. A route that is not here is not served.

``METHOD /path`` as the router writes it; ``HEAD`` goes with ``GET``. A test compares this page with the routers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

from starlette.routing import compile_path

from app.access.scopes import Scope
from app.problems import MethodNotAllowed, NotFound, Problem

#: What a route may need: a scope, or just any valid key, or nothing.
Need = Scope | Literal["any", "open"]

NEEDS: Final[Mapping[str, Scope | Literal["any"]]] = {
    "POST /classify": "classify",
    "POST /classify/batch": "classify",
    "GET /items": "review",
    "POST /items/next": "review",
    "GET /items/{id}": "review",
    "POST /items/{id}/decisions": "review",
    "POST /items/{id}/undo": "review",
    "POST /items/{id}/second": "review",
    "GET /items/{id}/evidence": "review",
    "GET /watchlists": "any",
    "GET /watchlists/{id}": "any",
    "GET /model/card": "any",
    "GET /metrics": "metrics",
    "GET /info": "any",  # versions and limits help a caller, and would help a stranger choose his attack
}

#: The console, for people: a session opens it, never a key. Scopes are those of the key that the session began with.
CONSOLE: Final[Mapping[str, Scope | Literal["any"]]] = {
    "GET /konsol": "any",
    "GET /konsol/": "any",
    "POST /konsol/keluar": "any",
    "GET /konsol/antrean": "review",
    "POST /konsol/antrean/ambil": "review",
    "GET /konsol/butir/{id}": "review",
    "POST /konsol/butir/{id}/ambil": "review",
    "POST /konsol/butir/{id}/putusan": "review",
    "POST /konsol/butir/{id}/batal": "review",
    "POST /konsol/butir/{id}/kedua": "review",
    "POST /konsol/butir/{id}/lepas": "review",
    "POST /konsol/butir/{id}/berkas": "review",
    "GET /konsol/beda": "review",
    "GET /konsol/coba": "classify",
    "POST /konsol/coba": "classify",
    "GET /konsol/model": "any",
    "GET /konsol/bantuan": "any",
    "GET /konsol/unggahan": "classify",
    "POST /konsol/unggahan": "classify",
    "GET /konsol/unggahan/{id}": "classify",
    "GET /konsol/unggahan/{id}/kemajuan": "classify",
    "GET /konsol/unggahan/{id}/hasil": "classify",
    "POST /konsol/unggahan/{id}/mulai": "classify",
    "POST /konsol/unggahan/{id}/berhenti": "classify",
    "POST /konsol/unggahan/{id}/hapus": "classify",
    "GET /konsol/dasbor": "review",
}

#: Served to anybody, and why.
OPEN: Final[Mapping[str, str]] = {
    "GET /health/live": "the supervisor that restarts the process has no key; it says nothing but that it runs",
    "GET /health/ready": "the load balancer has no key; it says no more than which model answers and which was refused",
    "GET /openapi.json": "the same text is in the public repository",
    "GET /docs": "the same text again, and only where NETRA_DOCS_ENABLED says so",
    "GET /konsol/masuk": "whoever logs in has no session yet; the page says nothing but where to log in",
    "POST /konsol/masuk": "logging in: the key is in the form, and refused there like everywhere else",
    "GET /konsol/bahasa": "the page to log in can be read in two languages; it sets that cookie and nothing else",
    "GET /konsol/aset/{name}": "style and script of the page to log in; the same files are in the public repository",
}


class Routes:
    """Looks up what a request needs, before anything else is done with it."""

    def __init__(self, needs: Mapping[str, Need]) -> None:
        self._exact: dict[str, dict[str, Need]] = {}
        self._patterns: list[tuple[re.Pattern[str], dict[str, Need]]] = []
        for route, need in needs.items():
            method, _, path = route.partition(" ")
            self._exact.setdefault(path, {})[method] = need
        for path in [path for path in self._exact if "{" in path]:
            self._patterns.append((compile_path(path)[0], self._exact.pop(path)))

    def need(self, method: str, path: str) -> Need | None:
        """What ``method`` on ``path`` needs, ``None`` when there is no such route."""
        return self._methods(path).get("GET" if method == "HEAD" else method)

    def absence(self, path: str) -> tuple[Problem, dict[str, str]]:
        """The problem, with its headers, for a request whose need is ``None``."""
        methods = self._methods(path)
        return (MethodNotAllowed(), {"Allow": ", ".join(sorted(methods))}) if methods else (NotFound(), {})

    def _methods(self, path: str) -> dict[str, Need]:
        found = self._exact.get(path)
        if found is not None:
            return found
        # Starlette's patterns end in `$`, which lets a line feed pass; the whole path has to match.
        return next((methods for pattern, methods in self._patterns if pattern.fullmatch(path)), {})


def all_routes() -> Routes:
    """Every route of the service."""
    return Routes({**NEEDS, **CONSOLE, **dict.fromkeys(OPEN, "open")})
