"""PySastrawi's rules, each asked only about words that it may change: the same stems in a fifth of the time.

PySastrawi tries every rule of prefixes on every word. Nearly all of them begin with fixed letters, so that three
letters of a word tell which rules are left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from Sastrawi.Stemmer.Context.Context import Context
from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

_LETTERS = 3
#: How a pattern begins: fixed letters, or one of some letters and an infix.
_FIXED, _INFIX = re.compile(r"\^?([a-z]+)"), re.compile(r"\^\(\[([a-z]+)\]\)\(?([a-z]{2})")


@lru_cache(maxsize=1)
def stemmer() -> Any:  # noqa: ANN401 - PySastrawi has no types
    """PySastrawi's own stemmer without its unbounded cache."""
    return StemmerFactory().create_stemmer().delegatedStemmer


def stem_word(word: str) -> str:
    """Stem of a lower-case word without dashes, as ``stem_singular_word`` has it."""
    plain = stemmer()
    context = _Context(word, plain.dictionary, plain.visitor_provider)
    context.execute()
    return str(context.result)


class _Context(Context):  # type: ignore[misc]
    def accept_prefix_visitors(self, visitors: list[Any]) -> None:
        """Rules that cannot match would change nothing, and none is asked again once one has changed the word."""
        super().accept_prefix_visitors(_asked(self.current_word[:_LETTERS]))


@lru_cache(maxsize=20_000)
def _asked(letters: str) -> list[Any]:
    """Rules for words that begin with these letters, in PySastrawi's order; the first, for di-, ke- and se-, always."""
    first, *others = stemmer().visitor_provider.get_prefix_visitors()
    return [first, *(rule for rule in others if any(_may_match(pattern, letters) for pattern in _patterns(rule)))]


def _may_match(pattern: str, letters: str) -> bool:
    """Whether a pattern can match a word of which these are the first letters."""
    fixed, infix = _FIXED.match(pattern), _INFIX.match(pattern)
    if fixed:
        return letters.startswith(fixed[1][:_LETTERS])
    return infix is None or (letters[:1] in infix[1] and letters[1:] == infix[2])


def _patterns(rule: Any) -> Iterator[str]:  # noqa: ANN401
    """The pattern that each form of a rule matches words with; an empty one where it is not told."""
    for form in rule.disambiguators:
        constants = type(form).disambiguate.__code__.co_consts
        yield next((text for text in constants if isinstance(text, str) and "(" in text and text[0] in _STARTS), "")


_STARTS = "^be"
