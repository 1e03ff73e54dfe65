"""Undo what scrapers, keyboards and disguises do to text, without losing the way back.

Everything downstream works on :class:`Repaired` text; evidence is shown in the text as sent, so each
repaired character knows which code points of the original it stands for.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import ftfy.bad_codecs

from app.text.resources import confusables

ftfy.bad_codecs.ok()

#: Longest text, in code points, that is read; what follows is ignored and reported as cut.
MAX_CHARS = 10_000

# The 27 printable characters that Windows-1252 puts between 0x80 and 0x9F.
_CP1252 = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_MOJIBAKE = re.compile(rf"(?:[\u00c2-\u00f4][\u0080-\u00bf{_CP1252}]{{1,3}}){{1,64}}")

_REPLACE = re.compile(
    r"&(?:amp;){0,3}(?:\#[0-9]{1,7}|\#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});"  # HTML entities, also doubled
    r"|<br\s{0,3}/?>|</?(?:p|b|i|u|a|em|strong|span|div)(?:\s[^<>]{0,300})?>"  # tags that scrapers leave
    r"|(?:\\x[0-9a-fA-F]{2}){1,64}"  # bytes printed as escapes
    r"|\\u[0-9a-fA-F]{4}|\\[nrt]"
)
_SUSPECT = re.compile(r"[^\x20-\x7e\n]|&|<|\\")
_Emit = Callable[[str, int, int], None]
_DROPPED = frozenset("\u115f\u1160\u3164\uffa0\u034f\u180e\u2800\ufeff\u00ad")


@dataclass(frozen=True, slots=True)
class Repaired:
    """Repaired text and, per character, the half-open span of the original it stands for.

    ``starts`` and ``ends`` are ``None`` when text and original are the same string.
    """

    text: str
    starts: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None
    cut: bool = False

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Map a non-empty half-open span of ``text`` to one of the original."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def repair(raw: str, limit: int = MAX_CHARS) -> Repaired:
    """Repair mojibake, entities, tags, look-alike letters and invisible characters.

    Accepts any string (lone surrogates too) and never raises; at most ``limit`` code points are read.
    """
    cut = len(raw) > limit
    if cut:
        raw = raw[:limit]
    if not _SUSPECT.search(raw):
        return Repaired(raw, cut=cut)
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []

    def emit(piece: str, start: int, end: int) -> None:
        chars.extend(piece)
        starts.extend([start] * len(piece))
        ends.extend([end] * len(piece))

    _walk(raw, emit)
    return Repaired("".join(chars), tuple(starts), tuple(ends), cut)


def _walk(raw: str, emit: _Emit) -> None:
    """Send repaired pieces with their original spans to ``emit``, left to right."""
    position = 0
    for match in _REPLACE.finditer(raw):
        _plain(raw, position, match.start(), emit)
        for char in _replacement(match.group()):
            emit(_fold(char), match.start(), match.end())
        position = match.end()
    _plain(raw, position, len(raw), emit)


def _plain(raw: str, start: int, end: int, emit: _Emit) -> None:
    """Repair mojibake runs inside ``raw[start:end]`` and fold the rest character by character."""
    position = start
    for match in _MOJIBAKE.finditer(raw, start, end):
        fixed = _unscramble(match.group())
        if fixed is None:
            continue
        _characters(raw, position, match.start(), emit)
        for char in fixed:
            emit(_fold(char), match.start(), match.end())
        position = match.end()
    _characters(raw, position, end, emit)


def _characters(raw: str, start: int, end: int, emit: _Emit) -> None:
    for index in range(start, end):
        char = raw[index]
        emit(char if " " <= char <= "~" else _fold(char), index, index + 1)


def _replacement(found: str) -> str:
    if found[0] == "&":
        return _entity(found)
    if found[0] == "<":
        return "\n" if found[1:3].lower() == "br" else " "
    if found[1] == "x":
        return bytes.fromhex(found.replace("\\x", "")).decode("utf-8", "replace")
    if found[1] == "u":
        return chr(int(found[2:], 16))
    return "\n"


def _entity(found: str) -> str:
    while found.startswith("&amp;") and len(found) > len("&amp;"):
        found = "&" + found[len("&amp;") :]
    return html.unescape(found)


def _unscramble(run: str) -> str | None:
    """Decode UTF-8 that was read as Windows-1252; ``None`` when it was not that."""
    try:
        return run.encode("sloppy-windows-1252").decode("utf-8")
    except UnicodeError:
        return None


@lru_cache(maxsize=8192)
def _fold(char: str) -> str:
    """One character in its plainest form: compatibility forms unified, accents and invisibles gone."""
    if char == "\n" or " " <= char <= "~":
        return char
    if char.isspace():
        return " "
    if char in _DROPPED:
        return ""
    plain = confusables().get(char)
    if plain is not None:
        return plain
    kept = [c for c in unicodedata.normalize("NFKD", char) if not _is_invisible(c)]
    return unicodedata.normalize("NFKC", "".join(confusables().get(c, c) for c in kept))


def _is_invisible(char: str) -> bool:
    category = unicodedata.category(char)
    return category in ("Mn", "Me", "Cf", "Cs", "Co", "Cn", "Cc") and char != "\u20e3"
