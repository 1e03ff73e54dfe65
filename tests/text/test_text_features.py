"""Features of masked tokens: n-grams, in-word characters, nearness to a contestant, negation."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from app.text.features import APART, BLOCKS, UNKNOWN, Feature, features, reading, vocabulary_form
from app.text.pipeline import analyse
from app.text.shape import SLOTS
from tests.text.strategies import TROUBLE


def found(raw: str) -> list[str]:
    return [feature.name for feature in features(analyse(raw))]


def block(raw: str, prefix: str) -> list[str]:
    return [name.removeprefix(prefix) for name in found(raw) if name.startswith(prefix)]


def ngrams(raw: str) -> list[str]:
    return [name for name in block(raw, "w:") if not name.startswith("~")]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("coblos", ["coblos"]),
        ("ayo coblos", ["ayo", "coblos", "ayo coblos"]),
        ("ayo coblos dong", ["ayo", "coblos", "dong", "ayo coblos", "coblos dong", "ayo coblos dong"]),
        ("ayo, coblos", ["ayo", "coblos", "ayo coblos"]),
        ("ayo! coblos", ["ayo", "!", "coblos", "ayo !", "! coblos", "ayo ! coblos"]),
        ("ayo https://x.id coblos", ["ayo", "coblos", "ayo coblos"]),
        ("ayo xqzw", ["ayo", UNKNOWN, f"ayo {UNKNOWN}"]),
        ("ayo ayo", ["ayo", "ayo", "ayo ayo"]),
        ("@a @b siap", ["<akun>", "siap", "<akun> siap"]),
        ("", []),
        (", . :", []),
    ],
)
def test_stem_ngrams(raw: str, expected: list[str]) -> None:
    assert ngrams(raw) == expected


def test_characters_of_known_and_unknown_words_but_not_of_placeholders() -> None:
    assert [name for name in block("ayo", "c:") if len(name) == 3] == [" ay", "ayo", "yo "]
    assert "xqz" in block("xqzw", "c:")
    assert block("pak Xandrowi 02 🙏 https://x.id", "c:") == block("pak", "c:")
    assert all(3 <= len(name) <= 5 for name in block("memenangkan", "c:"))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("coblos nomor 2", {"coblos~N", "nomor~N"}),
        ("02 menang", {"N~menang"}),
        ("ayo coblos", set()),
        ("dukung pak Xandrowi sekarang", {"dukung~N", "pak~N", "N~sekarang"}),
        ("baju celana kemeja jaket topi sepatu 02", {"celana~N", "kemeja~N", "jaket~N", "topi~N", "sepatu~N"}),
        ("02 baju celana kemeja jaket topi sepatu", {"N~baju", "N~celana", "N~kemeja", "N~jaket", "N~topi"}),
        ("Xandrowi 02", {"<nama>~N", "N~<nomor>"}),
    ],
)
def test_words_near_a_contestant(raw: str, expected: set[str]) -> None:
    near = block(raw, "s:")
    assert set(near) == expected
    assert len(near) == len(expected)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("tidak pilih", ["pilih"]),
        ("gak pilih", ["pilih"]),
        ("jangan coblos dia", ["coblos", "dia"]),
        ("tidak akan pilih dia lagi", ["akan", "pilih", "dia"]),
        ("tidak, pilih dia", []),
        ("tidak. pilih", []),
        ("tidak pilih! coblos", ["pilih"]),
        ("pilih tidak", []),
        ("pilih dia", []),
        ("tidak pilih, jangan coblos", ["pilih", "coblos"]),
        ("tidak xqzw", [UNKNOWN]),
        ("jangan pilih 02", ["pilih", "<nomor>"]),
    ],
)
def test_words_after_a_negator_count_once_more(raw: str, expected: list[str]) -> None:
    assert block(raw, "w:~") == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("ayo coblos", []),
        ("semoga dia menang", ["semoga~menang"]),
        ("semoga dia yang menang", ["semoga~yang", "dia~menang", "semoga~menang"]),
        ("semoga dia, yang menang", ["semoga~yang", "dia~menang", "semoga~menang"]),
        (
            "semoga baju celana kemeja menang",
            ["semoga~celana", "baju~kemeja", "celana~menang", "semoga~kemeja", "baju~menang"],
        ),
        ("semoga xqzw menang", ["semoga~menang"]),
        ("semoga dia xqzw", [f"semoga~{UNKNOWN}"]),
        ("@a @b semoga menang", ["<akun>~menang"]),
    ],
)
def test_pairs_of_stems_two_or_three_places_apart(raw: str, expected: list[str]) -> None:
    assert block(raw, "p:") == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("", []),
        ("@a @b", []),
        ("semoga", ["< semoga", "> semoga", "= semoga"]),
        ("semoga menang", ["< semoga", "> menang", "< semoga menang", "> semoga menang", "= semoga menang"]),
        ("@a semoga @b", ["< semoga", "> <akun>", "< semoga <akun>", "> semoga <akun>", "= semoga <akun>"]),
        ("RT @a semoga", ["< <rt>", "> semoga", "< <rt> <akun>", "> <akun> semoga"]),
        ("semoga dia menang!", ["< semoga", "> !", "< semoga dia", "> menang !"]),
        ("(semoga) dia, lalu menang.", ["< semoga", "> menang", "< semoga dia", "> lalu menang"]),
        ("lalu xqzw", ["< lalu", f"> {UNKNOWN}", f"< lalu {UNKNOWN}", f"> lalu {UNKNOWN}", f"= lalu {UNKNOWN}"]),
    ],
)
def test_edges_of_a_text_behind_the_accounts_it_is_addressed_to(raw: str, expected: list[str]) -> None:
    assert block(raw, "e:") == expected


def test_a_second_negator_starts_anew() -> None:
    assert block("tidak ya jangan ya coba lagi itu ini", "w:~") == ["ya", "ya", "coba", "lagi"]


@pytest.mark.parametrize(
    ("raw", "leading"),
    [
        ("@qertino siap", "<akun>"),
        ("@a @b siap", "<akun>"),
        ("RT @a siap", "<rt>"),
        ("siap @a", "siap"),
    ],
)
def test_whom_a_reply_addresses_says_nothing(raw: str, leading: str) -> None:
    assert ngrams(raw)[0] == leading


def test_an_addressed_contestant_looks_like_anyone() -> None:
    from app.watchlists.matcher import Alias, Matcher

    race = Matcher([Alias(("qertino",), "name", "x/1", False)])
    replying, speaking = (analyse(raw, race) for raw in ("@qertino siap", "siap @qertino"))
    assert "w:<akun> siap" in [feature.name for feature in features(replying)]
    assert "w:siap <akun_calon>" in [feature.name for feature in features(speaking)]


def test_reading_skips_links_and_quiet_punctuation() -> None:
    tokens = analyse("a, b https://x.id @x @y c!")
    assert [tokens[i].surface for i in reading(tokens)] == ["a", "b", "@x @y", "c", "!"]


def test_vocabulary_form_hides_only_unknown_words() -> None:
    assert [vocabulary_form(token) for token in analyse("ayo xqzw pak Xandrowi 02 🙏")][1] == UNKNOWN
    assert UNKNOWN not in [vocabulary_form(token) for token in analyse("ayo pak Xandrowi 02 🙏")]


def test_a_feature_names_the_tokens_that_made_it() -> None:
    tokens = analyse("ayo, coblos nomor 2")
    made = {feature.name: [tokens[i].form for i in feature.tokens] for feature in features(tokens)}
    assert made["w:ayo coblos"] == ["ayo", "coblos"]
    assert made["w:coblos nomor <nomor>"] == ["coblos", "nomor", "<nomor>"]
    assert made["p:ayo~nomor"] == ["ayo", "nomor"]
    assert made["s:ayo~N"] == ["ayo", "<nomor>"]
    assert made["e:< ayo coblos"] == ["ayo", "coblos"]
    assert made["e:> nomor <nomor>"] == ["nomor", "<nomor>"]
    assert made["c:cob"] == ["coblos"]


@given(TROUBLE)
@settings(deadline=None, max_examples=300)
def test_features_of_any_text_belong_to_a_block_and_to_tokens(raw: str) -> None:
    tokens = analyse(raw)
    for feature in features(tokens):
        assert isinstance(feature, Feature)
        assert feature.name[0] in BLOCKS
        assert feature.name[1] == ":"
        assert bool(feature.tokens) is (feature.name[0] != "h")
        assert all(0 <= i < len(tokens) for i in feature.tokens)
        assert feature.name[0] != "p" or feature.name.count("~") == 1


@given(TROUBLE)
@settings(deadline=None)
def test_features_grow_linearly_with_the_text(raw: str) -> None:
    tokens = analyse(raw)
    letters = sum(len(token.norm) for token in tokens)
    assert sum(1 for _ in features(tokens)) <= len(SLOTS) + (15 + len(APART)) * len(tokens) + 4 * letters
