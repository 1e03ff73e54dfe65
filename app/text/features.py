"""Count features of a masked token list: stem and character n-grams, words near a contestant, pairs, edges, shape.

A feature is a string whose first letter names its block: ``w:`` stem n-gram, ``c:`` character n-gram inside a
word, ``s:`` a word and a contestant within five words of each other, ``p:`` two stems with others between them
("semoga … terpilih"), ``e:`` stems that a text begins (``<``) or ends with (``>``), or that are all of it (``=``),
``h:`` how the text is written (:mod:`app.text.shape`).
Each block is weighted on its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.text.resources import negators
from app.text.shape import shape
from app.text.token import Token

BLOCKS = ("w", "c", "s", "p", "e", "h")
UNKNOWN = "<asing>"

LONGEST = 3
CHAR_SIZES = (3, 4, 5)
REACH = 5
#: How many places apart the two stems of a pair stand.
APART = (2, 3)
#: Edges: what a text begins with, ends with, or is as a whole; up to how many stems go together.
EDGES, EDGE = ("<", ">", "="), 2
_NEGATION_REACH = 3
#: Forms that n-grams pass over.
SILENT = frozenset(".,;:\n\"'()/|[]=&+-")
ACCOUNTS = ("<akun>", "<akun_calon>")
#: Forms that stand for a contestant.
CONTESTANT = frozenset(("<nama>", "<partai>", "<nomor>", "<slogan>", "<singkatan>", "<akun_calon>"))


class Feature(NamedTuple):
    """One occurrence of a feature and the tokens (indices into the token list) that made it; none made its shape."""

    name: str
    tokens: tuple[int, ...]


def features(tokens: Sequence[Token]) -> Iterator[Feature]:
    """Every feature occurrence of a token list; a repeated feature comes repeatedly."""
    words = reading(tokens)
    forms = [vocabulary_form(tokens[i]) for i in words]
    forms[: addressees(forms)] = ["<akun>"] * addressees(forms)
    yield from _stem_ngrams(forms, words)
    yield from _char_ngrams(tokens)
    yield from _pairs(forms, words)
    yield from _near_contestant(forms, words)
    yield from _edges(forms, words)
    yield from negated(tokens)
    if words:
        yield from (Feature(name, ()) for name in shape(tokens))


def vocabulary_form(token: Token) -> str:
    """What n-grams show of a token: words that no list knows (names, typing errors) all look alike."""
    return UNKNOWN if token.kind == "word" and not token.known and token.form[0] != "<" else token.form


def reading(tokens: Sequence[Token]) -> list[int]:
    """Indices of the tokens that n-grams run over.

    No punctuation but ``! ? ...``, no links, and a run of accounts counts as one.
    """
    kept: list[int] = []
    for i, token in enumerate(tokens):
        if token.form in SILENT or token.kind == "url":
            continue
        if token.kind == "account" and kept and tokens[kept[-1]].form == token.form:
            continue
        kept.append(i)
    return kept


def addressees(forms: Sequence[str]) -> int:
    """How many leading forms only say whom a reply is addressed to."""
    for k, form in enumerate(forms):
        if not form.startswith("<akun") and form != "<rt>":
            return k if "<rt>" not in forms[:k] else 0
    return 0


def _stem_ngrams(forms: Sequence[str], words: Sequence[int]) -> Iterator[Feature]:
    for size in range(1, LONGEST + 1):
        for k in range(len(forms) - size + 1):
            yield Feature("w:" + " ".join(forms[k : k + size]), tuple(words[k : k + size]))


def _char_ngrams(tokens: Sequence[Token]) -> Iterator[Feature]:
    for i, token in enumerate(tokens):
        if token.kind == "word" and token.form[0] != "<":
            for name in char_names(token.norm, CHAR_SIZES):
                yield Feature(name, (i,))


def char_names(word: str, sizes: Sequence[int]) -> Iterator[str]:
    """Names of a word's character n-grams; a space stands before and after the word."""
    padded = f" {word} "
    return (f"c:{padded[k : k + size]}" for size in sizes for k in range(len(padded) - size + 1))


def _pairs(forms: Sequence[str], words: Sequence[int]) -> Iterator[Feature]:
    for apart in APART:
        for k in range(len(forms) - apart):
            yield Feature(f"p:{forms[k]}~{forms[k + apart]}", (words[k], words[k + apart]))


def _near_contestant(forms: Sequence[str], words: Sequence[int]) -> Iterator[Feature]:
    for k, form in enumerate(forms):
        if form not in CONTESTANT:
            continue
        for j in range(max(0, k - REACH), k):
            yield Feature(f"s:{forms[j]}~N", (words[j], words[k]))
        for j in range(k + 1, min(len(forms), k + 1 + REACH)):
            yield Feature(f"s:N~{forms[j]}", (words[k], words[j]))


def _edges(forms: Sequence[str], words: Sequence[int]) -> Iterator[Feature]:
    first = next((k for k, form in enumerate(forms) if form not in ACCOUNTS), len(forms))
    forms, words = forms[first:], words[first:]
    for size in range(1, min(EDGE, len(forms)) + 1):
        yield Feature("e:< " + " ".join(forms[:size]), tuple(words[:size]))
        yield Feature("e:> " + " ".join(forms[-size:]), tuple(words[-size:]))
    if 1 <= len(forms) <= EDGE:
        yield Feature("e:= " + " ".join(forms), tuple(words))


def negated(tokens: Sequence[Token]) -> Iterator[Feature]:
    """Words that count once more as negated."""
    return (Feature("w:~" + vocabulary_form(tokens[i]), (i,)) for i in negated_at(tokens))


def negated_at(tokens: Sequence[Token]) -> list[int]:
    """Indices of up to three words after each negator, until punctuation."""
    words, left, found = negators(), 0, []
    for i, token in enumerate(tokens):
        if token[2] in words:
            left = _NEGATION_REACH
        elif left:
            if token[0] == "punct":
                left = 0
            else:
                left -= 1
                found.append(i)
    return found
