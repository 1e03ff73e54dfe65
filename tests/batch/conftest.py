"""Small fictional files with the defects of scraped ones, and a way to score them in one line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.batch.run import ScoreOptions, score_files
from tests.batch.batchkit import Put, Score, Scored, read_jsonl
from tests.batch.halves import content
from tests.batch.halves import run as run_half
from tests.fakes import FakeScorer


@pytest.fixture
def score(tmp_path: Path) -> Score:
    """``score(content, name="masuk.csv", **options)``: write the content, score it to JSONL, read that back."""

    def run(content: str | bytes, name: str = "masuk.csv", **options: Any) -> Scored:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        output = tmp_path / "keluar.jsonl"
        summary = score_files([path], output, FakeScorer(), ScoreOptions(**options))
        return Scored(summary, read_jsonl(output))

    return run


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Write a file into the test's folder."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def folder(put: Put, tmp_path: Path) -> Path:
    put("a.csv", content())
    return tmp_path


@pytest.fixture
def whole(folder: Path) -> Callable[[str], bytes]:
    """Bytes of the same run undisturbed."""

    def undisturbed(name: str) -> bytes:
        (folder / "utuh").mkdir(exist_ok=True)
        (folder / "utuh" / "a.csv").write_text(content())
        run_half(folder / "utuh", name)
        return (folder / "utuh" / name).read_bytes()

    return undisturbed


@pytest.fixture
def failed(folder: Path) -> Callable[[str], Path]:
    """The output of a run that failed after three chunks."""

    def fail(name: str) -> Path:
        with pytest.raises(ArithmeticError):
            run_half(folder, name, deed="fail")
        return folder / name

    return fail
