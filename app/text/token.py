"""The token: what the model counts, and where it stood in the text as sent."""

from __future__ import annotations

from typing import Literal, NamedTuple

TokenKind = Literal["word", "name", "party", "slogan", "ballot", "number", "account", "url", "emoji", "punct", "mark"]


class Token(NamedTuple):
    """``form`` is what enters the vocabulary (a stem or a ``<placeholder>``), ``norm`` the standard spelling.

    ``start``/``end`` are code points of the original text, half open. ``surface`` is the repaired spelling;
    ``known`` says whether the word lists know it, ``unit`` numbers the spelling it came from (an abbreviation
    may stand for several words), ``tag`` whether it stood inside a hashtag.
    """

    kind: TokenKind
    norm: str
    form: str
    start: int
    end: int
    surface: str
    known: bool
    unit: int
    tag: bool


def marked(token: Token, kind: TokenKind, form: str) -> Token:
    """The token with a placeholder in place of its word."""
    return Token(kind, form, form, *token[3:])
