"""Score files: read, score in chunks, write, count."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.batch.answers import APPENDED, SOURCE_COLUMN, answer, refusal
from app.batch.columns import ColumnFinder, Columns, item_of
from app.batch.errors import InputMissingError, NoInputError, OutputIsInputError, OutputWriteError
from app.batch.progress import Progress
from app.batch.readers import open_table
from app.batch.saving import output_form
from app.batch.summary import Summary, write_summary
from app.batch.table import Row, Table
from app.batch.writers import Layout, Scored, open_writer
from app.scoring.types import Action, Item, Scorer

__all__ = ["ScoreOptions", "Summary", "score_files", "write_summary"]

#: Characters after which a chunk ends early, so that long rows do not fill the memory.
_CHUNK_CHARS = 4_000_000


@dataclass(frozen=True, slots=True)
class ScoreOptions:
    """``text_column`` names the column to score (``None``: find it). ``default_action`` is what a row without one did.

    ``chunk_rows`` rows are scored at a time. ``progress`` turns the display on or off (``None``: on at a terminal).
    """

    text_column: str | None = None
    default_action: Action = "post"
    chunk_rows: int = 2_000
    progress: bool | None = None


@dataclass(frozen=True, slots=True)
class _Input:
    """A table, what its columns are for, and the name that its rows carry when there are several inputs."""

    table: Table
    columns: Columns
    source: str | None
    size: int


def score_files(inputs: Sequence[Path], output: Path, scorer: Scorer, options: ScoreOptions | None = None) -> Summary:
    """Score every row of ``inputs``, in order, into ``output``; the ending of its name tells the format.

    All input columns are kept, Netra's are appended, ``netra_source`` too when there is more than one input. Bad
    rows are written with ``netra_error`` set. All inputs are looked at before anything is written. Raises
    ``BatchError``; ``output`` is then as it was before.
    """
    options = options or ScoreOptions()
    output_form(output)
    _check_paths(inputs, output)
    start = time.perf_counter()
    opened = _open_inputs(inputs, ColumnFinder(options.text_column))
    summary = Summary(scorer.info)
    with closing(Progress(options.progress)) as progress, open_writer(output, _layout(opened)) as writer:
        for chunk, one in _chunks(opened, options.chunk_rows):
            writer.write(_score(chunk, one, scorer, options.default_action, summary))
            progress.update(summary.read, _part_read(opened))
    summary.seconds = time.perf_counter() - start
    return summary


def _check_paths(inputs: Sequence[Path], output: Path) -> None:
    if not inputs:
        raise NoInputError
    for path in inputs:
        if not path.is_file():
            raise InputMissingError(name=path.name)
        if output.exists() and output.samefile(path):
            raise OutputIsInputError(name=output.name)
    if output.is_dir():
        raise OutputWriteError(name=output.name, why=os.strerror(errno.EISDIR))


def _open_inputs(inputs: Sequence[Path], finder: ColumnFinder) -> list[_Input]:
    distinct = len({path.name for path in inputs}) == len(inputs)
    opened = []
    for path in inputs:
        table = open_table(path, finder)
        source = (path.name if distinct else str(path)) if len(inputs) > 1 else None
        opened.append(_Input(table, finder.require(table), source, path.stat().st_size))
    return opened


def _layout(opened: Sequence[_Input]) -> Layout:
    """Union of the input columns in order of appearance, without those that Netra writes itself."""
    with_source = len(opened) > 1
    replaced = {*APPENDED, SOURCE_COLUMN} if with_source else {*APPENDED}
    names: dict[str, str] = {}
    for one in opened:
        for label, name in one.table.names.items():
            names.setdefault(label, name)
    kept = {label: name for label, name in names.items() if name.strip().casefold() not in replaced}
    return Layout(kept, _common_types(opened, kept), with_source)


def _common_types(opened: Sequence[_Input], names: Mapping[str, str]) -> dict[str, Any]:
    """Arrow types of the columns that have one and the same in every input that has the column."""
    common: dict[str, Any] = {}
    for label in names:
        kinds = [one.table.types.get(label) for one in opened if label in one.table.names]
        if kinds[0] is not None and all(kind == kinds[0] for kind in kinds):
            common[label] = kinds[0]
    return common


def _chunks(opened: Sequence[_Input], rows_per_chunk: int) -> Iterator[tuple[list[Row], _Input]]:
    """Rows in order, a chunk at a time, never of two inputs; a chunk with much text ends early."""
    for one in opened:
        chunk: list[Row] = []
        chars = 0
        with closing(one.table.rows()) as rows:
            for row in rows:
                chunk.append(row)
                chars += sum(len(value) for value in row.cells.values() if isinstance(value, str))
                if len(chunk) >= rows_per_chunk or chars >= _CHUNK_CHARS:
                    yield chunk, one
                    chunk, chars = [], 0
        if chunk:
            yield chunk, one


def _score(chunk: list[Row], one: _Input, scorer: Scorer, default: Action, summary: Summary) -> list[Scored]:
    """The rows of a chunk with their answers, counted."""
    items = [item_of(row, one.columns, default) for row in chunk]
    good = [item for item in items if isinstance(item, Item)]
    verdicts = iter(zip(good, scorer.score(good, explain=True) if good else (), strict=True))
    scored: list[Scored] = []
    for row, item in zip(chunk, items, strict=True):
        if isinstance(item, Item):
            verdict = next(verdicts)[1]
            summary.count_verdict(verdict, row.note)
            scored.append((row, answer(row, verdict, one.source)))
        else:
            summary.count_rejection(item)
            scored.append((row, refusal(row, item, one.table.unit, one.source)))
    return scored


def _part_read(opened: Sequence[_Input]) -> float:
    total = sum(one.size for one in opened)
    return sum(one.size * one.table.progress() for one in opened) / total
