"""Counts of one text at a time: the same features in the same order as :mod:`app.scoring.counting`, without arrays.

An array operation costs a microsecond before it does anything; for a single post that is most of the time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.scoring.context import LONG
from app.scoring.counts import Alone
from app.text import features as definition
from app.text.token import Token


@dataclass(frozen=True, slots=True)
class Tables:
    """What is known by form number; ``ngrams`` are columns by n-gram, for each size, ``pairs`` by pair.

    ``sizes`` only for own words.
    """

    single: Sequence[int]
    before: Sequence[int]
    after: Sequence[int]
    skipped: Sequence[bool]
    contestant: Sequence[bool]
    negator: Sequence[bool]
    accounts: frozenset[int]
    account: int
    contestant_account: int
    names: Sequence[str]
    ngrams: Mapping[int, Mapping[int, int]]
    pairs: Mapping[int, int]
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
    ) -> None:
        self._tables, self._numbers, self._characters = tables, numbers, characters

    def made(self, tokens: Sequence[Token]) -> list[Alone]:
        """All occurrences but those of characters, which are remembered word by word anyway."""
        return list(self._made(tokens))

    def counts(self, tokens: Sequence[Token], made: Sequence[Alone]) -> Counter[int]:
        """How often each column occurs, in the order of first occurrence."""
        found = Counter([row for rows, _ in made for row in rows if row >= 0])
        for token in tokens:
            if token[0] == "word" and token[2][0] != "<":
                found.update(self._characters[token[1]].tolist())
        return found

    def shares(self, tokens: Sequence[Token], made: Sequence[Alone], each: Mapping[int, float]) -> list[float]:
        """Per token the sum of what each occurrence of its features brings in, shared between its tokens."""
        weights = [0.0] * len(tokens)
        for rows, made_of in made:
            share = 1.0 / max(1, len(made_of))
            for words in made_of:
                for row, place in zip(rows, words, strict=True):
                    if row >= 0:
                        weights[place] += each[row] * share
        for i, token in enumerate(tokens):
            if token[0] == "word" and token[2][0] != "<":
                for row in self._characters[token[1]].tolist():
                    weights[i] += each[row]
        return weights

    def _made(self, tokens: Sequence[Token]) -> Iterator[Alone]:
        numbers = self._numbers(tokens)
        at, forms = self._line(numbers)
        yield [self._tables.single[form] for form in forms], (at,)
        yield from self._longer(at, forms)
        if self._tables.sizes is not None:
            yield [self._tables.sizes[min(len(forms), LONG)]], tuple([token] for token in at)
            return
        yield from self._apart(at, forms)
        yield self._near(at, forms)
        if any(self._tables.negator[number] for number in numbers):
            at = definition.negated_at(tokens)
            yield [self._tables.negated[definition.vocabulary_form(tokens[i])] for i in at], (at,)

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

    def _longer(self, at: Sequence[int], forms: Sequence[int]) -> Iterator[Alone]:
        keys = forms
        for size, table in self._tables.ngrams.items():
            longer = zip(keys, forms[size - 1 :], strict=False)
            keys = [key << self._tables.bits | form if key and form else 0 for key, form in longer]
            first = [k for k, key in enumerate(keys) if key in table]
            yield [table[keys[k]] for k in first], tuple([at[k + place] for k in first] for place in range(size))

    def _apart(self, at: Sequence[int], forms: Sequence[int]) -> Iterator[Alone]:
        pairs, bits = self._tables.pairs, self._tables.bits
        for apart in definition.APART:
            found = [
                (row, k)
                for k, (one, other) in enumerate(zip(forms, forms[apart:], strict=False))
                if one and other and (row := pairs.get(one << bits | other)) is not None
            ]
            yield [row for row, _ in found], ([at[k] for _, k in found], [at[k + apart] for _, k in found])

    def _near(self, at: Sequence[int], forms: Sequence[int]) -> Alone:
        tables = self._tables
        contestants = [k for k, form in enumerate(forms) if tables.contestant[form]]
        rows, own, others = list[int](), list[int](), list[int]()
        for reach in range(1, definition.REACH + 1) if contestants else ():
            for sign, columns in ((-1, tables.before), (1, tables.after)):
                for k in contestants:
                    other = k + sign * reach
                    if 0 <= other < len(forms):
                        rows.append(columns[forms[other]])
                        own.append(at[k])
                        others.append(at[other])
        return rows, (own, others)
