"""How far apart two sets of acts are, and what a reference may hold."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from math import log
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeScorer
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from scipy.stats import chi2

from app.observe.bins import SCORE_EDGES, bin_of
from app.observe.drift import (
    LEAST_ITEMS,
    LIMITS,
    Measure,
    compare,
    compare_scores,
    compare_words,
    ks,
    profile_of,
    psi,
    psi_by_chance,
    reference,
)
from app.observe.profile import FILE, KNOWN, LENGTH_EDGES, UNKNOWN, BadReference, Profile, read, write
from app.observe.vocabulary import forms_of, words_of
from app.scoring.types import Item

BINS = len(SCORE_EDGES)
histograms = st.lists(st.integers(0, 10_000), min_size=BINS, max_size=BINS)
filled = histograms.filter(any)


@given(filled)
def test_a_histogram_is_at_no_distance_from_itself(counts: list[int]) -> None:
    assert psi(counts, counts) == 0
    assert ks(counts, counts) == 0


@given(filled, filled)
def test_distances_are_the_same_both_ways_and_never_negative(first: list[int], second: list[int]) -> None:
    assert psi(first, second) == pytest.approx(psi(second, first))
    assert psi(first, second) >= 0
    assert ks(first, second) == pytest.approx(ks(second, first))
    assert 0 <= ks(first, second) <= 1 + 1e-12


@given(filled, filled)
def test_distances_are_what_the_formulas_say(first: list[int], second: list[int]) -> None:
    shares = [[(n + 0.5) / (sum(counts) + BINS / 2) for n in counts] for counts in (first, second)]
    assert psi(first, second) == pytest.approx(sum((p - q) * log(p / q) for p, q in zip(*shares, strict=True)))
    steps = [[total / sum(counts) for total in accumulate(counts)] for counts in (first, second)]
    assert ks(first, second) == pytest.approx(max(abs(a - b) for a, b in zip(*steps, strict=True)))


@given(filled, st.integers(2, 50))
def test_ks_does_not_depend_on_how_many_there_are(counts: list[int], times: int) -> None:
    assert ks(counts, [times * count for count in counts]) == pytest.approx(0)


def test_nothing_at_all_is_at_a_finite_distance() -> None:
    empty, full = [0] * BINS, [5] * BINS
    assert psi(empty, full) == pytest.approx(0)
    assert ks(empty, full) == pytest.approx(1)
    assert ks(empty, empty) == 0


@pytest.mark.parametrize(("bins", "first", "second"), [(2, 100, 100), (14, 500, 2000), (30, 1000, 1000)])
def test_the_chance_is_the_quantile_of_chi_square(bins: int, first: int, second: int) -> None:
    exact = float(chi2.ppf(0.99, bins - 1)) * (1 / first + 1 / second)
    assert psi_by_chance(bins, first, second) == pytest.approx(exact, rel=0.03)


def drawn(source: random.Random, size: int, high: float) -> list[int]:
    """Scores that lie at both ends, ``high`` of them at the upper one."""
    counts = [0] * BINS
    for _ in range(size):
        score = source.betavariate(5, 1) if source.random() < high else source.betavariate(1, 6)
        counts[bin_of(score)] += 1
    return counts


@pytest.mark.parametrize("size", [LEAST_ITEMS, 500, 3000])
def test_samples_of_the_same_are_within_bounds_and_of_something_else_are_not(size: int) -> None:
    source = random.Random(7)
    expected = drawn(source, 3000, 0.3)
    for _ in range(20):
        assert all(measure.within for measure in compare_scores(expected, drawn(source, size, 0.3)))
        assert not any(measure.within for measure in compare_scores(expected, drawn(source, size, 0.9)))


def test_limits_are_wider_for_few_acts_and_come_down_to_the_stated_ones() -> None:
    def limits(size: int) -> dict[str, float]:
        return {measure.name: measure.limit for measure in compare_scores([size] * BINS, [size] * BINS)}

    few, many = limits(20), limits(10**9)
    assert few["scores_psi"] == pytest.approx(LIMITS["scores_psi"] + psi_by_chance(BINS, 20 * BINS, 20 * BINS))
    assert few["scores_ks"] > 1.5 * LIMITS["scores_ks"]
    assert many == pytest.approx({name: LIMITS[name] for name in many}, abs=1e-3)


@pytest.mark.parametrize(
    ("expected", "found", "within"),
    [
        ((100, 5), (100, 5), True),
        ((100, 5), (1000, 90), True),
        ((100, 5), (100, 11), False),
        ((0, 0), (100, 60), False),
    ],
)
def test_unknown_words_may_be_a_few_in_a_hundred_more_or_fewer(
    expected: tuple[int, int], found: tuple[int, int], within: bool
) -> None:
    assert compare_words(expected, found).within is within
    assert compare_words(found, expected).within is within


def test_a_measure_at_its_limit_is_within() -> None:
    assert Measure("scores_ks", 0.2, 0.2).within
    assert not Measure("scores_ks", 0.2001, 0.2).within


# -- what is written down -----------------------------------------------------------------------------------------------

POSTS = ["ayo coblos nomor 2 bu Ratna", "masih ragu @akun_zqx", "selamat pagi https://zqx.example"] * 3
RARE = ["zqxunik sekali zqx@zqx.example 08123zqx", "Kab. Bandung zqx"]


def test_counts_are_those_of_the_acts() -> None:
    found = profile_of(FakeScorer(), [*POSTS, Item("", "like"), Item("", "like", "coblos")])
    assert (found.items, found.undecided, sum(found.scores)) == (11, 1, 10)
    assert (found.scores[bin_of(0.9)], found.scores[bin_of(0.4)], found.scores[bin_of(0.1)]) == (4, 3, 3)
    assert sum(found.lengths) == 11
    assert found.kinds == {"off_topic": 3, "question": 3, "vote_call": 4}
    assert found.model == {"name": "palsu", "version": "0"}
    assert found.words == (found.forms[KNOWN] + found.forms.get(UNKNOWN, 0), found.forms.get(UNKNOWN, 0))


def test_the_order_of_acts_and_how_they_are_cut_into_batches_change_nothing() -> None:
    posts = POSTS * 100
    shuffled = random.Random(3).sample(posts, len(posts))
    assert profile_of(FakeScorer(), posts) == profile_of(FakeScorer(), iter(shuffled))


@pytest.mark.parametrize("text", [*POSTS[:3], *RARE, "", "p" * 300, "\ud83d", "😀"])
def test_only_placeholders_and_two_kinds_of_words_are_forms(text: str) -> None:
    for form in forms_of(text):
        assert form in (KNOWN, UNKNOWN) or (form[0], form[-1]) == ("<", ">")


@examples(max_examples=150, deadline=None)
@given(st.text())
def test_no_text_breaks_the_count_of_its_words(text: str) -> None:
    words, unknown = words_of(text)
    assert 0 <= unknown <= words


def test_nothing_of_fewer_than_three_acts_and_no_word_is_written_down() -> None:
    values = reference(FakeScorer(), [*POSTS, *RARE, *RARE])
    assert set(values) == {
        *(
            "format",
            "score_edges",
            "length_edges",
            "items",
            "undecided",
            "scores",
            "lengths",
            "forms",
            "kinds",
            "model",
        ),
    }
    text = json.dumps(values)
    assert not [word for word in ("zqx", "Ratna", "coblos ", "akun_zqx", "08123") if word in text]
    having = Counter(form for post in [*POSTS, *RARE, *RARE] for form in forms_of(post))
    rare = {form for form, acts in having.items() if acts < 3}
    assert rare
    assert set(values["forms"]) == set(having) - rare
    assert min(values["kinds"].values()) >= 3


def sample(**changes: Any) -> Profile:
    own = {
        "items": 10,
        "undecided": 0,
        "scores": [1] * BINS,
        "lengths": [1] * (len(LENGTH_EDGES) + 1),
        "forms": {KNOWN: 9, UNKNOWN: 1},
        "kinds": {"news": 4},
        "model": {"version": "0"},
    }
    return Profile(**{**own, **changes})


def test_a_reference_is_read_as_it_was_written_and_the_same_bytes_each_time(tmp_path: Path) -> None:
    write(tmp_path, sample().as_dict())
    first = (tmp_path / FILE).read_bytes()
    write(tmp_path, sample().as_dict())
    assert (tmp_path / FILE).read_bytes() == first
    assert read(tmp_path) == sample()
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_where_there_is_none_there_is_none(tmp_path: Path) -> None:
    assert read(tmp_path) is None


GOOD = sample().as_dict()
DAMAGED: list[object] = [
    [],
    "zqx",
    None,
    {},
    {**GOOD, "format": 2},
    {**GOOD, "score_edges": [0.5, 1.0]},
    {**GOOD, "length_edges": []},
    {**GOOD, "scores": [1]},
    {**GOOD, "scores": [1.5] * BINS},
    {**GOOD, "scores": [-1] * BINS},
    {**GOOD, "scores": [True] * BINS},
    {**GOOD, "lengths": ["zqx"] * (len(LENGTH_EDGES) + 1)},
    {**GOOD, "items": None},
    {**GOOD, "forms": []},
    {**GOOD, "forms": {"<zqx>": "zqx"}},
    {**GOOD, "more": 1},
    {name: value for name, value in GOOD.items() if name != "kinds"},
]


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_reference_is_refused_without_repeating_it(content: object, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(json.dumps(content))
    with pytest.raises(BadReference) as caught:
        read(tmp_path)
    assert "zqx" not in str(caught.value)


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"[" * 100_000])
def test_a_reference_that_is_no_json_is_refused(raw: bytes, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(raw)
    with pytest.raises(BadReference):
        read(tmp_path)


def test_a_folder_in_place_of_the_reference_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(BadReference):
        read(tmp_path)


def names(measures: Sequence[Measure]) -> dict[str, bool]:
    return {measure.name: measure.within for measure in measures}


def test_every_measure_is_made_once() -> None:
    assert list(names(compare(sample(), sample()))) == list(LIMITS)


def test_a_set_is_within_bounds_of_itself() -> None:
    found = profile_of(FakeScorer(), POSTS * 20)
    assert all(names(compare(found, found)).values())


def test_other_scores_other_words_and_other_forms_show_in_their_own_measures() -> None:
    plain = profile_of(FakeScorer(), ["rumah besar itu bagus"] * 500)
    assert not names(compare(plain, profile_of(FakeScorer(), ["coblos rumah besar"] * 500)))["scores_psi"]
    assert not names(compare(plain, profile_of(FakeScorer(), ["rumah zqxwv besar qwzxk"] * 500)))["unknown_words"]
    linked = profile_of(FakeScorer(), ["rumah besar https://a.example @a @b"] * 500)
    assert names(compare(plain, linked)) == {
        "scores_psi": True,
        "scores_ks": True,
        "unknown_words": True,
        "forms_psi": False,
    }
