"""The two sides of an act, each one or two fields: own words or the target, and the words in a picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.scoring.types import Field, Item
from app.text.passage import Passage
from app.text.repair import is_readable
from app.text.token import Token
from app.watchlists.matcher import Matcher, Mention

#: Stands between a text and the words in its picture; n-grams pass over it, negation ends there.
BREAK = Token("punct", "\n", "\n", 0, 0, "\n", True, 0, False)


class Part(NamedTuple):
    """One field as sent, and how it reads."""

    field: Field
    raw: str
    read: Passage

    @property
    def masked(self) -> list[Token]:
        """Its tokens after masking."""
        return self.read.masked

    @property
    def mentions(self) -> list[Mention]:
        """Who is mentioned where, counted in tokens before masking."""
        return self.read.mentions


def sides(item: Item, matcher: Matcher) -> tuple[list[Part], list[Part]]:
    """Fields of the own side and of the target's that have something to read, read.

    A picture belongs to the own side of a post, and to the target of every other act.
    """
    media: tuple[Field, str] = ("media_text", item.media_text)
    own: list[tuple[Field, str]] = [("text", item.text)]
    target: list[tuple[Field, str]] = [("target_text", item.target_text)]
    (own if item.action == "post" else target).append(media)
    return _read(own, matcher), _read(target, matcher)


def _read(fields: Sequence[tuple[Field, str]], matcher: Matcher) -> list[Part]:
    return [Part(field, raw, Passage(raw, matcher)) for field, raw in fields if is_readable(raw)]


def joined(parts: Sequence[Part]) -> list[Token]:
    """Masked tokens of a side as the model counts them, one field after the other; their places are not said."""
    tokens: list[Token] = []
    for part in parts:
        tokens += [BREAK, *part.read.counted] if tokens else part.read.counted
    return tokens


def shared_out(parts: Sequence[Part], weights: Sequence[float]) -> Iterator[tuple[Part, Sequence[float]]]:
    """Each field with the weights of its own tokens, from one weight per token of ``joined``."""
    start = 0
    for part in parts:
        start += bool(start)
        yield part, weights[start : start + len(part.read.counted)]
        start += len(part.read.counted)
