"""Open any input as a table: the kind is told from the content, the name only breaks ties."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from app.batch.columns import ColumnFinder
from app.batch.delimited import DelimitedTable
from app.batch.errors import EmptyInputError, InputTooLargeError, UnknownFormatError
from app.batch.jsonrows import JsonTable
from app.batch.sources import Kind, Source, damage_reported, examine
from app.batch.table import Row, Table, Unit, as_text, label_columns

#: Most bytes that the parts of an XLSX may unpack to.
MAX_XLSX_BYTES = 1 << 30
_BATCH_ROWS = 1_000
_TEXT_SUFFIXES = frozenset((".csv", ".tsv", ".tab", ".psv", ".txt"))


def open_table(path: Path, finder: ColumnFinder) -> Table:
    """Look at a file and its columns. Raises ``InputError`` when it cannot be read as a table."""
    source = examine(path)
    table = _OPENERS[source.kind](source, finder)
    if source.kind == "delimited" and not _is_named_as_text(source) and not finder.find(table.names).text:
        raise UnknownFormatError(name=path.name, looks_like="teks tanpa nama kolom")
    return table


def _is_named_as_text(source: Source) -> bool:
    return bool(_TEXT_SUFFIXES.intersection(suffix.lower() for suffix in source.path.suffixes))


class ParquetTable:
    """A Parquet file, read batch by batch; values keep their Arrow types."""

    unit: Unit = "baris"

    def __init__(self, source: Source) -> None:
        self.path: Path = source.path
        with damage_reported(self.path), pq.ParquetFile(self.path) as file:
            schema = file.schema_arrow
            self._count = max(1, file.metadata.num_rows)
        self.names = label_columns(schema.names)
        self.types: Mapping[str, Any] = dict(zip(self.names, map(_plain_type, schema.types), strict=True))
        self._read = 0

    def rows(self) -> Generator[Row, None, None]:
        self._read = 0
        with damage_reported(self.path), pq.ParquetFile(self.path) as file:
            for batch in file.iter_batches(batch_size=_BATCH_ROWS):
                columns = [column.to_pylist() for column in batch.columns]
                for values in zip(*columns, strict=True):
                    self._read += 1
                    yield Row(self._read, dict(zip(self.names, values, strict=True)))

    def progress(self) -> float:
        return float(min(1.0, self._read / self._count))


def _plain_type(kind: pa.DataType) -> pa.DataType:
    """A dictionary type tells how values are stored, not what they are."""
    return kind.value_type if pa.types.is_dictionary(kind) else kind


class WorkbookTable:
    """The first sheet of an XLSX workbook; its first row that is not empty names the columns.

    The sheet is read once beforehand for its width: a column may hold values without having a name. Formulas give
    their stored values, rows without any value are left out.
    """

    unit: Unit = "baris"

    def __init__(self, source: Source) -> None:
        self.path: Path = source.path
        self.types: Mapping[str, Any] = {}
        self._read = 0
        with damage_reported(self.path), zipfile.ZipFile(self.path) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_XLSX_BYTES:
                raise InputTooLargeError(name=self.path.name, what="isi terurai", limit=f"{MAX_XLSX_BYTES} bita")
        header, width = self._measure()
        self._count, self._read = max(1, self._read), 0
        self.names = label_columns(as_text(value) for value in _padded(header, width))

    def _measure(self) -> tuple[list[Any], int]:
        header: list[Any] = []
        width = 0
        for _, values in self._filled_rows():
            header = header or values
            width = max(width, len(values))
        if not header:
            raise EmptyInputError(name=self.path.name)
        return header, width

    def rows(self) -> Generator[Row, None, None]:
        filled = self._filled_rows()
        next(filled)
        for number, values in filled:
            yield Row(number, dict(zip(self.names, _padded(values, len(self.names)), strict=True)))

    def _filled_rows(self) -> Iterator[tuple[int, list[Any]]]:
        """``(sheet row, values)`` of rows that hold anything, empty cells at the end left out."""
        with damage_reported(self.path), self.path.open("rb") as raw:
            with _quiet():
                book = openpyxl.load_workbook(raw, read_only=True, data_only=True)
            try:
                sheet = book.worksheets[0]
                sheet.reset_dimensions()  # some exporters write a wrong extent, and openpyxl would believe it
                yield from self._numbered(sheet.iter_rows(values_only=True))
            finally:
                book.close()

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


_OPENERS: dict[Kind, Callable[[Source, ColumnFinder], Table]] = {
    "delimited": DelimitedTable,
    "json": lambda source, finder: JsonTable(source),
    "jsonl": lambda source, finder: JsonTable(source),
    "parquet": lambda source, finder: ParquetTable(source),
    "xlsx": lambda source, finder: WorkbookTable(source),
}
