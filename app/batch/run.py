"""Score files: read, score in chunks in one process or several, write, count."""

from __future__ import annotations

import errno
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import chain, islice
from pathlib import Path

from app import __version__
from app.batch.chunks import ChunkLimit
from app.batch.columns import ColumnFinder
from app.batch.draft import Draft, opened_draft
from app.batch.errors import InputIsFolderError, InputMissingError, NoInputError, OutputIsInputError, OutputWriteError
from app.batch.frames import layout_of
from app.batch.job import Done, Intake, Job, Origin, Task
from app.batch.options import ScoreOptions
from app.batch.progress import Progress
from app.batch.readers import open_table
from app.batch.remembered import Remembering
from app.batch.saving import OutputForm, output_form
from app.batch.sources import fingerprint
from app.batch.summary import Summary, write_summary
from app.batch.table import Table
from app.batch.workers import Crew, Model, usable_cores
from app.filefaults import name_of, reason_of
from app.scoring.types import Scorer

__all__ = ["ScoreOptions", "Summary", "score_files", "write_summary"]

#: Chunks that one process has done before others have even loaded the model.
_FEW_CHUNKS = 4


@dataclass(frozen=True, slots=True)
class _Input:
    """A table, what is known of its columns and its name among several inputs, and its size in bytes."""

    table: Table
    origin: Origin
    size: int


def score_files(
    inputs: Sequence[Path],
    output: Path,
    scorer: Scorer,
    options: ScoreOptions | None = None,
    model: Model | None = None,
) -> Summary:
    """Score every row of ``inputs``, in order, into ``output``; the ending of its name tells the format.

    All input columns are kept, Netra's are appended, ``netra_source`` too when there is more than one input. Bad
    rows are written with ``netra_error`` set. All inputs are looked at before anything is written. The output is the
    same to the byte for any number of workers; several are used when ``model`` says where they find the scorer and
    there is work enough. Raises ``BatchError`` and ``ModelError``; ``output`` is then as it was before, and a later
    call with ``leftover="resume"`` goes on from the last chunk that was done. The same holds for whatever
    ``options.intake`` and ``options.watcher`` raise.
    """
    options = options or ScoreOptions()
    form = output_form(output)
    _check_paths(inputs, output)
    opened = _open_inputs(inputs, ColumnFinder(options.text_column), options.intake)
    origins = tuple(one.origin for one in opened)
    layout = layout_of([one.table for one in opened], with_source=len(opened) > 1)
    job = Job(origins, layout, form, options.asked())
    about = _about(inputs, form, options, model.digest if model else asdict(scorer.info))
    with opened_draft(output, form, layout, about, options.leftover) as draft:
        if not draft.done:
            _fill(draft, opened, job, scorer, options, model)
        draft.finish()
    sheets = [one.table.sheet for one in opened if one.table.sheet and one.table.sheet.others]
    return replace(draft.summary(scorer.info), sheets=sheets)


def _fill(
    draft: Draft, opened: Sequence[_Input], job: Job, scorer: Scorer, options: ScoreOptions, model: Model | None
) -> None:
    """Add the chunks that are missing."""
    rows, skip = draft.mark.counts.read, draft.mark.chunks
    tasks = _tasks(opened, ChunkLimit(options.chunk_rows, options.chunk_chars), skip)
    last = time.perf_counter()
    watcher = options.watcher or Progress(options.progress)
    with closing(watcher) as progress, _scored(tasks, job, scorer, options.workers, model) as scored:
        for task, done in scored:
            if task.number == skip and skip:
                progress.go_on_from(rows, task.part)
            if options.intake is not None:
                options.intake.take(done.picks)  # before the chunk counts as done: none is missed, and twice is once
            now = time.perf_counter()
            draft.add(done, now - last)
            last = now
            progress.update(draft.mark.counts.read, task.part)


@contextmanager
def _scored(
    tasks: Iterator[Task], job: Job, scorer: Scorer, workers: int | None, model: Model | None
) -> Iterator[Iterable[tuple[Task, Done]]]:
    """The tasks done, in order: here when they are few, else by as many processes as are wanted."""
    first = list(islice(tasks, _FEW_CHUNKS + 1))
    tasks = chain(first, tasks)
    many = len(first) > _FEW_CHUNKS and model is not None
    count = (workers or usable_cores()) if many else 1
    if model is None or count == 1:
        remembering = Remembering(scorer)
        yield ((task, job.do(task, remembering)) for task in tasks)
        return
    with closing(Crew(model, job, count)) as crew:
        yield crew.work(tasks)


def _tasks(opened: Sequence[_Input], limit: ChunkLimit, skip: int) -> Iterator[Task]:
    """Chunks in order, never of two inputs; the first ``skip`` are read but left out."""
    number = 0
    for origin, one in enumerate(opened):
        with closing(one.table.chunks(limit)) as chunks:
            for chunk in chunks:
                if number >= skip:
                    yield Task(number, origin, chunk, _part_read(opened))
                number += 1


def _about(inputs: Sequence[Path], form: OutputForm, options: ScoreOptions, model: object) -> dict[str, object]:
    """What a run must have in common with an earlier one to go on with it."""
    files = [fingerprint(path) for path in inputs]
    return {"netra": __version__, "inputs": files, "model": model, "options": {**asdict(form), **options.as_told()}}


def _check_paths(inputs: Sequence[Path], output: Path) -> None:
    if not inputs:
        raise NoInputError
    for path in inputs:
        if path.is_dir():
            raise InputIsFolderError(name=name_of(path))
        if not path.is_file():
            raise InputMissingError(name=name_of(path))
        if output.exists() and output.samefile(path):
            raise OutputIsInputError(name=output.name)
    if output.is_dir():
        raise OutputWriteError(name=name_of(output), why=reason_of(errno.EISDIR))


def _open_inputs(inputs: Sequence[Path], finder: ColumnFinder, intake: Intake | None) -> list[_Input]:
    distinct = len({path.name for path in inputs}) == len(inputs)
    opened = []
    for path in inputs:
        table = open_table(path, finder)
        source = (path.name if distinct else str(path)) if len(inputs) > 1 else None
        told = intake.labels(table.names) if intake else {}
        origin = Origin(finder.require(table, table.kind, table.sheet), table.unit, source, told)
        opened.append(_Input(table, origin, path.stat().st_size))
    return opened


def _part_read(opened: Sequence[_Input]) -> float:
    total = sum(one.size for one in opened)
    return sum(one.size * one.table.progress() for one in opened) / total
