"""Parquet, XLSX, packed files, and files that are something else than their name says."""

from __future__ import annotations

import datetime
import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from app.batch import workbook
from app.batch.columns import ColumnFinder
from app.batch.errors import (
    DamagedInputError,
    EmptyInputError,
    InputMissingError,
    InputTooLargeError,
    NoTextColumnError,
    UnknownFormatError,
)
from app.batch.readers import open_table
from app.batch.sources import guess_encoding
from tests.batch.batchkit import Put, Score, saved

CSV = "id,text\n" + "".join(f"{n},kabar panen ke {n}\n" for n in range(1, 400)) + "400,ayo coblos\n"
JSONL = "".join(f'{{"id": {n}, "text": "kabar {n}"}}\n' for n in range(1, 400)) + '{"text": "ayo coblos"}\n'


def parquet_bytes(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


def xlsx_bytes(*rows: list[Any], title: str = "Data") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    return saved(book)


def packings() -> dict[str, Callable[[bytes], bytes]]:
    return {
        "gz": gzip.compress,
        "gz in two members": lambda raw: gzip.compress(raw[:500]) + gzip.compress(raw[500:]),
        "zst": zstandard.ZstdCompressor().compress,
        "zst in two frames": lambda raw: b"".join(map(zstandard.ZstdCompressor().compress, (raw[:500], raw[500:]))),
    }


@pytest.mark.parametrize("packing", packings())
@pytest.mark.parametrize(("name", "content"), [("a.csv", CSV), ("a.jsonl", JSONL), ("a", CSV), ("a", JSONL)])
def test_packed_text(score: Score, packing: str, name: str, content: str) -> None:
    done = score(packings()[packing](content.encode()), f"{name}.{packing[:3].strip()}")
    assert (done.summary.scored, done.summary.flagged) == (400, 1)


def test_packing_is_told_by_content_not_by_name(score: Score) -> None:
    assert score(gzip.compress(CSV.encode()), "a.csv").summary.scored == 400
    assert score(CSV.encode(), "a.csv.gz").summary.scored == 400


@pytest.mark.parametrize("packing", packings())
@pytest.mark.parametrize("missing", [1, 9, 60])
def test_a_packed_file_that_was_cut_off_is_damaged(score: Score, tmp_path: Path, packing: str, missing: int) -> None:
    raw = packings()[packing](CSV.encode())
    with pytest.raises(DamagedInputError):
        score(raw[:-missing], "a.csv." + packing[:3].strip())
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv." + packing[:3].strip()]


def test_damage_inside_a_packed_file_is_told(score: Score) -> None:
    raw = bytearray(gzip.compress(CSV.encode()))
    raw[len(raw) // 2] ^= 0xFF
    with pytest.raises(DamagedInputError):
        score(bytes(raw), "a.csv.gz")


# Parquet

ARROW = pa.table(
    {
        "id": pa.array([1701112445056762189, 2, 3], pa.int64()),
        "text": pa.array(["kabar panen", "ayo coblos", None]),
        "posted_at": pa.array([datetime.datetime(2033, 5, 1, 8, 30)] * 3, pa.timestamp("us")),
        "suka": pa.array([1.5, float("nan"), None]),
        "tag": pa.array([["a"], [], None], pa.list_(pa.string())),
    }
)


@pytest.mark.parametrize("name", ["a.parquet", "a.csv", "a.dat"])
def test_parquet_whatever_its_name(score: Score, name: str) -> None:
    done = score(parquet_bytes(ARROW), name)
    assert done.column("netra_band") == ["clear", "flag", None]
    assert done.column("id") == [1701112445056762189, 2, 3]
    assert done.column("posted_at")[0] == "2033-05-01T08:30:00"
    assert done.column("suka") == [1.5, None, None]
    assert done.column("tag") == [["a"], [], None]
    assert done.column("netra_error")[2].startswith("baris 3: ")


def test_parquet_of_many_batches_and_row_groups(score: Score) -> None:
    table = pa.table({"text": [f"kabar {n}" for n in range(5_000)]})
    out = io.BytesIO()
    pq.write_table(table, out, row_group_size=700)
    done = score(out.getvalue(), "a.parquet")
    assert done.column("text") == table["text"].to_pylist()


def test_parquet_dictionary_and_binary_columns(score: Score) -> None:
    kinds = pa.array(["post", "like", "post"]).dictionary_encode()
    texts = pa.array([b"ayo coblos", b"", "café".encode()], pa.binary())
    done = score(parquet_bytes(pa.table({"action": kinds, "text": texts})), "a.parquet")
    assert done.column("netra_band") == ["flag", "undecided", "clear"]
    assert done.column("text") == ["ayo coblos", "", "café"]


PAIRS = [{"full_text": None, "text": "ayo coblos"}, {"full_text": "pagi", "text": "ayo coblos"}]
PAIR_FILES: dict[str, Callable[[], str | bytes]] = {
    "a.csv": lambda: "full_text,text\n,ayo coblos\npagi,ayo coblos\n",
    "a.jsonl": lambda: "\n".join(map(json.dumps, PAIRS)),
    "a.json": lambda: json.dumps(PAIRS),
    "a.parquet": lambda: parquet_bytes(pa.Table.from_pylist(PAIRS)),
    "a.xlsx": lambda: xlsx_bytes(list(PAIRS[0]), *(list(pair.values()) for pair in PAIRS)),
}


@pytest.mark.parametrize("name", PAIR_FILES)
def test_each_row_has_its_own_best_text_in_every_format(score: Score, name: str) -> None:
    assert score(PAIR_FILES[name](), name).column("netra_band") == ["flag", "clear"]


@pytest.mark.parametrize("keep", [8, 200, -20])
def test_parquet_that_was_cut_off_is_damaged(score: Score, keep: int) -> None:
    with pytest.raises(DamagedInputError):
        score(parquet_bytes(ARROW)[:keep], "a.parquet")


# XLSX


def test_xlsx_values_keep_their_kind(score: Score) -> None:
    when = datetime.datetime(2033, 5, 1, 8, 30)
    content = xlsx_bytes(["No", "Teks", "Waktu"], [1, "kabar panen", when], [2, "ayo coblos", None], [3, 2024, None])
    done = score(content, "a.xlsx")
    assert done.column("No") == [1, 2, 3]
    assert done.column("Waktu") == ["2033-05-01T08:30:00", None, None]
    assert done.column("netra_band") == ["clear", "flag", "clear"]


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv", "a"])
def test_xlsx_whatever_its_name(score: Score, name: str) -> None:
    assert score(xlsx_bytes(["text"], ["ayo coblos"]), name).summary.flagged == 1


def test_xlsx_rows_are_numbered_as_in_the_sheet_and_empty_ones_left_out(score: Score) -> None:
    content = xlsx_bytes([None], ["text", "aksi"], ["ya", "unggah"], [None, None], ["ya", "menari"], [None, "unggah"])
    done = score(content, "a.xlsx")
    assert done.column("netra_band") == ["clear", None, None]
    assert [error and error[:8] for error in done.column("netra_error")] == [None, "baris 5:", "baris 6:"]


def test_xlsx_columns_without_a_name_are_kept(score: Score) -> None:
    done = score(xlsx_bytes(["text"], ["ya", "catatan"], ["tidak", None, 7]), "a.xlsx")
    assert done.column("kolom_2") == ["catatan", None]
    assert done.column("kolom_3") == [None, 7]


def test_a_date_beyond_the_calendar_is_no_reason_to_stop(score: Score) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["text", "kapan"])
    sheet.append(["ayo coblos", 1e10])
    sheet["B2"].number_format = "yyyy-mm-dd"
    out = io.BytesIO()
    book.save(out)
    assert score(out.getvalue(), "a.xlsx").summary.flagged == 1


def test_only_the_first_sheet_is_read(score: Score) -> None:
    book = openpyxl.Workbook()
    for place, text in enumerate(["ayo coblos", "lain"]):
        sheet = book.create_sheet(f"S{place}", place)
        sheet.append(["text"])
        sheet.append([text])
    out = io.BytesIO()
    book.save(out)
    assert score(out.getvalue(), "a.xlsx").column("text") == ["ayo coblos"]


def test_an_xlsx_extent_that_lies_is_not_believed(score: Score) -> None:
    def lie(name: str, raw: bytes) -> bytes:
        return raw.replace(b'ref="A1:B3"', b'ref="A1:A1"') if name.startswith("xl/worksheets/") else raw

    raw = rezipped(xlsx_bytes(["id", "text"], [1, "ya"], [2, "ayo coblos"]), lie)
    assert score(raw, "a.xlsx").column("netra_band") == ["clear", "flag"]


def rezipped(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        parts = {name: old.read(name) for name in old.namelist()}
        changed = {name: change(name, raw) for name, raw in parts.items()}
        for name, raw in changed.items():
            new.writestr(name, raw)
    assert changed != parts
    return out.getvalue()


def test_an_empty_xlsx_is_told(score: Score) -> None:
    with pytest.raises(EmptyInputError):
        score(xlsx_bytes(), "a.xlsx")


def test_an_xlsx_bomb_is_refused(score: Score, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_XLSX_BYTES", 1_000)
    with pytest.raises(InputTooLargeError):
        score(xlsx_bytes(["text"], ["ya"]), "a.xlsx")


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml"])
def test_an_xlsx_with_a_broken_part_is_damaged(score: Score, part: str) -> None:
    def break_it(name: str, raw: bytes) -> bytes:
        return raw[: len(raw) // 2] if name == part else raw

    with pytest.raises(DamagedInputError):
        score(rezipped(xlsx_bytes(["text"], ["rahasia"]), break_it), "a.xlsx")


def test_an_xlsx_cut_off_is_damaged(score: Score) -> None:
    with pytest.raises(DamagedInputError):
        score(xlsx_bytes(["text"], ["ya"])[:-40], "a.xlsx")


# What is refused


@pytest.mark.parametrize(
    ("content", "looks_like"),
    [
        (b"%PDF-1.7\nrahasia", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rahasia", "XLS"),
        (b"\x89PNG\r\n\x1a\nrahasia", "gambar"),
        (b"\xff\xd8\xff\xe0rahasia", "gambar"),
        (b"<!doctype html><p>rahasia", "HTML"),
        (b"\n <html><p>rahasia", "HTML"),
        (b"SQLite format 3\0rahasia", "SQLite"),
        (bytes(range(32)) * 50, "biner"),
        (b"\0" * 500, "biner"),
    ],
)
@pytest.mark.parametrize("name", ["a.csv", "a.bin", "a.jsonl"])
def test_other_kinds_of_file_are_refused(score: Score, content: bytes, looks_like: str, name: str) -> None:
    with pytest.raises(UnknownFormatError, match=looks_like) as caught:
        score(content, name)
    assert "rahasia" not in str(caught.value) + caught.value.english


def test_a_zip_that_is_no_workbook_is_refused(score: Score) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.csv", "text\nya\n")
    with pytest.raises(UnknownFormatError, match="ZIP"):
        score(out.getvalue(), "a.zip")


def test_an_unknown_ending_is_read_when_it_has_a_text_column(score: Score) -> None:
    assert score("id;text\n1;ayo coblos\n", "unduhan.dat").summary.flagged == 1


@pytest.mark.parametrize(("name", "error"), [("catatan.log", UnknownFormatError), ("a.txt", NoTextColumnError)])
def test_plain_prose_is_refused(score: Score, name: str, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        score("Rapat warga, hari ini.\nHasilnya rahasia, ya.\n", name)
    assert "Rapat" not in str(caught.value)
    assert "rahasia" not in str(caught.value)


def test_packed_parquet_is_refused(score: Score) -> None:
    with pytest.raises(UnknownFormatError):
        score(gzip.compress(parquet_bytes(ARROW)), "a.parquet.gz")


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    for path in (tmp_path / "tidak_ada.csv", tmp_path):
        with pytest.raises(InputMissingError):
            open_table(path, ColumnFinder())


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        (b"\xef\xbb\xbftext", "utf-8-sig"),
        ("text".encode("utf-16"), "utf-16"),
        ("text".encode("utf-32"), "utf-32"),
        ("text,isi".encode("utf-16-le"), "utf-16-le"),
        ("text,isi".encode("utf-16-be"), "utf-16-be"),
        (b"text", "utf-8"),
        (b"te\0xt,\0isi", "utf-8"),
        (b"", "utf-8"),
    ],
)
def test_encodings_are_guessed_from_the_head(head: bytes, encoding: str) -> None:
    assert guess_encoding(head) == encoding


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.parquet", "a.xlsx", "a.csv.gz"])
def test_progress_grows_from_nothing_to_all(put: Put, name: str) -> None:
    rows = [[f"kabar {n} " + "x" * 200] for n in range(3_000)]
    texts = [row[0] for row in rows]
    contents: dict[str, str | bytes] = {
        "a.csv": "text\n" + "\n".join(texts),
        "a.jsonl": "\n".join(f'{{"text": "{text}"}}' for text in texts),
        "a.parquet": parquet_bytes(pa.table({"text": texts})),
        "a.xlsx": xlsx_bytes(["text"], *rows),
        "a.csv.gz": gzip.compress(("text\n" + "\n".join(texts)).encode()),
    }
    table = open_table(put(name, contents[name]), ColumnFinder())
    seen = [table.progress()] + [table.progress() for _ in table.rows()] + [table.progress()]
    assert seen[0] == 0.0
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.parquet", "a.xlsx"])
def test_rows_can_be_read_again(put: Put, name: str) -> None:
    contents: dict[str, str | bytes] = {
        "a.csv": CSV,
        "a.jsonl": JSONL,
        "a.parquet": parquet_bytes(ARROW),
        "a.xlsx": xlsx_bytes(["text"], ["a"], ["b"]),
    }
    table = open_table(put(name, contents[name]), ColumnFinder())
    assert repr(list(table.rows())) == repr(list(table.rows()))  # NaN equals nothing, not even itself
