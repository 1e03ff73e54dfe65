"""What a caller can say about a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from app.batch.chunks import ChunkLimit
from app.batch.job import Advise, Asked, Intake
from app.scoring.types import Action

#: What to do about an earlier run that did not end: say so, go on with it, or throw it away.
Leftover = Literal["refuse", "resume", "restart"]


class Watcher(Protocol):
    """Is told how far a run has got; whatever it raises ends the run where it is, to be gone on with."""

    def go_on_from(self, rows: int, part: float) -> None:
        """An earlier run did so many rows; ``part`` of the input is read with them, in [0, 1]."""
        ...

    def update(self, rows: int, part: float) -> None:
        """So many rows are done, and are kept."""
        ...

    def close(self) -> None:
        """The run is over, whatever came of it."""
        ...


@dataclass(frozen=True, slots=True)
class ScoreOptions:
    """``text_column`` names the column to score (``None``: find it). ``default_action`` is what a row without one did.

    ``default_election`` and ``default_platform`` are those of a row that names none. ``entities`` says whether
    contestants and parties are looked for, ``advise`` gives the ids of the rules to look at (``None``: nobody is
    asked). A chunk has at most ``chunk_rows`` rows and about ``chunk_chars`` characters. ``progress`` turns the
    display on or off (``None``: on at a terminal). ``workers`` is the number of scoring processes (``None``: one a
    core), ``leftover`` what to do about an unfinished run. ``intake`` takes the acts that people should look at,
    ``watcher`` is told of the progress instead of the display; both stay in this process, and a cluster knows neither.
    """

    text_column: str | None = None
    default_action: Action = "post"
    default_election: str | None = None
    default_platform: str | None = None
    entities: bool = True
    advise: Advise | None = None
    chunk_rows: int = ChunkLimit().rows
    chunk_chars: int = ChunkLimit().chars
    progress: bool | None = None
    workers: int | None = 1
    leftover: Leftover = "refuse"
    intake: Intake | None = None
    watcher: Watcher | None = None

    def asked(self) -> Asked:
        defaults = (self.default_action, self.default_election, self.default_platform)
        return Asked(*defaults, self.entities, self.advise, self.intake is not None)

    def as_told(self) -> dict[str, object]:
        """Everything that changes a byte of the output, or whether its acts are taken, as JSON values."""
        defaults = ("default_action", "default_election", "default_platform")
        same = ("text_column", *defaults, "entities", "chunk_rows", "chunk_chars")
        told = {**{name: getattr(self, name) for name in same}, "advise": self.advise is not None}
        return told if self.intake is None else {**told, "intake": True}
