"""Train, calibrate, choose thresholds, write the bundle: ``python -m training.train`` or ``netra train``.

Deterministic: the same inputs give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version as library_version
from pathlib import Path
from typing import Any

import numpy as np

from app.observe import profile
from app.policy.types import Words
from app.scoring.bundle import library_versions, load, write
from app.scoring.scorer import BundleScorer
from app.scoring.types import Item, ModelInfo
from app.text.resources import DATA_DIR
from training.card import card
from training.context import fit_context, is_act
from training.corpus import read_rows
from training.evaluate import intervals_of
from training.examples import NO_ROWS, Example, ExampleError, digest, read_corpus, read_labelled
from training.experiments import read_experiments
from training.fit import Settings, documents, fit, to_model
from training.intervals import Scored, by_thresholds
from training.metrics import measure
from training.plots import draw
from training.reference import held_out_reference
from training.reviews import Reviews, read_reviews
from training.select import (
    CORPUS_PRECISION,
    FLAG_PRECISION,
    LEAST_POSTS,
    HeldOut,
    calibrate,
    gather,
    leave_elections_out,
    leave_sources_out,
    scores,
    thresholds,
)
from training.study import Limits, judged, study
from training.unseen import unseen

NAME = "netra-tfidf-lr"
GOLDEN_ITEMS = 60
#: With fewer real posts than this, they are judged together with the corpus.
LEAST_REAL = 500
_ONE_LABEL = Words(
    "label 0 dan label 1 yang yakin harus ada, bukan hanya satu di antaranya",
    "there must be sure labels of 0 and of 1, not of one of them alone",
)
_NOTHING_LEFT = Words(
    "tidak ada baris yang dapat dipelajari: tanpa teks, atau teks yang sama berlabel lain",
    "no rows to learn from: none has a text, or the same text has different labels",
)


def train(
    out: Path,
    version: str,
    extra: Sequence[Path] = (),
    settings: Settings | None = None,
    reviews: Path | None = None,
    *,
    full_card: bool = False,
) -> dict[str, Any]:
    """Train on ``data/corpus``, ``extra`` labelled files and reviewers' labels; write the bundle ``out``.

    Returns its manifest. A ``full_card`` measures all that a release tells of itself: a third of the time goes there.
    Raises ``ExampleError`` before anything is written when an input cannot be used.
    """
    settings = settings or Settings()
    experiments = read_experiments()
    inputs = _read(extra, reviews)
    docs = documents(inputs.examples, settings)
    gathered = gather(docs, settings)
    by_source = leave_sources_out(gathered, corpus_too=inputs.few_real)
    weighed = gathered.weighed(np.full(len(docs), True))
    scale = calibrate(by_source)
    precision = FLAG_PRECISION if inputs.enough_real else CORPUS_PRECISION
    flag, review = thresholds(scores(by_source, scale), by_source.labels, precision)
    limits = Limits(scale, flag, review)
    fitted = replace(fit(docs, settings), weighed=weighed)
    model = to_model(fitted, scale, settings)
    reader = unseen(gathered, fitted, weighed, scale)
    context = fit_context(list(filter(is_act, inputs.corpus)), reader, flag, list(filter(is_act, inputs.reviewed)))
    scorer = BundleScorer(model, context, ModelInfo(NAME, version, flag, review))
    by_election = leave_elections_out(docs, settings, gathered) if any(doc.real for doc in docs) else None
    manifest = _manifest(version, inputs, settings, limits, len(model.vocabulary))
    manifest["held_out"] = {
        "by_source": _summary(by_source, limits),
        "by_election": _summary(by_election, limits) if by_election else {},
    }
    write(out, model, context, manifest, golden(scorer, inputs.corpus))
    load(out)
    known = judged(docs, inputs.examples, by_source.places, by_source.log_odds, limits)
    profile.write(out, held_out_reference(scorer, known))
    studied = study(docs, inputs.examples, by_source, weighed, limits, settings, scorer) if full_card else None
    pictures = draw(studied, out) if studied else ()
    text = card(manifest, inputs.rows, studied, pictures, experiments)
    (out / "CARD.md").write_text(text, encoding="utf-8")
    return manifest


def _manifest(version: str, inputs: _Inputs, settings: Settings, limits: Limits, features: int) -> dict[str, Any]:
    """What a bundle says of itself, but for what was measured."""
    return {
        "name": NAME,
        "version": version,
        "thresholds": {"flag": limits.flag, "review": limits.review},
        "libraries": library_versions(),
        "trained_with": {name: library_version(name) for name in ("scikit-learn", "scipy", "numpy")},
        "inputs": inputs.digests,
        "counts": {**inputs.counts, "features": features},
        "settings": {name: getattr(settings, name) for name in settings.__slots__},
    }


@dataclass(frozen=True, slots=True)
class _Inputs:
    """What a model learns from, and what the manifest says of it. ``rows`` are the corpus as its files hold it."""

    corpus: list[Example]
    real: list[Example]
    reviewed: list[Example]
    rows: list[dict[str, Any]]
    digests: dict[str, dict[str, str]]
    counts: dict[str, int]

    @property
    def few_real(self) -> bool:
        """Whether there are real posts, and so few that no threshold can be chosen on them alone."""
        return 0 < len(self.real) + len(self.reviewed) < LEAST_REAL

    @property
    def enough_real(self) -> bool:
        """Whether thresholds are chosen on real posts alone."""
        return bool(self.real or self.reviewed) and not self.few_real

    @property
    def examples(self) -> list[Example]:
        return [*self.corpus, *self.real, *self.reviewed]


def _read(extra: Sequence[Path], reviews: Path | None) -> _Inputs:
    folder = DATA_DIR / "corpus"
    corpus = read_corpus(folder)
    real = [example for path in extra for example in read_labelled(path)]
    digests = {"corpus": digest(sorted(folder.glob("*.jsonl"))), "extra": digest(list(extra))}
    counts = {"corpus": len(corpus), "extra": len(real)}
    reviewed: list[Example] = []
    if reviews is not None:
        batch = _batch(reviews)
        reviewed = batch.examples
        digests["reviews"] = digest([reviews])
        counts |= {"reviews": len(reviewed), "reviews_held_out": len(batch.held_out)}
    found = _Inputs(corpus, real, reviewed, [row for _, row in read_rows(folder)], digests, counts)
    _require_both_labels(found, [*extra, *([reviews] if reviews else [])])
    return found


def _batch(path: Path) -> Reviews:
    """Reviewers' labels, of which something can be learned or held out. Raises ``ExampleError``."""
    batch = read_reviews(path)
    if not batch.rows:
        raise ExampleError(path.name, _NOTHING_LEFT if batch.empty or batch.conflicting else NO_ROWS)
    return batch


