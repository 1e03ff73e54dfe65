"""What a run did, in numbers."""

from __future__ import annotations

import errno
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from app.batch.errors import OutputIsInputError, OutputTwiceError, OutputWriteError
from app.batch.saving import replaced_when_done
from app.batch.sheets import SheetRead
from app.batch.table import Note, Place, Problem
from app.filefaults import name_of, reason_of
from app.scoring.types import ModelInfo, Verdict


@dataclass(slots=True, kw_only=True)
class Counts:
    """Counts of rows; always ``read == scored + rejected``."""

    read: int = 0
    scored: int = 0
    rejected: int = 0
    flagged: int = 0
    review: int = 0
    undecided: int = 0
    rejections: dict[Problem, int] = field(default_factory=dict)
    first_rejected: dict[Problem, Place] = field(default_factory=dict)
    notes: dict[Note, int] = field(default_factory=dict)

    def count_verdict(self, verdict: Verdict, note: Note | None) -> None:
        self.read += 1
        self.scored += 1
        self.flagged += verdict.flagged
        self.review += verdict.band == "review"
        self.undecided += verdict.band == "undecided"
        if note is not None:
            self.count_note(note)

    def count_note(self, note: Note) -> None:
        self.notes[note] = self.notes.get(note, 0) + 1

    def count_rejection(self, problem: Problem, place: Place) -> None:
        self.read += 1
        self.rejected += 1
        self.rejections[problem] = self.rejections.get(problem, 0) + 1
        self.first_rejected.setdefault(problem, place)

    def add(self, other: Counts) -> None:
        """Add the counts of rows that come later."""
        for name in ("read", "scored", "rejected", "flagged", "review", "undecided"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for problem, count in other.rejections.items():
            self.rejections[problem] = self.rejections.get(problem, 0) + count
        for problem, place in other.first_rejected.items():
            self.first_rejected.setdefault(problem, place)
        for note, count in other.notes.items():
            self.notes[note] = self.notes.get(note, 0) + count


@dataclass(slots=True)
class Summary(Counts):
    """Counts of a whole run.

    A row is scored when the scorer answered it. That includes ``undecided`` ones (a like without its target):
    the answer is that it cannot be decided, and their score is empty. ``rejections`` counts the rejected rows by
    reason, ``first_rejected`` says where the first of each stands, ``notes`` counts the scored rows with something odd
    about them and all whose cells were cut. ``seconds`` is wall-clock time, scoring, reading and writing together, of
    all the runs that it took. ``model`` says which model answered. ``sheets`` are those of workbooks that hold more
    than what was read.
    """

    model: ModelInfo
    seconds: float = 0.0
    sheets: list[SheetRead] = field(default_factory=list)

    @property
    def rows_per_second(self) -> float:
        return self.read / self.seconds if self.seconds > 0 else 0.0

    def as_dict(self) -> dict[str, object]:
        """Values ready for JSON; seconds to three places, rows per second to one."""
        rates = {"seconds": round(self.seconds, 3), "rows_per_second": round(self.rows_per_second, 1)}
        return {**asdict(self), **rates}


def check_summary(path: Path, inputs: Sequence[Path], output: Path) -> None:
    """Refuse a place for the summary where it cannot be or would overwrite something, before hours of scoring.

    Raises ``OutputError``.
    """
    place = path.resolve()
    if place in {one.resolve() for one in inputs}:
        raise OutputIsInputError(name=path.name)
    if place == output.resolve():
        raise OutputTwiceError(name=path.name)
    if path.is_dir() or not path.parent.is_dir():
        why = reason_of(errno.EISDIR if path.is_dir() else errno.ENOENT)
        raise OutputWriteError(name=name_of(path), why=why)


def write_summary(summary: Summary, path: Path) -> None:
    """Write the summary as a JSON object, whole or not at all. Raises ``OutputWriteError``."""
    text = json.dumps(summary.as_dict(), ensure_ascii=False, indent=2)
    with replaced_when_done(path) as raw:
        raw.write((text + "\n").encode())
