"""Listed names are found in any spelling, longest first, and never where only an ambiguous part stands."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.text.pipeline import analyse, tokenise
from app.watchlists.matcher import Alias, Matcher, fold_name
from tests.text.strategies import TROUBLE

QERTINO = [
    Alias(("qertino",), "name", "pilwalu/1", False),
    Alias(("qertino", "zabrel"), "name", "pilwalu/1", False),
    Alias(("pak", "qer"), "name", "pilwalu/1", False),
    Alias(("qer", "naufrel"), "name", "pilwalu/1", False),
    Alias(("kemuning",), "name", "pilwalu/1", True),
]
BRUMHILD = [
    Alias(("brumhild",), "name", "pilwalu/2", False),
    Alias(("kembang", "desa"), "slogan", "pilwalu/2", False),
    Alias(("kemuning",), "name", "pilwalu/2", True),
]
RACE = Matcher([*QERTINO, *BRUMHILD])


def matched(raw: str, matcher: Matcher = RACE) -> list[tuple[str, str]]:
    tokens = tokenise(raw, matcher)
    return [(raw[tokens[a].start : tokens[b - 1].end], kind) for a, b, kind in matcher.match(tokens)]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("qertino", ["qertino"]),
        ("Qertino Zabrel", ["Qertino Zabrel"]),
        ("qertino-zabrel", ["qertino-zabrel"]),
        ("qertino. zabrel", ["qertino. zabrel"]),
        ("qertino, zabrel", ["qertino"]),
        ("qertino dan zabrel", ["qertino"]),
        ("zabrel", []),
        ("qertino qertino zabrel", ["qertino", "qertino zabrel"]),
        ("qertino brumhild", ["qertino", "brumhild"]),
        ("q3rt1n0", ["q3rt1n0"]),
        ("qert1no", ["qert1no"]),
        ("QERTINOOOO", ["QERTINOOOO"]),
        ("qertinonya", ["qertinonya"]),
        ("qertino zabrelnya", ["qertino zabrelnya"]),
        ("qertino2periode", ["qertino"]),
        ("02qertino", ["qertino"]),
        ("q.e.r.t.i.n.o", ["q.e.r.t.i.n.o"]),
        ("pak qer", ["pak qer"]),
        ("pak qer naufrel", ["pak", "qer naufrel"]),
        ("qer", []),
        ("kembang desa", ["kembang desa"]),
        ("kembang", []),
        ("#qertinomenang", ["qertino"]),
        ("#QertinoZabrel", ["QertinoZabrel"]),
        ("@qertino", []),
        ("https://qertino.id", []),
        ("", []),
    ],
)
def test_runs_that_spell_an_alias(raw: str, expected: list[str]) -> None:
    assert [text for text, _ in matched(raw)] == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("kemuning", 0),
        ("kemuning kemuning", 0),
        ("kemuning brumhild", 2),
        ("qertino lalu kemuning", 2),
        ("kemuning zabrel", 0),
        ("kembang desa kemuning", 2),
    ],
)
def test_an_ambiguous_alias_needs_a_sure_one_of_the_same_side(raw: str, expected: int) -> None:
    assert len(matched(raw)) == expected


def test_an_alias_sure_for_one_side_is_sure_wherever_it_is_listed_first() -> None:
    aliases = [Alias(("mawar",), "name", "a/1", True), Alias(("mawar",), "name", "b/1", False)]
    assert matched("mawar", Matcher(aliases)) == matched("mawar", Matcher(reversed(aliases))) == [("mawar", "name")]


def test_a_name_vouches_in_every_race_it_stands_in() -> None:
    found = Matcher(
        [
            Alias(("brumhild",), "name", "a/1", False),
            Alias(("brumhild",), "name", "b/1", False),
            Alias(("melati",), "name", "b/1", True),
        ]
    )
    assert [text for text, _ in matched("brumhild melati", found)] == ["brumhild", "melati"]


def test_kinds_are_told() -> None:
    assert matched("brumhild kembang desa") == [("brumhild", "name"), ("kembang desa", "slogan")]


def test_an_empty_matcher_and_an_empty_alias_match_nothing() -> None:
    assert matched("qertino", Matcher()) == []
    assert matched("qertino", Matcher([Alias((), "name", "x/1", False)])) == []


@pytest.mark.parametrize(
    ("handle", "inside"),
    [
        ("qertino", True),
        ("kawanqertino24", True),
        ("KawanQERTINO", True),
        ("qertin", False),
        ("kemuning", False),
        ("pak_qer", False),
        ("", False),
        ("x" * 64, False),
    ],
)
def test_names_in_handles(handle: str, inside: bool) -> None:
    assert RACE.in_handle(handle) is inside


def test_short_aliases_are_not_looked_for_in_handles() -> None:
    assert not Matcher([Alias(("abby",), "name", "x/1", False)]).in_handle("abbybaik")


@pytest.mark.parametrize(
    ("word", "name"), [("qertino", True), ("zabrel", True), ("naufrel", True), ("kembang", False), ("desa", False)]
)
def test_words_of_names(word: str, name: bool) -> None:
    assert RACE.is_name(word) is name


@pytest.mark.parametrize(
    ("surface", "spells"),
    [("Qertino", True), ("q3rtin0", True), ("qertinonya", True), ("zabrelkan", True), ("kembang", False)],
)
def test_spellings_of_names(surface: str, spells: bool) -> None:
    assert RACE.spells_name(surface) is spells


@pytest.mark.parametrize(
    ("surface", "folded"),
    [
        ("Qertino", "qertino"),
        ("QERTINOOO", "qertino"),
        ("q3rt1n0", "qertino"),
        ("4bb7", "abbt"),
        ("ma'ruf", "maruf"),
        ("02", "02"),
        ("2024", "2024"),
        ("PPP", "ppp"),
        ("ooo", "ooo"),
        ("aab", "aab"),
        ("", ""),
    ],
)
def test_folded_spellings(surface: str, folded: str) -> None:
    assert fold_name(surface) == folded


SENTENCES = (
    "{} menang",
    "ayo coblos {} di tps",
    "saya tidak suka {}, titik",
    "pak {} datang ke Bandung",
    "Pak {} datang",
    "{}nya kita",
    "apa kata {}? hebat!",
    "RT @warta: {} resmi mendaftar https://x.id/a",
    "#Dukung{} sekarang",
    "#{}Menang",
    "tukar {} dengan {} saja",
    "AYO SEMUA PILIH {} HARI INI",
    "02 {} 02",
)
NAMES = ("qertino", "brumhild", "qertino zabrel", "vexandra", "Vexandra Ulkan", "oktobrianus", "jagalmono putra")
LISTED = Matcher([Alias(tuple(name.lower().split()), "name", f"pilwalu/{k}", False) for k, name in enumerate(NAMES)])


@pytest.mark.parametrize("sentence", SENTENCES)
def test_whoever_is_named_the_model_sees_the_same(sentence: str) -> None:
    def forms(name: str) -> list[str]:
        spelt = name.title().replace(" ", "") if "#" in sentence else name.upper() if sentence.isupper() else name
        return [token.form for token in analyse(sentence.replace("{}", spelt), LISTED)]

    assert "<nama>" in forms(NAMES[0])
    assert all(forms(a) == forms(b) for a, b in itertools.pairwise(NAMES))


@given(TROUBLE, st.sampled_from(NAMES), st.sampled_from(NAMES), TROUBLE)
@settings(deadline=None, max_examples=300)
def test_swapping_contestants_leaves_the_forms_equal(before: str, one: str, other: str, after: str) -> None:
    texts = [f"{before} , {name.title()} , {after}" for name in (one, other)]
    first, second = ([token.form for token in analyse(text, LISTED)] for text in texts)
    assert first == second


@given(TROUBLE)
@settings(deadline=None, max_examples=300)
def test_matches_are_ordered_runs_that_do_not_overlap(raw: str) -> None:
    tokens = tokenise(raw + " qertino zabrel qer naufrel", RACE)
    runs = RACE.match(tokens)
    assert all(0 <= a < b <= len(tokens) for a, b, _ in runs)
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(runs))
    assert len(runs) >= 2
