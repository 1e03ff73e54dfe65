"""Many keys looked up at once: a hash table of two arrays, where a search in sorted keys would take twice as long."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

#: At least so many places for each key: most look-ups end at the first one.
_ROOM = 4
_LEAST_BITS = 4
_EMPTY = -1
#: 2 ** 64 over the golden ratio: the top bits of its products are spread evenly (Knuth, TAOCP 6.4).
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


class Lookup:
    """Columns by key; a key is a whole number from 0 on and stands in it once."""

    def __init__(self, keys: Ints, columns: Ints) -> None:
        bits = max(_LEAST_BITS, (_ROOM * len(keys)).bit_length())
        self._shift = np.uint64(64 - bits)
        first = self._first(keys)
        order = np.argsort(first, kind="stable")
        along = np.arange(len(keys))
        places = np.maximum.accumulate(first[order] - along) + along  # each at its own place, or behind the one before
        size = max(1 << bits, int(places.max(initial=0)) + 1) + 1  # the last place stays empty
        self._keys, self._columns = np.full(size, _EMPTY, np.int64), np.full(size, _EMPTY, np.int32)
        self._keys[places], self._columns[places] = keys[order], columns[order]

    def columns(self, wanted: Ints) -> NDArray[np.int32]:
        """The column of each key, -1 for one that is not there."""
        place = self._first(wanted)
        met = self._keys.take(place)
        found = np.where(met == wanted, self._columns.take(place), np.int32(_EMPTY))
        left = np.flatnonzero((met != wanted) & (met != _EMPTY))
        while len(left):
            place[left] += 1
            met, sought = self._keys.take(place[left]), wanted[left]
            hit = met == sought
            found[left[hit]] = self._columns.take(place[left[hit]])
            left = left[~hit & (met != _EMPTY)]
        return found

    def _first(self, keys: Ints) -> Ints:
        return (keys.astype(np.int64, copy=False).view(np.uint64) * _SPREAD >> self._shift).view(np.int64)
