"""How long the event loop of a service keeps everybody waiting: under single posts, batches, both, and another model.

``make stall``, or ``python -m scripts.stall --seconds 5``. Loopback only, in less than a minute. A task of the service
itself sleeps for a millisecond, over and over: what it oversleeps is a stall. "own" is processor time that the loop's
thread spent meanwhile; the rest it waited for other threads, or for processors that somebody else had.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
import urllib.request
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from scripts.load import BATCH, CORPUS, POSTS, percentile, sample
from scripts.loopback import HOST, Running, bounded, drive, request, served
from scripts.soak import swap, two_models

MAX_SECONDS = 8.0
#: Seconds for which the task sleeps, and which of its delays are counted as stalls.
BEAT, GOAL = 0.001, 0.005
SINGLES, BATCHES = 4, 2
HEAD = f"{'':<42}{'own ms':>9}{'p99 ms':>9}{'p99.9 ms':>10}{'max ms':>9}{'over 5 ms':>11}"
_NUMBERS = "{:>9.1f}{:>9.1f}{:>10.1f}{:>9.1f}{:>11}"


class Watched:
    """The service, and at ``/`` how its loop fared since the last time somebody asked."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._beating: asyncio.Task[None] | None = None
        self._late: list[float] = []
        self._own = 0.0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"] != "/":
            await self._app(scope, receive, send)
            return
        self._beating = self._beating or asyncio.create_task(self._beat())
        body = json.dumps({"late": self._late, "own": self._own}).encode()
        self._late, self._own = [], 0.0
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _beat(self) -> None:
        while True:
            began, spent = time.perf_counter(), time.thread_time()
            await asyncio.sleep(BEAT)
            self._late.append(time.perf_counter() - began - BEAT)
            self._own = max(self._own, time.thread_time() - spent)


def watched() -> Watched:
    """The service as its settings say, watched; for uvicorn."""
    from app.main import create_app

    return Watched(create_app())


def main(words: Sequence[str] | None = None) -> int:
    """Print the table; 1 when a request failed."""
    given = _options(words)
    posts = sample(CORPUS, POSTS)
    singles = [request("/classify", body=_json({"text": post})) for post in posts]
    batches = [_batch(posts[at : at + BATCH]) for at in range(0, len(posts) - BATCH + 1, BATCH)]
    with TemporaryDirectory(prefix="netra-stall-") as folder:
        models = two_models(Path(folder) / "models")
        own = {"NETRA_AUTH": "off", "NETRA_STATE_DIR": folder, "NETRA_LOG_LEVEL": "ERROR"}
        with served("scripts.stall:watched", "--factory", NETRA_MODELS_DIR=str(models), **own) as server:
            row = partial(_row, server, given.seconds)
            print(HEAD)
            row("nothing to do", [], [])  # what the host alone does; the first look also starts the watch
            failed = row("to warm up", singles, batches)
            failed += row(f"single posts, {SINGLES} clients", singles, [])
            failed += row(f"batches of {BATCH}, {BATCHES} clients", [], batches)
            failed += row("both", singles, batches)
            swap(models, 1)
            failed += row("single posts, another model taken over", singles, [])
    print(f"{os.cpu_count()} processors shared with the clients and whatever else runs; load {os.getloadavg()[0]:.1f}")
    return 1 if failed else 0


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="stall", description=__doc__, allow_abbrev=False)
    seconds = partial(bounded, low=0.5, high=MAX_SECONDS)
    parser.add_argument("--seconds", type=seconds, default=6.0, help=f"of each row, at most {MAX_SECONDS:g}")
    return parser.parse_args(words)


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _batch(posts: Sequence[str]) -> bytes:
    return request("/classify/batch", body=_json({"items": [{"text": post} for post in posts]}))


def _row(server: Running, seconds: float, name: str, singles: Sequence[bytes], batches: Sequence[bytes]) -> int:
    """One row of the table; how many requests failed."""
    _looked(server)
    failures = asyncio.run(_driven(server.port, singles, batches, seconds))
    found = _looked(server)
    print(line(name, found["late"], found["own"]))
    return failures


async def _driven(port: int, singles: Sequence[bytes], batches: Sequence[bytes], seconds: float) -> int:
    kinds = [(sent, clients) for sent, clients in ((singles, SINGLES), (batches, BATCHES)) if sent]
    if not kinds:
        await asyncio.sleep(seconds)
    timings = await asyncio.gather(*(drive(port, sent, clients, seconds) for sent, clients in kinds))
    return sum(each.failures for each in timings)


def _looked(server: Running) -> dict[str, Any]:
    with urllib.request.urlopen(f"http://{HOST}:{server.port}/", timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def line(name: str, late: Sequence[float], own: float) -> str:
    """One row of the table: ``late`` are delays in seconds, ``own`` the most processor time between two beats."""
    shares = [1_000 * percentile(late, share) for share in (0.99, 0.999, 1.0)]
    return f"{name:<42}" + _NUMBERS.format(1_000 * own, *shares, f"{sum(one > GOAL for one in late)}/{len(late)}")


if __name__ == "__main__":
    sys.exit(main())
