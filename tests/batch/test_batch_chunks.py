"""Chunks hold the rows of their table, cut at places that depend on nothing but the file and the limit."""

from __future__ import annotations

import gzip
import io
import json
import pickle
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.batch import jsonrows
from app.batch.chunks import BatchChunk, Chunk, ChunkLimit, grouped
from app.batch.columns import ColumnFinder
from app.batch.errors import BatchError, DamagedInputError, OutputTooLargeError
from app.batch.readers import open_table
from app.batch.table import Row, Table

RECORDS = [{"n": n, "text": "kabar " * (n % 5)} for n in range(25)]


def files() -> dict[str, bytes]:
    """The same rows in every format, with a bad one where the format can have it."""
    book, parquet = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for values in (["n", "text"], *([r["n"], r["text"]] for r in RECORDS)):
        sheet.append(values)
    xlsx = io.BytesIO()
    book.save(xlsx)
    pq.write_table(pa.Table.from_pylist(RECORDS), parquet, row_group_size=4)
    lines = "".join(json.dumps(record) + "\n" for record in RECORDS)
    csv = "n,text\r\n" + "".join(f"{r['n']},{r['text']}\r\n" for r in RECORDS)
    return {
        "a.csv": csv.encode(),
        "b.csv.gz": gzip.compress(csv.encode()),
        "a.jsonl": (lines + "{rusak\n").encode(),
        "a.json": json.dumps(RECORDS).encode(),
        "a.parquet": parquet.getvalue(),
        "a.xlsx": xlsx.getvalue(),
    }


@pytest.fixture(params=sorted(files()))
def table(request: pytest.FixtureRequest, tmp_path: Path) -> Table:
    (tmp_path / request.param).write_bytes(files()[request.param])
    return open_table(tmp_path / request.param, ColumnFinder())


@pytest.mark.parametrize("limit", [ChunkLimit(), ChunkLimit(rows=1), ChunkLimit(rows=7), ChunkLimit(chars=60)])
def test_chunks_hold_the_rows_in_order(table: Table, limit: ChunkLimit) -> None:
    chunks = list(table.chunks(limit))
    assert [row for chunk in chunks for row in chunk.rows()] == list(table.rows())
    assert all(0 < len(chunk) <= limit.rows for chunk in chunks)
    assert len(chunks) > 1 or limit == ChunkLimit()
    again = [len(chunk) for chunk in table.chunks(limit)]
    assert again == [len(chunk) for chunk in chunks]


def test_a_chunk_can_be_sent_and_halved(table: Table) -> None:
    for chunk in table.chunks(ChunkLimit(rows=7)):
        sent: Chunk = pickle.loads(pickle.dumps(chunk))
        assert sent.rows() == chunk.rows()
        assert len(sent) == len(chunk)
        if len(chunk) > 1:
            first, second = sent.halves()
            assert first.rows() + second.rows() == chunk.rows()
            assert abs(len(first) - len(second)) <= 1


def test_rows_of_a_chunk_are_new_each_time(table: Table) -> None:
    chunk = next(table.chunks(ChunkLimit()))
    chunk.rows()[0].problem = "worker_died"
    assert chunk.rows()[0].problem is None


def test_a_slice_of_a_large_batch_is_sent_alone() -> None:
    batch = pa.RecordBatch.from_pydict({"text": ["kabar panen"] * 10_000})
    chunk = BatchChunk(batch.slice(5_000, 3), ("text",), 5_001, "a.parquet")
    assert len(pickle.dumps(chunk)) < 2_000
    assert [row.number for row in pickle.loads(pickle.dumps(chunk)).rows()] == [5_001, 5_002, 5_003]


def test_a_batch_gives_only_the_cells_that_are_asked_for() -> None:
    chunk = BatchChunk(pa.RecordBatch.from_pydict({"a": [1, 2], "b": [3, 4]}), ("a", "b"), 1, "a.parquet")
    assert chunk.rows({"b"}) == [Row(1, {"b": 3}), Row(2, {"b": 4})]
    assert chunk.rows(set()) == [Row(1), Row(2)]


def test_a_batch_whose_strings_are_not_text_is_damaged() -> None:
    broken = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\1\0\0\0"), pa.py_buffer(b"\xff")])
    chunk = BatchChunk(pa.RecordBatch.from_arrays([broken], ["text"]), ("text",), 1, "a.parquet")
    with pytest.raises(DamagedInputError, match=r"a\.parquet"):
        chunk.rows()


@given(st.lists(st.tuples(st.integers(), st.integers(0, 10))), st.integers(1, 5), st.integers(1, 30))
def test_groups_lose_nothing_and_end_as_soon_as_they_are_full(
    sized: list[tuple[int, int]], rows: int, chars: int
) -> None:
    groups = list(grouped(sized, ChunkLimit(rows, chars)))
    assert [part for group in groups for part in group] == [part for part, _ in sized]
    lengths = iter(length for _, length in sized)
    for place, group in enumerate(groups):
        total = [next(lengths) for _ in group]
        full = len(group) == rows or sum(total) >= chars
        assert full or place == len(groups) - 1
        assert len(group) <= rows
        assert sum(total[:-1]) < chars


@pytest.mark.parametrize("error", [DamagedInputError(name="a.csv"), OutputTooLargeError(limit=5)])
def test_errors_survive_the_way_between_processes(error: BatchError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.english, again.fields) == (
        type(error),
        str(error),
        error.english,
        error.fields,
    )


# The quick reader of JSON agrees with the lenient one

NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?", fullmatch=True)
VALUES = st.recursive(
    NUMBERS
    | st.text(st.characters(codec="utf-16", exclude_categories=[]), max_size=6).map(json.dumps)
    | st.sampled_from(["NaN", "-Infinity", "true", "null", '"\\ud83d"', '"\t"', "-0", "9223372036854775808"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda parts: f"[{', '.join(parts)}]")
        | st.lists(inner, max_size=3).map(
            lambda parts: "{" + ",".join(f'"k{n % 2}":{p}' for n, p in enumerate(parts)) + "}"
        )
    ),
)


@given(VALUES)
def test_json_is_read_the_same_by_both_readers(text: str) -> None:
    lenient = json.loads(text, strict=False, parse_constant=lambda _: None, parse_float=jsonrows._float)
    assert repr(jsonrows._parse(text)) == repr(lenient)
