"""GET /konsol/aset/{name}: our own style, script and mark. Their addresses change with their content."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from app.problems import NotFound

STATIC: Final = Path(__file__).with_name("static")
_TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
#: An address with the right fingerprint never has other content.
_FOR_GOOD: Final = "public, max-age=31536000, immutable"


class Asset(NamedTuple):
    """One file, as it is served."""

    content: bytes
    media_type: str
    fingerprint: str


@lru_cache(maxsize=1)
def assets() -> dict[str, Asset]:
    """Every file in ``static`` by name."""
    return {path.name: _read(path) for path in sorted(STATIC.iterdir()) if path.suffix in _TYPES}


def _read(path: Path) -> Asset:
    content = path.read_bytes()
    return Asset(content, _TYPES[path.suffix], hashlib.sha256(content).hexdigest()[:12])


def address_of(name: str) -> str:
    """Where a page finds a file. Raises ``KeyError`` when there is none of that name."""
    return f"/konsol/aset/{name}?v={assets()[name].fingerprint}"


async def asset(request: Request) -> Response:
    """A file. Raises ``NotFound``."""
    found = assets().get(request.path_params["name"])
    if found is None:
        raise NotFound
    fresh = request.query_params.get("v") == found.fingerprint
    headers = {"Cache-Control": _FOR_GOOD} if fresh else {}
    return Response(found.content, media_type=found.media_type, headers=headers)
