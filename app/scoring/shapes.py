"""The shapes of many texts at once: what :func:`app.text.shape.values_of` says of each, by columns of a vocabulary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from app.scoring.counts import Flat, Ints
from app.text import shape as definition
from app.text.token import Token

_SURFACE, _TAG = itemgetter(5), itemgetter(8)
#: Counts beyond this are in the last step of every slot.
_MOST = 1 + max(slot.above[-1] for slot in definition.COUNTED)
_COUNTED_SORTS = np.array([slot.sort for slot in definition.COUNTED])
_COUNTED_STEPS = np.array(
    [[sum(count > bound for bound in slot.above) for count in range(_MOST + 1)] for slot in definition.COUNTED]
)
_COUNTED_SLOTS = np.arange(len(definition.COUNTED))
_ENDS = np.array([[int(sort in slot.sorts) for sort in range(definition.SORTS)] for slot in definition.ENDS])
_END_PLACES = np.array([slot.place for slot in definition.ENDS])
_END_SLOTS = np.arange(len(definition.ENDS))
_WORDS = slice(definition.LOWER, definition.CAPITALS + 1)


class ShapeColumns:
    """The columns of a vocabulary's shape features; ``none`` tells that it has none of them."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        """``vocabulary`` has at least the names of the block, and the column of each."""
        most = max(definition.VALUES)
        self._columns = np.array(
            [
                [vocabulary.get(definition.name_of(slot, value), -1) for value in range(most)]
                for slot in definition.SLOTS
            ]
        )
        self._listed = self._columns.tolist()
        self._slots = np.arange(len(definition.SLOTS))
        self.none = bool((self._columns < 0).all())

    def of_one(self, tokens: Sequence[Token]) -> list[int]:
        """The columns of one text with a token or more, -1 for a value that the vocabulary lacks."""
        values = definition.values_of(tokens)
        return [columns[value] for columns, value in zip(self._listed, values, strict=True)]

    def of_many(self, flat: Flat, texts: Ints) -> Ints:
        """The same for ``texts``, each with a token or more, of all those in ``flat``: texts × slots."""
        return np.asarray(self._columns[self._slots, values_of(flat)[texts]], np.int64)


def values_of(flat: Flat) -> NDArray[np.int64]:
    """Texts × slots, up to the last text with a token; of a text without one they mean nothing."""
    size = len(flat.tokens)
    spellings = list(map(_SURFACE, flat.tokens))
    for place in np.flatnonzero(flat.held).tolist():  # links and accounts would fill what is remembered of spellings
        spellings[place] = flat.forms[place]
    sorts = np.fromiter(map(definition.SORT.__getitem__, spellings), np.int64, size)
    sorts[np.fromiter(map(_TAG, flat.tokens), bool, size)] = definition.NOTHING
    texts = int(flat.text[-1]) + 1 if size else 0
    counts = np.bincount(flat.text * definition.SORTS + sorts, minlength=texts * definition.SORTS)
    counts = counts.reshape(texts, definition.SORTS)
    words = counts[:, _WORDS].sum(axis=1)
    length = np.searchsorted(definition.LENGTHS, words + counts[:, definition.NAME])
    links = np.minimum(counts[:, definition.URL], definition.MOST_LINKS) * definition.SIZES + length
    shares = [
        np.searchsorted(slot.above, counts[:, slot.sort] / np.maximum(words, 1)) * definition.SIZES + length
        for slot in definition.SHARES
    ]
    counted = _COUNTED_STEPS[_COUNTED_SLOTS, np.minimum(counts[:, _COUNTED_SORTS], _MOST)]
    ends = _ENDS[_END_SLOTS, _ends(sorts, flat.text, texts)[:, _END_PLACES]]
    return np.column_stack([length, links, *shares, counted, ends])


def _ends(sorts: Ints, text: Ints, texts: int) -> Ints:
    """Texts × (the sorts of the first token, of the last, and of the last but links)."""
    found = np.zeros((texts, 3), np.int64)
    found[text[::-1], definition.FIRST] = sorts[::-1]
    found[text, definition.LAST] = sorts
    other = sorts != definition.URL
    found[text[other], definition.CLOSING] = sorts[other]
    return found
