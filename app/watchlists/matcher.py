"""Find listed names in tokens in one pass, whatever the number of names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from app.text.lexeme import shorten
from app.text.token import Token

_CLITICS = ("nya", "lah", "kan", "ku", "mu", "pun", "kah", "in", "isme")
_MIN_HANDLE = 5


class Alias(NamedTuple):
    """One way to write a contestant, party or slogan; ``words`` are folded (lower case, single words)."""

    words: tuple[str, ...]
    kind: str
    entity: str
    ambiguous: bool


class Matcher:
    """A word trie over aliases; immutable after construction, safe to share between threads."""

    def __init__(self, aliases: Iterable[Alias] = (), tags: Iterable[tuple[str, str]] = ()) -> None:
        """``tags`` are whole hashtags without ``#``, folded, each with its kind (``slogan`` or ``name``)."""
        self._first: dict[str, list[Alias]] = {}
        self._owners: dict[tuple[str, ...], set[str]] = {}
        for alias in filter(_has_words, aliases):
            self._first.setdefault(alias.words[0], []).append(alias)
            self._owners.setdefault(alias.words, set()).add(alias.entity)
        for found in self._first.values():
            found.sort(key=lambda alias: (-len(alias.words), alias.ambiguous))
        self.tags = dict(tags)
        self._names = frozenset(
            a.words[0] for found in self._first.values() for a in found if len(a.words) == 1 and not a.ambiguous
        )
        self._parts = self._names | {
            word for found in self._first.values() for a in found if a.kind == "name" for word in a.words
        }

    def is_name(self, word: str) -> bool:
        """Whether a single folded word is an unambiguous alias or stands in a listed name."""
        return word in self._parts

    def spells_name(self, surface: str) -> bool:
        """Whether a spelling, folded and without a clitic, is a name or stands in one."""
        folded = fold_name(surface)
        return not self._parts.isdisjoint((folded, *_without_clitics(folded)))

    def in_handle(self, handle: str) -> bool:
        """Whether a handle contains an unambiguous alias of at least five letters."""
        low = handle.lower()
        return any(
            low[i:j] in self._names for i in range(len(low)) for j in range(i + _MIN_HANDLE, min(len(low), i + 24) + 1)
        )

    def match(self, tokens: Sequence[Token]) -> list[tuple[int, int, str]]:
        """``(first, last, kind)`` of matched token runs, longest first at each place, never overlapping.

        An ambiguous alias counts only beside an unambiguous match of the same entity.
        """
        if not self._first:
            return []
        found = list(self._scan(tokens))
        sure = {entity for _, _, alias in found if not alias.ambiguous for entity in self._owners[alias.words]}
        return [(a, b, alias.kind) for a, b, alias in found if not alias.ambiguous or sure & self._owners[alias.words]]

    def _scan(self, tokens: Sequence[Token]) -> Iterable[tuple[int, int, Alias]]:
        i = 0
        while i < len(tokens):
            hit = self._at(tokens, i)
            if hit is None:
                i += 1
                continue
            end, alias = hit
            further = self._further(tokens, i, end)
            yield i, further, alias
            i = further

    def _further(self, tokens: Sequence[Token], first: int, end: int) -> int:
        """Where a match that ends later begins inside ``first:end`` (``qer naufrel`` in ``pak qer naufrel``)."""
        for i in range(first + 1, end):
            later = self._at(tokens, i)
            if later is not None and later[0] > end:
                return i
        return end

    def _at(self, tokens: Sequence[Token], i: int) -> tuple[int, Alias] | None:
        if tokens[i].kind != "word":
            return None
        for form, after in _readings(tokens, i):
            for alias in self._first.get(form, ()):
                end = _follows(tokens, after, alias.words[1:])
                if end is not None:
                    return end, alias
        return None


def _has_words(alias: Alias) -> bool:
    return bool(alias.words)


def _follows(tokens: Sequence[Token], position: int, words: Sequence[str]) -> int | None:
    """Index after the run of tokens that spells ``words`` from ``position``; dashes and dots are skipped."""
    for word in words:
        while position < len(tokens) and tokens[position].form in ("-", "."):
            position += 1
        after = [after for form, after in _readings(tokens, position) if form == word]
        if not after:
            return None
        position = after[0]
    return position


def _readings(tokens: Sequence[Token], i: int) -> Iterator[tuple[str, int]]:
    """Folded spellings that start at token ``i``, each with the index after it.

    First all that was written in one piece (``m4hfud`` is three tokens), then the token alone
    (``jokowi2periode``), both also without a clitic.
    """
    if i >= len(tokens):
        return
    spelling, stop = tokens[i].surface, i + 1
    while stop < len(tokens) and tokens[stop].unit == tokens[i].unit:
        if tokens[stop].start > tokens[stop - 1].start:
            spelling += tokens[stop].surface
        stop += 1
    alone = i + 1
    while alone < stop and tokens[alone].start == tokens[i].start:
        alone += 1
    for surface, after in {spelling: stop, tokens[i].surface: alone}.items():
        folded = fold_name(surface)
        yield folded, after
        for form in _without_clitics(folded):
            yield form, after


@lru_cache(maxsize=50_000)
def fold_name(surface: str) -> str:
    """Form in which names are compared: lower case, without elongation, leet digits undone inside letters."""
    low = surface.lower()
    low = shorten(low) if len(set(low)) > 1 else low
    if low.isalpha() or not any(c.isalpha() for c in low):
        return low
    return low.translate(str.maketrans("0134578", "oieastb")).replace("'", "")


@lru_cache(maxsize=50_000)
def _without_clitics(word: str) -> tuple[str, ...]:
    return tuple(word[: -len(c)] for c in _CLITICS if word.endswith(c) and len(word) - len(c) > 1)
