"""What every reader gives: named columns and a stream of rows, good and bad, in file order."""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypedDict

if TYPE_CHECKING:
    from app.batch.chunks import Chunk, ChunkLimit
    from app.batch.sheets import SheetRead
    from app.batch.sources import Kind

#: Why a row was not scored.
Problem = Literal[
    "bad_json",
    "not_an_object",
    "repeated_key",
    "missing_text",
    "text_not_a_string",
    "unknown_action",
    "row_too_long",
    "worker_died",
]
#: What was odd about a row that was kept all the same.
Note = Literal["ragged_row", "cut_cell"]
Unit = Literal["baris", "butir"]


class Place(TypedDict):
    """Where a row stands: in the file ``source``, which is ``None`` where there is one only."""

    source: str | None
    unit: Unit
    number: int


@dataclass(slots=True)
class Row:
    """One row: ``number`` counts from 1 and is where it starts (a line of text, a sheet row, an array element).

    ``cells`` maps column labels to values as read (strings from delimited text, Python values otherwise).
    """

    number: int
    cells: dict[str, Any] = field(default_factory=dict)
    problem: Problem | None = None
    note: Note | None = None


class Columned(Protocol):
    """Something with columns: ``names`` maps each one's label, unique, to its name as written, in order."""

    path: Path
    names: dict[str, str]


class Table(Columned, Protocol):
    """An input that has been looked at: its columns are known, its rows can be read (once or again).

    ``types`` holds Arrow types for inputs that have them, ``sheet`` tells what of a workbook is read.
    """

    kind: Kind
    unit: Unit
    types: Mapping[str, Any]
    sheet: SheetRead | None

    def rows(self) -> Generator[Row, None, None]:
        """Stream the rows; raises ``InputError`` when the file turns out damaged."""
        ...

    def chunks(self, limit: ChunkLimit) -> Generator[Chunk, None, None]:
        """The same rows in chunks, which depend on nothing but the file and the limit."""
        ...

    def progress(self) -> float:
        """Part of the file read so far, in [0, 1]."""
        ...


def label_columns(header: Iterable[str]) -> dict[str, str]:
    """Labels for a header in which names may repeat or be empty: ``[a, a, ""]`` → ``a``, ``a_2``, ``kolom_3``."""
    header = list(header)
    names: dict[str, str] = {}
    for place, name in enumerate(header, start=1):
        wanted = name or f"kolom_{place}"
        label, count = wanted, 1
        while label in names or (count > 1 and label in header):
            count += 1
            label = f"{wanted}_{count}"
        names[label] = name
    return names


def as_text(value: object) -> str:
    """A value as the text of a cell: nothing for ``None`` and NaN, JSON for lists and objects."""
    if isinstance(value, str):
        return value
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, (dict, list)):
        return json.dumps(as_json(value), ensure_ascii=False)
    return str(value) if isinstance(value, (int, float)) else str(as_json(value))


def as_json(value: object) -> object:
    """A value that JSON can hold, the same where it already is one; dates become ISO 8601."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {as_text(key): as_json(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_json(inner) for inner in value]
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return as_text(value) if isinstance(value, bytes) else str(value)
