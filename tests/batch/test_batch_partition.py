"""A partition of a data frame is scored like a file."""

from __future__ import annotations

import datetime
import pickle
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.batch import loaded
from app.batch.answers import APPENDED
from app.batch.errors import ColumnMissingError, NoTextColumnError
from app.batch.loaded import scorer_of
from app.batch.options import ScoreOptions
from app.batch.partition import score_frame
from app.batch.run import score_files
from tests.batch.batchkit import NETRA
from tests.batch.deadly import DeadlyModel
from tests.fakes import FakeScorer

TABLE = pa.table(
    {
        "nomor": pa.array([2**60, 2, None, 4, 5], pa.int64()),
        "Text": ["ayo coblos", "masih ragu", "", None, "biasa 🌾"],
        "aksi": ["", "unggah", "menari", "suka", None],
        "kapan": pa.array([datetime.datetime(2033, 1, 1), None, None, None, None], pa.timestamp("us")),
        "tag": pa.array([["a"], None, [], None, None], pa.list_(pa.string())),
    }
)


def by_file(table: pa.Table, folder: Path, **options: Any) -> list[dict[str, Any]]:
    pq.write_table(table, folder / "a.parquet")
    score_files([folder / "a.parquet"], folder / "k.parquet", FakeScorer(), ScoreOptions(progress=False, **options))
    return list(pq.read_table(folder / "k.parquet").to_pylist())


def by_frame(frame: pd.DataFrame, **options: Any) -> list[dict[str, Any]]:
    scored = score_frame(frame, FakeScorer(), ScoreOptions(**options))
    return list(pa.Table.from_pandas(scored, preserve_index=False).to_pylist())


@pytest.mark.parametrize("options", [{}, {"chunk_rows": 2}, {"default_action": "like"}, {"entities": False}])
def test_rows_are_those_of_the_file_path(tmp_path: Path, options: dict[str, Any]) -> None:
    frame = TABLE.to_pandas(types_mapper=pd.ArrowDtype)
    assert by_frame(frame, **options) == by_file(TABLE, tmp_path, **options)


@given(st.lists(st.tuples(st.text(max_size=8), st.sampled_from(["post", "suka", "x", None])), max_size=12))
@settings(deadline=None)
def test_rows_are_those_of_the_file_path_whatever_they_hold(rows: list[tuple[str, str | None]]) -> None:
    texts = [text.encode("utf-8", "replace").decode() for text, _ in rows]
    table = pa.table({"text": pa.array(texts, pa.string()), "aksi": pa.array([a for _, a in rows], pa.string())})
    with tempfile.TemporaryDirectory() as folder:
        expected = by_file(table, Path(folder), chunk_rows=3)
    assert by_frame(table.to_pandas(types_mapper=pd.ArrowDtype), chunk_rows=3) == expected


def test_rejected_rows_are_carried_with_their_reason() -> None:
    scored = score_frame(TABLE.to_pandas(), FakeScorer())
    assert scored["netra_error"].tolist()[2] == "baris 3: kata aksi tidak dikenal (unknown_action)"
    assert scored["netra_band"].isna().tolist() == [False, False, True, False, False]
    assert scored["nomor"].isna().tolist() == [False, False, True, False, False]


@pytest.mark.parametrize(
    ("index", "place"), [(pd.RangeIndex(100, 105), 103), (pd.Index([9, 9, 7, 9, 9]), 8), (pd.Index(list("abcde")), 3)]
)
def test_rejected_rows_are_numbered_by_the_index(index: pd.Index, place: int) -> None:
    scored = score_frame(TABLE.to_pandas().set_axis(index), FakeScorer())
    assert scored["netra_error"].tolist()[2].startswith(f"baris {place}:")
    assert scored.index.equals(index)


def test_own_columns_are_not_touched() -> None:
    frame = TABLE.to_pandas().assign(macam=pd.Categorical(list("ababa")), campur=[1, "x", None, 2.5, b"y"])
    before = frame.copy(deep=True)
    scored = score_frame(frame, FakeScorer())
    pd.testing.assert_frame_equal(frame, before)
    pd.testing.assert_frame_equal(scored[list(frame.columns)], before)
    assert list(scored.columns) == [*frame.columns, *NETRA]


def test_columns_of_an_earlier_run_are_replaced() -> None:
    once = score_frame(TABLE.to_pandas(), FakeScorer())
    twice = score_frame(once.rename(columns={"netra_band": "Netra_Band"}), FakeScorer())
    pd.testing.assert_frame_equal(once, twice)


@pytest.mark.parametrize("values", [["ya coblos", 5, None, 1.5], pd.Categorical(["ya coblos", "5", None, "1.5"])])
def test_text_in_columns_of_any_type(values: Any) -> None:
    scored = score_frame(pd.DataFrame({"text": values}), FakeScorer())
    assert scored["netra_band"].tolist()[:2] == ["flag", "clear"]
    assert "missing_text" in scored["netra_error"].tolist()[2]


def test_an_empty_frame_gives_the_columns_without_a_model() -> None:
    frame = TABLE.to_pandas(types_mapper=pd.ArrowDtype)
    empty = score_frame(frame.iloc[:0], DeadlyModel("damaged"))
    assert len(empty) == 0
    assert empty.dtypes.equals(score_frame(frame, FakeScorer()).dtypes)


def test_a_frame_without_text_is_refused() -> None:
    with pytest.raises(NoTextColumnError):
        score_frame(pd.DataFrame({"x": [1]}), FakeScorer())
    with pytest.raises(ColumnMissingError):
        score_frame(pd.DataFrame({"text": ["ya"]}), FakeScorer(), ScoreOptions(text_column="isi"))


def test_a_model_is_loaded_once_a_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loaded, "_loaded", {})
    model = DeadlyModel(loads=str(tmp_path))
    for _ in range(2):  # another object each time, as tasks of a cluster bring it
        assert score_frame(TABLE.to_pandas(), pickle.loads(pickle.dumps(model)))["netra_flagged"].tolist()[0] is True
    assert len(list(tmp_path.iterdir())) == 1
    first = scorer_of(model)
    assert scorer_of(DeadlyModel(digest="lain")) is not first


def test_a_scorer_is_taken_as_it_is() -> None:
    scorer = FakeScorer()
    assert scorer_of(scorer) is scorer


def test_the_appended_columns_have_plain_types() -> None:
    types = score_frame(TABLE.to_pandas(), FakeScorer()).dtypes[list(APPENDED)].map(str).to_dict()
    assert types == dict.fromkeys(APPENDED, "string[pyarrow]") | {
        "netra_flagged": "bool[pyarrow]",
        "netra_score": "double[pyarrow]",
    }
