"""Open any input as a table: the kind is told from the content, the name only breaks ties."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from app.batch.chunks import BatchChunk, ChunkLimit
from app.batch.columns import ColumnFinder
from app.batch.delimited import DelimitedTable
from app.batch.errors import UnknownFormatError
from app.batch.jsonrows import JsonTable
from app.batch.sheets import SheetRead
from app.batch.sources import Kind, Source, damage_reported, examine
from app.batch.table import Columned, Row, Table, Unit, label_columns
from app.policy.types import Words

_NAMELESS = Words("teks tanpa nama kolom", "text without names of columns")
_TEXT_SUFFIXES = frozenset((".csv", ".tsv", ".tab", ".psv", ".txt"))


def open_table(path: Path, finder: ColumnFinder) -> Table:
    """Look at a file and its columns. Raises ``InputError`` when it cannot be read as a table."""
    source = examine(path)
    table = _OPENERS[source.kind](source, finder)
    if source.kind == "delimited" and not _is_named_as_text(source) and not finder.find(table.names).text:
        raise UnknownFormatError(name=path.name, looks_like=_NAMELESS)
    return table


def _is_named_as_text(source: Source) -> bool:
    return bool(_TEXT_SUFFIXES.intersection(suffix.lower() for suffix in source.path.suffixes))


class ParquetTable:
    """A Parquet file, read batch by batch; values keep their Arrow types."""

    unit: Unit = "baris"
    sheet: SheetRead | None = None

    def __init__(self, source: Source) -> None:
        self.path: Path = source.path
        self.kind: Kind = source.kind
        with damage_reported(self.path), pq.ParquetFile(self.path) as file:
            schema = file.schema_arrow
            self._count = max(1, file.metadata.num_rows)
        self.names = label_columns(schema.names)
        self.types: Mapping[str, Any] = dict(zip(self.names, map(plain_type, schema.types), strict=True))
        self._read = 0

    def rows(self) -> Generator[Row, None, None]:
        for chunk in self.chunks(ChunkLimit()):
            yield from chunk.rows()

    def chunks(self, limit: ChunkLimit) -> Generator[BatchChunk, None, None]:
        self._read = 0
        with damage_reported(self.path), pq.ParquetFile(self.path) as file:
            for chunk in batch_chunks(file.iter_batches(limit.rows), self, limit):
                self._read += len(chunk)
                yield chunk

    def progress(self) -> float:
        return float(min(1.0, self._read / self._count))


def batch_chunks(
    batches: Iterable[pa.RecordBatch], table: Columned, limit: ChunkLimit, first: int = 0
) -> Iterator[BatchChunk]:
    """Batches of a table in chunks; ``first`` rows stand before them."""
    labels = tuple(table.names)
    for batch in batches:
        for piece in _sliced(batch, limit.chars):
            yield BatchChunk(piece, labels, first + 1, table.path.name)
            first += piece.num_rows


def _sliced(batch: pa.RecordBatch, most_bytes: int) -> Iterator[pa.RecordBatch]:
    """The batch in slices of about so many bytes; a character of Indonesian text is a byte."""
    count = min(batch.num_rows, -(-batch.nbytes // most_bytes))
    step = -(-batch.num_rows // max(1, count))
    for start in range(0, batch.num_rows, max(1, step)):
        yield batch.slice(start, step)


def plain_type(kind: pa.DataType) -> pa.DataType:
    """A dictionary type tells how values are stored, not what they are."""
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _workbook(source: Source, finder: ColumnFinder) -> Table:
    from app.batch.workbook import WorkbookTable  # openpyxl is slow to import, and seldom needed

    return WorkbookTable(source)


_OPENERS: dict[Kind, Callable[[Source, ColumnFinder], Table]] = {
    "delimited": DelimitedTable,
    "json": lambda source, finder: JsonTable(source),
    "jsonl": lambda source, finder: JsonTable(source),
    "parquet": lambda source, finder: ParquetTable(source),
    "xlsx": _workbook,
}
