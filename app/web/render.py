"""Templates to pages: everything is escaped, nothing undefined passes, and a page may load only what is ours."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse

from app.access.gate import CALLER, access_of
from app.access.keys import Caller
from app.access.session import session_of
from app.review.spans import segments
from app.templates import environment_of
from app.web import formats
from app.web.assets import address_of
from app.web.names import name_of
from app.web.nav import pages_for
from app.web.places import place_of
from app.web.wordbook import language_at, say

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES: Final = Path(__file__).with_name("templates")
#: Our own style, script and pictures; no inline ones, no other host, no frame, forms to ourselves only.
POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
#: Without a referrer to ourselves browsers would say of our own forms that they came from nowhere.
_HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
}


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The environment of all templates of the console."""
    made = environment_of(TEMPLATES)
    made.globals.update(asset=address_of, segments=segments)
    return made


def render(connection: HTTPConnection, template: str, **values: object) -> str:
    """The text of a page in its reader's language; a lone surrogate is shown as ``?``."""
    language = language_at(connection)
    shared = {
        "t": partial(say, language),
        "language": language,
        "f": formats.of(language),
        "n": partial(name_of, language),
    }
    made = environment().get_template(template).render({**shared, **_frame(connection), **values})
    return made.encode("utf-8", "replace").decode("utf-8")


def page(
    connection: HTTPConnection,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: object,
) -> HTMLResponse:
    """A page as answer. ``values`` are what its template speaks of."""
    content = render(connection, template, **values)
    language = language_at(connection)
    return HTMLResponse(content, status, {**_HEADERS, "Content-Language": language, **(headers or {})})


def _frame(connection: HTTPConnection) -> dict[str, Any]:
    """What stands around every page. Before anybody logged in there is neither navigation nor token."""
    caller: Caller | None = connection.scope.get(CALLER)
    session = session_of(connection.scope)
    return {
        "path": connection.url.path,
        "here": place_of(connection),
        "caller": caller,
        "pages": pages_for(caller) if caller else [],
        "token": access_of(connection.scope).sessions.token(session) if session else None,
    }
