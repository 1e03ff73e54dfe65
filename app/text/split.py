"""Cut repaired text into pieces: words, numbers, hashtags, mentions, links, emoji and punctuation."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

Kind = Literal["word", "number", "hashtag", "mention", "url", "keycap", "punct", "symbol"]

#: Longest word that is analysed; the rest of a longer run of letters is dropped (it carries no word).
MAX_WORD = 64

_PIECE = re.compile(
    r"(?P<url>(?i:https?://|www\.|pic\.twitter\.com/|t\.co/)[^\s]{0,2000})"
    r"|(?P<mention>(?<![\w@])@\w{1,64}(?:\.\w{1,32}){0,3})"
    r"|(?P<hashtag>\#\w{1,140})"
    r"|(?P<keycap>[0-9]\u20e3)"
    r"|(?P<number>[0-9]{1,30}(?:[.,:/][0-9]{1,30}){0,8}%?(?![^\W_]))"
    r"|(?P<word>[^\W_]{1,400}(?:[@$*!'+][^\W_]{1,400}){0,8})"
    r"|(?P<punct>[!?]{1,400}|\.{2,400}|[.,;:\"'()/|&+=\[\]\n-])"
    r"|(?P<symbol>[^\w\s])"
)
_SPACED_GAPS = frozenset((" ", ".", "-", "_", "*", ". ", " .", "- ", " -", " - "))
#: Without a match no letters are typed apart; few texts have one.
_MAYBE_SPACED = re.compile(r"[^\W_](?:(?: ?[-.] ?|[ _*])[^\W_]){3}")
#: Fewest single letters that are read as one word.
MIN_SPACED = 4


class Piece(NamedTuple):
    """A piece of repaired text; ``start`` and ``end`` are positions in it (half open)."""

    kind: Kind
    text: str
    start: int
    end: int


def split(text: str) -> list[Piece]:
    """Pieces of ``text`` in order; white space is left out, everything else is kept.

    Letters typed apart (``c o b l o s``, ``p.i.l.i.h``) come back as one word.
    """
    return _join_spaced(text, pieces(text))


def pieces(text: str) -> list[Piece]:
    """Pieces of ``text`` before letters typed apart are joined; none reaches across a space."""
    return [
        Piece(match.lastgroup, match.group(), match.start(), match.end())  # type: ignore[arg-type]
        for match in _PIECE.finditer(text)
    ]


def has_letters_apart(text: str) -> bool:
    """Whether ``split`` joins letters of ``text`` that were typed apart."""
    if not _MAYBE_SPACED.search(text):
        return False
    found = pieces(text)
    return _join_spaced(text, found) is not found


def is_letter(piece: Piece) -> bool:
    """Whether a piece is a single letter, of which four and more may be a word typed apart."""
    return piece.kind == "word" and piece.end - piece.start == 1


def _join_spaced(text: str, pieces: list[Piece]) -> list[Piece]:
    """Join runs of at least four single letters with one kind of gap between them."""
    letters = [piece for piece in pieces if is_letter(piece)]
    if len(letters) < MIN_SPACED:
        return pieces
    runs = [run for run in _runs(text, letters) if len(run) >= MIN_SPACED]
    if not runs:
        return pieces
    joined = [Piece("word", "".join(p.text for p in run), run[0].start, run[-1].end) for run in runs]
    inside = {at for j in joined for at in range(j.start, j.end)}
    rest = [piece for piece in pieces if piece.start not in inside]
    return sorted(joined + rest, key=lambda piece: piece.start)


def _runs(text: str, letters: list[Piece]) -> list[list[Piece]]:
    """Group single letters that follow one another at the same kind of gap."""
    runs: list[list[Piece]] = []
    gap_of_run = None
    for letter in letters:
        gap = text[runs[-1][-1].end : letter.start] if runs else None
        if gap in _SPACED_GAPS and gap_of_run in (None, gap):
            runs[-1].append(letter)
            gap_of_run = gap
        elif gap in _SPACED_GAPS and len(runs[-1]) < MIN_SPACED:
            runs.append([runs[-1].pop(), letter])  # "x p-i-l-i-h": the other kind of gap began a letter earlier
            gap_of_run = gap
        else:
            runs.append([letter])
            gap_of_run = None
    return runs
