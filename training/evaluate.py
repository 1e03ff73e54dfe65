"""Measure a loaded model on a labelled file, as ``netra evaluate`` prints it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.scoring.types import ACTIONS, Item, Scorer, Verdict
from training.examples import Example, read_labelled
from training.metrics import measure


def evaluate(path: Path, scorer: Scorer) -> dict[str, Any]:
    """Metrics over all rows, over rows marked sure, and per election.

    An item that cannot be decided counts as not flagged with score 0.
    """
    examples = read_labelled(path)
    verdicts = scorer.score([_item(example) for example in examples])
    pairs = list(zip(examples, verdicts, strict=True))
    sure = [pair for pair in pairs if not pair[0].doubtful]
    elections = sorted({example.group for example in examples if example.group})
    return {
        "model": {"name": scorer.info.name, "version": scorer.info.version, "threshold": scorer.info.threshold},
        "all": _measure(pairs),
        "sure": _measure(sure),
        "elections": {name: _measure([p for p in sure if p[0].group == name]) for name in elections},
    }


def _item(example: Example) -> Item:
    action = example.action if example.action in ACTIONS else "post"
    return Item(example.text, action, example.target_text, election=example.group or None)


def _measure(pairs: Sequence[tuple[Example, Verdict]]) -> dict[str, float | int | None]:
    labels = [example.label for example, _ in pairs]
    scores = [verdict.score or 0.0 for _, verdict in pairs]
    return measure(labels, scores, [verdict.flagged for _, verdict in pairs])
