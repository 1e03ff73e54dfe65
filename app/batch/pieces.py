"""Pieces of Parquet files, anywhere that fsspec reaches: what the processes of a cluster read and write.

A piece is a run of whole row groups of one file; its result is one file of the output folder, written whole or not
at all and always the same, so a piece that is done twice because a process was lost neither loses nor doubles rows.
"""

from __future__ import annotations

import io
import json
import re
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import fsspec  # type: ignore[import-untyped]
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from fsspec.implementations.local import LocalFileSystem  # type: ignore[import-untyped]

from app.batch.answers import SOURCE_COLUMN
from app.batch.errors import NotParquetError
from app.batch.frames import Layout, fitted, schema_of
from app.batch.readers import plain_type
from app.batch.summary import Counts
from app.batch.table import label_columns

#: Rows after which a piece ends; one row group can have more.
PIECE_ROWS = 100_000
_COUNTS = b"netra_counts"
#: Where file systems say which state of a file they have.
_CHANGE_KEYS = ("ETag", "etag", "mtime", "LastModified", "updated")
_REASON = re.compile(r"\((\w+)\)$")


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


def pieces_of(url: str, groups: tuple[int, ...], source: str | None) -> Iterator[Piece]:
    """A file in pieces, in order."""
    start = rows = first = 0
    for place, size in enumerate(groups):
        rows += size
        if rows >= PIECE_ROWS or place + 1 == len(groups):
            yield Piece(url, tuple(range(start, place + 1)), first, rows, source)
            start, first, rows = place + 1, first + rows, 0
    if not groups:
        yield Piece(url, (), 0, 0, source)


def read_piece(piece: Piece) -> pd.DataFrame:
    """The rows with their Arrow types; the index counts the rows of the file from 0."""
    with fsspec.open(piece.url, "rb") as raw, pq.ParquetFile(raw) as file:
        table = file.read_row_groups(list(piece.groups))
    labels = list(label_columns(table.schema.names))
    frame: pd.DataFrame = table.rename_columns(labels).to_pandas(types_mapper=pd.ArrowDtype, ignore_metadata=True)
    frame.index = pd.RangeIndex(piece.first, piece.first + len(frame))
    if piece.source is not None:
        frame[SOURCE_COLUMN] = pd.Series([piece.source] * len(frame), frame.index, pd.ArrowDtype(pa.string()))
    return frame


def laid_out(frame: pd.DataFrame, layout: Layout) -> pa.Table:
    """A scored frame with the columns of the output, whatever its own file lacks."""
    found = pa.Table.from_pandas(frame, preserve_index=False)
    columns = {name: found.column(name).combine_chunks() for name in found.column_names}
    schema = schema_of(layout)
    return pa.Table.from_arrays([fitted(columns.get(f.name), f.type, len(frame)) for f in schema], schema=schema)


def write_part(table: pa.Table, url: str) -> Counts:
    """Write a part of the output, whole or not at all, with its counts in the footer; the counts again."""
    counts = _counts(table)
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


def _counts(table: pa.Table) -> Counts:
    errors = [error for error in table["netra_error"].to_pylist() if error is not None]
    bands = Counter(table["netra_band"].to_pylist())
    return Counts(
        read=table.num_rows,
        scored=table.num_rows - len(errors),
        rejected=len(errors),
        flagged=sum(map(bool, table["netra_flagged"].to_pylist())),
        review=bands["review"],
        undecided=bands["undecided"],
        rejections=dict(Counter(_REASON.findall(error)[0] for error in errors)),
    )
