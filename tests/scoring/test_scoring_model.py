"""The plain-array model is scikit-learn's arithmetic, and what it says of tokens adds up exactly."""

from __future__ import annotations

import math
import random
from collections import Counter
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from app.scoring.model import LinearModel, Reading, frequent_first, probability, read, surest, token_weights
from app.text.features import BLOCKS, Feature, features
from app.text.pipeline import analyse
from tests.scoring.tinybundle import Tiny
from tests.text.strategies import TROUBLE


def block_of(names: list[str], prefix: str) -> list[str]:
    return [name for name in names if name[0] == prefix]


def random_corpus(seed: int) -> list[list[str]]:
    dice = random.Random(seed)
    names = [f"{block}:{n}" for block in BLOCKS for n in range(25)]
    return [dice.choices(names, k=dice.randint(1, 60)) for _ in range(40)]


def model_of(names: list[str], idf: np.ndarray, seed: int, kinds: tuple[str, ...] = ("a", "b")) -> LinearModel:
    dice = np.random.default_rng(seed)
    return LinearModel(
        vocabulary={name: row for row, name in enumerate(names)},
        idf=idf,
        weights=dice.normal(size=len(names)),
        bias=float(dice.normal()),
        kind_names=kinds,
        kinds=dice.normal(size=(len(names), len(kinds))).astype(np.float32),
        kind_bias=dice.normal(size=len(kinds)),
    )


@pytest.mark.parametrize("seed", range(8))
def test_vector_and_log_odds_are_those_of_scikit_learn(seed: int) -> None:
    corpus = random_corpus(seed)
    blocks = [
        TfidfVectorizer(analyzer=partial(block_of, prefix=b), sublinear_tf=True, min_df=2).fit(corpus) for b in BLOCKS
    ]
    names = [str(name) for block in blocks for name in block.get_feature_names_out()]
    model = model_of(names, np.concatenate([block.idf_ for block in blocks]), seed)
    unseen = random_corpus(seed + 100)
    expected = np.hstack([block.transform(unseen).toarray() for block in blocks])
    for names_of, row in zip(unseen, expected, strict=True):
        rows, values = model.vector(Counter([*names_of, "w:tak dikenal"]))
        vector = np.zeros(len(names))
        vector[rows] = values
        assert vector == pytest.approx(row, abs=1e-9)
        assert model.log_odds(rows, values) == pytest.approx(row @ model.weights + model.bias, abs=1e-9)


def test_every_block_has_length_one(tiny: Tiny) -> None:
    reading = read(tiny.model, analyse("ayo coblos nomor 2 bersama Xandrowi"))
    names = {row: name for name, row in tiny.model.vocabulary.items()}
    for block in BLOCKS:
        values = [v for r, v in zip(reading.rows, reading.values, strict=True) if names[r][0] == block]
        assert math.fsum(v * v for v in values) == pytest.approx(1.0)


def test_repeated_features_count_sublinearly() -> None:
    model = model_of(["w:a", "w:b"], np.array([1.0, 1.0]), 1)
    once, thrice = model.vector({"w:a": 1, "w:b": 1}), model.vector({"w:a": 3, "w:b": 1})
    assert once[1] == pytest.approx([math.sqrt(0.5)] * 2)
    assert thrice[1][0] / thrice[1][1] == pytest.approx(1 + math.log(3))


def test_nothing_known_leaves_the_bias() -> None:
    model = model_of(["w:a"], np.array([1.0]), 1)
    assert model.vector({"w:tak dikenal": 3}) == ([], [])
    assert model.log_odds([], []) == model.bias


def test_rows_and_values_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        model_of(["w:a"], np.array([1.0]), 1).log_odds([0], [])


def test_the_best_of_the_allowed_kinds_wins() -> None:
    model = LinearModel(
        vocabulary={"w:a": 0},
        idf=np.array([1.0]),
        weights=np.array([0.0]),
        bias=0.0,
        kind_names=("x", "y", "z"),
        kinds=np.array([[1.0, 3.0, 2.0]], dtype=np.float32),
        kind_bias=np.array([0.5, 0.0, 0.0]),
    )
    assert model.kind_of([0], [1.0], ("x", "y", "z")) == "y"
    assert model.kind_of([0], [1.0], ("x", "z")) == "z"
    assert model.kind_of([], [], ("x", "y", "z")) == "x"
    assert model.kind_of([], [], ("z",)) == "z"


