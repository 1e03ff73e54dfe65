"""What counting gives: features by text, and the tokens that made them; whole numbers in arrays, no objects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import chain, compress, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from app.text.token import Token

if TYPE_CHECKING:  # a tenth of a second, which only batches pay: texts one by one are added up without matrices
    from scipy.sparse import csr_array

# Of a token, without a step of Python for each: it is a tuple.
_KIND, _NORM, _FORM = (cast(Callable[[Token], str], itemgetter(place)) for place in (0, 1, 2))
_is_word = "word".__eq__
Ints = NDArray[np.int64]
Found = tuple[Ints, Ints]


class Flat(NamedTuple):
    """Tokens of several texts one after another; of each its text and form, whether it is a word spelt out, and whether
    a placeholder is ``held`` there."""

    tokens: list[Token]
    text: Ints
    forms: list[str]
    spelt: NDArray[np.bool_]
    held: NDArray[np.bool_]


class Line(NamedTuple):
    """What n-grams run over, of all texts one after another: form numbers, text and token; tokens count on through.

    ``negating`` are the texts with a negator.
    """

    forms: Ints
    text: Ints
    token: Ints
    texts: int
    negating: Ints


#: Columns of some occurrences, and the places in the line of each of the words that make them up.
Spoken = tuple[Ints, tuple[Ints, ...]]


class Spelt(NamedTuple):
    """Distinct spelt-out words, and of each occurrence its text, its word's number and its token."""

    words: list[str]
    text: Ints
    number: Ints
    token: Ints


class Occurrences(NamedTuple):
    """One entry for every token that an occurrence of a feature is made of; ``share`` is its part of the occurrence."""

    text: Ints
    column: Ints
    token: Ints
    share: NDArray[np.float64]

    def at(self, places: NDArray[Any]) -> Occurrences:
        """The entries at these places, or those for which this is true."""
        return Occurrences(self.text[places], self.column[places], self.token[places], self.share[places])


class Made(NamedTuple):
    """What counts were made of: the line and what was found along it, all the rest that is no spelling, and spellings.

    ``grams`` are the columns of the character n-grams of each spelt word.
    """

    line: Line
    spoken: list[Spoken]
    rest: Occurrences
    spelt: Spelt
    grams: list[NDArray[np.int32]]


#: Columns of some occurrences in one text, and for each of the words that make them up the tokens.
Alone = tuple[Sequence[int], tuple[Sequence[int], ...]]


