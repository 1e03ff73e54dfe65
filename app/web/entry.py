"""Coming and going: log in with a key, log out, choose a language."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.access.gate import access_of, caller_of
from app.access.login import log_in
from app.problems import LANGUAGES, NotFound, Problem, ScopeMissing
from app.web.forms import form_of
from app.web.nav import pages_for
from app.web.places import HOME, LOGIN, safe
from app.web.render import page
from app.web.wordbook import COOKIE

_YEAR: Final = 365 * 24 * 3600


async def home(request: Request) -> Response:
    """The first page that the caller may open. Raises ``ScopeMissing`` when there is none."""
    pages = pages_for(caller_of(request))
    if not pages:
        raise ScopeMissing(scope="review")
    return RedirectResponse(pages[0].path, 303)


async def login_page(request: Request) -> Response:
    """The page that asks for a key."""
    return page(request, "login.html", next=safe(request.query_params.get("ke")), problem=None)


async def login(request: Request) -> Response:
    """Begin a session, or say why not."""
    form = form_of(request)
    try:
        session = await log_in(access_of(request.scope), form.get("kunci", "").strip())
    except Problem as problem:
        headers = dict(problem.response("id").headers)
        kept = {name: headers[name] for name in ("retry-after",) if name in headers}
        values = {"next": safe(form.get("ke")), "problem": problem}
        return page(request, "login.html", status=problem.status, headers=kept, **values)
    response = RedirectResponse(safe(form.get("ke")), 303)
    access_of(request.scope).sessions.give(response, session)
    return response


async def logout(request: Request) -> Response:
    """End the session in this browser."""
    response = RedirectResponse(LOGIN, 303)
    access_of(request.scope).sessions.take(response)
    return response


async def choose_language(request: Request) -> Response:
    """Remember a language in this browser and go back. Raises ``NotFound`` for a language that is none of ours."""
    wanted = request.query_params.get("pilih")
    if wanted not in LANGUAGES:
        raise NotFound
    response = RedirectResponse(safe(request.query_params.get("ke")), 303)
    secure = access_of(request.scope).sessions.secure
    response.set_cookie(COOKIE, wanted, _YEAR, path=HOME, secure=secure, httponly=True, samesite="strict")
    return response


async def help_page(request: Request) -> Response:
    """What the console is for, and its keys."""
    return page(request, "help.html")
