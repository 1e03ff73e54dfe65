"""Tokens of pieces: every word in its standard spelling and stem, before anything is masked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from app.text.disguise import MIN_GLUED, glued
from app.text.hashtags import Chunk, split_tag
from app.text.lexeme import digits_form, lexeme
from app.text.repair import Repaired
from app.text.resources import emoji_words
from app.text.split import MAX_WORD, Kind, Piece
from app.text.token import Token, TokenKind
from app.watchlists.matcher import Matcher

#: Most tokens that are read of one text; what follows is ignored.
MAX_TOKENS = 2_000
#: Hashtags of one text that are cut into words; further ones stay whole (cutting is the dearest step there is).
MAX_TAGS = 20
#: Long words of one text that are tried as several glued together; further ones stay whole.
MAX_GLUED = 5
#: Units that one piece may use up: a hashtag has one for each of its words.
UNIT = 64


def build(pieces: Iterable[Piece], repaired: Repaired, matcher: Matcher, *, tired: bool = False) -> list[Token]:
    """Tokens of the pieces of ``repaired`` in order; ``matcher`` says which words are names.

    ``tired`` says that as many long words as may be were tried before: further ones stay whole.
    """
    tokens: list[Token] = []
    builders = _TIRED if tired else _BUILDERS
    for unit, piece in enumerate(pieces):
        builders[piece.kind](piece, unit * UNIT, repaired, matcher, tokens)
        if len(tokens) >= MAX_TOKENS:
            break
    return tokens


def _one(piece: Piece, unit: int, repaired: Repaired, kind: TokenKind, form: str, known: bool = True) -> Token:
    start, end = repaired.span(piece.start, piece.end)
    return Token(kind, form, form, start, end, piece.text, known, unit, False)


def _word(piece: Piece, unit: int, repaired: Repaired, matcher: Matcher, out: list[Token], tag: bool = False) -> None:
    long = not tag and len(piece.text) >= MIN_GLUED and not matcher.spells_name(piece.text[:MAX_WORD])
    chunks = glued(piece.text) if long and not _is_tired(out) else ()
    if not chunks:
        _spelling(piece, unit, repaired, out, tag)
        return
    out.append(_one(piece, unit, repaired, "mark", "<rapat>"))
    for chunk in chunks:
        at = piece.start + chunk.start
        _spelling(Piece("word", chunk.text, at, at + len(chunk.text)), unit, repaired, out, tag)


def _whole_word(piece: Piece, unit: int, repaired: Repaired, matcher: Matcher, out: list[Token]) -> None:
    _spelling(piece, unit, repaired, out, tag=False)


def tries(tokens: Sequence[Token]) -> int:
    """Long words that were cut, in vain or not: cutting costs the same."""
    return sum(map(_was_tried, tokens))


def _was_tried(token: Token) -> bool:
    return token[2] == "<rapat>" or (not token[6] and len(token[5]) >= MIN_GLUED)


def _is_tired(tokens: Sequence[Token]) -> bool:
    """Whether as many long words were tried as may be; a text of many is not searched to its end for each."""
    return len(list(islice(filter(_was_tried, tokens), MAX_GLUED))) == MAX_GLUED


def tags(tokens: Sequence[Token]) -> int:
    """Hashtags among the tokens."""
    return sum(token.form == "<tagar>" for token in tokens)


def _spelling(piece: Piece, unit: int, repaired: Repaired, out: list[Token], tag: bool) -> None:
    scale = (piece.end - piece.start) == len(piece.text)
    for part in lexeme(piece.text[:MAX_WORD]):
        a, b = (piece.start + part.start, piece.start + part.end) if scale else (piece.start, piece.end)
        start, end = repaired.span(a, b)
        surface = piece.text[part.start : part.end]
        out.append(Token("word", part.norm, part.stem, start, end, surface, part.known, unit, tag))
        if part.disguised:
            out.append(Token("mark", "<samar>", "<samar>", start, end, surface, True, unit, tag))


def _number(piece: Piece, unit: int, repaired: Repaired, matcher: Matcher, out: list[Token]) -> None:
    text = piece.text
    if text.endswith("%"):
        form = "<persen>"
    else:
        form = digits_form(text) if text.isdigit() else "<angka>"
    out.append(_one(piece, unit, repaired, "number", form))


def _hashtag(piece: Piece, unit: int, repaired: Repaired, matcher: Matcher, out: list[Token]) -> None:
    body = piece.text[1:]
    kind = matcher.tags.get(body.lower())
    sign = Piece("punct", "#", piece.start, piece.start + 1)
    out.append(_one(sign, unit, repaired, "mark", "<tagar>"))
    if kind is not None:
        whole = _one(piece, unit, repaired, "slogan", f"<{'slogan' if kind == 'slogan' else 'nama'}>")
        out.append(whole._replace(tag=True))
        return
    uncut = tags(out) > MAX_TAGS
    chunks = (Chunk(body, 0, len(body)),) if uncut else split_tag(body, matcher.is_name)
    for k, chunk in enumerate(chunks):
        at = piece.start + 1 + chunk.start
        part = Piece("word", chunk.text, at, at + len(chunk.text))
        if chunk.text.isdigit():
            token = _one(part, unit + k, repaired, "number", digits_form(chunk.text))
            out.append(token._replace(tag=True))
        else:
            _word(part, unit + k, repaired, matcher, out, tag=True)
    if out[-1].form != "<tagar>":
        end = repaired.span(piece.start, piece.end)[1]
        out.append(Token("mark", "</tagar>", "</tagar>", end, end, "", True, unit + UNIT - 1, True))


def _mention(piece: Piece, unit: int, repaired: Repaired, matcher: Matcher, out: list[Token]) -> None:
    form = "<akun_calon>" if matcher.in_handle(piece.text[1:]) else "<akun>"
    out.append(_one(piece, unit, repaired, "account", form))


def _url(piece: Piece, unit: int, repaired: Repaired, matcher: Matcher, out: list[Token]) -> None:
    out.append(_one(piece, unit, repaired, "url", "<url>"))


def _keycap(piece: Piece, unit: int, repaired: Repaired, matcher: Matcher, out: list[Token]) -> None:
    out.append(_one(piece, unit, repaired, "ballot", "<nomor>"))


def _punct(piece: Piece, unit: int, repaired: Repaired, matcher: Matcher, out: list[Token]) -> None:
    text = piece.text
    form = text[0] if text[0] in "!?" else ("..." if text.startswith("..") else text)
    if "?" in text:
        form = "?"
    out.append(_one(piece, unit, repaired, "punct", form))


def _symbol(piece: Piece, unit: int, repaired: Repaired, matcher: Matcher, out: list[Token]) -> None:
    word = emoji_words().get(piece.text)
    if word is None:
        if not _is_pictograph(piece.text):
            return
        word = "emoji_lain"
    out.append(_one(piece, unit, repaired, "emoji", word))


def _is_pictograph(char: str) -> bool:
    return 0x2190 <= ord(char) <= 0x2BFF or (ord(char) >= 0x1F000 and not 0x1F3FB <= ord(char) <= 0x1F3FF)


_Builder = Callable[[Piece, int, Repaired, Matcher, list[Token]], None]
_BUILDERS: dict[Kind, _Builder] = {
    "word": _word,
    "number": _number,
    "hashtag": _hashtag,
    "mention": _mention,
    "url": _url,
    "keycap": _keycap,
    "punct": _punct,
    "symbol": _symbol,
}
_TIRED = {**_BUILDERS, "word": _whole_word}
