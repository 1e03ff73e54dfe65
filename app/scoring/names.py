"""Names of features and the row of each, kept as text: of two hundred thousand names a service asks for few one by one.

A service reads them whenever it starts or takes over another model, and answers meanwhile: every step goes through many
names at once, but none is one call that no other thread can break.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

Ints = NDArray[np.int64]
#: Stem n-grams, and those of them that are a negated word.
STEMS, NEGATED = "w:", "w:~"
#: Names that one call works on.
_AT_ONCE = 8_192
_QUOTE, _COLON, _LINE, _TILDE, _STEM = b'":\n~w'


class Part(NamedTuple):
    """Names of one block without its prefix, one a line, and their rows."""

    names: str
    rows: Ints


class Names(Mapping[str, int]):
    """Row by name. ``blocks`` are all names by how they begin: with the letter of their block, or as ``NEGATED``."""

    def __init__(self, parts: Iterable[tuple[str, Part]]) -> None:
        self.blocks: dict[str, list[Part]] = {}
        for prefix, part in parts:
            self.blocks.setdefault(prefix, []).append(part)
        self._known: dict[str, dict[str, int]] = {}

    def beginning(self, prefix: str) -> Mapping[str, int]:
        """Row by name of one block. Raises ``ValueError`` when a name stands in it twice."""
        known = self._known.get(prefix)
        if known is None:
            known, parts = dict[str, int](), self.blocks.get(prefix, ())
            for names, rows in parts:
                known.update(zip(_whole(prefix, names), rows.tolist(), strict=True))
            if len(known) != sum(len(part.rows) for part in parts):
                raise ValueError("a name stands twice in a vocabulary")
            self._known[prefix] = known
        return known

    def rows(self, prefix: str) -> Ints:
        """The rows of one block, in the order of its parts."""
        return np.concatenate([np.zeros(0, np.int64), *(part.rows for part in self.blocks.get(prefix, ()))])

    def moved(self, places: Ints) -> Names:
        """The same names, each at the place of its row."""
        parts = ((prefix, part) for prefix, parts in self.blocks.items() for part in parts)
        return Names((prefix, part._replace(rows=places[part.rows])) for prefix, part in parts)

    def __getitem__(self, name: str) -> int:
        return self.beginning(_prefix(name))[name]

    def __iter__(self) -> Iterator[str]:
        return (name for prefix, parts in self.blocks.items() for part in parts for name in _whole(prefix, part.names))

    def __len__(self) -> int:
        return sum(len(part.rows) for parts in self.blocks.values() for part in parts)


def as_names(vocabulary: Mapping[str, int]) -> Names:
    """The same vocabulary. Raises ``ValueError`` when a name has a line break, which no feature has."""
    return vocabulary if isinstance(vocabulary, Names) else Names(_listed(list(vocabulary), list(vocabulary.values())))


def read_names(lines: bytes, rows: Ints) -> Names:
    """Names out of lines of a JSON string each, with the row of each line.

    Raises ``ValueError`` for anything else, and unless there are as many lines as rows.
    """
    if b"\\" in lines:
        return Names(_listed(_parsed(lines), rows.tolist()))
    raw = np.frombuffer(lines, np.uint8)
    ends = np.flatnonzero(raw == _LINE)
    starts = np.concatenate([[0], ends[:-1] + 1])
    _check(raw, starts, ends, rows)
    kinds = raw[starts + 1] + np.int64(256) * ((raw[starts + 1] == _STEM) & (raw[starts + 3] == _TILDE))
    borders = [0, *(np.flatnonzero(np.diff(kinds)) + 1).tolist(), len(ends)]
    return Names(
        _part(lines, rows, starts, ends, at, min(at + _AT_ONCE, last))
        for first, last in pairwise(borders)
        for at in range(first, last, _AT_ONCE)
    )


def _check(raw: NDArray[np.uint8], starts: Ints, ends: Ints, rows: Ints) -> None:
    """Whether there is a name in quotes on each line, as no name holds any, and nothing else that JSON has not."""
    count = len(rows)
    if not 0 < count == len(ends) == np.count_nonzero(raw < ord(" ")) or ends[-1] != len(raw) - 1:
        raise ValueError("not a name on each line")
    if bool((ends - starts < 4).any()) or np.count_nonzero(raw == _QUOTE) != 2 * count:
        raise ValueError("not a name in quotes on each line")
    if not all(
        bool((raw[at] == sign).all()) for at, sign in ((starts, _QUOTE), (ends - 1, _QUOTE), (starts + 2, _COLON))
    ):
        raise ValueError("not a name of a block on each line")


def _part(lines: bytes, rows: Ints, starts: Ints, ends: Ints, first: int, last: int) -> tuple[str, Part]:
    """The names from line ``first`` to before ``last``, which begin alike. Raises ``ValueError`` unless UTF-8."""
    text = lines[starts[first] + 1 : ends[last - 1] - 1].decode()
    prefix = _prefix(text)
    return prefix, Part(text[len(prefix) :].replace(f'"\n"{prefix}', "\n"), rows[first:last])


def _parsed(lines: bytes) -> list[str]:
    names, raw = list[str](), lines.removesuffix(b"\n").split(b"\n")
    for at in range(0, len(raw), _AT_ONCE):
        names += orjson.loads(b"[%b]" % b",".join(raw[at : at + _AT_ONCE]))
    return names


def _listed(names: Sequence[str], rows: Sequence[int]) -> Iterator[tuple[str, Part]]:
    if len(names) != len(rows):
        raise ValueError("not a name for each row")
    for prefix, places in groupby(range(len(names)), lambda at: _prefix(names[at])):
        found = list(places)
        for at in range(0, len(found), _AT_ONCE):
            some = found[at : at + _AT_ONCE]
            text = "\n".join([names[k][len(prefix) :] for k in some])
            if text.count("\n") != len(some) - 1:
                raise ValueError("a name with a line break")
            yield prefix, Part(text, np.array([rows[k] for k in some], np.int64))


def _prefix(name: str) -> str:
    return NEGATED if name.startswith(NEGATED) else name[:2]


def _whole(prefix: str, names: str) -> list[str]:
    return (prefix + names.replace("\n", f"\n{prefix}")).split("\n")
