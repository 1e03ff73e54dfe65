"""Stems behind a bounded cache, with protected words before it."""

from __future__ import annotations

import re
from functools import lru_cache

from app.text.affixes import root
from app.text.resources import kamus, protected

#: Distinct words whose stem is remembered; about 30 MB when full.
CACHE_SIZE = 100_000
_MIN_LENGTH = 4
# Every prefix, infix and suffix that the rules can take off. Looking for the root of a word without one costs ten times
# this and changes nothing.
_AFFIX = re.compile(
    r"^(?:[bmpt]e|di|ke|se|kau|ku|[^aiueo](?:e[lmr]|in)[aiueo])|(?:[lkt]ah|pun|[km]u|nya|i|k?an|is|isme|isasi)$"
)


@lru_cache(maxsize=CACHE_SIZE)
def stem(word: str) -> str:
    """Stem of one lower-case word of letters (no dashes); protected words keep their listed form."""
    fixed = protected().get(word)
    if fixed is not None:
        return fixed
    if len(word) < _MIN_LENGTH or not word.isascii() or not word.isalpha() or not _AFFIX.search(word):
        return word
    return root(word)


@lru_cache(maxsize=CACHE_SIZE)
def is_known(word: str) -> bool:
    """Whether a lower-case word is Indonesian as far as the lists know: a root, a listed or an affixed word."""
    return word in kamus() or word in protected() or stem(word) in kamus()
