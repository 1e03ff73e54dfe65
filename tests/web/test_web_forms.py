"""Forms: none is taken but from a page of the same session, and none can blow up."""

from __future__ import annotations

import pytest
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.datastructures import Headers
from test_web_session import concrete
from webkit import Console

from app.access.routes import CONSOLE
from app.problems import FormRefused
from app.web.forms import FORM_TYPE, MAX_FIELDS, MAX_FORM_BYTES, FormRoute, OpenFormRoute, require_same_site
from app.web.router import ROUTERS, open_routes

WRITING = [route for route in CONSOLE if route.startswith("POST")]


def test_every_form_but_that_of_the_login_goes_through_the_check() -> None:
    for router in ROUTERS:
        for route in router.routes:
            assert isinstance(route, FormRoute if router is not open_routes else OpenFormRoute)
    posts = {route.path for route in open_routes.routes if isinstance(route, APIRoute) and "POST" in route.methods}
    assert posts == {"/konsol/masuk"}


@pytest.mark.parametrize("route", WRITING)
@pytest.mark.parametrize("token", [None, "", "x", "0" * 64])
def test_no_form_is_taken_without_the_token_of_its_session(shared: Console, route: str, token: str | None) -> None:
    page = shared.send(concrete(route), **({} if token is None else {"token": token}))
    assert (page.status, page.title) == (403, "Formulir ini tidak berasal dari halaman konsol Anda")


@pytest.mark.parametrize("route", WRITING)
def test_the_token_of_another_session_is_none(shared: Console, route: str) -> None:
    token = shared.token()
    shared.log_in(shared.anna)
    assert shared.send(concrete(route), token=token).status == 403


@pytest.mark.parametrize("route", [*WRITING, "POST /konsol/masuk"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://situs.example"},
        {"Origin": "null"},
    ],
)
def test_no_form_is_taken_from_another_site(shared: Console, route: str, headers: dict[str, str]) -> None:
    page = shared.send(concrete(route), headers, token=shared.token(), kunci=shared.anna)
    assert (page.status, page.title) == (403, "Formulir ini tidak berasal dari halaman konsol Anda")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"origin": "https://netra.example:8443"},
        {"origin": "http://netra.example"},
        {"sec-fetch-site": "same-origin", "origin": "null"},
    ],
)
def test_forms_of_our_own_site_are_taken(headers: dict[str, str]) -> None:
    require_same_site(Headers({"host": "netra.example", **headers}))


def test_a_name_that_only_begins_like_ours_is_another_site() -> None:
    for origin in ("https://netra.example.situs.example", "https://situs.example/netra.example", "x", "http://["):
        with pytest.raises(FormRefused):
            require_same_site(Headers({"host": "netra.example", "origin": origin}))


@given(origin=st.text(max_size=30), site=st.none() | st.text(max_size=15))
def test_any_origin_is_ours_or_refused(origin: str, site: str | None) -> None:
    sent = {"host": "netra.example", "origin": origin, **({} if site is None else {"sec-fetch-site": site})}
    try:
        require_same_site(
            Headers(raw=[(name.encode(), text.encode("utf-8", "replace")) for name, text in sent.items()])
        )
    except FormRefused:
        return
    assert site in ("same-origin", "none") or "netra.example" in origin.lower()


BAD = [
    (b"a=%ff", FORM_TYPE, 400),
    ("a=é".encode(), FORM_TYPE, 400),
    (b"token=x&token=y", FORM_TYPE, 400),
    (b"&".join(b"a%d=" % k for k in range(MAX_FIELDS + 1)), FORM_TYPE, 400),
    (b"a=b", "text/plain", 415),
    (b"a=b", "", 415),
    (b'{"a": 1}', "application/json", 415),
    (b"a=".ljust(MAX_FORM_BYTES + 1, b"x"), FORM_TYPE, 413),
]


@pytest.mark.parametrize("path", ["/konsol/keluar", "/konsol/masuk"])
@pytest.mark.parametrize(("body", "kind", "status"), BAD)
def test_what_is_no_form_is_refused_with_a_page(
    shared: Console, path: str, body: bytes, kind: str, status: int
) -> None:
    headers = {"Content-Type": kind} if kind else {}
    response = shared.api.run(shared.api.client.post(path, content=body, headers=headers))
    assert response.status_code == status
    assert response.headers["content-type"] == "text/html; charset=utf-8"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200))
def test_no_bytes_get_a_500_or_come_back(shared: Console, body: bytes) -> None:
    response = shared.api.run(
        shared.api.client.post("/konsol/masuk", content=b"zqxmark&" + body, headers={"Content-Type": FORM_TYPE})
    )
    assert response.status_code in (400, 401, 429)
    assert "zqxmark" not in response.text
