"""Load and soak are bounded and on loopback only; their client takes no answer for another."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from deploykit import ROOT
from hypothesis import given
from hypothesis import strategies as st

from scripts import load, loopback, soak, stall

# -- bounds -----------------------------------------------------------------------------------------------------------

TOO_MUCH = [
    (load, ["--seconds", "7"]),
    (load, ["--seconds", "nan"]),
    (load, ["--clients", "65"]),
    (load, ["--clients", "0"]),
    (load, ["--workers", "9"]),
    (load, ["--host", "192.0.2.1"]),
    (stall, ["--seconds", "9"]),
    (stall, ["--seconds", "nan"]),
    (soak, ["--minutes", "16"]),
    (soak, ["--minutes", "inf"]),
    (soak, ["--reloads", "1001"]),
    (soak, ["--reloads", "0"]),
]


@pytest.mark.parametrize(("script", "words"), TOO_MUCH)
def test_nothing_can_be_asked_for_without_bounds(
    script: Any, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        script.main(words)
    assert caught.value.code == 2
    assert words[0] in capsys.readouterr().err


@given(st.floats() | st.integers())
def test_what_is_within_bounds_is_a_number_between_them(number: float) -> None:
    try:
        assert 1 <= loopback.bounded(str(number), 1, 5) <= 5
    except ValueError:
        assert not 1 <= number <= 5


def test_a_load_run_takes_less_than_a_minute() -> None:
    rows = 5
    starting = 10
    assert rows * (load.MAX_SECONDS + load.WARM_UP) + 2 * starting < 60


def test_a_look_for_stalls_takes_about_a_minute() -> None:
    rows, starting = 6, 10
    assert rows * stall.MAX_SECONDS + starting < 60


@pytest.mark.parametrize("script", ["load", "soak", "stall", "loopback", "smoke"])
def test_every_address_is_of_this_host(script: str) -> None:
    text = (ROOT / "scripts" / f"{script}.py").read_text(encoding="utf-8")
    assert set(re.findall(r"\d+\.\d+\.\d+\.\d+", text)) <= {"127.0.0.1"}
    assert loopback.HOST == "127.0.0.1"


# -- servers ----------------------------------------------------------------------------------------------------------


def test_a_database_of_somebodys_is_not_loaded() -> None:
    given = {"NETRA_DATABASE_URL": "a", "NETRA_SECRET_KEY": "b", "NETRA_MODELS_DIR": "c", "PATH": "d"}
    assert loopback.clean(given) == {"NETRA_MODELS_DIR": "c", "PATH": "d"}


ON_LOOPBACK = ["--host", "127.0.0.1", "--port", "1"]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What would have been started; the process has ended."""
    calls: list[Any] = []

    def start(words: list[str], **given: Any) -> subprocess.Popen[str]:
        calls.append(SimpleNamespace(words=words, **given))
        process = real(["echo", "netra_kunci"], stdout=subprocess.PIPE, text=True)
        process.wait()
        return process

    real = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", start)
    monkeypatch.setattr(loopback, "free_port", lambda: 1)
    return calls


def test_the_service_listens_on_loopback_with_state_and_keys_of_its_own(started: list[Any]) -> None:
    with pytest.raises(SystemExit, match="did not become ready"), loopback.netra(2, NETRA_WATCHLISTS_DIR="x"):
        pass
    [call] = started
    assert call.words[1:] == ["-m", "app.cli", "serve", "--workers", "2", "--local-key", *ON_LOOPBACK]
    assert call.env["NETRA_WATCHLISTS_DIR"] == "x"
    assert not Path(call.env["NETRA_STATE_DIR"]).exists()  # gone with the run


def test_the_no_op_runs_in_the_same_server(started: list[Any]) -> None:
    with pytest.raises(SystemExit, match="did not become ready"), loopback.nothing(2):
        pass
    assert started[0].words[1:4] == ["-m", "uvicorn", "scripts.loopback:no_op"]
    assert started[0].words[-4:] == ON_LOOPBACK


