"""Make the output from its part file, for the formats that cannot grow in place."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from app.batch.errors import OutputTooLargeError
from app.batch.excel import from_part
from app.batch.frames import Layout, schema_of
from app.batch.saving import OutputForm

if TYPE_CHECKING:
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

#: Rows of an XLSX sheet, the header among them.
MAX_XLSX_ROWS = 1_048_576
#: A row group of a Parquet output ends with the chunk that brings it to so many rows, or bytes in memory.
_GROUP_ROWS, _GROUP_BYTES = 1 << 16, 1 << 26
_COPY_BYTES = 1 << 20

Finisher = Callable[[Path, IO[bytes], Layout], None]


def finisher(form: OutputForm) -> Finisher | None:
    """What writes the output from the part file; ``None`` when the part file is the output."""
    if form.packing == ".zst":
        return _pack_zstandard
    return _FINISHERS.get(form.format)


def check_size(form: OutputForm, rows: int) -> None:
    """Raises ``OutputTooLargeError`` when so many rows do not fit the format."""
    if form.format == "xlsx" and rows >= MAX_XLSX_ROWS:
        raise OutputTooLargeError(limit=MAX_XLSX_ROWS - 1)


def _pack_zstandard(part: Path, raw: IO[bytes], layout: Layout) -> None:
    """One frame: some readers end silently after the first of several."""
    with part.open("rb") as content, zstandard.ZstdCompressor().stream_writer(raw, closefd=False) as packed:
        shutil.copyfileobj(content, packed, _COPY_BYTES)


def _write_parquet(part: Path, raw: IO[bytes], layout: Layout) -> None:
    with pq.ParquetWriter(raw, schema_of(layout)) as writer:
        for table in _row_groups(part):
            writer.write_table(table)


def _row_groups(part: Path) -> Iterator[pa.Table]:
    group: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in _batches(part):
        group.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= _GROUP_ROWS or size >= _GROUP_BYTES:
            yield pa.Table.from_batches(group)
            group, rows, size = [], 0, 0
    if group:
        yield pa.Table.from_batches(group)


def _batches(part: Path) -> Iterator[pa.RecordBatch]:
    """Batches of a file in which whole streams stand one after another."""
    with pa.OSFile(str(part)) as content:
        while content.tell() < content.size():
            with pa.ipc.open_stream(content) as stream:
                yield from stream


def _write_workbook(part: Path, raw: IO[bytes], layout: Layout) -> None:
    import openpyxl  # slow to import, and seldom needed

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Netra")
    try:
        sheet.append(_cells(sheet, [*layout.names.values(), *layout.appended()]))
        with part.open("rb") as lines:
            for line in lines:
                sheet.append(_cells(sheet, [from_part(value) for value in orjson.loads(line)]))
        book.save(raw)
    except BaseException:
        with suppress(Exception):
            _forget(sheet)
        raise


def _cells(sheet: WriteOnlyWorksheet, values: Sequence[object]) -> list[object]:
    """Strings are marked as such, those that look like formulas too."""
    return [_string_cell(sheet, value) if isinstance(value, str) else value for value in values]


def _string_cell(sheet: WriteOnlyWorksheet, text: str) -> object:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    return cell


def _forget(sheet: WriteOnlyWorksheet) -> None:
    """Remove what openpyxl keeps in the folder for temporary files: it holds text of posts."""
    sheet.close()
    sheet._writer.cleanup()  # type: ignore[attr-defined]


_FINISHERS: dict[str, Finisher] = {"parquet": _write_parquet, "xlsx": _write_workbook}
