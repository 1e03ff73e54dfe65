"""One line and one count for each request, made of our own tables."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api.http_client import Api, api_key, make_api, settings_with
from fakes import fictional
from hypothesis import given, settings
from hypothesis import strategies as st
from observekit import requests_logged, scraped, total
from starlette.types import Message, Receive, Scope, Send

from app.access.keys import create_key, parts_of
from app.access.routes import CONSOLE, NEEDS, OPEN
from app.observe.observer import Observer
from app.observe.watch import HUNG_UP, Watch, problem_in, route_of
from app.policy.rules import load_rules
from app.problems import MalformedJson, Problem, all_problems
from app.store import open_store

Captured = pytest.CaptureFixture[str]
OPERATIONS = (Path(__file__).resolve().parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    with make_api() as running:
        yield running


def line_of(api: Api, capfd: Captured, method: str, path: str, body: object = None, **headers: str) -> dict[str, Any]:
    """The line that one request is logged with."""
    capfd.readouterr()
    content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    sent = {"Content-Type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
    api.run(api.client.request(method, path, content=content, headers=sent))
    [line] = requests_logged(capfd)
    return line


def test_a_scored_act_is_one_line_with_everything_an_operator_needs(api: Api, capfd: Captured) -> None:
    line = line_of(api, capfd, "POST", "/classify", {"text": "ayo coblos"}, X_Request_ID="uji-1")
    assert isinstance(line.pop("milliseconds"), float)
    del line["timestamp"]
    assert line == {
        "level": "info",
        "event": "request",
        "logger": "netra.http",
        "request_id": "uji-1",
        "method": "POST",
        "route": "/classify",
        "status": 200,
        "key": parts_of(api_key())[0],  # type: ignore[index]
        "items": 1,
        "flagged": 1,
        "review": 0,
        "undecided": 0,
        "model": "0",
        "policy": load_rules().version,
        "watchlist": fictional().version,
    }


def test_the_line_in_the_documentation_has_the_fields_of_a_real_one(api: Api, capfd: Captured) -> None:
    shown = re.search(r"```json\n(.*)\n```", OPERATIONS)
    assert shown is not None
    real = line_of(api, capfd, "POST", "/classify", {"text": "ayo coblos"})
    assert {name: type(value) for name, value in json.loads(shown[1]).items()} == {
        name: type(value) for name, value in real.items()
    }
    assert [name for name in real if f"`{name}`" not in OPERATIONS] == []


def test_a_batch_is_counted_by_what_came_of_it(api: Api, capfd: Captured) -> None:
    texts = ["coblos", "coblos", "ragu", "selamat pagi"]
    items = [*({"text": text} for text in texts), {"action": "like"}, {"text": 7}]
    line = line_of(api, capfd, "POST", "/classify/batch", {"items": items})
    assert [line[name] for name in ("items", "flagged", "review", "undecided")] == [5, 2, 1, 1]


def test_what_was_not_scored_says_nothing_of_scores(api: Api, capfd: Captured) -> None:
    assert {"items", "model", "policy", "watchlist", "problem"}.isdisjoint(line_of(api, capfd, "GET", "/info"))


REQUESTS = [
    ("GET", "/health/live", None, "/health/live", 200, None),
    ("GET", "/watchlists/pilkada-kota-uji-2031", None, "/watchlists/{id}", 200, None),
    ("GET", "/watchlists/zqx", None, "/watchlists/{id}", 404, "not-found"),
    ("GET", "/zqx", None, "-", 404, "not-found"),
    ("GET", "/info?q=zqx", None, "/info", 200, None),
    ("GET", "/classify", None, "/classify", 405, "method-not-allowed"),
    ("ZQX", "/classify", None, "/classify", 405, "method-not-allowed"),
    ("POST", "/classify", b"{", "/classify", 400, "malformed-json"),
    ("POST", "/classify", {"text": 7}, "/classify", 422, "invalid-request"),
    ("POST", "/classify", {"text": "a" * 10_001}, "/classify", 413, "text-too-long"),
    ("POST", "/classify", b"{}".ljust(9_000_000), "/classify", 413, "body-too-large"),
]


@pytest.mark.parametrize(("method", "path", "body", "route", "status", "problem"), REQUESTS)
def test_method_route_and_problem_are_words_of_our_own(
    api: Api, capfd: Captured, method: str, path: str, body: object, route: str, status: int, problem: str | None
) -> None:
    line = line_of(api, capfd, method, path, body)
    assert (line["route"], line["status"], line.get("problem")) == (route, status, problem)
    assert line["method"] == ("-" if method == "ZQX" else method)
    assert "zqx" not in str(line).lower()


def test_without_a_valid_key_no_caller_is_named(api: Api, capfd: Captured) -> None:
    line = line_of(api, capfd, "POST", "/classify", {"text": "a"}, X_API_Key="netra_abcdefgh_" + "z" * 43)
    assert (line["status"], line["problem"], line["route"]) == (401, "key-refused", "/classify")
    assert "key" not in line


def test_a_key_that_used_up_its_minute_is_a_refusal_by_name(capfd: Captured) -> None:
    store = open_store(settings_with())
    with store.begin() as tx:
        key = create_key(tx, "uji", ["classify"], requests_per_minute=1)
    store.close()
    with make_api() as api:
        lines = [line_of(api, capfd, "GET", "/info", X_API_Key=key) for _ in range(3)]
        found = scraped(api)
    refused = [line["problem"] for line in lines if line["status"] == 429]
    assert set(refused) == {"rate-limited"}
    assert total(found, "netra_refusals_total", status="429", problem="rate-limited") == len(refused)


def test_a_service_without_rights_to_answer_is_counted_as_a_refusal(capfd: Captured) -> None:
    def broken(_: object) -> Any:
        raise OSError

    with make_api(load=broken) as api:
        line = line_of(api, capfd, "POST", "/classify", {"text": "a"})
        found = scraped(api)
    assert (line["status"], line["problem"]) == (503, "model-unavailable")
    assert total(found, "netra_refusals_total", status="503", problem="model-unavailable") == 1
    assert total(found, "netra_ready") == 0


ALL = all_problems()


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.slug)
def test_every_problem_is_recognised_in_its_answer(kind: type[Problem]) -> None:
    problem = kind.__new__(kind)
    Problem.__init__(problem)
    problem.__dict__.setdefault("retry_after", 1)
    assert problem_in(bytes(problem.response("id").body)) == kind.slug


@settings(max_examples=300)
@given(body=st.binary(), inside=st.sampled_from(ALL))
def test_only_an_answer_of_ours_is_read_as_a_problem(body: bytes, inside: type[Problem]) -> None:
    ours = bytes(MalformedJson().response("id").body)
    assert problem_in(body) is None or body.startswith(b'{"type":"urn:problem-type:netra:')
    assert problem_in(b" " + ours) is None
    assert problem_in(b'{"text":' + ours) is None


PLAIN = sorted({route.partition(" ")[2] for route in (*NEEDS, *CONSOLE, *OPEN)})


@pytest.mark.parametrize("path", PLAIN)
def test_a_request_refused_before_its_route_was_found_is_known_by_a_plain_path(path: str) -> None:
    assert route_of({"path": path}) == ("-" if "{" in path else path)


@settings(max_examples=200)
@given(path=st.text())
def test_a_path_that_is_none_of_ours_is_never_repeated(path: str) -> None:
    assert route_of({"path": path}) in {"-", *PLAIN}


SCOPE: Scope = {"type": "http", "method": "GET", "path": "/info", "headers": []}


def drive(inner: Any, observer: Observer, scope: Scope = SCOPE) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    asyncio.run(Watch(inner, observer)(dict(scope), receive, send))
    return sent


async def silent(scope: Scope, receive: Receive, send: Send) -> None:
    return


async def stopped(scope: Scope, receive: Receive, send: Send) -> None:
    raise asyncio.CancelledError


async def half(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise ValueError("zqx")


@pytest.mark.parametrize(
    ("inner", "error", "status"),
    [(silent, None, HUNG_UP), (stopped, asyncio.CancelledError, HUNG_UP), (half, ValueError, 200)],
)
def test_a_request_that_ends_without_an_answer_is_noted_all_the_same(
    inner: Any, error: type[BaseException] | None, status: int, capfd: Captured
) -> None:
    observer = Observer(settings_with())
    if error is None:
        drive(inner, observer)
    else:
        with pytest.raises(error):
            drive(inner, observer)
    [line] = requests_logged(capfd)
    assert line["status"] == status
    assert "zqx" not in str(line)
    assert observer.in_flight == 0


def test_a_request_is_in_flight_until_it_ends() -> None:
    observer, seen = Observer(settings_with()), []

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(observer.in_flight)

    drive(inner, observer)
    assert (seen, observer.in_flight) == ([1], 0)


def test_what_is_no_request_is_neither_logged_nor_counted(capfd: Captured) -> None:
    drive(silent, Observer(settings_with()), {"type": "lifespan"})
    assert requests_logged(capfd) == []


def test_what_is_sent_is_passed_on_as_it_is() -> None:
    messages = [
        {"type": "http.response.start", "status": 404, "headers": [(b"a", b"b")]},
        {"type": "http.response.body", "body": b"\xff", "more_body": True},
        {"type": "http.response.body"},
    ]

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        for message in messages:
            await send(message)

    assert drive(inner, Observer(settings_with())) == messages
