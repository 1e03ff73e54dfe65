"""What is done to one chunk: find the items, score them, answer, encode. The same in this process and in any other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Protocol, Self, TypeGuard

from app.batch.answers import Answer, answer, entities_text, noted, refusal
from app.batch.chunks import BatchChunk, Chunk, stream_bytes
from app.batch.columns import Columns, item_of
from app.batch.encoders import encode
from app.batch.excel import is_cut
from app.batch.frames import Layout, batch_of_columns
from app.batch.packing import Piece, joined, packed
from app.batch.remembered import Remembering
from app.batch.saving import OutputForm
from app.batch.summary import Counts
from app.batch.table import Place, Problem, Row, Unit, as_text
from app.scoring.types import Action, Band, Item, Verdict

#: Ids of the rules to look at for an act; picklable where there are several processes.
Advise = Callable[[Item, Verdict], Sequence[str]]


#: Bands whose reasons name the words that settled it.
SHOWN_BANDS: tuple[Band, ...] = ("flag", "review")


@dataclass(frozen=True, slots=True)
class Pick:
    """An act in one of ``SHOWN_BANDS``, and what its row says of ``Origin.told``, never blank."""

    item: Item
    told: Mapping[str, str]


class Intake(Protocol):
    """Takes what people should look at while a file is scored."""

    def labels(self, names: Mapping[str, str]) -> Mapping[str, str]:
        """Labels of the columns that it wants to be told of, by purpose, among ``names`` (label to name)."""
        ...

    def take(self, picks: Sequence[Pick]) -> None:
        """What was picked of a chunk, once at least: a chunk that was cut short is done again by the next run."""
        ...


@dataclass(frozen=True, slots=True)
class Origin:
    """Of one input: what its columns are for, how its rows are counted, and its name in ``netra_source`` if any.

    ``told`` are labels of further columns, by purpose, for whoever takes the picks.
    """

    columns: Columns
    unit: Unit = "baris"
    source: str | None = None
    told: Mapping[str, str] = field(default_factory=dict)

    def place(self, row: Row) -> Place:
        """Where a row of this input stands."""
        return {"source": self.source, "unit": self.unit, "number": row.number}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the caller wants to know of every row, and what holds for rows that do not say it themselves.

    ``pick`` asks for the acts that people should look at, apart from the output.
    """

    default_action: Action = "post"
    default_election: str | None = None
    default_platform: str | None = None
    entities: bool = True
    advise: Advise | None = None
    pick: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """The chunk ``number``, counted from 0 over all inputs; ``part`` of the input has been read with it, in [0, 1]."""

    number: int
    origin: int
    chunk: Chunk
    part: float = 0.0

    def halves(self) -> tuple[Task, Task]:
        """The same rows as two tasks; only the first can be the first of the output."""
        first, second = self.chunk.halves()
        return Task(self.number, self.origin, first), Task(max(1, self.number), self.origin, second)


@dataclass(slots=True)
class Done:
    """A chunk as it is to be written, its counts, and what was picked of it."""

    piece: Piece
    counts: Counts = field(default_factory=Counts)
    picks: list[Pick] = field(default_factory=list)

    def then(self, later: Self) -> Self:
        """This and what comes after it as one."""
        self.piece = joined(self.piece, later.piece)
        self.counts.add(later.counts)
        self.picks += later.picks
        return self


