"""Forms: read here and nowhere else, and only those that a page of the same session sent."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from app.access.gate import access_of
from app.access.session import session_of
from app.problems import BadRequest, BodyTooLarge, FormRefused, SessionMissing, UnsupportedMediaType

#: The field that every form has.
TOKEN: Final = "token"  # noqa: S105 - its name, not its value
#: Bytes of a form: three texts of the greatest length, every one of their bytes escaped.
MAX_FORM_BYTES: Final = 512 * 1024
MAX_FIELDS: Final = 40
FORM_TYPE: Final = "application/x-www-form-urlencoded"

Form = dict[str, str]
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class OpenFormRoute(APIRoute):
    """A route that takes a form of our own site; the session is not looked at. For logging in, and nothing else."""

    def get_route_handler(self) -> Handler:
        """FastAPI's handler, with the form read before."""
        handle = super().get_route_handler()

        async def checked(request: Request) -> Response:
            if request.method == "POST":
                require_same_site(request.headers)
                request.state.form = await self.read(request)
                self.check(request)
            return await handle(request)

        return checked

    async def read(self, request: Request) -> Form:
        """The fields of the form; a route that takes files has a way of its own, and keeps them to itself."""
        return await read_form(request)

    def check(self, request: Request) -> None:
        """Nothing more to be checked."""


class FormRoute(OpenFormRoute):
    """A route whose form must carry the token of the session; use it for every route that changes something."""

    def check(self, request: Request) -> None:
        """Raises ``FormRefused`` for a form that was made for no session, or for another one."""
        require_token(request, form_of(request).get(TOKEN, ""))


def form_of(request: Request) -> Form:
    """The fields of a form, each once; line ends as they were typed."""
    form: Form = request.state.form
    return form


def require_token(request: Request, token: str) -> None:
    """Raises ``FormRefused`` unless ``token`` is that of the session, and ``SessionMissing`` when there is none."""
    session = session_of(request.scope)
    if session is None:
        raise SessionMissing
    access_of(request.scope).sessions.check(session, token)


def require_same_site(headers: Headers) -> None:
    """Raises ``FormRefused`` when the browser says that the form was on a page of another site."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        ours = site in ("same-origin", "none")
    else:
        ours = origin is None or _name_in(origin) == _name_in(f"//{headers.get('host', '')}")
    if not ours:
        raise FormRefused


def _name_in(address: str) -> str | None:
    """The host of an address without its port, which a proxy may leave out."""
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


async def read_form(request: Request) -> Form:
    """The fields of a form in a body. Raises ``BodyTooLarge``, ``UnsupportedMediaType`` and ``BadRequest``."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM_TYPE:
        raise UnsupportedMediaType
    try:
        raw = (await _body(request)).decode("ascii")
        fields = parse_qsl(raw, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError:
        raise BadRequest(reason="form") from None
    found = {name: value.replace("\r\n", "\n") for name, value in fields}
    if len(found) != len(fields):
        raise BadRequest(reason="form")
    return found


async def _body(request: Request) -> bytes:
    parts, length = [], 0
    async for part in request.stream():
        length += len(part)
        if length > MAX_FORM_BYTES:
            raise BodyTooLarge(limit=MAX_FORM_BYTES)
        parts.append(part)
    return b"".join(parts)
