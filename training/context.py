"""Fit the second logistic regression, over acts on a target."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from app.scoring.context import ContextModel, clip, length, own_features
from app.scoring.model import probability
from app.text.features import reading
from app.text.pipeline import analyse
from app.text.token import Token
from app.watchlists.load import default_matcher
from training.duplicates import clusters
from training.examples import DOUBTFUL_WEIGHT, Example
from training.fit import feature_names

Floats = NDArray[np.float64]
_REGULARISATION = 10.0
_SHARED = 0.5
_LEAST = 3
_DECIMALS = 5
_LEAST_FLAG = 1e-4


@dataclass(frozen=True, slots=True)
class _Act:
    own: list[str]
    words: int
    own_odds: float
    target_odds: float
    label: int
    weight: float


def is_act(example: Example) -> bool:
    """Whether an example has own words and a target."""
    return bool(example.text.strip() and example.target_text.strip())


class Reader(Protocol):
    """What gives the content log-odds of one text of each example, from its features."""

    def log_odds(self, examples: Sequence[Example], texts: Sequence[list[str]]) -> Floats: ...


def fit_context(
    examples: Sequence[Example], content: Reader, flag: float, reviewed: Sequence[Example] = ()
) -> ContextModel:
    """Context model over examples with own words and a target; its even odds are moved to the ``flag`` threshold.

    ``content`` reads both texts, best as a model that has not seen them (:mod:`training.unseen`). Each item is read
    twice, with and without its contestants' names known. ``reviewed`` are acts that reviewers labelled: of them only
    words of at least three distinct posts are taken into the vocabulary.
    """
    acts = _acts([*examples, *reviewed], content)
    vocabulary = _vocabulary([set(act.own) for act in acts], 2 * len(examples), _posts(examples, reviewed))
    vectoriser = TfidfVectorizer(analyzer=_same, vocabulary=vocabulary, sublinear_tf=True)
    words = vectoriser.fit_transform([act.own for act in acts])
    model = LogisticRegression(C=_REGULARISATION, max_iter=2000, random_state=0)
    model.fit(_matrix(words, acts), [a.label for a in acts], sample_weight=[a.weight for a in acts])
    return _fold(vectoriser, model.coef_[0], float(model.intercept_[0]), flag)


def _posts(examples: Sequence[Example], reviewed: Sequence[Example]) -> list[int]:
    """Number of the post behind each reading, near duplicates as one; nothing where reviewers labelled no act."""
    rows = [*examples, *reviewed] if reviewed else []
    return [post for post in clusters([f"{e.text}\n{e.target_text}" for e in rows]) for _ in range(2)]


def _vocabulary(readings: Sequence[set[str]], own: int, posts: Sequence[int]) -> list[str]:
    """Words of enough readings of the corpus (the first ``own``), and words of enough distinct posts."""
    times = Counter(name for names in readings[:own] for name in names)
    spread: dict[str, set[int]] = {}
    for names, post in zip(readings, posts, strict=False):
        for name in names:
            spread.setdefault(name, set()).add(post)
    known = {name for name, n in times.items() if n >= _LEAST}
    return sorted(known | {name for name, found in spread.items() if len(found) >= _LEAST})


def _same(names: list[str]) -> list[str]:
    return names


def _acts(examples: Sequence[Example], content: Reader) -> list[_Act]:
    """Two readings of each example, with and without its contestants' names known."""
    read = [(example, named) for example in examples for named in (True, False)]
    own, target = ([_read(example, field, named) for example, named in read] for field in ("text", "target_text"))
    odds = (
        content.log_odds([example for example, _ in read], list(map(feature_names, side))) for side in (own, target)
    )
    return [
        _act(example, tokens, *both)
        for (example, _), tokens, *both in zip(read, own, *(side.tolist() for side in odds), strict=True)
    ]


def _read(example: Example, field: str, named: bool) -> list[Token]:
    return analyse(example.words(field), default_matcher(), example.spans(field) if named else ())


def _act(example: Example, own: Sequence[Token], own_odds: float, target_odds: float) -> _Act:
    weight = 0.5 * (DOUBTFUL_WEIGHT if example.doubtful else 1.0)
    names = [feature.name for feature in own_features(own)]
    return _Act(names, len(reading(own)), own_odds, target_odds, example.label, weight)


def _matrix(words: sparse.csr_matrix, acts: Sequence[_Act]) -> sparse.csr_matrix:
    """Own words under a supporting target, under any other, and shared; then the two content scores and the gate, all
    three once more as far as the own words are long."""
    gate = np.array([[probability(act.target_odds)] for act in acts])
    content = np.hstack([[[clip(act.target_odds), clip(act.own_odds)] for act in acts], gate])
    long = np.array([[length(act.words)] for act in acts])
    parts = [words.multiply(gate), words.multiply(1 - gate), words * _SHARED]
    return sparse.hstack([*parts, sparse.csr_matrix(np.hstack([content, content * long]))]).tocsr()


def _fold(vectoriser: TfidfVectorizer, coefficients: Floats, bias: float, flag: float) -> ContextModel:
    names = [str(name) for name in vectoriser.get_feature_names_out()]
    under_support, under_other, shared = np.split(coefficients[: 3 * len(names)], 3)
    limit = min(max(flag, _LEAST_FLAG), 1 - _LEAST_FLAG)  # a flag threshold of 1 (nothing is sure) has no odds
    numbers = ("target", "own", "gate", "target_long", "own_long", "gate_long")
    drawn = {name: round(float(c), _DECIMALS) for name, c in zip(numbers, coefficients[3 * len(names) :], strict=True)}
    return ContextModel(
        vocabulary={name: row for row, name in enumerate(names)},
        idf=np.round(vectoriser.idf_, _DECIMALS),
        agreeing=np.round(under_support + _SHARED * shared, _DECIMALS),
        other=np.round(under_other + _SHARED * shared, _DECIMALS),
        **drawn,
        bias=round(bias + float(np.log(limit / (1 - limit))), _DECIMALS),
    )
