"""Speed of Netra beside the pipeline a typical user writes, both in this run: ratios first, absolutes second."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
from Sastrawi.Stemmer.StemmerFactory import StemmerFactory
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from app.scoring.bundle import read_models
from app.scoring.fast import BATCH, FastModel
from app.scoring.model import LinearModel, read
from app.text.features import BLOCKS, features
from app.text.masking import mask
from app.text.pipeline import analyse, tokenise
from app.text.resources import DATA_DIR
from app.watchlists.load import default_matcher
from training.examples import read_corpus

MODELS = Path(__file__).resolve().parents[1] / "models"
POSTS, ROUNDS = 2_000, 5
Work = Callable[[Sequence[str]], object]


def main() -> None:
    examples = [e for e in read_corpus(DATA_DIR / "corpus") if e.text.strip() and not e.target_text]
    chosen = random.Random(0).sample(examples, POSTS)
    texts = [e.text for e in chosen]
    model, context = read_models(MODELS / (MODELS / "ACTIVE").read_text().split()[0])
    usual = Usual(texts, [e.label for e in chosen])
    ours = fast_path(FastModel(model, context))
    ours(["ayo"])  # reads lists and lexicons, which is part of starting and not of scoring
    seconds = {
        "usual pipeline, cold": usual.cold,
        "netra, cold": timed(ours, texts, rounds=1),
        "usual pipeline, warm": timed(usual.work, texts),
        "netra reference (scikit-learn), warm": timed(reference_path(model), texts[: POSTS // 4]) * 4,
        "netra plain (with evidence), warm": timed(plain_path(model), texts[: POSTS // 4]) * 4,
        "netra, warm": timed(ours, texts),
        "netra, warm, one by one": timed(lambda posts: [ours([post]) for post in posts], texts[: POSTS // 4]) * 4,
    }
    report(seconds)
    print(f"masking a post of 40 words, all elections: median {1e6 * masking(texts):.0f} µs")


def report(seconds: dict[str, float]) -> None:
    """Ratios to the usual pipeline and posts per second."""
    for name, spent in seconds.items():
        base = seconds["usual pipeline, cold" if "cold" in name else "usual pipeline, warm"]
        print(f"{base / spent:7.2f} x usual  {POSTS / spent:9.0f} posts/s  {name}")
    ratio = seconds["netra reference (scikit-learn), warm"] / seconds["netra, warm"]
    print(f"{ratio:7.2f} x our own scikit-learn path")


class Usual:
    """Lower-case, letters only, PySastrawi stems behind its cache, TF-IDF, logistic regression."""

    def __init__(self, texts: Sequence[str], labels: Sequence[int]) -> None:
        stemmer = StemmerFactory().create_stemmer()
        self._vectoriser = TfidfVectorizer(
            preprocessor=lambda text: stemmer.stem(re.sub(r"[^a-z ]+", " ", text.lower()))
        )
        start = time.process_time()
        matrix = self._vectoriser.fit_transform(texts)
        self.cold = time.process_time() - start
        self._model = LogisticRegression(max_iter=300).fit(matrix, labels)

    def work(self, texts: Sequence[str]) -> object:
        return self._model.predict_proba(self._vectoriser.transform(texts))


def fast_path(model: FastModel) -> Work:
    """What the scorer does without evidence."""

    def work(texts: Sequence[str]) -> object:
        matcher = default_matcher()
        parts = (texts[at : at + BATCH] for at in range(0, len(texts), BATCH))
        return [model.read([analyse(text, matcher) for text in part]) for part in parts]

    return work


def plain_path(model: LinearModel) -> Work:
    """What the scorer does with evidence, text by text."""
    return lambda texts: [read(model, analyse(text, default_matcher())).log_odds for text in texts]


def reference_path(model: LinearModel) -> Work:
    """The same tokens and features through scikit-learn's vectorisers."""
    blocks = []
    for block in BLOCKS:
        rows = [row for name, row in model.vocabulary.items() if name[0] == block]
        names = [name for name in model.vocabulary if name[0] == block]
        vectoriser = TfidfVectorizer(analyzer=partial(_of_block, block), vocabulary=names, sublinear_tf=True)
        vectoriser.idf_ = model.idf[rows]
        blocks.append((vectoriser, rows))
    order = np.concatenate([rows for _, rows in blocks])

    def work(texts: Sequence[str]) -> object:
        found = [[f.name for f in features(analyse(text, default_matcher()))] for text in texts]
        matrix = sparse.hstack([vectoriser.transform(found) for vectoriser, _ in blocks]).tocsr()
        return matrix @ model.weights[order] + model.bias, matrix @ model.kinds[order]

    return work


def _of_block(block: str, names: list[str]) -> list[str]:
    return [name for name in names if name[0] == block]


def masking(texts: Sequence[str]) -> float:
    """Median seconds of masking 40 words against all elections."""
    words = " ".join(texts).split()
    posts = [tokenise(" ".join(words[at : at + 40]), default_matcher()) for at in range(0, 8_000, 40)]
    for post in posts:
        mask(post, default_matcher())
    return median(timed(lambda one: mask(one, default_matcher()), post) for post in posts)  # type: ignore[arg-type]


def timed(work: Callable[..., object], given: object, rounds: int = ROUNDS) -> float:
    """Best processor time of ``rounds`` runs; the first of several warms the caches."""
    spent = []
    for _ in range(rounds):
        start = time.process_time()
        work(given)
        spent.append(time.process_time() - start)
    return min(spent)


if __name__ == "__main__":
    main()
