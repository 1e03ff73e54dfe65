"""Masking as it is defined: every rule looks at every token of the whole text, one rule after the other.

``app.text.masking`` visits only the tokens with a mark that was remembered; the tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.text.called import is_called
from app.text.clues import ALONE, BORNE, CAPITAL, CLUES, HINTS, LEADS, PLACE, Clues
from app.text.marks import NUMBERS, ORDINALS
from app.text.masking import (
    ACRONYM,
    BALLOT,
    COUNT,
    REGION,
    _as,
    _continues,
    _is_ballot,
    _is_sure_name,
    _mask_listed,
)
from app.text.resources import regions
from app.text.token import Token, marked
from app.watchlists.matcher import Matcher, Mention

_JOINING = frozenset(("<nama>", "<daerah>", "<partai>", "<slogan>", "<akun>", "<singkatan>"))
_COUNTS = NUMBERS - {BALLOT}


def plainly_masked(tokens: Sequence[Token], matcher: Matcher) -> list[Token]:
    """What ``app.text.masking.mask`` gives."""
    return _masked(tokens, list(tokens), matcher.mentions(tokens))


def _masked(tokens: Sequence[Token], masked: list[Token], mentions: Sequence[Mention]) -> list[Token]:
    spellings = [token[5] if token[0] == "word" else token[2] for token in tokens]
    hints = [HINTS[spelling] for spelling in spellings]
    _mask_listed(masked, mentions)
    _mask_regions(masked, hints)
    _mask_persons(masked, spellings, hints)
    _mask_titles(masked, hints)
    _mask_called(masked)
    forms = [token[2] for token in masked]
    if not (NUMBERS | ORDINALS).isdisjoint(forms):
        _mask_ballots(masked)  # after the persons: "pilih dua Rusmala" has a ballot number, "pilih dua baju" has none
        _mask_counts(masked)
        forms = [token[2] for token in masked]
    return masked if _JOINING.isdisjoint(forms) else _collapse(masked)


def _mask_ballots(tokens: list[Token]) -> None:
    """A number after ``nomor``, ``urut``, ``paslon``, ``coblos`` … or before ``jari`` is a ballot number."""
    for i in [i for i, token in enumerate(tokens) if token.form in NUMBERS]:
        if _is_ballot(tokens, i):
            tokens[i] = marked(tokens[i], "ballot", BALLOT)


def _mask_regions(tokens: list[Token], hints: Sequence[int]) -> None:
    names = regions()
    for i in [i for i, hint in enumerate(hints) if hint & PLACE]:
        for size in (3, 2, 1):
            run = tokens[i : i + size]
            if tokens[i].kind == "word" and " ".join(token.surface.lower() for token in run) in names:
                tokens[i : i + size] = [token._replace(form=REGION, norm=REGION, known=True) for token in run]
                break


def _mask_persons(tokens: list[Token], spellings: Sequence[str], hints: Sequence[int]) -> None:
    """Unlisted persons: after a form of address, or capitalised words that no list knows, with what continues them."""
    capitals: tuple[bool, bool] | None = None
    led = False
    for i, hint in enumerate(hints):
        token = tokens[i]
        likely = led or hint & ALONE or (hint & CAPITAL and not token[6])
        if likely and token[0] == "word" and token[2][0] != "<":
            capitals = capitals or _capitals(tokens)
            tokens[i] = token = _named(tokens, spellings, i, *capitals)
        led = hint & LEADS > 0 or token[0] == "name"


def _named(tokens: Sequence[Token], spellings: Sequence[str], i: int, shouting: bool, headline: bool) -> Token:
    """The word at ``i`` as a name or an acronym, if it is one."""
    clue = CLUES[spellings[i]]
    before = _neighbour(tokens, i)
    addressed = before is not None and CLUES[spellings[before]].address
    if _is_person(tokens, clue, i, before, addressed, shouting, headline) or _is_sure_name(tokens, clue, i):
        return _as(tokens[i], "name")
    return marked(tokens[i], "word", ACRONYM) if _is_acronym(tokens[i], shouting) else tokens[i]


def _neighbour(tokens: Sequence[Token], i: int) -> int | None:
    """Index of the token before, or of that before a dash that glues the two together (``Wiratmo-Laras``)."""
    if i > 1 and tokens[i - 1].form == "-" and tokens[i - 2].end + 1 == tokens[i - 1].end == tokens[i].start:
        return i - 2
    return i - 1 if i else None


def _is_person(
    tokens: Sequence[Token], clue: Clues, i: int, before: int | None, addressed: bool, shouting: bool, headline: bool
) -> bool:
    token = tokens[i]
    if clue.barred:
        return False
    capital = token.surface[:1].isupper() and not shouting
    if before is not None:
        previous = tokens[before]
        if previous.kind == "word" and addressed:
            return (not token.known and len(token.surface) > 1) or clue.given or (capital and not token.tag)
        if previous.kind == "name" and previous.tag == token.tag and capital:
            return not token.known or clue.given or (not headline and _continues(token))
    if not token.known and capital and token.surface[1:].islower() and len(token.surface) > 2:
        return True
    return clue.given and (not clue.word or (capital and not headline and _is_within(tokens, i)))


def _is_within(tokens: Sequence[Token], i: int) -> bool:
    """Whether nothing but a name asks for the capital at ``i``: no beginning sentence, no phrase in capitals."""
    before, after = tokens[i - 1] if i else None, tokens[i + 1] if i + 1 < len(tokens) else None
    if before is None or (before.kind == "word" and before.surface[:1].isupper()):
        return False
    if before.kind not in ("word", "number", "ballot", "name", "party", "slogan") and before.form not in (*",-&/",):
        return False
    goes_on = after is not None and after.kind == "word" and after.surface[:1].isupper()
    return after is None or not goes_on or not after.known or CLUES[after.surface].given


def _mask_titles(tokens: list[Token], hints: Sequence[int]) -> None:
    """A title borne with a name (``Teuku``, ``H.``, ``Dr.``) is part of it."""
    for i in [i for i, hint in enumerate(hints[:-1]) if hint & BORNE][::-1]:
        after = i + 2 if tokens[i + 1].form == "." and i + 2 < len(tokens) else i + 1
        if tokens[i].kind == "word" and tokens[after].kind == "name":
            tokens[i:after] = [_as(token, "name") for token in tokens[i:after]]


def _mask_called(tokens: list[Token]) -> None:
    """Words that no list knows, where campaign words put a name, and wherever else they stand in the same text."""
    unknown = [i for i, token in enumerate(tokens) if not token[6] and _is_unknown(token)]
    if not unknown:
        return
    called = {t.surface.lower() for t in tokens if t.kind == "name" and not t.known}
    called |= {tokens[i].surface.lower() for i in unknown if is_called(tokens, i)}
    for i in unknown:
        if tokens[i].surface.lower() in called:
            tokens[i] = _as(tokens[i], "name")


def _is_unknown(token: Token) -> bool:
    return token.kind == "word" and token.form[0] != "<" and len(token.surface) > 3


def _mask_counts(tokens: list[Token]) -> None:
    """Small numbers that are no ballot's: they look alike too, or a number would be worth more than its rival's."""
    for i in [i for i, token in enumerate(tokens) if token.form in _COUNTS or token.form in ORDINALS]:
        tokens[i] = marked(tokens[i], "number", COUNT)


def _is_acronym(token: Token, shouting: bool) -> bool:
    surface = token.surface
    stretched = any(a == b == c for a, b, c in zip(surface, surface[1:], surface[2:], strict=False))
    return not token.known and not shouting and 2 <= len(surface) <= 8 and surface.isupper() and not stretched


def _capitals(tokens: Sequence[Token]) -> tuple[bool, bool]:
    """Whether most words are in capitals, and whether most begin with one: a capital then says nothing."""
    words = [token[5] for token in tokens if token[0] == "word" and not token[8] and len(token[5]) > 3]
    most = 0.6 * len(words)
    return (
        len(words) >= 3 and sum(map(str.isupper, words)) > most,
        len(words) >= 5 and sum([word[0].isupper() for word in words]) > most,
    )


def _collapse(tokens: list[Token]) -> list[Token]:
    """Join neighbours that stand for one thing: ``Ridwan Kamil`` is one ``<nama>``."""
    out: list[Token] = []
    for token in tokens:
        form = token.form
        if form in _JOINING and out and out[-1].form == form and out[-1].tag == token.tag:
            out[-1] = out[-1]._replace(end=token.end, surface=f"{out[-1].surface} {token.surface}")
        elif form != "-" or not out or out[-1].kind != "name":  # the dash of a pair goes so that its two names join
            out.append(token)
    return out
