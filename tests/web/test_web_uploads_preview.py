"""The first look at a file: as it would be scored, in few words, whatever is in it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.batch.errors import BatchError, EmptyInputError, UnknownFormatError
from app.web.uploads_preview import SHOWN_CHARS, SHOWN_COLUMNS, SHOWN_ROWS, Preview, preview


def put(folder: Path, content: bytes, name: str = "input.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def purposes(found: Preview) -> dict[str, tuple[str, ...]]:
    return {column.name: column.purposes for column in found.columns}


TABLE = pd.DataFrame({"id_str": ["1", "2"], "full_text": ["ayo coblos", "kabar"], "lain": ["x", "y"]})


def forms(folder: Path) -> dict[str, Path]:
    """The same table in every format."""
    TABLE.to_parquet(folder / "input.parquet")
    TABLE.to_excel(folder / "input.xlsx", index=False)
    rows = TABLE.to_dict("records")
    jsonl = pd.DataFrame(rows).to_json(orient="records", lines=True).encode()
    comma, tab = (TABLE.to_csv(index=False, sep=sep).encode() for sep in ",\t")
    return {
        "csv": put(folder, comma),
        "tsv": put(folder, tab, "input.tsv"),
        "csv.gz": put(folder, gzip.compress(comma), "input.csv.gz"),
        "bom": put(folder, b"\xef\xbb\xbf" + comma, "bom.csv"),
        "utf-16": put(folder, comma.decode().encode("utf-16"), "utf16.csv"),
        "jsonl": put(folder, jsonl, "input.jsonl"),
        "parquet": folder / "input.parquet",
        "xlsx": folder / "input.xlsx",
        "no ending": put(folder, comma, "input"),
    }


@pytest.mark.parametrize("form", ["csv", "tsv", "csv.gz", "bom", "utf-16", "jsonl", "parquet", "xlsx", "no ending"])
def test_every_form_of_file_is_seen_alike(tmp_path: Path, form: str) -> None:
    found = preview(forms(tmp_path)[form])
    assert purposes(found) == {"id_str": ("id",), "full_text": ("text",), "lain": ()}
    assert [cells for _, cells in found.rows] == [("1", "ayo coblos", "x"), ("2", "kabar", "y")]
    assert found.names == ("id_str", "full_text", "lain")
    assert (found.left_out, found.scorable) == (0, True)


def test_only_the_first_rows_are_read(tmp_path: Path) -> None:
    found = preview(put(tmp_path, b"text\n" + b"halo\n" * 1000))
    assert len(found.rows) == SHOWN_ROWS


def test_long_cells_are_cut_and_stand_in_one_line(tmp_path: Path) -> None:
    [(_, [cell])] = preview(put(tmp_path, b'text\n"a\n\nb ' + b"x" * 900 + b'"\n')).rows
    assert cell.startswith("a b x")
    assert cell.endswith("…")
    assert len(cell) == SHOWN_CHARS


def test_of_many_columns_those_that_serve_are_shown(tmp_path: Path) -> None:
    head = ",".join([f"k{n}" for n in range(100)] + ["text"])
    found = preview(put(tmp_path, f"{head}\n{','.join(['x'] * 100)},halo\n".encode()))
    assert len(found.columns) == SHOWN_COLUMNS
    assert purposes(found)["text"] == ("text",)
    assert found.left_out == 101 - SHOWN_COLUMNS
    assert len(found.names) == 101


def test_a_column_can_be_chosen_where_none_is_known(tmp_path: Path) -> None:
    path = put(tmp_path, b"isi cuitan,lain\nhalo,x\n")
    assert not preview(path).scorable
    assert preview(path).names == ("isi cuitan", "lain")
    chosen = preview(path, "isi cuitan")
    assert chosen.scorable
    assert purposes(chosen)["isi cuitan"] == ("text",)


def test_a_column_can_be_chosen_instead_of_the_one_found(tmp_path: Path) -> None:
    path = put(tmp_path, b"text,lain\nhalo,x\n")
    assert purposes(preview(path, "lain")) == {"text": (), "lain": ("text",)}
    assert not preview(path, "tidak ada").scorable


def test_a_row_that_cannot_be_read_is_shown_as_such(tmp_path: Path) -> None:
    found = preview(put(tmp_path, b'{"text": "a"}\nrusak\n{"text": "b"}\n', "input.jsonl"))
    assert [cells for _, cells in found.rows] == [("a",), (), ("b",)]


def test_columns_without_a_name_get_one(tmp_path: Path) -> None:
    found = preview(put(tmp_path, b"text,,\nhalo,1,2\n"))
    assert [column.name for column in found.columns] == ["text", "kolom_2", "kolom_3"]
    assert found.names == ("text",)


@pytest.mark.parametrize(
    ("content", "error"),
    [(b"", EmptyInputError), (b"%PDF-1.7", UnknownFormatError), (b"\x00\x01" * 50, UnknownFormatError)],
)
def test_what_cannot_be_scored_cannot_be_seen(tmp_path: Path, content: bytes, error: type[BatchError]) -> None:
    with pytest.raises(error):
        preview(put(tmp_path, content))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(
    content=st.binary(max_size=400),
    name=st.sampled_from(["input.csv", "input.jsonl", "input", "input.xlsx", "input.csv.gz"]),
)
def test_any_bytes_are_seen_or_refused(tmp_path: Path, content: bytes, name: str) -> None:
    try:
        found = preview(put(tmp_path, content, name))
    except BatchError:
        return
    assert len(found.rows) <= SHOWN_ROWS
    assert all(len(cells) in (0, len(found.columns)) for _, cells in found.rows)
