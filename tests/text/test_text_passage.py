"""A text read without places gives the very tokens of the chain, and its marks say all that a rule begins with."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.text.build import build
from app.text.marks import GLUED, JOINING, LIKELY, NAMING, NUMBER, OPENING, SPELT_ON, UNKNOWN, marks_of
from app.text.masking import mask
from app.text.passage import Passage
from app.text.pipeline import analyse, tokenise
from app.text.repair import repair
from app.text.resources import DATA_DIR
from app.text.runs import strip_of
from app.text.split import split
from app.text.token import Token
from app.watchlists.load import default_matcher
from app.watchlists.matcher import Alias, Matcher
from tests.text.plainmasking import plainly_masked
from tests.text.strategies import FRAGMENTS, TROUBLE

RACE = Matcher(
    [
        Alias(("qertino",), "name", "x/1", False),
        Alias(("zabrel", "naufrel"), "name", "x/2", False),
        Alias(("pak", "naufrel"), "name", "x/2", False),
        Alias(("naufrel",), "name", "x/2", True),
        Alias(("partai", "uji"), "party", "p/1", False),
    ],
    [("salamqertino", "slogan")],
)
#: Whatever a rule of masking begins with.
WORDS = (
    *FRAGMENTS, "Qertino", "zabrel-naufrel", "m4hfud", "pak", "Bu", "H.", "Dr.", "Teuku", "Budi", "budi", "pekerti", "Wxqz",
    "WXQZ", "wxqzt", "dukung", "menang", "dua", "kedua", "nomor", "no.", "2", "02", "jari", "kali", "Bandung", "Jawa",
    "Barat", "Kota", "partai", "uji", "-", "– ", "@kawanqertino", "#SalamQertino", "#QertinoMenang", "dukungcalonbupatibaru",
    "Dari", "Sana", "\n", "\n-Budi", "a ©-b", "Wiratmo-Laras", "\u200b-", "pak naufrel", "naufrel", "c0bl0s",
)  # fmt: skip
SPOKEN = st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join) | st.lists(st.sampled_from(WORDS)).map("".join)
MATCHERS = (RACE, Matcher(), default_matcher())


def whole(raw: str, matcher: Matcher) -> list[Token]:
    repaired = repair(raw)
    return build(split(repaired.text), repaired, matcher)


def check(raw: str, matcher: Matcher) -> None:
    tokens = whole(raw, matcher)
    expected = plainly_masked(tokens, matcher)
    assert mask(tokens, matcher) == expected
    assert analyse(raw, matcher) == expected
    passage = Passage(raw, matcher)
    assert [(t.kind, t.norm, t.form, t.surface, t.known, t.tag) for t in passage.counted] == [
        (t.kind, t.norm, t.form, t.surface, t.known, t.tag) for t in expected
    ]
    assert passage.spans == [(token.start, token.end) for token in expected]
    assert passage.masked == expected
    assert passage.plain == tokens == tokenise(raw, matcher)
    assert passage.mentions == matcher.mentions(tokens)
    assert passage.naming == [k for k, token in enumerate(tokens) if token.kind in ("slogan", "account")]


@given(SPOKEN | TROUBLE)
@settings(deadline=None, max_examples=900)
@example("")
@example("a ©-b")
@example("x\n-Budi")
@example("Wiratmo\u200b-Laras datang")
@example("Pak Budi - Laras, no. 2")
@example("H. Budi Teuku")
@example("c o b l o s Pak Budi")
@example("#a " * 25 + "Pak Budi")
@example("Qertino naufrel pak naufrel, Zabrel\nNaufrel")
def test_a_passage_is_what_the_chain_gives(raw: str) -> None:
    for matcher in MATCHERS:
        check(raw, matcher)


def test_the_corpus_reads_as_the_chain_has_it() -> None:
    files = sorted((DATA_DIR / "corpus").glob("*.jsonl"))
    lines = [line for path in files for line in path.read_text(encoding="utf-8").split("\n") if line]
    for line in lines[::37]:
        check(json.loads(line)["text"], default_matcher())


@given(SPOKEN | TROUBLE)
@settings(deadline=None, max_examples=300)
def test_marks_that_runs_remember_are_those_of_the_whole(raw: str) -> None:
    repaired = repair(raw.replace("\n", " "))
    strip = strip_of(repaired, RACE)
    if strip is not None and repaired.starts is None:
        assert strip.marks == RACE.marked(marks_of(whole(repaired.text, RACE)), strip.tokens)


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=40))
@settings(deadline=None, max_examples=50)
def test_what_is_forgotten_changes_nothing(words: list[str]) -> None:
    small = Matcher([Alias(("qertino",), "name", "x/1", False)])
    small.most_runs = 3
    raw = " ".join(words)
    for _ in range(2):
        assert Passage(raw, small).masked == plainly_masked(whole(raw, small), small)
        assert len(small.runs) <= 3


def test_runs_that_a_watchlist_does_not_touch_are_remembered_once_for_all() -> None:
    one, other = (Matcher([Alias(("qertino",), "name", "x/1", False)]) for _ in range(2))
    for matcher in (one, other):
        Passage("ayo Qertino", matcher)
    assert one.runs["ayo"] is other.runs["ayo"]
    assert one.runs["Qertino"] == other.runs["Qertino"]


@pytest.mark.parametrize(
    ("raw", "at", "bits"),
    [
        ("Wiratmo-Laras", 1, GLUED),
        ("2periode", 0, SPELT_ON),
        ("@akun", 0, NAMING),
        ("@akun", 0, JOINING),
        ("#SalamQertino", 1, NAMING),
        ("dua", 0, NUMBER),
        ("kedua", 0, NUMBER),
        ("Wxqz", 0, LIKELY | UNKNOWN),
        ("qertino", 0, OPENING),
    ],
)
def test_what_a_mark_says(raw: str, at: int, bits: int) -> None:
    tokens = whole(raw, RACE)
    assert RACE.marked(marks_of(tokens), tokens)[at] & bits == bits


@pytest.mark.parametrize(
    ("raw", "bit"),
    [
        ("Wiratmo - Laras", GLUED),
        ("ayo kawan", SPELT_ON | NAMING | JOINING | LIKELY | UNKNOWN | NUMBER | OPENING | GLUED),
        ("wx", UNKNOWN),
    ],
)
def test_what_no_mark_says(raw: str, bit: int) -> None:
    tokens = whole(raw, RACE)
    assert all(not mark & bit for mark in RACE.marked(marks_of(tokens), tokens))
