"""CSV and its relatives: find the delimiter, mend the records, name the cells."""

from __future__ import annotations

import io
import re
from collections.abc import Generator, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from app.batch.chunks import ChunkLimit, Record, RecordChunk, grouped
from app.batch.columns import ColumnFinder
from app.batch.errors import EmptyInputError
from app.batch.mending import Records, unwrap
from app.batch.sheets import SheetRead
from app.batch.sources import Kind, Reading, Source, damage_reported
from app.batch.table import Note, Row, Unit, label_columns

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_RECORDS = 200
#: The line with which Excel tells itself the delimiter.
_SEP_LINE = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)


class Dialect(NamedTuple):
    """``inner`` is set when whole records of another delimiter are wrapped in the cells of this one."""

    delimiter: str
    inner: str | None = None


class DelimitedTable:
    """A table of strings; cells that are short of the header are empty, surplus ones go back into the text.

    An unquoted delimiter inside the free text is what makes a record too long in practice, so the surplus is
    joined where the text stands (in the last column when there is no text column) and the row is noted as ragged.
    """

    unit: Unit = "baris"
    sheet: SheetRead | None = None

    def __init__(self, source: Source, finder: ColumnFinder) -> None:
        self.path: Path = source.path
        self.kind: Kind = source.kind
        self.types: Mapping[str, Any] = {}
        self._source = source
        self._dialect = sniff(source.sample if source.whole else _whole_lines(source.sample), finder)
        self._reading: Reading | None = None
        header = self._header()
        self.names = label_columns(header)
        text = finder.find(self.names).text
        self._text_at = list(self.names).index(text[0]) if text else len(header) - 1

    def _header(self) -> list[str]:
        with damage_reported(self.path), Reading(self._source) as reading:
            for _, cells, _ in records(reading.text, self._dialect):
                return cells
        raise EmptyInputError(name=self.path.name)

    def rows(self) -> Generator[Row, None, None]:
        for chunk in self.chunks(ChunkLimit()):
            yield from chunk.rows()

    def chunks(self, limit: ChunkLimit) -> Generator[RecordChunk, None, None]:
        labels = tuple(self.names)
        for group in grouped(self._records(), limit):
            yield RecordChunk(group, labels)

    def _records(self) -> Iterator[tuple[Record, int]]:
        with damage_reported(self.path), Reading(self._source) as self._reading:
            stream = records(self._reading.text, self._dialect)
            next(stream)
            for number, cells, too_long in stream:
                fitted, note = self._fit(cells)
                yield (number, fitted, "row_too_long" if too_long else None, note), sum(map(len, fitted))

    def _fit(self, cells: list[str]) -> tuple[list[str], Note | None]:
        width, at = len(self.names), self._text_at
        while len(cells) > width and not cells[-1]:
            cells.pop()
        surplus = len(cells) - width
        if surplus <= 0:
            return cells + [""] * -surplus, "ragged_row" if surplus else None
        delimiter = self._dialect.inner or self._dialect.delimiter
        middle = delimiter.join(cells[at : at + surplus + 1])
        return [*cells[:at], middle, *cells[at + surplus + 1 :]], "ragged_row"

    def progress(self) -> float:
        return self._reading.progress() if self._reading else 0.0


def records(stream: TextIO, dialect: Dialect, patient: bool = True) -> Iterator[tuple[int, list[str], bool]]:
    """``(line number, cells, too_long)`` of every record, the header first; wrapped ones come unwrapped."""
    source = Records(stream, dialect.delimiter, patient)
    for number, cells, too_long in source:
        if not source.width and _is_sep_line(cells, dialect):
            continue
        unwrapped = unwrap(cells, dialect.delimiter, dialect.inner, source.width) if dialect.inner else [cells]
        if not source.width:
            source.width = len(unwrapped[0])
        for place, record in enumerate(unwrapped):
            yield number + place, record, too_long


def _is_sep_line(cells: list[str], dialect: Dialect) -> bool:
    return _SEP_LINE.fullmatch(dialect.delimiter.join(cells) + "\n") is not None


def sniff(sample: str, finder: ColumnFinder) -> Dialect:
    """The dialect under which a decoded beginning of a file looks most like a table with a text column."""
    told = _SEP_LINE.match(sample)
    if told and told.group(1) in DELIMITERS:
        return Dialect(told.group(1))
    plain = [Dialect(delimiter) for delimiter in DELIMITERS]
    wrapped = [Dialect(outer, inner) for outer in DELIMITERS for inner in DELIMITERS]
    return max(plain + wrapped, key=lambda dialect: _likeness(sample, dialect, finder))


def _whole_lines(sample: str) -> str:
    head, newline, _ = sample.rpartition("\n")
    return head + newline if newline else sample


def _likeness(sample: str, dialect: Dialect, finder: ColumnFinder) -> float:
    """Share of records as wide as the header, plus one for a known text column, a little for more columns."""
    stream = records(io.StringIO(sample, newline=""), dialect, patient=False)
    header = next((cells for _, cells, _ in stream), [])
    fits = [_fills(cells, len(header)) for _, cells, _ in islice(stream, _SAMPLE_RECORDS)]
    fitting = sum(fits) / len(fits) if fits else 1.0
    known = bool(finder.find(label_columns(header)).text)
    return round(fitting, 2) + known + (0.1 if len(header) > 1 else 0.0)


def _fills(cells: list[str], width: int) -> bool:
    """Whether a record has just the cells of the header; empty ones at its end do not count as more."""
    return len(cells) >= width and not any(cells[width:])
