"""Figures: counted, divided and compared as anybody would by hand."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reviewkit import ANNA, BUDI, CITRA, Clock, desk_with, judged, numbered, queued, say

from app.observe.bins import bin_of, counted
from app.observe.profile import Profile, write
from app.review.agreement import Kappa, agreement, kappa
from app.review.decisions import undo
from app.review.desk import Desk
from app.review.filters import Filters
from app.review.labelerrors import Labelled, label_errors, labelled_items
from app.review.stats import (
    Day,
    backlog,
    by,
    by_day,
    decided_by_reviewer,
    histogram,
    precision,
    score_drift,
    share,
)
from app.review.words import Label
from app.store import Store

S, B, R = "dukungan", "bukan", "ragu"


def test_days_are_days_in_wib(store: Store, desk: Desk, clock: Clock) -> None:
    queued(store, desk, *numbered(2), judged("saya ragu"))
    clock.forward(hours=5)  # midnight in WIB
    queued(store, desk, judged("coblos besok"))
    with store.read() as tx:
        assert by_day(tx) == [Day(date(2031, 11, 3), 2, 1), Day(date(2031, 11, 4), 1, 0)]
        assert by_day(tx, Filters(band="review")) == [Day(date(2031, 11, 3), 0, 1)]
        assert by_day(tx, Filters(kind="slogan")) == []


def test_counts_by_property(store: Store, desk: Desk) -> None:
    ids = queued(
        store,
        desk,
        judged("coblos 1", platform="X"),
        judged("coblos 2", platform="x", action="like", target_text="coblos"),
        judged("ragu", election=None),
    )
    say(store, desk, ANNA, ids[0], "dukungan")
    with store.read() as tx:
        assert by(tx, "platform") == {"x": 2, None: 1}
        assert by(tx, "action") == {"post": 2, "like": 1}
        assert by(tx, "kind") == {"vote_call": 2, "question": 1}
        assert by(tx, "election") == {"pilkada-kota-uji-2031": 2, None: 1}
        assert by(tx, "band", Filters(platform="x")) == {"flag": 2}
        assert by(tx, "outcome") == {None: 2, "dukungan": 1}
        assert by(tx, "model_version") == {"0": 3}
        assert backlog(tx) == {"open": 2, "second": 0, "disagreement": 0, "done": 1, "erased": 0}


def test_precision_by_model_version(store: Store, desk: Desk) -> None:
    old = queued(store, desk, *numbered(4), version="1")
    new = queued(store, desk, *numbered(2, "besok coblos"), judged("saya ragu"), version="2")
    for item_id, label in zip(old, [S, S, S, B], strict=True):
        say(store, desk, ANNA, item_id, label)
    for item_id, label in zip(new, [S, R, B], strict=True):
        say(store, desk, ANNA, item_id, label)
    say(store, desk, BUDI, new[1], R)
    with store.read() as tx:
        found = precision(tx)
        assert {version: (one.hits, one.total) for version, one in found.items()} == {"1": (3, 4), "2": (1, 1)}
        assert {v: (one.hits, one.total) for v, one in precision(tx, "review").items()} == {"2": (0, 1)}
        assert precision(tx, filters=Filters(platform="nada")) == {}
        assert decided_by_reviewer(tx) == {ANNA: {B: 2, S: 4, R: 1}, BUDI: {R: 1}}


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"), [(8, 10, 0.4902, 0.9433), (0, 5, 0.0, 0.4345), (5, 5, 0.5655, 1.0)]
)
def test_intervals_are_wilsons(hits: int, total: int, low: float, high: float) -> None:
    found = share(hits, total)
    assert found.value == hits / total
    assert (round(found.low or 0, 4), round(found.high or 0, 4)) == (low, high)


def test_nothing_has_no_share() -> None:
    assert (share(0, 0).value, share(0, 0).low, share(0, 0).high) == (None, None, None)


@given(st.integers(0, 500), st.integers(0, 500))
def test_an_interval_holds_its_share(hits: int, more: int) -> None:
    found = share(hits, hits + more)
    if found.value is not None:
        assert 0 <= found.low <= found.value + 1e-12  # type: ignore[operator]
        assert found.value - 1e-12 <= found.high <= 1  # type: ignore[operator]


def test_the_histogram_counts_every_score_once(store: Store, desk: Desk) -> None:
    scores = [0.25, 0.3, 0.35, 0.95, 0.9500001, 0.999, 1.0]
    queued(store, desk, *(judged(f"coblos {k}", score=score) for k, score in enumerate(scores)))
    expected = counted(map(bin_of, scores))
    with store.read() as tx:
        assert histogram(tx) == expected
        assert sum(histogram(tx, Filters(band="review"))) == 0


def bundle(folder: Path, scores: list[int] | None) -> None:
    """As much of a bundle of version 0 as drift looks at."""
    folder.mkdir()
    manifest = {"version": "0", "files": {}, "libraries": {}, "thresholds": {"review": 0.25}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    if scores is not None:
        write(folder, Profile(sum(scores), 0, scores, [0] * 7, {}, {}).as_dict())


def test_drift_is_measured_from_the_review_threshold_on(store: Store, desk: Desk, tmp_path: Path) -> None:
    queued(store, desk, *(judged(f"coblos {k}", score=0.3 + 0.7 * k / 120) for k in range(120)))
    with store.read() as tx:
        found = histogram(tx)
    same, much = [1000, 500, 0, 0, *found[4:]], [0] * 13 + [500]
    for name, scores, expected in (("same", same, True), ("much", much, False)):
        (tmp_path / name).mkdir()
        bundle(tmp_path / name / "0", scores)
        with store.read() as tx:
            measures = score_drift(tx, tmp_path / name, "0")
        assert measures is not None
        assert [measure.within for measure in measures] == [expected, expected], name


@pytest.mark.parametrize("scores", [None, [0] * 14, [50] * 14])
def test_without_a_reference_or_items_there_is_no_drift(
    store: Store, desk: Desk, tmp_path: Path, scores: list[int] | None
) -> None:
    queued(store, desk, *numbered(3))
    bundle(tmp_path / "0", scores)
    with store.read() as tx:
        assert score_drift(tx, tmp_path, "0") is None
        assert score_drift(tx, tmp_path, "9") is None


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([], Kappa(0, None, None, None)),
        ([(S, S)] * 3, Kappa(3, 1.0, 1.0, None)),
        ([(S, S), (B, B)], Kappa(2, 1.0, 0.5, 1.0)),
        ([(S, B), (B, S)], Kappa(2, 0.0, 0.5, -1.0)),
        ([(S, S), (S, B)], Kappa(2, 0.5, 0.5, 0.0)),
    ],
)
def test_kappa(pairs: list[tuple[Label, Label]], expected: Kappa) -> None:
    assert kappa(pairs) == expected


def test_kappa_of_a_table_worked_out_by_hand() -> None:
    """20 both support, 15 both not, 5 and 10 apart: observed 0.7, expected 0.5, kappa 0.4."""
    found = kappa([(S, S)] * 20 + [(S, B)] * 5 + [(B, S)] * 10 + [(B, B)] * 15)
    assert found.observed == 0.7
    assert found.expected == 0.5
    assert found.kappa == pytest.approx(0.4)


@given(st.lists(st.tuples(st.sampled_from([S, B, R]), st.sampled_from([S, B, R])), min_size=1))
def test_kappa_stays_within_bounds_and_does_not_ask_who_was_first(pairs: list[tuple[Label, Label]]) -> None:
    found, turned = kappa(pairs), kappa([(b, a) for a, b in pairs])
    assert found.kappa is None or -1 <= found.kappa <= 1
    assert found.kappa == pytest.approx(turned.kappa)


def test_agreement_is_of_decisions_that_stand(store: Store, clock: Clock) -> None:
    desk = desk_with(clock, second_percent=100)
    one, two, three, alone = queued(store, desk, *numbered(4))
    for item_id, labels in ((one, (S, S)), (two, (S, B)), (three, (B, B))):
        say(store, desk, ANNA, item_id, labels[0])
        say(store, desk, BUDI, item_id, labels[1])
    say(store, desk, CITRA, two, B)
    say(store, desk, ANNA, alone, S)
    with store.read() as tx:
        found = agreement(tx)
    assert found.overall.pairs == 5
    assert found.overall.observed == 0.6
    assert found.disputed == 1
    assert {two_of: one_of.pairs for two_of, one_of in found.by_pair.items()} == {
        (ANNA, BUDI): 3,
        (ANNA, CITRA): 1,
        (BUDI, CITRA): 1,
    }
    with store.begin() as tx:
        undo(tx, desk, BUDI, two)
        say_again = agreement(tx)
        assert (say_again.by_pair[ANNA, BUDI].pairs, say_again.overall.pairs) == (2, 3)
        assert agreement(tx, Filters(band="review")).overall.pairs == 0


def rows(*found: tuple[int, float]) -> list[Labelled]:
    return [Labelled(f"{k}", label, probability) for k, (label, probability) in enumerate(found)]


def test_a_flipped_label_is_suspect_and_a_doubtful_one_is_not() -> None:
    good = [(1, 0.9), (1, 0.95), (1, 0.85), (0, 0.3), (0, 0.25), (0, 0.35)]
    found = label_errors(rows(*good, (0, 0.97), (1, 0.2), (1, 0.6), (0, 0.5)))
    assert [suspect.id for suspect in found.suspects] == ["6", "7"]
    assert found.suspects[0].margin == pytest.approx(0.94)
    assert found.labelled == 10
    assert 0 < (found.noise or 0) < 0.5


def test_thresholds_are_the_mean_of_each_class() -> None:
    found = label_errors(rows((1, 0.8), (1, 0.6), (0, 0.4), (0, 0.2)))
    assert found.threshold_support == pytest.approx(0.7)
    assert found.threshold_other == pytest.approx(0.7)
    assert found.suspects == ()
    assert found.noise == 0


def test_a_score_in_the_very_middle_speaks_for_neither() -> None:
    found = label_errors(rows((1, 0.5), (0, 0.75), (0, 0.5)))
    assert [suspect.id for suspect in found.suspects] == ["1"]


@pytest.mark.parametrize("labels", [[], [(1, 0.9)], [(0, 0.1), (0, 0.9)]])
def test_one_kind_of_label_tells_nothing(labels: list[tuple[int, float]]) -> None:
    found = label_errors(rows(*labels))
    assert (found.noise, found.threshold_support, found.suspects) == (None, None, ())


@given(st.lists(st.tuples(st.integers(0, 1), st.floats(0, 1)), max_size=40))
def test_suspects_are_labels_that_the_machine_contradicts(found: list[tuple[int, float]]) -> None:
    errors = label_errors(rows(*found))
    margins = [suspect.margin for suspect in errors.suspects]
    assert margins == sorted(margins, reverse=True)
    assert errors.noise is None or 0 <= errors.noise <= 1
    assert all(0 < margin <= 1 for margin in margins)
    assert len({suspect.id for suspect in errors.suspects}) == len(margins)


def test_flags_that_people_cleared_cast_no_doubt_on_the_others() -> None:
    """A queue read from the top: the machine was sure of all, and people found some of it wrong."""
    cleared = [(0, 0.97), (0, 0.95)]
    found = label_errors(rows(*[(1, 0.99 - k / 100) for k in range(20)], *cleared))
    assert [suspect.id for suspect in found.suspects] == ["20", "21"]


@pytest.mark.parametrize("flipped", [1, 5, 20])
def test_labels_flipped_on_purpose_are_found(flipped: int) -> None:
    """100 well-scored labels of each class with some turned over: all of those, and nothing else, are suspect."""
    clean = [(1, 0.9 - k / 1000) for k in range(100)] + [(0, 0.2 + k / 1000) for k in range(100)]
    turned = [(1 - label if k % 100 < flipped else label, p) for k, (label, p) in enumerate(clean)]
    suspects = {suspect.id for suspect in label_errors(rows(*turned)).suspects}
    assert suspects == {str(k) for k in range(200) if k % 100 < flipped}


def test_labels_come_from_what_people_decided(store: Store, desk: Desk) -> None:
    ids = queued(store, desk, *numbered(4))
    for item_id, label in zip(ids, [S, B, R, S], strict=True):
        if item_id != ids[3]:
            say(store, desk, ANNA, item_id, label)
    with store.read() as tx:
        found = labelled_items(tx)
        assert labelled_items(tx, Filters(band="review")) == []
    assert {row.id: row.label for row in found} == {ids[0]: 1, ids[1]: 0}
    assert {row.probability for row in found} == {0.5, 0.6}
