"""Items that look like real posts weigh more, within bounds, and the corpus as a whole weighs what it did."""

from __future__ import annotations

import numpy as np
import pytest

from training.likeness import LEAST, MOST, likeness


def drawn(words: str, n: int, seed: int) -> list[list[str]]:
    chosen = np.random.default_rng(seed)
    return [[f"w:{chosen.choice(words.split())}" for _ in range(6)] for _ in range(n)]


REAL = drawn("jalan hujan bupati desa rapat", 200, 1)
ALIKE, UNLIKE = drawn("jalan hujan bupati desa rapat", 100, 2), drawn("pantun kucing terbang ungu zirah", 100, 3)


def test_items_like_real_posts_weigh_more() -> None:
    weights = likeness([*ALIKE, *UNLIKE], REAL)
    assert weights[:100].min() > weights[100:].max()
    assert weights.mean() == pytest.approx(1.0)
    assert weights.max() / weights.min() <= MOST / LEAST + 1e-9


def test_the_same_items_get_the_same_weights() -> None:
    assert np.array_equal(likeness(ALIKE, REAL), likeness(ALIKE, REAL))


@pytest.mark.parametrize(("items", "real"), [(ALIKE, []), ([], REAL), (ALIKE[:5], REAL), (ALIKE, REAL[:5])])
def test_without_enough_to_compare_all_weigh_the_same(items: list[list[str]], real: list[list[str]]) -> None:
    assert likeness(items, real).tolist() == [1.0] * len(items)
