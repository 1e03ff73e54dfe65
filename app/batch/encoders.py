"""Scored rows as bytes: what a worker sends back and the part file of the output holds.

For CSV, TSV, JSONL and JSON these are the bytes of the output itself. Parquet and XLSX cannot grow in place: their
part files hold Arrow streams and lines of JSON, from which ``finishing`` makes the output.

Input columns are written as they were read. CSV and TSV are UTF-8 without byte-order mark, comma or tab, CRLF line
ends. Spreadsheet programs run cells that begin with ``=``, ``+``, ``-`` or ``@`` as formulas: in CSV and TSV the
columns *we append* are guarded with a leading apostrophe, the input's own cells stay true to the byte, so open a
file of unknown origin as text or write XLSX, where every string is stored as a string and nothing is a formula.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence

import orjson

from app.batch.answers import Answer
from app.batch.chunks import stream_bytes
from app.batch.excel import excel_value
from app.batch.frames import SURROGATE, Layout, batch_of_rows, utf8
from app.batch.saving import Format
from app.batch.table import Row, as_json, as_text

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_DELIMITERS = {"csv": ",", "tsv": "\t"}


def opening(form: Format, layout: Layout) -> bytes:
    """What stands before the first row."""
    if form not in _DELIMITERS:
        return b""
    return _delimited([[*layout.names.values(), *layout.appended()]], _DELIMITERS[form])


def encode(form: Format, layout: Layout, rows: Sequence[Row], answers: Sequence[Answer], first: bool) -> bytes:
    """Bytes of some rows with their answers; ``first`` when no row stands before them."""
    return _ENCODERS[form](layout, rows, answers, first)


def closing(form: Format, empty: bool) -> bytes:
    """What stands after the last row, or alone when there is none."""
    return (b"[]\n" if empty else b"\n]\n") if form == "json" else b""


def guarded(text: str) -> str:
    """Text of an appended cell that no spreadsheet program takes for a formula."""
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


def _delimited(lines: list[list[str]], delimiter: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(lines)
    return utf8(text.getvalue())


def _delimited_cells(labels: Sequence[str], row: Row, answer: Answer) -> list[str]:
    own = map(row.cells.get, labels)
    cells = [value if isinstance(value, str) else as_text(value) for value in own]
    return cells + ["" if value is None else guarded(as_text(value)) for value in answer.cells().values()]


def _encode_delimited(layout: Layout, rows: Sequence[Row], answers: Sequence[Answer], delimiter: str) -> bytes:
    labels = list(layout.names)
    pairs = zip(rows, answers, strict=True)
    return _delimited([_delimited_cells(labels, row, answer) for row, answer in pairs], delimiter)


def _json_lines(layout: Layout, rows: Sequence[Row], answers: Sequence[Answer]) -> list[bytes]:
    """One object each; keys are those that the row has."""
    names = layout.names.keys()
    lines = []
    for row, answer in zip(rows, answers, strict=True):
        own = row.cells if row.cells.keys() <= names else {key: row.cells[key] for key in row.cells if key in names}
        lines.append(_json({**own, **answer.cells()}))
    return lines


def _json(cells: dict[str, object]) -> bytes:
    """Compact UTF-8 JSON; what only an escape can say is escaped."""
    try:
        return orjson.dumps(cells)
    except TypeError:  # integers beyond 64 bits, half character pairs, values that JSON does not know
        sound = {key: as_json(value) for key, value in cells.items()}
    text = json.dumps(sound, ensure_ascii=False, separators=(",", ":"))
    return (json.dumps(sound, separators=(",", ":")) if SURROGATE.search(text) else text).encode()


def _encode_jsonl(layout: Layout, rows: Sequence[Row], answers: Sequence[Answer], first: bool) -> bytes:
    return b"".join(line + b"\n" for line in _json_lines(layout, rows, answers))


def _encode_json(layout: Layout, rows: Sequence[Row], answers: Sequence[Answer], first: bool) -> bytes:
    return (b"[\n" if first else b",\n") + b",\n".join(_json_lines(layout, rows, answers))


def _encode_parquet(layout: Layout, rows: Sequence[Row], answers: Sequence[Answer], first: bool) -> bytes:
    return stream_bytes(batch_of_rows(rows, answers, layout))


def _encode_xlsx(layout: Layout, rows: Sequence[Row], answers: Sequence[Answer], first: bool) -> bytes:
    labels, pairs = list(layout.names), zip(rows, answers, strict=True)
    values = ([*map(row.cells.get, labels), *answer.cells().values()] for row, answer in pairs)
    return b"".join(orjson.dumps([excel_value(value) for value in line]) + b"\n" for line in values)


_ENCODERS: dict[Format, Callable[[Layout, Sequence[Row], Sequence[Answer], bool], bytes]] = {
    "csv": lambda layout, rows, answers, first: _encode_delimited(layout, rows, answers, ","),
    "tsv": lambda layout, rows, answers, first: _encode_delimited(layout, rows, answers, "\t"),
    "jsonl": _encode_jsonl,
    "json": _encode_json,
    "parquet": _encode_parquet,
    "xlsx": _encode_xlsx,
}
