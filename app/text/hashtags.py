"""Split hashtags and handles into the words they were glued from."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from app.text.resources import given_names, regions, slang
from app.text.stem import is_known

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
        best.append(min(_ends(low, end, best, is_word)))
    cuts = [len(low)]
    while cuts[-1]:
        cuts.append(best[cuts[-1]][1])
    cuts.reverse()
    return [Chunk(text[a:b], offset + a, offset + b) for a, b in pairwise(cuts)]


def _ends(low: str, end: int, best: list[tuple[float, int]], is_word: Callable[[str], bool]) -> list[tuple[float, int]]:
    """Costs of every last word that ends at ``end``: known words are cheap, longer ones cheaper in sum."""
    options = []
    for start in range(max(0, end - 24), end):
        word = low[start:end]
        if _is_listed(word, is_word):
            cost = _SHORT_COST.get(len(word), 1.0)
        else:
            cost = 2.0 + _UNKNOWN_COST * len(word) / 2
        options.append((best[start][0] + cost, start))
    return options


def _is_listed(word: str, is_word: Callable[[str], bool]) -> bool:
    if len(word) < _MIN_WORD:
        return word in _SHORT_WORDS
    return _in_lists(word) or is_word(word)


@lru_cache(maxsize=50_000)
def _in_lists(word: str) -> bool:
    return is_known(word) or word in slang() or word in given_names() or word in regions()


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
