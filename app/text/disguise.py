"""Last resorts for spellings that no list knows: words glued together, and *alay* spelling."""

from __future__ import annotations

import re
from functools import lru_cache

from app.text.hashtags import LONGEST_RUN, Chunk, split_tag
from app.text.resources import campaign_words, slang
from app.text.stem import is_known

#: Shorter unknown words are left alone: a name is more likely than two glued words.
MIN_GLUED = 14
_KNOWN_SHARE = 0.7
_MIN_ALAY = 5
_SOUNDS = {"oe": "u", "dj": "j", "tj": "c", "ck": "k", "y": "i", "z": "s", "v": "f", "q": "k", "x": "s"}
_NASAL = re.compile(r"nk\b")
_DOUBLE = re.compile(r"(.)\1+")
_ELONGATED = re.compile(r"(.)\1{2}")


def glued(surface: str) -> tuple[Chunk, ...]:
    """Words of a long unknown run of small or capital letters, if lists know most of it; else nothing.

    A capitalised word is left alone: it is a long name more often than a glued sentence.
    """
    if not MIN_GLUED <= len(surface) <= LONGEST_RUN or not surface.isalpha():
        return ()
    low = surface.lower()
    if not (surface.islower() or surface.isupper()) or _ELONGATED.search(low) or low in slang() or is_known(low):
        return ()
    chunks = split_tag(low)
    known = sum(len(chunk.text) for chunk in chunks if is_known(chunk.text) or chunk.text in slang())
    return chunks if len(chunks) > 1 and known >= _KNOWN_SHARE * len(surface) else ()


def alay(surface: str) -> str | None:
    """The campaign word that an unknown spelling sounds like (``dUkuNk`` → ``dukung``), or ``None``."""
    if len(surface) < _MIN_ALAY or surface.istitle():
        return None
    word = _by_sound().get(sound(surface.lower()))
    return None if word == surface.lower() else word


def sound(word: str) -> str:
    """How a spelling sounds: old and playful letters in today's spelling, doubled letters single."""
    for written, spoken in _SOUNDS.items():
        word = word.replace(written, spoken)
    return _DOUBLE.sub(r"\1", _NASAL.sub("ng", word))


@lru_cache(maxsize=1)
def _by_sound() -> dict[str, str]:
    return {sound(word): word for word in sorted(campaign_words()) if word.isalpha() and len(word) >= _MIN_ALAY}
