"""What a spelling alone says about names, remembered; the rules of masking decide by it and by the neighbours."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from app.text.memo import Memo
from app.text.resources import (
    function_words,
    given_names,
    kamus,
    names_over_words,
    office_words,
    regions,
    titles,
)

#: Distinct spellings that are remembered; about 10 MB when full.
CACHE_SIZE = 50_000


class Clues(NamedTuple):
    """``place``: may begin a region's name. ``barred``: never a name. ``given``: a listed given name.

    ``alone``: may be a name whatever stands before it. ``otherwise``: neighbours that tell a name that is also a
    word to be the word. ``address``: a form of address. ``borne``: a title. ``leads``: a name may follow.
    ``capital``: begins with a capital or is in capitals.
    """

    place: bool
    barred: bool
    given: bool
    word: bool
    alone: bool
    otherwise: frozenset[str] | None
    address: bool
    borne: bool
    leads: bool
    capital: bool


def clues(surface: str) -> Clues:
    """The clues of one spelling."""
    low = surface.lower()
    given, word, otherwise = low in given_names(), low in kamus(), names_over_words().get(low)
    return Clues(
        place=low in _first_words(),
        barred=low in function_words() or low in office_words() or (low in titles() and not given),
        given=given,
        word=word,
        alone=otherwise is not None or (given and (not word or surface[:1].isupper())),
        otherwise=otherwise,
        address=titles().get(low) in ("sapaan", "gelar"),
        borne=titles().get(low) == "gelar",
        leads=surface == "-" or low in titles(),
        capital=surface[:1].isupper() or surface.isupper(),
    )


@lru_cache(maxsize=1)
def _first_words() -> frozenset[str]:
    return frozenset(name.split(" ")[0] for name in regions())


#: ``CLUES[surface]`` are the clues of a spelling.
CLUES = Memo(clues, CACHE_SIZE)
#: Bits of ``HINTS``, named as the clues, and of spellings longer than three letters (``LONG``), in capitals (``UPPER``)
#: or with a capital at their head (``INITIAL``).
PLACE, ALONE, LEADS, BORNE, CAPITAL, LONG, UPPER, INITIAL = (1 << n for n in range(8))
_LONG = 3


def _hints(surface: str) -> int:
    found = CLUES[surface]
    return (
        PLACE * found.place
        | ALONE * found.alone
        | LEADS * found.leads
        | BORNE * found.borne
        | CAPITAL * found.capital
        | LONG * (len(surface) > _LONG)
        | UPPER * surface.isupper()
        | INITIAL * surface[:1].isupper()
    )


#: ``HINTS[surface]`` are those clues of a spelling by which a rule begins.
HINTS = Memo(_hints, CACHE_SIZE)
