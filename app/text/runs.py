"""Tokens of a text put together from remembered runs: what stands between two spaces is read once.

No piece of text reaches across a space, except letters typed apart; and only the limits on a whole text
(hashtags, glued words, tokens) make a run depend on what stands before it. What comes after as many glued words or
tokens as may be is read accordingly; texts with too many hashtags or with letters typed apart are left to
:func:`app.text.build.build`, which is the definition.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, chain
from operator import itemgetter
from sys import intern
from typing import Any, NamedTuple

from app.text.build import MAX_GLUED, MAX_TAGS, MAX_TOKENS, UNIT, build, tries
from app.text.disguise import MIN_GLUED
from app.text.marks import GLUED, marks_of
from app.text.memo import Memo
from app.text.repair import Repaired
from app.text.split import MAX_WORD, MIN_SPACED, Piece, has_letters_apart, is_letter, pieces
from app.text.token import Token
from app.watchlists.matcher import Matcher

#: Distinct runs that are remembered and read the same with any watchlist; about 35 MB when full. Each matcher remembers
#: those in which it looks for names, and takes them along when it goes.
CACHE_SIZE = 60_000
_NO_NAMES = Matcher()

#: Where a token stands: half open, in code points of the text as sent, and the unit that it came from.
Place = tuple[int, int, int]


class Run(NamedTuple):
    """Tokens of one run, places and units counted from its start, their marks, and what it takes of a text's limits.

    ``limited`` says whether it takes anything of them.
    """

    tokens: tuple[Token, ...]
    marks: tuple[int, ...]
    limited: bool
    units: int
    letters: int
    tries: int


class Strip(NamedTuple):
    """The tokens of a text as its ``runs`` remember them, without places; these are only worked out to be shown."""

    tokens: list[Token]
    marks: list[int]
    words: list[str]
    runs: list[Run]

    def places(self, repaired: Repaired | None = None) -> list[Place]:
        """Place and unit of each token in the text as sent; ``repaired`` is the way back where there is one."""
        units = accumulate([run.units for run in self.runs], initial=0)
        found = [
            (at + token[3], at + token[4], unit + token[7])
            for run, at, unit in zip(self.runs, self._beginnings(), units, strict=False)
            for token in run[0]
        ]
        return found if repaired is None or repaired.starts is None else [_as_sent(place, repaired) for place in found]

    def spans(self) -> list[tuple[int, int]]:
        """The same places without units."""
        begun = zip(self.runs, self._beginnings(), strict=False)
        return [(at + token[3], at + token[4]) for run, at in begun for token in run[0]]

    def _beginnings(self) -> list[int]:
        """Where each run begins in the repaired text."""
        if "\n" not in self.words:
            return list(accumulate([len(word) + 1 for word in self.words], initial=0))
        found, at = [], 0
        for word in self.words:
            at -= word == "\n"  # the spaces around it are not the text's
            found.append(at)
            at += len(word) + (word != "\n")
        return found


def strip_of(repaired: Repaired, matcher: Matcher) -> Strip | None:
    """The tokens of a text, or ``None`` when a limit or letters typed apart ask for reading it as a whole."""
    text = repaired.text
    if text.count("#") > MAX_TAGS:
        return None
    words = (text.replace("\n", " \n ") if "\n" in text else text).split(" ")
    met: list[Any] = list(map(matcher.runs.get, words))
    runs: list[Run] | None = met
    if not all(met) or any(map(_LIMITED, met)):
        runs = _within_limits(text, words, matcher)
    if runs is None:
        return None
    strip = _strip(words, runs)
    return strip if len(strip.tokens) < MAX_TOKENS else _cut(text, words, runs)


def _strip(words: list[str], runs: list[Run]) -> Strip:
    return Strip(
        list(chain.from_iterable(map(_TOKENS, runs))), list(chain.from_iterable(map(_MARKS, runs))), words, runs
    )


def tokens_by_run(repaired: Repaired, matcher: Matcher) -> list[Token] | None:
    """The same tokens, each at its place."""
    strip = strip_of(repaired, matcher)
    return None if strip is None else placed(strip.tokens, strip.places(repaired))


def placed(tokens: Sequence[Token], places: Sequence[Place]) -> list[Token]:
    """The tokens at these places."""
    return [
        _new(Token, (kind, norm, form, start, end, surface, known, unit, tag))
        for (kind, norm, form, _, _, surface, known, _, tag), (start, end, unit) in zip(tokens, places, strict=True)
    ]


def unread(text: str, matcher: Matcher) -> int:
    """Code points of ``text`` in runs that nobody sent before, as far as is remembered.

    Reading one of those takes up to 0.2 ms, reading the others next to nothing.
    """
    return sum(len(word) for word in text.split() if word not in matcher.runs and _PLAIN.get(word) is None)


_TOKENS: Callable[[Run], tuple[Token, ...]] = itemgetter(0)
_MARKS: Callable[[Run], tuple[int, ...]] = itemgetter(1)
_LIMITED: Callable[[Run], bool] = itemgetter(2)
_new = tuple.__new__


def _read_on(words: Sequence[str], matcher: Matcher) -> list[Run] | None:
    """The runs up to the limit on tokens; ``None`` when a single run reaches the limit on glued words and beyond.

    Those that nobody has seen yet are read; once as many words as may be were tried, no further ones are.
    """
    runs: list[Run] = []
    tried = count = 0
    for word in words:
        run = matcher.runs.get(word)
        if tried >= MAX_GLUED:
            run = _tired(word, matcher) if run is None or run.tries else run
        else:
            run = run or _with_names(word, matcher)
            tried += run.tries
            if tried > MAX_GLUED:
                return None
        runs.append(run)
        count += len(run.tokens)
        if count >= MAX_TOKENS:
            break
    return runs


def _tired(word: str, matcher: Matcher) -> Run:
    """A run after the limit on glued words; remembered where it is the same before it."""
    found = pieces(word)
    if any(_is_long(piece) for piece in found):
        return _marked(_read(word, found, matcher, tired=True), matcher)
    return _with_names(word, matcher)


def _within_limits(text: str, words: Sequence[str], matcher: Matcher) -> list[Run] | None:
    """The runs with regard to what they take of the limits, ``None`` where letters were typed apart."""
    runs = _read_on(words, matcher)
    if runs and sum([run.letters for run in runs]) >= MIN_SPACED and has_letters_apart(text):
        return None
    return runs


def _cut(text: str, words: list[str], runs: Sequence[Run]) -> Strip | None:
    """The tokens up to the end of the piece that reaches the limit; ``None`` where that cannot be told."""
    last, count = 0, len(runs[0].tokens)
    while count < MAX_TOKENS:
        last += 1
        count += len(runs[last].tokens)
    run = runs[last]
    if has_letters_apart(text) or "#" in words[last]:  # of a hashtag's words many may have the unit of a later piece
        return None
    place = len(run.tokens) - 1 - (count - MAX_TOKENS)
    piece = run.tokens[place].unit // UNIT
    end = next((k for k in range(place, len(run.tokens)) if run.tokens[k].unit // UNIT != piece), len(run.tokens))
    marks = (*run.marks[: end - 1], run.marks[end - 1] & ~GLUED)
    kept = [*runs[:last], run._replace(tokens=run.tokens[:end], marks=marks)]
    return _strip(words, kept)


def _as_sent(place: Place, repaired: Repaired) -> Place:
    starts, ends = repaired.starts or (), repaired.ends or ()
    a, b, unit = place
    end = ends[b - 1]
    return (starts[a] if a < b else end), end, unit


def _with_names(word: str, matcher: Matcher) -> Run:
    """A run as it reads with a watchlist; the same object as without it where that makes no difference."""
    run = _marked(_PLAIN[word] or _read(word, pieces(word), matcher), matcher)
    if len(word) <= MAX_WORD:
        _remember(word, run, matcher)
    return run


def _marked(run: Run, matcher: Matcher) -> Run:
    marks = tuple(matcher.marked(run.marks, run.tokens))
    return run if marks == run.marks else run._replace(marks=marks)


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
    return piece.kind in ("hashtag", "mention") or _is_long(piece)


def _is_long(piece: Piece) -> bool:
    return piece.kind == "word" and len(piece.text) >= MIN_GLUED


def _read(word: str, found: list[Piece], matcher: Matcher, *, tired: bool = False) -> Run:
    tokens = [_interned(token) for token in build(found, Repaired(word), matcher, tired=tired)]
    letters, tried = sum(map(is_letter, found)), tries(tokens)
    return Run(tuple(tokens), tuple(marks_of(tokens)), bool(letters or tried), len(found) * UNIT, letters, tried)


def _interned(token: Token) -> Token:
    """With strings that are the same objects wherever they are looked up: they need not be compared."""
    kind, norm, form, start, end, surface, known, unit, tag = token
    return Token(kind, intern(norm), intern(form), start, end, intern(surface), known, unit, tag)


class _Plain(Memo[Run | None]):
    """Runs by what stands between two spaces; nothing longer than a word can be is remembered."""

    def __missing__(self, text: str) -> Run | None:
        return super().__missing__(text) if len(text) <= MAX_WORD else None


_PLAIN = _Plain(_plain_run, CACHE_SIZE)
