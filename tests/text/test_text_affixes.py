"""The table of affixes finds the very roots that PySastrawi finds, at a price that no made-up word drives up."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

from app.text import affixes
from app.text.affixes import SHORTEST, dictionary, root

BEGINNINGS = (
    *("ber", "be", "bel", "ter", "te", "me", "mem", "men", "meng", "menge", "meny", "per", "pe", "pem", "pen", "peng"),
    *("penge", "peny", "pel", "di", "ke", "se", "ku", "kau", "memper", "diper", "keber", "mempe", ""),
)
ENDINGS = (
    "lah",
    "kah",
    "tah",
    "pun",
    "ku",
    "mu",
    "nya",
    "i",
    "kan",
    "an",
    "is",
    "isme",
    "isasi",
    "annya",
    "kanlah",
    "",
)
INFIXES = ("er", "el", "em", "in")


@cache
def sastrawi() -> Any:
    """PySastrawi's own stemmer without its unbounded cache."""
    return StemmerFactory().create_stemmer().delegatedStemmer


@cache
def roots() -> list[str]:
    return sorted(word for word in dictionary() if word.isalpha() and word.isascii() and word.islower())


def differing(words: list[str]) -> list[tuple[str, str, str]]:
    found = [(word, root(word), sastrawi().stem_singular_word(word)) for word in words]
    return [(word, ours, theirs) for word, ours, theirs in found if ours != theirs]


def test_the_dictionary_is_theirs() -> None:
    assert {word for entry in sastrawi().dictionary.words for word in entry.split()} == dictionary()


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_every_beginning_comes_off_as_theirs(beginning: str) -> None:
    dice = random.Random(beginning)
    chosen = [dice.choice(roots()) for _ in range(60)]
    # The first letter is what a nasal prefix swallows: "memukul" is written without the p of "pukul".
    words = [beginning + word[dice.random() < 0.4 :] + dice.choice(ENDINGS) for word in chosen]
    words = [word for word in words if len(word) >= SHORTEST]
    assert differing(words) == []
    assert beginning == "" or any(root(word) != word for word in words)


@pytest.mark.parametrize("infix", INFIXES)
def test_every_infix_comes_off_as_theirs(infix: str) -> None:
    chosen = random.Random(infix).sample([word for word in roots() if len(word) > 3], 100)
    words = [word[0] + infix + word[1:] for word in chosen]
    assert differing(words) == []
    assert any(root(word) != word for word in words)


@pytest.mark.parametrize(
    "word",
    [
        *(
            "belajar",
            "pelajar",
            "pembelajaran",
            "mengetik",
            "mengecat",
            "pengecoran",
            "mengajar",
            "mengikat",
            "mengobrol",
        ),
        *("memengaruhi", "mempengaruhi", "memproteksi", "mempelajari", "terserang", "teperbaya", "keterkaitan"),
        *("berkerja", "berteriak", "perkerjaan", "peserta", "penyanyi", "menyanyi", "menyapu", "tembakan", "minumlah"),
        *("kebijakan", "perumahannya", "dikatakannya", "mengkan", "isme", "pengan", "menga", "beran", "kutulis"),
    ],
)
def test_what_the_rules_treat_apart(word: str) -> None:
    assert differing([word]) == []


@given(st.lists(st.sampled_from([*BEGINNINGS, *ENDINGS, *INFIXES, "a", "r", "ng", "pukul", "ajar"]), max_size=8))
@settings(deadline=None, max_examples=400)
def test_affixes_in_any_order_end_in_their_root(parts: list[str]) -> None:
    word = "".join(parts)
    assert len(word) < SHORTEST or differing([word]) == []


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=SHORTEST, max_size=64))
@settings(deadline=None)
def test_any_letters_end_in_their_root(word: str) -> None:
    assert differing([word]) == []


def test_no_word_takes_more_than_a_few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    step = affixes._without_prefix
    monkeypatch.setattr(affixes, "_without_prefix", lambda word: steps.append(word) or step(word))
    root("mempermempermemperberkekauisasikannyalah")
    assert 0 < len(steps) <= 3 * 6
