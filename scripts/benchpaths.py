"""The pipelines that are measured side by side: what a typical user writes, our reference, and the fast path."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from Sastrawi.Stemmer.StemmerFactory import StemmerFactory
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from app.scoring.bundle import load_active, read_models
from app.scoring.fast import BATCH, FastModel
from app.scoring.model import LinearModel
from app.scoring.types import Item
from app.text.features import BLOCKS
from app.text.passage import Passage
from app.watchlists.load import default_matcher
from scripts.benchposts import corpus
from training.fit import feature_names
from training.weighing import Weighed, evidence_by_part

MODELS = Path(__file__).resolve().parents[1] / "models"
Work = Callable[[Sequence[str]], object]
#: Corpus posts that the usual pipeline learns from: what it learns does not matter for its speed.
LEARNT = 4_000


class Usual:
    """Lower-case, letters only, PySastrawi stems behind its own cache, TF-IDF, logistic regression."""

    def __init__(self) -> None:
        examples = corpus()[:LEARNT]
        self.forget()
        self._vectoriser = TfidfVectorizer(preprocessor=self._stemmed)
        matrix = self._vectoriser.fit_transform([e.text for e in examples])
        self._model = LogisticRegression(max_iter=300).fit(matrix, [e.label for e in examples])
        self.forget()

    def forget(self) -> None:
        """A stemmer that has seen no word yet."""
        self._stemmer = StemmerFactory().create_stemmer()

    def _stemmed(self, text: str) -> str:
        return str(self._stemmer.stem(re.sub(r"[^a-z ]+", " ", text.lower())))

    def __call__(self, texts: Sequence[str]) -> object:
        return self._model.predict_proba(self._vectoriser.transform(texts))


def fast_path(model: FastModel) -> Work:
    """Names masked, character n-grams, calibrated: the log-odds and kinds that answers are made of."""

    def work(texts: Sequence[str]) -> object:
        matcher = default_matcher()
        parts = (texts[at : at + BATCH] for at in range(0, len(texts), BATCH))
        return [model.read([Passage(text, matcher).counted for text in part]).log_odds for part in parts]

    return work


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
    parts, weights, weighed = model.parts[order], model.weights[order], Weighed(model.weighing, model.bias)
    kinds = model.kinds[order]

    def work(texts: Sequence[str]) -> object:
        found = [feature_names(Passage(text, default_matcher()).counted) for text in texts]
        matrix = sparse.hstack([vectoriser.transform(found) for vectoriser, _ in blocks]).tocsr()
        contrast = model.contrasting.of(matrix @ kinds + model.kind_bias).log_odds
        return weighed.log_odds(evidence_by_part(matrix, parts, weights, model.bias, contrast))

    return work


def _of_block(block: str, names: list[str]) -> list[str]:
    return [name for name in names if name[0] == block]


def verdicts(explain: bool) -> Work:
    """Whole verdicts of the scorer, with the evidence and entities of flagged posts or without."""
    scorer = load_active(MODELS)
    shown = ("flag", "review") if explain else ()
    return lambda texts: scorer.score([Item(text) for text in texts], explain=shown, entities=explain)


def models() -> tuple[LinearModel, FastModel]:
    """The active bundle, plain and made ready."""
    model, context = read_models(MODELS / (MODELS / "ACTIVE").read_text().split()[0])
    return model, FastModel(model, context)


def side_by_side(paths: Mapping[str, Work], texts: Sequence[str], chunk: int, rounds: int) -> dict[str, float]:
    """Processor seconds of each path for the texts, chunk by chunk in turns, the best of all rounds of each chunk."""
    spent = dict.fromkeys(paths, 0.0)
    for at in range(0, len(texts), chunk):
        part = texts[at : at + chunk]
        best = dict.fromkeys(paths, float("inf"))
        for _ in range(rounds):
            for name, work in paths.items():
                best[name] = min(best[name], seconds(partial(work, part)))
        for name, least in best.items():
            spent[name] += least
    return spent


def seconds(work: Callable[[], object]) -> float:
    """Processor seconds of one run in this process."""
    start = time.process_time()
    work()
    return time.process_time() - start
