"""Nobody gets past the gate without a key that may; what it answers gives nothing away."""

from __future__ import annotations

import logging
import re
from asyncio import StreamReader, StreamWriter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from api.http_client import Api, api_key, make_api, problem, settings_with, while_served
from databases import opened, settings_of
from starlette.types import Message

from app.access.gate import SMALL_BODY
from app.access.keys import create_key, revoke_key
from app.access.routes import NEEDS, OPEN
from app.access.scopes import SCOPES, Scope
from app.store import StoreUnavailable


@cache
def key_with(*scopes: Scope, **limits: int) -> str:
    with opened(settings_with()) as store, store.begin() as tx:
        return create_key(tx, "uji", scopes, **limits)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    # Made before the service starts, so that it knows them from the first request on.
    for scope in SCOPES:
        key_with(scope)
    with make_api() as running:
        yield running


def ask(api: Api, route: str, key: str | None = None, **headers: str) -> httpx.Response:
    method, path = route.split(" ")
    sent = {**headers, **({} if key is None else {"X-API-Key": key})}
    request = httpx.Request(method, f"http://localhost{path}".replace("{", "").replace("}", ""), headers=sent)
    return api.run(api.client.send(request))


CLOSED = [
    *NEEDS,
    "GET /tidak-ada",
    "GET /classify",
    "DELETE /health/live",
    "OPTIONS /classify",
    "TRACE /",
    "GET //info",
]
GUARDED = {route: need for route, need in NEEDS.items() if need != "any"}


@pytest.mark.parametrize("route", CLOSED)
def test_without_a_key_nothing_else_is_answered(api: Api, route: str) -> None:
    response = ask(api, route)
    assert (response.status_code, problem(response)["slug"]) == (401, "key-missing")
    assert response.headers["www-authenticate"] == 'ApiKey realm="netra"'


@pytest.mark.parametrize("route", [route for route in OPEN if route != "GET /docs" and "{" not in route])
def test_what_is_open_needs_no_key_and_ignores_a_wrong_one(api: Api, route: str) -> None:
    expected = {"POST /konsol/masuk": 415, "GET /konsol/bahasa": 404}.get(route, 200)  # nothing was chosen or filled in
    assert ask(api, route).status_code == expected
    assert ask(api, route, "zqx").status_code == expected


@pytest.mark.parametrize("route", GUARDED)
@pytest.mark.parametrize("scope", SCOPES)
def test_a_key_opens_what_its_scope_says_and_nothing_else(api: Api, route: str, scope: Scope) -> None:
    response = ask(api, route, key_with(scope))
    if scope == GUARDED[route]:
        assert response.status_code not in (401, 403)
    else:
        found = problem(response)
        assert (response.status_code, found["slug"], found["scope"]) == (403, "scope-missing", GUARDED[route])


@pytest.mark.parametrize("route", [route for route, need in NEEDS.items() if need == "any"])
@pytest.mark.parametrize("scope", SCOPES)
def test_any_valid_key_opens_what_needs_no_scope(api: Api, route: str, scope: Scope) -> None:
    assert ask(api, route, key_with(scope)).status_code not in (401, 403)


