"""Split hashtags and handles into the words they were glued from."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from math import inf
from typing import NamedTuple

from app.text.resources import given_names, kamus, protected, regions, slang
from app.text.stem import stem

_CAMEL = re.compile(
    r"[A-Z]?[a-z]+(?:[0-9]{1,2}[a-z]+){1,4}"  # M3nang, B3rsama: a digit used as a letter
    r"|[A-Z]+[0-9][a-z]+"
    r"|[A-Z]{2,}(?![a-z])|[A-Z][a-z]+|[A-Z]|[a-z]+|[0-9]+|[^\W_A-Za-z0-9]+"
)
_LEET_CHUNK = re.compile(r"^[A-Za-z]+[0-9]{1,2}[a-z]+$")
_MIN_WORD = 3
_SHORT_WORDS = frozenset(["di", "ke", "yg", "no", "rt", "rw", "ri", "ku", "mu", "kw"])
_UNKNOWN_COST = 2.2
# A word of two letters costs more than leaving it in an unknown stretch (the "no" at the end of a name).
_SHORT_COST = {2: 2.5, 3: 2.0}
_LONGEST_WORD = 24
#: Longest run of letters that is cut into words; the longest one seen in real tags has 27 letters.
LONGEST_RUN = 48


class Chunk(NamedTuple):
    """Part of a tag; ``start``/``end`` are positions in the tag's body (without ``#``)."""

    text: str
    start: int
    end: int


def split_tag(body: str, is_word: Callable[[str], bool] = lambda word: False) -> tuple[Chunk, ...]:
    """Words of a tag's body, e.g. ``LanjutkanDuaPeriode``, ``2periode``, ``gantipresiden``.

    ``is_word`` says which extra lower-case words (names of a watchlist) count as known.
    """
    chunks: list[Chunk] = []
    pieces = _pieces(body, is_word)
    capitals = sum(piece.text[0].isupper() for piece in pieces)
    for piece in pieces:
        if len(piece.text) <= _MIN_WORD or piece.text.isdigit() or _LEET_CHUNK.match(piece.text):
            chunks.append(piece)
            continue
        cuts = _segment(piece.text, piece.start, is_word)
        whole = capitals > 1 and piece.text.istitle() and not all(_is_listed(c.text.lower(), is_word) for c in cuts)
        chunks.extend([piece] if whole else cuts)  # between capitals stands one word, if only a name
    return tuple(_merge_lone_letters(chunks))


def _pieces(body: str, is_word: Callable[[str], bool]) -> list[Chunk]:
    """Pieces by capitals and digits; a capital goes to the acronym before it where only the rest is a word.

    ``ASNnetral`` is ``ASN netral``; without this rule it would be ``AS Nnetral``.
    """
    pieces: list[Chunk] = []
    for match in _CAMEL.finditer(body):
        text, start = match.group(), match.start()
        last = pieces[-1] if pieces else None
        if last and last.text.isupper() and last.end == start and _leads_a_word(text, is_word):
            pieces[-1] = Chunk(last.text + text[0], last.start, start + 1)
            text, start = text[1:], start + 1
        pieces.append(Chunk(text, start, match.end()))
    return pieces


def _leads_a_word(text: str, is_word: Callable[[str], bool]) -> bool:
    """Whether a capital stands before a listed word and does not belong to it."""
    low = text.lower()
    return text[0].isupper() and text[1:] == low[1:] and not _is_listed(low, is_word) and _is_listed(low[1:], is_word)


def _segment(text: str, offset: int, is_word: Callable[[str], bool]) -> list[Chunk]:
    """Cheapest cut of a run of letters into known words; unknown stretches stay whole."""
    low = text.lower()
    if len(text) > LONGEST_RUN or _is_listed(low, is_word):
        return [Chunk(text, offset, offset + len(text))]
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(low) + 1):
        best.append(_last_word(low, end, best, is_word))
    cuts = [len(low)]
    while cuts[-1]:
        cuts.append(best[cuts[-1]][1])
    cuts.reverse()
    return [Chunk(text[a:b], offset + a, offset + b) for a, b in pairwise(cuts)]


def _last_word(low: str, end: int, best: list[tuple[float, int]], is_word: Callable[[str], bool]) -> tuple[float, int]:
    """Cost and start of the best last word that ends at ``end``: known words are cheap, longer ones cheaper in sum.

    Of equal costs the longer word counts. Whether a word is listed is asked only where the answer matters.
    """
    chosen = inf, end
    for start in range(max(0, end - _LONGEST_WORD), end):
        before = best[start][0]
        if before + 1.0 < chosen[0]:
            chosen = min(chosen, (before + _cost(low[start:end], is_word), start))
    return chosen


def _cost(word: str, is_word: Callable[[str], bool]) -> float:
    if _is_listed(word, is_word):
        return _SHORT_COST.get(len(word), 1.0)
    return 2.0 + _UNKNOWN_COST * len(word) / 2


def _is_listed(word: str, is_word: Callable[[str], bool]) -> bool:
    if len(word) < _MIN_WORD:
        return word in _SHORT_WORDS
    return word in _listed() or stem(word) in kamus() or is_word(word)


@lru_cache(maxsize=1)
def _listed() -> frozenset[str]:
    return kamus().union(protected(), slang(), given_names(), regions())


def _merge_lone_letters(chunks: list[Chunk]) -> list[Chunk]:
    """``A H Y`` cut apart by capitals, or a stray single letter, joins what follows it directly."""
    merged: list[Chunk] = []
    for chunk in chunks:
        last = merged[-1] if merged else None
        if last and len(last.text) == 1 and last.text.isalpha() and last.end == chunk.start:
            merged[-1] = Chunk(last.text + chunk.text, last.start, chunk.end)
        else:
            merged.append(chunk)
    return merged
