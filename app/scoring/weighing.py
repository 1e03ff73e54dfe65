"""How much evidence counts in a text: the second of two logistic regressions, over what the first one found.

The first gives every feature a weight. Summed up plainly, one strong word decides about a text whose other words
nobody knows, and a long text collects a little of everything. The second therefore weighs the supporting and the
opposing evidence of each block by three traits of the text. What a feature brings in is still one number, so the
evidence adds up; a factor never falls below zero, so no feature changes sides.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from app.scoring.names import Names
from app.text.features import BLOCKS

Floats = NDArray[np.float64]

#: Supporting and opposing evidence of each block, in the order of the blocks.
PARTS = 2 * len(BLOCKS)
#: Known stem n-grams (logarithm), known words near a contestant (logarithm), supporting share of the stem n-grams.
TRAITS = 3
_BLOCK = {block: number for number, block in enumerate(BLOCKS)}
_STEMS, _NEAR = _BLOCK["w"], _BLOCK["s"]
#: The block that no word makes.
SHAPE = _BLOCK["h"]
#: A share counts as if so many n-grams more stood on either side: of one or two words no share can be told.
_PRIOR = 5


@dataclass(frozen=True, slots=True)
class Weighing:
    """``table`` (1 + traits × parts) makes factors of a text's traits; ``gains`` (traits) are the traits' own weights.

    Traits count as at most as low and as high as ``reach`` (2 × traits), the range that training has seen.
    """

    table: Floats
    gains: Floats
    reach: Floats

    def factors(self, traits: Floats) -> Floats:
        """Texts × parts, by what a text's evidence of each part is multiplied; never negative."""
        near = self._within_reach(traits)
        found = self.table[0] + sum(near[:, k, None] * self.table[1 + k] for k in range(TRAITS))
        return np.asarray(np.maximum(found, 0.0), np.float64)

    def constant(self, traits: Floats) -> Floats:
        """Per text the log-odds that its traits bring in whatever its words are."""
        near = self._within_reach(traits)
        return np.asarray(sum(near[:, k] * self.gains[k] for k in range(TRAITS)), np.float64)

    def _within_reach(self, traits: Floats) -> Floats:
        low, high = self.reach
        return np.asarray(np.minimum(np.maximum(traits, low), high), np.float64)  # np.clip takes thrice as long

    def scaled(self, slope: float, decimals: int) -> Weighing:
        """The same with all log-odds times ``slope``, rounded."""
        table, gains = (np.round(array * slope, decimals) for array in (self.table, self.gains))
        return Weighing(table, gains, np.round(self.reach, decimals))


class OneWeighing:
    """A weighing for texts that come alone: the same numbers to the bit, without arrays of three."""

    def __init__(self, weighing: Weighing) -> None:
        self._by_part = list(zip(*weighing.table.tolist(), strict=True))
        self._gains = weighing.gains.tolist()
        self._reach = list(zip(*weighing.reach.tolist(), strict=True))

    def weighed(self, counts: Sequence[int]) -> tuple[list[float], float]:
        """Factor of each part and the traits' own log-odds, from the number of distinct features in each part."""
        stems = counts[2 * _STEMS] + counts[2 * _STEMS + 1]
        near_contestant = counts[2 * _NEAR] + counts[2 * _NEAR + 1]
        supporting = (counts[2 * _STEMS] + _PRIOR) / (stems + 2 * _PRIOR)
        traits = (_log1p(stems), _log1p(near_contestant), supporting)
        a, b, c = [min(max(trait, low), high) for trait, (low, high) in zip(traits, self._reach, strict=True)]
        factors = [max(least + (a * one + b * two + c * three), 0.0) for least, one, two, three in self._by_part]
        one, two, three = self._gains
        return factors, a * one + b * two + c * three


@lru_cache(maxsize=8192)
def _log1p(count: int) -> float:
    """As NumPy has it, whose last bit may be another than that of the C library."""
    return float(np.log1p(np.array([count]))[0])


def parts_of(features: Collection[str], weights: Floats) -> NDArray[np.int64]:
    """The part that each feature of these weights belongs to."""
    blocks = np.fromiter((_BLOCK[feature[0]] for feature in features), np.int64, len(features))
    return 2 * blocks + (weights <= 0)


def parts_by_row(names: Names, weights: Floats) -> NDArray[np.int64]:
    """The same by row, for all rows of these weights."""
    blocks = np.empty(len(weights), np.int64)
    for prefix in names.blocks:
        blocks[names.rows(prefix)] = _BLOCK[prefix[0]]
    return 2 * blocks + (weights <= 0)


def traits_of(counts: NDArray[np.int64]) -> Floats:
    """Texts × traits from the number of distinct known features in each part (texts × parts)."""
    by_block = counts[:, ::2] + counts[:, 1::2]
    stems = by_block[:, _STEMS]
    found = np.empty((len(counts), TRAITS))
    found[:, 0], found[:, 1] = np.log1p(stems), np.log1p(by_block[:, _NEAR])
    found[:, 2] = (counts[:, 2 * _STEMS] + _PRIOR) / (stems + 2 * _PRIOR)
    return found


#: Evidence summed up as it is.
PLAIN = Weighing(np.vstack([np.ones((1, PARTS)), np.zeros((TRAITS, PARTS))]), np.zeros(TRAITS), np.zeros((2, TRAITS)))
