"""Small fictional files with the defects of scraped ones, and a way to score them in one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.batch.run import ScoreOptions, score_files
from tests.batch.batchkit import Put, Score, Scored, read_jsonl
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
