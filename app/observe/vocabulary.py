"""Of which forms texts are made: words that the lists know, words that they do not, and placeholders."""

from __future__ import annotations

from collections import Counter

from app.observe.profile import KNOWN, UNKNOWN
from app.text.pipeline import analyse


def forms_of(text: str) -> Counter[str]:
    """How often ``known`` words, ``unknown`` words and each placeholder occur; signs and emoji are left out.

    Names are masked by their form alone, without watchlists, so that the count does not change with the lists.
    """
    forms: Counter[str] = Counter()
    for token in analyse(text):
        if token.form[0] == "<":
            forms[token.form] += 1
        elif token.kind == "word":
            forms[KNOWN if token.known else UNKNOWN] += 1
    return forms


def words_of(text: str) -> tuple[int, int]:
    """Words, and how many of them no word list knows."""
    forms = forms_of(text)
    return forms[KNOWN] + forms[UNKNOWN], forms[UNKNOWN]
