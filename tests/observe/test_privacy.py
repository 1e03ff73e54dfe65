"""Requests full of marks, good and bad: none of the marks is in any line of the log or on the page of metrics."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from api.http_client import Api, make_api
from fakes import FakeScorer
from observekit import logged

from app.observe.recent import EVERY
from app.scoring.types import Item, Verdict

MARK = "zqx"
SECRET = "Zqx" + "q" * 40
ACT = {
    "id": "zqx-id-198701012010011001",
    "text": "ayo coblos nomor 2 zqxnama @zqxakun https://zqx.example/?zqx #zqxtagar zqx\u202e\u0000",
    "target_text": "zqxsasaran",
    "media_text": "zqxgambar",
    "action": "comment",
    "platform": "zqxplatform",
    "election": "zqx-pemilihan",
    "region": "Kota Zqx",
    "parent_author": "zqxhandle",
    "posted_at": "2031-11-03T19:05:00+07:00",
}
HEADERS = {
    "User-Agent": "zqx",
    "Referer": "https://zqx.example/zqx",
    "X-Forwarded-For": "zqx",
    "X-Request-ID": "zqx zqx",
    "Authorization": "Bearer zqx",
    "Cookie": "zqx=zqx",
    "Accept-Language": "zqx",
    "Content-Type": "application/json",
}


class Breaking(FakeScorer):
    """Fails on some acts, with the post in its message and as the cause."""

    def score(self, items: Sequence[Item], *, explain: bool = False, entities: bool = False) -> list[Verdict]:
        if any("rusak" in item.text for item in items):
            try:
                raise KeyError(items[0].text)
            except KeyError as error:
                raise ValueError(f"cannot score {items[0]}") from error
        return super().score(items, explain=explain, entities=entities)


def body(**changes: object) -> bytes:
    return json.dumps({**ACT, **changes}).encode()


BATCH = [
    ACT,
    {**ACT, "text": 7},
    {**ACT, "zqx": 1},
    {"action": "like", "id": "zqx"},
    "zqx",
    {**ACT, "posted_at": "zqx"},
]
TRAFFIC: list[tuple[str, str, bytes | None, dict[str, str]]] = [
    ("POST", "/classify", body(), {}),
    ("POST", "/classify", body(text="zqx " * 1000), {}),
    ("POST", "/classify", body(text="zqx" * 5000), {}),
    ("POST", "/classify", body(zqx="zqx"), {}),
    ("POST", "/classify", body(posted_at="zqx"), {}),
    ("POST", "/classify", body(action="zqx"), {}),
    ("POST", "/classify", body(text="rusak zqx"), {}),
    ("POST", "/classify", b'{"text": "zqx', {}),
    ("POST", "/classify", b'{"text": "\\ud83dzqx"}', {}),
    ("POST", "/classify", b'"zqx"', {"Content-Type": "text/zqx"}),
    ("POST", "/classify?zqx=zqx", body(), {}),
    ("POST", "/classify/zqx", body(), {}),
    ("POST", "/classify", body(), {"X-API-Key": f"netra_zqxzqxzq_{SECRET}"}),
    ("POST", "/classify", body(), {"X-API-Key": "zqx"}),
    ("POST", "/classify", body(), {"Host": "zqx.example"}),
    ("POST", "/classify/batch", json.dumps({"items": BATCH}).encode(), {}),
    ("POST", "/classify/batch", json.dumps({"items": BATCH * 20}).encode().ljust(100_000), {}),
    ("POST", "/classify/batch", json.dumps({"items": [{**ACT, "text": "rusak zqx"}]}).encode(), {}),
    ("POST", "/classify/batch", json.dumps({"items": [ACT] * 1001}).encode(), {}),
    ("POST", "/classify/batch", b'{"items": "zqx"}', {}),
    ("POST", "/classify", body(text="coblos zqx", queue=True, author_id="zqxpenulis"), {}),
    ("POST", "/classify", body(author_id="zqx" * 100), {}),
    ("GET", "/items?cursor=zqx&band=zqx", None, {}),
    ("GET", "/items", None, {}),
    ("GET", "/items/zqx", None, {}),
    ("POST", "/items/next", b'{"zqx": "zqx"}', {}),
    ("POST", "/items/zqx/decisions", b'{"label": "bukan", "reason": "zqx alasan"}', {}),
    ("POST", "/items/zqx/decisions", b'{"label": "zqx", "reason": "zqx"}', {}),
    ("GET", "/watchlists/zqx", None, {}),
    ("GET", "/watchlists?zqx=zqx", None, {}),
    ("GET", "/zqx/zqx?zqx=zqx#zqx", None, {}),
    ("ZQX", "/classify", body(), {}),
    ("OPTIONS", "/classify", None, {"Origin": "https://zqx.example"}),
    ("GET", "/metrics?zqx=zqx", None, {}),
    ("GET", "/health/ready?zqx=zqx", None, {"Host": "zqx"}),
]


@pytest.fixture
def api() -> Iterator[Api]:
    with make_api(Breaking(), log_level="DEBUG") as running:
        yield running


def test_no_mark_of_any_request_is_logged_or_counted(
    api: Api, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answers: list[int] = []
    for method, path, content, headers in TRAFFIC:
        sent = {**HEADERS, **headers}
        response = api.run(api.client.request(method, path, content=content, headers=sent))
        answers.append(response.status_code)
    taken = api.post("/items/next", {}).json()["item"]
    decided = api.post(f"/items/{taken['id']}/decisions", {"label": "bukan", "reason": "zqx, terlalu jauh"})
    assert (MARK in str(taken), decided.status_code) == (True, 200)
    for _ in range(EVERY):
        api.post("/classify", ACT)
    page = api.get("/metrics").text
    written = capfd.readouterr()
    assert {200, 400, 401, 404, 405, 413, 415, 422, 500} <= set(answers)
    assert written.err.count('"event":"request"') == len(TRAFFIC) + EVERY + 3
    assert "ValueError at " in written.err
    ours = "\n".join(
        f"{record.name} {record.getMessage()} {vars(record).get('request_id')}"
        for record in caplog.records
        if record.name.partition(".")[0] in ("netra", "uvicorn", "asyncio")
    )
    for where in (page, written.err, written.out, ours):
        assert MARK not in where.lower()
        assert "coblos" not in where.lower()
        assert "198701012010011001" not in where
    assert 'netra_items_total{band="flag",kind="vote_call"}' in page


def test_an_error_that_nobody_waited_for_is_logged_without_its_message(
    api: Api, capfd: pytest.CaptureFixture[str]
) -> None:
    async def lost() -> None:
        raise ValueError("zqx")

    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        loop.call_exception_handler(
            {"message": "Task exception was never retrieved", "exception": ValueError("zqx"), "future": lost}
        )
        loop.call_soon(json.loads, "zqx")
        await asyncio.sleep(0)

    api.run(scenario())
    lines: list[dict[str, Any]] = [line for line in logged(capfd) if line["logger"] == "asyncio"]
    assert [line["event"] for line in lines] == ["Task exception was never retrieved", "Exception in callback loads"]
    assert [line["error"].split(" ")[0] for line in lines] == ["ValueError", "JSONDecodeError"]
    assert MARK not in str(lines).lower()
