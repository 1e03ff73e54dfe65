"""Evidence is weighed by what else is in a text; no feature ever changes sides."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from tinybundle import Tiny

from app.scoring.fast import FastModel
from app.scoring.model import LinearModel, read, token_weights
from app.scoring.weighing import PARTS, PLAIN, TRAITS, OneWeighing, Weighing, parts_of, traits_of
from app.text.pipeline import analyse
from tests.text.strategies import TROUBLE


def weighing_of(seed: int, size: float = 1.0) -> Weighing:
    dice = np.random.default_rng(seed)
    reach = np.array([[0.5, 0.0, 0.1], [4.0, 2.0, 0.9]])
    return Weighing(size * dice.normal(size=(1 + TRAITS, PARTS)), dice.normal(size=TRAITS), reach)


def model_of(tiny: Tiny, seed: int) -> LinearModel:
    return replace(tiny.model, weighing=weighing_of(seed, 0.5))


@pytest.mark.parametrize(
    ("feature", "weight", "expected"),
    [
        ("w:ayo", 0.5, 0),
        ("w:ayo", -0.5, 1),
        ("w:ayo", 0.0, 1),
        ("c: ay", 1e-9, 2),
        ("c: ay", -1e-9, 3),
        ("s:ayo~N", 2.0, 4),
        ("s:N~ayo", -2.0, 5),
        ("p:ayo~dong", 0.1, 6),
        ("p:ayo~dong", -0.1, 7),
    ],
)
def test_a_feature_is_on_one_side_of_its_block(feature: str, weight: float, expected: int) -> None:
    assert parts_of([feature], np.array([weight])).tolist() == [expected]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([0, 0, 0, 0, 0, 0, 0, 0], [0.0, 0.0, 0.5]),
        ([3, 1, 50, 60, 0, 0, 0, 0], [np.log(5), 0.0, 8 / 14]),
        ([0, 4, 0, 0, 2, 5, 7, 9], [np.log(5), np.log(8), 5 / 14]),
        ([6, 0, 9, 9, 1, 0, 0, 0], [np.log(7), np.log(2), 11 / 16]),
        ([1, 0, 0, 0, 0, 0, 0, 0], [np.log(2), 0.0, 6 / 11]),
        ([90, 0, 0, 0, 0, 0, 0, 0], [np.log(91), 0.0, 0.95]),
    ],
)
def test_traits_are_counted_from_features(counts: list[int], expected: list[float]) -> None:
    assert traits_of(np.array([counts]))[0].tolist() == pytest.approx(expected)


def test_a_plain_weighing_sums_up() -> None:
    traits = traits_of(np.arange(5 * PARTS).reshape(5, PARTS))
    assert np.array_equal(PLAIN.factors(traits), np.ones((5, PARTS)))
    assert np.array_equal(PLAIN.constant(traits), np.zeros(5))


def test_factors_and_constant_are_linear_in_the_traits_within_reach() -> None:
    weighing = Weighing(
        np.array([[1.0] * PARTS, [0.5] * PARTS, [0.0] * PARTS, [-0.25, 1, *[0] * (PARTS - 2)]]),
        np.array([1.0, 10.0, 100.0]),
        np.array([[1.0, 0.0, 0.0], [3.0, 2.0, 1.0]]),
    )
    traits = np.array([[2.0, 1.0, 0.4], [9.0, 9.0, 9.0], [0.0, 0.0, 0.0]])
    assert weighing.constant(traits).tolist() == pytest.approx([2 + 10 + 40, 3 + 20 + 100, 1.0])
    assert weighing.factors(traits)[:, :3].tolist() == [
        pytest.approx([1.9, 2.4, 2.0]),
        pytest.approx([2.25, 3.5, 2.5]),
        pytest.approx([1.5, 1.5, 1.5]),
    ]


@pytest.mark.parametrize("seed", range(5))
def test_scaling_scales_log_odds_and_leaves_the_reach(seed: int) -> None:
    weighing = weighing_of(seed)
    traits = traits_of(np.random.default_rng(seed).integers(0, 40, (20, PARTS)))
    scaled = weighing.scaled(2.5, 12)
    assert scaled.factors(traits) == pytest.approx(2.5 * weighing.factors(traits), abs=1e-9)
    assert scaled.constant(traits) == pytest.approx(2.5 * weighing.constant(traits), abs=1e-9)
    assert np.array_equal(scaled.reach, weighing.reach)
    assert np.array_equal(weighing.scaled(1.0, 2).table, np.round(weighing.table, 2))


counts_of_texts = st.lists(st.lists(st.integers(0, 500), min_size=PARTS, max_size=PARTS), min_size=1, max_size=8)


@given(counts_of_texts, st.integers(0, 50))
def test_no_factor_is_negative_and_all_are_finite(rows: list[list[int]], seed: int) -> None:
    counts: NDArray[np.int64] = np.array(rows, np.int64)
    factors = weighing_of(seed, 5.0).factors(traits_of(counts))
    assert (factors >= 0).all()
    assert np.isfinite(factors).all()


@given(counts_of_texts, st.integers(0, 50))
def test_a_text_is_weighed_the_same_alone_and_among_others(rows: list[list[int]], seed: int) -> None:
    weighing, traits = weighing_of(seed), traits_of(np.array(rows, np.int64))
    together, constants = weighing.factors(traits), weighing.constant(traits)
    for k in range(len(rows)):
        assert weighing.factors(traits[k : k + 1])[0].tolist() == together[k].tolist()
        assert weighing.constant(traits[k : k + 1])[0] == constants[k]


@given(TROUBLE, st.integers(0, 30))
def test_what_tokens_bring_in_and_the_constant_are_the_log_odds(tiny: Tiny, raw: str, seed: int) -> None:
    model = model_of(tiny, seed)
    reading = read(model, analyse(raw))
    constant = model.unspoken(reading.rows, reading.values)
    assert sum(token_weights(model, reading)) + constant == pytest.approx(reading.log_odds, abs=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_the_fast_path_weighs_as_the_definition_does(tiny: Tiny, seed: int) -> None:
    model = model_of(tiny, seed)
    fast = FastModel(model, tiny.context)
    texts = [analyse(raw) for raw in ("", "ayo coblos nomor 2 Bu Gendis", "jalan rusak lagi", "zqx", "Gendis menang!")]
    found = fast.read(texts)
    words = fast.words(found, range(len(texts)))
    for k, tokens in enumerate(texts):
        reading = read(model, tokens)
        assert found.log_odds[k] == pytest.approx(reading.log_odds, abs=1e-9)
        assert found.constant[k] == pytest.approx(model.constant_in(reading.rows, reading.values), abs=1e-12)
        assert words[k].tolist() == pytest.approx(token_weights(model, reading), abs=1e-9)


@pytest.mark.parametrize("seed", range(10))
def test_more_supporting_words_never_bring_in_less_than_nothing(tiny: Tiny, seed: int) -> None:
    model = model_of(tiny, seed)
    reading = read(model, analyse("ayo coblos nomor 2, dukung Bu Gendis, jangan lupa, jalan rusak"))
    _, factors = model.weighed(reading.rows)
    for row in reading.rows:
        assert float(factors[model.parts[row]] * model.weights[row] * model.weights[row]) >= 0


@given(seed=st.integers(0, 9), counts=st.lists(st.integers(0, 5_000), min_size=PARTS, max_size=PARTS))
def test_a_text_alone_is_weighed_to_the_bit_as_among_others(seed: int, counts: list[int]) -> None:
    weighing = weighing_of(seed)
    traits = traits_of(np.array([counts, [0] * PARTS, [7] * PARTS], np.int64))
    factors, constant = OneWeighing(weighing).weighed(counts)
    assert factors == weighing.factors(traits)[0].tolist()
    assert constant == weighing.constant(traits)[0]
