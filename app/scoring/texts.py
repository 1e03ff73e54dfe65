"""The two sides of an act, each one or two fields: own words or the target, and the words in a picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.scoring.types import Field, Item
from app.text.masking import mask_mentioned
from app.text.pipeline import tokenise
from app.text.token import Token
from app.watchlists.matcher import Matcher, Mention

#: Stands between a text and the words in its picture; n-grams pass over it, negation ends there.
BREAK = Token("punct", "\n", "\n", 0, 0, "\n", True, 0, False)


class Part(NamedTuple):
    """One field as sent, its tokens before masking (names are still words) and after, and who is mentioned where."""

    field: Field
    raw: str
    plain: list[Token]
    masked: list[Token]
    mentions: list[Mention]


def sides(item: Item, matcher: Matcher) -> tuple[list[Part], list[Part]]:
    """Fields of the own side and of the target's that hold more than white space, read.

    A picture belongs to the own side of a post, and to the target of every other act.
    """
    media: tuple[Field, str] = ("media_text", item.media_text)
    own: list[tuple[Field, str]] = [("text", item.text)]
    target: list[tuple[Field, str]] = [("target_text", item.target_text)]
    (own if item.action == "post" else target).append(media)
    return _read(own, matcher), _read(target, matcher)


def _read(fields: Sequence[tuple[Field, str]], matcher: Matcher) -> list[Part]:
    parts = []
    for field, raw in fields:
        if raw.strip():
            plain = tokenise(raw, matcher)
            mentions = matcher.mentions(plain)
            parts.append(Part(field, raw, plain, mask_mentioned(plain, mentions), mentions))
    return parts


def joined(parts: Sequence[Part]) -> list[Token]:
    """Masked tokens of a side as the model reads them, one field after the other."""
    tokens: list[Token] = []
    for part in parts:
        tokens += [BREAK, *part.masked] if tokens else part.masked
    return tokens


def shared_out(parts: Sequence[Part], weights: Sequence[float]) -> Iterator[tuple[Part, Sequence[float]]]:
    """Each field with the weights of its own tokens, from one weight per token of ``joined``."""
    start = 0
    for part in parts:
        start += bool(start)
        yield part, weights[start : start + len(part.masked)]
        start += len(part.masked)
