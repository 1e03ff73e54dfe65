"""What is remembered of a file: the same answers with fewer of them worked out, and never more than a bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.batch.remembered import LONGEST, Remembering
from app.scoring.types import Explain, Item, Verdict
from app.watchlists.load import shipped
from tests.fakes import FakeScorer

TEXTS = ("ayo coblos", "masih ragu", "biasa", "Ayo coblos", "", " ")
ITEMS = st.lists(
    st.builds(
        Item, text=st.sampled_from(TEXTS), action=st.sampled_from(["post", "like"]), target_text=st.sampled_from(TEXTS)
    ),
    max_size=12,
)


class Listener(FakeScorer):
    """Keeps the texts that it was asked about."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def score(self, items: Sequence[Item], *, explain: Explain = False, entities: bool = False) -> list[Verdict]:
        self.asked.append([item.text for item in items])
        return super().score(items, explain=bool(explain), entities=entities)


@given(st.lists(ITEMS, max_size=5), st.sampled_from([1, 2, 100]))
def test_answers_are_those_of_the_scorer_whatever_was_asked_before(chunks: list[list[Item]], most: int) -> None:
    remembering = Remembering(FakeScorer(), most)
    for items in chunks:
        assert remembering.score(items) == FakeScorer().score(items)


def test_what_was_said_before_is_not_asked_again() -> None:
    scorer = Listener()
    remembering = Remembering(scorer)
    for texts in (["ayo", "ya", "ayo"], ["ya", "baru"], ["ayo", "baru"]):
        remembering.score([Item(text, id=str(n), posted_at=str(n)) for n, text in enumerate(texts)])
    assert scorer.asked == [["ayo", "ya"], ["baru"]]


def test_evidence_and_names_are_asked_for_where_they_were_not_before() -> None:
    scorer, item = Listener(), [Item("ayo coblos")]
    remembering = Remembering(scorer)
    for explain in (False, True, ("flag",), ("review", "flag"), ("flag", "review"), True):
        remembering.score(item, explain=explain)
    assert remembering.score(item, explain=True)[0].evidence
    remembering.score(item, explain=True, entities=True)
    assert len(scorer.asked) == 5


@pytest.mark.parametrize(
    "change",
    [{"text": "b"}, {"action": "share"}, {"target_text": "b"}, {"media_text": "b"}, {"parent_author": "b"},
     {"election": "b"}, {"region": "b"}],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_acts_that_differ_in_what_a_verdict_depends_on_are_two(change: dict[str, str]) -> None:
    scorer, item = Listener(), Item("a")
    Remembering(scorer).score([item, replace(item, **change)])  # type: ignore[arg-type]
    assert len(scorer.asked[0]) == 2


def test_the_one_longest_unused_goes_first() -> None:
    scorer = Listener()
    remembering = Remembering(scorer, most=2)
    for text in ("a", "b", "a", "c", "a", "b"):
        remembering.score([Item(text)])
    assert scorer.asked == [["a"], ["b"], ["c"], ["b"]]


@pytest.mark.parametrize(("length", "times"), [(LONGEST, 1), (LONGEST + 1, 2)])
def test_long_texts_are_not_kept(length: int, times: int) -> None:
    scorer = Listener()
    remembering = Remembering(scorer)
    for _ in range(2):
        remembering.score([Item("a" * length)] * 2)
    assert [len(texts) for texts in scorer.asked] == [1] * times


def test_with_other_watchlists_nothing_is_remembered() -> None:
    remembering = Remembering(FakeScorer())
    item = [Item("ayo", election="tidak-ada")]
    before = remembering.score(item)
    other = remembering.with_watchlists(shipped())
    assert other.score(item, entities=True) == FakeScorer().with_watchlists(shipped()).score(item, entities=True)
    assert remembering.score(item) == before


def test_a_scorer_that_loses_count_is_an_error() -> None:
    class Short(FakeScorer):
        def score(self, items: Sequence[Item], *, explain: Explain = False, entities: bool = False) -> list[Verdict]:
            return super().score(items)[:-1]

    with pytest.raises(ValueError, match="shorter"):
        Remembering(Short()).score([Item("a"), Item("b")])
