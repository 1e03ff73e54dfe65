"""Measure a loaded model on a labelled file, as ``netra evaluate`` prints it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from app.scoring.types import ACTIONS, Item, Scorer, Verdict
from training.examples import Example, read_labelled
from training.intervals import Scored, figures, intervals
from training.metrics import measure


def evaluate(path: Path, scorer: Scorer) -> dict[str, Any]:
    """Metrics over all rows, over rows marked sure (with 95 % intervals), and per election.

    An item that cannot be decided counts as not flagged with score 0. Raises ``ExampleError``, also
    when there are no rows.
    """
    examples = read_labelled(path)
    everything = scored(examples, verdicts(examples, scorer))
    sure = np.array([not example.doubtful for example in examples], dtype=bool)
    election = np.array([example.group for example in examples])
    names = sorted({example.group for example in examples if example.group})
    return {
        "model": {"name": scorer.info.name, "version": scorer.info.version, "threshold": scorer.info.threshold},
        "all": _measure(everything),
        "sure": _measure(everything.only(sure)),
        "sure_intervals": intervals_of(everything.only(sure)),
        "elections": {name: _measure(everything.only(sure & (election == name))) for name in names},
    }


def verdicts(examples: Sequence[Example], scorer: Scorer) -> list[Verdict]:
    """The scorer's verdict on each example."""
    return scorer.score([item_of(example) for example in examples])


def scored(examples: Sequence[Example], found: Sequence[Verdict]) -> Scored:
    """Labels of the examples beside what was found; undecided counts as clear with score 0."""
    return Scored(
        np.array([example.label for example in examples], dtype=int),
        np.array([verdict.score or 0.0 for verdict in found], dtype=float),
        np.array([verdict.flagged for verdict in found], dtype=bool),
        np.array([verdict.band in ("flag", "review") for verdict in found], dtype=bool),
    )


def intervals_of(found: Scored) -> dict[str, list[float | None]]:
    """``[low, high]`` of each figure, 95 %, rounded to four decimals.

    None of the calibration error: redrawn rows are calibrated worse than the rows themselves, whatever the model.
    """
    known = {name: figure for name, figure in figures(found).items() if name != "expected_calibration_error"}
    ends = intervals(len(found), known)
    return {name: [_rounded(end.low), _rounded(end.high)] for name, end in ends.items()}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def item_of(example: Example) -> Item:
    """The act as a caller would hand it in."""
    action = example.action if example.action in ACTIONS else "post"
    return Item(example.text, action, example.target_text, election=example.group or None)


def _measure(found: Scored) -> dict[str, float | int | None]:
    return measure(found.labels.tolist(), found.scores.tolist(), found.flagged.tolist())
