"""Counts of features over many texts at once, as a sparse matrix: what :mod:`app.text.features` defines, faster.

Strings are looked up once per distinct word form; n-grams of forms are whole numbers made of form numbers, so
no two n-grams share one. Character n-grams are looked up once per distinct word and then only multiplied out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from app.scoring.context import LONG, size_name
from app.text import features as definition
from app.text.memo import Memo
from app.text.resources import negators
from app.text.token import Token

Ints = NDArray[np.int64]
_Found = tuple[Ints, Ints]

#: Distinct words whose character n-grams are remembered; about 25 MB when full.
CACHE_SIZE = 60_000
#: Form numbers are below 2 ** 21, so that three fit into one 64-bit number. Zero is any form outside the vocabulary.
_BITS = 21


class FeatureCounter:
    """Feature counts in the columns of one vocabulary; keeps only a bounded memory of words, so threads may share it.

    ``longest`` is the size of the longest stem n-gram, ``char_sizes`` are those of character n-grams. Beside them
    nearness to a contestant and negation are counted, or for ``own_words`` of an act their number.
    """

    def __init__(
        self, vocabulary: Mapping[str, int], longest: int, char_sizes: Sequence[int], own_words: bool = False
    ) -> None:
        self._vocabulary = vocabulary
        self._char_sizes = tuple(char_sizes)
        self._own_words = own_words
        self._forms = _numbered(vocabulary)
        self._names = ("", *self._forms)
        self._asing = self._forms[definition.UNKNOWN]
        self._skipped = self._flags((*definition.SILENT, "<url>"))
        self._negator = self._flags(negators())
        self._account = self._flags(definition.ACCOUNTS)
        self._contestant = self._flags(definition.CONTESTANT)
        self._single = self._rows("w:{}")
        self._before, self._after = self._rows("s:{}~N"), self._rows("s:N~{}")
        self._ngrams = {size: self._table(size) for size in range(2, longest + 1)}
        self._sizes = np.array([vocabulary.get(size_name(size), -1) for size in range(LONG + 1)])
        self._characters = Memo(self._looked_up, CACHE_SIZE)

    def counts(self, texts: Sequence[Sequence[Token]]) -> sparse.csr_array:
        """Texts × features, how often each feature of the vocabulary occurs in each text."""
        size, width = len(texts), len(self._vocabulary)
        places, rows = self._stems(texts)
        words, (spelt_at, spelt) = _numbered_words(texts)
        single, numbers = np.unique(rows, return_inverse=True)
        parts = [single.astype(np.int32), *(self._characters[word] for word in words)]
        left = _by_row(np.concatenate([places, spelt_at]), np.concatenate([numbers, spelt + len(single)]), size)
        ends = np.cumsum(np.fromiter(map(len, parts), np.int64, len(parts)))
        bounds = np.concatenate([np.arange(len(single)), ends])
        middle = len(single) + len(words)
        right = _ones(np.concatenate(parts), bounds, (middle, width))
        return _ones(left[1], left[0], (size, middle)) @ right

    def _stems(self, texts: Sequence[Sequence[Token]]) -> _Found:
        """Place and column of every occurrence that is not made of characters."""
        numbers = [self._numbers(tokens) for tokens in texts]
        forms = np.fromiter(chain.from_iterable(numbers), np.int64)
        lengths = np.fromiter(map(len, numbers), np.int64, len(numbers))
        place = np.repeat(np.arange(len(texts)), lengths)
        negating = np.unique(place[self._negator[forms]])
        kept = ~self._skipped[forms]
        forms, place = forms[kept], place[kept]
        again = self._account[forms[1:]] & (forms[1:] == forms[:-1]) & (place[1:] == place[:-1])
        kept = np.concatenate([np.ones(min(1, forms.size), bool), ~again])
        forms, place = forms[kept], place[kept]
        if not self._own_words:
            self._address(forms, place)
        found = [(place, self._single[forms]), *self._longer(forms, place)]
        if self._own_words:
            found.append(self._sized(place, len(texts)))
        else:
            found += [*self._near(forms, place), self._negated(texts, negating)]
        places, rows = (np.concatenate(part) for part in zip(*found, strict=True))
        return places[rows >= 0], rows[rows >= 0]

    def _numbers(self, tokens: Sequence[Token]) -> list[int]:
        """Form numbers of all tokens; words that no list knows share one."""
        number, asing = self._forms.get, self._asing
        return [number(t[2], 0) if t[6] or t[0] != "word" or t[2][0] == "<" else asing for t in tokens]

    def _address(self, forms: Ints, place: Ints) -> None:
        """Rewrite, in place, contestants' accounts that only say whom a reply is addressed to."""
        for text in np.unique(place[forms == self._forms["<akun_calon>"]]):
            first, end = np.searchsorted(place, [text, text + 1])
            names = [self._names[k] for k in forms[first:end]]
            forms[first : first + definition.addressees(names)] = self._forms["<akun>"]

    def _longer(self, forms: Ints, place: Ints) -> Iterator[_Found]:
        """Stem n-grams of two words and more."""
        keys = forms
        for size, (known, rows) in self._ngrams.items():
            back = size - 1
            keys = (keys[:-1] << _BITS) | forms[back:]
            whole = (place[back:] == place[: len(place) - back]) & self._within(forms, size)
            at, wanted = place[back:][whole], keys[whole]
            found = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
            hit = known[found] == wanted if len(known) else np.zeros(len(wanted), bool)
            yield at[hit], rows[found[hit]]

    def _within(self, forms: Ints, size: int) -> NDArray[np.bool_]:
        """Where ``size`` forms in a row are all in the vocabulary."""
        inside = forms > 0
        whole = inside[size - 1 :]
        for back in range(1, size):
            whole = whole & inside[size - 1 - back : len(forms) - back]
        return whole

    def _near(self, forms: Ints, place: Ints) -> Iterator[_Found]:
        """Words up to five places before and after a contestant."""
        contestants = np.flatnonzero(self._contestant[forms])
        for reach in range(1, definition.REACH + 1):
            for rows, others in ((self._before, contestants - reach), (self._after, contestants + reach)):
                inside = (others >= 0) & (others < len(forms))
                others, own = others[inside], contestants[inside]
                same = place[others] == place[own]
                yield place[own[same]], rows[forms[others[same]]]

    def _sized(self, place: Ints, texts: int) -> _Found:
        return np.arange(texts), self._sizes[np.minimum(np.bincount(place, minlength=texts), LONG)]

    def _negated(self, texts: Sequence[Sequence[Token]], negating: Ints) -> _Found:
        places, rows = [], []
        for text in negating.tolist():
            for feature in definition.negated(texts[text]):
                places.append(text)
                rows.append(self._vocabulary.get(feature.name, -1))
        return np.array(places, np.int64), np.array(rows, np.int64)

    def _looked_up(self, word: str) -> NDArray[np.int32]:
        """Columns of the character n-grams of a word that are in the vocabulary, repeated ones repeatedly."""
        rows = (self._vocabulary.get(name) for name in definition.char_names(word, self._char_sizes))
        return np.array([row for row in rows if row is not None], np.int32)

    def _flags(self, forms: Iterable[str]) -> NDArray[np.bool_]:
        """By form number, whether it is one of ``forms``."""
        flags = np.zeros(len(self._names), bool)
        flags[[self._forms[form] for form in forms]] = True
        return flags

    def _rows(self, pattern: str) -> Ints:
        """By form number, the column of the feature that ``pattern`` makes of it; -1 for none."""
        return np.array([self._vocabulary.get(pattern.format(form), -1) if form else -1 for form in self._names])

    def _table(self, size: int) -> _Found:
        """Stem n-grams of a size as sorted numbers, with their columns."""
        found = []
        for name, row in self._vocabulary.items():
            if name[:2] == "w:" and name[2] != "~" and name.count(" ") == size - 1:
                key = 0
                for form in name[2:].split(" "):
                    key = key << _BITS | self._forms[form]
                found.append((key, row))
        table = np.array(sorted(found), np.int64).reshape(-1, 2)
        return np.ascontiguousarray(table[:, 0]), np.ascontiguousarray(table[:, 1])


def _numbered(vocabulary: Iterable[str]) -> dict[str, int]:
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


def _numbered_words(texts: Sequence[Sequence[Token]]) -> tuple[list[str], _Found]:
    """Distinct spelt-out words, and the place and number of each occurrence."""
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    found = [[numbers[t[1]] for t in tokens if t[0] == "word" and t[2][0] != "<"] for tokens in texts]
    places = np.repeat(np.arange(len(texts)), np.fromiter(map(len, found), np.int64, len(found)))
    return list(numbers), (places, np.fromiter(chain.from_iterable(found), np.int64))


def _by_row(places: Ints, columns: Ints, size: int) -> tuple[Ints, Ints]:
    """Row bounds and columns of a sparse matrix."""
    order = np.argsort(places.astype(np.min_scalar_type(size)), kind="stable")
    return np.concatenate([[0], np.cumsum(np.bincount(places, minlength=size))]), columns[order]


def _ones(columns: NDArray[Any], bounds: Ints, shape: tuple[int, int]) -> sparse.csr_array:
    ones = np.ones(len(columns), np.int32)
    return sparse.csr_array((ones, columns.astype(np.int32), bounds.astype(np.int32)), shape=shape)
