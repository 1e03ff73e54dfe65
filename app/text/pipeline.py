"""The one chain from raw text to masked tokens that training, batch, service and console share."""

from __future__ import annotations

from collections.abc import Sequence

from app.text.build import MAX_GLUED, MAX_TAGS, MAX_TOKENS, build
from app.text.masking import mask
from app.text.passage import Passage
from app.text.repair import repair
from app.text.runs import tokens_by_run
from app.text.split import split
from app.text.token import Token
from app.watchlists.matcher import Matcher

__all__ = ["MAX_GLUED", "MAX_TAGS", "MAX_TOKENS", "analyse", "tokenise"]

_NO_NAMES = Matcher()


def analyse(raw: str, matcher: Matcher = _NO_NAMES, spans: Sequence[tuple[int, int, str]] = ()) -> list[Token]:
    """Masked tokens of any string, in order, each with its place in ``raw``.

    ``matcher`` holds the watchlists that may match; ``spans`` are annotated names ``(start, end, kind)``.
    """
    return mask(tokenise(raw, matcher), matcher, spans) if spans else Passage(raw, matcher).masked


def tokenise(raw: str, matcher: Matcher = _NO_NAMES) -> list[Token]:
    """Tokens before masking: every word in its standard spelling and stem."""
    repaired = repair(raw)
    tokens = tokens_by_run(repaired, matcher)
    return build(split(repaired.text), repaired, matcher) if tokens is None else tokens
