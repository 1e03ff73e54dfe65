"""The features of a vocabulary as numbers: what :mod:`app.scoring.counting` looks up instead of strings.

A service makes this of two hundred thousand names whenever it starts or takes over another model, and answers
meanwhile: every step goes through all names of a block at once, but none is one call that no other thread can break.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from sys import intern
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.text import features as definition
from app.text.resources import negators

Ints = NDArray[np.int64]
#: Sorted keys, and the column of each.
Table = tuple[Ints, Ints]
#: Form numbers are below 2 ** 21, so that three fit into one 64-bit number. Zero is any form outside the vocabulary.
BITS = 21
#: Entries that one call works on.
_AT_ONCE = 8_192


class Numbered(NamedTuple):
    """A vocabulary by form number.

    ``forms`` are the numbers, from 1, of every form that a feature of stems speaks of, and of the special ones. By form
    number ``single`` is the column of the form alone, ``before`` and ``after`` that of the form beside a contestant, -1
    for none. ``ngrams`` are the stem n-grams of each longer size and ``pairs`` the pairs, by key.
    """

    forms: dict[str, int]
    single: Ints
    before: Ints
    after: Ints
    ngrams: dict[int, Table]
    pairs: Table


def numbered(vocabulary: Mapping[str, int], longest: int) -> Numbered:
    """The tables of a vocabulary, with stem n-grams up to the size ``longest``."""
    blocks = _by_block(vocabulary)
    numbers = _numbers()
    stems = [_keys(names, columns, numbers, " ", size) for size, (names, columns) in _by_size(blocks["w"], longest)]
    pairs = _keys(*blocks["p"], numbers, "~", 2)
    near = _near(*blocks["s"], numbers)
    del numbers[""]
    forms = {intern(form): number for form, number in numbers.items()}
    single, before, after = (_by_form(table, len(forms) + 1) for table in (stems[0], *near))
    ngrams = {size: _sorted(table) for size, table in enumerate(stems[1:], 2)}
    return Numbered(forms, single, before, after, ngrams, _sorted(pairs))


def as_mapping(table: Table) -> dict[int, int]:
    """Columns by key."""
    found: dict[int, int] = {}
    for at in range(0, len(table[0]), _AT_ONCE):
        keys, columns = (part[at : at + _AT_ONCE].tolist() for part in table)
        found.update(zip(keys, columns, strict=True))
    return found


_Named = tuple[list[str], list[int]]


def _by_block(vocabulary: Mapping[str, int]) -> dict[str, _Named]:
    """Names without their block, and their columns; character n-grams are looked up as they are."""
    found: dict[str, _Named] = {block: ([], []) for block in "wsp"}
    for name, column in vocabulary.items():
        if name[0] in found:
            names, columns = found[name[0]]
            names.append(name[2:])
            columns.append(column)
    return found


def _by_size(stems: _Named, longest: int) -> Iterator[tuple[int, _Named]]:
    """Stem n-grams of one, two and more words; negated words are none of them."""
    found: dict[int, _Named] = {size: ([], []) for size in range(1, longest + 1)}
    for name, column in zip(*stems, strict=True):
        if name[:1] != "~" and (size := name.count(" ") + 1) <= longest:
            names, columns = found[size]
            names.append(name)
            columns.append(column)
    yield from found.items()


def _numbers() -> defaultdict[str, int]:
    """Numbers of forms, further ones as they are asked for; zero is no form at all."""
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    special = (definition.UNKNOWN, "<url>", "<rt>", *definition.ACCOUNTS)
    for form in ("", *special, *sorted(definition.SILENT), *sorted(definition.CONTESTANT), *sorted(negators())):
        numbers[form]
    return numbers


def _keys(names: Sequence[str], columns: Sequence[int], numbers: Mapping[str, int], between: str, size: int) -> Table:
    """The numbers of the ``size`` forms of each name as one number; no form has the sign ``between`` them."""
    found = _array([numbers[form] for name in names for form in name.split(between)]).reshape(-1, size)
    keys = found[:, 0]
    for place in range(1, size):
        keys = keys << BITS | found[:, place]
    return keys, _array(columns)


def _near(names: Sequence[str], columns: Sequence[int], numbers: Mapping[str, int]) -> tuple[Table, Table]:
    """Form numbers and columns of nearness: before a contestant, and after one."""
    before: tuple[list[int], list[int]] = ([], [])
    after: tuple[list[int], list[int]] = ([], [])
    for name, column in zip(names, columns, strict=True):
        follows = name.startswith("N~")
        forms, own = after if follows else before
        forms.append(numbers[name[2:] if follows else name[:-2]])
        own.append(column)
    return (_array(before[0]), _array(before[1])), (_array(after[0]), _array(after[1]))


def _array(values: Sequence[int]) -> Ints:
    parts = (np.array(values[at : at + _AT_ONCE], np.int64) for at in range(0, len(values), _AT_ONCE))
    return np.concatenate([np.zeros(0, np.int64), *parts])


def _by_form(table: Table, size: int) -> Ints:
    columns = np.full(size, -1, np.int64)
    columns[table[0]] = table[1]
    columns[0] = -1
    return columns


def _sorted(table: Table) -> Table:
    order = np.argsort(table[0])
    return table[0][order], table[1][order]
