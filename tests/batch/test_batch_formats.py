"""Every output format: what stands in it, and that nothing in it is a formula."""

from __future__ import annotations

import datetime
import gzip
import json
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from app.batch import finishing
from app.batch.answers import Answer
from app.batch.draft import opened_draft
from app.batch.encoders import encode, guarded
from app.batch.errors import OutputTooLargeError, UnsupportedOutputError
from app.batch.frames import Layout
from app.batch.job import Done
from app.batch.packing import Piece
from app.batch.run import score_files
from app.batch.saving import OutputForm, output_form
from app.batch.table import Row
from tests.batch.batchkit import NETRA, Put, as_csv, read_csv, read_jsonl
from tests.fakes import FakeScorer

ROWS = [
    ["id", "text", "aksi", "harga"],
    ["0017", "ayo coblos", "", "=1+1"],
    ["2", "masih ragu, ya", "unggah", "-5"],
    ["3", "", "komentar", ""],
    ["4", "", "suka", "@x"],
    ["5", "baris\r\nbaru 🌾 'kutip'", "post", "a\tb"],
]
FLAGGED = [True, False, None, False, False]
SCORES = [0.9, 0.4, None, None, 0.1]
BANDS = ["flag", "review", None, "undecided", "clear"]
CLEAR = Answer(False, 0.1, "clear", None, None, None)
KINDS = ["vote_call", "question", None, None, "off_topic"]


def write(put: Put, tmp_path: Path, name: str) -> Path:
    output = tmp_path / name
    score_files([put("masuk.csv", as_csv(ROWS))], output, FakeScorer())
    return output


@pytest.mark.parametrize(
    ("name", "delimiter", "unpack"),
    [("k.csv", ",", bytes), ("k.tsv", "\t", bytes), ("k.csv.gz", ",", gzip.decompress), ("K.CSV", ",", bytes)],
)
def test_delimited(put: Put, tmp_path: Path, name: str, delimiter: str, unpack: Callable[[bytes], bytes]) -> None:
    output = write(put, tmp_path, name)
    output.write_bytes(unpack(output.read_bytes()))
    rows = read_csv(output, delimiter)
    assert rows[0] == [*ROWS[0], *NETRA]
    assert [row[:4] for row in rows[1:]] == ROWS[1:]
    assert [row[4] for row in rows[1:]] == ["true", "false", "", "false", "false"]
    assert [row[5] for row in rows[1:]] == ["0.9", "0.4", "", "", "0.1"]
    assert [row[6] or None for row in rows[1:]] == BANDS
    assert [row[7] or None for row in rows[1:]] == KINDS
    assert [row[9] for row in rows[1:]] == ["[]", "[]", "", "[]", "[]"]
    assert [bool(row[11]) for row in rows[1:]] == [False, False, True, False, False]


@pytest.mark.parametrize("name", ["k.jsonl", "k.ndjson", "k.json", "k.json.gz"])
def test_json(put: Put, tmp_path: Path, name: str) -> None:
    output = write(put, tmp_path, name)
    raw = gzip.decompress(output.read_bytes()) if name.endswith("gz") else output.read_bytes()
    rows = json.loads(raw) if ".json" in name and ".jsonl" not in name else list(map(json.loads, raw.splitlines()))
    assert [list(row) for row in rows] == [[*ROWS[0], *NETRA]] * 5
    assert [[row[name] for name in ROWS[0]] for row in rows] == ROWS[1:]
    assert [row["netra_flagged"] for row in rows] == FLAGGED
    assert [row["netra_score"] for row in rows] == SCORES


def test_zst_output_is_read_back_as_input(put: Put, tmp_path: Path) -> None:
    packed = write(put, tmp_path, "k.jsonl.zst")
    again = tmp_path / "lagi.jsonl"
    score_files([packed], again, FakeScorer())
    assert [row["netra_flagged"] for row in read_jsonl(again)] == FLAGGED


def test_parquet(put: Put, tmp_path: Path) -> None:
    table = pq.read_table(write(put, tmp_path, "k.parquet"))
    assert table.schema.names == [*ROWS[0], *NETRA]
    assert {str(field.type) for field in table.schema} == {"string", "bool", "double"}
    assert [list(row.values())[:4] for row in table.to_pylist()] == ROWS[1:]
    assert table["netra_flagged"].to_pylist() == FLAGGED
    assert table["netra_score"].to_pylist() == SCORES


