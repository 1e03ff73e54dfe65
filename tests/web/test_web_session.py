"""Sessions: begun with a key, signed, bounded, ended with the key, and good for the console alone."""

from __future__ import annotations

import asyncio
import logging
import re
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from api.http_client import make_api, problem
from databases import STRONG, opened, settings_of
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import HTTPConnection
from starlette.responses import Response
from webkit import Console, console_routes

from app.access import ring
from app.access.keys import parts_of, revoke_key
from app.access.limits import Limiter, Wish
from app.access.login import FAILED, MOST_FAILED, in_memory
from app.access.routes import CONSOLE, NEEDS
from app.access.scopes import SCOPES, Scope
from app.access.session import Session, Sessions, is_console
from app.problems import FormRefused, RateLimited
from app.web.nav import NAVIGATION
from app.web.places import safe

NOW = 1_000_000.0


class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


def sessions(secret: bytes = STRONG.encode(), **given: Any) -> Sessions:
    return Sessions(secret, **{"hours": 10, "secure": False, "now": lambda: NOW, **given})


def carrying(made: Sessions, session: Session) -> HTTPConnection:
    """A request with the cookie of a session."""
    response = Response()
    made.give(response, session)
    cookie = response.headers["set-cookie"].partition(";")[0]
    return HTTPConnection({"type": "http", "headers": [(b"cookie", cookie.encode())]})


def test_a_session_is_known_again() -> None:
    session = sessions().begin("abcdefgh")
    assert sessions().of(carrying(sessions(), session)) == session
    assert session.key_id == "abcdefgh"


def test_two_sessions_of_one_key_are_told_apart() -> None:
    one, other = sessions().begin("a"), sessions().begin("a")
    assert one.mark != other.mark
    assert sessions().token(one) != sessions().token(other)


@pytest.mark.parametrize(
    ("seconds", "lasts"), [(-1, False), (0, True), (36_000 - 1, True), (36_000, False), (10**9, False)]
)
def test_a_session_lasts_its_hours_and_was_not_begun_in_the_future(seconds: float, lasts: bool) -> None:
    session = sessions().begin("a")
    later = sessions(now=lambda: NOW + seconds)
    assert (later.of(carrying(sessions(), session)) is not None) == lasts


def test_another_secret_knows_no_session() -> None:
    session = sessions().begin("a")
    assert sessions(b"x" * 32).of(carrying(sessions(), session)) is None
    assert sessions(b"x" * 32).token(session) != sessions().token(session)


@given(value=st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=';",\\'), max_size=120))
def test_no_other_value_is_a_session(value: str) -> None:
    made = sessions()
    asked = HTTPConnection({"type": "http", "headers": [(b"cookie", f"{made.cookie}={value}".encode())]})
    assert made.of(asked) is None


@given(at=st.integers(0, 200), letter=st.sampled_from("ABab01-_."))
def test_a_changed_value_is_no_session(at: int, letter: str) -> None:
    made = sessions()
    [(_, cookie)] = carrying(made, Session("abcdefgh", "marka", int(NOW))).scope["headers"]
    name, _, value = cookie.decode().partition("=")
    at %= len(value) - 1  # bits of the last letter may be padding
    changed = value[:at] + letter + value[at + 1 :]
    asked = HTTPConnection({"type": "http", "headers": [(b"cookie", f"{name}={changed}".encode())]})
    assert (made.of(asked) is None) == (changed != value)


def test_a_token_is_of_one_session() -> None:
    made = sessions()
    one, other = made.begin("a"), made.begin("a")
    made.check(one, made.token(one))
    for wrong in (made.token(other), "", "x", made.token(one)[:-1], "é\ud800"):
        with pytest.raises(FormRefused):
            made.check(one, wrong)


@pytest.mark.parametrize("secure", [True, False])
def test_the_cookie_is_kept_from_scripts_from_other_sites_and_from_the_api(secure: bool) -> None:
    made, response = sessions(secure=secure), Response()
    made.give(response, made.begin("a"))
    words = [word.strip() for word in response.headers["set-cookie"].split(";")[1:]]
    expected = {"HttpOnly", "Max-Age=36000", "Path=/konsol", "SameSite=strict"}
    assert set(words) == expected | ({"Secure"} if secure else set())
    assert made.cookie.startswith("__Secure-") == secure


# -- at the console ---------------------------------------------------------------------------------------------------


