"""The latest scores, and words of a sample of the latest acts: what drift is told from.

Reading an act costs as much as scoring it, so only one in ``EVERY`` is read again, beside the requests. Its text is
held in memory until then, a few seconds, and nowhere else.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from app.observe.bins import bin_of, counted
from app.scoring.types import Item, Verdict

EVERY = 50
SCORES, READINGS, WAITING = 2_000, 500, 50
#: Code points of an act that are read again.
MOST_CHARS = 1_000


class Recent:
    """One per process; any thread may note, one at a time may read."""

    def __init__(self) -> None:
        self._bins: deque[int] = deque(maxlen=SCORES)
        self._readings: deque[tuple[int, int]] = deque(maxlen=READINGS)
        self._texts: deque[str] = deque(maxlen=WAITING)
        self._since = 0

    def note(self, items: Sequence[Item], verdicts: Sequence[Verdict]) -> None:
        """Remember the scores, and every so often a text."""
        self._bins.extend(bin_of(verdict.score) for verdict in verdicts if verdict.score is not None)
        first = -self._since % EVERY
        self._since = (self._since + len(items)) % EVERY
        for item in items[first::EVERY]:
            self._texts.append((item.text or item.target_text or item.media_text)[:MOST_CHARS])

    def read(self) -> tuple[int, int]:
        """Read the texts that wait; how many words they had, and how many of them no word list knows."""
        from app.observe.vocabulary import words_of  # the word lists: only a service that scores needs them

        found = [words_of(self._texts.popleft()) for _ in range(len(self._texts))]
        self._readings.extend(found)
        return sum(words for words, _ in found), sum(unknown for _, unknown in found)

    def scores(self) -> list[int]:
        """How many of the latest scores fall into each bin."""
        return counted(tuple(self._bins))

    def words(self) -> tuple[int, int]:
        """Words of the latest readings, and how many of them no word list knows."""
        readings = tuple(self._readings)
        return sum(words for words, _ in readings), sum(unknown for _, unknown in readings)
