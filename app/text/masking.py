"""Put placeholders where names, parties, slogans and ballot numbers stand.

The model shall learn support *for a contestant*, never a contestant: whoever is named, it sees ``<nama>``.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.text.clues import ALONE, BORNE, CAPITAL, CLUES, HINTS, LEADS, PLACE, Clues
from app.text.resources import campaign_words, regions
from app.text.token import Token, marked
from app.watchlists.matcher import Matcher, Mention

NAME, PARTY, SLOGAN, BALLOT, REGION = "<nama>", "<partai>", "<slogan>", "<nomor>", "<daerah>"
ACRONYM, ACCOUNT, COUNT = "<singkatan>", "<akun_calon>", "<bil>"

_SHORT = 2
#: Share of words in capitals, or beginning with one, from which on capitals say nothing.
_MOST = 0.6
#: Forms of address that belong to anyone: an alias such as ``pak edy`` masks only what follows them.
_ADDRESS = frozenset(("pak", "bapak", "bu", "ibu"))
_JOINING = frozenset((NAME, REGION, PARTY, SLOGAN, "<akun>", ACRONYM))
_PLACEHOLDER = {"name": NAME, "party": PARTY, "slogan": SLOGAN}
_NUMBERS = frozenset("satu dua tiga empat lima enam tujuh delapan sembilan sepuluh <nomor>".split())  # noqa: SIM905
_COUNTS = _NUMBERS - {BALLOT}
_ORDINALS = frozenset("kesatu kedua ketiga keempat kelima keenam ketujuh kedelapan kesembilan kesepuluh".split())  # noqa: SIM905
_ALL_NUMBERS = _NUMBERS | _ORDINALS
_BALLOT_BEFORE = frozenset(("nomor", "urut", "paslon", "pasangan", "coblos", "salam", "pilih", "dukung", "tusuk"))
#: After "pilih" a number is the ballot's only where the thought ends or a name follows ("pilih dua baju" is not).
_BALLOT_LOOSE = frozenset(("pilih", "dukung"))
_BALLOT_END = frozenset(("", BALLOT, "!", ".", "\n", NAME, "</tagar>"))
#: Stems beside which an unknown word is somebody's name ("dukung qertino", "qertino menang").
_CALLED_AFTER = frozenset(
    "pilih dukung coblos menangkan relawan posko timses tim gas hidup lanjut tetap tolak bukan kecuali mah".split()  # noqa: SIM905
)
_CALLED_BEFORE = frozenset(("menang", "juara", "mah", "gas", "terpilih"))
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
    return _masked(tokens, masked, matcher.mentions(masked))


def mask_mentioned(tokens: Sequence[Token], mentions: Sequence[Mention]) -> list[Token]:
    """The same where a matcher found the ``mentions`` already, and without annotated names."""
    return _masked(tokens, list(tokens), mentions)


def _masked(tokens: Sequence[Token], masked: list[Token], mentions: Sequence[Mention]) -> list[Token]:
    spellings = [token[5] if token[0] == "word" else token[2] for token in tokens]
    hints = [HINTS[spelling] for spelling in spellings]
    _mask_listed(masked, mentions)
    _mask_regions(masked, hints)
    _mask_persons(masked, spellings, hints)
    _mask_titles(masked, hints)
    _mask_called(masked)
    forms = [token[2] for token in masked]
    if not _ALL_NUMBERS.isdisjoint(forms):
        _mask_ballots(masked)  # after the persons: "pilih dua Rusmala" has a ballot number, "pilih dua baju" has none
        _mask_counts(masked)
        forms = [token[2] for token in masked]
    return masked if _JOINING.isdisjoint(forms) else _collapse(masked)


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


def _mask_ballots(tokens: list[Token]) -> None:
    """A number after ``nomor``, ``urut``, ``paslon``, ``coblos`` … or before ``jari`` is a ballot number."""
    for i in [i for i, token in enumerate(tokens) if token.form in _NUMBERS]:
        if _is_ballot(tokens, i):
            tokens[i] = marked(tokens[i], "ballot", BALLOT)


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


def _is_sure_name(tokens: Sequence[Token], clue: Clues, i: int) -> bool:
    """A name that is a word too (``budi``), unless a neighbour says it is the word (``budi pekerti``)."""
    otherwise = clue.otherwise
    return otherwise is not None and not any(
        t.norm in otherwise for t in (*tokens[max(0, i - 1) : i], *tokens[i + 1 : i + 2])
    )


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
    if not token.known and capital and token.surface[1:].islower() and len(token.surface) > _SHORT:
        return True
    return clue.given and not clue.word


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
    called |= {tokens[i].surface.lower() for i in unknown if _is_called(tokens, i)}
    for i in unknown:
        if tokens[i].surface.lower() in called:
            tokens[i] = _as(tokens[i], "name")


def _is_unknown(token: Token) -> bool:
    return token.kind == "word" and token.form[0] != "<" and len(token.surface) > _SHORT + 1


def _is_called(tokens: Sequence[Token], i: int) -> bool:
    before = tokens[i - 1].form if i else ""
    after = tokens[i + 1].form if i + 1 < len(tokens) else ""
    return tokens[i].surface.isalpha() and (before in _CALLED_AFTER or after in _CALLED_BEFORE)


def _mask_counts(tokens: list[Token]) -> None:
    """Small numbers that are no ballot's: they look alike too, or a number would be worth more than its rival's."""
    for i in [i for i, token in enumerate(tokens) if token.form in _COUNTS or token.form in _ORDINALS]:
        tokens[i] = marked(tokens[i], "number", COUNT)


def _continues(token: Token) -> bool:
    """Whether a capitalised word of the dictionary may be part of the name before it (``Hendri Laut``)."""
    return token.surface.istitle() and not token.tag and token.form not in campaign_words()


def _is_acronym(token: Token, shouting: bool) -> bool:
    surface = token.surface
    return not token.known and not shouting and 2 <= len(surface) <= 8 and surface.isupper()


def _capitals(tokens: Sequence[Token]) -> tuple[bool, bool]:
    """Whether most words are in capitals, and whether most begin with one: a capital then says nothing."""
    words = [token[5] for token in tokens if token[0] == "word" and not token[8] and len(token[5]) > 3]
    most = _MOST * len(words)
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
