"""Put placeholders where names, parties, slogans and ballot numbers stand.

The model shall learn support *for a contestant*, never a contestant: whoever is named, it sees ``<nama>``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.text.called import is_called
from app.text.clues import BORNE, CLUES, INITIAL, LEADS, PLACE, Clues
from app.text.draft import Draft, Masked, collapse, may_collapse
from app.text.marks import (
    GLUED,
    LIKELY,
    NUMBER,
    NUMBERS,
    ORDINALS,
    SHORT,
    UNKNOWN,
    marks_of,
    together,
)
from app.text.resources import beside_names, campaign_words, regions
from app.text.token import Token, marked
from app.watchlists.matcher import Matcher, Mention

NAME, PARTY, SLOGAN, BALLOT, REGION = "<nama>", "<partai>", "<slogan>", "<nomor>", "<daerah>"
ACRONYM, ACCOUNT, COUNT = "<singkatan>", "<akun_calon>", "<bil>"

#: Forms of address that belong to anyone: an alias such as ``pak edy`` masks only what follows them.
_ADDRESS = frozenset(("pak", "bapak", "bu", "ibu"))
#: What a sentence goes on after, by kind of token and by sign.
_SPOKEN = frozenset(("word", "number", "ballot", "name", "party", "slogan"))
_BETWEEN = frozenset((",", "-", "&", "/"))
#: A letter three times in a row is shouted ("TULLL"), not abbreviated.
_STRETCHED = re.compile(r"(.)\1\1")
_PLACEHOLDER = {"name": NAME, "party": PARTY, "slogan": SLOGAN}
_COUNTS = NUMBERS - {BALLOT}
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
    masked, marks = list(tokens), matcher.marked(marks_of(tokens), tokens)
    _mask_spans(masked, spans)
    mentions = matcher.mentions(masked, marks)
    found = _masked(tokens, masked, marks, mentions, listed=bool(spans or mentions))
    if found.ranges is None:
        return found.tokens
    pairs = zip(found.tokens, found.ranges, strict=True)
    return [token._replace(end=tokens[last].end) for token, (_, last) in pairs]


def mask_mentioned(tokens: Sequence[Token], marks: Sequence[int], mentions: Sequence[Mention]) -> Masked:
    """The same for tokens of whatever place with these ``marks``, in which a matcher found the ``mentions``."""
    return _masked(tokens, list(tokens), marks, mentions, listed=bool(mentions))


def _masked(
    plain: Sequence[Token], tokens: list[Token], marks: Sequence[int], mentions: Sequence[Mention], *, listed: bool
) -> Masked:
    """Every rule in its order, where a token has its mark."""
    _mask_listed(tokens, mentions)
    draft = Draft(plain, tokens, marks, listed=listed)
    bits = together([draft.marks[i] for i in draft.active])
    if bits & PLACE:
        _mask_regions(draft)
    if bits & (LIKELY | LEADS):
        _mask_persons(draft)
    if bits & BORNE:
        _mask_titles(draft)
    if bits & UNKNOWN:
        _mask_called(draft)
    if bits & NUMBER:
        _mask_ballots(draft)  # after the persons: "pilih dua Rusmala" has a ballot number, "pilih dua baju" has none
        _mask_counts(draft)
    return collapse(tokens) if may_collapse(draft) else Masked(tokens, None)


def _as(token: Token, kind: str) -> Token:
    return marked(token, kind, _PLACEHOLDER[kind])  # type: ignore[arg-type]


def _mask_spans(tokens: list[Token], spans: Sequence[tuple[int, int, str]]) -> None:
    for start, end, kind in spans:
        for i, token in enumerate(tokens):
            if not (token.start < end and start < token.end):
                continue
            if token.kind in ("word", "number") and kind in _PLACEHOLDER:
                tokens[i] = _as(token, kind)
            elif token.kind == "account":
                tokens[i] = marked(token, "account", ACCOUNT)


def _mask_listed(tokens: list[Token], mentions: Sequence[Mention]) -> None:
    for first, last, alias, _ in mentions:
        kind = alias.kind
        for i in range(first, last):
            if tokens[i].kind in ("word", "punct", "mark") and not (i == first and tokens[i].norm in _ADDRESS):
                tokens[i] = _as(tokens[i], kind)


def _mask_ballots(draft: Draft) -> None:
    """A number after ``nomor``, ``urut``, ``paslon``, ``coblos`` … or before ``jari`` is a ballot number."""
    tokens = draft.tokens
    for i in draft.at(NUMBER):
        if tokens[i].form in NUMBERS and _is_ballot(tokens, i):
            draft.put(i, marked(tokens[i], "ballot", BALLOT))


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


def _mask_regions(draft: Draft) -> None:
    names, tokens = regions(), draft.tokens
    for i in draft.at(PLACE):
        for size in (3, 2, 1):
            run = tokens[i : i + size]
            if tokens[i].kind == "word" and " ".join([token.surface.lower() for token in run]) in names:
                for k, token in enumerate(run, i):
                    draft.put(k, token._replace(form=REGION, norm=REGION, known=True))
                break


def _mask_persons(draft: Draft) -> None:
    """Unlisted persons: after a form of address, or capitalised words that no list knows, with what continues them."""
    past = 0
    for i in draft.at(LIKELY | LEADS):
        if draft.marks[i] & LIKELY:
            past = _mask_person(draft, i, past)
        if draft.marks[i] & LEADS:
            past = _mask_person(draft, i + 1, past)


def _mask_person(draft: Draft, i: int, past: int) -> int:
    """Names from ``i`` on, unless ``past`` is beyond it; the first index that nobody has looked at after it."""
    tokens = draft.tokens
    while past <= i < len(tokens):
        token = tokens[i]
        if token[0] == "word" and token[2][0] != "<":
            found = _named(draft, i)
            if found is not token:
                draft.put(i, found)
        past = i = i + 1
        if tokens[i - 1][0] != "name":
            break
    return past


def _named(draft: Draft, i: int) -> Token:
    """The word at ``i`` as a name or an acronym, if it is one."""
    token = draft.tokens[i]
    clue = CLUES[token[5]]
    if token[6] and not (clue.given or clue.otherwise is not None or draft.marks[i] & INITIAL):
        return token  # a word that the lists know, and in small letters, is nobody's name wherever it stands
    if _is_person(draft, clue, i) or _is_sure_name(draft.tokens, clue, i):
        return _as(token, "name")
    return marked(token, "word", ACRONYM) if _is_acronym(draft, token) else token


def _spelling(token: Token) -> str:
    return token.surface if token.kind == "word" else token.form


def _neighbour(draft: Draft, i: int) -> int | None:
    """Index of the token before, or of that before a dash that glues the two together (``Wiratmo-Laras``)."""
    if i > 1 and draft.marks[i - 1] & GLUED and draft.tokens[i - 1].form == "-":
        return i - 2
    return i - 1 if i else None


def _is_sure_name(tokens: Sequence[Token], clue: Clues, i: int) -> bool:
    """A name that is a word too (``budi``), unless a neighbour says it is the word (``budi pekerti``)."""
    otherwise = clue.otherwise
    return otherwise is not None and not any(
        t.norm in otherwise for t in (*tokens[max(0, i - 1) : i], *tokens[i + 1 : i + 2])
    )


def _is_person(draft: Draft, clue: Clues, i: int) -> bool:
    if clue.barred:
        return False
    token, before = draft.tokens[i], _neighbour(draft, i)
    initial = draft.marks[i] & INITIAL > 0
    shouting, headline = draft.capitals() if initial else (False, False)
    capital = initial and not shouting
    if before is not None:
        previous = draft.tokens[before]
        if previous.kind == "word" and CLUES[_spelling(draft.plain[before])].address:
            return (not token.known and len(token.surface) > 1) or clue.given or (capital and not token.tag)
        if previous.kind == "name" and previous.tag == token.tag and capital:
            return not token.known or clue.given or (not headline and _continues(token))
    if not token.known and capital and token.surface[1:].islower() and len(token.surface) > SHORT:
        return True
    return clue.given and (not clue.word or (capital and not headline and _is_within(draft, i)))


def _is_within(draft: Draft, i: int) -> bool:
    """Whether nothing but a name asks for the capital at ``i``: no beginning sentence, no phrase in capitals.

    "dukung Fajar saja" and "Hendri, Fajar, lalu", but neither "Masjid Agung" nor "Fajar Baru".
    """
    tokens, marks = draft.tokens, draft.marks
    if not i or (tokens[i - 1].kind not in _SPOKEN and tokens[i - 1].form not in _BETWEEN):
        return False
    if tokens[i - 1].kind == "word" and marks[i - 1] & INITIAL:
        return False
    if i + 1 == len(tokens) or tokens[i + 1].kind != "word" or not marks[i + 1] & INITIAL:
        return True
    return not tokens[i + 1].known or CLUES[tokens[i + 1].surface].given


def _mask_titles(draft: Draft) -> None:
    """A title borne with a name (``Teuku``, ``H.``, ``Dr.``) is part of it."""
    tokens = draft.tokens
    for i in draft.at(BORNE)[::-1]:
        if i + 1 == len(tokens):
            continue
        after = i + 2 if tokens[i + 1].form == "." and i + 2 < len(tokens) else i + 1
        if tokens[i].kind == "word" and tokens[after].kind == "name":
            for k in range(i, after):
                draft.put(k, _as(tokens[k], "name"))


def _mask_called(draft: Draft) -> None:
    """Words that no list knows, where campaign words put a name, and wherever else they stand in the same text."""
    tokens = draft.tokens
    unknown = [i for i in draft.at(UNKNOWN) if tokens[i].kind == "word" and tokens[i].form[0] != "<"]
    if not unknown:
        return
    called = {t.surface.lower() for t in map(tokens.__getitem__, draft.changed) if t.kind == "name" and not t.known}
    called |= {tokens[i].surface.lower() for i in unknown if is_called(tokens, i)}
    for i in unknown:
        if tokens[i].surface.lower() in called:
            draft.put(i, _as(tokens[i], "name"))


def _mask_counts(draft: Draft) -> None:
    """Small numbers that are no ballot's: they look alike too, or a number would be worth more than its rival's."""
    for i in draft.at(NUMBER):
        token = draft.tokens[i]
        if token.form in _COUNTS or token.form in ORDINALS:
            draft.put(i, marked(token, "number", COUNT))


def _continues(token: Token) -> bool:
    """Whether a capitalised word of the dictionary may be part of the name before it (``Hendri Laut``).

    Only a root in its standard spelling: in "Hendri Aja" and "Hendri Melejit" a sentence goes on in capitals.
    """
    form = token.form
    if not token.surface.istitle() or token.tag or not form == token.norm == token.surface.lower():
        return False
    return form not in NUMBERS and form not in beside_names() and form not in campaign_words()


def _is_acronym(draft: Draft, token: Token) -> bool:
    surface = token.surface
    if token.known or not 2 <= len(surface) <= 8 or not surface.isupper():
        return False
    return not _STRETCHED.search(surface) and not draft.capitals()[0]
