"""Whatever is in a file: no row is lost, added, moved or changed."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.batch.columns import SHEET_ERRORS
from app.batch.delimited import DELIMITERS
from app.batch.errors import InputError
from app.batch.mending import Records, split_leniently
from app.batch.run import ScoreOptions, Summary, score_files
from app.text.repair import is_readable
from tests.batch.batchkit import NETRA, read_csv, read_jsonl
from tests.fakes import FakeScorer

#: Characters that make trouble in delimited text, and a few that do not.
AWKWARD = st.text(st.sampled_from(list(",;\t|\"'\n\r a0=é🌾\\\0\u2028{}[]")), max_size=12)
CELLS = AWKWARD | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
OPTIONS = ScoreOptions(chunk_rows=3, progress=False)


def run(name: str, content: bytes, output_name: str) -> tuple[Summary, bytes]:
    """Score one file in a folder of its own; summary and raw output."""
    with tempfile.TemporaryDirectory() as folder:
        source, output = Path(folder) / name, Path(folder) / output_name
        source.write_bytes(content)
        summary = score_files([source], output, FakeScorer(), OPTIONS)
        assert sorted(path.name for path in Path(folder).iterdir()) == sorted([name, output_name])
        return summary, output.read_bytes()


def csv_bytes(rows: list[list[str]], delimiter: str, quoting: Any) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def parsed(raw: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode(), newline=""), strict=True))


def tables(narrowest: int) -> st.SearchStrategy[list[list[str]]]:
    """Rows of one width; a file of one column has no delimiter to be told by."""
    return st.integers(min_value=narrowest, max_value=4).flatmap(
        lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=8)
    )


@given(tables(1), st.sampled_from(DELIMITERS), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
@settings(deadline=None)
def test_well_formed_records_are_read_as_written(rows: list[list[str]], delimiter: str, quoting: Any) -> None:
    text = csv_bytes(rows, delimiter, quoting).decode()
    records = Records(io.StringIO(text, newline=""), delimiter)
    records.width = len(rows[0]) if rows else 0
    assert [cells for _, cells, _ in records] == rows


@given(tables(2), st.sampled_from(DELIMITERS))
@example([["#NUM!", ""], ["#NUM! ya", ""]], ",")
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_csv_round_trip(rows: list[list[str]], delimiter: str) -> None:
    header = ["full_text", *(f"kolom{n}" for n in range(1, len(rows[0]) if rows else 2))]
    summary, raw = run("a.csv", csv_bytes([header, *rows], delimiter, csv.QUOTE_ALL), "k.csv")
    out = parsed(raw)
    assert out[0] == [*header, *NETRA]
    assert [line[: len(header)] for line in out[1:]] == rows
    assert summary.read == summary.scored + summary.rejected == len(rows)
    says_nothing = [not is_readable(line[0]) or line[0] in SHEET_ERRORS for line in rows]
    assert [line[-1] != "" for line in out[1:]] == says_nothing


keys = st.text(st.characters(exclude_categories=["Cs"]), max_size=6).filter(
    lambda key: key.strip().casefold() not in NETRA
)
values = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
objects = st.dictionaries(keys, values | st.lists(values, max_size=3), max_size=4)


@given(st.lists(st.tuples(objects, st.text()), max_size=8), st.sampled_from(["jsonl", "json"]), st.booleans())
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_json_round_trip(rows: list[tuple[dict[str, Any], str]], form: str, escaped: bool) -> None:
    items = [{**row, "full_text": text} for row, text in rows]
    lines = [json.dumps(item, ensure_ascii=True) for item in items]
    content = "\n".join(lines) if form == "jsonl" else json.dumps(items, indent=1 if escaped else None)
    if not items and form == "jsonl":
        return
    summary, raw = run(f"a.{form}", content.encode(), "k.jsonl")
    out = [json.loads(line) for line in raw.decode().split("\n") if line]
    assert [{key: value for key, value in row.items() if key not in NETRA} for row in out] == items
    assert summary.read == summary.scored + summary.rejected == len(items)


def balanced(name: str, content: bytes) -> None:
    """The run is refused with a clear error, or every row that was read is in the output and counted once."""
    try:
        summary, raw = run(name, content, "k.jsonl")
    except InputError:
        return
    rows = [json.loads(line) for line in raw.decode().split("\n") if line]
    assert summary.read == summary.scored + summary.rejected == len(rows)
    assert summary.rejected == sum(summary.rejections.values()) == sum(bool(row["netra_error"]) for row in rows)
    assert summary.scored == sum(row["netra_band"] is not None for row in rows)
    assert summary.flagged == sum(row["netra_flagged"] is True for row in rows)


@given(st.binary(max_size=300), st.sampled_from(["csv", "tsv", "json", "jsonl", "parquet", "xlsx", "gz", "zst", "dat"]))
@settings(deadline=None, max_examples=300)
def test_arbitrary_bytes(content: bytes, ending: str) -> None:
    balanced(f"a.{ending}", content)


HEADS = [
    b"text,action\n",
    b"id;full_text;n\n",
    b'{"text": ',
    b'[{"text": "a"},',
    b"\xff\xfe",
    b"\x1f\x8b",
    b"PAR1",
    b"PK",
]


@given(
    st.sampled_from(HEADS), st.binary(max_size=200) | AWKWARD.map(str.encode), st.sampled_from(["csv", "json", "jsonl"])
)
@example(b"text,action\n", b'"\n"a","like\n', "csv")
@example(b'[{"text": "a"},', b'{"text": "}, {"}, {"text": "coblos"}]', "json")
@settings(deadline=None, max_examples=300)
def test_arbitrary_bytes_after_a_good_beginning(head: bytes, tail: bytes, ending: str) -> None:
    balanced(f"a.{ending}", head + tail)


@given(st.lists(AWKWARD, min_size=1, max_size=10), st.sampled_from(["\n", "\r\n"]))
@settings(deadline=None)
def test_text_that_was_never_quoted(texts: list[str], end: str) -> None:
    balanced("a.csv", ("id,text,n" + end + "".join(f"{n},{text},0{end}" for n, text in enumerate(texts))).encode())


@given(st.text(st.sampled_from(list('",;ab\n')), max_size=40), st.sampled_from(",;"))
def test_lenient_splitting_loses_nothing_but_quotes_and_delimiters(text: str, delimiter: str) -> None:
    cells, _ = split_leniently(text, delimiter)
    assert delimiter.join(cells).replace('"', "") == text.replace('"', "")


@given(st.lists(st.booleans(), min_size=1, max_size=40), st.integers(min_value=1, max_value=7))
@settings(deadline=None)
def test_order_is_kept_among_good_and_bad_rows(good: list[bool], chunk: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source, output = Path(folder) / "a.csv", Path(folder) / "k.jsonl"
        rows = [[str(n), "kabar" if fine else ""] for n, fine in enumerate(good)]
        source.write_bytes(csv_bytes([["no", "text"], *rows], ",", csv.QUOTE_MINIMAL))
        score_files([source], output, FakeScorer(), ScoreOptions(chunk_rows=chunk))
        out = read_jsonl(output)
    assert [row["no"] for row in out] == [str(n) for n in range(len(good))]
    assert [row["netra_error"] is None for row in out] == good


@pytest.mark.parametrize(
    "output", ["k.csv", "k.tsv", "k.jsonl", "k.json", "k.parquet", "k.xlsx", "k.csv.gz", "k.csv.zst"]
)
def test_every_output_can_be_an_input_again(tmp_path: Path, output: str) -> None:
    source = tmp_path / "a.csv"
    source.write_bytes(
        csv_bytes([["id", "text"], ["1", "ayo; coblos,\n ya"], ["2", '"ragu"'], ["3", "x"]], ",", csv.QUOTE_ALL)
    )
    first = score_files([source], tmp_path / output, FakeScorer(), OPTIONS)
    second = score_files([tmp_path / output], tmp_path / "lagi.csv", FakeScorer(), OPTIONS)
    assert (first.scored, first.flagged, first.review) == (second.scored, second.flagged, second.review) == (3, 1, 1)
    out = read_csv(tmp_path / "lagi.csv")
    assert [row[:2] for row in out] == [["id", "text"], ["1", "ayo; coblos,\n ya"], ["2", '"ragu"'], ["3", "x"]]
