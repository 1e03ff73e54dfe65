"""Golden predictions: what a bundle scored where it was made is what it scores here, or it is not used."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.scoring.bundle import load
from app.scoring.errors import DamagedModel, GoldenMismatch
from app.scoring.types import Item
from tests.scoring.tinybundle import NAME, Tiny, rehash


def write_golden(folder: Path, lines: list[str]) -> None:
    (folder / "golden.jsonl").write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    rehash(folder)


def golden_row(**changes: Any) -> str:
    return json.dumps({"text": "ayo coblos", "action": "post", "target_text": "", "score": 0.5} | changes)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [""],
        ["bukan JSON"],
        ["[]"],
        ["5"],
        ['"teks"'],
        ["null"],
        ["{}"],
        [golden_row(score="tinggi")],
        [golden_row(score=[])],
        ['{"text": "ayo", "action": "post", "score": 1}'],
        ['{"text": "ayo", "action": "post", "target_text": ""}'],
    ],
    ids=str,
)
def test_golden_predictions_that_cannot_be_read_are_damage(models: Path, lines: list[str]) -> None:
    write_golden(models / NAME, lines)
    with pytest.raises(DamagedModel, match="golden"):
        load(models / NAME)


@pytest.mark.parametrize("score", [0.123, 0, 1, None, math.nan, math.inf, 1e-5])
def test_golden_predictions_that_are_not_reproduced_are_refused(models: Path, score: float | None) -> None:
    write_golden(models / NAME, [golden_row(score=score)])
    with pytest.raises(GoldenMismatch, match="1 of 1"):
        load(models / NAME)


def test_a_single_wrong_golden_prediction_is_enough(models: Path) -> None:
    lines = (models / NAME / "golden.jsonl").read_text(encoding="utf-8").splitlines()
    write_golden(models / NAME, [*lines, golden_row(score=0.123)])
    with pytest.raises(GoldenMismatch, match=f"1 of {len(lines) + 1}"):
        load(models / NAME)


@pytest.mark.parametrize(("off", "reproduced"), [(9e-7, True), (-9e-7, True), (2e-6, False), (-2e-6, False)])
def test_golden_predictions_may_differ_by_a_millionth(tiny: Tiny, models: Path, off: float, reproduced: bool) -> None:
    score = tiny.scorer.score([Item("ayo coblos")])[0].score
    assert score is not None
    write_golden(models / NAME, [golden_row(score=score + off)])
    if reproduced:
        load(models / NAME)
        return
    with pytest.raises(GoldenMismatch):
        load(models / NAME)


def test_an_undecided_item_is_no_score_of_zero(models: Path) -> None:
    write_golden(models / NAME, [golden_row(text="", action="like", score=0.0)])
    with pytest.raises(GoldenMismatch):
        load(models / NAME)


def test_weights_changed_behind_the_hashes_are_caught_by_the_golden_predictions(models: Path) -> None:
    path = models / NAME / "weights.npy"
    np.save(path, -np.load(path))
    rehash(models / NAME)
    with pytest.raises(GoldenMismatch):
        load(models / NAME)


def test_a_golden_mismatch_does_not_show_the_text(models: Path) -> None:
    write_golden(models / NAME, [golden_row(text="rahasia sekali", score=0.123)])
    with pytest.raises(GoldenMismatch) as caught:
        load(models / NAME)
    assert "rahasia" not in str(caught.value)
