"""Every output format, and that an output is there whole or not at all."""

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

from app.batch import writers
from app.batch.answers import APPENDED, Answer, reasons_text
from app.batch.errors import BatchError, OutputTooLargeError, OutputWriteError, UnsupportedOutputError
from app.batch.run import score_files
from app.batch.saving import OutputForm, output_form, replaced_when_done
from app.batch.table import Row
from app.batch.writers import Layout, guarded, open_writer
from app.scoring.types import Evidence, Item, Verdict
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
    assert [bool(row[9]) for row in rows[1:]] == [False, False, True, False, False]


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


def written(output: Path, rows: Sequence[dict[str, Any]]) -> Path:
    names = {name: name for row in rows for name in row}
    with open_writer(output, Layout(names, {}, with_source=False)) as writer:
        writer.write([(Row(1, row), Answer(False, 0.1, "clear", None, None, None)) for row in rows])
    return output


def test_xlsx_holds_no_more_rows_than_it_can(put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writers, "MAX_XLSX_ROWS", 4)
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
    answer = Answer(True, 0.9, "flag", "=KIND()", "=HYPERLINK()", "@x", "-berkas.csv")
    with open_writer(tmp_path / name, Layout({"a": "a"}, {}, with_source=True)) as writer:
        writer.write([(Row(1, {"a": "=1+1"}), answer)])
    rows = read_csv(tmp_path / name, "\t" if name == "k.tsv" else ",")
    assert rows[1] == ["=1+1", "true", "0.9", "flag", "'=KIND()", "'=HYPERLINK()", "'@x", "'-berkas.csv"]


# Reasons

EVIDENCE = (
    Evidence("text", 0, 6, "coblos", 1.54),
    Evidence("text", 7, 14, "nomor\n 2", 0.8),
    Evidence("text", 20, 26, "jangan", -2.26),
)


@pytest.mark.parametrize(
    ("verdict", "note", "text"),
    [
        (
            Verdict(True, 0.9, "flag", "vote_call", EVIDENCE),
            None,
            "mendukung: “coblos” (+1,5), “nomor 2” (+0,8); melawan: “jangan” (-2,3)",
        ),
        (Verdict(False, 0.4, "review", None, EVIDENCE[:1]), None, "mendukung: “coblos” (+1,5)"),
        (Verdict(False, 0.1, "clear", None, EVIDENCE), None, ""),
        (
            Verdict(False, 0.1, "clear", None, EVIDENCE),
            "ragged_row",
            "jumlah sel tidak sama dengan judul kolom (ragged_row)",
        ),
        (
            Verdict(False, None, "undecided", None, (), 0.0, ("needs_target",)),
            None,
            "perlu isi unggahan sasaran (needs_target)",
        ),
        (
            Verdict(True, 0.9, "flag", None, EVIDENCE[:1], 0.0, ("text_cut",)),
            None,
            "mendukung: “coblos” (+1,5); text_cut",
        ),
        (Verdict(True, 0.9, "flag", None), None, ""),
    ],
)
def test_reasons(verdict: Verdict, note: str | None, text: str) -> None:
    assert reasons_text(verdict, note) == text


def test_reasons_are_few_and_short() -> None:
    evidence = tuple(Evidence("text", n, n + 1, "panjang sekali " * 20, float(n)) for n in range(1, 30))
    text = reasons_text(Verdict(True, 0.9, "flag", None, evidence))
    assert text.count("“") == 5
    assert "(+29,0)" in text
    assert len(text) < 400


def test_appended_columns_are_the_ones_promised() -> None:
    assert APPENDED == NETRA


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


# Whole or not at all


class BrokenScorer(FakeScorer):
    """Answers the first chunk, then fails as ``error`` says."""

    def __init__(self, error: BaseException) -> None:
        self.error = error
        self.calls = 0

    def score(self, items: Sequence[Item], *, explain: bool = False) -> list[Verdict]:
        self.calls += 1
        if self.calls > 1:
            raise self.error
        return super().score(items, explain=explain)


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), MemoryError()], ids=repr)
@pytest.mark.parametrize("name", ["k.csv", "k.csv.gz", "k.json", "k.jsonl.zst", "k.parquet", "k.xlsx"])
def test_a_failed_run_leaves_the_old_output_and_nothing_else(
    put: Put, tmp_path: Path, name: str, error: BaseException
) -> None:
    put(name, "lama")
    source = put("masuk.csv", "text,n\n" + "ya,1\n" * 5_000)
    with pytest.raises(type(error)):
        score_files([source], tmp_path / name, BrokenScorer(error))
    assert sorted(os.listdir(tmp_path)) == sorted([name, "masuk.csv"])
    assert (tmp_path / name).read_text() == "lama"


def test_an_input_that_breaks_half_way_leaves_nothing(put: Put, tmp_path: Path) -> None:
    packed = gzip.compress(as_csv([["text", "n"]] + [[os.urandom(8).hex(), "1"] for _ in range(20_000)]).encode())
    source = put("masuk.csv.gz", packed[:-2_000])
    with pytest.raises(BatchError, match="rusak"):
        score_files([source], tmp_path / "k.csv", FakeScorer())
    assert os.listdir(tmp_path) == ["masuk.csv.gz"]


def test_while_running_the_output_grows_beside_its_place(tmp_path: Path) -> None:
    output = tmp_path / "k.csv"
    with replaced_when_done(output) as raw:
        raw.write(b"baru")
        (part,) = tmp_path.iterdir()
        assert part.name.startswith(".k.csv.")
        assert part.name.endswith(".part")
    assert [path.name for path in tmp_path.iterdir()] == ["k.csv"]
    assert output.read_bytes() == b"baru"


def test_the_data_is_on_disk_before_the_name_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[str] = []
    sync, replace = os.fsync, Path.replace

    def note_sync(handle: int) -> None:
        events.append("sync")
        sync(handle)

    def note_replace(old: Path, new: Path) -> Path:
        events.append("replace")
        return replace(old, new)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(Path, "replace", note_replace)
    with replaced_when_done(tmp_path / "k.csv") as raw:
        raw.write(b"x")
    assert events == ["sync", "replace", "sync"]


def test_a_folder_that_is_not_there_is_told(put: Put, tmp_path: Path) -> None:
    with pytest.raises(OutputWriteError, match=r"k\.csv"):
        score_files([put("a.csv", "text\nya\n")], tmp_path / "tidak_ada" / "k.csv", FakeScorer())


def test_a_full_disk_is_told_and_nothing_stays(tmp_path: Path) -> None:
    def fill_the_disk() -> None:
        with replaced_when_done(tmp_path / "k.csv") as raw:
            raw.write(b"x")
            raise OSError(28, "No space left on device")

    with pytest.raises(OutputWriteError, match=os.strerror(28)):
        fill_the_disk()
    assert list(tmp_path.iterdir()) == []


def test_the_new_file_has_ordinary_permissions(put: Put, tmp_path: Path) -> None:
    output = write(put, tmp_path, "k.csv")
    plain = put("biasa.txt", "x")
    assert output.stat().st_mode == plain.stat().st_mode


def test_gzip_output_is_the_same_every_time(put: Put, tmp_path: Path) -> None:
    one, two = write(put, tmp_path, "a.csv.gz"), write(put, tmp_path, "b.csv.gz")
    assert one.read_bytes() == two.read_bytes()
    assert gzip.decompress(one.read_bytes()).startswith(b"id,text")
