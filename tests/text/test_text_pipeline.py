"""The whole chain from raw text to masked tokens holds for any string, in bounded work."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import app.text
from app.text.pipeline import MAX_TOKENS, analyse, tokenise
from app.text.repair import MAX_CHARS, repair
from app.text.split import split
from app.text.token import Token
from app.watchlists.load import default_matcher
from tests.text.strategies import FRAGMENTS, PLAIN, TROUBLE


def forms(raw: str) -> str:
    return " ".join(token.form for token in tokenise(raw)).replace("\n", "⏎")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Ayo coblos!", "ayo coblos !"),
        ("ayo!!!", "ayo !"),
        ("masa??!", "masa ?"),
        ("masa!?", "masa ?"),
        ("wah.....", "wah ..."),
        ("satu\ndua", "satu ⏎ dua"),
        ("https://x.id/a siap", "<url> siap"),
        ("@akun siap", "<akun> siap"),
        ("50%", "<persen>"),
        ("12,5 %", "<angka>"),
        ("1.000.000", "<angka>"),
        ("2024", "<tahun>"),
        ("2", "dua"),
        ("15", "<angka>"),
        ("02", "<nomor>"),
        ("2️⃣", "<nomor>"),
        ("👍", "jempol"),
        ("👍🏽👍🏿", "jempol jempol"),
        ("✌️", "jari_dua"),
        ("☝🏻", "jari_satu"),
        ("❤️", "emoji_hati"),
        ("🀄\u200d🀄\ufe0f", "emoji_lain emoji_lain"),
        ("\U0001faff", "emoji_lain"),
        ("🏻🏿", ""),
        ("©", ""),
        ("RT @akun: siap", "<rt> <akun> : siap"),
        ("yg drpd", "yang daripada"),
        ("walikota", "wali kota"),
        ("M3nang", "menang <samar>"),
        ("anak-anak", "anak - anak"),
        ("&amp;", "&"),
        ("a_b", "a b"),
        ("", ""),
        ("\u200b", ""),
        (" \t\r ", ""),
    ],
)
def test_tokens_before_masking(raw: str, expected: str) -> None:
    assert forms(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Ayo c0bl0s pak Xandrowi!", ["Ayo", "c0bl0s", "c0bl0s", "pak", "Xandrowi", "!"]),
        ("ðŸ™\x8f siap", ["ðŸ™\x8f", "siap"]),
        ("𝐩𝐢𝐥𝐢𝐡 2️⃣", ["𝐩𝐢𝐥𝐢𝐡", "2️⃣"]),
        ("pi\u200blih\u200b dua", ["pi\u200blih", "dua"]),
        ("c o b l o s dua", ["c o b l o s", "dua"]),
        ("#GantiLurah ya", ["#", "Ganti", "Lurah", "", "ya"]),
        ("👍🏽 ok", ["👍", "ok"]),
        ("2periode", ["2", "periode"]),
        ("walikota", ["walikota", "walikota"]),
        ("R&amp;D", ["R", "&amp;", "D"]),
        ("satu&lt;br&gt;dua", ["satu", "&lt;br&gt;", "dua"]),
    ],
)
def test_tokens_know_where_they_stood(raw: str, expected: list[str]) -> None:
    assert [raw[token.start : token.end] for token in analyse(raw)] == expected


def check(tokens: list[Token], raw: str) -> None:
    """Spans lie inside ``raw`` in order; only a closing mark may be empty (and then stands where its tag ends)."""
    for token in tokens:
        assert 0 <= token.start <= token.end <= len(raw)
        assert token.start < token.end or token.kind == "mark"
        assert token.form
    starts = [token.start for token in tokens if token.start < token.end]
    assert starts == sorted(starts)


@given(TROUBLE)
@settings(deadline=None, max_examples=500)
@example("a٢")
@example("〇a")
@example("\ud800#\udfff@")
@example("*" * 70)
@example("İ" * 80)
def test_any_text_is_read(raw: str) -> None:
    check(tokenise(raw), raw)
    check(analyse(raw), raw)
    check(analyse(raw, default_matcher()), raw)


@given(st.text(st.integers(0, 0x10FFFF).map(chr), max_size=80))
@settings(deadline=None, max_examples=300)
def test_any_code_points_are_read(raw: str) -> None:
    check(analyse(raw, default_matcher()), raw)


@given(PLAIN)
@settings(deadline=None)
def test_a_plain_token_is_spelt_as_it_stood(raw: str) -> None:
    for token in tokenise(raw):
        assert token.surface in ("", raw[token.start : token.end]) or len(token.surface) >= 4


@pytest.mark.parametrize(
    "fragment", [*FRAGMENTS, "a b c d  ", "#ab", "ayo ", "<p ", "&amp", "x" * 64 + " ", "#" + "k" * 140]
)
def test_endless_text_costs_a_bounded_number_of_tokens(fragment: str) -> None:
    raw = (fragment * (MAX_CHARS // len(fragment) + 20))[: MAX_CHARS + 15]
    tokens = analyse(raw)
    assert len(tokens) <= MAX_TOKENS + 145
    check(tokens, raw)
    assert all(token.end <= MAX_CHARS for token in tokens)


def test_what_follows_the_limit_changes_nothing() -> None:
    raw = ("ayo pilih " * MAX_CHARS)[:MAX_CHARS]
    assert analyse(raw + " coblos nomor 2") == analyse(raw)


# -- no pattern or step costs more than in proportion to the text ---------------------------------------------------

PUMPS = (
    "a", "A", "1", " ", "-", ".", ",", "!", "@", "#", "_", "'", "*", "&", ";", "<", "\\", "\n", "é", "ðŸ", "Ã©", "â€",
    "aA", "Aa", "a1", "1a", "1.", "1,1", "a'", "a*", "a b", "a.b.", "&a", "&amp;", "amp;", "&#1", "<p ", "<br ", "</p", "<p >",
    "\\x4", "\\x41", "\\u00", "\\ud83d", "@a", "#a", "http://", "http://a ", "x2", "aab", "ng", "menye", "🙏", "2\u20e3",
)  # fmt: skip
SHORT, LONG = 500, 4_000
#: Eight times the text may take at most this many times as long (a quadratic step takes 64 times as long).
MOST = 32.0
#: Below this many seconds nothing is measured: 4,000 characters are read at once.
TOO_FAST = 0.01


def seconds(work: Callable[[str], object], text: str, times: int = 3) -> float:
    spent = []
    for _ in range(times):
        start = time.process_time()
        work(text)
        spent.append(time.process_time() - start)
    return min(spent)


def grows_too_fast(work: Callable[[str], object], pump: str, tail: str, most: float = MOST) -> bool:
    short, long = (pump * (size // len(pump)) + tail for size in (SHORT, LONG))
    if seconds(work, long, times=1) < TOO_FAST:
        return False
    return seconds(work, long) > most * max(seconds(work, short), TOO_FAST / 1000)


def patterns() -> dict[str, re.Pattern[str]]:
    found: dict[str, re.Pattern[str]] = {}
    for info in pkgutil.iter_modules(app.text.__path__):
        module = importlib.import_module(f"app.text.{info.name}")
        found |= {f"{info.name}.{k}": v for k, v in vars(module).items() if isinstance(v, re.Pattern)}
    return found


def test_patterns_are_found() -> None:
    assert {"repair._CODED", "split._PIECE", "lexeme._RUN", "hashtags._CAMEL"} <= patterns().keys()


@pytest.mark.parametrize("name", sorted(patterns()))
def test_no_pattern_is_slower_than_its_text_is_long(name: str) -> None:
    pattern = patterns()[name]

    def work(text: str) -> None:
        for _ in pattern.finditer(text):
            pass
        pattern.fullmatch(text)

    assert [(p, tail) for p in PUMPS for tail in ("", "\0", "z!") if grows_too_fast(work, p, tail)] == []


@pytest.mark.parametrize(
    "work",
    [lambda text: repair(text, limit=len(text)), split],
    ids=["repair", "split"],
)
def test_no_step_is_slower_than_its_text_is_long(work: Callable[[str], object]) -> None:
    pumps = [*PUMPS, "a b c d  ", "a.b.c.d. ", "a-b c-d ", "x a-b-c-d "]
    assert [pump for pump in pumps if grows_too_fast(work, pump, "z!")] == []


@pytest.mark.parametrize("seed", range(2))
def test_reading_names_is_not_slower_than_the_text_is_long(seed: int) -> None:
    opening = (
        "muhammad ",
        "pak edy ",
        "abdul-",
        "Ahmad. ",
        "kota ",
        "hulu sungai ",
        "Pak-",
        "#abdul",
        "@muhammad ",
        "02 ",
    )
    pumps = [*PUMPS, *opening, *(a + b for a, b in zip(opening, opening[1:], strict=False))][seed::2]

    def work(text: str) -> None:
        analyse(text, default_matcher())

    # A short text may be put together from remembered runs where a long one meets a limit and is read as a whole.
    assert [pump for pump in pumps if grows_too_fast(work, pump, "z!", 1.75 * MOST)] == []
