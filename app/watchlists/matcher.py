"""Find listed names in tokens in one pass, whatever the number of names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
        for alias in aliases:
            self._first.setdefault(alias.words[0], []).append(alias)
        for found in self._first.values():
            found.sort(key=lambda alias: -len(alias.words))
        self.tags = dict(tags)
        self._names = frozenset(
            a.words[0] for found in self._first.values() for a in found if len(a.words) == 1 and not a.ambiguous
        )

    def is_name(self, word: str) -> bool:
        """Whether a single folded word is an unambiguous alias."""
        return word in self._names

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
        sure = {alias.entity for _, _, alias in found if not alias.ambiguous}
        return [(a, b, alias.kind) for a, b, alias in found if not alias.ambiguous or alias.entity in sure]

    def _scan(self, tokens: Sequence[Token]) -> Iterable[tuple[int, int, Alias]]:
        i = 0
        while i < len(tokens):
            hit = self._at(tokens, i) if tokens[i].kind == "word" else None
            if hit is None:
                i += 1
            else:
                yield i, hit[0], hit[1]
                i = hit[0]

    def _at(self, tokens: Sequence[Token], i: int) -> tuple[int, Alias] | None:
        word = fold_name(tokens[i].surface)
        for form in (word, *_without_clitics(word)):
            for alias in self._first.get(form, ()):
                end = _follows(tokens, i, alias.words)
                if end is not None:
                    return end, alias
        return None


def _follows(tokens: Sequence[Token], i: int, words: tuple[str, ...]) -> int | None:
    """Index after the run of tokens that spells ``words`` from ``i``; dashes and dots between them are skipped."""
    position = _after_unit(tokens, i)
    for word in words[1:]:
        while position < len(tokens) and tokens[position].form in ("-", "."):
            position += 1
        if position >= len(tokens):
            return None
        folded = fold_name(tokens[position].surface)
        if folded != word and word not in _without_clitics(folded):
            return None
        position = _after_unit(tokens, position)
    return position


def _after_unit(tokens: Sequence[Token], i: int) -> int:
    unit = tokens[i].unit
    while i < len(tokens) and tokens[i].unit == unit:
        i += 1
    return i


@lru_cache(maxsize=50_000)
def fold_name(surface: str) -> str:
    """Form in which names are compared: lower case, without elongation, leet digits undone inside letters."""
    low = shorten(surface.lower())
    if low.isalpha() or not any(c.isalpha() for c in low):
        return low
    return low.translate(str.maketrans("0134578", "oieastb")).replace("'", "")


@lru_cache(maxsize=50_000)
def _without_clitics(word: str) -> tuple[str, ...]:
    return tuple(word[: -len(c)] for c in _CLITICS if word.endswith(c) and len(word) - len(c) > 2)
