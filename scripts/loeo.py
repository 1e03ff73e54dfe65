"""How good the recipe is on elections it has never seen: ``python scripts/loeo.py SHARED``.

Each election of the labelled development posts is left out of training in turn; its posts (both readers sure) are
scored by a model trained on all else, once with every watchlist and once with none. F1 is that at the flag threshold,
chosen as in training on once-labelled posts of sources left out, and the best over all thresholds.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.special import logit
from sklearn.metrics import roc_auc_score

from app.text.pipeline import analyse
from app.text.resources import DATA_DIR
from app.watchlists.load import default_matcher
from app.watchlists.matcher import Matcher
from training.examples import Example, read_corpus, read_labelled
from training.fit import Fitted, Settings, documents, feature_names
from training.readings import scraped
from training.select import calibrate, fit_without, gather, leave_sources_out, scores, thresholds

ELECTIONS = ("pilkada-dki-2017", "pilkada-jakarta-2024", "pilpres-2024")


def main(shared: Path) -> None:
    settings = Settings()
    examples = [
        *read_corpus(DATA_DIR / "corpus"),
        *read_labelled(shared / "train/real_train.csv"),
        *scraped(shared / "scraped"),
    ]
    docs = documents(examples, settings)
    judged = [e for e in read_labelled(shared / "eval/real_dev.csv") if not e.doubtful]
    found: dict[str, list[tuple[int, float]]] = {"all watchlists": [], "no watchlist": []}
    gathered = gather(docs, settings)
    held = leave_sources_out(gathered)
    slope, shift = calibrate(held)
    flag, _ = thresholds(scores(held, (slope, shift)), held.labels)
    least = (logit(flag) - shift) / slope
    for election in ELECTIONS:
        fitted, weighed = fit_without(election, docs, settings, gathered)
        fitted = replace(fitted, weighed=weighed)
        posts = [e for e in judged if e.group == election]
        for name, matcher in (("all watchlists", default_matcher()), ("no watchlist", Matcher())):
            pairs = score(fitted, posts, matcher)
            found[name] += pairs
            print_figures(f"{election}, {name}", pairs, least)
    for name, pairs in found.items():
        print_figures(f"POOLED, {name}", pairs, least)


def score(fitted: Fitted, posts: list[Example], matcher: Matcher) -> list[tuple[int, float]]:
    odds = fitted.log_odds([feature_names(analyse(e.text, matcher)) for e in posts])
    return [(e.label, float(value)) for e, value in zip(posts, odds, strict=True)]


def print_figures(name: str, pairs: list[tuple[int, float]], least: float) -> None:
    labels, odds = (np.array(column) for column in zip(*pairs, strict=True))
    hits = np.cumsum(labels[np.argsort(-odds, kind="stable")])
    f1 = 2 * hits / (np.arange(1, len(labels) + 1) + labels.sum())
    right, flagged = int(labels[odds >= least].sum()), int((odds >= least).sum())
    at = f"P {right / flagged:.3f} R {right / labels.sum():.3f} F1 {2 * right / (flagged + labels.sum()):.3f}"
    auc = roc_auc_score(labels, odds)
    print(f"{name:40s} n {len(labels):5d}  flag {at}  best F1 {f1.max():.3f}  ROC AUC {auc:.3f}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
