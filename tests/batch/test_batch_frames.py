"""Arrays are those that Arrow would make, made without what Arrow imports for it."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.batch.chunks import stream_bytes
from app.batch.frames import array_of

APPENDED = st.one_of(
    st.tuples(st.just(pa.string()), st.lists(st.none() | st.text(max_size=8))),
    st.tuples(st.just(pa.bool_()), st.lists(st.none() | st.booleans())),
    st.tuples(st.just(pa.float64()), st.lists(st.none() | st.floats(allow_nan=False))),
    st.tuples(st.just(pa.int64()), st.lists(st.none() | st.integers(-(2**63), 2**63 - 1))),
)


@given(APPENDED)
def test_arrays_are_those_of_arrow_to_the_byte(case: tuple[pa.DataType, list[Any]]) -> None:
    kind, values = case
    made, expected = array_of(values, kind), pa.array(values, type=kind)
    made.validate(full=True)
    assert made.null_count == expected.null_count
    assert streamed(made) == streamed(expected)


def streamed(array: pa.Array) -> bytes:
    return stream_bytes(pa.RecordBatch.from_arrays([array], names=["a"]))


@pytest.mark.parametrize(
    ("value", "text"),
    [(2**70, str(2**70)), (float("nan"), ""), ([1, "é"], '[1, "é"]'), (b"\xff", "\\xff"), ("a\ud83d!", "a\ufffd!")],
)
def test_whatever_comes_is_text_where_text_is_wanted(value: object, text: str) -> None:
    assert array_of([None, value], pa.string()).to_pylist() == [None, text]


def test_columns_of_a_parquet_file_are_scored_without_data_frames() -> None:
    """Of all that a file job does with Arrow; half a second and 50 MB in each process otherwise."""
    program = """
import io, sys
import pyarrow as pa, pyarrow.parquet as pq
from app.batch.chunks import stream_bytes
from app.batch.frames import answer_arrays, appended_fields
from app.batch.answers import APPENDED, Answer
arrays = answer_arrays([Answer(True, 0.5, "flag", None, "", None)], APPENDED)
batch = pa.RecordBatch.from_arrays(arrays, schema=pa.schema(appended_fields(APPENDED)))
with pa.ipc.open_stream(stream_bytes(batch)) as stream:
    table = pa.Table.from_batches(list(stream), batch.schema).combine_chunks()
file = io.BytesIO()
pq.write_table(table, file)
for read in pq.ParquetFile(file).iter_batches():
    assert [column.to_pylist() for column in read.columns][0] == [True]
sys.exit("pandas" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
