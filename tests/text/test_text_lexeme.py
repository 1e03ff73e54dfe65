"""One spelling, whatever its disguise, comes back as its standard words with their places inside it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.text.lexeme import digits_form, lexeme, number_word, shorten
from app.text.split import MAX_WORD
from app.text.stem import is_known, stem
from tests.text.strategies import TROUBLE


def norms(surface: str) -> list[str]:
    return [part.norm for part in lexeme(surface)]


@pytest.mark.parametrize(
    ("surface", "norm"),
    [
        # as it stands in a dictionary
        ("coblos", "coblos"),
        ("COBLOS", "coblos"),
        ("CoBlOs", "coblos"),
        ("memilih", "memilih"),
        # short and informal spellings
        ("drpd", "daripada"),
        ("YG", "yang"),
        ("tdk", "tidak"),
        ("gak", "tidak"),
        ("nggak", "tidak"),
        ("jgn", "jangan"),
        ("blm", "belum"),
        ("bpk", "bapak"),
        # elongation
        ("dukuuung", "dukung"),
        ("teruuuuuuus", "terus"),
        ("siiiiap", "siap"),
        ("pilihhhh", "pilih"),
        ("maaantap", "mantap"),
        ("okeee", "oke"),
        ("bangetttt", "banget"),
        ("COBLOSSSS", "coblos"),
        ("ccoobbllooss", "coblos"),
        # repetition written as a digit
        ("orang2", "orang"),
        ("orang2nya", "orang"),
        ("anak2ku", "anakku"),
        ("hati2", "hati"),
        ("sama2", "sama"),
        ("pilih2", "pilih"),
        # clitics on informal words
        ("gubernurx", "gubernur"),
        ("rumahx", "rumah"),
        ("bgtnya", "banget"),
        ("jgnlah", "jangan"),
        # apostrophes
        ("ma'af", "maaf"),
        ("jum'at", "jumat"),
        ("do'a", "doa"),
        ("qur'an", "quran"),
        # nothing to be done
        ("xqzw", "xqzw"),
        ("XQZWWW", "xqzw"),
        ("漢字", "漢字"),
        ("x〇", "x〇"),
        ("〇x", "〇x"),
        ("a1b2c3d4", "a1b2c3d4"),
    ],
)
def test_one_word(surface: str, norm: str) -> None:
    [part] = lexeme(surface)
    assert (part.norm, part.disguised, part.start, part.end) == (norm, False, 0, len(surface))


@pytest.mark.parametrize(
    ("surface", "norm"),
    [
        ("c0bl0s", "coblos"),
        ("C0BL0S", "coblos"),
        ("p1l1h", "pilih"),
        ("p!lih", "pilih"),
        ("m3nang", "menang"),
        ("M3NANG", "menang"),
        ("b3rs4ma", "bersama"),
        ("pr0gram", "program"),
        ("du1t", "duit"),
        ("s@ya", "saya"),
        ("$iap", "siap"),
        ("l@njutkan", "lanjutkan"),
        ("m3naaang", "menang"),
        ("1ndonesia", "indonesia"),
        ("g4g4l", "gagal"),
        ("p*lih", "pilih"),
        ("c*blos", "coblos"),
        ("c*bl*s", "coblos"),
        ("d*kung", "dukung"),
        ("m*n*ng", "menang"),
        ("c*o*b*l*o*s", "coblos"),
        ("p+i+l+i+h", "pilih"),
    ],
)
def test_a_disguised_word_is_known_and_marked(surface: str, norm: str) -> None:
    [part] = lexeme(surface)
    assert (part.norm, part.known, part.disguised, part.end) == (norm, True, True, len(surface))


@pytest.mark.parametrize(
    ("surface", "parts"),
    [
        ("2periode", [("dua", 0, 1), ("periode", 1, 8)]),
        ("02pilih", [("<nomor>", 0, 2), ("pilih", 2, 7)]),
        ("pilih02", [("pilih", 0, 5), ("<nomor>", 5, 7)]),
        ("no1", [("nomor", 0, 2), ("satu", 2, 3)]),
        ("no2", [("nomor", 0, 2), ("dua", 2, 3)]),
        ("nomor2", [("nomor", 0, 5), ("dua", 5, 6)]),
        ("coblos1", [("coblos", 0, 6), ("satu", 6, 7)]),
        ("coblos2", [("coblos", 0, 6), ("dua", 6, 7)]),
        ("4anak", [("empat", 0, 1), ("anak", 1, 5)]),
        ("pemilu2024", [("pemilu", 0, 6), ("<tahun>", 6, 10)]),
        ("covid19", [("covid", 0, 5), ("<angka>", 5, 7)]),
        ("menang2periode", [("menang", 0, 6), ("dua", 6, 7), ("periode", 7, 14)]),
        ("pilih+coblos", [("pilih", 0, 5), ("coblos", 6, 12)]),
        ("siap!gas", [("siap", 0, 4), ("gas", 5, 8)]),
        ("k****l", [("k", 0, 1), ("l", 5, 6)]),
        ("*", []),
    ],
)
def test_a_glued_spelling_falls_into_its_parts(surface: str, parts: list[tuple[str, int, int]]) -> None:
    assert [(part.norm, part.start, part.end) for part in lexeme(surface)] == parts


def test_an_abbreviation_may_stand_for_several_words_at_one_place() -> None:
    parts = lexeme("walikota")
    assert [(part.norm, part.start, part.end) for part in parts] == [("wali", 0, 8), ("kota", 0, 8)]


def test_unknown_words_are_told_from_known_ones() -> None:
    assert [part.known for word in ("coblos", "drpd", "c0bl0s", "Sarkowi") for part in lexeme(word)] == [
        True,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("word", "expected"),
    [("aaa", "a"), ("aab", "aab"), ("baaab", "bab"), ("aaabbb", "ab"), ("", ""), ("111", "1")],
)
def test_three_of_a_letter_become_one(word: str, expected: str) -> None:
    assert shorten(word) == expected


@pytest.mark.parametrize(
    ("digits", "expected"),
    [
        ("0", "nol"),
        ("1", "satu"),
        ("2", "dua"),
        ("10", "sepuluh"),
        ("11", "<angka>"),
        ("007", "tujuh"),
        ("0007", "<angka>"),
        ("999", "<angka>"),
        ("", "<angka>"),
        ("٢", "<angka>"),
        ("²", "<angka>"),
        ("x", "<angka>"),
    ],
)
def test_small_numbers_are_words(digits: str, expected: str) -> None:
    assert number_word(digits) == expected


@pytest.mark.parametrize(
    ("digits", "expected"),
    [
        ("01", "<nomor>"),
        ("02", "<nomor>"),
        ("09", "<nomor>"),
        ("00", "nol"),
        ("2", "dua"),
        ("12", "<angka>"),
        ("1945", "<tahun>"),
        ("2024", "<tahun>"),
        ("2100", "<angka>"),
        ("1800", "<angka>"),
        ("20240", "<angka>"),
        ("0812345", "<angka>"),
    ],
)
def test_digits_are_a_ballot_number_a_year_a_word_or_just_a_number(digits: str, expected: str) -> None:
    assert digits_form(digits) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("memilih", "pilih"),
        ("pilihlah", "pilih"),
        ("mencoblos", "coblos"),
        ("mendukung", "dukung"),
        ("melanjutkan", "lanjut"),
        ("pemimpin", "pemimpin"),
        ("relawan", "relawan"),
        ("gerakan", "gerakan"),
        ("menangis", "tangis"),
        ("pemilu", "pemilu"),
        ("bekasi", "bekasi"),
        ("berlari", "lari"),
        ("buku", "buku"),
        ("xqzwkan", "xqzwkan"),
        ("ada", "ada"),
        ("漢字", "漢字"),
        ("a-b", "a-b"),
        ("", ""),
    ],
)
def test_stems(word: str, expected: str) -> None:
    assert stem(word) == expected


@pytest.mark.parametrize(("word", "known"), [("coblos", True), ("berlari", True), ("relawan", True), ("xqzw", False)])
def test_known_words(word: str, known: bool) -> None:
    assert is_known(word) is known


@given(TROUBLE.filter(bool))
@settings(deadline=None, max_examples=300)
def test_any_spelling_falls_into_ordered_parts_inside_it(surface: str) -> None:
    parts = lexeme(surface)
    assert all(0 <= part.start < part.end <= len(surface) and part.norm and part.stem for part in parts)
    starts = [part.start for part in parts]
    assert starts == sorted(starts)


@given(st.text(st.sampled_from("abcilopst013"), min_size=1, max_size=MAX_WORD))
@settings(deadline=None, max_examples=300)
def test_case_does_not_matter(surface: str) -> None:
    assert lexeme(surface.upper()) == lexeme(surface)
