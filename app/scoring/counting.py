"""Counts of features over many texts at once, as a sparse matrix: what :mod:`app.text.features` defines, faster.

Strings are looked up once per distinct word form; n-grams of forms are whole numbers made of form numbers, so
no two n-grams share one. Character n-grams are looked up once per distinct word and then only multiplied out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from app.scoring.context import LONG, size_name
from app.scoring.counts import (
    Counts,
    Flat,
    Found,
    Ints,
    Line,
    Made,
    Occurrences,
    Spoken,
    by_row,
    flat_of,
    ones,
    shared,
    spelled,
    spelt_in,
)
from app.scoring.lookup import Lookup
from app.scoring.names import NEGATED, as_names
from app.scoring.shapes import ShapeColumns
from app.scoring.singly import Singly, Tables
from app.scoring.vocabulary import BITS, Numbered, Table, as_mapping, numbered
from app.text import features as definition
from app.text.memo import Memo
from app.text.resources import negators
from app.text.token import Token

#: Distinct words whose character n-grams are remembered; about 25 MB when full.
CACHE_SIZE = 60_000
_SIZES, _CHARACTERS, _SHAPE = "n:", "c:", "h:"
_REACHES = np.array([sign * reach for reach in range(1, definition.REACH + 1) for sign in (-1, 1)])
_KNOWN: Callable[[Token], bool] = itemgetter(6)
#: Texts up to which counting one by one is quicker, and tokens of all of them.
FEW, FEW_TOKENS = 4, 200


class FeatureCounter:
    """Feature counts in the columns of one vocabulary; keeps only a bounded memory of words, so threads may share it.

    ``longest`` is the size of the longest stem n-gram, ``char_sizes`` are those of character n-grams. Beside them
    nearness to a contestant and negation are counted, or for ``own_words`` of an act their number.
    """

    def __init__(
        self, vocabulary: Mapping[str, int], longest: int, char_sizes: Sequence[int], own_words: bool = False
    ) -> None:
        names = as_names(vocabulary)
        self._width = len(names)
        self._own_words = own_words
        found = numbered(names, longest)
        self._forms = _Forms(found.forms)
        self._names = ("", *self._forms)
        self._skipped = self._flags((*definition.SILENT, "<url>"))
        self._negator = self._flags(negators())
        self._account = self._flags(definition.ACCOUNTS)
        self._contestant = self._flags(definition.CONTESTANT)
        self._single, self._before, self._after = found.single, found.before, found.after
        self._ngrams, self._pairs = _looked_up(found.ngrams), Lookup(*found.pairs)
        self._edges = _looked_up(found.edges)
        sizes, characters, negated = (names.beginning(prefix) for prefix in (_SIZES, _CHARACTERS, NEGATED))
        self._sizes = np.array([sizes.get(size_name(size), -1) for size in range(LONG + 1)])
        self._shapes = ShapeColumns(names.beginning(_SHAPE))
        # No methods of this object: it would hold itself, and a model that was replaced would stay in memory.
        self._numbers = partial(_numbers_of, self._forms)
        self._characters = Memo(partial(_columns_of, characters, tuple(char_sizes)), CACHE_SIZE)
        self._negated_form = Memo(partial(_negated_column, negated), CACHE_SIZE)
        self._singly = Singly(self._tables(found), self._numbers, self._characters, self._shapes)

    def _tables(self, found: Numbered) -> Tables:
        return Tables(
            single=self._single.tolist(),
            before=self._before.tolist(),
            after=self._after.tolist(),
            skipped=self._skipped.tolist(),
            contestant=self._contestant.tolist(),
            negators=frozenset(np.flatnonzero(self._negator).tolist()),
            accounts=frozenset(np.flatnonzero(self._account).tolist()),
            account=self._forms["<akun>"],
            contestant_account=self._forms["<akun_calon>"],
            names=self._names,
            ngrams={size: as_mapping(table) for size, table in found.ngrams.items()},
            pairs=as_mapping(found.pairs),
            edges={size: as_mapping(table) for size, table in found.edges.items()},
            sorts={sort: self._forms[sort] for sort in definition.EDGES},
            sizes=self._sizes.tolist() if self._own_words else None,
            bits=BITS,
            negated=self._negated_form,
        )

    def counts(self, texts: Sequence[Sequence[Token]]) -> Counts:
        """How often each feature of the vocabulary occurs in each text."""
        few = len(texts) <= FEW and sum(map(len, texts)) <= FEW_TOKENS
        return (self._counted_one_by_one if few else self._counted_together)(texts)

    def _counted_together(self, texts: Sequence[Sequence[Token]]) -> Counts:
        """Texts × words and words × n-grams, multiplied out."""
        size, width = len(texts), self._width
        flat = flat_of(texts)
        line, spelt = self._line(flat, size), spelt_in(flat)
        spoken = list(self._spoken(line))
        rest = self._of_size(line) if self._own_words else self._of_negation(texts, line)
        places, rows = self._stems(flat, line, spoken, rest)
        stems = np.arange(len(rows))
        grams = [self._characters[word] for word in spelt.words]
        left = by_row(np.concatenate([places, spelt.text]), np.concatenate([stems, spelt.number + len(rows)]), size)
        ends = len(rows) + np.cumsum(np.fromiter(map(len, grams), np.int64, len(grams)))
        middle = len(rows) + len(grams)
        bounds = np.concatenate([stems, [len(rows)], ends])
        right = ones(np.concatenate([rows.astype(np.int32), *grams]), bounds, (middle, width))
        found = ones(left[1], left[0], (size, middle)) @ right
        return Counts(found.indptr, found.indices, found.data, width, made=Made(line, spoken, rest, spelt, grams))

    def _counted_one_by_one(self, texts: Sequence[Sequence[Token]]) -> Counts:
        """The same in the same order, quicker where there is next to nothing to multiply out."""
        bounds, columns, times = [0], list[int](), list[int]()
        alone = [self._singly.made(tokens) for tokens in texts]
        for tokens, made in zip(texts, alone, strict=True):
            found = self._singly.counts(tokens, made)
            columns += reversed(found)
            times += reversed(found.values())
            bounds.append(len(columns))
        arrays = np.array(bounds), np.array(columns, np.int32), np.array(times, np.int32)
        return Counts(*arrays, self._width, alone=alone)

    def words(self, counts: Counts) -> list[int]:
        """How many words n-grams run over in each text, given the texts' counts: none of them is read again."""
        if counts.made is not None:
            return list(np.bincount(counts.made.line.text, minlength=counts.texts).tolist())
        return [len(made[0][0]) for made in counts.alone or ()]

    def shares(self, counts: Counts, text: int, tokens: Sequence[Token], each: Mapping[int, float]) -> list[float]:
        """Per token of one text what its features bring in, given what an occurrence of each column does."""
        made = self._singly.made(tokens) if counts.alone is None else counts.alone[text]
        return self._singly.shares(tokens, made, each)

    def occurrences(self, counts: Counts, texts: Ints) -> Occurrences:
        """Which tokens made which features of the vocabulary in some texts, the tokens of all texts counted on through.

        ``counts`` are those of texts that were counted together, here.
        """
        if counts.made is None:
            raise ValueError("counted one by one")
        line, spoken, rest, spelt, grams = counts.made
        wanted = np.zeros(counts.texts, bool)
        wanted[texts] = True
        parts = [shared(line, wanted, rows, words) for rows, words in spoken]
        parts += [rest.at(wanted[rest.text]), spelled(spelt, wanted, grams)]
        found = Occurrences(*(np.concatenate(part) for part in zip(*parts, strict=True)))
        return found.at(found.column >= 0)

    def _stems(self, flat: Flat, line: Line, spoken: Sequence[Spoken], rest: Occurrences) -> Found:
        """Place and column of every occurrence that is not made of characters."""
        found = [(line.text[words[0]], rows) for rows, words in spoken]
        found.append(self._sized(line) if self._own_words else (rest.text, rest.column))
        if not self._shapes.none:
            found.append(self._shaped(flat, line))
        places, rows = (np.concatenate(part) for part in zip(*found, strict=True))
        return places[rows >= 0], rows[rows >= 0]

    def _shaped(self, flat: Flat, line: Line) -> Found:
        """The shape of every text with a word of the line."""
        texts = np.unique(line.text)
        columns = self._shapes.of_many(flat, texts)
        return np.repeat(texts, columns.shape[1]), columns.ravel()

    def _line(self, flat: Flat, texts: int) -> Line:
        """The forms that n-grams run over, as :func:`app.text.features.reading` has them."""
        forms, text = self._numbered(flat), flat.text
        negating = np.unique(text[self._negator[forms]])
        token = np.flatnonzero(~self._skipped[forms])
        forms, text = forms[token], text[token]
        again = self._account[forms[1:]] & (forms[1:] == forms[:-1]) & (text[1:] == text[:-1])
        kept = np.concatenate([np.ones(min(1, forms.size), bool), ~again])
        forms, text, token = forms[kept], text[kept], token[kept]
        if not self._own_words:
            self._address(forms, text)
        return Line(forms, text, token, texts, negating)

    def _numbered(self, flat: Flat) -> Ints:
        """The same as ``_numbers_of`` for all tokens at once."""
        size = len(flat.tokens)
        numbers = np.fromiter(map(self._forms.__getitem__, flat.forms), np.int64, size)
        known = np.fromiter(map(_KNOWN, flat.tokens), bool, size)
        numbers[flat.spelt & ~known] = self._forms[definition.UNKNOWN]
        return numbers

    def _spoken(self, line: Line) -> Iterator[Spoken]:
        """Occurrences made of words of the line: n-grams, pairs, nearness and edges."""
        yield self._single[line.forms], (np.arange(len(line.forms)),)
        yield from self._longer(line.forms, line.text)
        if not self._own_words:
            yield from self._apart(line.forms, line.text)
            yield self._near(line.forms, line.text)
            yield from self._at_edges(line)

    def _address(self, forms: Ints, place: Ints) -> None:
        """Rewrite, in place, contestants' accounts that only say whom a reply is addressed to."""
        for text in np.unique(place[forms == self._forms["<akun_calon>"]]):
            first, end = np.searchsorted(place, [text, text + 1])
            names = [self._names[k] for k in forms[first:end]]
            forms[first : first + definition.addressees(names)] = self._forms["<akun>"]

    def _longer(self, forms: Ints, place: Ints) -> Iterator[Spoken]:
        """Stem n-grams of two words and more."""
        keys = forms
        for size, table in self._ngrams.items():
            back = size - 1
            keys = (keys[:-1] << BITS) | forms[back:]
            whole = (place[back:] == place[: len(place) - back]) & self._within(forms, size)
            first, found = _known(table, keys, np.flatnonzero(whole))
            yield found, tuple(first + k for k in range(size))

    def _apart(self, forms: Ints, place: Ints) -> Iterator[Spoken]:
        """Pairs of words with others between them."""
        for apart in definition.APART:
            keys = (forms[:-apart] << BITS) | forms[apart:]
            whole = (place[apart:] == place[:-apart]) & (forms[apart:] > 0) & (forms[:-apart] > 0)
            first, found = _known(self._pairs, keys, np.flatnonzero(whole))
            yield found, (first, first + apart)

    def _at_edges(self, line: Line) -> Iterator[Spoken]:
        """What texts begin and end with behind the accounts they are addressed to, and short ones as a whole."""
        first, last = self._ends(line)
        long = last - first + 1
        for size, table in self._edges.items():
            for sort in definition.EDGES:
                fits = (long == size) if sort == "=" else (long >= size)
                places = [(last - size + 1 if sort == ">" else first)[fits] + k for k in range(size)]
                keys, inside = np.full(len(places[0]), self._forms[sort]), np.ones(len(places[0]), bool)
                for place in places:
                    keys, inside = keys << BITS | line.forms[place], inside & (line.forms[place] > 0)
                here, rows = _known(table, keys, np.flatnonzero(inside))
                yield rows, tuple(place[here] for place in places)

    def _ends(self, line: Line) -> tuple[Ints, Ints]:
        """Of every text with more than accounts the places of its first word that is none, and of its last word."""
        words = np.flatnonzero(~self._account[line.forms])
        texts, firsts = np.unique(line.text[words], return_index=True)
        return words[firsts], np.searchsorted(line.text, texts, side="right") - 1

    def _within(self, forms: Ints, size: int) -> NDArray[np.bool_]:
        """Where ``size`` forms in a row are all in the vocabulary."""
        inside = forms > 0
        whole = inside[size - 1 :]
        for back in range(1, size):
            whole = whole & inside[size - 1 - back : len(forms) - back]
        return whole

    def _near(self, forms: Ints, place: Ints) -> Spoken:
        """Words up to five places before and after a contestant, nearest first."""
        contestants = np.flatnonzero(self._contestant[forms])
        others = (contestants + _REACHES[:, None]).ravel()
        own, before = np.tile(contestants, len(_REACHES)), np.repeat(_REACHES < 0, len(contestants))
        inside = (others >= 0) & (others < len(forms))
        others, own, before = others[inside], own[inside], before[inside]
        same = place[others] == place[own]
        others, own, before = others[same], own[same], before[same]
        return np.where(before, self._before[forms[others]], self._after[forms[others]]), (own, others)

    def _sized(self, line: Line) -> Found:
        sizes = np.bincount(line.text, minlength=line.texts)
        return np.arange(line.texts), self._sizes[np.minimum(sizes, LONG)]

    def _of_size(self, line: Line) -> Occurrences:
        """How short the own words are is what each of them says in equal parts."""
        _, rows = self._sized(line)
        sizes = np.bincount(line.text, minlength=line.texts)
        return Occurrences(line.text, rows[line.text], line.token, 1.0 / sizes[line.text])

    def _of_negation(self, texts: Sequence[Sequence[Token]], line: Line) -> Occurrences:
        """Every negated word."""
        starts = np.cumsum([0, *map(len, texts)]) if len(line.negating) else ()
        found = [
            (text, self._negated_form[definition.vocabulary_form(texts[text][i])], int(starts[text]) + i)
            for text in line.negating.tolist()
            for i in definition.negated_at(texts[text])
        ]
        text, rows, token = np.array(found, np.int64).reshape(-1, 3).T
        return Occurrences(text, rows, token, np.ones(len(rows)))

    def _flags(self, forms: Iterable[str]) -> NDArray[np.bool_]:
        """By form number, whether it is one of ``forms``."""
        flags = np.zeros(len(self._names), bool)
        flags[[self._forms[form] for form in forms]] = True
        return flags


