"""Asking fewer rules gives the stems that PySastrawi gives."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.text.resources import kamus
from app.text.sastrawi import _asked, _patterns, stem_word, stemmer

PREFIXES = ("", "ber", "be", "di", "ke", "se", "me", "mem", "men", "meng", "meny", "menge", "memper", "pe", "pem", "pen",
            "peng", "peny", "per", "ter", "te", "ku", "kau", "mempe", "diper", "keber", "pel", "bel")  # fmt: skip
SUFFIXES = ("", "an", "kan", "i", "nya", "lah", "kah", "pun", "ku", "mu", "kannya", "annya", "ilah", "isasi")
ROOTS = sorted(word for word in kamus() if word.isascii() and word.isalpha())
WORDS = st.builds("{}{}{}".format, st.sampled_from(PREFIXES), st.sampled_from(ROOTS), st.sampled_from(SUFFIXES))


def theirs(word: str) -> str:
    return str(stemmer().stem_singular_word(word))


@given(WORDS | st.text("abeiklmnprstuy", min_size=1, max_size=14))
@example("gerigi")
@example("kemuning")
@example("sinambung")
@example("berkeberatan")
@example("mengebom")
@example("terpercaya")
def test_any_word_has_their_stem(word: str) -> None:
    assert stem_word(word) == theirs(word)


def test_affixed_words_have_their_stems() -> None:
    chance = random.Random(7)
    words = [chance.choice(PREFIXES) + chance.choice(ROOTS) + chance.choice(SUFFIXES) for _ in range(1_500)]
    assert [word for word in words if stem_word(word) != theirs(word)] == []


@pytest.mark.parametrize("letters", ["ber", "ter", "mem", "pen", "kua", "kau", "ger", "kem", "tel", "kin"])
def test_rules_that_change_a_word_of_these_letters_are_asked(letters: str) -> None:
    rules = stemmer().visitor_provider.get_prefix_visitors()[1:]
    words = [letters + rest for rest in ("aba", "baba", "aberba", "babera", "taka", "sasa", "gaga", "wana", "pala")]
    changing = [r for r in rules if any(form.disambiguate(word) for form in r.disambiguators for word in words)]
    assert changing
    assert [rule for rule in _asked(letters) if rule in changing] == changing


def test_hardly_any_rule_is_asked_about_other_words() -> None:
    first, *others = stemmer().visitor_provider.get_prefix_visitors()
    untold = [rule for rule in others if "" in _patterns(rule)]
    assert _asked("xab") == [first, *untold]
    assert len(untold) < 3
