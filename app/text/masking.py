"""Put placeholders where names, parties, slogans and ballot numbers stand.

The model shall learn support *for a contestant*, never a contestant: whoever is named, it sees ``<nama>``.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.text.resources import function_words, given_names, kamus, office_words, regions, titles
from app.text.token import Token
from app.watchlists.matcher import Matcher

NAME, PARTY, SLOGAN, BALLOT, REGION = "<nama>", "<partai>", "<slogan>", "<nomor>", "<daerah>"
ACRONYM, ACCOUNT = "<singkatan>", "<akun_calon>"

_SHORT = 2
#: Forms of address that belong to anyone: an alias such as ``pak edy`` masks only what follows them.
_ADDRESS = frozenset(("pak", "bapak", "bu", "ibu"))
_PLACEHOLDER = {"name": NAME, "party": PARTY, "slogan": SLOGAN}
_NUMBERS = frozenset("satu dua tiga empat lima enam tujuh delapan sembilan sepuluh <nomor>".split())  # noqa: SIM905
_BALLOT_BEFORE = frozenset(("nomor", "urut", "paslon", "pasangan", "coblos", "salam", "pilih", "dukung", "tusuk"))
#: After "pilih" a number is the ballot's only where the thought ends or a name follows ("pilih dua baju" is not).
_BALLOT_LOOSE = frozenset(("pilih", "dukung"))
_BALLOT_END = frozenset(("", BALLOT, "!", ".", "\n", NAME, "</tagar>"))
# fmt: off
#: What else has a number ("jersey nomor tujuh", "UU nomor 5"), by the stem before "nomor".
_NUMBERED = frozenset(
    ("jersey", "punggung", "rumah", "kamar", "kursi", "meja", "pintu", "gang", "loket", "antre", "halaman", "pasal",
     "uu", "pp", "perda", "pergub", "perbup", "perwali", "atur", "aturan", "putus", "keputusan", "edar", "surat", "skb")
)
#: A number before one of these counts or dates something.
_COUNTED = frozenset(
    ("tahun", "kali", "hari", "jam", "orang", "juta", "ribu", "januari", "februari", "maret", "april", "mei", "juni",
     "juli", "agustus", "september", "oktober", "november", "desember")
)
# fmt: on


def mask(tokens: Sequence[Token], matcher: Matcher, spans: Sequence[tuple[int, int, str]] = ()) -> list[Token]:
    """Tokens with names, parties, slogans, ballot numbers and regions replaced by placeholders.

    ``spans`` are annotated ``(start, end, kind)`` in the original text (training items carry them);
    ``matcher`` holds the watchlists that may match. Neighbouring name tokens become one.
    """
    masked = list(tokens)
    _mask_spans(masked, spans)
    _mask_listed(masked, matcher)
    _mask_ballots(masked)
    _mask_regions(masked)
    _mask_persons(masked)
    return _collapse(masked)


def _as(token: Token, kind: str) -> Token:
    return token._replace(kind=kind, form=_PLACEHOLDER[kind], norm=_PLACEHOLDER[kind])  # type: ignore[arg-type]


def _mask_spans(tokens: list[Token], spans: Sequence[tuple[int, int, str]]) -> None:
    for start, end, kind in spans:
        for i, token in enumerate(tokens):
            if not (token.start < end and start < token.end):
                continue
            if token.kind in ("word", "number") and kind in _PLACEHOLDER:
                tokens[i] = _as(token, kind)
            elif token.kind == "account":
                tokens[i] = token._replace(form=ACCOUNT, norm=ACCOUNT)


def _mask_listed(tokens: list[Token], matcher: Matcher) -> None:
    for first, last, kind in matcher.match(tokens):
        for i in range(first, last):
            if tokens[i].kind in ("word", "punct", "mark") and not (i == first and tokens[i].norm in _ADDRESS):
                tokens[i] = _as(tokens[i], kind)


def _mask_ballots(tokens: list[Token]) -> None:
    """A number after ``nomor``, ``urut``, ``paslon``, ``coblos`` … or before ``jari`` is a ballot number."""
    for i, token in enumerate(tokens):
        if token.form in _NUMBERS and _is_ballot(tokens, i):
            tokens[i] = token._replace(kind="ballot", form=BALLOT, norm=BALLOT)


def _is_ballot(tokens: Sequence[Token], i: int) -> bool:
    earlier, before = _words_before(tokens, i)
    after = tokens[i + 1].form if i + 1 < len(tokens) else ""
    if before in _BALLOT_LOOSE and after not in _BALLOT_END:
        return False
    if tokens[i].form == BALLOT:
        return True
    if after in _COUNTED or (before == "nomor" and earlier in _NUMBERED):
        return False
    return before in _BALLOT_BEFORE or after == "jari"


def _words_before(tokens: Sequence[Token], i: int) -> tuple[str, str]:
    """Forms of the two words before a number; the signs in ``no. 2`` and ``nomor: 2`` are passed over."""
    near = [token for token in tokens[max(0, i - 6) : i] if token.form != "<samar>"]
    forms = ["", "", *(token.norm if token.norm in _BALLOT_BEFORE else token.form for token in near)]
    if forms[-1] in (".", ":") and forms[-2] in ("nomor", "urut"):
        forms.pop()
    return forms[-2], forms[-1]


def _mask_regions(tokens: list[Token]) -> None:
    names = regions()
    for i in range(len(tokens)):
        for size in (3, 2, 1):
            run = tokens[i : i + size]
            if tokens[i].kind == "word" and " ".join(token.surface.lower() for token in run) in names:
                tokens[i : i + size] = [token._replace(form=REGION, norm=REGION, known=True) for token in run]
                break


def _mask_persons(tokens: list[Token]) -> None:
    """Unlisted persons: after a form of address, or capitalised words that no list knows, with what continues them."""
    shouting = _mostly_capital(tokens)
    for i, token in enumerate(tokens):
        if token.kind != "word" or token.form[0] == "<":
            continue
        if _is_person(token, _neighbour(tokens, i), shouting):
            tokens[i] = _as(token, "name")
        elif _is_acronym(token, shouting):
            tokens[i] = token._replace(form=ACRONYM, norm=ACRONYM)


def _neighbour(tokens: Sequence[Token], i: int) -> Token | None:
    """The token before, or the one before a dash that glues the two together (``Wiratmo-Laras``)."""
    if i > 1 and tokens[i - 1].form == "-" and tokens[i - 2].end + 1 == tokens[i - 1].end == tokens[i].start:
        return tokens[i - 2]
    return tokens[i - 1] if i else None


def _is_person(token: Token, previous: Token | None, shouting: bool) -> bool:
    low = token.surface.lower()
    if low in function_words() or low in office_words() or low in titles():
        return False
    listed = low in given_names()
    capital = token.surface[:1].isupper() and not shouting
    role = titles().get(previous.surface.lower()) if previous and previous.kind == "word" else None
    if role in ("sapaan", "gelar"):
        return (not token.known and len(low) > 1) or listed or (capital and not token.tag)
    if previous is not None and previous.kind == "name" and previous.tag == token.tag and capital:
        return not token.known or listed or (token.surface.istitle() and not token.tag)
    if not token.known and capital and token.surface[1:].islower() and len(low) > _SHORT:
        return True
    return listed and low not in kamus()


def _is_acronym(token: Token, shouting: bool) -> bool:
    surface = token.surface
    return not token.known and not shouting and 2 <= len(surface) <= 8 and surface.isupper()


def _mostly_capital(tokens: Sequence[Token]) -> bool:
    """Whether the text is written in capitals, so that a capital says nothing."""
    words = [t.surface for t in tokens if t.kind == "word" and not t.tag and len(t.surface) > 3]
    return len(words) >= 3 and sum(word.isupper() for word in words) > 0.6 * len(words)


def _collapse(tokens: list[Token]) -> list[Token]:
    """Join neighbours that stand for one thing: ``Ridwan Kamil`` is one ``<nama>``."""
    out: list[Token] = []
    for token in tokens:
        last = out[-1] if out else None
        if last and token.form == last.form and token.form[0] == "<" and _joins(last, token):
            out[-1] = last._replace(end=token.end, surface=f"{last.surface} {token.surface}")
        elif (
            token.form == "-" and last and last.kind == "name"
        ):  # the dash of a pair is dropped so that its two names join
            continue
        else:
            out.append(token)
    return out


def _joins(last: Token, token: Token) -> bool:
    return token.form in (NAME, REGION, PARTY, SLOGAN, "<akun>", ACRONYM) and last.tag == token.tag
