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

from app.scoring.bundle import library_versions, load, write
from app.scoring.scorer import BundleScorer
from app.scoring.types import Item, ModelInfo
from app.text.resources import DATA_DIR
from training.context import fit_context, is_act
from training.examples import Example, digest, read_corpus, read_labelled
from training.fit import Document, Settings, documents, fit, to_model
from training.metrics import measure
from training.select import HeldOut, calibrate, leave_one_out, thresholds

NAME = "netra-tfidf-lr"
GOLDEN_ITEMS = 60
_LEAST_GROUP = 150
_CORPUS_FOLDS = 4


def train(out: Path, version: str, extra: Sequence[Path] = (), settings: Settings | None = None) -> dict[str, Any]:
    """Train on ``data/corpus`` and ``extra`` labelled files and write the bundle ``out``; returns its manifest."""
    settings = settings or Settings()
    corpus_files = sorted((DATA_DIR / "corpus").glob("*.jsonl"))
    corpus = read_corpus(DATA_DIR / "corpus")
    real = [example for path in extra for example in read_labelled(path)]
    docs = documents([*corpus, *real], settings)
    held = leave_one_out(*_folds(docs, bool(real)), settings)
    scale = calibrate(held)
    scores = _scores(held, scale)
    flag, review = thresholds(scores[held.sure], held.labels[held.sure])
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
        "held_out": _summary(held, scores, flag),
    }
    write(out, model, context, manifest, golden(BundleScorer(model, context, info), corpus))
    load(out)
    return manifest


def _folds(docs: list[Document], real: bool) -> tuple[list[Document], list[str]]:
    """Documents and the groups to leave out in turn: elections of real posts, or four folds of corpus races."""
    if real:
        sizes = {doc.group: 0 for doc in docs if doc.weight in (1.0, 0.4)}
        for doc in docs:
            if doc.group in sizes:
                sizes[doc.group] += 1
        return docs, sorted(g for g, n in sizes.items() if n >= _LEAST_GROUP)
    races = sorted({doc.group for doc in docs})
    fold = {race: f"fold{k % _CORPUS_FOLDS}" for k, race in enumerate(races)}
    regrouped = [Document(d.features, d.label, d.kind, d.weight, fold[d.group], d.example) for d in docs]
    return regrouped, [f"fold{k}" for k in range(_CORPUS_FOLDS)]


def _scores(held: HeldOut, scale: tuple[float, float]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.asarray(1.0 / (1.0 + np.exp(-(scale[0] * held.log_odds + scale[1]))))


def _summary(held: HeldOut, scores: np.ndarray[Any, np.dtype[np.float64]], flag: float) -> dict[str, Any]:
    """Held-out metrics over sure items, pooled and per left-out group, rounded to four decimals."""
    groups = np.array(held.groups)
    chosen = {"pooled": held.sure} | {g: held.sure & (groups == g) for g in sorted(set(held.groups))}
    found = {}
    for name, rows in chosen.items():
        figures = measure(held.labels[rows].tolist(), scores[rows].tolist(), (scores[rows] >= flag).tolist())
        found[name] = {key: round(value, 4) if isinstance(value, float) else value for key, value in figures.items()}
    return found


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
    print(json.dumps(manifest["held_out"]["pooled"], indent=1))


if __name__ == "__main__":
    main()
