"""What a single written word stands for: its standard spelling, stem and class, whatever its disguise.

Everything here depends on the word alone, never on its neighbours, so results are cached per spelling.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from app.text.disguise import alay
from app.text.resources import given_names, slang, titles
from app.text.split import MAX_WORD
from app.text.stem import is_known, stem

#: Distinct spellings whose analysis is remembered.
CACHE_SIZE = 100_000

_LEET = str.maketrans("01345678@$!+", "oieasgtbasit")
_LEET_L = str.maketrans("01345678@$!+", "oleasgtbaslt")
_RUN = re.compile(r"(.)\1{2,}")
_DOUBLE = re.compile(r"(.)\1+")
_REPEAT2 = re.compile(r"^([a-z]{2,})2(nya|an|ku|mu|lah|kan)?$")
_NUMBERED = frozenset(("no", "nmr", "nomor", "nomer", "urut", "paslon", "coblos", "tusuk"))
_DIGITS_AROUND = re.compile(r"[0-9]{0,9}([a-z]{2,})[0-9]{0,9}")
_DIGIT_SPLIT = re.compile(r"[0-9]+|[^0-9]+")
_MARKS = re.compile(r"[@$*!'+]")
_APART = re.compile(r"[^\W_]([@$*!'+])[^\W_](?:\1[^\W_]){2,}")
_STARRED = frozenset(("pilih", "coblos", "dukung", "menang"))
_NUMBER_WORDS = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh")


class Part(NamedTuple):
    """One standard word inside a spelling; ``start``/``end`` are positions inside the spelling."""

    norm: str
    stem: str
    known: bool
    disguised: bool
    start: int
    end: int


@lru_cache(maxsize=CACHE_SIZE)
def lexeme(surface: str) -> tuple[Part, ...]:
    """Standard words for one spelling, e.g. ``"c0bl0s"`` → ``coblos``, ``"drpd"`` → ``daripada``.

    ``surface`` is a run of letters and digits, possibly with in-word marks; words beyond 64 characters are cut.
    """
    low = surface[:MAX_WORD].lower()
    size = len(surface)
    found = _standard(low) or (None if low in given_names() or low in titles() else _plain_form(low))
    if found is not None:
        return _parts(found, 0, size, known=True, disguised=False)
    found = _unmasked(low)
    if found is not None:
        return _parts(found, 0, size, known=True, disguised=True)
    if _MARKS.search(low):
        return _cut(surface, _MARKS)
    if not low.isalpha() and not low.isdigit():
        return _cut_digits(surface)
    word = alay(surface[:MAX_WORD])
    if word is not None:
        return _parts((word,), 0, size, known=True, disguised=True)
    return _parts((shorten(low),), 0, size, known=False, disguised=False)


def shorten(word: str) -> str:
    """Undo elongation: three or more of a letter become one."""
    return _RUN.sub(r"\1", word)


def number_word(digits: str) -> str:
    """Word for a small whole number (``"2"`` → ``"dua"``), ``"<angka>"`` for others."""
    value = int(digits) if digits.isdigit() and digits.isascii() and len(digits) <= 3 else -1
    return _NUMBER_WORDS[value] if 0 <= value <= 10 else "<angka>"


def _standard(word: str) -> tuple[str, ...] | None:
    """Listed or dictionary form of a word, or ``None``."""
    listed = slang().get(word)
    if listed is not None:
        return listed
    return (word,) if is_known(word) else None


def _plain_form(word: str) -> tuple[str, ...] | None:
    """Undo elongation, doubled letters, hamzah (``jum'at``), repetition (``orang2``) and a possessive ``x``/``ny``."""
    for pattern, repl in ((_RUN, r"\1"), (_RUN, r"\1\1"), (_DOUBLE, r"\1")):
        shorter = pattern.sub(repl, word)
        if shorter != word and len(shorter) > 1 and (found := _standard(shorter)):
            return found
    if "'" in word and (found := _standard(word.replace("'", ""))):
        return found
    repeated = _REPEAT2.match(word)
    if repeated and repeated[1] not in _NUMBERED:
        return _standard(repeated[1] + (repeated[2] or "")) or _standard(repeated[1])
    return _without_clitic(word)


def _without_clitic(word: str) -> tuple[str, ...] | None:
    """Informal words with a clitic: ``gubernurx`` → ``gubernurnya``, ``bgtnya`` → ``banget``."""
    if len(word) > 4 and word[-1] == "x" and is_known(word[:-1]):
        return (word[:-1],)
    for clitic in ("nya", "ny", "lah", "kah", "pun", "ku", "mu"):
        base = word[: -len(clitic)]
        if len(base) > 2 and word.endswith(clitic) and base in slang():
            return slang()[base]
    return None


def _unmasked(word: str) -> tuple[str, ...] | None:
    """Undo digits and marks used as letters or between them: ``p1l1h``, ``s@ya``, ``p*lih``, ``p*i*l*i*h``."""
    if word.isalpha() or word.isdigit():
        return None
    if _APART.fullmatch(word):
        return _standard(_MARKS.sub("", word))
    if "*" in word:
        return _wildcard(word)
    around = _DIGITS_AROUND.fullmatch(word)
    if not re.search(r"[a-z]", word) or (around and _standard(around[1])):
        return None  # in "coblos1" the digit is a number
    for table in (_LEET, _LEET_L):
        candidate = word.translate(table)
        for form in (candidate, _RUN.sub(r"\1", candidate), _DOUBLE.sub(r"\1", candidate)):
            if form.isalpha() and len(form) > 2 and (found := _standard(form)):
                return found
    return None


def _wildcard(word: str) -> tuple[str, ...] | None:
    """Starred vowels: the only dictionary word that fits, or the one that people star most (``p*lih``)."""
    if word.count("*") > 2:
        return None
    forms = [word]
    for _ in range(word.count("*")):
        forms = [form.replace("*", vowel, 1) for form in forms for vowel in "aiueo"]
    fits = [form for form in forms if form.isalpha() and is_known(form)]
    chosen = fits if len(fits) == 1 else [form for form in fits if form in _STARRED]
    return (chosen[0],) if len(chosen) == 1 else None


def _cut(surface: str, pattern: re.Pattern[str]) -> tuple[Part, ...]:
    """Analyse what stands between marks one by one."""
    parts: list[Part] = []
    position = 0
    for match in [*pattern.finditer(surface), None]:
        stop = match.start() if match else len(surface)
        if stop > position:
            parts.extend(_shift(lexeme(surface[position:stop]), position))
        position = match.end() if match else stop
    return tuple(parts)


def _cut_digits(surface: str) -> tuple[Part, ...]:
    """``2periode`` → ``dua periode``; a digit inside letters that made no word is left as an unknown word."""
    chunks = list(_DIGIT_SPLIT.finditer(surface))
    if not 1 < len(chunks) <= 3:
        return _parts((shorten(surface[:MAX_WORD].lower()),), 0, len(surface), known=False, disguised=False)
    parts: list[Part] = []
    for chunk in chunks:
        text = chunk.group()
        if text.isdigit():
            parts.extend(_parts((digits_form(text),), chunk.start(), chunk.end(), known=True, disguised=False))
        else:
            parts.extend(_shift(lexeme(text), chunk.start()))
    return tuple(parts)


def digits_form(digits: str) -> str:
    """Vocabulary form of a run of digits: a small number as a word, a year, a ballot-like ``02``, else a number."""
    if len(digits) == 2 and digits[0] == "0" and digits[1] != "0":
        return "<nomor>"
    if len(digits) == 4 and digits[:2] in ("19", "20"):
        return "<tahun>"
    return number_word(digits)


def _shift(parts: tuple[Part, ...], offset: int) -> list[Part]:
    return [part._replace(start=part.start + offset, end=part.end + offset) for part in parts]


def _parts(words: tuple[str, ...], start: int, end: int, *, known: bool, disguised: bool) -> tuple[Part, ...]:
    return tuple(Part(word, word if word[0] == "<" else stem(word), known, disguised, start, end) for word in words)
