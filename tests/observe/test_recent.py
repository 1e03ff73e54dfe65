"""The latest scores, and a sample of the latest words."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.observe.bins import SCORE_EDGES, bin_of, counted
from app.observe.recent import EVERY, MOST_CHARS, SCORES, WAITING, Recent
from app.scoring.types import Item, Verdict


def verdict(score: float | None) -> Verdict:
    return Verdict(False, score, "clear" if score is not None else "undecided", None)


@given(st.floats(0, 1))
def test_a_score_lies_in_the_first_bin_whose_border_it_does_not_exceed(score: float) -> None:
    place = bin_of(score)
    assert score <= SCORE_EDGES[place]
    assert place == 0 or score > SCORE_EDGES[place - 1]


@given(st.lists(st.integers(0, len(SCORE_EDGES) - 1)))
def test_bins_are_counted(bins: list[int]) -> None:
    assert counted(bins) == [bins.count(place) for place in range(len(SCORE_EDGES))]


def test_only_the_latest_scores_count_and_none_of_what_has_no_score() -> None:
    recent = Recent()
    recent.note([Item("a")] * 10, [verdict(None)] * 10)
    assert sum(recent.scores()) == 0
    recent.note([Item("a")] * SCORES, [verdict(0.95)] * SCORES)
    recent.note([Item("a")] * 10, [verdict(0.05)] * 10)
    found = recent.scores()
    assert (sum(found), found[bin_of(0.05)], found[bin_of(0.95)]) == (SCORES, 10, SCORES - 10)


@given(st.lists(st.integers(0, 130), max_size=30))
def test_one_act_in_so_many_is_read_however_they_come(sizes: list[int]) -> None:
    recent, taken = Recent(), 0
    for size in sizes:
        recent.note([Item("kata")] * size, [verdict(0.1)] * size)
        taken += recent.read()[0]
    assert taken == -(-sum(sizes) // EVERY)


def test_texts_do_not_pile_up_while_nobody_reads_them() -> None:
    recent = Recent()
    for _ in range(2 * WAITING):
        recent.note([Item("rumah besar")] * EVERY, [verdict(0.1)] * EVERY)
    assert recent.read()[0] == 2 * WAITING
    assert recent.read() == (0, 0)


@pytest.mark.parametrize("item", [Item("kata"), Item("", "like", "kata"), Item("", media_text="kata")])
def test_the_words_of_whatever_text_there_is_are_read(item: Item) -> None:
    recent = Recent()
    recent.note([item], [verdict(0.1)])
    assert recent.read() == (1, 0)


def test_a_long_text_is_read_in_part() -> None:
    recent = Recent()
    recent.note([Item("kata " * MOST_CHARS)], [verdict(0.1)])
    assert recent.read() == (MOST_CHARS // 5, 0)


def test_unknown_words_are_told_apart_and_remembered() -> None:
    recent = Recent()
    recent.note([Item("rumah zqxwvb")], [verdict(0.1)])
    assert recent.read() == (2, 1)
    assert recent.words() == (2, 1)


def test_threads_may_note_while_another_reads() -> None:
    recent, stop = Recent(), threading.Event()

    def note() -> None:
        while not stop.is_set():
            recent.note([Item("kata")] * 60, [verdict(0.5)] * 60)

    threads = [threading.Thread(target=note) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(200):
            recent.read()
            assert sum(recent.scores()) <= SCORES
            recent.words()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
