"""What masking and name search ask of single tokens, as bits that are worked out once for every remembered run.

A rule visits only the tokens with its bit, and a text without the bit skips the rule; most texts have few of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_

from app.text.clues import ALONE, BORNE, CAPITAL, HINTS, LEADS, LONG
from app.text.token import Token

#: Further bits beside those of ``HINTS``. ``LIKELY``: may be a person whatever stands before it. ``UNKNOWN``: a word
#: that no list knows and that may be somebody called. ``NUMBER``: a small number or a ballot number.
LIKELY, UNKNOWN, NUMBER = 1 << 8, 1 << 9, 1 << 10
#: ``SPELT_ON``: the next token comes from the same spelling. ``GLUED``: a dash that touches both of its neighbours.
SPELT_ON, GLUED = 1 << 11, 1 << 12
#: ``NAMING``: an account, or a hashtag that the watchlists have whole. ``JOINING``: joins its like. ``OPENING``: a word
#: where an alias of the matcher may begin.
NAMING, JOINING, OPENING = 1 << 13, 1 << 14, 1 << 15

#: Letters up to which a word is too short to be told for a name by its form.
SHORT = 2
NUMBERS = frozenset("satu dua tiga empat lima enam tujuh delapan sembilan sepuluh <nomor>".split())  # noqa: SIM905
ORDINALS = frozenset("kesatu kedua ketiga keempat kelima keenam ketujuh kedelapan kesembilan kesepuluh".split())  # noqa: SIM905
#: Placeholders of which several in a row stand for one thing.
JOINING_FORMS = frozenset(("<nama>", "<daerah>", "<partai>", "<slogan>", "<akun>", "<singkatan>"))
_ALL_NUMBERS = NUMBERS | ORDINALS
_NAMING = frozenset(("slogan", "account"))
_OF_ANY_KIND = LEADS | BORNE


def marks_of(tokens: Sequence[Token]) -> list[int]:
    """The bits of each token, those that depend on neighbours included."""
    marks = [_own(token) for token in tokens]
    for k in range(len(tokens) - 1):
        if tokens[k].unit == tokens[k + 1].unit:
            marks[k] |= SPELT_ON
    for k in range(1, len(tokens) - 1):
        if tokens[k].form == "-" and _touches(tokens[k - 1], tokens[k], tokens[k + 1]):
            marks[k] |= GLUED
    return marks


def together(marks: Sequence[int]) -> int:
    """Every bit that one of the tokens has."""
    return reduce(or_, marks, 0)


def marked_with(marks: Sequence[int], bit: int) -> list[int]:
    """Indices of the tokens with one of the bits."""
    return [i for i, mark in enumerate(marks) if mark & bit]


def _own(token: Token) -> int:
    form = (NUMBER if token.form in _ALL_NUMBERS else 0) | (JOINING if token.form in JOINING_FORMS else 0)
    if token.kind != "word":
        return form | HINTS[token.form] & _OF_ANY_KIND | (NAMING if token.kind in _NAMING else 0)
    hints = HINTS[token.surface]
    if token.tag:
        hints &= ~LONG
    if token.form[0] == "<":
        return form | hints
    likely = LIKELY if hints & ALONE or (hints & CAPITAL and not token.known) else 0
    unknown = UNKNOWN if not token.known and len(token.surface) > SHORT + 1 else 0
    return form | hints | likely | unknown


def _touches(before: Token, dash: Token, after: Token) -> bool:
    return before.end + 1 == dash.end == after.start
