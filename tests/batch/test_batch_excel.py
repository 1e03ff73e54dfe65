"""Which sheet of a workbook is read, and what a cell of it does not hold whole."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.batch import excel
from app.batch.errors import (
    ColumnError,
    ColumnMissingError,
    ColumnNotInSheetError,
    EmptyInputError,
    NoTextInHeaderError,
    NoTextInSheetError,
)
from app.batch.run import score_files
from app.batch.sheets import SheetRead, shown_title
from app.batch.table import as_text
from tests.batch.batchkit import NETRA, Put, Score, read_csv, saved
from tests.batch.test_batch_formats import xlsx_rows
from tests.fakes import FakeScorer

Sheet = tuple[str, list[list[str]]]
OLD: list[list[str]] = [["text"], ["lama sekali"]]
NEW: list[list[str]] = [["text"], ["ayo coblos"], ["selamat pagi"]]


def workbook(*sheets: Sheet) -> bytes:
    """Sheets by state and rows, in this order."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for number, (state, rows) in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"Lembar {number}")
        sheet.sheet_state = state
        for row in rows:
            sheet.append(row)
    return saved(book)


@pytest.mark.parametrize(
    "sheets",
    [
        [("visible", NEW)],
        [("hidden", OLD), ("visible", NEW)],
        [("veryHidden", OLD), ("hidden", OLD), ("visible", NEW)],
        [("visible", []), ("visible", NEW)],
        [("visible", []), ("hidden", OLD), ("visible", NEW), ("visible", OLD)],
        [("visible", NEW), ("visible", OLD)],
    ],
)
def test_the_first_visible_sheet_with_rows_is_read(score: Score, sheets: list[Sheet]) -> None:
    done = score(workbook(*sheets), "a.xlsx")
    assert done.column("text") == ["ayo coblos", "selamat pagi"]
    assert (done.summary.read, done.summary.rejected) == (2, 0)


def test_a_hidden_sheet_is_never_read(score: Score) -> None:
    with pytest.raises(EmptyInputError):
        score(workbook(("visible", []), ("hidden", OLD)), "a.xlsx")


@pytest.mark.parametrize(
    ("sheets", "read"),
    [
        ([("visible", NEW)], []),
        ([("visible", NEW), ("hidden", OLD), ("veryHidden", OLD)], []),
        ([("visible", NEW), ("visible", []), ("visible", [])], []),
        ([("visible", NEW), ("visible", OLD)], [SheetRead("a.xlsx", "Lembar 1", 1)]),
        ([("hidden", OLD), ("visible", []), ("visible", NEW), ("visible", OLD), ("visible", OLD)],
         [SheetRead("a.xlsx", "Lembar 3", 2)]),
    ],
)  # fmt: skip
def test_visible_sheets_that_are_not_read_are_told(score: Score, sheets: list[Sheet], read: list[SheetRead]) -> None:
    summary = score(workbook(*sheets), "a.xlsx").summary
    assert summary.sheets == read
    assert summary.as_dict()["sheets"] == [asdict(one) for one in read]


def test_a_broken_sheet_beside_the_one_that_is_read_counts_as_not_read(score: Score) -> None:
    content = workbook(("visible", NEW), ("visible", OLD), ("visible", OLD))
    broken = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(broken, "w") as out:
        for name in archive.namelist():
            part = archive.read(name)
            out.writestr(name, part.replace(b"<row", b"<row <", 1) if name.endswith("sheet2.xml") else part)
    done = score(broken.getvalue(), "a.xlsx")
    assert done.column("text") == ["ayo coblos", "selamat pagi"]
    assert done.summary.sheets == [SheetRead("a.xlsx", "Lembar 1", 1)]


