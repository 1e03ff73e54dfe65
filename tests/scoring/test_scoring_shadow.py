"""A model in the shadow: it never changes an answer, never blocks one, and counts what would change."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import pytest

from app.scoring import shadow as module
from app.scoring.shadow import Flips, Shadow, ShadowedScorer, shadow_summary, shadowed
from app.scoring.types import Item, ModelInfo, Verdict
from app.watchlists.lists import Watchlists
from tests.fakes import PATIENCE, FakeScorer, fictional

ITEMS = [Item(text) for text in ("ayo coblos", "masih ragu", "selamat pagi", "hujan")]
INFO = ModelInfo("bayangan", "9", 0.5, 0.25)


class Other(FakeScorer):
    """Clears everything; ``wait`` holds it up, ``error`` breaks it."""

    info = INFO

    def __init__(self, wait: threading.Event | None = None, error: Exception | None = None) -> None:
        self._wait, self._error = wait, error
        self.threads: set[str] = set()

    def score(self, items: Sequence[Item], *, explain: bool = False, entities: bool = False) -> list[Verdict]:
        self.threads.add(threading.current_thread().name)
        if self._wait:
            assert self._wait.wait(PATIENCE)
        if self._error:
            raise self._error
        return [Verdict(False, 0.0, "clear", None) for _ in items]


@pytest.fixture(autouse=True)
def _nobody_in_the_shadow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_running", None)


def settled(scorer: ShadowedScorer) -> dict[str, Any]:
    scorer._shadow.settle()
    found = shadow_summary()
    assert found
    return found


def test_nothing_is_told_where_nothing_runs() -> None:
    assert shadow_summary() is None


@pytest.mark.parametrize("explain", [False, True])
@pytest.mark.parametrize("entities", [False, True])
def test_answers_are_those_of_the_champion(explain: bool, entities: bool) -> None:
    champion = FakeScorer().with_watchlists(fictional())
    scorer = shadowed(champion, Other(), 1.0)
    items = [*ITEMS, Item("bu gendis hadir", election="pilkada-kota-uji-2031")]
    assert scorer.score(items, explain=explain, entities=entities) == champion.score(
        items, explain=explain, entities=entities
    )
    assert scorer.info == champion.info


def test_changes_of_band_are_counted() -> None:
    scorer = shadowed(FakeScorer(), Other(), 1.0)
    scorer.score([*ITEMS, ITEMS[0]])
    assert settled(scorer) == {
        "model": {"name": "bayangan", "version": "9"},
        "share": 1.0,
        "compared": 5,
        "flips": 3,
        "transitions": {"flag > clear": 2, "review > clear": 1},
        "dropped": 0,
        "failed": 0,
    }


@pytest.mark.parametrize(("share", "calls", "expected"), [(1.0, 20, 80), (0.25, 20, 20), (0.1, 25, 10), (0.05, 1, 0)])
def test_a_share_is_taken_evenly_over_calls(share: float, calls: int, expected: int) -> None:
    scorer = shadowed(FakeScorer(), Other(), share)
    for _ in range(calls):
        scorer.score(ITEMS)
        scorer._shadow.settle()
    assert settled(scorer)["compared"] == pytest.approx(expected, abs=1)


def test_the_answer_does_not_wait_for_the_shadow() -> None:
    gate = threading.Event()
    other = Other(wait=gate)
    scorer = shadowed(FakeScorer(), other, 1.0)
    assert [verdict.band for verdict in scorer.score(ITEMS)] == ["flag", "review", "clear", "clear"]
    found = shadow_summary()
    assert found
    assert found["compared"] == 0
    gate.set()
    assert settled(scorer)["compared"] == 4
    assert other.threads == {"netra-shadow"}


def test_what_cannot_wait_is_dropped_and_counted() -> None:
    gate = threading.Event()
    shadow = Shadow(INFO, 1.0, max_waiting=3)
    scorer = ShadowedScorer(FakeScorer(), Other(wait=gate), shadow)
    for _ in range(10):
        scorer.score(ITEMS)
    gate.set()
    shadow.settle()
    found = shadow.summary()
    assert found["compared"] + found["dropped"] == 40
    assert 3 <= found["compared"] <= 4
    assert scorer.score(ITEMS)


def test_a_shadow_that_breaks_breaks_nothing(caplog: pytest.LogCaptureFixture) -> None:
    scorer = shadowed(FakeScorer(), Other(error=ValueError("rahasia")), 1.0)
    assert len(scorer.score(ITEMS)) == 4
    found = settled(scorer)
    assert (found["compared"], found["failed"]) == (0, 4)
    assert "ValueError" in caplog.text
    assert "rahasia" not in caplog.text
    assert "coblos" not in caplog.text


def test_both_models_get_new_watchlists_and_the_counts_go_on() -> None:
    given: list[str] = []

    class Listening(Other):
        def with_watchlists(self, lists: Watchlists) -> Listening:  # type: ignore[override]
            given.append(lists.version)
            return self

    champion = FakeScorer()
    scorer = shadowed(champion, Listening(), 1.0)
    scorer.score(ITEMS[:1])
    lists = fictional()
    other = scorer.with_watchlists(lists)
    assert given == [lists.version]
    assert other.score([Item("x", election="tidak-ada")])[0].reasons == ("unknown_election",)
    assert settled(other)["compared"] == 2


def test_the_thread_ends_when_nothing_comes_and_starts_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_IDLE_SECONDS", 0.01)
    go_on = threading.Event()
    scorer = shadowed(FakeScorer(), Other(go_on), 1.0)
    for turn in (1, 2):
        go_on.clear()  # else it might be over before it is looked at
        scorer.score(ITEMS)
        thread = scorer._shadow._thread
        assert thread is not None
        assert thread.daemon
        go_on.set()
        thread.join(PATIENCE)
        assert not thread.is_alive()
        assert settled(scorer)["compared"] == 4 * turn


def test_many_threads_lose_nothing() -> None:
    shadow = Shadow(INFO, 1.0, max_waiting=10_000)
    scorer = ShadowedScorer(FakeScorer(), Other(), shadow)

    def work() -> None:
        for _ in range(50):
            scorer.score(ITEMS)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    shadow.settle()
    found = shadow.summary()
    assert found["compared"] == 8 * 50 * 4
    assert found["transitions"] == {"flag > clear": 400, "review > clear": 400}


def test_flips_are_told_most_frequent_first() -> None:
    flips = Flips()
    for champion, challenger, times in (("clear", "flag", 1), ("flag", "clear", 3), ("review", "review", 9)):
        for _ in range(times):
            flips.count(champion, challenger)  # type: ignore[arg-type]
    assert flips.summary() == {"compared": 13, "flips": 4, "transitions": {"flag > clear": 3, "clear > flag": 1}}
    assert list(flips.summary()["transitions"]) == ["flag > clear", "clear > flag"]
