"""Undo what scrapers, keyboards and disguises do to text, without losing the way back.

Everything downstream works on :class:`Repaired` text; evidence is shown in the text as sent, so each
repaired character knows which code points of the original it stands for.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from app.text.resources import confusables

#: Longest text, in code points, that is read; what follows is ignored and reported as cut.
MAX_CHARS = 10_000
#: Layers of encoding that are undone (``&lt;br&gt;`` and twice garbled text have two).
MAX_LAYERS = 4

# The 27 printable characters that Windows-1252 puts between 0x80 and 0x9F.
_CP1252 = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_TRAIL = rf"[\u0080-\u00bf{_CP1252}]"
_CODED = re.compile(
    r"&(?:amp;)*(?:\#[0-9]{1,7}|\#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});"  # HTML entities, also doubled
    r"|(?i:<br\s{0,3}/?>|</?(?:p|b|i|u|a|em|strong|span|div)(?:\s[^<>]{0,300})?>)"  # tags that scrapers leave
    r"|(?:\\x[0-9a-fA-F]{2})+"  # bytes printed as escapes
    r"|\\u[dD][89aAbB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|\\[nrt]"
    # UTF-8 that was read as Windows-1252 or Latin-1, character by character; the last two lost their last byte
    rf"|[\u00c2-\u00df]{_TRAIL}|[\u00e0-\u00ef]{_TRAIL}{{2}}|[\u00f0-\u00f4]{_TRAIL}{{3}}"
    rf"|\u00f0[\u0178\u009f]{_TRAIL}?|\u00e2\u20ac"
)
#: Without one of these characters no match of ``_CODED`` begins; looking for them is ten times cheaper.
_HINT = re.compile(r"[&<\\\u00c2-\u00f4]")
_ODD = re.compile(r"[^\x20-\x7e\n]")
_SUSPECT = re.compile(r"[^\n\x20-\x25\x27-\x3b\x3d-\x5b\x5d-\x7e]")  # odd, or & < \
#: What repair may make something else of, of the characters that ASCII prints.
_CODING = frozenset("&<\\")
_Change = tuple[str, int, int]
_DROPPED = frozenset("\u115f\u1160\u3164\uffa0\u034f\u180e\u2800\ufeff\u00ad")


class Repaired(NamedTuple):
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
    found = Repaired(raw, cut=cut)
    if _is_plain(raw) or _stays(raw):
        return found
    for _ in range(MAX_LAYERS):
        plainer = _folded(_decoded(found))
        if plainer.text == found.text:
            break
        found = plainer
        if not _is_coded(found.text):
            break
    return found


def is_readable(raw: str) -> bool:
    """Whether a text has something to read: one character, be it an emoji, that repair leaves and that is not blank."""
    if not raw:  # as most fields of an act are
        return False
    first = raw[:MAX_CHARS].lstrip()[:1]
    at_once = "!" <= first <= "~" and first not in _CODING  # as in most texts: a character that repair leaves as it is
    return at_once or bool(repair(raw).text.strip())


def _is_plain(raw: str) -> bool:
    """Whether nothing in a text of one line is to be repaired, as far as can be told at a glance."""
    return raw.isascii() and raw.isprintable() and "&" not in raw and "<" not in raw and "\\" not in raw


def _stays(raw: str) -> bool:
    """Whether nothing is encoded and every odd character is in its plainest form already, as most emoji are."""
    return not _SUSPECT.search(raw) or (not _HINT.search(raw) and all(map(_is_plainest, _ODD.findall(raw))))


def _is_coded(text: str) -> bool:
    return bool(_HINT.search(text) and _CODED.search(text))


def _decoded(found: Repaired) -> Repaired:
    """Undo entities, tags, escapes and garbled bytes, layer by layer; letters stay as they are."""
    for _ in range(MAX_LAYERS):
        if not _is_coded(found.text):
            break
        changes = ((_replacement(m.group()), m.start(), m.end()) for m in _CODED.finditer(found.text))
        plainer = _through(found, changes)
        if plainer.text == found.text:
            break
        found = plainer
    return found


def _folded(found: Repaired) -> Repaired:
    """Every character in its plainest form."""
    odd = ((_fold(m.group()), m.start(), m.end()) for m in _ODD.finditer(found.text))
    changes = [change for change in odd if change[0] != found.text[change[1]]]
    return _through(found, changes) if changes else found


def _through(found: Repaired, changes: Iterable[_Change]) -> Repaired:
    """``found.text`` with spans of it replaced, each character with its span in the original of ``found``."""
    texts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    position = 0
    for text, start, end in (*changes, ("", len(found.text), len(found.text))):
        if position < start:
            texts.append(found.text[position:start])
            starts.extend(range(position, start) if found.starts is None else found.starts[position:start])
            ends.extend(range(position + 1, start + 1) if found.ends is None else found.ends[position:start])
        if text:
            first, last = found.span(start, end)
            texts.append(text)
            starts.extend([first] * len(text))
            ends.extend([last] * len(text))
        position = end
    return Repaired("".join(texts), tuple(starts), tuple(ends), found.cut)


def _replacement(found: str) -> str:
    """What a match of ``_CODED`` stands for."""
    if found[0] == "&":
        return html.unescape(re.sub("&(?:amp;)+(?=.)", "&", found))
    if found[0] == "<":
        return "\n" if found[1:3].lower() == "br" else " "
    if found[0] == "\\":
        return _unescape(found)
    return _unscramble(found)


def _unescape(found: str) -> str:
    if found[1] == "x":
        return bytes.fromhex(found.replace("\\x", "")).decode("utf-8", "replace")
    if found[1] == "u":
        return bytes.fromhex(found.replace("\\u", "")).decode("utf-16-be", "surrogatepass")
    if found[1] == "U":
        return bytes.fromhex(found[2:]).decode("utf-32-be", "replace")
    return "\n"


@lru_cache(maxsize=1)
def _register_codecs() -> None:
    import ftfy.bad_codecs  # slow to import, and few texts are garbled

    ftfy.bad_codecs.ok()


def _unscramble(sequence: str) -> str:
    """Decode UTF-8 that was read as Windows-1252 or Latin-1; the sequence itself when it was not that."""
    if sequence == "\u00e2\u20ac":
        return '"'
    if sequence[0] == "\u00f0" and len(sequence) < 4:
        return "\ufffd"
    _register_codecs()
    for codec in ("sloppy-windows-1252", "latin-1"):
        try:
            return sequence.encode(codec).decode("utf-8")
        except UnicodeError:
            continue
    return sequence


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
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    kept = [c for c in unicodedata.normalize("NFKD", char) if not _is_invisible(c)]
    return unicodedata.normalize("NFKC", "".join(confusables().get(c, c) for c in kept))


@lru_cache(maxsize=8192)
def _is_plainest(char: str) -> bool:
    return _fold(char) == char


def _is_invisible(char: str) -> bool:
    if "\U0001f000" <= char <= "\U0001faff":
        return False  # pictographs, also those that this Python's Unicode tables do not know yet
    category = unicodedata.category(char)
    return category in ("Mn", "Me", "Cf", "Cs", "Co", "Cn", "Cc") and char != "\u20e3"
