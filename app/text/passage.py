"""A text as scoring reads it: masked tokens without places, which are worked out only where something is shown.

The same tokens as :func:`app.text.pipeline.analyse` gives. Counting asks no token for its place, and most texts show
nothing, so the tokens that runs remember are used as they are.
"""

from __future__ import annotations

from app.text.build import build
from app.text.draft import Masked
from app.text.marks import NAMING, marked_with, marks_of
from app.text.masking import mask_mentioned
from app.text.repair import Repaired, repair
from app.text.runs import Place, Strip, placed, strip_of
from app.text.split import split
from app.text.token import Token
from app.watchlists.matcher import Matcher, Mention

#: Half open, in code points of the text as sent.
Span = tuple[int, int]


class Passage:
    """Tokens of one text before and after masking, and the names that were found in it.

    ``counted`` are the masked tokens for whoever asks for no places: what their places are is not said.
    """

    def __init__(self, raw: str, matcher: Matcher) -> None:
        repaired = repair(raw)
        self._strip = strip_of(repaired, matcher)
        if self._strip is None or repaired.starts is not None:
            self._plain, self._marks = _in_place(repaired, self._strip, matcher)
            self._strip = None
        else:
            self._plain, self._marks = self._strip.tokens, self._strip.marks
        self.mentions: list[Mention] = matcher.mentions(self._plain, self._marks)
        self._masked: Masked = mask_mentioned(self._plain, self._marks, self.mentions)
        self.counted: list[Token] = self._masked.tokens
        self._spans: list[Span] | None = None

    @property
    def found(self) -> list[Token]:
        """Tokens before masking for whoever asks for no places."""
        return self._plain

    @property
    def naming(self) -> list[int]:
        """Which of the tokens before masking are accounts or whole hashtags of the watchlists."""
        return marked_with(self._marks, NAMING)

    @property
    def plain(self) -> list[Token]:
        """Tokens before masking (names are still words), each at its place."""
        return placed(self._plain, self._places)

    @property
    def masked(self) -> list[Token]:
        """Tokens after masking, each at its place."""
        return placed(self.counted, self._masked_places)

    @property
    def spans(self) -> list[Span]:
        """Where each masked token stands in the text as sent."""
        spans, ranges = self.found_spans, self._masked.ranges
        return spans if ranges is None else [(spans[first][0], spans[last][1]) for first, last in ranges]

    @property
    def found_spans(self) -> list[Span]:
        """Where each token before masking stands in the text as sent."""
        if self._spans is None:
            found = self._strip
            self._spans = [(token[3], token[4]) for token in self._plain] if found is None else found.spans()
        return self._spans

    @property
    def _places(self) -> list[Place]:
        if self._strip is None:
            return [(token.start, token.end, token.unit) for token in self._plain]
        return self._strip.places()

    @property
    def _masked_places(self) -> list[Place]:
        places, ranges = self._places, self._masked.ranges
        if ranges is None:
            return places
        return [(places[first][0], places[last][1], places[first][2]) for first, last in ranges]


def _in_place(repaired: Repaired, strip: Strip | None, matcher: Matcher) -> tuple[list[Token], list[int]]:
    """Tokens at their places with their marks: of a text that was repaired, or has to be read as a whole."""
    if strip is None:
        tokens = build(split(repaired.text), repaired, matcher)
    else:
        tokens = placed(strip.tokens, strip.places(repaired))
    return tokens, matcher.marked(marks_of(tokens), tokens)