def test_every_workbook_of_several_is_told_by_its_name(put: Put, tmp_path: Path) -> None:
    two = workbook(("visible", NEW), ("visible", OLD))
    inputs = [put("a.xlsx", two), put("b.xlsx", workbook(("visible", NEW))), put("c.xlsx", two)]
    summary = score_files(inputs, tmp_path / "k.csv", FakeScorer())
    assert [sheet.told().id.split()[:5] for sheet in summary.sheets] == [
        ["Dari", "buku", "kerja", name, "hanya"] for name in ("a.xlsx", "c.xlsx")
    ]
    assert summary.sheets[0].told("lain.xlsx").en.startswith("Of workbook lain.xlsx only the sheet “Lembar 1” is read")


GUIDE: list[list[str]] = [["petunjuk", "n"], ["baca dahulu", "1"]]


@pytest.mark.parametrize(
    ("others", "column", "error"),
    [
        ([], None, NoTextInHeaderError),
        ([("hidden", NEW)], None, NoTextInHeaderError),
        ([("visible", NEW)], None, NoTextInSheetError),
        ([], "text", ColumnMissingError),
        ([("visible", NEW)], "text", ColumnNotInSheetError),
    ],
)
def test_where_the_sheet_does_not_serve_further_ones_are_named(
    score: Score, others: list[Sheet], column: str | None, error: type[ColumnError]
) -> None:
    with pytest.raises(ColumnError) as caught:
        score(workbook(("visible", GUIDE), *others), "a.xlsx", text_column=column)
    assert type(caught.value) is error
    assert ("“Lembar 1”" in str(caught.value)) == (error in (NoTextInSheetError, ColumnNotInSheetError))


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Data", "Data"),
        ("  Data \n mentah ", "Data mentah"),
        ("a\x1b[31mb\u202ec", "a [31mb c"),
        ("x" * 40, "x" * 31),
    ],
)
def test_a_title_is_shown_in_one_line(title: str, shown: str) -> None:
    assert shown_title(title) == shown


def test_rows_and_columns_that_are_hidden_are_read(score: Score) -> None:
    book = openpyxl.Workbook()
    [sheet] = book.worksheets
    for row in [["id", "text"], ["1", "ayo coblos"], ["2", "selamat pagi"]]:
        sheet.append(row)
    sheet.row_dimensions[2].hidden = sheet.column_dimensions["A"].hidden = True
    assert score(saved(book), "a.xlsx").column("id") == ["1", "2"]


def test_xlsx_rows_say_that_a_cell_was_cut(put: Put, tmp_path: Path) -> None:
    long = "panen " * 6_000
    lines = [
        *({"text": "ayo coblos" + long}, {"text": "x" * 32_767}, {"text": "x" * 32_768}, {"text": "ya", "n": [long]}),
        *({"text": "", "n": long}, {"text": "ya", "netra_kind": long}),
    ]
    output = tmp_path / "k.xlsx"
    summary = score_files([put("a.jsonl", "\n".join(map(json.dumps, lines)))], output, FakeScorer())
    reasons = [row[2 + NETRA.index("netra_reasons")] or "" for row in xlsx_rows(output)[1:]]
    note = "isi sel dipotong pada 32.767 karakter, batas XLSX (cut_cell)"
    assert [reason.endswith(note) for reason in reasons] == [True, False, True, True, True, False]
    assert reasons[0].startswith("mendukung: ")
    assert summary.notes == {"cut_cell": 4}


def test_other_formats_cut_nothing(put: Put, tmp_path: Path) -> None:
    summary = score_files([put("a.csv", "text\n" + "x" * 40_000 + "\n")], tmp_path / "k.csv", FakeScorer())
    assert summary.notes == {}
    assert read_csv(tmp_path / "k.csv")[1][0] == "x" * 40_000


@given(st.none() | st.text() | st.binary() | st.lists(st.text()), st.integers(1, 9))
def test_a_value_is_cut_when_a_sheet_holds_less_of_it(value: object, most: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(excel, "MAX_XLSX_CELL", most)
        held = excel.excel_value(value)
        assert excel.is_cut(value) == (isinstance(held, str) and len(held) < len(as_text(value)))
