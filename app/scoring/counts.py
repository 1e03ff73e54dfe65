"""What counting gives: features by text, and the tokens that made them; whole numbers in arrays, no objects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from app.text import features as definition
from app.text.resources import negators
from app.text.token import Token

Ints = NDArray[np.int64]
Found = tuple[Ints, Ints]


class Line(NamedTuple):
    """What n-grams run over, of all texts one after another: form numbers, text and token; tokens count on through.

    ``negating`` are the texts with a negator.
    """

    forms: Ints
    text: Ints
    token: Ints
    texts: int
    negating: Ints


class Counts:
    """Texts × features: ``columns`` and how many ``times`` each, of text ``k`` from ``bounds[k]`` to ``bounds[k + 1]``.

    ``text`` is the text of each value. Within a text the order is always the same, so sums are the same to the bit.
    """

    def __init__(self, bounds: NDArray[Any], columns: NDArray[Any], times: NDArray[Any], width: int) -> None:
        self.columns, self.times, self.width = columns, times, width
        self._bounds = bounds
        self.texts = len(bounds) - 1
        self.text = np.repeat(np.arange(self.texts), np.diff(bounds))

    def summed(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Per text the sum of its ``values``."""
        return np.asarray(np.bincount(self.text, values, self.texts), np.float64)

    def by_column(self, text: int, values: NDArray[np.float64]) -> dict[int, float]:
        """The ``values`` of one text."""
        own = slice(self._bounds[text], self._bounds[text + 1])
        return dict(zip(self.columns[own].tolist(), values[own].tolist(), strict=True))

    def matrix(self, values: NDArray[np.float64]) -> sparse.csr_array:
        """The ``values`` as a matrix."""
        return sparse.csr_array((values, self.columns, self._bounds), shape=(self.texts, self.width))


class Occurrences(NamedTuple):
    """One entry for every token that an occurrence of a feature is made of; ``share`` is its part of the occurrence."""

    text: Ints
    column: Ints
    token: Ints
    share: NDArray[np.float64]


def numbered(vocabulary: Iterable[str]) -> dict[str, int]:
    """Numbers from 1 for every form that a stem n-gram or nearness feature speaks of, and for the special ones."""
    found = dict.fromkeys((definition.UNKNOWN, "<url>", "<rt>", *definition.ACCOUNTS))
    found |= dict.fromkeys((*sorted(definition.SILENT), *sorted(definition.CONTESTANT), *sorted(negators())))
    for name in vocabulary:
        if name[:2] == "w:" and name[2] != "~":
            found |= dict.fromkeys(name[2:].split(" "))
        elif name[:4] == "s:N~":
            found[name[4:]] = None
        elif name[:2] == "s:":
            found[name[2:-2]] = None
    found.pop("", None)
    return {form: number for number, form in enumerate(found, 1)}


def numbered_words(texts: Sequence[Sequence[Token]]) -> tuple[list[str], Found]:
    """Distinct spelt-out words, and the place and number of each occurrence."""
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    found = [[numbers[t[1]] for t in tokens if t[0] == "word" and t[2][0] != "<"] for tokens in texts]
    places = np.repeat(np.arange(len(texts)), np.fromiter(map(len, found), np.int64, len(found)))
    return list(numbers), (places, np.fromiter(chain.from_iterable(found), np.int64))


def shared(line: Line, rows: Ints, words: tuple[Ints, ...]) -> Occurrences:
    """Occurrences made of words of the line, shared evenly between these."""
    place, columns = np.concatenate(words), np.tile(rows, len(words))
    return Occurrences(line.text[place], columns, line.token[place], np.full(len(place), 1.0 / len(words)))


def by_row(places: Ints, columns: Ints, size: int) -> tuple[Ints, Ints]:
    """Row bounds and columns of a sparse matrix."""
    order = np.argsort(places.astype(np.min_scalar_type(size)), kind="stable")
    return np.concatenate([[0], np.cumsum(np.bincount(places, minlength=size))]), columns[order]


def ones(columns: NDArray[Any], bounds: Ints, shape: tuple[int, int]) -> sparse.csr_array:
    """A sparse matrix of ones; what stands twice in a row counts twice."""
    values = np.ones(len(columns), np.int32)
    return sparse.csr_array((values, columns.astype(np.int32), bounds.astype(np.int32)), shape=shape)