def test_without_a_session_a_page_leads_to_the_login_and_back(console: Console) -> None:
    console.forget()
    page = console.get("/konsol/bantuan?a=b")
    assert (page.status, page.to) == (303, "/konsol/masuk?ke=/konsol/bantuan%3Fa%3Db")
    login = console.get(page.to)
    assert login.form("/konsol/masuk")["ke"] == "/konsol/bantuan?a=b"
    done = console.submit_on(login, "/konsol/masuk", kunci=f" {console.anna} ")
    assert (done.status, done.to) == (303, "/konsol/bantuan?a=b")
    assert console.get(done.to).status == 200


@pytest.mark.parametrize("route", [route for route in CONSOLE if route.startswith("POST")])
def test_without_a_session_no_form_is_taken(shared: Console, route: str) -> None:
    shared.forget()
    page = shared.send(concrete(route), token="x")
    assert page.status == 401
    assert page.title == "Silakan masuk lebih dahulu"
    shared.log_in(shared.anna)


def concrete(route: str) -> str:
    return route.partition(" ")[2].replace("{", "").replace("}", "")


@pytest.mark.parametrize("route", CONSOLE)
def test_a_key_opens_no_page(shared: Console, route: str) -> None:
    method, path = route.partition(" ")[0], concrete(route)
    request = shared.api.client.build_request(method, path, headers={"X-API-Key": shared.anna})
    del request.headers["cookie"]
    response = shared.api.run(shared.api.client.send(request))
    assert response.status_code == (303 if method == "GET" else 401)


@pytest.mark.parametrize("route", NEEDS)
def test_a_session_opens_nothing_but_pages(shared: Console, route: str) -> None:
    cookie = "; ".join(f"{name}={value}" for name, value in shared.api.client.cookies.items())
    method, path = route.partition(" ")[0], concrete(route)
    assert "netra=" in cookie
    response = shared.api.run(shared.api.client.request(method, path, headers={"Cookie": cookie}))
    assert (response.status_code, problem(response)["slug"]) == (401, "key-missing")


@pytest.mark.parametrize("route", [route for route, need in CONSOLE.items() if need != "any"])
@pytest.mark.parametrize("scope", SCOPES)
def test_roles_are_scopes(shared: Console, route: str, scope: Scope) -> None:
    shared.log_in(shared.keys[scope])
    method, path = route.partition(" ")[0], concrete(route)
    status = shared.get(path).status if method == "GET" else shared.submit(path).status
    assert (status == 403) == (scope != CONSOLE[route])
    shared.log_in(shared.anna)


@pytest.mark.parametrize("scope", SCOPES)
def test_the_navigation_shows_what_one_may_open(shared: Console, scope: Scope) -> None:
    shared.log_in(shared.keys[scope])
    shown = shared.get("/konsol/bantuan").tree.xpath("//nav//a/@href")
    assert shown == [page.path for page in NAVIGATION if page.need in ("any", scope)]
    assert shared.get("/konsol").to == shown[0]
    shared.log_in(shared.anna)


@pytest.mark.parametrize("address", ["/konsol", "/konsol/"])
def test_the_console_opens_at_its_first_page_with_or_without_a_slash(shared: Console, address: str) -> None:
    assert shared.get(address).to == NAVIGATION[0].path


def test_the_navigation_says_what_the_routes_say() -> None:
    assert all(CONSOLE[f"GET {page.path}"] == page.need for page in NAVIGATION)


def test_logging_out_ends_the_session(console: Console) -> None:
    page = console.submit_on(console.get("/konsol/bantuan"), "/konsol/keluar")
    assert (page.status, page.to) == (303, "/konsol/masuk")
    assert console.get("/konsol/bantuan").to.startswith("/konsol/masuk")


def test_a_revoked_key_ends_its_session(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ring, "FRESH", 0.0)
    monkeypatch.setattr(ring, "STALE", 0.0)
    assert console.get("/konsol/bantuan").status == 200
    key_id, _ = parts_of(console.anna) or ("", "")
    with opened(console.settings) as store, store.begin() as tx:
        revoke_key(tx, key_id)
    assert console.get("/konsol/bantuan").to.startswith("/konsol/masuk")


