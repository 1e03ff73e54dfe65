"""A model that scores along and answers nothing: what would change if it were active.

The service hands a sample of what it scored to a thread of its own; where that falls behind, items are dropped, never
waited for. Only bands are counted, per process, and no text is kept longer than it takes to score it.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Sequence
from queue import Empty, Full, Queue
from typing import Any

from app.scoring.types import Band, Explain, Item, ModelInfo, Scorer, Verdict
from app.watchlists.lists import Watchlists

#: Items that may wait for the shadow model.
MAX_WAITING = 256
_IDLE_SECONDS = 0.2
_log = logging.getLogger("netra.shadow")

Job = tuple[Scorer, Item, Band]


class Flips:
    """Counts of ``(band of the champion, band of the challenger)``."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[Band, Band]] = Counter()

    def count(self, champion: Band, challenger: Band) -> None:
        """One more item."""
        self._counts[champion, challenger] += 1

    def summary(self) -> dict[str, Any]:
        """How many were compared, how many changed band, and each change with its number, most frequent first."""
        moved = {f"{a} > {b}": n for (a, b), n in sorted(self._counts.items(), key=lambda e: (-e[1], e[0])) if a != b}
        return {"compared": self._counts.total(), "flips": sum(moved.values()), "transitions": moved}


class Shadow:
    """Scores what it is offered in a thread of its own; ``share`` of the items in (0, 1] are taken, evenly spread."""

    def __init__(self, info: ModelInfo, share: float, max_waiting: int = MAX_WAITING) -> None:
        self.info = info
        self._share = share
        self._due = 0.0
        self._waiting: Queue[Job] = Queue(max_waiting)
        self._flips, self._dropped, self._failed = Flips(), 0, 0
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def offer(self, challenger: Scorer, items: Sequence[Item], verdicts: Sequence[Verdict]) -> None:
        """Take a sample of what was answered; returns at once and never raises."""
        with self._lock:
            for item, verdict in zip(items, verdicts, strict=False):
                self._due += self._share
                if self._due >= 1.0:
                    self._due -= 1.0
                    self._put((challenger, item, verdict.band))
            if self._thread is None and not self._waiting.empty():
                self._thread = threading.Thread(target=self._work, name="netra-shadow", daemon=True)
                self._thread.start()

    def _put(self, job: Job) -> None:
        try:
            self._waiting.put_nowait(job)
        except Full:
            self._dropped += 1

    def _work(self) -> None:
        """Score until nothing comes any more; the next offer starts a new thread."""
        while True:
            try:
                challenger, item, band = self._waiting.get(timeout=_IDLE_SECONDS)
            except Empty:
                with self._lock:
                    if self._waiting.empty():
                        self._thread = None
                        return
                continue
            self._compare(challenger, item, band)
            self._waiting.task_done()

    def _compare(self, challenger: Scorer, item: Item, band: Band) -> None:
        try:
            [found] = challenger.score([item])
        except Exception as error:  # the shadow must not take anything down; its failure is counted
            _log.error("shadow model: %s", type(error).__name__)
            with self._lock:
                self._failed += 1
            return
        with self._lock:
            self._flips.count(band, found.band)

    def settle(self) -> None:
        """Wait until everything taken so far has been scored; for tests and for a look at the end."""
        self._waiting.join()

    def summary(self) -> dict[str, Any]:
        """Model, counts, and how many items were dropped or could not be scored."""
        with self._lock:
            told = {"model": {"name": self.info.name, "version": self.info.version}, "share": self._share}
            return {**told, **self._flips.summary(), "dropped": self._dropped, "failed": self._failed}


class ShadowedScorer:
    """The champion, whose answers it gives unchanged, with a challenger that scores along."""

    def __init__(self, champion: Scorer, challenger: Scorer, shadow: Shadow) -> None:
        self._champion, self._challenger, self._shadow = champion, challenger, shadow

    @property
    def info(self) -> ModelInfo:
        """The champion's."""
        return self._champion.info

    def score(self, items: Sequence[Item], *, explain: Explain = False, entities: bool = False) -> list[Verdict]:
        """What the champion says."""
        verdicts = self._champion.score(items, explain=explain, entities=entities)
        self._shadow.offer(self._challenger, items, verdicts)
        return verdicts

    def with_watchlists(self, lists: Watchlists) -> ShadowedScorer:
        """Both models with other watchlists; the counts go on."""
        champion, challenger = (one.with_watchlists(lists) for one in (self._champion, self._challenger))
        return ShadowedScorer(champion, challenger, self._shadow)


_running: Shadow | None = None


def shadowed(champion: Scorer, challenger: Scorer, share: float) -> ShadowedScorer:
    """``champion`` with ``challenger`` in its shadow; from now on ``shadow_summary`` tells of the two."""
    global _running
    _running = Shadow(challenger.info, share)
    return ShadowedScorer(champion, challenger, _running)


def shadow_summary() -> dict[str, Any] | None:
    """Counts of this process since its start, ``None`` where no model runs in the shadow."""
    return _running.summary() if _running else None
