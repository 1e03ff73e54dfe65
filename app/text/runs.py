"""Tokens of a text put together from remembered runs: what stands between two spaces is read once.

No piece of text reaches across a space, except letters typed apart; and only the limits on a whole text
(hashtags, glued words, tokens) make a run depend on what stands before it. Texts with either are left to
:func:`app.text.build.build`, which is the definition.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from app.text.build import MAX_GLUED, MAX_TAGS, MAX_TOKENS, UNIT, build, tries
from app.text.disguise import MIN_GLUED
from app.text.memo import Memo
from app.text.repair import Repaired
from app.text.split import MAX_WORD, MIN_SPACED, Piece, is_letter, pieces
from app.text.token import Token
from app.watchlists.matcher import Matcher

#: Distinct runs that are remembered and read the same with any watchlist; about 25 MB when full. Each matcher remembers
#: those in which it looks for names, and takes them along when it goes.
CACHE_SIZE = 60_000
_NO_NAMES = Matcher()


class Run(NamedTuple):
    """Tokens of one run, places and units counted from its start, and what it takes of a text's limits."""

    tokens: tuple[Token, ...]
    units: int
    letters: int
    tries: int


def tokens_by_run(repaired: Repaired, matcher: Matcher) -> list[Token] | None:
    """The tokens of a text, or ``None`` when a limit or letters typed apart ask for reading it as a whole."""
    out: list[Token] = []
    if repaired.text.count("#") > MAX_TAGS:
        return None
    letters = cut = at = unit = 0
    as_sent = repaired.starts is None
    plain, place = _PLAIN, _place_as_sent if as_sent else _place
    for word in _words(repaired.text):
        if not word:
            at += 1
            continue
        at -= word == "\n"  # the spaces around it are not the text's
        run = plain[word] if len(word) <= MAX_WORD else None
        tokens, units, own_letters, tries = run or _named(word, matcher)
        if as_sent and len(tokens) == 1:
            kind, norm, form, a, b, surface, known, own, tag = tokens[0]
            out.append(_new(Token, (kind, norm, form, at + a, at + b, surface, known, unit + own, tag)))
        else:
            out += place(tokens, at, unit, repaired)
        at += len(word) + (word != "\n")
        unit += units
        if own_letters or tries:
            letters += own_letters
            cut += tries
            if letters >= MIN_SPACED or cut > MAX_GLUED:
                return None
    return out if len(out) < MAX_TOKENS else None


def unread(text: str, matcher: Matcher) -> int:
    """Code points of ``text`` in runs that nobody sent before, as far as is remembered.

    Reading one of those takes up to 0.2 ms, reading the others next to nothing.
    """
    return sum(len(word) for word in text.split() if word not in matcher.runs and _PLAIN.get(word) is None)


def _words(text: str) -> list[str]:
    return (text.replace("\n", " \n ") if "\n" in text else text).split(" ")


def _place_as_sent(tokens: tuple[Token, ...], at: int, unit: int, repaired: Repaired) -> list[Token]:
    """Where nothing was repaired."""
    return [
        _new(Token, (kind, norm, form, at + a, at + b, surface, known, unit + own, tag))
        for kind, norm, form, a, b, surface, known, own, tag in tokens
    ]


def _place(tokens: tuple[Token, ...], at: int, unit: int, repaired: Repaired) -> Iterator[Token]:
    starts, ends = repaired.starts or (), repaired.ends or ()
    for kind, norm, form, a, b, surface, known, own, tag in tokens:
        end = ends[at + b - 1]
        start = starts[at + a] if a < b else end
        yield _new(Token, (kind, norm, form, start, end, surface, known, unit + own, tag))


_new = tuple.__new__


def _named(word: str, matcher: Matcher) -> Run:
    run: Run | None = matcher.runs.get(word)
    if run is None:
        run = _read(word, pieces(word), matcher)
        if len(word) <= MAX_WORD:
            _remember(word, run, matcher)
    return run


def _remember(word: str, run: Run, matcher: Matcher) -> None:
    if len(matcher.runs) >= matcher.most_runs:
        matcher.runs.clear()
    matcher.runs[word] = run


def _plain_run(word: str) -> Run | None:
    """A run that reads the same whatever the watchlist, else ``None``."""
    found = pieces(word)
    if any(_asks_for_names(piece) for piece in found):
        return None
    return _read(word, found, _NO_NAMES)


def _asks_for_names(piece: Piece) -> bool:
    return piece.kind in ("hashtag", "mention") or (piece.kind == "word" and len(piece.text) >= MIN_GLUED)


def _read(word: str, found: list[Piece], matcher: Matcher) -> Run:
    tokens = build(found, Repaired(word), matcher)
    letters = sum(map(is_letter, found))
    return Run(tuple(tokens), len(found) * UNIT, letters, tries(tokens))


_PLAIN = Memo(_plain_run, CACHE_SIZE)
