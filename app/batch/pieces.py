"""Pieces of Parquet files, anywhere that fsspec reaches: what the processes of a cluster read and write.

A piece is a run of whole row groups of one file; its result is one file of the output folder, written whole or not
at all and always the same, so a piece that is done twice because a process was lost neither loses nor doubles rows.
"""

from __future__ import annotations

import io
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import fsspec  # type: ignore[import-untyped]
import pyarrow as pa
import pyarrow.parquet as pq
from fsspec.implementations.local import LocalFileSystem  # type: ignore[import-untyped]

from app.batch.chunks import ChunkLimit
from app.batch.columns import ColumnFinder
from app.batch.errors import NotParquetError
from app.batch.frames import Layout, schema_of
from app.batch.job import Asked, Done, Job, Origin, Task
from app.batch.loaded import scorer_of
from app.batch.readers import batch_chunks, plain_type
from app.batch.remembered import Remembering
from app.batch.saving import OutputForm
from app.batch.summary import Counts
from app.batch.table import label_columns
from app.batch.workers import Model
from app.scoring.types import Scorer

#: A piece ends with the row group that brings it to so many rows in a large input, and in a small one.
PIECE_ROWS, FEWEST_ROWS = 100_000, 25_000
#: Pieces that an input between the two has: enough for many workers to be busy until the end.
_PIECES = 64
_COUNTS = b"netra_counts"
#: Where file systems say which state of a file they have.
_CHANGE_KEYS = ("ETag", "etag", "mtime", "LastModified", "updated")
_FORM = OutputForm("parquet")


@dataclass
class Described:
    """A Parquet file as it is known from its footer; ``path`` is its address, ``groups`` the rows of each group."""

    path: Path
    names: dict[str, str]
    types: Mapping[str, Any]
    groups: tuple[int, ...]
    fingerprint: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Piece:
    """Row ``groups`` of the file at ``url``: ``rows`` rows after its ``first`` ones; ``source`` is its name if told."""

    url: str
    groups: tuple[int, ...]
    first: int
    rows: int
    source: str | None = None


def describe(url: str) -> Described:
    """Read the footer of a file. Raises ``OSError`` and ``NotParquetError``."""
    system, path = fsspec.core.url_to_fs(url)
    about = system.info(path)
    try:
        with system.open(path, "rb") as raw, pq.ParquetFile(raw) as file:
            schema, metadata = file.schema_arrow, file.metadata
            groups = tuple(metadata.row_group(place).num_rows for place in range(metadata.num_row_groups))
    except pa.ArrowInvalid as error:
        raise NotParquetError(name=PurePosixPath(url).name) from error
    names = label_columns(schema.names)
    types = dict(zip(names, map(plain_type, schema.types), strict=True))
    changed = [str(about[key]) for key in _CHANGE_KEYS if key in about]
    return Described(Path(url), names, types, groups, {"url": url, "size": about["size"], "changed": changed})


def piece_rows(total: int) -> int:
    """Rows after which a piece ends, of an input of ``total`` rows: nothing else, or a later run could not go on."""
    return min(PIECE_ROWS, max(FEWEST_ROWS, -(-total // _PIECES)))


def pieces_of(url: str, groups: tuple[int, ...], source: str | None, most: int) -> Iterator[Piece]:
    """A file in pieces, in order, each of ``most`` rows and what is left of a row group."""
    start = rows = first = 0
    for place, size in enumerate(groups):
        rows += size
        if rows >= most or place + 1 == len(groups):
            yield Piece(url, tuple(range(start, place + 1)), first, rows, source)
            start, first, rows = place + 1, first + rows, 0
    if not groups:
        yield Piece(url, (), 0, 0, source)


@dataclass(frozen=True, slots=True)
class PieceJob:
    """What is done to the rows of every piece, whichever file it is of."""

    layout: Layout
    finder: ColumnFinder
    asked: Asked
    limit: ChunkLimit

    def part_of(self, piece: Piece, scorer: Scorer) -> tuple[pa.Table, Counts]:
        """The rows as the file path scores and lays them out. Raises ``OSError``, ``BatchError`` and ``ModelError``."""
        counts = Counts()
        batches: list[pa.RecordBatch] = []
        for done in self._scored(piece, Remembering(scorer)):
            counts.add(done.counts)
            with pa.ipc.open_stream(done.piece.data) as stream:
                batches += stream
        return pa.Table.from_batches(batches, schema_of(self.layout)).combine_chunks(), counts

    def _scored(self, piece: Piece, scorer: Remembering) -> Iterator[Done]:
        with fsspec.open(piece.url, "rb") as raw, pq.ParquetFile(raw) as file:
            table = _Columns(Path(piece.url), label_columns(file.schema_arrow.names))
            job = Job((Origin(self.finder.find(table.names), "baris", piece.source),), self.layout, _FORM, self.asked)
            batches = file.iter_batches(self.limit.rows, row_groups=list(piece.groups)) if piece.groups else ()
            for number, chunk in enumerate(batch_chunks(batches, table, self.limit, piece.first)):
                yield job.do(Task(number, 0, chunk), scorer)


@dataclass
class _Columns:
    """A file's columns as chunks of it want to know them."""

    path: Path
    names: dict[str, str]


def do_piece(piece: Piece, url: str, model: Model, job: PieceJob) -> Counts:
    """Score a piece and write its part to ``url``, whole or not at all, with its counts in the footer."""
    table, counts = job.part_of(piece, scorer_of(model))
    content = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({_COUNTS: json.dumps(asdict(counts))}), content)
    _publish(url, content.getvalue())
    return counts


def part_counts(url: str) -> Counts:
    """Counts of a part that an earlier run wrote."""
    with fsspec.open(url, "rb") as raw, pq.ParquetFile(raw) as file:
        return Counts(**json.loads(file.schema_arrow.metadata[_COUNTS]))


def _publish(url: str, content: bytes) -> None:
    """Object stores show a file only when it is whole; on a file system a rename sees to that."""
    system, path = fsspec.core.url_to_fs(url)
    if not isinstance(system, LocalFileSystem):
        system.pipe_file(path, content)
        return
    beside = Path(path).with_name(f".{Path(path).name}.{secrets.token_hex(4)}")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
