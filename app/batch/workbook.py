"""Read XLSX workbooks as tables."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.workbook import Workbook

from app.batch.chunks import ChunkLimit, Record, RecordChunk, grouped
from app.batch.errors import BatchError, EmptyInputError, InputTooLargeError
from app.batch.sheets import SheetRead, shown_title
from app.batch.sources import Kind, Source, damage_reported
from app.batch.table import Row, Unit, as_text, label_columns
from app.policy.types import Words

#: Most bytes that the parts of an XLSX may unpack to.
MAX_XLSX_BYTES = 1 << 30
_UNPACKED = Words("isi terurai", "its unpacked content")


class WorkbookTable:
    """The first visible sheet of an XLSX workbook that holds anything.

    Its first row that is not empty names the columns. It is read once beforehand for its width: a column may hold
    values without having a name. Formulas give their stored values, rows without any value are left out.
    """

    unit: Unit = "baris"

    def __init__(self, source: Source) -> None:
        self.path: Path = source.path
        self.kind: Kind = source.kind
        self.types: Mapping[str, Any] = {}
        self._read = 0
        with damage_reported(self.path), zipfile.ZipFile(self.path) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_XLSX_BYTES:
                raise InputTooLargeError(name=self.path.name, what=_UNPACKED, limit=f"{MAX_XLSX_BYTES} B")
        header, width = self._measure()
        self.names = label_columns(as_text(value) for value in _padded(header, width))

    def _measure(self) -> tuple[list[Any], int]:
        header: list[Any] = []
        width = 0
        with self._opened() as book:
            sheets = self._filled_sheets(book)
            title, rows = next(sheets, ("", iter(())))
            for _, values in rows:
                header = header or values
                width = max(width, len(values))
            if not header:
                raise EmptyInputError(name=self.path.name)
            self._count = max(1, self._read)
            self.sheet: SheetRead | None = SheetRead(self.path.name, shown_title(title), self._others(sheets))
        self._read = 0
        return header, width

    def _others(self, sheets: Iterator[object]) -> int:
        """How many more sheets hold something; one that is broken does, and nobody can count further."""
        count = 0
        try:
            with damage_reported(self.path):
                for _ in sheets:
                    count += 1
        except BatchError:
            count += 1
        return count

    def rows(self) -> Generator[Row, None, None]:
        for chunk in self.chunks(ChunkLimit()):
            yield from chunk.rows()

    def chunks(self, limit: ChunkLimit) -> Generator[RecordChunk, None, None]:
        labels = tuple(self.names)
        for group in grouped(self._records(), limit):
            yield RecordChunk(group, labels)

    def _records(self) -> Iterator[tuple[Record, int]]:
        filled = self._filled_rows()
        next(filled)
        for number, values in filled:
            length = sum(len(value) for value in values if isinstance(value, str))
            yield (number, _padded(values, len(self.names)), None, None), length

    def _filled_rows(self) -> Iterator[tuple[int, list[Any]]]:
        """``(sheet row, values)`` of the sheet's rows that hold anything, empty cells at the end left out."""
        with self._opened() as book:
            for _, rows in self._filled_sheets(book):
                yield from rows
                return

    @contextmanager
    def _opened(self) -> Iterator[Workbook]:
        with damage_reported(self.path), self.path.open("rb") as raw:
            with _quiet():
                book = openpyxl.load_workbook(raw, read_only=True, data_only=True)
            try:
                yield book
            finally:
                book.close()

    def _filled_sheets(self, book: Workbook) -> Iterator[tuple[str, Iterator[tuple[int, list[Any]]]]]:
        """Title and rows of every visible sheet that holds anything."""
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                continue
            sheet.reset_dimensions()  # some exporters write a wrong extent, and openpyxl would believe it
            filled = self._numbered(sheet.iter_rows(values_only=True))
            if (first := next(filled, None)) is not None:
                yield sheet.title, chain([first], filled)

    def _numbered(self, rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[int, list[Any]]]:
        self._read = 0
        while (row := _next_quietly(rows)) is not None:
            self._read += 1
            values = list(row)
            while values and values[-1] is None:
                values.pop()
            if values:
                yield self._read, values

    def progress(self) -> float:
        return min(1.0, self._read / self._count)


def _padded(values: list[Any], width: int) -> list[Any]:
    return values + [None] * (width - len(values))


@contextmanager
def _quiet() -> Iterator[None]:
    """Hide openpyxl's warnings of styles, validations and odd dates, which do not matter here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _next_quietly(rows: Iterator[tuple[Any, ...]]) -> tuple[Any, ...] | None:
    with _quiet():
        return next(rows, None)
