"""A body over the cap is refused at once, and read on just so long that whoever sends it can read why."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import Sequence
from pathlib import Path

import pytest
from http_client import while_served
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from app.api import body as bodies
from app.api.body import REST, BodyCap
from app.problems import BodyTooLarge


def capped(limit: int, parts: Sequence[bytes], length: int | None = None) -> list[tuple[str, object]]:
    """What happens in which order when these parts of a body arrive: parts read, and messages sent."""
    events: list[tuple[str, object]] = []
    arriving = iter([*parts])

    async def receive() -> Message:
        part = next(arriving, None)
        if part is None:  # the caller waits for the answer
            await asyncio.Event().wait()
        events.append(("read", part))
        return {"type": "http.request", "body": part, "more_body": part != b"end"}

    async def send(message: Message) -> None:
        events.append(("sent", message.get("status") or (len(message["body"]) > 0, message.get("more_body", False))))

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            while (await receive())["more_body"]:
                pass
            await Response("dibaca")(scope, receive, send)
        except BodyTooLarge as problem:
            await problem.response("id")(scope, receive, send)

    headers = [] if length is None else [(b"content-length", str(length).encode())]
    scope = {"type": "http", "path": "/", "method": "POST", "headers": headers}
    asyncio.run(BodyCap(app, limit)(scope, receive, send))
    return events


ANSWER = [("sent", 413), ("sent", (True, True))]
END = ("sent", (False, False))


def test_the_answer_is_out_before_the_rest_is_read_and_ends_after_it() -> None:
    assert capped(4, [b"abc", b"end"], length=6) == [*ANSWER, ("read", b"abc"), ("read", b"end"), END]
    assert capped(4, [b"abc", b"de", b"f", b"end"]) == [
        ("read", b"abc"), ("read", b"de"), *ANSWER, ("read", b"f"), ("read", b"end"), END,
    ]  # fmt: skip


def test_a_body_that_was_read_to_its_end_is_answered_at_once() -> None:
    assert capped(4, [b"abc", b"end"]) == [("read", b"abc"), ("read", b"end"), ("sent", 413), ("sent", (True, False))]
    assert capped(8, [b"abc", b"end"])[-2:] == [("sent", 200), ("sent", (True, False))]


def test_no_more_is_read_than_anybody_needs() -> None:
    events = capped(4, [b"abcd"] * 100, length=20)
    assert [kind for kind, _ in events].count("read") == REST + 2
    assert events[-1] == END


def test_nobody_is_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "REST_SECONDS", 0.0)
    assert capped(4, [b"abc"], length=6)[-1] == END


def test_a_cap_of_many_bytes_does_not_make_more_of_them_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "REST_BYTES", 8)
    assert [kind for kind, _ in capped(4, [b"abcd"] * 100, length=12)].count("read") == 4
    assert capped(4, [b"abcd"], length=13) == [("sent", 413), ("sent", (True, False))]


@pytest.mark.parametrize("declared", [True, False])
def test_a_program_that_sends_all_before_it_reads_gets_the_answer(tmp_path: Path, declared: bool) -> None:
    """As Python's own client does, which also asks for the connection to be closed."""
    limit = 64 * 1024
    parts = [b"x" * limit] * (1 + REST)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            await request.body()
        except BodyTooLarge as problem:
            await problem.response("id")(scope, receive, send)

    async def talk(reader: StreamReader, writer: StreamWriter) -> bytes:
        size = f"Content-Length: {len(parts) * limit}" if declared else "Transfer-Encoding: chunked"
        writer.write(f"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{size}\r\n\r\n".encode())
        for part in parts:
            writer.write(part if declared else b"%x\r\n%b\r\n" % (len(part), part))
            await writer.drain()
        writer.write(b"" if declared else b"0\r\n\r\n")
        await writer.drain()
        return await reader.read()

    found = asyncio.run(while_served(BodyCap(app, limit), tmp_path / "socket", talk))
    assert found.startswith(b"HTTP/1.1 413 ")
    assert b"body-too-large" in found
