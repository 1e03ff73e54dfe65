"""A scorer that does harm where a text says so, a model that other processes can load it from, and a program to kill.

``python -m tests.batch.deadly INPUT OUTPUT WORKERS LEFTOVER DEED`` scores a file in chunks of ten rows.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.batch.run import ScoreOptions, score_files
from app.policy.types import Words
from app.scoring.errors import DamagedModel
from app.scoring.types import Item, Verdict
from tests.fakes import FakeScorer

#: The text that makes it happen.
WORD = "malapetaka"
CHUNK_ROWS = 10


class DeadlyScorer(FakeScorer):
    """Does ``deed`` on meeting the word: ``die``, ``kill parent``, ``stop parent`` (SIGTERM), ``stop``, ``fail``.

    With a ``diary``, an empty file that must not exist, it does so only once.
    """

    def __init__(self, deed: str = "", diary: str = "") -> None:
        self.deed = deed
        self.diary = Path(diary) if diary else None

    def score(self, items: Sequence[Item], *, explain: bool = False, entities: bool = False) -> list[Verdict]:
        if self.deed and any(WORD in item.text for item in items) and not (self.diary and self.diary.exists()):
            if self.diary:
                self.diary.touch()
            self._act()
        return super().score(items, explain=explain, entities=entities)

    def _act(self) -> None:
        if self.deed == "fail":
            raise ArithmeticError
        whom = os.getppid() if self.deed.endswith("parent") else os.getpid()
        os.kill(whom, signal.SIGTERM if self.deed.startswith("stop") else signal.SIGKILL)
        if whom != os.getpid():
            signal.pause()


@dataclass(frozen=True)
class DeadlyModel:
    """Where the scorer comes from. ``loads`` is a folder in which every load leaves a file."""

    deed: str = ""
    diary: str = ""
    loads: str = ""
    digest: str = "palsu"

    def load(self) -> DeadlyScorer:
        if self.loads:
            (Path(self.loads) / str(os.getpid())).touch(exist_ok=False)
        if self.deed == "damaged":
            raise DamagedModel(Words("ada berkas yang hilang", "a file is missing"))
        if self.deed == "die at once":
            os.kill(os.getpid(), signal.SIGKILL)
        return DeadlyScorer(self.deed, self.diary)


def main(source: str, output: str, workers: str, leftover: str, deed: str) -> None:
    options = ScoreOptions(chunk_rows=CHUNK_ROWS, workers=int(workers), leftover=leftover, progress=False)  # type: ignore[arg-type]
    score_files([Path(source)], Path(output), DeadlyScorer(deed), options, DeadlyModel(deed))


if __name__ == "__main__":
    main(*sys.argv[1:])
