"""Addresses of the console that one page hands to another."""

from __future__ import annotations

import re
from typing import Final

from starlette.requests import HTTPConnection

from app.access.routes import all_routes

HOME: Final = "/konsol"
LOGIN: Final = "/konsol/masuk"
_ROUTES: Final = all_routes()
_OURS: Final = re.compile(r"/konsol(?:[/?][A-Za-z0-9/_.~?&=%+:-]{0,1000})?")


def safe(place: str | None) -> str:
    """``place`` if it is one in the console, else the console itself: nobody is sent anywhere else."""
    return place if place and _OURS.fullmatch(place) else HOME


def place_of(connection: HTTPConnection) -> str:
    """Where a reader is, filters and all; the console itself after a form, and at an address that is not served."""
    scope = connection.scope
    if scope["method"] not in ("GET", "HEAD") or _ROUTES.need("GET", scope["path"]) is None:
        return HOME
    query = connection.url.query
    return safe(scope["path"] + (f"?{query}" if query else ""))
