"""How a text is written: sorts of spellings, and the value of each slot."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.pipeline import analyse
from app.text.shape import (
    ACCOUNT,
    BRACKET,
    BREAK,
    CAPITALS,
    COLON,
    COMMA,
    DASH,
    ELLIPSIS,
    EMOJI,
    EXCLAMATION,
    LOWER,
    NAME,
    NOTHING,
    NUMBER,
    PERIOD,
    QUESTION,
    QUOTE,
    SLOTS,
    TAG,
    TITLE,
    URL,
    VALUES,
    name_of,
    shape,
    sort_of,
    values_of,
)
from tests.text.strategies import TROUBLE


@pytest.mark.parametrize(
    ("surface", "sort"),
    [
        ("pilih", LOWER),
        ("Pilih", TITLE),
        ("PILIH", CAPITALS),
        ("pILIH", LOWER),
        ("yg", NOTHING),
        ("RT", NOTHING),
        ("Bu Lastri", TITLE),
        ("orang2", LOWER),
        ("02", NUMBER),
        ("50%", NUMBER),
        ("7.30", NUMBER),
        ("https://x.id/a", URL),
        ("www.x.id", URL),
        ("@akun", ACCOUNT),
        ("#", TAG),
        ("", NOTHING),
        ("?!", QUESTION),
        ("!!!", EXCLAMATION),
        (":", COLON),
        ("“", QUOTE),
        ('"', QUOTE),
        (",", COMMA),
        (".", PERIOD),
        ("..", ELLIPSIS),
        ("…", ELLIPSIS),
        ("-", DASH),
        ("–", DASH),
        ("(", BRACKET),
        (")", NOTHING),
        ("\n", BREAK),
        ("🙏", EMOJI),
        ("✌", EMOJI),
        ("'", NOTHING),
        ("ညညတ", LOWER),
        ("<nama>", NAME),
        ("<partai>", NAME),
        ("<akun_calon>", ACCOUNT),
        ("<url>", URL),
        ("<nomor>", NUMBER),
        ("<tahun>", NUMBER),
        ("<tagar>", TAG),
        ("<rt>", NOTHING),
    ],
)
def test_the_sort_of_a_spelling(surface: str, sort: int) -> None:
    assert sort_of(surface) == sort


def slot(raw: str, name: str) -> int:
    return values_of(analyse(raw))[SLOTS.index(name)]


@pytest.mark.parametrize(
    ("raw", "name", "value"),
    [
        ("hujan", "words", 1),
        ("🙏", "words", 0),
        ("hujan deras dari pagi sampai malam", "words", 3),
        # a share is told for each length of text: seven lengths
        ("hujan deras dari pagi", "title", 2),
        ("hujan dari Wiratmo", "words", 2),
        ("Hujan deras dari pagi", "title", 2 * 7 + 2),
        ("Hujan Deras Dari Pagi", "title", 5 * 7 + 2),
        ("HUJAN DERAS", "capitals", 3 * 7 + 1),
        ("hujan deras https://x.id", "links", 7 + 1),
        ("hujan https://x.id https://x.id/2 https://x.id/3", "links", 2 * 7 + 1),
        ("KPU: hujan", "colon", 1),
        ('"hujan" katanya', "quotes", 1),
        ('"hujan" katanya "deras"', "quotes", 2),
        ('"hujan" katanya', "quote first", 1),
        ('katanya "hujan"', "quote first", 0),
        ("#Hujan deras #Banjir", "tags", 2),
        # what stands in a tag is the tag's
        ("#HujanDeras", "words", 0),
        ("@a @b hujan", "account first", 1),
        ("hujan?", "question last", 1),
        ("hujan? https://x.id", "question last", 1),
        ("hujan? deras", "question last", 0),
        ("hujan!! deras!!", "exclamations", 2),
        ("hujan ... deras...", "ellipsis last", 1),
        ("hujan https://x.id", "link last", 1),
        ("https://x.id hujan", "link last", 0),
        ("hujan.", "period last", 1),
        ("Hujan", "capital first", 1),
        ("hujan\nderas\n\nlagi", "breaks", 2),
        ("😂😂 hujan", "emoji", 2),
        ("pukul 7.30 tgl 5", "numbers", 2),
    ],
)
def test_the_value_of_a_slot(raw: str, name: str, value: int) -> None:
    assert slot(raw, name) == value


@given(TROUBLE | st.text(max_size=40))
def test_every_slot_has_one_of_its_values(raw: str) -> None:
    tokens = analyse(raw)
    if not tokens:
        return
    found = values_of(tokens)
    assert len(found) == len(SLOTS) == len(VALUES)
    assert all(0 <= value < most for value, most in zip(found, VALUES, strict=True))
    assert shape(tokens) == [name_of(slot, value) for slot, value in zip(SLOTS, found, strict=True)]


@pytest.mark.parametrize("name", ["Anjani", "ANJANI", "lastri", "Lastri Anjani", "LASTRI Anjani"])
def test_how_a_name_is_written_makes_no_shape(name: str) -> None:
    assert shape(analyse(f"ayo dukung bu {name}, jangan lupa")) == shape(analyse("ayo dukung bu Wiratmo, jangan lupa"))