def test_parquet_to_parquet_keeps_types_and_values(tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": pa.array([1, 2**60], pa.int64()),
            "text": pa.array(["ya", "coblos"], pa.large_string()),
            "kapan": pa.array([datetime.datetime(2033, 1, 1), None], pa.timestamp("ns")),
            "tag": pa.array([["a"], None], pa.list_(pa.string())),
            "dalam": pa.array([{"x": 1}, None], pa.struct([("x", pa.int8())])),
            "macam": pa.array(["p", "q"]).dictionary_encode(),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    score_files([tmp_path / "a.parquet"], tmp_path / "k.parquet", FakeScorer())
    out = pq.read_table(tmp_path / "k.parquet")
    assert out.select(table.schema.names).to_pylist() == table.to_pylist()
    assert [out.schema.field(n).type for n in ("id", "text", "kapan", "tag", "dalam")] == list(table.schema.types)[:5]


def test_parquet_inputs_that_disagree_on_a_type_become_strings(tmp_path: Path) -> None:
    for name, ids in (("a", pa.array([1], pa.int64())), ("b", pa.array(["x"]))):
        pq.write_table(pa.table({"id": ids, "text": ["ya"], "n": [7]}), tmp_path / f"{name}.parquet")
    score_files([tmp_path / "a.parquet", tmp_path / "b.parquet"], tmp_path / "k.parquet", FakeScorer())
    out = pq.read_table(tmp_path / "k.parquet")
    assert out["id"].to_pylist() == ["1", "x"]
    assert out.schema.field("n").type == pa.int64()


def xlsx_rows(path: Path) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    return list(sheet.iter_rows(values_only=True))


def test_xlsx_has_no_formula(put: Put, tmp_path: Path) -> None:
    rows = xlsx_rows(write(put, tmp_path, "k.xlsx"))
    assert rows[0] == (*ROWS[0], *NETRA)
    assert [row[0] for row in rows[1:]] == ["0017", "2", "3", "4", "5"]
    assert [row[3] for row in rows[1:5]] == ["=1+1", "-5", None, "@x"]
    assert [row[4] for row in rows[1:]] == FLAGGED
    assert [row[5] for row in rows[1:]] == SCORES


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (7, 7),
        (1701112445056762189, "1701112445056762189"),
        (-(10**15), str(-(10**15))),
        (1.5, 1.5),
        (float("nan"), None),
        (float("inf"), "inf"),
        (True, True),
        ("a\0b\x1f", "a\ufffdb\ufffd"),
        ("\ud83d", "\ufffd"),
        ("x" * 40_000, "x" * 32_767),
        ([1], "[1]"),
        (datetime.datetime(2033, 1, 2, 3, 4), datetime.datetime(2033, 1, 2, 3, 4)),
        (datetime.datetime(2033, 1, 2, tzinfo=datetime.UTC), "2033-01-02T00:00:00+00:00"),
        ("", None),
    ],
)
def test_xlsx_cells(tmp_path: Path, value: object, kept: object) -> None:
    rows = written(tmp_path / "k.xlsx", [{"a": value, "b": "-"}])
    assert xlsx_rows(rows)[1][0] == kept


def written(output: Path, rows: Sequence[dict[str, Any]], answer: Answer = CLEAR, source: bool = False) -> Path:
    """Rows with the same answer, written without a run around them."""
    layout, form = Layout({name: name for row in rows for name in row}, {}, with_source=source), output_form(output)
    about = {"inputs": [], "model": "", "options": {}, "netra": ""}
    content = encode(form.format, layout, [Row(1, row) for row in rows], [answer] * len(rows), first=True)
    with opened_draft(output, form, layout, about, "refuse") as draft:
        draft.add(Done(Piece(content)), 0.0)
        draft.finish()
    return output


def test_xlsx_holds_no_more_rows_than_it_can(put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finishing, "MAX_XLSX_ROWS", 4)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "sementara"))
    (tmp_path / "sementara").mkdir()
    with pytest.raises(OutputTooLargeError):
        write(put, tmp_path, "k.xlsx")
    assert sorted(os.listdir(tmp_path)) == ["masuk.csv", "sementara"]
    assert os.listdir(tmp_path / "sementara") == []


@pytest.mark.parametrize("name", ["k.csv", "k.jsonl", "k.parquet"])
def test_half_character_pairs_can_be_written(tmp_path: Path, name: str) -> None:
    output = written(tmp_path / name, [{"a": "x\ud83dy"}, {"a": "utuh 🌾"}])
    if name == "k.jsonl":
        assert [row["a"] for row in read_jsonl(output)] == ["x\ud83dy", "utuh 🌾"]
    elif name == "k.csv":
        assert [row[0] for row in read_csv(output)[1:]] == ["x\ufffdy", "utuh 🌾"]
    else:
        assert pq.read_table(output)["a"].to_pylist() == ["x\ufffdy", "utuh 🌾"]


