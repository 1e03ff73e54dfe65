"""Near duplicates: what is one, what is not, and that none is lost to hashing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.duplicates import NEAR, clusters, near_duplicates, plain, shingles

LONG = "kerja bakti di balai desa hari minggu pagi, semua warga membawa cangkul dan sapu dari rumah masing-masing"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (LONG, LONG),
        (LONG, LONG.upper()),
        (LONG, LONG + " 🙏🙏"),
        (LONG, LONG.replace(",", " ...")),
        (LONG, LONG + " https://t.co/abc @tetangga"),
        (LONG, LONG + " ya"),
        ("siap", "Siap!!"),
    ],
)
def test_nearly_the_same(one: str, other: str) -> None:
    assert near_duplicates([one, other]) == [(0, 1)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (LONG, LONG[: len(LONG) // 2]),
        (LONG, "ronda malam di pos kamling hari sabtu, setiap warga membawa senter dan kopi dari rumah sendiri"),
        ("siap", "siaga"),
        ("", ""),
        ("!!!", "???"),
        ("https://t.co/a", "https://t.co/b"),
    ],
)
def test_not_the_same(one: str, other: str) -> None:
    assert near_duplicates([one, other]) == []


def test_equal_texts_are_paired_with_the_first_only() -> None:
    assert near_duplicates(["a b c", "x", "a b c", "A, b, c"]) == [(0, 2), (0, 3)]


def test_clusters_join_chains() -> None:
    chain = [LONG, LONG + " ya", LONG + " ya pak"]
    assert clusters(["lain", *chain, "beda sekali"]) == [0, 1, 1, 1, 4]


@given(st.lists(st.text(alphabet="abc ,", max_size=30), max_size=12))
def test_every_pair_that_is_near_and_has_letters_is_found(texts: list[str]) -> None:
    found = set(near_duplicates(texts))
    root = clusters(texts)
    for i in range(len(texts)):
        for j in range(i + 1, len(texts)):
            if not plain(texts[i]) or not plain(texts[j]):
                continue
            if plain(texts[i]) == plain(texts[j]):
                assert root[i] == root[j]
    for i, j in found:
        a, b = shingles(texts[i]), shingles(texts[j])
        assert i < j
        assert len(a & b) >= NEAR * len(a | b)


@given(st.text(max_size=40))
def test_clusters_of_any_text_with_itself(text: str) -> None:
    assert clusters([text, text]) == ([0, 0] if plain(text) else [0, 1])
