"""The recipes of docs/scaling.md, run as they stand there where their engine is installed."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from app.batch.options import ScoreOptions
from app.batch.run import score_files
from tests.scoring.tinybundle import NAME, build

pytestmark = pytest.mark.enable_socket

DOCS = Path(__file__).parents[2] / "docs"
RECIPES = dict(re.findall(r"```python recipe=(\w+)\n(.*?)```", (DOCS / "scaling.md").read_text(), re.DOTALL))
POSTS = {"n": [1, 2, 3], "text": ["ayo coblos nomor 2", "", "hujan deras dari pagi"]}


@pytest.fixture(params=["dask", "pyspark", "ray"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name of an engine and what a program for it has at hand."""
    if importlib.util.find_spec(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    if request.param == "pyspark":
        from pyspark.sql import SparkSession

        monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
        with SparkSession.builder.master("local[1]").getOrCreate() as spark:
            yield "pyspark", {"spark": spark}
    else:
        yield request.param, {}


def test_there_is_a_recipe_of_about_ten_lines_for_each_engine() -> None:
    assert set(RECIPES) == {"dask", "pyspark", "ray"}
    for recipe in RECIPES.values():
        work = [line for line in recipe.splitlines() if line and not line.startswith(("import", "from"))]
        assert len(work) <= 10


@pytest.mark.filterwarnings("ignore")
def test_a_recipe_scores_like_the_file_path(engine: tuple[str, dict[str, Any]], tmp_path: Path) -> None:
    name, at_hand = engine
    tiny = build(tmp_path / "models")
    (tmp_path / "posts").mkdir()
    pq.write_table(pa.table(POSTS), tmp_path / "posts" / "a.parquet")
    paths = {"MODEL": tmp_path / "models" / NAME, "POSTS": tmp_path / "posts", "SCORED": tmp_path / "scored"}
    exec(compile(RECIPES[name], name, "exec"), {**at_hand, **{key: str(path) for key, path in paths.items()}})
    told = ScoreOptions(progress=False)
    score_files([tmp_path / "posts" / "a.parquet"], tmp_path / "k.parquet", tiny.scorer, told)
    scored = pq.read_table(tmp_path / "scored").select(pq.read_schema(tmp_path / "k.parquet").names)
    assert sorted_rows(scored) == sorted_rows(pq.read_table(tmp_path / "k.parquet"))


def sorted_rows(table: pa.Table) -> list[dict[str, Any]]:
    return sorted(table.to_pylist(), key=lambda row: row["n"])