@pytest.mark.parametrize("key", ["", "zqx", "netra_abcdefgh_" + "z" * 43, "netra_" * 1000, "zqx\xff"])
@pytest.mark.parametrize("language", ["id", "en"])
def test_a_wrong_key_is_refused_and_never_repeated(
    api: Api, key: str, language: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    headers = [(b"x-api-key", key.encode("latin-1")), (b"accept-language", language.encode())]
    response = api.run(api.client.send(httpx.Request("POST", "http://localhost/classify", headers=headers)))
    found = problem(response)
    assert (response.status_code, found["slug"]) == (401, "key-refused")
    assert found["reason"] in ("malformed", "unknown")
    assert set(response.json()) == {"type", "title", "status", "reason"}
    assert response.headers["content-language"] == language
    if key:
        assert key not in response.text + caplog.text


def test_no_log_line_holds_a_key_or_its_id(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    api.post("/classify", {"text": "a"})
    ask(api, "GET /info", key_with("review"))
    for part in (*api_key().split("_")[1:], *key_with("review").split("_")[1:]):
        assert part not in caplog.text


@pytest.mark.parametrize(("scope", "status"), [(None, 401), ("metrics", 403)])
def test_a_refusal_comes_before_the_body_is_read(api: Api, scope: Scope | None, status: int) -> None:
    async def receive() -> Message:
        pytest.fail("the body was asked for")

    headers = [(b"host", b"localhost")] + ([(b"x-api-key", key_with(scope).encode())] if scope else [])
    asked = {"type": "http", "method": "POST", "path": "/classify", "headers": headers, "query_string": b""}
    assert _status(api, asked, receive) == status


def _status(api: Api, scope: dict[str, Any], receive: Any) -> int:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    api.run(api.app(scope, receive, send))
    return int(sent[0]["status"])


@pytest.mark.parametrize(
    ("headers", "closes"),
    [
        ({}, False),
        ({"Content-Length": "10"}, False),
        ({"Content-Length": str(SMALL_BODY + 1)}, True),
        ({"Content-Length": "9" * 30}, True),
        ({"Content-Length": "zqx"}, True),
        ({"Transfer-Encoding": "chunked"}, True),
    ],
)
def test_a_stranger_who_would_send_much_loses_the_connection(api: Api, headers: dict[str, str], closes: bool) -> None:
    assert (ask(api, "POST /classify", **headers).headers.get("connection") == "close") is closes
    with make_api(behind_tls_proxy="yes") as behind_proxy:
        assert "connection" not in ask(behind_proxy, "POST /classify", **headers).headers


def test_behind_a_proxy_the_rest_of_a_refused_body_breaks_nothing(tmp_path: Path) -> None:
    body = b'{"text": "' + b"a" * (16 * SMALL_BODY) + b'"}'
    head = f"POST /classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n".encode()

    async def like_a_proxy(reader: StreamReader, writer: StreamWriter) -> list[bytes]:
        answers = []
        for _ in range(2):
            writer.write(head + body[:100])
            first = await reader.readuntil(b"\r\n\r\n")
            length = int(re.findall(rb"content-length: (\d+)", first)[0])
            answers.append(first + await reader.readexactly(length))
            writer.write(body[100:])  # a connection that was given up would fail here, or at the next request
            await writer.drain()
        return answers

    with make_api(behind_tls_proxy="yes") as api:
        answers = api.run(while_served(api.app, tmp_path / "s", like_a_proxy))
    assert [answer.split(b" ")[1] for answer in answers] == [b"401", b"401"]
    assert all(b'"urn:problem-type:netra:key-missing"' in answer for answer in answers)


HOSTS = [
    ("localhost", 200),
    ("localhost:8000", 200),
    ("LOCALHOST", 200),
    ("127.0.0.1:8000", 200),
    ("[::1]:8000", 200),
    ("[::1]", 200),
    ("zqx.example", 400),
    ("localhost.zqx.example", 400),
    ("zqx.localhost", 400),
    ("localhost:zqx", 400),
    ("localhost, zqx", 400),
    ("", 400),
]


@pytest.mark.parametrize(("host", "status"), HOSTS)
def test_the_service_answers_to_its_own_names_only(api: Api, host: str, status: int) -> None:
    response = ask(api, "GET /info", api_key(), Host=host)
    assert response.status_code == status
    if status == 400:
        assert problem(response)["slug"] == "host-refused"
        assert "zqx" not in response.text


def test_probes_may_call_it_by_any_address(api: Api) -> None:
    assert ask(api, "GET /health/ready", Host="10.1.2.3:8000").status_code == 200


@pytest.mark.parametrize(
    ("names", "host", "status"),
    [
        ("*", "zqx.example", 200),
        ("*", "", 200),
        ("netra.example.id,*.dalam.example.id", "netra.example.id", 200),
        ("netra.example.id,*.dalam.example.id", "a.b.dalam.example.id:443", 200),
        ("netra.example.id,*.dalam.example.id", "dalam.example.id", 400),
        ("netra.example.id,*.dalam.example.id", "zqxdalam.example.id", 400),
        ("netra.example.id,*.dalam.example.id", "localhost", 400),
    ],
)
def test_its_names_are_a_setting(names: str, host: str, status: int) -> None:
    with make_api(trusted_hosts=names) as api:
        assert ask(api, "GET /info", api_key(), Host=host).status_code == status


def test_a_key_that_is_revoked_stops_working(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    with opened(settings) as store:
        with store.begin() as tx:
            key = create_key(tx, "uji", ["classify"])
        with make_api(**settings.model_dump()) as api:
            assert ask(api, "GET /info", key).status_code == 200
            with store.begin() as tx:
                revoke_key(tx, key.split("_")[1])
            api.run(api.app.state.access.ring.renew())
            assert problem(ask(api, "GET /info", key))["reason"] == "revoked"


def test_when_the_store_is_lost_later_known_keys_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_: object) -> None:
        raise StoreUnavailable(cause="SQLITE_IOERR")

    counted, stranger = key_with("classify", requests_per_minute=3), "netra_abcdefgh_" + "z" * 43
    with make_api() as api:
        monkeypatch.setattr(api.app.state.store, "_reads", lost)
        monkeypatch.setattr(api.app.state.store, "_writes", lost)
        api.run(api.app.state.access.ring.renew())
        assert post(api, "/classify", {"text": "a"}, api_key()).status_code == 200
        assert [ask(api, "GET /info", counted).status_code for _ in range(5)] == [200] * 5
        api.app.state.access.ring._taken -= 1
        assert problem(ask(api, "GET /info", stranger))["slug"] == "store-down"


def test_before_its_start_nobody_is_let_in() -> None:
    api = make_api()
    response = ask(api, "GET /info", api_key())
    assert (response.status_code, problem(response)["slug"]) == (503, "store-down")
    assert ask(api, "GET /health/live").status_code == 200
    with api:
        assert ask(api, "GET /info", api_key()).status_code == 200


# -- limits -------------------------------------------------------------------------------------------------------


def test_more_requests_than_a_key_may_make_are_429() -> None:
    key = key_with("classify", requests_per_minute=3)
    with make_api() as api:
        _stop_the_clock(api)
        answers = [ask(api, "GET /info", key) for _ in range(4)]
        other = ask(api, "GET /info", api_key())
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    found = problem(answers[3])
    assert (found["slug"], found["limit"], answers[3].headers["retry-after"]) == ("rate-limited", 3, "60")
    assert answers[0].headers["ratelimit-policy"] == '"requests";q=3;w=60'
    assert answers[0].headers["ratelimit"].startswith('"requests";r=2;t=')
    assert other.status_code == 200
    assert "ratelimit" not in other.headers


def _stop_the_clock(api: Api) -> None:
    api.app.state.access.limiter._clock = lambda: 600.0


def post(api: Api, path: str, body: object, key: str) -> httpx.Response:
    return api.post(path, body, X_API_Key=key)


def items(count: int) -> dict[str, object]:
    return {"items": [{"text": "a"}] * count}


def test_acts_are_counted_one_by_one_and_a_batch_is_taken_whole_or_not_at_all() -> None:
    key = key_with("classify", items_per_day=5)
    with make_api() as api:
        _stop_the_clock(api)
        assert post(api, "/classify/batch", items(3), key).status_code == 200
        too_many = post(api, "/classify/batch", items(3), key)
        answers = [post(api, "/classify", {"text": "a"}, key) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    for response in (too_many, answers[2]):
        found = problem(response)
        assert (found["slug"], found["limit"], response.headers["retry-after"]) == ("quota-spent", 5, "85800")
    assert '"items";q=5;w=86400' in answers[0].headers["ratelimit-policy"]


def test_what_could_not_be_scored_is_not_counted() -> None:
    key = key_with("classify", items_per_day=4)

    with make_api() as api:
        _stop_the_clock(api)
        assert post(api, "/classify", {"text": "a"}, key).status_code == 200
        assert post(api, "/classify", {"text": 7}, key).status_code == 422
        workers = api.app.state.runtime.workers
        places, workers._places = workers._places, 0
        assert post(api, "/classify/batch", items(3), key).status_code == 503
        workers._places = places
        assert post(api, "/classify/batch", items(3), key).status_code == 200
        assert post(api, "/classify", {"text": "a"}, key).status_code == 429


def test_limits_of_the_settings_hold_for_keys_without_their_own() -> None:
    key = key_with("review", "admin")
    with make_api(requests_per_minute=2) as api:
        assert [ask(api, "GET /info", key).status_code for _ in range(3)].count(200) == 2


# -- without keys -------------------------------------------------------------------------------------------------


SERVERS = [
    (("127.0.0.1", 8000), "no", 200),
    (("::1", 8000), "no", 200),
    (("127.8.8.8", 8000), "no", 200),
    (("10.1.2.3", 8000), "no", 400),
    (("0.0.0.0", 8000), "no", 400),
    (("/run/netra.sock", None), "no", 400),
    (None, "no", 400),
    (("10.1.2.3", 8000), "yes", 200),
    (None, "yes", 200),
]


@pytest.mark.parametrize(("server", "acknowledged", "status"), SERVERS)
def test_without_keys_only_this_very_host_is_answered(server: Any, acknowledged: str, status: int) -> None:
    async def receive() -> Message:
        return {"type": "http.request", "body": b'{"text": "a"}'}

    headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/classify", "headers": headers, "query_string": b""}
    with make_api(auth="off", auth_off_acknowledged=acknowledged) as api:
        assert _status(api, {**scope, "server": server}, receive) == status


def test_without_keys_the_router_answers_as_it_would() -> None:
    with make_api(auth="off") as api:
        assert problem(ask(api, "GET /tidak-ada"))["slug"] == "not-found"
        assert problem(ask(api, "GET /classify"))["slug"] == "method-not-allowed"
        assert problem(ask(api, "GET /info", Host="zqx.example"))["slug"] == "host-refused"


# -- what a key may not reach by another spelling -----------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["/classify%0A", "/classify/", "//classify", "/CLASSIFY", "/classify;a", "/%63lassify/..", "/info/../classify"],
)
def test_another_spelling_of_a_path_is_another_path(api: Api, path: str) -> None:
    sent = {"X-API-Key": key_with("metrics")}
    request = httpx.Request("POST", "http://localhost", headers=sent)
    request.url = httpx.URL("http://localhost").copy_with(raw_path=path.encode())
    assert api.run(api.client.send(request)).status_code in (403, 404)


@pytest.mark.parametrize(
    ("route", "status", "allow"), [("GET /classify", 405, "POST"), ("POST /info", 405, "GET"), ("GET /x", 404, None)]
)
def test_a_key_holder_is_told_what_is_not_there(api: Api, route: str, status: int, allow: str | None) -> None:
    response = ask(api, route, api_key())
    assert response.status_code == status
    assert problem(response)["slug"] in ("not-found", "method-not-allowed")
    assert response.headers.get("allow") == allow
