"""The features of a vocabulary as numbers: what :mod:`app.scoring.counting` looks up instead of strings.

As with :mod:`app.scoring.names`, no step is one call that no other thread can break.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from sys import intern
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.scoring.names import STEMS, Names
from app.text import features as definition
from app.text.resources import negators

Ints = NDArray[np.int64]
#: Sorted keys, and the column of each.
Table = tuple[Ints, Ints]
#: Form numbers are below 2 ** 21, so that three fit into one 64-bit number. Zero is any form outside the vocabulary.
BITS = 21
#: Entries that one call works on.
_AT_ONCE = 8_192
_NONE: Ints = np.zeros(0, np.int64)
_PAIRS, _NEAR, _EDGES = "p:", "s:", "e:"
_LINE = ord("\n")


class Numbered(NamedTuple):
    """A vocabulary by form number.

    ``forms`` are the numbers, from 1, of every form that a feature of stems speaks of, and of the special ones. By form
    number ``single`` is the column of the form alone, ``before`` and ``after`` that of the form beside a contestant, -1
    for none. ``ngrams`` are the stem n-grams of each longer size, ``pairs`` the pairs and ``edges`` the edges of each
    size, by key, the number of their sort before those of their forms.
    """

    forms: dict[str, int]
    single: Ints
    before: Ints
    after: Ints
    ngrams: dict[int, Table]
    pairs: Table
    edges: dict[int, Table]


def numbered(names: Names, longest: int) -> Numbered:
    """The tables of a vocabulary, with stem n-grams up to the size ``longest``.

    Raises ``ValueError`` when one of its features stands in it twice, or a pair is no pair.
    """
    numbers = _numbers()
    stems = _of_sizes(_read(names, STEMS, numbers, " "), longest)
    [pairs] = _of_sizes(_read(names, _PAIRS, numbers, "~", exactly=2), 2)[1:]
    edges = _of_sizes(_read(names, _EDGES, numbers, " "), 1 + definition.EDGE)[1:]
    near = _near(names, numbers)
    del numbers[""]
    forms = {intern(form): number for form, number in numbers.items()}
    single, before, after = (_by_form(_sorted(table), len(forms) + 1) for table in (stems[0], *near))
    ngrams = {size: _sorted(table) for size, table in enumerate(stems[1:], 2)}
    sized = {size: _sorted(table) for size, table in enumerate(edges, 1)}
    return Numbered(forms, single, before, after, ngrams, _sorted(pairs), sized)


def as_mapping(table: Table) -> dict[int, int]:
    """Columns by key."""
    found: dict[int, int] = {}
    for at in range(0, len(table[0]), _AT_ONCE):
        keys, columns = (part[at : at + _AT_ONCE].tolist() for part in table)
        found.update(zip(keys, columns, strict=True))
    return found


class _Read(NamedTuple):
    """The forms of names one after another, by number; of each name how many, and its column."""

    forms: Ints
    sizes: Ints
    columns: Ints


def _numbers() -> defaultdict[str, int]:
    """Numbers of forms, further ones as they are asked for; zero is no form at all."""
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    special = (definition.UNKNOWN, "<url>", "<rt>", *definition.ACCOUNTS, *definition.EDGES)
    for form in ("", *special, *sorted(definition.SILENT), *sorted(definition.CONTESTANT), *sorted(negators())):
        numbers[form]
    return numbers


def _read(names: Names, prefix: str, numbers: Mapping[str, int], between: str, exactly: int = 0) -> _Read:
    """The forms of a block's names, which the sign ``between`` separates; no form has it, nor a line break.

    Raises ``ValueError`` unless each name has ``exactly`` so many, where that is said.
    """
    forms, sizes, number = [_NONE], [_NONE], numbers.__getitem__
    for part in names.blocks.get(prefix, ()):
        found = part.names.replace("\n", between).split(between)
        forms.append(np.fromiter(map(number, found), np.int64, len(found)))
        sizes.append(_sizes(part.names, between))
    read = _Read(np.concatenate(forms), np.concatenate(sizes), names.rows(prefix))
    if exactly and bool((read.sizes != exactly).any()):
        raise ValueError("a name of another shape than its block's")
    return read


def _sizes(names: str, between: str) -> Ints:
    """How many forms each line has."""
    raw = np.frombuffer(names.encode(), np.uint8)
    signs = raw[(raw == _LINE) | (raw == ord(between))]
    return np.diff(np.concatenate([[-1], np.flatnonzero(signs == _LINE), [len(signs)]]))


def _of_sizes(read: _Read, longest: int) -> list[Table]:
    """Keys and columns of the names of one form, of two, and so on: a key is the numbers of all forms as one."""
    starts = np.cumsum(read.sizes) - read.sizes
    tables = []
    for size in range(1, longest + 1):
        chosen = read.sizes == size
        first = starts[chosen]
        keys = read.forms[first]
        for place in range(1, size):
            keys = keys << BITS | read.forms[first + place]
        tables.append((keys, read.columns[chosen]))
    return tables


def _near(names: Names, numbers: Mapping[str, int]) -> tuple[Table, Table]:
    """Form numbers and columns of nearness: before a contestant, and after one."""
    found = [name for part in names.blocks.get(_NEAR, ()) for name in part.names.split("\n")]
    after = np.array([name.startswith("N~") for name in found], bool)
    forms = np.array([numbers[name[2:] if name.startswith("N~") else name[:-2]] for name in found], np.int64)
    columns = names.rows(_NEAR)
    return (forms[~after], columns[~after]), (forms[after], columns[after])


def _by_form(table: Table, size: int) -> Ints:
    columns = np.full(size, -1, np.int64)
    columns[table[0]] = table[1]
    columns[0] = -1
    return columns


def _sorted(table: Table) -> Table:
    order = np.argsort(table[0])
    keys, columns = table[0][order], table[1][order]
    if bool((keys[1:] == keys[:-1]).any()):
        raise ValueError("a name stands twice in a vocabulary")
    return keys, columns