@pytest.mark.parametrize("name", ["k.csv", "k.tsv", "k.jsonl", "k.json", "k.parquet", "k.xlsx"])
def test_no_rows_are_a_sound_empty_file(put: Put, tmp_path: Path, name: str) -> None:
    output = tmp_path / name
    summary = score_files([put("masuk.csv", "text,n\n")], output, FakeScorer())
    assert (summary.read, output.exists()) == (0, True)
    if name == "k.json":
        assert json.loads(output.read_text()) == []
    elif name == "k.parquet":
        assert pq.read_table(output).schema.names == ["text", "n", *NETRA]
    elif name == "k.csv":
        assert read_csv(output) == [["text", "n", *NETRA]]


def test_csv_keeps_names_that_repeat(put: Put, tmp_path: Path) -> None:
    score_files([put("a.csv", "n,text,n,\n1,ya,2,3\n")], tmp_path / "k.csv", FakeScorer())
    rows = read_csv(tmp_path / "k.csv")
    assert rows[0][:4] == ["n", "text", "n", ""]
    assert rows[1][:4] == ["1", "ya", "2", "3"]


@pytest.mark.parametrize("name", ["k.csv", "k.jsonl", "k.parquet"])
def test_columns_of_an_earlier_run_are_replaced(put: Put, tmp_path: Path, name: str) -> None:
    runs = [write(put, tmp_path, name), tmp_path / ("dua-" + name), tmp_path / ("tiga-" + name)]
    score_files([runs[0]], runs[1], FakeScorer())
    score_files([runs[1]], runs[2], FakeScorer())
    assert runs[2].read_bytes() == runs[1].read_bytes()
    assert runs[1].read_bytes().count(b"netra_band") == runs[0].read_bytes().count(b"netra_band")


def test_columns_of_an_earlier_run_are_known_in_any_case(put: Put, tmp_path: Path) -> None:
    score_files([put("a.csv", "NETRA_SCORE,text,netra_catatan\n9,ya,x\n")], tmp_path / "k.csv", FakeScorer())
    assert read_csv(tmp_path / "k.csv")[0] == ["text", "netra_catatan", *NETRA]


# Spreadsheet formulas


@pytest.mark.parametrize("text", ["=1+1", "+62", "-1", "@SUM(1)", "\t=1", "\r=1"])
def test_formulas_are_guarded(text: str) -> None:
    assert guarded(text) == "'" + text


@pytest.mark.parametrize("text", ["", "mendukung: “=1+1” (+1,0)", "a=1", " ="])
def test_other_text_is_not_touched(text: str) -> None:
    assert guarded(text) == text


@pytest.mark.parametrize("name", ["k.csv", "k.tsv"])
def test_only_appended_columns_are_guarded(tmp_path: Path, name: str) -> None:
    answer = Answer(True, 0.9, "flag", "=KIND()", "=HYPERLINK()", "@x", "-berkas.csv", "=[]", "+B6")
    written(tmp_path / name, [{"a": "=1+1"}], answer, source=True)
    rows = read_csv(tmp_path / name, "\t" if name == "k.tsv" else ",")
    assert rows[1] == [
        "=1+1",
        "true",
        "0.9",
        "flag",
        "'=KIND()",
        "'=HYPERLINK()",
        "'=[]",
        "'+B6",
        "'@x",
        "'-berkas.csv",
    ]


# Names of outputs


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.csv", OutputForm("csv")),
        ("a.b.TSV", OutputForm("tsv")),
        ("a.ndjson.gz", OutputForm("jsonl", ".gz")),
        ("a.json.ZST", OutputForm("json", ".zst")),
        ("a.xlsx", OutputForm("xlsx")),
    ],
)
def test_output_forms(name: str, form: OutputForm) -> None:
    assert output_form(Path(name)) == form


@pytest.mark.parametrize(
    "name", ["a", "a.xls", "a.pdf", "a.gz", "a.parquet.gz", "a.xlsx.zst", "csv", ".csv", "a.csv.zip"]
)
def test_unknown_endings_are_refused_before_anything_is_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnsupportedOutputError) as caught:
        score_files([tmp_path / "tidak_ada.csv"], tmp_path / name, FakeScorer())
    assert ".csv" in str(caught.value)


def test_the_new_file_has_ordinary_permissions(put: Put, tmp_path: Path) -> None:
    output = write(put, tmp_path, "k.csv")
    plain = put("biasa.txt", "x")
    assert output.stat().st_mode == plain.stat().st_mode


def test_gzip_output_is_the_same_every_time(put: Put, tmp_path: Path) -> None:
    one, two = write(put, tmp_path, "a.csv.gz"), write(put, tmp_path, "b.csv.gz")
    assert one.read_bytes() == two.read_bytes()
    assert gzip.decompress(one.read_bytes()).startswith(b"id,text")
