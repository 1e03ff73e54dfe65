"""Which sheet of a workbook is read, and what a cell of it does not hold whole."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.batch import excel
from app.batch.errors import EmptyInputError
from app.batch.run import score_files
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
    for state, rows in sheets:
        sheet = book.create_sheet()
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