@pytest.mark.parametrize(
    ("odds", "allowed", "expected"),
    [
        ([0.0, 0.0, 0.0], ("x", "y", "z"), ("x", 1 / 3)),
        ([0.0, math.log(3), 0.0], ("x", "y"), ("y", 0.6)),
        ([5.0, math.log(3), 0.0], ("y", "z"), ("y", 0.6)),
        ([5.0, 0.0, -5.0], ("z",), ("z", 1.0)),
        ([-800.0, -900.0, 0.0], ("x", "y"), ("x", 0.5)),
    ],
)
def test_a_kind_is_as_probable_as_its_share_among_the_allowed(
    odds: list[float], allowed: tuple[str, ...], expected: tuple[str, float]
) -> None:
    best, share = surest(odds, ["xyz".index(kind) for kind in allowed])
    assert ("xyz"[best], share) == (expected[0], pytest.approx(expected[1]))


@pytest.mark.parametrize(
    ("log_odds", "expected"),
    [
        (0.0, 0.5),
        (math.log(3), 0.75),
        (-math.log(3), 0.25),
        (800.0, 1.0),
        (1e308, 1.0),
        (float("inf"), 1.0),
    ],
)
def test_probability(log_odds: float, expected: float) -> None:
    assert probability(log_odds) == pytest.approx(expected)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_probability_is_finite_symmetric_and_rising(log_odds: float) -> None:
    assert 0.0 <= probability(log_odds) <= 1.0
    assert probability(log_odds) + probability(-log_odds) == pytest.approx(1.0)
    assert probability(log_odds) <= probability(math.nextafter(log_odds, math.inf))


@given(raw=TROUBLE)
@settings(deadline=None, max_examples=200)
def test_token_weights_and_the_constant_sum_to_the_log_odds(tiny: Tiny, raw: str) -> None:
    reading = read(tiny.model, analyse(raw))
    weights = token_weights(tiny.model, reading)
    assert len(weights) == len(reading.tokens)
    constant = tiny.model.unspoken(reading.rows, reading.values)
    assert math.fsum(weights) + constant == pytest.approx(reading.log_odds, abs=1e-9)


@pytest.mark.parametrize(
    "raw", ["ayo coblos nomor 2", "saya dukung Xandrowi, saya dukung Xandrowi", "@a @b siap", "", "🙏", "xqzw"]
)
def test_a_reading_is_the_features_of_its_tokens(tiny: Tiny, raw: str) -> None:
    tokens = analyse(raw)
    reading = read(tiny.model, tokens)
    assert list(reading.found) == list(features(tokens))
    assert reading.log_odds == tiny.model.log_odds(reading.rows, reading.values)


def test_a_feature_shares_its_weight_between_its_tokens_and_occurrences() -> None:
    model = model_of(["w:a b", "w:a"], np.array([1.0, 1.0]), 3)
    tokens = analyse("satu dua tiga empat")
    found = [Feature("w:a b", (0, 1)), Feature("w:a b", (2, 3)), Feature("w:a", (0,)), Feature("w:x", (3,))]
    rows, values = model.vector(Counter(feature.name for feature in found))
    weights = token_weights(model, Reading(tokens, found, rows, values, 0.0))
    pair, single = (float(model.weights[r]) * v for r, v in zip(rows, values, strict=True))
    assert weights == pytest.approx([pair / 4 + single, pair / 4, pair / 4, pair / 4])


def test_the_order_of_counts_does_not_matter(tiny: Tiny) -> None:
    counts = Counter(feature.name for feature in features(analyse("ayo coblos nomor 2 ya")))
    turned = dict(reversed(counts.items()))
    one, other = (tiny.model.log_odds(*tiny.model.vector(c)) for c in (counts, turned))
    assert one == pytest.approx(other, abs=1e-12)


def test_what_texts_hold_most_often_comes_first_and_weighs_the_same() -> None:
    names = ["w:jarang", "w:sering", "c:a", "s:N~b", "w:~sering"]
    model = model_of(names, np.array([3.0, 1.0, 2.0, 2.0, 5.0]), seed=1)
    found = frequent_first(model)
    assert list(found.idf) == [1.0, 2.0, 2.0, 3.0, 5.0]
    for name in names:
        here, there = model.vocabulary[name], found.vocabulary[name]
        assert (model.weights[here], model.parts[here]) == (found.weights[there], found.parts[there])
        assert model.kinds[here].tolist() == found.kinds[there].tolist()
    assert frequent_first(found) is found
