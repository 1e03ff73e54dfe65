"""Sastrawi stemming behind a bounded cache, with protected words before it."""

from __future__ import annotations

import re
from functools import lru_cache

from app.text.resources import kamus, protected
from app.text.sastrawi import stem_word

#: Distinct words whose stem is remembered; about 30 MB when full.
CACHE_SIZE = 100_000
_MIN_LENGTH = 4
# Every prefix, infix and suffix that PySastrawi's rules can take off. Asking it about a word without one costs a
# quarter of a millisecond and changes nothing.
_AFFIX = re.compile(
    r"^(?:[bmpt]e|di|ke|se|kau|ku|[^aiueo](?:e[lmr]|in)[aiueo])|(?:[lkt]ah|pun|[km]u|nya|i|k?an|is|isme|isasi)$"
)


class _Dispatching:
    """A stemmer of one word at a time."""

    stem_singular_word = staticmethod(stem_word)


@lru_cache(maxsize=1)
def _stemmer() -> _Dispatching:
    return _Dispatching()


@lru_cache(maxsize=CACHE_SIZE)
def stem(word: str) -> str:
    """Stem of one lower-case word of letters (no dashes); protected words keep their listed form."""
    fixed = protected().get(word)
    if fixed is not None:
        return fixed
    if len(word) < _MIN_LENGTH or not word.isascii() or not word.isalpha() or not _AFFIX.search(word):
        return word
    return _stemmer().stem_singular_word(word)


@lru_cache(maxsize=CACHE_SIZE)
def is_known(word: str) -> bool:
    """Whether a lower-case word is Indonesian as far as the lists know: a root, a listed or an affixed word."""
    return word in kamus() or word in protected() or stem(word) in kamus()
