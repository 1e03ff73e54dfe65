"""Is memory flat? A service under words it never saw, its watchlists changing; then reloads of model and watchlists.

``make soak``, or ``python -m scripts.soak --minutes 6 --reloads 200``. Loopback only; ends by itself; exit code 1 when
memory grew, a request failed or nothing was reloaded.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from scripts.loopback import Running, bounded, exchange, invented, netra, request

MAX_MINUTES, MAX_RELOADS = 15.0, 1_000
#: Of the time given, how much the service gets; the rest is for reloads.
SERVICE_SHARE = 0.5
POSTS, WORDS, CLIENTS = 100, 12, 2
#: Posts scored after each reload, always the same ones: whatever grows there grows because of the reloads.
FIXED_POSTS = 20
#: Seconds between two changes of the watchlists; the service looks every three.
CHANGE_SECONDS = 4.0
#: Reloads of the model after which the watchlists change as well.
LISTS_EVERY = 4
#: What the last quarter may need beyond the one before it: allocators do not give every page back.
ALLOWED, ALLOWED_MB = 1.03, 8.0
EXTRA_LIST = """elections:
- id: pilkada-kota-soak-2031
  name: Pemilihan Wali Kota Soak {number}
  level: wali kota
  region: Kota Soak
  contestants: [{{number: 1, people: [{{name: Qertino Zabrel}}]}}]
"""


def main(words: Sequence[str] | None = None) -> int:
    """Run both parts; 1 when either is not as it should be."""
    given = _options(words)
    seconds = 60 * given.minutes
    began = time.monotonic()
    with TemporaryDirectory(prefix="netra-soak-") as folder:
        lists = Path(folder) / "watchlists"
        shutil.copytree(Path(__file__).resolve().parents[1] / "data" / "watchlists", lists)
        good = _service(lists, seconds * SERVICE_SHARE)
        return 0 if _reloads(lists, given.reloads, began + seconds) and good else 1


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="soak", description=__doc__, allow_abbrev=False)
    minutes = partial(bounded, low=0.5, high=MAX_MINUTES)
    parser.add_argument("--minutes", type=minutes, default=6.0, help=f"for both parts, at most {MAX_MINUTES:g}")
    parser.add_argument("--reloads", type=_reload_count, default=200, help=f"at most {MAX_RELOADS}")
    return parser.parse_args(words)


def _reload_count(text: str) -> int:
    return int(bounded(text, 1, MAX_RELOADS))


# -- the service ------------------------------------------------------------------------------------------------------


def _service(lists: Path, seconds: float) -> bool:
    with netra(1, NETRA_WATCHLISTS_DIR=str(lists)) as server:
        load = Load(server, lists, time.monotonic() + seconds)
        asyncio.run(load.run())
    print(f"service: {load.posts} posts of {load.posts * WORDS} new words, {load.failures} failures,")
    print(f"  watchlists changed {load.changes} times, {len(load.versions)} versions served; {told(load.memory)}")
    return flat(load.memory) and not load.failures and len(load.versions) > 1


class Load:
    """New words, changing watchlists and a look at the memory, side by side until the time is over."""

    def __init__(self, server: Running, lists: Path, until: float) -> None:
        self._server, self._lists, self._until = server, lists, until
        self.posts = self.failures = self.changes = 0
        self.versions: set[str] = set()
        self.memory: list[float] = []

    async def run(self) -> None:
        """Until the time is over."""
        clients = (self._client(random.Random(seed)) for seed in range(CLIENTS))
        await asyncio.gather(*clients, self._every(CHANGE_SECONDS, self._change), self._every(0.5, self._look))

    async def _client(self, chance: random.Random) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._server.port, limit=1 << 22)
        while time.monotonic() < self._until:
            sent = request("/classify/batch", self._server.key, _body(chance))
            status, answer = await exchange(reader, writer, sent)
            if status == 200:
                self.posts += POSTS
                self.versions.add(json.loads(answer)["watchlist"]["version"])
            else:
                self.failures += 1
        writer.close()

    async def _every(self, seconds: float, work: Callable[[], None]) -> None:
        while time.monotonic() < self._until:
            work()
            await asyncio.sleep(seconds)

    def _change(self) -> None:
        self.changes += 1
        change(self._lists, self.changes)

    def _look(self) -> None:
        self.memory.append(megabytes(self._server.process.pid))


def change(lists: Path, number: int) -> None:
    """Give the folder another version, with one election more than was shipped."""
    draft = lists / "soak.part"
    draft.write_text(EXTRA_LIST.format(number=number), encoding="utf-8")
    draft.replace(lists / "soak.yaml")


def _body(chance: random.Random) -> bytes:
    items = [{"text": invented(chance, WORDS)} for _ in range(POSTS)]
    return json.dumps({"items": items, "explain": chance.random() < 0.2}).encode()


# -- reloads ----------------------------------------------------------------------------------------------------------


def _reloads(lists: Path, wanted: int, until: float) -> bool:
    from app.scoring.bundle import load_active  # numpy: nothing of it is needed while the service runs
    from app.scoring.types import Item
    from app.settings import Settings
    from app.watchlists.load import read_folder

    settings, chance, memory = Settings(), random.Random(0), list[float]()
    items = [Item(invented(chance, WORDS)) for _ in range(FIXED_POSTS)]
    known = read_folder(lists)
    while len(memory) < wanted and time.monotonic() < until:
        if len(memory) % LISTS_EVERY == 0:
            change(lists, -len(memory))
            known = read_folder(lists)
        load_active(settings.models_dir, settings.model).with_watchlists(known).score(items)
        memory.append(megabytes(os.getpid()))
    cut = "" if len(memory) == wanted else f" of {wanted}, then the time was over"
    print(f"reloads: {len(memory)}{cut}; {told(memory)}")
    return flat(memory)


# -- memory -----------------------------------------------------------------------------------------------------------


def megabytes(pid: int) -> float:
    """Resident memory of a process; raises ``OSError`` when it is gone, or where there is no /proc."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def peaks(memory: Sequence[float]) -> list[float]:
    """The highest value of each quarter; raises ``ValueError`` for fewer than four values."""
    if len(memory) < 4:
        raise ValueError("too few values to tell")
    cuts = [len(memory) * part // 4 for part in range(5)]
    return [max(memory[low:high]) for low, high in pairwise(cuts)]


def flat(memory: Sequence[float]) -> bool:
    """Whether the last quarter needed hardly more than the one before; the first ones fill the caches."""
    *_, before, last = peaks(memory)
    return last <= before * ALLOWED + ALLOWED_MB


def told(memory: Sequence[float]) -> str:
    """The peaks of memory in words."""
    quarters = " → ".join(f"{peak:.0f}" for peak in peaks(memory))
    return f"memory {quarters} MB (highest of each quarter), {'flat' if flat(memory) else 'GROWING'}"


if __name__ == "__main__":
    sys.exit(main())
