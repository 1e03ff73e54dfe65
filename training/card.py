"""The model card, generated from the manifest and the corpus; never typed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from training.examples import Example

_FIGURES = ("n", "support", "precision", "recall", "f1", "roc_auc", "average_precision", "expected_calibration_error")

_USE = """Reads Indonesian posts, comments, shares and likes and indicates which amount to campaign support.
It indicates; a named person decides and writes a reason. It must not be used to decide on a sanction, to rank
people, to search private groups, or on languages it was not measured on. A score is about words, never about a
person: whether an account belongs to a civil servant, and whether the act was theirs, is not known to it."""

_METHOD = """Masked tokens (names, parties, slogans, ballot numbers and regions become placeholders), stems 1-3 in a
row, character runs of 3-5 inside words, and words near a contestant; TF-IDF per block, each feature scaled by the
log ratio of its use in the two classes, logistic regression, Platt scaling on held-out sources."""


def card(manifest: Mapping[str, Any], corpus: Sequence[Example]) -> str:
    """Markdown card of a bundle."""
    counts, limits = manifest["counts"], manifest["thresholds"]
    parts = [
        f"# Model card: {manifest['name']} {manifest['version']}",
        f"## What it is for\n\n{_USE}",
        f"## How it works\n\n{_METHOD}\n\n{counts['features']:,} features. Flag from {limits['flag']}, "
        f"review from {limits['review']} (calibrated probability).",
        f"## What it learned from\n\n{_data(counts, corpus)}",
    ]
    for name, title in (("by_source", "sources never seen"), ("by_election", "elections never seen")):
        rows = manifest["held_out"][name]
        if rows:
            parts.append(
                f"## Measured on {title}\n\nSure posts, scored by models that saw none of their kin.\n\n{_table(rows)}"
            )
    return "\n\n".join(parts) + "\n"


def _data(counts: Mapping[str, Any], corpus: Sequence[Example]) -> str:
    support = sum(e.label for e in corpus)
    second = sum(e.readers > 1 for e in corpus)
    doubtful = sum(e.doubtful for e in corpus)
    lines = [
        f"- {counts['corpus']:,} items written for this project about fictional contestants: {support:,} support, "
        f"{doubtful:,} doubtful, {second:,} read by a second reader, {len({e.group for e in corpus}):,} races.",
        f"- {counts['extra']:,} real labelled posts from outside the repository (named by digest in the manifest).",
        "",
        _counts("kind", Counter(e.kind or "-" for e in corpus)),
        "",
        _counts("register", Counter(e.register or "-" for e in corpus)),
    ]
    return "\n".join(lines)


def _counts(name: str, found: Counter[str]) -> str:
    rows = [f"| {key} | {n} |" for key, n in found.most_common()]
    return "\n".join([f"| {name} | items |", "| --- | ---: |", *rows])


def _table(rows: Mapping[str, Mapping[str, Any]]) -> str:
    head = ["| election | " + " | ".join(_FIGURES) + " |", "| --- |" + " ---: |" * len(_FIGURES)]
    body = [f"| {name} | " + " | ".join(_cell(row[f]) for f in _FIGURES) + " |" for name, row in rows.items()]
    return "\n".join(head + body)


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)
