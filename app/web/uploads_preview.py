"""What an uploaded file looks like: its first rows, and what its columns are taken for."""

from __future__ import annotations

from contextlib import closing, suppress
from dataclasses import dataclass, fields
from itertools import islice
from pathlib import Path
from typing import Final

from app.batch.columns import ColumnFinder, Columns
from app.batch.errors import BatchError
from app.batch.sheets import SheetRead
from app.batch.table import Row, as_text
from app.web.uploads_files import State, Upload, UploadFolder
from app.web.uploads_words import STATES, UNREADABLE

#: Rows and columns that are shown; code points of a cell.
SHOWN_ROWS: Final = 5
SHOWN_COLUMNS: Final = 30
SHOWN_CHARS: Final = 160


@dataclass(frozen=True, slots=True)
class Seen:
    """A column: its name as written, and the purposes it serves, best first (``app.batch.columns.Columns``)."""

    name: str
    purposes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """The beginning of a file. ``rows`` are cells in the order of ``columns``; a row that cannot be read has none.

    ``names`` are all names of columns, each once; ``left_out`` is how many columns are not shown,
    ``sheet`` what of a workbook is read.
    """

    columns: tuple[Seen, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    names: tuple[str, ...]
    left_out: int
    scorable: bool
    sheet: SheetRead | None


def preview(path: Path, text_column: str | None = None) -> Preview:
    """Look at a file as ``score_files`` would read it. Raises ``BatchError`` when it could not.

    ``scorable`` tells whether a column was found that can hold something to score.
    """
    from app.batch.readers import open_table  # pyarrow, which only a service that gets files needs

    finder = ColumnFinder(text_column)
    table = open_table(path, finder)
    found = finder.find(table.names)
    with closing(table.rows()) as rows:
        first = list(islice(rows, SHOWN_ROWS))
    labels = _shown(list(table.names), found)
    return Preview(
        columns=tuple(Seen(table.names[label] or label, _purposes(label, found)) for label in labels),
        rows=tuple((row.number, _cells(row, labels)) for row in first),
        names=tuple(dict.fromkeys(name for name in table.names.values() if name.strip())),
        left_out=len(table.names) - len(labels),
        scorable=bool(found.text or found.target_text or found.media_text),
        sheet=table.sheet,
    )


def look_at(folder: UploadFolder, upload: Upload) -> Preview:
    """Look at an upload, and note whether that can be done at all. Raises ``BatchError`` when it cannot."""
    try:
        seen = preview(folder.input(upload), upload.text_column)
    except BatchError:
        folder.note_readable(upload.id, False)
        raise
    folder.note_readable(upload.id, True)
    return seen


def state_word(folder: UploadFolder, upload: Upload, state: State) -> str:
    """What a page calls the state of an upload; a file that waits and that nobody looked at yet is looked at."""
    if state != "ready":
        return STATES[state]
    readable = folder.readable(upload.id)
    if readable is None:
        readable = _can_be_read(folder, upload)
    return STATES[state] if readable else UNREADABLE


def _can_be_read(folder: UploadFolder, upload: Upload) -> bool:
    with suppress(BatchError):
        look_at(folder, upload)
        return True
    return False


def _shown(labels: list[str], found: Columns) -> list[str]:
    """Those that serve a purpose, and others while there is room; in the order of the file."""
    useful = [label for label in labels if _purposes(label, found)]
    chosen = {*useful[:SHOWN_COLUMNS]}
    chosen |= {*[label for label in labels if label not in chosen][: SHOWN_COLUMNS - len(chosen)]}
    return [label for label in labels if label in chosen]


def _purposes(label: str, found: Columns) -> tuple[str, ...]:
    return tuple(one.name for one in fields(found) if label in getattr(found, one.name))


def _cells(row: Row, labels: list[str]) -> tuple[str, ...]:
    return () if row.problem is not None else tuple(_cell(row.cells.get(label)) for label in labels)


def _cell(value: object) -> str:
    words = " ".join(as_text(value).split())
    return words if len(words) <= SHOWN_CHARS else words[: SHOWN_CHARS - 1] + "…"
