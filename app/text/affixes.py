"""Roots of affixed words by PySastrawi's rules and in its order, as one table.

PySastrawi compiles a pattern for every affix that it takes off, a quarter of a millisecond a word, which a caller
who makes up words can make the service pay thousands of times. The answers are the same; the tests hold them together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

#: Shorter words are roots already: PySastrawi's own rule.
SHORTEST = 4
_V, _C = "[aiueo]", "[bcdfghjklmnpqrstvwxyz]"
_CASUAL = "[bcdfghjkpqstvxz]"
_TIMES = 3

#: Prefixes by the two letters that a word begins with, in the order in which they are tried: what is taken off, what
#: has to follow, and the letters that one of may have been swallowed. The last one is taken when no dictionary knows
#: the word under any of them; ``None`` among them takes nothing off.
_PREFIXES: dict[str, tuple[tuple[str, str, tuple[str | None, ...]], ...]] = {
    "be": (
        ("ber", _V, ("", "r")),
        ("ber", f"{_C}[a-z](?!er)", ("",)),
        ("ber", f"(?!r){_C}[a-z]er{_V}", ("",)),
        ("bel", "ajar$", ("",)),
        ("be", f"(?!r){_C}er{_C}", ("",)),
    ),
    "te": (
        ("ter", _V, ("", "r")),
        ("ter", f"(?!r){_C}er{_V}", ("",)),
        ("ter", f"(?!r){_C}(?!er)", ("",)),
        ("te", f"(?!r){_C}er{_C}", ("",)),
        ("ter", f"{_CASUAL}er{_C}", ("",)),
    ),
    "me": (
        ("me", f"[lrwy]{_V}", ("",)),
        ("mem", "[bfv]", ("",)),
        ("mem", "pe", ("",)),
        ("mem", _V, ("m", "p")),
        ("men", "[cdjstz]", ("",)),
        ("men", _V, ("n", "t")),
        ("meng", "[ghqk]", ("",)),
        ("meng", "e", ("", "k", "-e", "ng")),
        ("meng", _V, ("", "k", "ng")),
        ("meny", _V, ("ny", "s")),
        ("mem", "p[a-df-z]", ("",)),
    ),
    "pe": (
        ("pe", f"[wy]{_V}", ("",)),
        ("per", _V, ("", "r")),
        ("per", f"{_C}[a-z](?!er)", ("",)),
        ("per", f"(?!r){_C}[a-z]er{_V}", ("",)),
        ("pem", "[bfv]", ("",)),
        ("pem", _V, ("m", "p")),
        ("pen", "[cdjstz]", ("",)),
        ("pen", _V, ("n", "t")),
        ("peng", _C, ("",)),
        ("peng", "e", ("", "k", "-e")),
        ("peng", _V, ("", "k", None)),
        ("peny", _V, ("ny", "s")),
        ("pel", "ajar$", ("",)),
        ("pe", f"l{_V}", ("",)),
        ("pe", f"{_C}(?!er)", ("",)),
        ("pe", f"{_CASUAL}er{_C}", ("",)),
    ),
    "ku": (("ku", "", ("",)),),
    "ka": (("kau", "", ("",)),),
}
_INFIX = re.compile(rf"{_C}(?:er|el|em|in){_V}")
_PLAIN = ("di", "ke", "se")
_SUFFIXES = (
    re.compile(r"(?:lah|kah|tah|pun)$"),
    re.compile(r"(?:ku|mu|nya)$"),
    re.compile(r"(?:isme|isasi|is|i|kan|an)$"),
)
#: With these, prefixes come off before suffixes.
_PREFIX_FIRST = re.compile(r"^be.*(?:lah|an)$|^(?:me|di|pe|ter).*i$")


class _Rule(NamedTuple):
    """``cut`` letters come off where ``pattern`` matches; one of ``swallowed`` may have stood there."""

    pattern: re.Pattern[str]
    cut: int
    swallowed: tuple[str | None, ...]


def root(word: str) -> str:
    """The root of a lower-case word of at least ``SHORTEST`` letters, or the word itself when none is found."""
    roots = dictionary()
    return next((found for found in _readings(word) if found in roots), word)


@lru_cache(maxsize=1)
def dictionary() -> frozenset[str]:
    """Root words as shipped with PySastrawi."""
    text = (files("Sastrawi") / "Stemmer/data/kata-dasar.txt").read_text(encoding="utf-8")
    return frozenset(text.split())


def _readings(word: str) -> Iterator[str]:
    """What may be the root, likeliest first: PySastrawi's steps 1 to 6."""
    yield word
    if _PREFIX_FIRST.match(word):
        bare = _without_prefixes(word)
        yield bare
        yield from _without_suffixes(bare)
    shorter = [word, *_without_suffixes(word)]
    yield from shorter[1:]
    yield _without_prefixes(shorter[-1])
    yield from _restored(shorter)


def _restored(shorter: list[str]) -> Iterator[str]:
    """Prefixes come off again with each suffix back in its place, the last one first; ``-kan`` first as ``-k``."""
    for with_suffix, without in zip(shorter[-2::-1], shorter[:0:-1], strict=True):
        if with_suffix == f"{without}kan":
            yield _without_prefixes(f"{without}k")
        yield _without_prefixes(with_suffix)


def _without_suffixes(word: str) -> Iterator[str]:
    """The word after each suffix that comes off, until a dictionary knows it."""
    for pattern in _SUFFIXES:
        found = pattern.search(word)
        if found:
            word = word[: found.start()]
            yield word
            if word in dictionary():
                return


def _without_prefixes(word: str) -> str:
    for _ in range(_TIMES):
        shorter = _without_prefix(word)
        if shorter == word:
            break
        word = shorter
        if word in dictionary():
            break
    return word


def _without_prefix(word: str) -> str:
    if word.startswith(_PLAIN):
        return word[2:]
    if word in dictionary():
        return word
    for rule in _rules().get(word[:2], ()):
        shorter = _cut(word, rule)
        if shorter is not None:
            return shorter
    if _INFIX.match(word):
        return word[0] + word[3:]
    return word


def _cut(word: str, rule: _Rule) -> str | None:
    if not rule.pattern.match(word):
        return None
    shorter = None
    for letters in rule.swallowed:
        if letters == "-e":
            shorter = word[rule.cut + 1 :]
        else:
            shorter = None if letters is None else letters + word[rule.cut :]
        if shorter in dictionary():
            break
    return shorter


@lru_cache(maxsize=1)
def _rules() -> dict[str, tuple[_Rule, ...]]:
    return {
        beginning: tuple(_Rule(re.compile(taken + after), len(taken), swallowed) for taken, after, swallowed in rules)
        for beginning, rules in _PREFIXES.items()
    }
