"""Train, calibrate, choose thresholds, write the bundle: ``python -m training.train`` or ``netra train``.

Deterministic: the same inputs give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.metadata import version as library_version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.scoring.bundle import library_versions, load, write
from app.scoring.scorer import BundleScorer
from app.scoring.types import Item, ModelInfo
from app.text.resources import DATA_DIR
from training.card import card
from training.context import fit_context, is_act
from training.examples import Example, digest, read_corpus, read_labelled
from training.fit import Settings, documents, fit, to_model
from training.metrics import measure
from training.select import (
    LEAST_POSTS,
    HeldOut,
    calibrate,
    leave_elections_out,
    leave_sources_out,
    scores,
    thresholds,
)

NAME = "netra-tfidf-lr"
GOLDEN_ITEMS = 60


def train(out: Path, version: str, extra: Sequence[Path] = (), settings: Settings | None = None) -> dict[str, Any]:
    """Train on ``data/corpus`` and ``extra`` labelled files and write the bundle ``out``; returns its manifest."""
    settings = settings or Settings()
    corpus_files = sorted((DATA_DIR / "corpus").glob("*.jsonl"))
    corpus = read_corpus(DATA_DIR / "corpus")
    real = [example for path in extra for example in read_labelled(path)]
    docs = documents([*corpus, *real], settings)
    by_source = leave_sources_out(docs, settings)
    scale = calibrate(by_source)
    flag, review = thresholds(scores(by_source, scale), by_source.labels)
    model = to_model(fit(docs, settings), docs, scale, settings)
    context = fit_context([e for e in corpus if is_act(e)], model, flag)
    info = ModelInfo(NAME, version, flag, review)
    manifest = {
        "name": NAME,
        "version": version,
        "thresholds": {"flag": flag, "review": review},
        "libraries": library_versions(),
        "trained_with": {name: library_version(name) for name in ("scikit-learn", "scipy", "numpy")},
        "inputs": {"corpus": digest(corpus_files), "extra": digest(list(extra))},
        "counts": {"corpus": len(corpus), "extra": len(real), "features": len(model.vocabulary)},
        "settings": {name: getattr(settings, name) for name in settings.__slots__},
        "held_out": {
            "by_source": _summary(by_source, scale, flag),
            "by_election": _summary(leave_elections_out(docs, settings), scale, flag) if real else {},
        },
    }
    write(out, model, context, manifest, golden(BundleScorer(model, context, info), corpus))
    load(out)
    (out / "CARD.md").write_text(card(manifest, corpus), encoding="utf-8")
    return manifest


def _summary(held: HeldOut, scale: tuple[float, float], flag: float) -> dict[str, Any]:
    """Held-out metrics over sure posts, pooled and per election, rounded to four decimals."""
    found, elections = scores(held, scale), np.array(held.elections)
    large = [name for name in sorted(set(held.elections)) if held.elections.count(name) >= LEAST_POSTS]
    chosen = {"pooled": np.full(len(elections), True)} | {name: elections == name for name in large}
    return {name: _figures(held.labels[rows], found[rows], flag) for name, rows in chosen.items()}


def _figures(labels: NDArray[np.int_], found: NDArray[np.float64], flag: float) -> dict[str, float | int | None]:
    figures = measure(labels.tolist(), found.tolist(), (found >= flag).tolist())
    return {key: round(value, 4) if isinstance(value, float) else value for key, value in figures.items()}


def golden(scorer: BundleScorer, corpus: Sequence[Example]) -> list[dict[str, Any]]:
    """Every n-th corpus item (fictional by construction) with its score, for the check at loading."""
    step = max(1, len(corpus) // GOLDEN_ITEMS)
    chosen = corpus[::step][:GOLDEN_ITEMS]
    items = [Item(e.text, e.action, e.target_text) for e in chosen]  # type: ignore[arg-type]
    verdicts = scorer.score(items)
    return [
        {"text": i.text, "action": i.action, "target_text": i.target_text, "score": v.score}
        for i, v in zip(items, verdicts, strict=True)
    ]


def main() -> None:
    """Command line without the rest of Netra: ``python -m training.train OUT VERSION [EXTRA...]``."""
    import sys

    manifest = train(Path(sys.argv[1]), sys.argv[2], [Path(p) for p in sys.argv[3:]])
    print(json.dumps(manifest["held_out"], indent=1))


if __name__ == "__main__":
    main()
