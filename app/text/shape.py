"""The shape of a text: how it is written, whatever it says. A headline, a notice, a quarrel and a cheer look different.

A text has one feature of each slot, ``h:<slot> <value>``: how long it is, how much of it is in capitals, how it begins
and ends, how many links, tags, accounts and signs it has. No name and no word is in them, no single word makes them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from app.text.memo import Memo
from app.text.token import Token

#: What a token is to the shape of its text; ``NOTHING`` is whatever else there is, and all that stands in a hashtag.
(NOTHING, LOWER, TITLE, CAPITALS, NAME, URL, TAG, ACCOUNT, EMOJI, NUMBER, QUESTION, EXCLAMATION, COLON, QUOTE, COMMA,
 PERIOD, ELLIPSIS, DASH, BRACKET, BREAK) = range(20)  # fmt: skip
SORTS = 20
_SIGNS = (
    ("?", QUESTION), ("!", EXCLAMATION), (":", COLON), ('"“”„«»', QUOTE), (",", COMMA), (".", PERIOD), ("…", ELLIPSIS),
    ("-–—", DASH), ("([", BRACKET), ("\n", BREAK), ("#", TAG), ("@", ACCOUNT),
)  # fmt: skip
_BY_SIGN = {sign: sort for signs, sort in _SIGNS for sign in signs}
_LINKS = ("http://", "https://", "www.")
#: Letters from which on a word's capitals count.
_LEAST = 3
#: Signs beyond all letters and marks of Latin, Greek and the like; one without letters and digits is a picture.
_PICTURES = "\u2000"
#: Sorts of placeholders, numbers left out. The spelling of a name, party or region says nothing: none is worth more
#: than another.
_PLACEHOLDERS = {
    "<nama>": NAME, "<partai>": NAME, "<slogan>": NAME, "<daerah>": NAME, "<singkatan>": NAME, "<akun>": ACCOUNT,
    "<akun_calon>": ACCOUNT, "<url>": URL, "<tagar>": TAG, "</tagar>": NOTHING, "<rt>": NOTHING, "<samar>": NOTHING,
    "<rapat>": NOTHING,
}  # fmt: skip
#: Distinct spellings whose sort is remembered; about 5 MB when full.
CACHE_SIZE = 50_000


def sort_of(spelling: str) -> int:
    """What a token is to the shape of its text: of this placeholder, or else of this spelling."""
    return _of_spelling(spelling) if spelling[:1] != "<" else _PLACEHOLDERS.get(spelling, NUMBER)


def _of_spelling(surface: str) -> int:
    if surface.startswith(_LINKS):
        return URL
    if surface.startswith(".."):
        return ELLIPSIS
    if surface[:1] in _BY_SIGN:
        return _BY_SIGN[surface[:1]]
    if any(map(str.isalpha, surface)):
        return _of_word(surface)
    if any(map(str.isdigit, surface)):
        return NUMBER
    return EMOJI if surface > _PICTURES else NOTHING


def _of_word(surface: str) -> int:
    if len(surface) < _LEAST:
        return NOTHING
    if surface.isupper():
        return CAPITALS
    return TITLE if surface[0].isupper() else LOWER


#: ``SORT[spelling]`` is the sort of a placeholder or a spelling.
SORT = Memo(sort_of, CACHE_SIZE)


class Counted(NamedTuple):
    """How many tokens of a sort there are: the value is the number of bounds that the count is ``above``."""

    name: str
    sort: int
    above: tuple[int, ...]


class End(NamedTuple):
    """Whether one of the ``sorts`` stands at a place of the text (0 first, 1 last, 2 last but for links)."""

    name: str
    place: int
    sorts: tuple[int, ...]


class Share(NamedTuple):
    """The share of a sort among the words, in steps, for each length of text."""

    name: str
    sort: int
    above: tuple[float, ...]


#: Steps of a text's length, in words.
LENGTHS = (0, 2, 5, 9, 15, 25)
SIZES = len(LENGTHS) + 1
MOST_LINKS = 2
SHARES = (Share("title", TITLE, (0.0, 0.15, 0.35, 0.6, 0.85)), Share("capitals", CAPITALS, (0.0, 0.2, 0.6)))
COUNTED = (
    Counted("colon", COLON, (0,)),
    Counted("quotes", QUOTE, (0, 2, 4)),
    Counted("dash", DASH, (0,)),
    Counted("bracket", BRACKET, (0,)),
    Counted("tags", TAG, (0, 1, 2, 5)),
    Counted("accounts", ACCOUNT, (0, 1, 2)),
    Counted("questions", QUESTION, (0, 1)),
    Counted("exclamations", EXCLAMATION, (0, 1, 2)),
    Counted("ellipses", ELLIPSIS, (0, 1)),
    Counted("breaks", BREAK, (0, 1, 3)),
    Counted("emoji", EMOJI, (0, 1, 3)),
    Counted("numbers", NUMBER, (0, 1, 3)),
    Counted("commas", COMMA, (0, 1, 3)),
    Counted("periods", PERIOD, (0, 1, 2)),
)
FIRST, LAST, CLOSING = range(3)
ENDS = (
    End("quote first", FIRST, (QUOTE,)),
    End("account first", FIRST, (ACCOUNT,)),
    End("capital first", FIRST, (TITLE, CAPITALS)),
    End("link last", LAST, (URL,)),
    End("question last", CLOSING, (QUESTION,)),
    End("ellipsis last", CLOSING, (ELLIPSIS,)),
    End("period last", CLOSING, (PERIOD,)),
)
#: Slots in order: length and links, shares, counts, ends; and how many values each has, from 0 on.
SLOTS = ("words", "links", *(slot.name for slot in (*SHARES, *COUNTED, *ENDS)))
VALUES = (
    SIZES,
    SIZES * (MOST_LINKS + 1),
    *(SIZES * (len(slot.above) + 1) for slot in SHARES),
    *(len(slot.above) + 1 for slot in COUNTED),
    *(2 for _ in ENDS),
)


def values_of(tokens: Sequence[Token]) -> list[int]:
    """The value of each slot for one text with a token or more."""
    sorts = [NOTHING if token[8] else SORT[token[2] if token[2][0] == "<" else token[5]] for token in tokens]
    counts = [0] * SORTS
    for sort in sorts:
        counts[sort] += 1
    ends = sorts[0], sorts[-1], next((sort for sort in reversed(sorts) if sort != URL), NOTHING)
    words = counts[LOWER] + counts[TITLE] + counts[CAPITALS]
    size = bisect_left(LENGTHS, words + counts[NAME])
    return [
        size,
        min(counts[URL], MOST_LINKS) * SIZES + size,
        *[bisect_left(above, counts[sort] / max(words, 1)) * SIZES + size for _, sort, above in SHARES],
        *[bisect_left(above, counts[sort]) for _, sort, above in COUNTED],
        *[int(ends[place] in of) for _, place, of in ENDS],
    ]


def shape(tokens: Sequence[Token]) -> list[str]:
    """Names of the features that tell how a text with a token or more is written, one of each slot."""
    return [name_of(slot, value) for slot, value in zip(SLOTS, values_of(tokens), strict=True)]


def name_of(slot: str, value: int) -> str:
    """The feature of a slot's value."""
    return f"h:{slot} {value}"
