"""Are acts still like those the model learned from? Scores and words compared with the model's reference.

Two measures tell how far the scores are apart: the population stability index (sum over bins of the difference of
shares times the log of their ratio) and the distance of Kolmogorov and Smirnov (largest difference of the cumulated
shares). Both are above zero by chance alone, so each limit has the 99 % quantile of that chance added.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import sqrt
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from app.observe.bins import SCORE_EDGES, bin_of
from app.observe.profile import KNOWN, LEAST_ACTS, LENGTH_EDGES, UNKNOWN, Profile
from app.observe.vocabulary import forms_of
from app.scoring.types import Item, Scorer, Verdict

Floats = NDArray[np.float64]
Name = Literal["scores_psi", "scores_ks", "unknown_words", "forms_psi"]

#: What two sets of acts may be apart when nothing is wrong; docs/operations.md says what was measured.
LIMITS: Final[Mapping[Name, float]] = {"scores_psi": 0.25, "scores_ks": 0.2, "unknown_words": 0.05, "forms_psi": 0.25}
#: Fewer scored acts than this say nothing about a distribution.
LEAST_ITEMS: Final = 100
_AT_ONCE = 512
_Z99, _KS99 = 2.326, 1.628


@dataclass(frozen=True, slots=True)
class Measure:
    """How far apart two sets of acts are in one respect, and how far they may be."""

    name: Name
    value: float
    limit: float

    @property
    def within(self) -> bool:
        return self.value <= self.limit


def reference(scorer: Scorer, texts: Iterable[str | Item]) -> dict[str, Any]:
    """The reference of ``scorer`` over ``texts`` (a string is a post), for ``app.observe.profile.write``.

    Best over acts that the model did not learn from: on those it did, its scores lie further out than on any other.
    """
    return profile_of(scorer, texts).as_dict()


def profile_of(scorer: Scorer, texts: Iterable[str | Item]) -> Profile:
    """What ``texts`` and their scores look like as a whole."""
    items = (Item(text) if isinstance(text, str) else text for text in texts)
    total = _Counts()
    while batch := list(islice(items, _AT_ONCE)):
        for item, verdict in zip(batch, scorer.score(batch), strict=True):
            total.add(item, verdict)
    return total.profile({"name": scorer.info.name, "version": scorer.info.version})


class _Counts:
    """Counts on their way to a profile."""

    def __init__(self) -> None:
        self._items = self._undecided = 0
        self._scores, self._lengths = [0] * len(SCORE_EDGES), [0] * (len(LENGTH_EDGES) + 1)
        self._forms: Counter[str] = Counter()
        self._having: Counter[str] = Counter()
        self._kinds: Counter[str] = Counter()

    def add(self, item: Item, verdict: Verdict) -> None:
        forms = sum((forms_of(text) for text in (item.text, item.target_text, item.media_text) if text), Counter[str]())
        self._items += 1
        if verdict.score is None:
            self._undecided += 1
        else:
            self._scores[bin_of(verdict.score)] += 1
        self._lengths[bisect_left(LENGTH_EDGES, forms[KNOWN] + forms[UNKNOWN])] += 1
        self._forms += forms
        self._having.update(forms.keys())
        if verdict.kind is not None:
            self._kinds[verdict.kind] += 1

    def profile(self, model: Mapping[str, str]) -> Profile:
        forms = {form: self._forms[form] for form in sorted(self._forms) if self._having[form] >= LEAST_ACTS}
        kinds = {kind: times for kind, times in sorted(self._kinds.items()) if times >= LEAST_ACTS}
        return Profile(self._items, self._undecided, self._scores, self._lengths, forms, kinds, model)


def compare(expected: Profile, found: Profile) -> list[Measure]:
    """Every measure of ``found`` against ``expected``."""
    measures = [*compare_scores(expected.scores, found.scores), compare_words(expected.words, found.words)]
    names = sorted({*expected.forms, *found.forms})
    forms = [[profile.forms.get(name, 0) for name in names] for profile in (expected, found)]
    chance = psi_by_chance(len(names), expected.items, found.items)
    return [*measures, Measure("forms_psi", psi(*forms), LIMITS["forms_psi"] + chance)]


def compare_scores(expected: Sequence[int], found: Sequence[int]) -> Iterator[Measure]:
    """How far apart two histograms of scores are."""
    sizes = sum(expected), sum(found)
    chance = psi_by_chance(len(SCORE_EDGES), *sizes)
    yield Measure("scores_psi", psi(expected, found), LIMITS["scores_psi"] + chance)
    yield Measure("scores_ks", ks(expected, found), LIMITS["scores_ks"] + _KS99 * sqrt(_spread(*sizes)))


def compare_words(expected: tuple[int, int], found: tuple[int, int]) -> Measure:
    """How far apart the shares of unknown words are; each side is words and unknown ones among them."""
    shares = [unknown / max(1, words) for words, unknown in (expected, found)]
    return Measure("unknown_words", abs(shares[0] - shares[1]), LIMITS["unknown_words"])


def psi(expected: Sequence[int], found: Sequence[int]) -> float:
    """Population stability index of two histograms; half a count more in each bin keeps it finite."""
    p, q = _shares(expected, 0.5), _shares(found, 0.5)
    return float(((p - q) * np.log(p / q)).sum())


def ks(expected: Sequence[int], found: Sequence[int]) -> float:
    """Largest difference of the cumulated shares of two histograms, at the borders of their bins."""
    apart = np.cumsum(_shares(expected)) - np.cumsum(_shares(found))
    return float(np.abs(apart).max())


def psi_by_chance(bins: int, first: int, second: int) -> float:
    """What the index of two samples of the same distribution stays below in 99 of 100 cases.

    Divided by ``1/first + 1/second`` it is nearly chi-square distributed; the quantile is Wilson and Hilferty's.
    """
    free = max(1, bins - 1)
    quantile = free * (1 - 2 / (9 * free) + _Z99 * sqrt(2 / (9 * free))) ** 3
    return quantile * _spread(first, second)


def _spread(first: int, second: int) -> float:
    return 1 / max(1, first) + 1 / max(1, second)


def _shares(counts: Sequence[int], more: float = 0.0) -> Floats:
    numbers = np.asarray(counts, np.float64) + more
    shares: Floats = numbers / max(numbers.sum(), 1.0)
    return shares
