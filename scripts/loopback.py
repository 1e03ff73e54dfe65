"""What load and soak share: servers on loopback, in processes of their own, and a client that costs little itself."""

from __future__ import annotations

import asyncio
import os
import random
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from string import ascii_lowercase
from tempfile import TemporaryDirectory
from typing import Any

#: Every request of these scripts goes here.
HOST = "127.0.0.1"
PATIENCE = 60.0
#: Settings that a run takes over from the environment; a database of somebody's is none of them.
KEPT = ("NETRA_MODELS_DIR", "NETRA_MODEL", "NETRA_WATCHLISTS_DIR")

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


@dataclass(slots=True)
class Running:
    """A server under way. ``key`` is empty where none is asked for."""

    port: int
    key: str
    process: subprocess.Popen[str]


@dataclass(slots=True)
class Timings:
    """What one kind of request took: seconds of each that was answered 200, and how many were not."""

    wall: float
    seconds: list[float] = field(default_factory=list)
    failures: int = 0


@contextmanager
def netra(workers: int, **settings: str) -> Iterator[Running]:
    """``netra serve`` with a state folder of its own, ready to answer; stopped at the end.

    Raises ``SystemExit`` with the reason when it does not become ready.
    """
    with TemporaryDirectory(prefix="netra-run-") as state:
        environment = clean(os.environ) | {"NETRA_STATE_DIR": state, "NETRA_LOG_LEVEL": "ERROR"} | settings
        words = ["-m", "app.cli", "serve", "--workers", str(workers), "--local-key"]
        with _started(words, environment) as running:
            assert running.process.stdout is not None
            running.key = running.process.stdout.readline().strip()
            _wait_for(running, "/health/ready")
            yield running


def nothing(workers: int) -> AbstractContextManager[Running]:
    """The same server and number of processes around an app that does nothing."""
    return served("scripts.loopback:no_op", workers=workers)


@contextmanager
def served(app: str, *options: str, workers: int = 1, **settings: str) -> Iterator[Running]:
    """The same server around another app, which has to answer ``GET /``."""
    words = ["-m", "uvicorn", app, *options, "--workers", str(workers), "--no-access-log", "--log-level", "warning"]
    with _started(words, clean(os.environ) | settings) as running:
        _wait_for(running, "/")
        yield running


def clean(environment: Mapping[str, str]) -> dict[str, str]:
    """``environment`` without settings of Netra but those in ``KEPT``."""
    return {name: value for name, value in environment.items() if name in KEPT or not name.startswith("NETRA_")}


@contextmanager
def _started(words: Sequence[str], environment: Mapping[str, str]) -> Iterator[Running]:
    port = free_port()
    start = [sys.executable, *words, "--host", HOST, "--port", str(port)]
    root = Path(__file__).resolve().parents[1]
    process = subprocess.Popen(
        start, cwd=root, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        yield Running(port, "", process)
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def free_port() -> int:
    """A port of loopback that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait_for(running: Running, path: str) -> None:
    deadline, why = time.monotonic() + PATIENCE, "no answer"
    while time.monotonic() < deadline and running.process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://{HOST}:{running.port}{path}", timeout=5):
                return
        except urllib.error.HTTPError as error:
            why = error.read().decode()
        except OSError as error:
            why = type(error).__name__
        time.sleep(0.1)
    raise SystemExit(f"the server did not become ready: {why}")


async def no_op(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Reads the body and answers two bytes: what server and client cost without any work."""
    if scope["type"] != "http":
        raise NotImplementedError
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"{}"})


def request(path: str, key: str = "", body: bytes | None = None) -> bytes:
    """The bytes of a request: a POST of JSON where there is a body, a GET where there is none."""
    head = [f"{'GET' if body is None else 'POST'} {path} HTTP/1.1", f"Host: {HOST}"]
    if key:
        head.append(f"X-API-Key: {key}")
    if body is not None:
        head += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, "", ""]).encode() + (body or b"")


async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sent: bytes) -> tuple[int, bytes]:
    """Status and body of the answer to ``sent``. Raises ``OSError``, ``EOFError`` or ``ValueError`` for none."""
    writer.write(sent)
    await writer.drain()
    head = await reader.readuntil(b"\r\n\r\n")
    length = _LENGTH.search(head)
    if length is None:
        raise ValueError("an answer without its length")
    return int(head.split(b" ", 2)[1]), await reader.readexactly(int(length[1]))


async def drive(port: int, requests: Sequence[bytes], clients: int, seconds: float) -> Timings:
    """Send ``requests`` over and over, each client one at a time, for about ``seconds``."""
    began = time.perf_counter()
    timings = Timings(0.0)
    starts = [len(requests) * client // clients for client in range(clients)]
    turns = ([*requests[start:], *requests[:start]] for start in starts)
    await asyncio.gather(*(_client(port, turn, began + seconds, timings) for turn in turns))
    timings.wall = time.perf_counter() - began
    return timings


async def _client(port: int, turn: Sequence[bytes], until: float, timings: Timings) -> None:
    reader, writer = await asyncio.open_connection(HOST, port, limit=1 << 20)
    try:
        at = 0
        while (sent := time.perf_counter()) < until:
            status, _ = await exchange(reader, writer, turn[at % len(turn)])
            at += 1
            if status == 200:
                timings.seconds.append(time.perf_counter() - sent)
            else:
                timings.failures += 1
    except (OSError, EOFError, ValueError):
        timings.failures += 1  # and this client is out
    finally:
        writer.close()


def invented(chance: random.Random, words: int) -> str:
    """A post of words that nobody ever wrote, the last one a hashtag, so that no cache can know them."""
    made = ["".join(chance.choices(ascii_lowercase, k=chance.randint(5, 10))) for _ in range(words)]
    return " ".join([*made[:-1], f"#{made[-1]}"])


def bounded(text: str, low: float, high: float) -> float:
    """A number of the command line; raises ``ValueError`` unless ``low`` <= it <= ``high``."""
    value = float(text)
    if not low <= value <= high:
        raise ValueError(f"between {low:g} and {high:g}")
    return value