@dataclass(frozen=True, slots=True)
class Job:
    """Everything but the rows; sent to each process once."""

    origins: tuple[Origin, ...]
    layout: Layout
    form: OutputForm
    asked: Asked = Asked()

    def do(self, task: Task, scorer: Remembering) -> Done:
        """Score a chunk. Raises ``DamagedInputError`` when its rows cannot be decoded."""
        origin, chunk = self.origins[task.origin], task.chunk
        read = {*read_by(origin.columns), *origin.told.values()}
        rows = chunk.rows(read) if self._stays_columns(chunk) else chunk.rows()
        counts = Counts()
        picks: list[Pick] = []
        answers = score_rows(rows, origin, scorer, self.asked, counts, picks)
        done = self._done(task, rows, answers, counts)
        done.picks = picks
        return done

    def refuse(self, task: Task, problem: Problem) -> Done:
        """Answer all rows of a chunk with the same problem, without any scorer."""
        rows, counts, origin = task.chunk.rows(), Counts(), self.origins[task.origin]
        for row in rows:
            counts.count_rejection(problem, origin.place(row))
        return self._done(task, rows, [refusal(row, problem, origin.unit, origin.source) for row in rows], counts)

    def _done(self, task: Task, rows: Sequence[Row], answers: Sequence[Answer], counts: Counts) -> Done:
        if self._stays_columns(task.chunk):
            batch = batch_of_columns(task.chunk.columns(), answers, self.layout, len(rows))
            return Done(Piece(stream_bytes(batch)), counts)
        if self.form.format == "xlsx":
            answers = self._cuts_noted(rows, answers, counts)
        content = encode(self.form.format, self.layout, rows, answers, first=task.number == 0)
        return Done(packed(content, self.form.packing), counts)

    def _cuts_noted(self, rows: Sequence[Row], answers: Sequence[Answer], counts: Counts) -> list[Answer]:
        """The answers; those of rows whose values a sheet cannot hold whole say so."""
        told = list(answers)
        for place, (row, one) in enumerate(zip(rows, answers, strict=True)):
            if any(map(is_cut, (*map(row.cells.get, self.layout.names), *one.cells().values()))):
                told[place] = noted(one, "cut_cell")
                counts.count_note("cut_cell")
        return told

    def _stays_columns(self, chunk: Chunk) -> TypeGuard[BatchChunk]:
        """Parquet to Parquet: columns that nobody looks at are passed on as they are."""
        return self.form.format == "parquet" and isinstance(chunk, BatchChunk)


def score_rows(
    rows: Sequence[Row],
    origin: Origin,
    scorer: Remembering,
    asked: Asked,
    counts: Counts,
    picks: list[Pick] | None = None,
) -> list[Answer]:
    """One answer per row, in order, each counted; what is asked to be picked is appended to ``picks``.

    Raises ``ValueError`` unless ``scorer``, one that remembers, gives a verdict an item.
    """
    defaults = (asked.default_action, asked.default_election, asked.default_platform)
    items = [item_of(row, origin.columns, *defaults) for row in rows]
    good = [item for item in items if isinstance(item, Item)]
    verdicts = iter(scorer.score(good, explain=SHOWN_BANDS, entities=asked.entities) if good else ())
    answers: list[Answer] = []
    for row, item in zip(rows, items, strict=True):
        if isinstance(item, Item):
            verdict = next(verdicts)
            counts.count_verdict(verdict, row.note)
            if asked.pick and picks is not None and verdict.band in SHOWN_BANDS:
                picks.append(_pick(row, item, origin.told))
            answers.append(_answered(row, item, verdict, origin, asked))
        else:
            counts.count_rejection(item, origin.place(row))
            answers.append(refusal(row, item, origin.unit, origin.source))
    return answers


def _answered(row: Row, item: Item, verdict: Verdict, origin: Origin, asked: Asked) -> Answer:
    named = entities_text(verdict.entities) if asked.entities else None
    rules = ",".join(asked.advise(item, verdict)) if asked.advise else ""
    return answer(row, verdict, origin.source, named, rules or None)


def _pick(row: Row, item: Item, labels: Mapping[str, str]) -> Pick:
    told = {purpose: as_text(row.cells.get(label)).strip() for purpose, label in labels.items()}
    return Pick(item, {purpose: words for purpose, words in told.items() if words})


def read_by(columns: Columns) -> frozenset[str]:
    """Labels of all columns that an item is made of."""
    return frozenset(label for one in fields(columns) for label in getattr(columns, one.name))
