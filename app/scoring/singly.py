"""Counts of one text at a time: the same features in the same order as :mod:`app.scoring.counting`, without arrays.

An array operation costs a microsecond before it does anything; for a single post that is most of the time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from app.scoring.context import LONG
from app.scoring.counts import Alone
from app.scoring.shapes import ShapeColumns
from app.text import features as definition
from app.text.token import Token

#: For keys that no table has, among them all with a form that is in no feature: its number is zero.
_NO_COLUMN = repeat(-1)


@dataclass(frozen=True, slots=True)
class Tables:
    """What is known by form number; ``ngrams`` are columns by n-gram, for each size, ``pairs`` by pair, ``edges`` by
    edge, for each size, ``sorts`` the numbers of their sorts.

    ``sizes`` only for own words.
    """

    single: Sequence[int]
    before: Sequence[int]
    after: Sequence[int]
    skipped: Sequence[bool]
    contestant: Sequence[bool]
    negators: frozenset[int]
    accounts: frozenset[int]
    account: int
    contestant_account: int
    names: Sequence[str]
    ngrams: Mapping[int, Mapping[int, int]]
    pairs: Mapping[int, int]
    edges: Mapping[int, Mapping[int, int]]
    sorts: Mapping[str, int]
    sizes: Sequence[int] | None
    bits: int
    negated: Mapping[str, int]


class Singly:
    """Counts and shares of single texts; ``numbers`` gives form numbers, ``characters`` a word's n-gram columns."""

    def __init__(
        self,
        tables: Tables,
        numbers: Callable[[Sequence[Token]], list[int]],
        characters: Mapping[str, NDArray[np.int32]],
        shapes: ShapeColumns,
    ) -> None:
        self._tables, self._numbers, self._characters, self._shapes = tables, numbers, characters, shapes

    def made(self, tokens: Sequence[Token]) -> list[Alone]:
        """All occurrences but those of characters, which are remembered word by word anyway, and the text's shape."""
        tables, numbers = self._tables, self._numbers(tokens)
        at, forms = self._line(numbers)
        found: list[Alone] = [([tables.single[form] for form in forms], (at,))]
        self._longer(at, forms, found)
        if tables.sizes is not None:
            found.append(([tables.sizes[min(len(forms), LONG)]], tuple([token] for token in at)))
            return found
        self._apart(at, forms, found)
        self._near(at, forms, found)
        self._at_edges(at, forms, found)
        if not tables.negators.isdisjoint(numbers):
            at = definition.negated_at(tokens)
            found.append(([tables.negated[definition.vocabulary_form(tokens[i])] for i in at], (at,)))
        return found

    def counts(self, tokens: Sequence[Token], made: Sequence[Alone]) -> dict[int, int]:
        """How often each column occurs, in the order of first occurrence."""
        rows = [row for found, _ in made for row in found]
        if made[0][0] and not self._shapes.none:
            rows += self._shapes.of_one(tokens)
        characters = self._characters
        for token in tokens:
            if token[0] == "word" and token[2][0] != "<":
                rows += characters[token[1]].tolist()
        found = Counter(rows)
        found.pop(-1, None)
        return found

    def shares(self, tokens: Sequence[Token], made: Sequence[Alone], each: Mapping[int, float]) -> list[float]:
        """Per token the sum of what each occurrence of its features brings in, shared between its tokens.

        ``each`` has it by column, and nothing for -1.
        """
        weights = [0.0] * len(tokens)
        brought = each.__getitem__
        for rows, made_of in made:
            share = 1.0 / max(1, len(made_of))
            shared = [brought(row) * share for row in rows]
            for words in made_of:
                for weight, place in zip(shared, words, strict=True):
                    weights[place] += weight
        characters = self._characters
        for i, token in enumerate(tokens):
            if token[0] == "word" and token[2][0] != "<":
                total = weights[i]
                for weight in map(brought, characters[token[1]].tolist()):
                    total += weight
                weights[i] = total
        return weights

    def _line(self, numbers: Sequence[int]) -> tuple[list[int], list[int]]:
        """Tokens that n-grams run over, and their form numbers."""
        tables = self._tables
        at = [i for i, number in enumerate(numbers) if not tables.skipped[number]]
        forms = [numbers[i] for i in at]
        if not tables.accounts.isdisjoint(forms):
            before = [-1, *forms]
            kept = [k for k, form in enumerate(forms) if form != before[k] or form not in tables.accounts]
            at, forms = [at[k] for k in kept], [forms[k] for k in kept]
        if tables.sizes is None and tables.contestant_account in forms:
            first = definition.addressees([tables.names[form] for form in forms])
            forms[:first] = [tables.account] * first
        return at, forms

    def _longer(self, at: Sequence[int], forms: Sequence[int], found: list[Alone]) -> None:
        keys, bits = forms, self._tables.bits
        for size, table in self._tables.ngrams.items():
            keys = [key << bits | form for key, form in zip(keys, forms[size - 1 :], strict=False)]
            words = [at[place : place + len(keys)] for place in range(size)]
            found.append((list(map(table.get, keys, _NO_COLUMN)), tuple(words)))

    def _apart(self, at: Sequence[int], forms: Sequence[int], found: list[Alone]) -> None:
        pairs, bits = self._tables.pairs, self._tables.bits
        for apart in definition.APART:
            keys = [one << bits | other for one, other in zip(forms, forms[apart:], strict=False)]
            found.append((list(map(pairs.get, keys, _NO_COLUMN)), (at[: len(keys)], at[apart:])))

    def _near(self, at: Sequence[int], forms: Sequence[int], found: list[Alone]) -> None:
        tables, end = self._tables, len(forms)
        contestants = [k for k, form in enumerate(forms) if tables.contestant[form]]
        rows, own, others = list[int](), list[int](), list[int]()
        for reach in range(1, definition.REACH + 1) if contestants else ():
            for sign, columns in ((-reach, tables.before), (reach, tables.after)):
                for k in contestants:
                    other = k + sign
                    if 0 <= other < end and (row := columns[forms[other]]) >= 0:
                        rows.append(row)
                        own.append(at[k])
                        others.append(at[other])
        if rows:
            found.append((rows, (own, others)))

    def _at_edges(self, at: Sequence[int], forms: Sequence[int], found: list[Alone]) -> None:
        tables = self._tables
        first = next((k for k, form in enumerate(forms) if form not in tables.accounts), len(forms))
        long = len(forms) - first
        for size, columns in tables.edges.items():
            for sort, key in tables.sorts.items():
                if long == size if sort == "=" else long >= size:
                    place = len(forms) - size if sort == ">" else first
                    row = columns.get(self._key(key, forms[place : place + size]))
                    if row is not None:
                        found.append(([row], tuple([at[place + k]] for k in range(size))))

    def _key(self, key: int, forms: Sequence[int]) -> int:
        """The key and the forms behind it as one number."""
        for form in forms:
            key = key << self._tables.bits | form
        return key
