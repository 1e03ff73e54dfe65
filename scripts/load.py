"""Throughput and latency of one-post and 100-post requests beside a no-op endpoint, all in one run on loopback.

``make load``, or ``python -m scripts.load --seconds 5 --clients 8 --workers 2``. Ends by itself within a minute; exit
code 1 when any request failed. The no-op is an empty app in the same server: what client and server cost alone.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
from collections.abc import Sequence
from functools import partial
from math import ceil
from pathlib import Path

from scripts.loopback import Running, Timings, bounded, drive, invented, netra, nothing, request

MAX_SECONDS, MAX_CLIENTS, MAX_WORKERS = 6.0, 64, 8
#: Seconds before each measurement that are not counted: caches fill, connections are made.
WARM_UP = 1.0
BATCH, POSTS = 100, 4_000
AFFIXES = ("me", "mem", "meng", "di", "ke", "se", "ber", "ter", "pe", "an", "kan", "i", "nya", "lah", "pun", "em", "er")
CORPUS = Path(__file__).resolve().parents[1] / "data" / "corpus"
HEAD = f"{'':<43}{'requests/s':>11}{'posts/s':>10}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'max ms':>9}{'failed':>8}"
_NUMBERS = "{:>11.0f}{:>10}{:>9.1f}{:>9.1f}{:>9.1f}{:>9.1f}{:>8}"


def main(words: Sequence[str] | None = None) -> int:
    """Print the table; 1 when a request failed."""
    given = _options(words)
    posts = sample(CORPUS, POSTS)
    print(HEAD)
    with nothing(given.workers) as server:
        failed = _row("no-op, one post", server, "/", [_one(post) for post in posts], 1, given)
    with netra(given.workers) as server:
        failed += _row("POST /classify, one post", server, "/classify", [_one(post) for post in posts], 1, given)
        hundreds = {explain: _hundreds(posts, explain) for explain in (True, False)}
        for explain, name in ((True, "posts"), (False, "posts, no evidence")):
            name = f"POST /classify/batch, {BATCH} {name}"
            failed += _row(name, server, "/classify/batch", hundreds[explain], BATCH, given)
        batches = [request("/classify/batch", server.key, body) for body in hundreds[True]]
        failed += _liveness("GET /health/live under batches", server, batches, given)
        failed += _liveness("GET /health/live under hostile posts", server, hostile(server.key), given)
    print(f"{given.clients} clients, {given.workers} processes, {os.cpu_count()} processors shared with the clients")
    return 1 if failed else 0


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="load", description=__doc__, allow_abbrev=False)
    seconds = partial(bounded, low=0.1, high=MAX_SECONDS)
    parser.add_argument("--seconds", type=seconds, default=5.0, help=f"of each row, at most {MAX_SECONDS:g}")
    parser.add_argument("--clients", type=int, choices=range(1, MAX_CLIENTS + 1), default=8, metavar="N")
    parser.add_argument("--workers", type=int, choices=range(1, MAX_WORKERS + 1), default=2, metavar="N")
    return parser.parse_args(words)


def sample(folder: Path, count: int) -> list[str]:
    """``count`` texts of the corpus, always the same; raises ``ValueError`` when there are none."""
    lines = [line for path in sorted(folder.glob("*.jsonl")) for line in path.read_bytes().split(b"\n") if line]
    if not lines:
        raise ValueError("no corpus")
    chosen = random.Random(0).sample(lines, min(count, len(lines)))
    return [text for line in chosen if (text := json.loads(line)["text"]).strip()]


def _one(post: str) -> bytes:
    return json.dumps({"text": post}).encode()


def _hundreds(posts: Sequence[str], explain: bool) -> list[bytes]:
    groups = [posts[at : at + BATCH] for at in range(0, len(posts) - BATCH + 1, BATCH)]
    return [json.dumps({"items": [{"text": post} for post in group], "explain": explain}).encode() for group in groups]


def _row(name: str, server: Running, path: str, bodies: Sequence[bytes], posts: int, given: argparse.Namespace) -> int:
    sent = [request(path, server.key, body) for body in bodies]
    asyncio.run(drive(server.port, sent, given.clients, WARM_UP))
    timings = asyncio.run(drive(server.port, sent, given.clients, given.seconds))
    print(line(name, timings, posts))
    return timings.failures


def hostile(key: str) -> list[bytes]:
    """Posts of the words that cost most to read, none of them twice; the dearest a post may hold inline, and 2,000."""
    chance = random.Random(0)
    texts = [_dear(chance, size) for size in (24, 24, 24, 2_000) for _ in range(400)]
    chance.shuffle(texts)
    return [request("/classify", key, _one(text)) for text in texts]


def _dear(chance: random.Random, size: int) -> str:
    """Hashtags of affixes and starred words, cut at ``size`` characters."""
    tags = ("#" + "".join(chance.choices(AFFIXES, k=12)) for _ in range(size // 60 + 1))
    stars = (f"me{invented(chance, 1)[1:4]}*{invented(chance, 1)[1:3]}*kan" for _ in range(size // 30))
    return " ".join([*tags, *stars])[:size]


def _liveness(name: str, server: Running, sent: Sequence[bytes], given: argparse.Namespace) -> int:
    """Liveness asked by one more client while all others send ``sent``."""

    async def both() -> tuple[Timings, Timings]:
        load = drive(server.port, sent, given.clients, given.seconds)
        probe = drive(server.port, [request("/health/live")], 1, given.seconds)
        return await asyncio.gather(load, probe)

    load, probe = asyncio.run(both())
    print(line(name, probe, 0))
    return load.failures + probe.failures


def line(name: str, timings: Timings, posts: int) -> str:
    """One row of the table; ``posts`` is how many a request carries, 0 for none."""
    rate = len(timings.seconds) / timings.wall
    shares = [1_000 * percentile(timings.seconds, share) for share in (0.5, 0.95, 0.99, 1.0)]
    return f"{name:<43}" + _NUMBERS.format(rate, f"{rate * posts:.0f}" if posts else "", *shares, timings.failures)


def percentile(values: Sequence[float], share: float) -> float:
    """The least value that ``share`` of all do not exceed; NaN of none."""
    return sorted(values)[max(0, ceil(share * len(values)) - 1)] if values else float("nan")


if __name__ == "__main__":
    sys.exit(main())
