"""Headers, request ids, crashes and log lines."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Sequence

import pytest
from fakes import FakeScorer
from fastapi import FastAPI
from http_client import Api, api_key, make_api, problem
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.types import Message, Receive, Scope, Send

from app.api.edge import SECURITY_HEADERS, Edge, safe_request_id
from app.scoring.types import Item, Verdict

EVERYWHERE = [
    ("GET", "/health/live", None, 200),
    ("GET", "/health/ready", None, 200),
    ("GET", "/info", None, 200),
    ("GET", "/openapi.json", None, 200),
    ("POST", "/classify", b'{"text": "a"}', 200),
    ("POST", "/classify/batch", b'{"items": []}', 200),
    ("POST", "/classify", b"{", 400),
    ("GET", "/tidak-ada", None, 404),
    ("GET", "/classify", None, 405),
    ("POST", "/classify", b"{}".ljust(9_000_000), 413),
    ("POST", "/classify", b"{}", 422),
]


@pytest.mark.parametrize(("method", "path", "content", "status"), EVERYWHERE)
def test_every_answer_has_the_security_headers_and_a_request_id(
    api: Api, method: str, path: str, content: bytes | None, status: int
) -> None:
    headers = {"Content-Type": "application/json", "X-Request-ID": "uji-1"}
    response = api.run(api.client.request(method, path, content=content, headers=headers))
    assert response.status_code == status
    assert response.headers["x-request-id"] == "uji-1"
    for name, value in SECURITY_HEADERS.items():
        assert response.headers[name] == value


def test_the_security_headers_forbid_sniffing_storing_and_referring() -> None:
    assert SECURITY_HEADERS == {
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def test_only_the_documentation_page_may_load_anything() -> None:
    with make_api(docs_enabled=True) as api:
        policy = api.get("/docs").headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in policy
    assert "https://cdn.jsdelivr.net" in policy


@pytest.mark.parametrize("method", ["GET", "OPTIONS", "POST"])
def test_no_other_site_may_read_an_answer(api: Api, method: str) -> None:
    headers = {"Origin": "https://situs.example", "Access-Control-Request-Method": "POST"}
    response = api.run(api.client.request(method, "/classify", headers=headers))
    assert not [name for name in response.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("given_id", ["a", "a" * 64, "A.b_c-9", "0198c1de-7d1e-7000-8000-1234567890ab"])
def test_a_plain_request_id_is_kept(given_id: str) -> None:
    assert safe_request_id(given_id) == given_id


@pytest.mark.parametrize("given_id", [None, "", "a" * 65, "a b", "a\r\nX-Evil: 1", "é", "<script>", "a\n", "٣"])
def test_any_other_request_id_is_replaced(given_id: str | None) -> None:
    made = safe_request_id(given_id)
    assert re.fullmatch("[0-9a-f]{32}", made)
    assert made != safe_request_id(given_id)


class Crash(FakeScorer):
    """Fails, with the post in its message."""

    def score(self, items: Sequence[Item], *, explain: bool = False, entities: bool = False) -> list[Verdict]:
        raise ValueError(f"cannot score {items[0].text}")


@pytest.mark.parametrize("path", ["/classify", "/classify/batch"])
def test_a_crash_is_a_bare_500_and_logged_without_the_post(path: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    body = {"text": "rahasia zqx"}
    with make_api(Crash()) as api:
        response = api.post(path, body if path == "/classify" else {"items": [body]}, X_Request_ID="uji-2")
    assert response.status_code == 500
    assert problem(response)["slug"] == "internal-error"
    assert set(response.json()) == {"type", "title", "status"}
    assert response.headers["x-request-id"] == "uji-2"
    assert response.headers["cache-control"] == "no-store"
    [line] = [r for r in caplog.records if r.levelno == logging.ERROR]
    assert re.fullmatch(r"ValueError at .*test_http_edge:\d+", line.getMessage())
    assert vars(line)["request_id"] == "uji-2"
    assert "zqx" not in caplog.text


def test_one_line_a_request_says_what_was_done(api: Api, capfd: pytest.CaptureFixture[str]) -> None:
    api.post("/classify", {"text": "a"}, X_Request_ID="uji-3")
    [line] = map(json.loads, capfd.readouterr().err.splitlines())
    said = {name: line[name] for name in ("event", "method", "route", "status", "request_id")}
    assert said == {"event": "request", "method": "POST", "route": "/classify", "status": 200, "request_id": "uji-3"}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(["/classify", "/zqx", "/classify/zqx", "/info?q=zqx", "/classify?zqx"]),
    method=st.sampled_from(["GET", "POST", "ZQX"]),
    content=st.sampled_from([b'{"text": "zqx"}', b'{"zqx": 1}', b"zqx", b'{"items": ["zqx", {"text": "zqx"}]}']),
    agent=st.sampled_from(["zqx", "curl"]),
)
def test_no_log_line_carries_anything_from_address_body_or_headers(
    api: Api, capfd: pytest.CaptureFixture[str], path: str, method: str, content: bytes, agent: str
) -> None:
    headers = {"Content-Type": "application/json", "User-Agent": agent, "X-Request-ID": "zqx zqx"}
    api.run(api.client.request(method, path, content=content, headers=headers))
    lines = capfd.readouterr().err
    assert lines
    assert "zqx" not in lines.lower()


def test_uvicorns_access_log_is_off(api: Api) -> None:
    assert logging.getLogger("uvicorn.access").disabled


@pytest.mark.parametrize("level", ["DEBUG", "WARNING"])
def test_the_log_level_is_a_setting(level: str) -> None:
    with make_api(log_level=level):
        assert logging.getLogger("netra").level == getattr(logging, level)
    with make_api():
        assert logging.getLogger("netra").level == logging.INFO


def test_telemetry_that_would_export_bodies_is_off(api: Api) -> None:
    config = api.app._telemetry
    assert [name for name, value in config.items() if value] == []


SCOPE: Scope = {"type": "http", "method": "POST", "path": "/classify", "headers": [], "query_string": b""}


async def _gone() -> Message:
    return {"type": "http.disconnect"}


def _drive(app: FastAPI | Edge, api: Api, scope: Scope, receive: Receive = _gone) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    api.run(app(scope, receive, send))
    return sent


def test_a_caller_who_hangs_up_is_not_a_crash(api: Api, capfd: pytest.CaptureFixture[str]) -> None:
    sent = [(b"content-type", b"application/json"), (b"host", b"localhost"), (b"x-api-key", api_key().encode())]
    scope = {**SCOPE, "headers": sent}
    assert _drive(api.app, api, scope) == []
    [line] = map(json.loads, capfd.readouterr().err.splitlines())
    assert (line["level"], line["status"]) == ("info", 499)


def test_a_crash_after_the_answer_began_leaves_it_unfinished(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    async def half(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ValueError("zqx")

    [start] = _drive(Edge(half), api, dict(SCOPE))
    assert start["status"] == 200
    assert "ValueError" in caplog.text
    assert "zqx" not in caplog.text


def test_other_protocols_pass_untouched(api: Api) -> None:
    sent = _drive(api.app, api, {"type": "websocket", "path": "/classify", "headers": [], "query_string": b""})
    assert [m["type"] for m in sent] == ["websocket.close"]
