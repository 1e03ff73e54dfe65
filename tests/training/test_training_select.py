"""Held-out scores come from models that saw nothing of the group; thresholds keep their promise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from app.scoring.weighing import PARTS, TRAITS
from training import select
from training.fit import Document, Settings
from training.select import (
    CORPUS_PRECISION,
    FLAG_PRECISION,
    FOLDS,
    LEAST_POSTS,
    REVIEW_RECALL,
    Gathered,
    HeldOut,
    calibrate,
    gather,
    leave_elections_out,
    leave_sources_out,
    scores,
    thresholds,
)
from training.weighing import Evidence, Weighed

Floats = NDArray[np.float64]


class Spy:
    """Stands in for fitting: remembers what it was fitted on and read, scores a document by its number."""

    def __init__(self) -> None:
        self.trained: list[list[Document]] = []
        self.scored: list[list[str]] = []

    def fit(self, docs: list[Document], settings: Settings) -> Spy:
        self.trained.append(list(docs))
        return self

    def evidence(self, docs: list[list[str]]) -> Evidence:
        self.scored.append([features[0] for features in docs])
        sums = np.zeros((len(docs), PARTS))
        sums[:, 0] = [float(features[0]) for features in docs]
        return Evidence(sums, np.zeros((len(docs), TRAITS)), np.full(len(docs), 0.25), np.zeros(len(docs)))


@pytest.fixture
def spy(monkeypatch: pytest.MonkeyPatch) -> Spy:
    found = Spy()
    monkeypatch.setattr(select, "fit", found.fit)
    return found


def documents(elections: dict[str, int], *, real: bool, sources: int = 3, first: int = 0) -> list[Document]:
    """``elections`` says how many documents each has; their only feature is their number."""
    found: list[Document] = []
    for election, count in elections.items():
        for k in range(count):
            number = first + len(found)
            found.append(
                Document(
                    [str(number)], k % 2, None, 1.0, election, f"{election}-s{k % sources}", real, k % 5 != 4, number
                )
            )
    return found


def kin(docs: list[Document], number: str) -> Document:
    return next(doc for doc in docs if doc.features == [number])


def sources_out(docs: list[Document]) -> HeldOut:
    return leave_sources_out(gather(docs, Settings()))


def elections_out(docs: list[Document]) -> HeldOut:
    evidence = Evidence(np.zeros((len(docs), PARTS)), np.zeros((len(docs), TRAITS)), *np.zeros((2, len(docs))))
    return leave_elections_out(docs, Settings(), Gathered(docs, evidence, np.zeros(len(docs), dtype=int)))


def test_no_election_is_scored_by_a_model_that_saw_it(spy: Spy) -> None:
    docs = documents({"a": LEAST_POSTS, "b": LEAST_POSTS + 10, "kecil": LEAST_POSTS - 1}, real=True)
    docs += documents({"race": LEAST_POSTS + 5}, real=False, first=1000)
    held = elections_out(docs)
    assert sorted(set(held.elections)) == ["a", "b"]
    for trained, scored in zip(spy.trained, spy.scored, strict=True):
        [left_out] = {kin(docs, number).election for number in scored}
        assert left_out not in {doc.election for doc in trained}
        assert len(trained) == sum(doc.election != left_out for doc in docs)


def test_no_source_is_read_by_a_model_that_saw_it(spy: Spy) -> None:
    docs = documents({"a": 60, "b": 60}, real=True, sources=7)
    docs += documents({f"race{k}": 10 for k in range(12)}, real=False, sources=1, first=1000)
    gather(docs, Settings())
    assert len(spy.scored) == FOLDS
    for trained, scored in zip(spy.trained, spy.scored, strict=True):
        assert {kin(docs, number).source for number in scored}.isdisjoint({doc.source for doc in trained})


def test_no_near_duplicate_of_a_post_teaches_the_model_that_reads_it(spy: Spy) -> None:
    docs = documents({"a": 60, "b": 60}, real=True, sources=7)
    docs = [replace(doc, post=k // 2) for k, doc in enumerate(docs)]
    gather(docs, Settings())
    for trained, scored in zip(spy.trained, spy.scored, strict=True):
        assert {kin(docs, number).post for number in scored}.isdisjoint({doc.post for doc in trained})


def test_every_reading_is_gathered_once(spy: Spy) -> None:
    docs = documents({"a": 40, "b": 30}, real=True) + documents({"race": 50}, real=False, first=1000)
    gathered = gather(docs, Settings())
    assert sorted(n for scored in spy.scored for n in scored) == sorted(doc.features[0] for doc in docs)
    assert gathered.evidence.sums[:, 0].tolist() == [float(doc.features[0]) for doc in docs]


def test_every_sure_real_post_is_judged_once_and_nothing_else(spy: Spy) -> None:
    docs = documents({"a": 40, "b": 30}, real=True) + documents({"race": 50}, real=False, first=1000)
    held = sources_out(docs)
    sure = [k for k, doc in enumerate(docs) if doc.real and doc.sure]
    assert sorted(held.places) == sure
    assert len(held.log_odds) == len(held.labels) == len(held.elections) == len(sure)


def test_the_corpus_is_judged_too_where_it_is_asked_for(spy: Spy) -> None:
    docs = documents({"a": 40}, real=True) + documents({"race": 50}, real=False, first=1000)
    held = leave_sources_out(gather(docs, Settings()), corpus_too=True)
    assert sorted(held.places) == [k for k, doc in enumerate(docs) if doc.sure]


def test_places_labels_and_elections_go_with_their_scores(spy: Spy) -> None:
    docs = documents({"a": 40, "b": 30}, real=True)
    held = sources_out(docs)
    for odds, label, election, place in zip(held.log_odds, held.labels, held.elections, held.places, strict=True):
        doc = docs[place]
        assert odds == float(doc.features[0]) + 0.25
        assert (doc.label, doc.election) == (label, election)


def test_readings_that_repeat_a_post_without_its_names_are_not_judged(spy: Spy) -> None:
    docs = documents({"a": 40}, real=True)
    docs = [replace(doc, listed=k % 2 == 0) for k, doc in enumerate(docs)]
    assert all(docs[place].listed for place in sources_out(docs).places)


def test_without_real_posts_the_corpus_is_judged(spy: Spy) -> None:
    docs = documents({f"race{k}": 10 for k in range(8)}, real=False, sources=1)
    assert len(sources_out(docs).log_odds) == sum(doc.sure for doc in docs)
    assert len(elections_out(docs).log_odds) == 0


def test_a_left_out_election_without_sure_posts_costs_no_training(spy: Spy) -> None:
    docs = [replace(doc, sure=False) for doc in documents({"a": LEAST_POSTS}, real=True)]
    assert len(elections_out(docs).log_odds) == 0
    assert spy.trained == []


def test_how_evidence_counts_is_never_learned_from_the_fold_that_is_judged(
    spy: Spy, monkeypatch: pytest.MonkeyPatch
) -> None:
    docs = documents({"a": 60, "b": 60}, real=True, sources=7)
    learned: list[set[float]] = []

    def remember(found: Evidence, labels: NDArray[np.int_], weights: Floats) -> Weighed:
        learned.append(set(found.sums[:, 0].tolist()))
        return Weighed()

    monkeypatch.setattr(select, "fit_weighing", remember)
    gathered = gather(docs, Settings())
    leave_sources_out(gathered)
    assert len(learned) == FOLDS
    for fold, known in enumerate(learned):
        assert known == set(gathered.evidence.sums[gathered.folds != fold, 0].tolist())
    learned.clear()
    big = documents({"a": LEAST_POSTS, "b": LEAST_POSTS}, real=True)
    leave_elections_out(big, Settings(), gather(big, Settings()))
    assert [{kin(big, str(int(n))).election for n in known} for known in learned] == [{"b"}, {"a"}]


@pytest.mark.parametrize(("slope", "shift"), [(1.0, 0.0), (2.0, -1.0), (0.5, 1.5)])
def test_calibration_finds_slope_and_shift(slope: float, shift: float) -> None:
    odds = np.repeat(np.linspace(-4, 4, 81), 400)
    chances = 1 / (1 + np.exp(-(slope * odds + shift)))
    labels = (np.tile((np.arange(400) + 0.5) / 400, 81) < chances).astype(int)
    assert calibrate(HeldOut(odds, labels, ())) == pytest.approx((slope, shift), abs=0.02)


def test_calibration_is_platt_scaling() -> None:
    odds, labels = np.array([-2.0, -1.0, 0.5, 1.0, 3.0]), np.array([0, 0, 1, 0, 1])
    model = LogisticRegression(C=1e6).fit(odds.reshape(-1, 1), labels)
    held = HeldOut(odds, labels, ())
    assert scores(held, calibrate(held)) == pytest.approx(model.predict_proba(odds.reshape(-1, 1))[:, 1])


@pytest.mark.parametrize(
    ("found", "labels", "expected"),
    [
        # all above are support
        ([0.9, 0.8, 0.2, 0.1], [1, 1, 0, 0], (0.8, 0.8)),
        # four of five are precise enough, and the one below is looked at
        ([0.9, 0.8, 0.7, 0.6, 0.5, 0.2, 0.1], [1, 1, 0, 1, 1, 0, 1], (0.5, 0.1)),
        # a good streak at the very top counts although precision falls later
        ([0.9, 0.8, 0.7, 0.6], [1, 0, 0, 1], (0.9, 0.6)),
        # precision that falls and comes back: the lower threshold is taken
        ([0.9, 0.8, 0.7, 0.6, 0.5, 0.4], [0, 1, 1, 1, 1, 0], (0.5, 0.5)),
        # nothing is precise enough
        ([0.9, 0.8, 0.7], [0, 0, 1], (1.0, 0.7)),
        ([0.9, 0.1], [0, 0], (1.0, 1.0)),
        # equal scores stand or fall together, in whatever order they come
        ([0.9, 0.9], [1, 0], (1.0, 0.9)),
        ([0.9, 0.9], [0, 1], (1.0, 0.9)),
        ([0.9, 0.9, 0.5], [1, 1, 0], (0.9, 0.9)),
        ([0.95, 0.9, 0.9], [1, 1, 0], (0.95, 0.9)),
        # one post
        ([0.4], [1], (0.4, 0.4)),
        ([0.4], [0], (1.0, 1.0)),
        # no post
        ([], [], (1.0, 1.0)),
        # rounded to four decimals
        ([0.123456], [1], (0.1235, 0.1235)),
    ],
)
def test_thresholds(found: list[float], labels: list[int], expected: tuple[float, float]) -> None:
    assert thresholds(np.array(found), np.array(labels, dtype=int), 0.80) == expected


@given(
    st.lists(st.tuples(st.integers(1, 99), st.booleans()), max_size=60),
    st.sampled_from([FLAG_PRECISION, CORPUS_PRECISION]),
)
@settings(deadline=None)
def test_thresholds_keep_precision_and_recall(rows: list[tuple[int, bool]], precision: float) -> None:
    found, labels = np.array([row[0] / 100 for row in rows]), np.array([int(row[1]) for row in rows], dtype=int)
    flag, review = thresholds(found, labels, precision)
    flagged = labels[found >= flag]
    assert flagged.sum() >= precision * len(flagged) - 1e-9
    assert labels[found >= review].sum() >= REVIEW_RECALL * labels.sum() - 1e-9
    assert 0 <= review <= flag <= 1


@given(st.lists(st.tuples(st.integers(1, 99), st.booleans()), max_size=40), st.randoms())
@settings(deadline=None)
def test_thresholds_do_not_depend_on_the_order_of_the_posts(rows: list[tuple[int, bool]], dice: object) -> None:
    def limits(of: list[tuple[int, bool]]) -> tuple[float, float]:
        return thresholds(np.array([r[0] / 100 for r in of]), np.array([int(r[1]) for r in of], dtype=int))

    mixed = list(rows)
    dice.shuffle(mixed)  # type: ignore[attr-defined]
    assert limits(mixed) == limits(rows)
