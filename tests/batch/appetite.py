"""How much memory a run takes: ``python -m tests.batch.appetite INPUT OUTPUT`` prints its peak in KiB."""

from __future__ import annotations

import resource
import sys
from collections.abc import Sequence
from pathlib import Path

from app.batch.run import ScoreOptions, score_files
from app.scoring.types import Item, Verdict
from tests.fakes import FakeScorer


class Indifferent(FakeScorer):
    """The same verdict for everything, at once."""

    def score(self, items: Sequence[Item], *, explain: bool = False, entities: bool = False) -> list[Verdict]:
        return [Verdict(False, 0.1, "clear", "off_topic")] * len(items)


if __name__ == "__main__":
    score_files([Path(sys.argv[1])], Path(sys.argv[2]), Indifferent(), ScoreOptions(progress=False))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
