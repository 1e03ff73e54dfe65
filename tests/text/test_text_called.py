"""Campaign words put a contestant where a word stands that nobody is sure of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.called import AFTER, BEFORE, SIDES, is_called, is_put
from app.text.pipeline import analyse, tokenise
from app.watchlists.matcher import Alias, Matcher

#: Words of everyday life that a pair of one race has for its name.
PAIR = Matcher(
    [
        Alias(("rindu",), "name", "x/1", True),
        Alias(("aman",), "name", "x/2", True),
        Alias(("salam", "sehat"), "slogan", "x/2", True),
    ]
)


def place(raw: str, word: str) -> int:
    return [token.surface.lower() for token in tokenise(raw)].index(word)


@pytest.mark.parametrize(
    ("raw", "put"),
    [
        # behind a word for a side, with a capital
        ("pasangan Rindu unggul", True),
        ("Paslon RINDU", True),
        ("PASLON RINDU MENANG", True),
        ("kami relawan Rindu", True),
        ("pendukung RINDU sudah datang", True),
        ("pasangan rindu unggul", False),
        ("kami relawan rindu kampung", False),
        # an acronym beside campaign words
        ("ayo pilih RINDU", True),
        ("RINDU menang", True),
        ("tetap RINDU sampai akhir", True),
        ("ayo pilih Rindu", False),
        ("ayo pilih rindu", False),
        ("Rindu menang", False),
        ("PILIH RINDU", False),
        ("RINDU MENANG", False),
        # neither
        ("RINDU", False),
        ("aku RINDU kamu", False),
        ("menang sudah. RINDU", False),
        ("#PilihRINDU", False),
    ],
)
def test_ambiguous_words_are_names_only_where_campaign_words_put_one(raw: str, put: bool) -> None:
    first = place(raw, "rindu")
    assert is_put(tokenise(raw), first, first + 1) is put
    assert ("<nama>" in [token.form for token in analyse(raw, PAIR)]) is put


@pytest.mark.parametrize(
    ("raw", "forms"),
    [
        ("pilih yang aman, pilih AMAN", "pilih yang aman , pilih <nama>"),
        ("paslon Salam Sehat", "paslon <slogan>"),
        ("Salam Sehat untuk semua", "salam sehat untuk semua"),
    ],
)
def test_only_where_they_stand(raw: str, forms: str) -> None:
    assert " ".join(token.form for token in analyse(raw, PAIR)) == forms


@pytest.mark.parametrize(
    ("raw", "called"),
    [
        ("dukung qertino", True),
        ("qertino menang", True),
        ("qertino", False),
        ("makan qertino", False),
        ("qertino datang", False),
        ("dukung itu qertino", False),
    ],
)
def test_unknown_words_are_called_by_campaign_words(raw: str, called: bool) -> None:
    assert is_called(tokenise(raw), place(raw, "qertino")) is called


def test_whoever_may_be_meant_is_told() -> None:
    both = Matcher([Alias(("rindu",), "name", "x/1", True), Alias(("rindu",), "name", "y/3", True)])
    [mention] = both.mentions(tokenise("relawan Rindu"))
    assert mention.entities == {"x/1", "y/3"}
    [_, mention] = Matcher([*_sure("x/1"), *both_aliases()]).mentions(tokenise("qertino, relawan Rindu"))
    assert mention.entities == {"x/1"}  # a sure match of one side settles it


def _sure(entity: str) -> list[Alias]:
    return [Alias(("qertino",), "name", entity, False)]


def both_aliases() -> list[Alias]:
    return [Alias(("rindu",), "name", entity, True) for entity in ("x/1", "y/3")]


@given(st.lists(st.sampled_from([*sorted(AFTER | BEFORE | SIDES), "rindu", "Rindu", "ya", "."]), max_size=8))
def test_small_letters_never_put_anybody(words: list[str]) -> None:
    tokens = tokenise(" ".join(words))
    for i, token in enumerate(tokens):
        if token.surface.islower():
            assert not is_put(tokens, i, i + 1)
