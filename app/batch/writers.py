"""Write scored rows in the format that the output's name asks for, whole or not at all.

Input columns are written as they were read. CSV and TSV are UTF-8 without byte-order mark, comma or tab, CRLF line
ends. Spreadsheet programs run cells that begin with ``=``, ``+``, ``-`` or ``@`` as formulas: in CSV and TSV the
columns *we append* are guarded with a leading apostrophe, the input's own cells stay true to the byte, so open a
file of unknown origin as text or write XLSX, where every string is stored as a string and nothing is a formula.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl.cell import WriteOnlyCell

from app.batch.answers import APPENDED, SOURCE_COLUMN, Answer
from app.batch.errors import OutputTooLargeError
from app.batch.saving import Format, output_form, packed_into, replaced_when_done
from app.batch.table import Row, as_json, as_text

Scored = tuple[Row, Answer]

#: Rows of an XLSX sheet, the header among them.
MAX_XLSX_ROWS = 1_048_576
#: Characters of an XLSX cell; longer strings are cut there, as every program does.
MAX_XLSX_CELL = 32_767
_EXACT_INTEGERS = 10**15
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns of an output: input columns by label with their names as written, and whether a source is appended."""

    names: Mapping[str, str]
    types: Mapping[str, Any]
    with_source: bool

    def appended(self) -> tuple[str, ...]:
        return (*APPENDED, SOURCE_COLUMN) if self.with_source else APPENDED


class RowWriter(Protocol):
    """Takes rows in order; ``finish`` writes what has to stand at the end, ``abandon`` lets go of everything."""

    def write(self, rows: Sequence[Scored]) -> None: ...

    def finish(self) -> None: ...

    def abandon(self) -> None: ...


@contextmanager
def open_writer(output: Path, layout: Layout) -> Iterator[RowWriter]:
    """A writer for ``output``; the file appears, complete, when the block ends well."""
    form = output_form(output)
    with replaced_when_done(output) as raw, packed_into(raw, form.packing) as packed:
        writer = _WRITERS[form.format](packed, layout)
        try:
            yield writer
            writer.finish()
        except BaseException:
            with suppress(Exception):
                writer.abandon()
            raise


def guarded(text: str) -> str:
    """Text of an appended cell that no spreadsheet program takes for a formula."""
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