@pytest.mark.parametrize("key", ["", "zqx", "netra_abcdefgh_" + "z" * 43, "<b>zqx</b>"])
def test_a_wrong_key_is_refused_in_both_languages_and_never_repeated(
    shared: Console, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for language, words in (("id", "Kunci API ini tidak berlaku"), ("en", "This API key is not valid")):
        shared.get(f"/konsol/bahasa?pilih={language}")
        page = shared.send("/konsol/masuk", kunci=key)
        assert (page.status, "set-cookie" in page.response.headers) == (401, False)
        assert words in page.words
        assert not key or key not in page.text + caplog.text
    shared.log_in(shared.anna)


def test_failed_logins_are_limited_and_a_right_key_is_let_in_all_the_same(console: Console) -> None:
    statuses = [console.send("/konsol/masuk", kunci="x").status for _ in range(2 * MOST_FAILED + 1)]
    assert statuses.count(401) <= 2 * MOST_FAILED  # a minute may end in between
    refused = console.send("/konsol/masuk", kunci="x")
    assert 429 in statuses
    assert refused.status == 401 or int(refused.response.headers["retry-after"]) > 0
    assert console.log_in(console.anna).status == 303


def test_what_fails_is_counted_by_the_minute() -> None:
    clock = Clock()
    limiter = Limiter(in_memory(), clock)

    async def fails() -> int:
        count = 0
        while True:
            try:
                await limiter.take("-", FAILED, MOST_FAILED, 1)
            except RateLimited:
                return count
            count += 1

    async def both() -> list[int]:
        first = await fails()
        clock.now += FAILED.seconds
        return [first, await fails()]

    assert asyncio.run(both()) == [MOST_FAILED, MOST_FAILED]


@given(needs=st.lists(st.integers(1, 5), max_size=40))
def test_what_is_granted_from_memory_is_never_more_than_the_limit(needs: list[int]) -> None:
    ask = in_memory()

    async def all_of_it() -> list[int]:
        return [(await ask(Wish("-", "uji", 7, 20, need, need + 1))).units for need in needs]

    given_out = asyncio.run(all_of_it())
    assert sum(given_out) <= 20
    assert all(units == 0 or units >= need for units, need in zip(given_out, needs, strict=True))


ELSEWHERE = ["https://situs.example/", "//situs.example/konsol", "/konsolx", "/", "/konsol/\\x", "/konsol\n", "konsol"]


@pytest.mark.parametrize("place", ELSEWHERE)
def test_nobody_is_sent_anywhere_else(shared: Console, place: str) -> None:
    assert shared.send("/konsol/masuk", kunci=shared.anna, ke=place).to == "/konsol"
    assert shared.get(f"/konsol/bahasa?pilih=id&ke={quote(place)}").to == "/konsol"


@given(place=st.text(max_size=40) | st.text("/konsl?=&%.:\\@", max_size=40))
def test_wherever_somebody_is_sent_is_in_the_console(place: str) -> None:
    for given_place in (place, f"/konsol{place}", None):
        found = safe(given_place)
        assert found == given_place or found == "/konsol"
        assert urlsplit(found)[:2] == ("", "")
        assert is_console(urlsplit(found).path)
        assert found.isprintable()


def test_the_cookie_is_for_tls_only_behind_a_proxy(tmp_path: Path) -> None:
    with ExitStack() as stack:
        console = Console(settings_of(tmp_path), stack, behind_tls_proxy="yes")
        cookie = console.log_in(console.anna).response.headers["set-cookie"]
    assert cookie.startswith("__Secure-netra=")
    assert "; Secure" in cookie


def test_no_cookie_and_no_page_holds_a_key(console: Console) -> None:
    page = console.log_in(console.anna)
    text = page.response.headers["set-cookie"] + console.get("/konsol/bantuan").text
    _, secret = parts_of(console.anna) or ("", "")
    assert secret not in text


def test_where_no_keys_are_asked_for_pages_are_open_and_forms_still_carry_a_token(tmp_path: Path) -> None:
    with make_api(auth="off", auth_off_acknowledged="yes", state_dir=tmp_path) as api:
        page = api.get("/konsol/bantuan")
        assert page.status_code == 200
        [token] = set(re.findall(r'name="token" value="([0-9a-f]{64})"', page.text))
        refused = api.run(api.client.post("/konsol/keluar", data={"token": "x"}))
        assert refused.status_code == 403
        assert api.run(api.client.post("/konsol/keluar", data={"token": token})).status_code == 303


def test_every_route_of_the_console_is_looked_at_here() -> None:
    assert all(is_console(route.partition(" ")[2]) for route in console_routes())
