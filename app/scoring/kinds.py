"""What the likeness of a text to each of the guide's kinds says of support.

A text is support when one of the supporting kinds fits it better than every other kind does. That is no sum: a slogan
and an invitation have little in common, and words that tell both from news are not those that tell either from mockery.
The contrast is a soft maximum of the supporting kinds' log-odds less one of the other kinds'. For a given text it is
linear in what each feature brings in, so the evidence still adds up.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
V = TypeVar("V", float, Floats)

SUPPORT_KINDS = ("vote_call", "endorsement", "slogan", "promotion", "activity")
OTHER_KINDS = ("news", "neutral_info", "criticism", "praise_office", "question", "report", "off_topic")
#: What is no support and fits no kind of the guide; never shown.
NO_KIND = "other"

#: How soft the maxima are, in log-odds: with 2, a kind that is 2 log-odds behind the first counts a third as much.
SOFTNESS = 2.0
#: Log-odds beyond this say no more; keeps exponentials finite.
_REACH = 500.0


class Contrast(NamedTuple):
    """Per text its ``log_odds``; texts × kinds, by how much one more log-odd of a kind moves them: ``pulls``."""

    log_odds: Floats
    pulls: Floats


class Contrasting:
    """The contrast for kinds in a given order; ``share`` is what it counts in a text's log-odds, 0 for nothing."""

    def __init__(self, names: Sequence[str], share: float) -> None:
        self._share = share
        self._support = [k for k, name in enumerate(names) if name in SUPPORT_KINDS]
        self._other = [k for k, name in enumerate(names) if name not in SUPPORT_KINDS]

    def of(self, odds: Floats) -> Contrast:
        """``share`` × contrast of texts × kinds."""
        pulls = np.zeros_like(odds)
        if not self._share:
            return Contrast(np.zeros(len(odds)), pulls)
        each = _grown(odds)
        support, other = _summed(each, self._support), _summed(each, self._other)
        for places, total, sign in ((self._support, support, self._share), (self._other, other, -self._share)):
            for k in places:
                pulls[:, k] = each[:, k] / total * sign
        return Contrast((np.log(support) - np.log(other)) * (self._share * SOFTNESS), pulls)

    def of_one(self, odds: Floats) -> tuple[float, list[float]]:
        """The same of one text, to the bit, in as few steps over arrays as can be."""
        if not self._share:
            return 0.0, [0.0] * len(odds)
        each: list[float] = _grown(odds).tolist()
        support, other = (_added([each[k] for k in places]) for places in (self._support, self._other))
        pulls = list(each)
        for places, total, sign in ((self._support, support, self._share), (self._other, other, -self._share)):
            for k in places:
                pulls[k] = each[k] / total * sign
        one, two = np.log(np.array([support, other])).tolist()
        return (one - two) * (self._share * SOFTNESS), pulls


def words_of(odds: Floats, bias: Floats, pulls: Floats) -> Floats:
    """What the words of each text bring in by way of its kinds; the rest of its contrast stands there without any."""
    brought = (odds - bias) * pulls
    if len(brought) == 1:
        return np.array([_added(brought[0].tolist())])
    return _summed(brought, range(brought.shape[1]))


def _grown(odds: Floats) -> Floats:
    return np.asarray(np.exp(np.minimum(np.maximum(odds, -_REACH), _REACH) / SOFTNESS), np.float64)


def _summed(each: Floats, places: Sequence[int]) -> Floats:
    """Column by column: the order of summing is the same whatever the number of texts."""
    return np.asarray(_added([each[:, k] for k in places]), np.float64)


def _added(terms: Sequence[V]) -> V:
    """The sum, one after another."""
    return reduce(add, terms)