class Counts:
    """Texts × features: ``columns`` and how many ``times`` each, of text ``k`` from ``bounds[k]`` to ``bounds[k + 1]``.

    ``text`` is the text of each value. Within a text the order is always the same, so sums are the same to the bit.
    What they were made of is ``made`` where the texts were counted together, and by text ``alone`` where one by one.
    """

    def __init__(
        self,
        bounds: NDArray[Any],
        columns: NDArray[Any],
        times: NDArray[Any],
        width: int,
        *,
        made: Made | None = None,
        alone: Sequence[Sequence[Alone]] | None = None,
    ) -> None:
        self.columns, self.times, self.width = columns, times, width
        self.made, self.alone = made, alone
        self._text: Ints | None = None
        self._bounds = bounds
        self.texts = len(bounds) - 1
        #: The greatest of ``times``.
        self.most = int(times.max(initial=1))

    @property
    def text(self) -> Ints:
        """The text of each value."""
        if self._text is None:
            self._text = np.repeat(np.arange(self.texts), np.diff(self._bounds))
        return self._text

    def summed(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Per text the sum of its ``values``."""
        return np.asarray(np.bincount(self.text, values, self.texts), np.float64)

    def by_column(self, text: int, values: NDArray[np.float64]) -> dict[int, float]:
        """The ``values`` of one text, and nothing for -1, which is no column."""
        own = self._of(text)
        found = dict(zip(self.columns[own].tolist(), values[own].tolist(), strict=True))
        found[-1] = 0.0
        return found

    def looked_up(self, values: NDArray[np.float64], found: Occurrences) -> NDArray[np.float64]:
        """For each of the occurrences, which are sorted by text, the one of ``values`` of its text and column."""
        texts, firsts = np.unique(found.text, return_index=True)
        here, each = np.empty(self.width), np.empty(len(found.text))
        for text, (first, end) in zip(texts.tolist(), pairwise([*firsts.tolist(), len(found.text)]), strict=True):
            own = self._of(text)
            here[self.columns[own]] = values[own]
            here.take(found.column[first:end], out=each[first:end], mode="clip")
        return each

    def matrix(self, values: NDArray[np.float64]) -> csr_array:
        """The ``values`` as a matrix."""
        return _sparse(values, self.columns, self._bounds, (self.texts, self.width))

    def _of(self, text: int) -> slice:
        return slice(self._bounds[text], self._bounds[text + 1])


def flat_of(texts: Sequence[Sequence[Token]]) -> Flat:
    """The tokens of all texts one after another."""
    tokens = list(chain.from_iterable(texts))
    forms, size = list(map(_FORM, tokens)), len(tokens)
    text = np.repeat(np.arange(len(texts)), np.fromiter(map(len, texts), np.int64, len(texts)))
    placeholders = {form for form in set(forms) if form[0] == "<"}
    word = np.fromiter(map(_is_word, map(_KIND, tokens)), bool, size)
    held = np.fromiter(map(placeholders.__contains__, forms), bool, size)
    return Flat(tokens, text, forms, word & ~held, held)


def spelt_in(flat: Flat) -> Spelt:
    """The spelt-out words of all texts."""
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    token = np.flatnonzero(flat.spelt)
    norms = map(_NORM, compress(flat.tokens, flat.spelt.tolist()))
    number = np.fromiter(map(numbers.__getitem__, norms), np.int64, len(token))
    return Spelt(list(numbers), flat.text[token], number, token)


def shared(line: Line, wanted: NDArray[np.bool_], rows: Ints, words: tuple[Ints, ...]) -> Occurrences:
    """Occurrences made of words of the line in the ``wanted`` texts, shared evenly between these words."""
    chosen = wanted[line.text[words[0]]]
    place, columns = np.concatenate([word[chosen] for word in words]), np.tile(rows[chosen], len(words))
    return Occurrences(line.text[place], columns, line.token[place], np.full(len(place), 1.0 / len(words)))


def spelled(spelt: Spelt, wanted: NDArray[np.bool_], grams: Sequence[NDArray[np.int32]]) -> Occurrences:
    """Character n-grams of the words in the ``wanted`` texts, one word after the other."""
    chosen = wanted[spelt.text]
    text, number, token = spelt.text[chosen], spelt.number[chosen], spelt.token[chosen]
    columns = [grams[word] for word in number.tolist()]
    lengths = np.fromiter(map(len, columns), np.int64, len(columns))
    column = np.concatenate([np.zeros(0, np.int64), *columns])
    return Occurrences(np.repeat(text, lengths), column, np.repeat(token, lengths), np.ones(len(column)))


def by_row(places: Ints, columns: Ints, size: int) -> tuple[Ints, Ints]:
    """Row bounds and columns of a sparse matrix."""
    order = np.argsort(places.astype(np.min_scalar_type(size)), kind="stable")
    return np.concatenate([[0], np.cumsum(np.bincount(places, minlength=size))]), columns[order]


def ones(columns: NDArray[Any], bounds: Ints, shape: tuple[int, int]) -> csr_array:
    """A sparse matrix of ones; what stands twice in a row counts twice."""
    return _sparse(np.ones(len(columns), np.int32), columns.astype(np.int32), bounds.astype(np.int32), shape)


def _sparse(values: NDArray[Any], columns: NDArray[Any], bounds: NDArray[Any], shape: tuple[int, int]) -> csr_array:
    from scipy.sparse import csr_array  # with the first batch: nobody who waits for a service to be ready needs it

    return csr_array((values, columns, bounds), shape=shape)
