"""Repaired text falls into pieces whose kinds, places and order are exact."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from app.text.repair import repair
from app.text.split import Piece, split
from tests.text.strategies import PLAIN, TROUBLE


def kinds(text: str) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in split(text)]


def words(text: str) -> list[str]:
    return [piece.text for piece in split(text) if piece.kind == "word"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://x.id/a?b=c#d siap", [("url", "https://x.id/a?b=c#d"), ("word", "siap")]),
        ("http://x.id", [("url", "http://x.id")]),
        ("HTTPS://X.ID/A", [("url", "HTTPS://X.ID/A")]),
        ("www.x.id/a", [("url", "www.x.id/a")]),
        ("t.co/AbC1", [("url", "t.co/AbC1")]),
        ("pic.twitter.com/AbC1", [("url", "pic.twitter.com/AbC1")]),
        ("(https://x.id)", [("punct", "("), ("url", "https://x.id)")]),
        ("awww.lucu", [("word", "awww"), ("punct", "."), ("word", "lucu")]),
        ("koran.com", [("word", "koran"), ("punct", "."), ("word", "com")]),
        ("http:x", [("word", "http"), ("punct", ":"), ("word", "x")]),
        ("@akun_1 siap", [("mention", "@akun_1"), ("word", "siap")]),
        ("@a @b", [("mention", "@a"), ("mention", "@b")]),
        (".@akun", [("punct", "."), ("mention", "@akun")]),
        ("@akun.dua_ siap", [("mention", "@akun.dua_"), ("word", "siap")]),
        ("cek @akun. terus", [("word", "cek"), ("mention", "@akun"), ("punct", "."), ("word", "terus")]),
        ("(@akun)", [("punct", "("), ("mention", "@akun"), ("punct", ")")]),
        ("nama@contoh.id", [("word", "nama@contoh"), ("punct", "."), ("word", "id")]),
        ("@@akun", [("symbol", "@"), ("symbol", "@"), ("word", "akun")]),
        ("@ akun", [("symbol", "@"), ("word", "akun")]),
        ("#pilih2", [("hashtag", "#pilih2")]),
        ("#a#b", [("hashtag", "#a"), ("hashtag", "#b")]),
        ("#a_b-c", [("hashtag", "#a_b"), ("punct", "-"), ("word", "c")]),
        ("# pilih", [("symbol", "#"), ("word", "pilih")]),
        ("siap#pilih", [("word", "siap"), ("hashtag", "#pilih")]),
        ("2\u20e3", [("keycap", "2\u20e3")]),
        ("02", [("number", "02")]),
        ("1.000.000", [("number", "1.000.000")]),
        ("1.000,50", [("number", "1.000,50")]),
        ("12:30", [("number", "12:30")]),
        ("14/2/2024", [("number", "14/2/2024")]),
        ("50%", [("number", "50%")]),
        ("12,5%", [("number", "12,5%")]),
        ("2.", [("number", "2"), ("punct", ".")]),
        ("2,", [("number", "2"), ("punct", ",")]),
        ("no.2", [("word", "no"), ("punct", "."), ("number", "2")]),
        ("2-1", [("number", "2"), ("punct", "-"), ("number", "1")]),
        ("2periode", [("word", "2periode")]),
        ("periode2", [("word", "periode2")]),
        ("rp20.000", [("word", "rp20"), ("punct", "."), ("number", "000")]),
        ("c0bl0s", [("word", "c0bl0s")]),
        ("p*lih", [("word", "p*lih")]),
        ("s@ya", [("word", "s@ya")]),
        ("m$rah", [("word", "m$rah")]),
        ("p!lih", [("word", "p!lih")]),
        ("a+b", [("word", "a+b")]),
        ("ma'af", [("word", "ma'af")]),
        ("'kutip'", [("punct", "'"), ("word", "kutip"), ("punct", "'")]),
        ("siap!", [("word", "siap"), ("punct", "!")]),
        ("siap!!! ?", [("word", "siap"), ("punct", "!!!"), ("punct", "?")]),
        ("apa?!?", [("word", "apa"), ("punct", "?!?")]),
        ("hmm...", [("word", "hmm"), ("punct", "...")]),
        ("a..b", [("word", "a"), ("punct", ".."), ("word", "b")]),
        ("anak-anak", [("word", "anak"), ("punct", "-"), ("word", "anak")]),
        ("dan/atau", [("word", "dan"), ("punct", "/"), ("word", "atau")]),
        ("a_b", [("word", "a"), ("word", "b")]),
        ("a\nb", [("word", "a"), ("punct", "\n"), ("word", "b")]),
        ("🙏🙏", [("symbol", "🙏"), ("symbol", "🙏")]),
        ("siap🙏", [("word", "siap"), ("symbol", "🙏")]),
        ("<3", [("symbol", "<"), ("number", "3")]),
        ("漢字", [("word", "漢字")]),
        ("", []),
        ("   ", []),
    ],
)
def test_pieces_and_their_kinds(text: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize("gap", [" ", ".", "-", "_", ". ", " .", "- ", " -", " - "])
def test_letters_typed_apart_with_any_gap_are_one_word(gap: str) -> None:
    text = f"ayo {gap.join('coblos')} dua"
    [piece] = [p for p in split(text) if p.text == "coblos"]
    assert text[piece.start : piece.end] == gap.join("coblos")
    assert words(text) == ["ayo", "coblos", "dua"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("p i l i h  d u a k a l i", ["pilih", "duakali"]),
        ("p i l i h\nc o b l o s", ["pilih", "coblos"]),
        ("a b c", ["a", "b", "c"]),
        ("a b c d", ["abcd"]),
        ("a b-c d", ["a", "b", "c", "d"]),
        ("a, b, c, d", ["a", "b", "c", "d"]),
        ("p.i.l.i.h dua", ["pilih", "dua"]),
        ("ini p i l i h ini", ["ini", "pilih", "ini"]),
        ("p i lih", ["p", "i", "lih"]),
        ("P I L I H", ["PILIH"]),
        ("x p-i-l-i-h", ["x", "pilih"]),
    ],
)
def test_only_four_and_more_letters_with_one_kind_of_gap_join(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_signs_between_spaced_letters_go_into_the_word() -> None:
    assert kinds("p.i.l.i.h!") == [("word", "pilih"), ("punct", "!")]


@pytest.mark.parametrize(
    ("text", "count"),
    [("a" * 1000, 3), ("1" * 100, 1), ("#" + "a" * 300, 2), ("@" + "a" * 100, 2), ("!" * 1000, 3), ("." * 1000, 3)],
)
def test_a_run_without_end_is_cut_into_bounded_pieces(text: str, count: int) -> None:
    pieces = split(text)
    assert len(pieces) == count
    assert "".join(piece.text for piece in pieces) == text


@given(TROUBLE)
@settings(deadline=None, max_examples=400)
def test_pieces_are_in_order_do_not_overlap_and_lose_no_word(raw: str) -> None:
    text = repair(raw).text
    pieces = split(text)
    assert all(0 <= piece.start < piece.end <= len(text) for piece in pieces)
    assert all(a.end <= b.start for a, b in zip(pieces, pieces[1:], strict=False))
    inside = set().union(*(range(piece.start, piece.end) for piece in pieces))
    assert all(char.isspace() or char == "_" for at, char in enumerate(text) if at not in inside)


@given(PLAIN)
@settings(deadline=None)
def test_a_piece_is_what_stands_at_its_place(text: str) -> None:
    for piece in split(text):
        here = text[piece.start : piece.end]
        assert piece == Piece(piece.kind, here, piece.start, piece.end) or len(piece.text) >= 4 < len(here)
