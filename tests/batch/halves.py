"""Runs that stop half way: an input of sixty rows with one that does harm, scored in chunks of ten."""

from __future__ import annotations

from pathlib import Path

from app.batch.run import ScoreOptions, Summary, score_files
from tests.batch.deadly import CHUNK_ROWS, WORD, DeadlyModel, DeadlyScorer

ROWS, BAD = 60, 37
KEPT = BAD // CHUNK_ROWS * CHUNK_ROWS


def content() -> str:
    texts = [f"ayo coblos nomor {n}" if n % 7 == 0 else f"kabar, panen ke {n}" for n in range(ROWS)]
    texts[BAD], texts[20] = WORD, ""
    return "n,text\n" + "".join(f'{n},"{text}"\n' for n, text in enumerate(texts))


def run(folder: Path, name: str, leftover: str = "refuse", deed: str = "", **options: object) -> Summary:
    """Score ``a.csv`` of the folder."""
    told = ScoreOptions(chunk_rows=CHUNK_ROWS, leftover=leftover, progress=False, **options)  # type: ignore[arg-type]
    return score_files([folder / "a.csv"], folder / name, DeadlyScorer(deed), told)


def run_deadly(folder: Path, name: str, leftover: str, workers: int = 1) -> Summary:
    """Go on in this process with what ``killed`` left, whose model was another object of the same digest."""
    options = ScoreOptions(chunk_rows=CHUNK_ROWS, leftover=leftover, workers=workers, progress=False)  # type: ignore[arg-type]
    return score_files([folder / "a.csv"], folder / name, DeadlyScorer(), options, DeadlyModel())
