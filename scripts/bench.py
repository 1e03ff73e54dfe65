"""Speed of Netra beside the pipeline a typical user writes, both in this run: ratios first, absolutes second."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from Sastrawi.Stemmer.StemmerFactory import StemmerFactory
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from app.scoring.bundle import load_active
from app.scoring.types import Item
from app.text.resources import DATA_DIR
from training.examples import read_corpus

POSTS = 2_000


def main() -> None:
    examples = [e for e in read_corpus(DATA_DIR / "corpus") if e.text.strip() and not e.target_text][:POSTS]
    texts = [e.text for e in examples]
    usual = usual_pipeline(texts, [e.label for e in examples])
    scorer = load_active(Path(__file__).resolve().parents[1] / "models")
    items = [Item(text) for text in texts]

    cold = timed(lambda: scorer.score(items))
    runs = {
        "usual pipeline, warm": timed(lambda: usual(texts)),
        "netra, cold caches": cold,
        "netra, warm": timed(lambda: scorer.score(items)),
        "netra, warm, with evidence": timed(lambda: scorer.score(items, explain=True)),
    }
    base = runs["usual pipeline, warm"]
    for name, seconds in runs.items():
        print(f"{base / seconds:6.2f} x  {len(texts) / seconds:9.0f} posts/s  {name}")


def usual_pipeline(texts: Sequence[str], labels: Sequence[int]) -> Callable[[Sequence[str]], object]:
    """Lower-case, letters only, PySastrawi stems (with its own cache), TF-IDF, logistic regression."""
    stemmer = StemmerFactory().create_stemmer()

    def clean(text: str) -> str:
        return stemmer.stem(re.sub(r"[^a-z ]+", " ", text.lower()))

    vectoriser = TfidfVectorizer(preprocessor=clean)
    model = LogisticRegression(max_iter=300).fit(vectoriser.fit_transform(texts), labels)
    return lambda posts: model.predict_proba(vectoriser.transform(posts))


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