class _Forms(dict[str, int]):
    """Numbers of forms; zero is any other form."""

    def __missing__(self, form: str) -> int:
        return 0


def _known(table: Lookup, keys: Ints, places: Ints) -> Found:
    """Those of ``places`` where the key is in the table, and the columns there."""
    columns = table.columns(keys[places])
    hit = columns >= 0
    return places[hit], columns[hit].astype(np.int64)


def _looked_up(tables: Mapping[int, Table]) -> dict[int, Lookup]:
    """The tables of each size."""
    return {size: Lookup(*table) for size, table in tables.items()}


def _numbers_of(forms: Mapping[str, int], tokens: Sequence[Token]) -> list[int]:
    """Form numbers of all tokens; words that no list knows share one."""
    number, asing = forms.get, forms[definition.UNKNOWN]
    return [number(t[2], 0) if t[6] or t[0] != "word" or t[2][0] == "<" else asing for t in tokens]


def _columns_of(vocabulary: Mapping[str, int], sizes: Sequence[int], word: str) -> NDArray[np.int32]:
    """Columns of the character n-grams of a word that are in the vocabulary, repeated ones repeatedly."""
    rows = (vocabulary.get(name) for name in definition.char_names(word, sizes))
    return np.array([row for row in rows if row is not None], np.int32)


def _negated_column(vocabulary: Mapping[str, int], form: str) -> int:
    """Column of a negated form, -1 for none."""
    return vocabulary.get(NEGATED + form, -1)
