"""A text while it is being masked, and what becomes of placeholders that stand side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from app.text.clues import BORNE, INITIAL, LEADS, LONG, PLACE, UPPER
from app.text.marks import JOINING, JOINING_FORMS, LIKELY, NUMBER, UNKNOWN
from app.text.token import Token

#: Share of words in capitals, or beginning with one, from which on capitals say nothing.
_MOST = 0.6
#: Marks by which some rule begins.
_ACTIVE = PLACE | LIKELY | LEADS | BORNE | UNKNOWN | NUMBER | JOINING


class Masked(NamedTuple):
    """Masked tokens, and for each the first and the last token that it stands for; ``None`` where each is its own."""

    tokens: list[Token]
    ranges: list[tuple[int, int]] | None


class Draft:
    """A text while it is being masked: the tokens as they were and as they are, and where some rule has to look."""

    __slots__ = ("_capitals", "active", "changed", "marks", "plain", "tokens")

    def __init__(self, plain: Sequence[Token], tokens: list[Token], marks: Sequence[int], *, listed: bool) -> None:
        """``listed`` says that some of ``tokens`` may be names already."""
        self.plain, self.tokens = plain, tokens
        self.changed: list[int] = []
        self.marks = marks
        if listed:
            self.changed = [i for i, token in enumerate(tokens) if token is not plain[i]]
            self.marks = _with_names(tokens, marks, self.changed)
        self.active = [i for i, mark in enumerate(self.marks) if mark & _ACTIVE]
        self._capitals: tuple[bool, bool] | None = None

    def at(self, bits: int) -> list[int]:
        """Indices of the tokens with one of the bits."""
        marks = self.marks
        return [i for i in self.active if marks[i] & bits]

    def put(self, i: int, token: Token) -> None:
        """Another token at ``i``."""
        self.tokens[i] = token
        self.changed.append(i)

    def capitals(self) -> tuple[bool, bool]:
        """Whether most words are in capitals, and whether most begin with one: a capital then says nothing.

        Once asked, that is settled, whatever is masked later.
        """
        if self._capitals is None:
            words = [mark for mark in self.marks if mark & LONG]
            most = _MOST * len(words)
            shouting = len(words) >= 3 and len([1 for mark in words if mark & UPPER]) > most
            self._capitals = shouting, len(words) >= 5 and len([1 for mark in words if mark & INITIAL]) > most
        return self._capitals


def may_collapse(draft: Draft) -> bool:
    """Whether two tokens that may be joined stand side by side, or a dash after one of them."""
    tokens = draft.tokens
    end = len(tokens) - 1
    for i in (*draft.changed, *draft.at(JOINING)):
        form = tokens[i][2]
        if i < end and form in JOINING_FORMS and tokens[i + 1][2] in (form, "-"):
            return True
    return False


def collapse(tokens: Sequence[Token]) -> Masked:
    """Join neighbours that stand for one thing: ``Ridwan Kamil`` is one ``<nama>``."""
    out: list[Token] = []
    ranges: list[tuple[int, int]] = []
    for i, token in enumerate(tokens):
        form = token.form
        if form in JOINING_FORMS and out and out[-1].form == form and out[-1].tag == token.tag:
            out[-1] = out[-1]._replace(surface=f"{out[-1].surface} {token.surface}")
            ranges[-1] = ranges[-1][0], i
        elif form != "-" or not out or out[-1].kind != "name":  # the dash of a pair goes so that its two names join
            out.append(token)
            ranges.append((i, i))
    return Masked(out, ranges)


def _with_names(tokens: Sequence[Token], marks: Sequence[int], changed: Sequence[int]) -> list[int]:
    """The marks with those of new names: names may follow them, and their capitals are the name's."""
    found = list(marks)
    for i in changed:
        if tokens[i].kind == "name":
            found[i] |= LEADS
        if tokens[i].kind != "word":
            found[i] &= ~LONG
    return found
