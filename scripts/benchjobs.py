"""Servers and file jobs, measured from outside: requests a second, rows a second, memory, time to ready."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from scripts import benchposts
from scripts.loopback import Running, Timings, clean, drive, netra, nothing, request, served

CLIENTS, SECONDS, WARM_UP, BATCH = 4, 4.0, 5.0, 100
#: Different posts that servers are asked about: all of them are seen in the warm-up.
POSTS = 800
_SAMPLE = 0.2
RESTARTS = 3
_MB = 1024


def starting() -> dict[str, float]:
    """Seconds from the start of the process to ready, by the clock and of the processor, and megabytes then.

    First with an empty state folder, which makes a database, and with modules that may not be compiled yet; then again,
    as any later start does: the least of three.
    """
    with TemporaryDirectory(prefix="netra-bench-") as state:
        first, *others = (_started(state) for _ in range(1 + RESTARTS))
    found = {name: min(again[name] for again in others) for name in first}
    return found | {f"{name}, very first start": value for name, value in first.items() if "ready" in name}


def _started(state: str) -> dict[str, float]:
    began = time.perf_counter()
    with netra(1, NETRA_STATE_DIR=state, PYTHONDONTWRITEBYTECODE="") as server:
        ready, pid = time.perf_counter() - began, server.process.pid
        return {"seconds to ready": ready, "processor seconds to ready": _spent(pid), "megabytes": _memory(pid)}


def service(texts: Sequence[str]) -> dict[str, float]:
    """Requests per processor second of each server, one process and four clients in turn, and megabytes after that.

    Not by the clock: a machine that is shared gives one server more of it than the next.
    """
    ones = [json.dumps({"text": text}).encode() for text in texts[:POSTS]]
    groups = [texts[at : at + BATCH] for at in range(0, POSTS, BATCH)]
    many = [json.dumps({"items": [{"text": text} for text in group]}).encode() for group in groups]
    found = {}
    with nothing(1) as server:
        found["no-op, bare"] = _rate(server, "/", ones)
    with served("scripts.benchapps:plain", "--factory") as server:
        found["no-op, FastAPI POST"] = _rate(server, "/", ones)
    with served("scripts.benchapps:usual", "--factory") as server:
        found["usual pipeline, batch of 100"] = _rate(server, "/", many)
    with netra(1) as server:
        found["/classify"] = _rate(server, "/classify", ones)
        found["/classify/batch of 100"] = _rate(server, "/classify/batch", many)
        found["megabytes after that"] = _memory(server.process.pid)
    return found


def _rate(server: Running, path: str, bodies: Sequence[bytes]) -> float:
    sent = [request(path, server.key, body) for body in bodies]
    asyncio.run(drive(server.port, sent, CLIENTS, WARM_UP))
    before = _spent(server.process.pid)
    timings: Timings = asyncio.run(drive(server.port, sent, CLIENTS, SECONDS))
    spent = _spent(server.process.pid) - before
    if timings.failures or not timings.seconds or not spent:
        raise RuntimeError("requests failed")
    return len(timings.seconds) / spent


def files(texts: Sequence[str]) -> dict[str, float]:
    """Rows per second and peak megabytes of all processes for ``netra score``, JSON lines to JSON lines.

    A tenth of the rows first, then all, with one and two processes; then all that differ, of which no verdict can be
    remembered; then Parquet with two and on a Dask cluster of two.
    """
    unlike = list(dict.fromkeys(texts))
    found: dict[str, float] = {"rows": len(texts), "rows that differ": len(unlike)}
    with TemporaryDirectory(prefix="netra-bench-") as folder:
        tenth, whole = Path(folder, "tenth.jsonl"), Path(folder, "whole.jsonl")
        benchposts.written(tenth, texts[: len(texts) // 10])
        benchposts.written(whole, texts)
        for name, path, workers in (("tenth, 2", tenth, 2), ("all, 1", whole, 1), ("all, 2", whole, 2)):
            found |= _scored(name, path, len(texts) // 10 if path is tenth else len(texts), "--workers", str(workers))
        differing = benchposts.written(Path(folder, "differing.jsonl"), unlike)
        found |= _scored("no two alike, 2", differing, len(unlike), "--workers", "2")
        with suppress(ImportError):
            found |= _on_cluster(Path(folder), whole, len(texts))
    return found


def _scored(name: str, path: Path, rows: int, *options: str, ending: str = ".hasil.jsonl") -> dict[str, float]:
    output = path.with_name(name.replace(", ", "-") + ending)
    command = [sys.executable, "-m", "app.cli", "score", str(path), "-o", str(output), *options]
    began = time.perf_counter()
    process = subprocess.Popen(command, env=clean(os.environ), stderr=subprocess.DEVNULL, cwd=benchposts.ROOT)
    peak = busy = 0.0
    while process.poll() is None:
        peak, busy = max(peak, _memory(process.pid)), max(busy, _spent(process.pid))
        with suppress(subprocess.TimeoutExpired):
            process.wait(_SAMPLE)
    spent = time.perf_counter() - began
    if process.returncode:
        raise RuntimeError("netra score failed")
    found = {f"{name}: seconds": spent, f"{name}: rows/s": rows / spent, f"{name}: megabytes": peak}
    return found | ({f"{name}: rows a processor second": rows / busy} if busy else {})


def _on_cluster(folder: Path, lines: Path, rows: int) -> dict[str, float]:
    import pyarrow.json
    import pyarrow.parquet as pq
    from distributed import LocalCluster

    path = folder / "posts.parquet"
    pq.write_table(pyarrow.json.read_json(lines), path, row_group_size=max(1_000, rows // 8))
    found = _scored("parquet, 2", path, rows, "--workers", "2", ending=".hasil.parquet")
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", host="127.0.0.1") as cluster:
        address = cluster.scheduler_address
        on_cluster = _scored("parquet, dask", path, rows, "--dask", address, ending="-hasil")
        # The cluster's own processes are not those of the command: of these only the clock tells.
        return found | {name: value for name, value in on_cluster.items() if name.endswith(("seconds", "rows/s"))}


def _spent(root: int) -> float:
    """Processor seconds of a process and all below it that live; 0 where the system does not tell."""
    ticks = 0
    for pid in _family(root):
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _memory(root: int) -> float:
    """Megabytes of a process and all below it, what they share counted once; 0 where the system does not tell."""
    return sum(_proportional(pid) for pid in _family(root)) / _MB


def _family(root: int) -> Iterator[int]:
    yield root
    with suppress(OSError):
        for task in Path(f"/proc/{root}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _family(int(child))


def _proportional(pid: int) -> int:
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("Pss:")).split()[1])
    return 0
