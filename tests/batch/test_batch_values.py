"""Values of Parquet files that Python cannot hold."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from app.batch.columns import ColumnFinder
from app.batch.readers import open_table
from app.batch.run import ScoreOptions, score_files
from app.batch.values import values_of
from tests.batch.batchkit import Put
from tests.batch.test_batch_readers import parquet_bytes
from tests.fakes import FakeScorer

BEYOND = 1_988_150_645_000
TIMES = pa.array([BEYOND, 5, None]).view(pa.timestamp("s"))
AT_5 = datetime.datetime(1970, 1, 1, 0, 0, 5)


@pytest.mark.parametrize(
    ("column", "values"),
    [
        (TIMES, [BEYOND, AT_5, None]),
        (TIMES.slice(1), [AT_5, None]),
        (TIMES.dictionary_encode(), [BEYOND, AT_5, None]),
        (pa.array([-BEYOND * 1000, 5]).view(pa.timestamp("ms", "UTC"))[:1], [-BEYOND * 1000]),
        (pa.array([5]).view(pa.timestamp("s", "Negeri/Dongeng")), [5]),
        (pa.array([10**8], pa.int32()).view(pa.date32()), [10**8]),
        (pa.array([10**15]).view(pa.duration("s")), [10**15]),
        (pa.ListArray.from_arrays([0, 2, 3], TIMES), [[BEYOND, AT_5], [None]]),
        (pa.StructArray.from_arrays([TIMES, TIMES], ["a", "b"])[:1], [{"a": BEYOND, "b": BEYOND}]),
        (pa.array([7, None]), [7, None]),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else "",
)
def test_times_beyond_the_calendar_are_their_stored_numbers(column: pa.Array, values: list[Any]) -> None:
    assert values_of(column) == values


@pytest.mark.parametrize("ending", ["csv", "jsonl", "json", "xlsx", "parquet"])
def test_a_time_beyond_the_calendar_costs_no_row(put: Put, tmp_path: Path, ending: str) -> None:
    table = pa.table({"text": ["ayo coblos", "pagi"], "created_at": TIMES[:2]})
    output = tmp_path / f"k.{ending}"
    summary = score_files([put("a.parquet", parquet_bytes(table))], output, FakeScorer(), ScoreOptions())
    assert (summary.scored, summary.flagged) == (2, 1)
    if ending == "parquet":
        assert pq.read_table(output)["created_at"].cast(pa.timestamp("s")).combine_chunks() == TIMES[:2]
    else:
        rows = [row.cells for row in open_table(output, ColumnFinder()).rows()]
        assert str(rows[0]["created_at"]) == str(BEYOND * 1_000)  # Parquet has no whole seconds
        assert str(rows[1]["created_at"]).startswith("1970-01-01")


def test_a_time_beyond_the_calendar_is_told_beside_an_input_of_another_type(put: Put, tmp_path: Path) -> None:
    inputs = [
        put("a.parquet", parquet_bytes(pa.table({"text": ["pagi"], "created_at": TIMES[:1]}))),
        put("b.csv", "text,created_at\nya,kemarin\n"),
    ]
    score_files(inputs, tmp_path / "k.parquet", FakeScorer(), ScoreOptions())
    assert pq.read_table(tmp_path / "k.parquet")["created_at"].to_pylist() == [str(BEYOND * 1_000), "kemarin"]