# -- the client -------------------------------------------------------------------------------------------------------

Answer = Callable[[bytes], bytes]


def talk(folder: Path, answer: Answer, use: Callable[[str], Awaitable[Any]]) -> Any:
    """``use`` with a server that gives ``answer`` to each request, on a socket of the file system."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = re.search(rb"Content-Length: (\d+)", head)
                body = await reader.readexactly(int(length[1])) if length else b""
                writer.write(answer(head + body))
        except (OSError, EOFError):
            pass
        finally:
            writer.close()

    async def run() -> Any:
        path = str(folder / "socket")
        async with await asyncio.start_unix_server(serve, path):
            return await use(path)

    return asyncio.run(run())


def answered(status: int, body: bytes) -> bytes:
    return b"HTTP/1.1 %d X\r\nserver: x\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


def test_requests_are_answered_one_after_the_other(tmp_path: Path) -> None:
    seen: list[bytes] = []

    def answer(sent: bytes) -> bytes:
        seen.append(sent)
        return answered(200 + len(seen), b"x" * len(seen))

    async def use(path: str) -> list[tuple[int, bytes]]:
        reader, writer = await asyncio.open_unix_connection(path)
        found = [await loopback.exchange(reader, writer, loopback.request("/a", "k", b"{}")) for _ in range(3)]
        writer.close()
        return found

    assert talk(tmp_path, answer, use) == [(201, b"x"), (202, b"xx"), (203, b"xxx")]
    assert seen[0] == (
        b"POST /a HTTP/1.1\r\nHost: 127.0.0.1\r\nX-API-Key: k\r\n"
        b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    )
    assert loopback.request("/health/live") == b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def test_an_answer_without_its_length_is_no_answer(tmp_path: Path) -> None:
    async def use(path: str) -> None:
        reader, writer = await asyncio.open_unix_connection(path)
        try:
            await loopback.exchange(reader, writer, loopback.request("/"))
        finally:
            writer.close()

    with pytest.raises(ValueError, match="length"):
        talk(tmp_path, lambda _: b"HTTP/1.1 200 OK\r\n\r\n", use)


DRIVEN = [
    (lambda _: answered(200, b"{}"), True, False),
    (lambda _: answered(503, b"{}"), False, True),
    (lambda _: b"nonsense\r\n\r\n", False, True),
]


@pytest.mark.parametrize(("answer", "good", "bad"), DRIVEN)
def test_good_answers_are_timed_and_bad_ones_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: Answer, good: bool, bad: bool
) -> None:
    async def use(path: str) -> loopback.Timings:
        monkeypatch.setattr(asyncio, "open_connection", lambda *_, **__: asyncio.open_unix_connection(path))
        return await loopback.drive(1, [loopback.request(f"/{n}") for n in range(5)], 3, 0.05)

    timings = talk(tmp_path, answer, use)
    assert (bool(timings.seconds), bool(timings.failures)) == (good, bad)
    assert timings.wall > 0
    assert all(0 < spent <= timings.wall for spent in timings.seconds)


def test_each_client_begins_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first: dict[int, bytes] = {}

    async def client(port: int, turn: list[bytes], until: float, timings: Any) -> None:
        first[len(first)] = turn[0]
        assert sorted(turn) == [b"0", b"1", b"2", b"3"]

    monkeypatch.setattr(loopback, "_client", client)
    asyncio.run(loopback.drive(1, [b"0", b"1", b"2", b"3"], 4, 1.0))
    assert sorted(first.values()) == [b"0", b"1", b"2", b"3"]


def test_the_no_op_answers_and_does_nothing() -> None:
    sent: list[dict[str, Any]] = []
    parts: Iterator[dict[str, Any]] = iter([{"more_body": True}, {"body": b"x"}])

    async def receive() -> dict[str, Any]:
        return next(parts)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(loopback.no_op({"type": "http"}, receive, send))
    assert [sent[0]["status"], sent[1]["body"]] == [200, b"{}"]
    assert next(parts, None) is None
