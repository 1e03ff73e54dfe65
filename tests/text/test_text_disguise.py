"""Glued words and playful spellings."""

from __future__ import annotations

import pytest

from app.text.disguise import alay, glued, sound
from app.text.pipeline import MAX_GLUED, analyse


@pytest.mark.parametrize(
    ("surface", "words"),
    [
        ("ayocoblosnomordua", ["ayo", "coblos", "nomor", "dua"]),
        ("AYOCOBLOSNOMORDUA", ["ayo", "coblos", "nomor", "dua"]),
        ("jangandipilihlagi", ["jangan", "dipilih", "lagi"]),
        ("keberlanjutanpembangunan", ["keberlanjutan", "pembangunan"]),
        ("ayocoblosdua", []),  # too short: may be a name
        ("Dewantoroputrasejati", []),  # capitalised: a name
        ("pemberangkatan", []),  # a word of its own
        ("gasssspolllmenanggg", []),  # elongation is undone elsewhere
        ("qwxzkvbnqwxzkvbn", []),  # no list knows it
        ("coblosnomordua2030", []),  # digits are cut elsewhere
    ],
)
def test_glued_words(surface: str, words: list[str]) -> None:
    assert [chunk.text for chunk in glued(surface)] == words


def test_chunks_cover_the_glued_word_in_order() -> None:
    chunks = glued("ayocoblosnomordua")
    assert [(c.start, c.end) for c in chunks] == [(0, 3), (3, 9), (9, 14), (14, 17)]


@pytest.mark.parametrize(
    ("surface", "word"),
    [
        ("dUkuNk", "dukung"),
        ("dukunk", "dukung"),
        ("tjoblos", "coblos"),
        ("dukung", None),  # already plain
        ("Dukunk", None),  # capitalised: may be a name
        ("bzz", None),
        ("rumahku", None),  # not a campaign word
    ],
)
def test_alay(surface: str, word: str | None) -> None:
    assert alay(surface) == word


@pytest.mark.parametrize(
    ("written", "spoken"), [("soekses", "sukses"), ("pylyh", "pilih"), ("menank", "menang"), ("mantabb", "mantab")]
)
def test_sound(written: str, spoken: str) -> None:
    assert sound(written) == spoken


def test_glued_words_keep_their_places() -> None:
    raw = "eh ayocoblosnomordua yuk"
    tokens = analyse(raw)
    assert [raw[t.start : t.end] for t in tokens if t.kind != "mark"] == ["eh", "ayo", "coblos", "nomor", "dua", "yuk"]
    assert sum(t.form == "<rapat>" for t in tokens) == 1


def test_only_so_many_glued_words_are_cut() -> None:
    tokens = analyse(" ".join(["ayocoblosnomordua"] * (MAX_GLUED + 3)))
    assert sum(t.form == "<rapat>" for t in tokens) == MAX_GLUED
    assert sum(t.form == "coblos" for t in tokens) == MAX_GLUED
