"""Is memory flat? A service under words it never saw, its watchlists and its model changing; then reloads of both.

``make soak``, or ``python -m scripts.soak --minutes 12 --reloads 200``. Loopback only; ends by itself; exit code 1 when
memory grew, a request failed, nothing was exchanged or fewer reloads were done than asked for.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
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

from app.scoring.pointer import ACTIVE, MANIFEST, champion
from app.settings import Settings
from scripts.loopback import Running, bounded, exchange, invented, netra, request

MAX_MINUTES, MAX_RELOADS = 15.0, 1_000
#: Of the time given, how much the service gets; the rest is for reloads, of which one took 0.7 to 1.1 s.
SERVICE_SHARE = 1 / 3
POSTS, WORDS, CLIENTS = 100, 12, 2
#: Posts scored after each reload, always the same ones: whatever grows there grows because of the reloads.
FIXED_POSTS = 20
#: Seconds between two changes of the watchlists, and of the model; the service looks every three for either.
CHANGE_SECONDS, SWAP_SECONDS = 4.0, 11.0
#: Exchanges of the model after which the watchlists change as well.
LISTS_EVERY = 4
#: What the second of two bundles adds to the version of the first.
OTHER = "-soak"
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
        models = two_models(Path(folder) / "models")
        good = _service(lists, models, seconds * SERVICE_SHARE)
        return 0 if _reloads(lists, models, given.reloads, began + seconds) and good else 1


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="soak", description=__doc__, allow_abbrev=False)
    minutes = partial(bounded, low=0.5, high=MAX_MINUTES)
    parser.add_argument("--minutes", type=minutes, default=12.0, help=f"for both parts, at most {MAX_MINUTES:g}")
    parser.add_argument("--reloads", type=_reload_count, default=200, help=f"at most {MAX_RELOADS}")
    return parser.parse_args(words)


def _reload_count(text: str) -> int:
    return int(bounded(text, 1, MAX_RELOADS))


# -- the service ------------------------------------------------------------------------------------------------------


def two_models(folder: Path) -> Path:
    """A models folder with the bundle in use, and with the same under another name and version."""
    settings = Settings()
    active = champion(settings.models_dir)
    name = settings.model or (active.name if active else "")
    for copy in ("satu", "dua"):
        shutil.copytree(settings.bundle(name), folder / copy)
    path = folder / "dua" / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(manifest | {"version": f"{manifest['version']}{OTHER}"}), encoding="utf-8")
    swap(folder, 0)
    return folder


def swap(models: Path, number: int) -> None:
    """Make one of the two bundles the active one, by turns, as ``netra model activate`` does after all its checks."""
    name = ("satu", "dua")[number % 2]
    draft = models / f"{ACTIVE}.new"
    digest = hashlib.sha256((models / name / MANIFEST).read_bytes()).hexdigest()
    draft.write_text(f"{name} {digest}\n", encoding="ascii")
    draft.replace(models / ACTIVE)


def _service(lists: Path, models: Path, seconds: float) -> bool:
    with netra(1, NETRA_WATCHLISTS_DIR=str(lists), NETRA_MODELS_DIR=str(models)) as server:
        load = Load(server, lists, models, time.monotonic() + seconds)
        asyncio.run(load.run())
    print(f"service: {load.posts} posts of {load.posts * WORDS} new words, {load.failures} failures,")
    print(f"  watchlists changed {load.changes} times, {len(load.versions)} versions served,")
    print(f"  model exchanged {load.swaps} times, {len(load.models)} versions served; {told(load.memory)}")
    return flat(load.memory) and not load.failures and len(load.versions) > 1 and len(load.models) > 1


class Load:
    """New words, other watchlists, other models and a look at the memory, side by side until the time is over."""

    def __init__(self, server: Running, lists: Path, models: Path, until: float) -> None:
        self._server, self._lists, self._models, self._until = server, lists, models, until
        self.posts = self.failures = self.changes = self.swaps = 0
        self.versions: set[str] = set()
        self.models: set[str] = set()
        self.memory: list[float] = []

    async def run(self) -> None:
        """Until the time is over."""
        clients = (self._client(random.Random(seed)) for seed in range(CLIENTS))
        others = ((CHANGE_SECONDS, self._change), (SWAP_SECONDS, self._swap), (0.5, self._look))
        await asyncio.gather(*clients, *(self._every(seconds, work) for seconds, work in others))

    async def _client(self, chance: random.Random) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._server.port, limit=1 << 22)
        while time.monotonic() < self._until:
            sent = request("/classify/batch", self._server.key, _body(chance))
            status, answer = await exchange(reader, writer, sent)
            if status == 200:
                self.posts += POSTS
                told = json.loads(answer)
                self.versions.add(told["watchlist"]["version"])
                self.models.add(told["model"]["version"])
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

    def _swap(self) -> None:
        self.swaps += 1
        swap(self._models, self.swaps)

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


def _reloads(lists: Path, models: Path, wanted: int, until: float) -> bool:
    """The store of the service, alone, so that exchanges follow on each other as fast as they can."""
    from app.main import load_active_scorer  # numpy: nothing of it is needed while the service runs
    from app.memory import settle
    from app.scoring.store import ModelStore
    from app.scoring.types import Item
    from app.watchlists.load import read_folder

    settings = Settings(models_dir=models, model=None)
    chance, memory, store = random.Random(0), list[float](), ModelStore(settings, load_active_scorer)
    began = time.monotonic()
    items = [Item(invented(chance, WORDS)) for _ in range(FIXED_POSTS)]
    store.start()
    settle()
    known = read_folder(lists)
    while len(memory) < wanted and time.monotonic() < until:
        if len(memory) % LISTS_EVERY == 0:
            change(lists, -len(memory))
            known = read_folder(lists)
        swap(models, len(memory))
        if not store.refresh() or store.scorer is None or store.activations.standing:
            print("reloads: a model was refused")
            return False
        store.scorer.with_watchlists(known).score(items)
        memory.append(megabytes(os.getpid()))
    cut = "" if len(memory) == wanted else f" of {wanted}, then the time was over"
    pace = (time.monotonic() - began) / len(memory)
    print(f"reloads: {len(memory)}{cut}, one in {pace:.2f} s; {told(memory)}")
    return flat(memory) and not cut


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
