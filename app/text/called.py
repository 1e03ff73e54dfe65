"""Where campaign words put a contestant, whatever the word is that stands there."""

from __future__ import annotations

from collections.abc import Sequence

from app.text.token import Token

# fmt: off
#: Stems beside which an unknown word is somebody's name ("dukung qertino", "qertino menang").
AFTER = frozenset(
    ("pilih", "dukung", "coblos", "menangkan", "relawan", "posko", "timses", "tim", "gas", "hidup", "lanjut", "tetap",
     "tolak", "bukan", "kecuali", "mah", "pendukung", "bravo", "next")
)
BEFORE = frozenset(("menang", "juara", "mah", "gas", "terpilih", "yes", "presiden", "pemimpinku"))
#: Words that a side of a race follows and hardly anything else ("paslon AMAN", "relawan Rindu").
SIDES = frozenset(("paslon", "pasangan", "relawan", "pendukung", "timses", "posko", "kubu"))
# fmt: on
#: Capitals from which on a spelling is an acronym rather than the head of a sentence.
_ACRONYM = 3


def is_called(tokens: Sequence[Token], i: int) -> bool:
    """Whether the word at ``i``, which no list knows, is called by campaign words."""
    return tokens[i].surface.isalpha() and (_form(tokens, i - 1) in AFTER or _form(tokens, i + 1) in BEFORE)


def is_put(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether ``first:last``, which spells an ambiguous alias, is written and put as a contestant's.

    With a capital behind a word for a side, or as an acronym beside campaign words that are not in capitals themselves:
    "relawan Rindu", "ayo pilih AMAN", but neither "pilih aman saja" nor "SEMOGA MENANG AMIN".
    """
    word = tokens[first]
    if word.tag or not word.surface[:1].isupper():
        return False
    if first and tokens[first - 1].norm in SIDES:
        return True
    acronym = len(word.surface) >= _ACRONYM and word.surface.isupper()
    return acronym and (_spoken(tokens, first - 1) in AFTER or _spoken(tokens, last) in BEFORE)


def _form(tokens: Sequence[Token], i: int) -> str:
    return tokens[i].form if 0 <= i < len(tokens) else ""


def _spoken(tokens: Sequence[Token], i: int) -> str:
    """The form at ``i``; of what is in capitals too, none."""
    form = _form(tokens, i)
    return "" if form and tokens[i].surface.isupper() else form