def _require_both_labels(inputs: _Inputs, paths: Sequence[Path]) -> None:
    """Raises ``ExampleError`` for real posts that are to be judged by themselves and are all of one label."""
    sure = {example.label for example in (*inputs.real, *inputs.reviewed) if not example.doubtful}
    if inputs.enough_real and len(sure) < 2:
        raise ExampleError(", ".join(path.name for path in paths), _ONE_LABEL)


def _summary(held: HeldOut, limits: Limits) -> dict[str, Any]:
    """Held-out metrics over sure posts with their intervals, pooled and per election, rounded to four decimals."""
    found = by_thresholds(held.labels, scores(held, limits.scale), limits.flag, limits.review)
    elections = np.array(held.elections)
    large = [name for name in sorted(set(held.elections)) if held.elections.count(name) >= LEAST_POSTS]
    chosen = {"pooled": np.full(len(elections), True)} | {name: elections == name for name in large}
    return {name: _figures(found.only(rows)) for name, rows in chosen.items()}


def _figures(found: Scored) -> dict[str, Any]:
    figures = measure(found.labels.tolist(), found.scores.tolist(), found.flagged.tolist())
    rounded = {key: round(value, 4) if isinstance(value, float) else value for key, value in figures.items()}
    return {**rounded, "intervals": intervals_of(found)}


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

    manifest = train(Path(sys.argv[1]), sys.argv[2], [Path(p) for p in sys.argv[3:]], full_card=True)
    print(json.dumps(manifest["held_out"], indent=1))


if __name__ == "__main__":
    main()
