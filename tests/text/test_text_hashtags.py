"""Words glued into tags come apart again, by capitals where there are any and by known words where not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.text import hashtags
from app.text.hashtags import split_tag
from app.text.pipeline import MAX_TAGS, tokenise
from app.text.repair import repair
from app.watchlists.matcher import Alias, Matcher


def texts(body: str) -> list[str]:
    return [chunk.text for chunk in split_tag(body)]


def forms(raw: str) -> list[str]:
    return [token.form for token in tokenise(raw)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # capitals
        ("LanjutkanDuaPeriode", ["Lanjutkan", "Dua", "Periode"]),
        ("GantiPresiden", ["Ganti", "Presiden"]),
        ("JawaBaratJuara", ["Jawa", "Barat", "Juara"]),
        ("relawan_Muda", ["relawan", "Muda"]),
        ("KPU", ["KPU"]),
        ("NetralitasASN", ["Netralitas", "ASN"]),
        ("ASNNetral", ["ASN", "Netral"]),
        ("ASNnetral", ["ASN", "netral"]),
        ("PNSjanganPilih", ["PNS", "jangan", "Pilih"]),
        ("RImaju", ["RI", "maju"]),
        ("dirgahayuRI", ["dirgahayu", "RI"]),
        ("KPUResmi", ["KPU", "Resmi"]),
        # all capitals and none
        ("GANTIPRESIDEN", ["GANTI", "PRESIDEN"]),
        ("LANJUTKAN", ["LANJUTKAN"]),
        ("lanjutkanduaperiode", ["lanjutkan", "dua", "periode"]),
        ("gantipresiden", ["ganti", "presiden"]),
        ("jangangolput", ["jangan", "golput"]),
        ("tolakpolitikuang", ["tolak", "politik", "uang"]),
        ("asnnetral", ["asn", "netral"]),
        ("sayapilihdia", ["saya", "pilih", "dia"]),
        ("memilihpemimpin", ["memilih", "pemimpin"]),
        ("jakartamaju", ["jakarta", "maju"]),
        # digits
        ("2periode", ["2", "periode"]),
        ("DuaPeriode2024", ["Dua", "Periode", "2024"]),
        ("pilih02", ["pilih", "02"]),
        ("02pilih", ["02", "pilih"]),
        ("coblosnomor2", ["coblos", "nomor", "2"]),
        ("CoblosNomor2", ["Coblos", "Nomor", "2"]),
        ("2024", ["2024"]),
        # digits as letters stay inside the word
        ("M3nang", ["M3nang"]),
        ("m3nang", ["m3nang"]),
        ("menangB3rsama", ["menang", "B3rsama"]),
        # unknown stretches stay whole
        ("xqzwvut", ["xqzwvut"]),
        ("dukungxqzwvut", ["dukung", "xqzwvut"]),
        ("xqzwvutmenang", ["xqzwvut", "menang"]),
        # hardly anything
        ("a", ["a"]),
        ("A", ["A"]),
        ("2", ["2"]),
        ("_", []),
        ("", []),
    ],
)
def test_words_of_a_tag(body: str, expected: list[str]) -> None:
    assert texts(body) == expected


def test_names_of_a_watchlist_are_words_too() -> None:
    matcher = Matcher([Alias(("sarkowi",), "name", "x/1", False), Alias(("bram", "xavi"), "name", "x/2", False)])
    assert [chunk.text for chunk in split_tag("sarkowimenang", matcher.is_name)] == ["sarkowi", "menang"]
    assert [chunk.text for chunk in split_tag("bramxavimenang", matcher.is_name)] == ["bram", "xavi", "menang"]
    assert texts("sarkowimenang") != ["sarkowi", "menang"]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("#LanjutkanDuaPeriode", ["<tagar>", "lanjut", "dua", "periode", "</tagar>"]),
        ("#M3nang", ["<tagar>", "menang", "<samar>", "</tagar>"]),
        ("#pilih02", ["<tagar>", "pilih", "<nomor>", "</tagar>"]),
        ("#2024", ["<tagar>", "<tahun>", "</tagar>"]),
        ("#siap17agustus", ["<tagar>", "siap", "<angka>", "agustus", "</tagar>"]),
        ("#_", ["<tagar>"]),
        ("ayo #menang ya", ["ayo", "<tagar>", "menang", "</tagar>", "ya"]),
        ("#menang#bersama", ["<tagar>", "menang", "</tagar>", "<tagar>", "bersama", "</tagar>"]),
    ],
)
def test_a_tag_is_framed_by_marks(raw: str, expected: list[str]) -> None:
    assert forms(raw) == expected


def test_words_of_a_tag_know_their_places() -> None:
    raw = "ayo #GantiLurah2024!"
    assert [raw[t.start : t.end] for t in tokenise(raw)] == ["ayo", "#", "Ganti", "Lurah", "2024", "", "!"]
    assert [t.tag for t in tokenise(raw)] == [False, False, True, True, True, True, False]


def test_a_run_longer_than_any_tag_stays_whole() -> None:
    assert texts("menang" * 9) == ["menang" * 9]
    assert texts("menang" * 8) == ["menang"] * 8


def test_tags_beyond_the_twentieth_stay_whole() -> None:
    found = forms(" ".join(["#gantilurah"] * (MAX_TAGS + 2)))
    assert found[-6:] == ["<tagar>", "gantilurah", "</tagar>"] * 2
    assert found[:4] == ["<tagar>", "ganti", "lurah", "</tagar>"]


@given(st.from_regex(r"\A\w{0,140}\Z"))
@settings(deadline=None, max_examples=150)
def test_chunks_are_what_stands_at_their_places(raw: str) -> None:
    body = "".join(char for char in repair(raw).text if char.isalnum() or char == "_")
    chunks = split_tag(body)
    assert all(body[chunk.start : chunk.end] == chunk.text and chunk.text for chunk in chunks)
    assert all(a.end <= b.start for a, b in zip(chunks, chunks[1:], strict=False))
    covered = set().union(*(range(chunk.start, chunk.end) for chunk in chunks))
    assert all(char == "_" for at, char in enumerate(body) if at not in covered)


def every_last_word(low: str, end: int, best: list[tuple[float, int]], is_word: Any) -> tuple[float, int]:
    """The definition: the cheapest of all last words, the longest of equals."""
    starts = range(max(0, end - hashtags._LONGEST_WORD), end)
    return min((best[start][0] + hashtags._cost(low[start:end], is_word), start) for start in starts)


GLUED = ("coblos", "nomor", "dua", "menang", "gerigi", "pemimpinnya", "xq", "di", "no", "sarkowi", "a", "rt", "kan")


@given(st.lists(st.sampled_from(GLUED), max_size=9).map("".join) | st.text("aeinkgmbd", max_size=40))
@settings(deadline=None, max_examples=300)
def test_words_that_are_not_asked_after_would_not_have_been_chosen(body: str) -> None:
    is_word = {"sarkowi"}.__contains__
    found = split_tag(body, is_word)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashtags, "_last_word", every_last_word)
        assert split_tag(body, is_word) == found
