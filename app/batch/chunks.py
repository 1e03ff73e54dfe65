"""Rows on their way from the reader to whoever scores them: cheap to send, made into rows where they arrive."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, Self, TypeVar

import pyarrow as pa

from app.batch.errors import DamagedInputError
from app.batch.table import Note, Problem, Row
from app.batch.values import UNREADABLE, values_of

_Part = TypeVar("_Part")
#: ``(number, cells, problem, note)`` of a row whose labels are those of its chunk.
Record = tuple[int, list[Any], Problem | None, Note | None]


@dataclass(frozen=True, slots=True)
class ChunkLimit:
    """A chunk ends with its ``rows``-th row, or with the one that brings its text to ``chars`` characters."""

    rows: int = 2_000
    chars: int = 1_000_000


class Chunk(Protocol):
    """Some rows of one input, in order; never none."""

    def __len__(self) -> int: ...

    def rows(self) -> list[Row]:
        """The rows, decoded anew. Raises ``DamagedInputError`` when that cannot be done."""
        ...

    def halves(self) -> tuple[Self, Self]:
        """The same rows as two chunks; only of a chunk with two rows or more."""
        ...


def grouped(sized: Iterable[tuple[_Part, int]], limit: ChunkLimit) -> Iterator[list[_Part]]:
    """Parts in order, in lists within the limit; each comes with its length in characters."""
    group: list[_Part] = []
    chars = 0
    for part, length in sized:
        group.append(part)
        chars += length
        if len(group) >= limit.rows or chars >= limit.chars:
            yield group
            group, chars = [], 0
    if group:
        yield group


@dataclass(frozen=True, slots=True)
class ListChunk(Generic[_Part]):
    """Base of the chunks that hold one part a row."""

    parts: list[_Part]

    def __len__(self) -> int:
        return len(self.parts)

    def halves(self) -> tuple[Self, Self]:
        half = len(self.parts) // 2
        return replace(self, parts=self.parts[:half]), replace(self, parts=self.parts[half:])


@dataclass(frozen=True, slots=True)
class RecordChunk(ListChunk[Record]):
    """Rows that all have the same labels."""

    labels: tuple[str, ...]

    def rows(self) -> list[Row]:
        named = self.labels
        return [Row(n, dict(zip(named, cells, strict=True)), problem, note) for n, cells, problem, note in self.parts]


@dataclass(frozen=True, slots=True)
class RowChunk(ListChunk[Row]):
    """Rows of any labels."""

    def rows(self) -> list[Row]:
        return [replace(row) for row in self.parts]


@dataclass(frozen=True, slots=True)
class BatchChunk:
    """A record batch of the file ``name``, whose first row has the number ``first``; ``labels`` name its columns."""

    batch: pa.RecordBatch
    labels: tuple[str, ...]
    first: int
    name: str

    def __len__(self) -> int:
        return int(self.batch.num_rows)

    def __reduce__(self) -> tuple[Any, ...]:
        """As a stream: plain pickling would send the whole buffers of which a batch is a slice."""
        return _unpickled, (stream_bytes(self.batch), self.labels, self.first, self.name)

    def rows(self, only: Collection[str] | None = None) -> list[Row]:
        """Rows with all their cells, or with those of the labels ``only``."""
        named = [n for n, label in enumerate(self.labels) if only is None or label in only]
        labels = [self.labels[n] for n in named]
        try:
            columns = [values_of(self.batch.column(n)) for n in named]
        except UNREADABLE as error:
            raise DamagedInputError(name=self.name) from error
        values = zip(*columns, strict=True) if columns else iter([()] * len(self))
        return [Row(n, dict(zip(labels, cells, strict=True))) for n, cells in enumerate(values, start=self.first)]

    def columns(self) -> Mapping[str, pa.Array]:
        return dict(zip(self.labels, self.batch.columns, strict=True))

    def halves(self) -> tuple[BatchChunk, BatchChunk]:
        half = len(self) // 2
        head, tail = self.batch.slice(0, half), self.batch.slice(half)
        return replace(self, batch=head), replace(self, batch=tail, first=self.first + half)


def stream_bytes(batch: pa.RecordBatch) -> bytes:
    """A batch with its schema in the Arrow stream format; streams can stand one after another in a file."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as stream:
        stream.write_batch(batch)
    return bytes(sink.getvalue())


def _unpickled(stream: bytes, labels: tuple[str, ...], first: int, name: str) -> BatchChunk:
    with pa.ipc.open_stream(stream) as reader:
        return BatchChunk(reader.read_next_batch(), labels, first, name)
