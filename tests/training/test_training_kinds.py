"""One regression per kind: told apart, alike whatever else there is, and nothing of a kind that nobody wrote."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import sparse

from app.scoring.kinds import NO_KIND, OTHER_KINDS, SUPPORT_KINDS
from tests.scoring.tinybundle import SETTINGS, examples
from training import kinds
from training.fit import Document, documents, fit, to_model
from training.kinds import KINDS, kind_of
from training.lived import Life, Vectors

LIFE = Life(0.4, 0.7)


def tiny_documents() -> list[Document]:
    return documents(examples(), SETTINGS)


@pytest.mark.parametrize(
    ("kind", "label", "expected"),
    [("slogan", 1, "slogan"), ("news", 0, "news"), (None, 0, NO_KIND), ("", 0, NO_KIND), (None, 1, None)],
)
def test_what_is_no_support_of_no_kind_is_a_kind_of_its_own(kind: str | None, label: int, expected: str | None) -> None:
    assert kind_of(kind, label) == expected


def test_kinds_are_told_apart() -> None:
    docs = tiny_documents()
    fitted = fit(docs, SETTINGS)
    assert (*SUPPORT_KINDS, *OTHER_KINDS, NO_KIND) == KINDS
    assert fitted.kinds.weights.shape == (len(fitted.vectoriser.vocabulary()), len(KINDS))
    assert fitted.kinds.bias.shape == (len(KINDS),)
    model = to_model(fitted, (1.0, 0.0), SETTINGS)
    known = [doc for doc in docs if doc.kind]
    hits = sum(model.kind_of(*model.vector(Counter(doc.features)), KINDS) == doc.kind for doc in known)
    assert hits > 0.8 * len(known)


def test_support_of_unknown_kind_teaches_no_kind() -> None:
    docs = tiny_documents()
    fitted = fit(docs, SETTINGS)
    matrix, scale = fitted.vectoriser.transform([doc.features for doc in docs]), fitted.vectoriser.scale()
    known = [kind_of(doc.kind, doc.label) for doc in docs]
    support = [doc.label == 1 for doc in docs]
    twice = sparse.vstack([matrix, matrix[support]]).tocsr()
    told = np.array([kind is not None for kind in known])
    lives = np.arange(twice.shape[0]) % 2 == 0
    both = Vectors(twice, scale, np.ones(twice.shape[0]), lives)
    alone = kinds.fit_kinds(both.only(np.flatnonzero(told)), list(filter(None, known)), 1.0, LIFE)
    among = kinds.fit_kinds(both, [*known, *[None] * sum(support)], 1.0, LIFE)
    assert among.weights.tolist() == alone.weights.tolist()
    assert among.bias.tolist() == alone.bias.tolist()


@pytest.mark.parametrize("gone", ["slogan", "criticism"])
def test_a_kind_that_nobody_wrote_says_nothing(gone: str) -> None:
    docs = [doc for doc in tiny_documents() if doc.kind != gone]
    fitted, column = fit(docs, SETTINGS), KINDS.index(gone)
    assert not fitted.kinds.weights[:, column].any()
    assert fitted.kinds.bias[column] == -20.0
    assert np.isfinite(fitted.log_odds([doc.features for doc in docs])).all()


def lived(share: float, lives: list[bool]) -> NDArray[np.float32]:
    """Weights of two words for two kinds; real posts use the first word as authors use the second."""
    matrix = sparse.csr_matrix(np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [1.0, 0.0]] * 4))
    told = ["news", "slogan", "slogan", "slogan"] * 4
    vectors = Vectors(matrix, np.ones(2), np.ones(16), np.array(lives))
    return kinds.fit_kinds(vectors, told, 1.0, Life(1.0, share)).weights


def test_a_kind_has_what_people_mean_by_a_word_beside_what_authors_do_with_it() -> None:
    real = [False, False, False, True] * 4
    none, half, whole = (lived(share, real)[0, KINDS.index("slogan")] for share in (0.0, 0.5, 1.0))
    assert whole > none
    assert half == pytest.approx((none + whole) / 2, abs=2 * 10.0**-kinds.DECIMALS)
    assert lived(0.0, [False] * 16).tolist() == lived(1.0, [False] * 16).tolist()


def test_processes_change_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    docs = tiny_documents()
    here = fit(docs, SETTINGS).kinds
    monkeypatch.setattr(kinds, "_MANY", 1)
    apart = fit(docs, SETTINGS).kinds
    assert apart.weights.tolist() == here.weights.tolist()
    assert apart.bias.tolist() == here.bias.tolist()


def test_what_the_kinds_say_counts_by_its_share() -> None:
    docs = tiny_documents()
    texts = [doc.features for doc in docs]
    none, half, whole = (fit(docs, replace(SETTINGS, kind_share=share)).log_odds(texts) for share in (0.0, 0.5, 1.0))
    assert whole - none == pytest.approx(2 * (half - none), abs=1e-9)
    labels = np.array([doc.label for doc in docs])
    support, rest = ((whole - none)[labels == c].mean() for c in (1, 0))
    assert support > 0 > rest