class _DelimitedWriter:
    def __init__(self, raw: IO[bytes], layout: Layout, delimiter: str) -> None:
        self._raw = raw
        self._delimiter = delimiter
        self._labels = list(layout.names)
        self._put([[*layout.names.values(), *layout.appended()]])

    def write(self, rows: Sequence[Scored]) -> None:
        self._put([self._cells(row, answer) for row, answer in rows])

    def _cells(self, row: Row, answer: Answer) -> list[str]:
        own = map(row.cells.get, self._labels)
        cells = [value if isinstance(value, str) else as_text(value) for value in own]
        return cells + ["" if value is None else guarded(as_text(value)) for value in answer.cells().values()]

    def _put(self, lines: list[list[str]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=self._delimiter, lineterminator="\r\n").writerows(lines)
        self._raw.write(_utf8(text.getvalue()))

    def finish(self) -> None:
        """Nothing stands after the last row."""

    def abandon(self) -> None:
        """Nothing is held."""


class _JsonWriter:
    """One object a line; as an array the lines stand between brackets. Keys are those that the row has."""

    def __init__(self, raw: IO[bytes], layout: Layout, array: bool) -> None:
        self._raw = raw
        self._array = array
        self._names = layout.names
        self._count = 0

    def write(self, rows: Sequence[Scored]) -> None:
        for row, answer in rows:
            own = {key: as_json(value) for key, value in row.cells.items() if key in self._names}
            self._put({**own, **answer.cells()})

    def _put(self, cells: Mapping[str, object]) -> None:
        line = json.dumps(cells, ensure_ascii=False)
        if _SURROGATE.search(line):  # half a character pair: only an escape can say it
            line = json.dumps(cells)
        before = "" if not self._array else ",\n" if self._count else "[\n"
        self._raw.write((before + line + ("" if self._array else "\n")).encode())
        self._count += 1

    def finish(self) -> None:
        if self._array:
            self._raw.write(b"\n]\n" if self._count else b"[]\n")

    def abandon(self) -> None:
        """Nothing is held."""


_APPENDED_TYPES = {"netra_flagged": pa.bool_(), "netra_score": pa.float64()}


class _ParquetWriter:
    """Input columns keep the type that a Parquet input gave them; all others are strings."""

    def __init__(self, raw: IO[bytes], layout: Layout) -> None:
        own = [pa.field(label, layout.types.get(label, pa.string())) for label in layout.names]
        new = [pa.field(name, _APPENDED_TYPES.get(name, pa.string())) for name in layout.appended()]
        self._own, self._new = own, new
        self._schema = pa.schema(own + new)
        self._writer = pq.ParquetWriter(raw, self._schema)

    def write(self, rows: Sequence[Scored]) -> None:
        columns = [_array([row.cells.get(field.name) for row, _ in rows], field.type) for field in self._own]
        answers = [answer.cells() for _, answer in rows]
        columns += [_array([cells[field.name] for cells in answers], field.type) for field in self._new]
        self._writer.write_table(pa.Table.from_arrays(columns, schema=self._schema))

    def finish(self) -> None:
        self._writer.close()

    def abandon(self) -> None:
        self._writer.close()


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    if kind == pa.string():
        values = [None if value is None else _SURROGATE.sub("\ufffd", as_text(value)) for value in values]
    return pa.array(values, type=kind)


class _WorkbookWriter:
    def __init__(self, raw: IO[bytes], layout: Layout) -> None:
        self._raw = raw
        self._labels = list(layout.names)
        self._book = openpyxl.Workbook(write_only=True)
        self._sheet = self._book.create_sheet("Netra")
        self._rows = 0
        self._put([*layout.names.values(), *layout.appended()])

    def write(self, rows: Sequence[Scored]) -> None:
        for row, answer in rows:
            self._put([*(row.cells.get(label) for label in self._labels), *answer.cells().values()])

    def _put(self, values: Sequence[object]) -> None:
        self._rows += 1
        if self._rows > MAX_XLSX_ROWS:
            raise OutputTooLargeError(limit=MAX_XLSX_ROWS - 1)
        self._sheet.append([self._cell(value) for value in values])

    def _cell(self, value: object) -> object:
        """Numbers stay numbers unless Excel would round them; strings are marked as such, formulas too."""
        if value is None or isinstance(value, bool) or _is_exact_in_excel(value):
            return value
        text = _NOT_IN_XML.sub("\ufffd", as_text(value))
        cell = WriteOnlyCell(self._sheet, value=text[:MAX_XLSX_CELL])
        cell.data_type = "s"
        return cell

    def finish(self) -> None:
        self._book.save(self._raw)

    def abandon(self) -> None:
        """Remove the sheet that openpyxl keeps in the folder for temporary files: it holds text of posts."""
        self._sheet.close()
        self._sheet._writer.cleanup()


def _is_exact_in_excel(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return abs(value) < _EXACT_INTEGERS
    if isinstance(value, (datetime.datetime, datetime.time)):
        return value.tzinfo is None
    return isinstance(value, datetime.date)


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text).encode()


_WRITERS: dict[Format, Callable[[IO[bytes], Layout], RowWriter]] = {
    "csv": lambda raw, layout: _DelimitedWriter(raw, layout, ","),
    "tsv": lambda raw, layout: _DelimitedWriter(raw, layout, "\t"),
    "jsonl": lambda raw, layout: _JsonWriter(raw, layout, array=False),
    "json": lambda raw, layout: _JsonWriter(raw, layout, array=True),
    "parquet": _ParquetWriter,
    "xlsx": _WorkbookWriter,
}
