"""What a cell of an XLSX sheet does not hold whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.batch import excel
from app.batch.run import score_files
from app.batch.table import as_text
from tests.batch.batchkit import NETRA, Put, read_csv
from tests.batch.test_batch_formats import xlsx_rows
from tests.fakes import FakeScorer


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
