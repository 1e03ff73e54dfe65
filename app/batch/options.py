"""What a caller can say about a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.batch.chunks import ChunkLimit
from app.batch.job import Advise, Asked
from app.scoring.types import Action

#: What to do about an earlier run that did not end: say so, go on with it, or throw it away.
Leftover = Literal["refuse", "resume", "restart"]


@dataclass(frozen=True, slots=True)
class ScoreOptions:
    """``text_column`` names the column to score (``None``: find it). ``default_action`` is what a row without one did.

    ``default_election`` is the election of a row that names none. ``entities`` says whether contestants and parties
    are looked for, ``advise`` gives the ids of the rules to look at (``None``: nobody is asked). A chunk has at most
    ``chunk_rows`` rows and about ``chunk_chars`` characters. ``progress`` turns the display on or off (``None``: on
    at a terminal). ``workers`` is the number of scoring processes (``None``: one a core), ``leftover`` what to do
    about an unfinished run.
    """

    text_column: str | None = None
    default_action: Action = "post"
    default_election: str | None = None
    entities: bool = True
    advise: Advise | None = None
    chunk_rows: int = ChunkLimit().rows
    chunk_chars: int = ChunkLimit().chars
    progress: bool | None = None
    workers: int | None = 1
    leftover: Leftover = "refuse"

    def asked(self) -> Asked:
        return Asked(self.default_action, self.default_election, self.entities, self.advise)

    def as_told(self) -> dict[str, object]:
        """Everything that changes a byte of the output, as JSON values."""
        same = ("text_column", "default_action", "default_election", "entities", "chunk_rows", "chunk_chars")
        return {**{name: getattr(self, name) for name in same}, "advise": self.advise is not None}
