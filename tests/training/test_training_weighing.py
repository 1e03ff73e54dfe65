"""The second regression learns how much evidence counts, and only from enough of it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from scipy import sparse

from app.scoring.weighing import PARTS, TRAITS, parts_of
from training.weighing import AS_IT_IS, LEAST_READINGS, Evidence, Weighed, evidence_of, fit_weighing

NAMES = ["w:a", "w:b", "c:aaa", "c:bbb", "s:a~N", "s:N~b", "p:a~b", "p:b~a", "e:<a", "e:>b", "h:a 0", "h:a 1"]
WEIGHTS = np.array([2.0, -1.0, 0.5, -0.25, 3.0, -2.0, 1.0, -3.0, 1.5, -0.5, 0.25, -0.75])


def made(seed: int, size: int = LEAST_READINGS) -> tuple[Evidence, np.ndarray, np.ndarray]:
    """Evidence of which the supporting counts more where little is known, and labels drawn by it."""
    dice = np.random.default_rng(seed)
    sums = np.abs(dice.normal(size=(size, PARTS))) * np.tile([1, -1], PARTS // 2)
    traits = np.column_stack([dice.uniform(0, 4, size), dice.uniform(0, 2, size), dice.uniform(0, 1, size)])
    odds = sums[:, 0] * (5 - traits[:, 0]) + sums[:, 1] * 2 + 0.8 * sums[:, 2:].sum(axis=1) + traits[:, 2] - 1.0
    labels = (dice.uniform(size=size) < 1 / (1 + np.exp(-odds))).astype(int)
    return Evidence(sums, traits, np.full(size, 0.5), np.zeros(size)), labels, np.ones(size)


def test_evidence_is_summed_by_part() -> None:
    rows = [
        [1.0, 1.0, 0, 0, 0.5, 0, 0, 2.0, 0, 2.0, 0, 1.0],
        [0] * PARTS,
        [0, 2.0, 1.0, 1.0, 0, 1.0, 0.5, 0, 2.0, 0, 1.0, 0],
    ]
    matrix = sparse.csr_matrix(np.array(rows))
    found = evidence_of(matrix, NAMES, WEIGHTS, 0.75, np.array([0.0, 1.0, -1.0]))
    first, last = [2, -1, 0, 0, 1.5, 0, 0, -6, 0, -1, 0, -0.75], [0, -2, 0.5, -0.25, 0, -2, 0.5, 0, 3, 0, 0.25, 0]
    assert found.sums.tolist() == [first, [0] * PARTS, last]
    assert found.bias.tolist() == [0.75] * 3
    assert found.contrast.tolist() == [0.0, 1.0, -1.0]
    assert found.traits[:, 2].tolist() == [0.5, 0.5, 5 / 11]


def test_plain_evidence_is_the_first_regression() -> None:
    dice = np.random.default_rng(3)
    matrix = sparse.random(50, len(NAMES), 0.4, random_state=3, format="csr")
    found = evidence_of(matrix, NAMES, WEIGHTS, float(dice.normal()), np.zeros(50))
    assert AS_IT_IS.log_odds(found) == pytest.approx(matrix @ WEIGHTS + found.bias)
    assert found.sums.sum(axis=1) == pytest.approx(matrix @ WEIGHTS)


def test_every_sum_has_the_sign_of_its_part() -> None:
    matrix = sparse.random(200, len(NAMES), 0.5, random_state=5, format="csr")
    sums = evidence_of(matrix, NAMES, WEIGHTS, 0.0, np.zeros(200)).sums
    assert (sums[:, ::2] >= 0).all()
    assert (sums[:, 1::2] <= 0).all()
    assert parts_of(NAMES, WEIGHTS).tolist() == list(range(PARTS))


@pytest.mark.parametrize("seed", range(3))
def test_it_learns_that_evidence_counts_more_where_little_is_known(seed: int) -> None:
    found, labels, weights = made(seed, 6000)
    weighed = fit_weighing(found, labels, weights)
    traits = np.array([[0.2, 1.0, 0.5], [3.8, 1.0, 0.5]])
    few, many = weighed.weighing.factors(traits)
    assert few[0] == pytest.approx(4.8, abs=0.9)
    assert many[0] == pytest.approx(1.2, abs=0.4)
    assert few[1] == pytest.approx(2.0, abs=0.5)
    assert many[4] == pytest.approx(0.8, abs=0.4)


def test_it_predicts_as_the_regression_it_was_folded_from() -> None:
    found, labels, weights = made(7, 6000)
    odds = fit_weighing(found, labels, weights).log_odds(found)
    chances = 1 / (1 + np.exp(-odds))
    assert chances.mean() == pytest.approx(labels.mean(), abs=0.01)
    assert (chances[labels == 1].mean() - chances[labels == 0].mean()) > 0.2


def test_the_weights_of_readings_count() -> None:
    found, labels, weights = made(11)
    rows = np.concatenate([np.arange(len(labels)), np.arange(500)])
    twice = fit_weighing(found.only(rows), labels[rows], np.ones(len(rows)))
    weights[:500] = 2.0
    once = fit_weighing(found, labels, weights)
    assert once.weighing.gains == pytest.approx(twice.weighing.gains, abs=0.2)
    assert once.bias == pytest.approx(twice.bias, abs=0.2)


@pytest.mark.parametrize("spoil", ["few", "one label"])
def test_without_enough_to_learn_from_evidence_is_summed_up(spoil: str) -> None:
    found, labels, weights = made(1)
    if spoil == "few":
        keep = np.arange(LEAST_READINGS - 1)
        found, labels, weights = found.only(keep), labels[keep], weights[keep]
    else:
        labels = np.ones_like(labels)
    assert fit_weighing(found, labels, weights) is AS_IT_IS


def test_odd_texts_count_as_no_odder_than_almost_all() -> None:
    found, labels, weights = made(2)
    found.traits[0] = [50.0, 50.0, 0.5]
    reach = fit_weighing(found, labels, weights).weighing.reach
    assert reach.shape == (2, TRAITS)
    assert reach[1, 0] < 4.5
    assert (reach[0] >= 0).all()


def test_its_own_bias_replaces_that_of_the_models_before() -> None:
    found, _, _ = made(4)
    plain = partial(Weighed, AS_IT_IS.weighing)
    assert plain(None).log_odds(found) - plain(2.0).log_odds(found) == pytest.approx(np.full(len(found.bias), -1.5))


def test_what_the_kinds_say_is_added_unweighed() -> None:
    found, labels, weights = made(5)
    weighed, said = fit_weighing(found, labels, weights), np.random.default_rng(5).normal(size=len(labels))
    louder = replace(found, contrast=said)
    assert weighed.log_odds(louder) - weighed.log_odds(found) == pytest.approx(said)
    assert fit_weighing(louder, labels, weights).weighing.table.tolist() == weighed.weighing.table.tolist()
