"""Gates: what passes, what fails and what is too small to say."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from app.scoring.types import Item, Verdict
from app.watchlists.lists import Watchlists
from tests.fakes import FakeScorer
from tests.training.challengekit import suite
from training.behave import SWAP_LISTED, SWAP_UNLISTED
from training.behaviour import pool
from training.gates import (
    FULL,
    LEAST_OF_CLASS,
    LEAST_ROWS,
    MARGINS,
    SHIFT_MARGIN,
    Gate,
    behaviour_gates,
    label_gates,
    labelled_gates,
    neutrality_gates,
    run_suite,
)
from training.intervals import Scored, by_thresholds
from training.reviews import Contradictions

Score = Callable[[Item], float]


def scored(rows: int = 1200, noise: float = 0.3, seed: int = 1, support: float = 0.5) -> Scored:
    """Scores that are right but for noise."""
    random = np.random.default_rng(seed)
    labels = (np.arange(rows) < support * rows).astype(int)
    return by_thresholds(labels, np.clip(labels * 0.6 + 0.2 + random.normal(0, noise, rows), 0, 1), 0.5, 0.3)


def verdicts(gates: Sequence[Gate]) -> dict[str, str]:
    return {gate.figure: gate.verdict for gate in gates}


# -- labelled sets --------------------------------------------------------------------------------------------------


def test_a_model_is_not_worse_than_itself() -> None:
    found = labelled_gates("dev:a", scored(), scored())
    assert verdicts(found) == dict.fromkeys(MARGINS, "holds")
    assert {gate.difference for gate in found} == {0.0}
    assert {gate.gate for gate in found} == {"dev:a"}


def test_a_worse_model_fails() -> None:
    found = verdicts(labelled_gates("dev:a", scored(noise=0.2), scored(noise=0.6)))
    assert set(found.values()) == {"fails"}


def test_a_better_model_holds() -> None:
    found = verdicts(labelled_gates("dev:a", scored(noise=0.6), scored(noise=0.2)))
    assert set(found.values()) == {"holds"}


def test_a_model_as_good_as_the_champion_but_on_other_rows_has_to_show_it() -> None:
    """Equal figures on few rows are no proof: the interval decides, not the difference."""
    gates = labelled_gates("a", scored(400, 0.5, seed=2), scored(400, 0.5, seed=1))
    gate = next(g for g in gates if g.figure == "roc_auc")
    assert gate.difference is not None
    assert gate.difference > 0
    assert gate.verdict == "fails"


@pytest.mark.parametrize(
    ("rows", "support", "judged"),
    [
        (LEAST_ROWS, 0.5, True),
        (LEAST_ROWS - 2, 0.5, False),
        (1000, (LEAST_OF_CLASS - 1) / 1000, False),
        (1000, 1 - (LEAST_OF_CLASS - 1) / 1000, False),
        (1000, LEAST_OF_CLASS / 1000, True),
        (0, 0.5, False),
    ],
)
def test_small_sets_are_shown_and_not_judged(rows: int, support: float, judged: bool) -> None:
    same = scored(rows, support=support)
    found = verdicts(labelled_gates("a", same, same))
    assert set(found) == set(MARGINS)
    assert set(found.values()) == ({"holds"} if judged else {"not_judged"})


@pytest.mark.parametrize(("rows", "factor"), [(FULL, 1.0), (4 * FULL, 1.0), (FULL // 4, 2.0), (100, 10**0.5)])
def test_margins_grow_where_chance_does(rows: int, factor: float) -> None:
    found = {gate.figure: gate.margin for gate in labelled_gates("a", scored(rows), scored(rows))}
    assert found == {figure: pytest.approx(margin * factor, abs=1e-4) for figure, margin in MARGINS.items()}


def test_a_model_that_flags_nothing_does_not_slip_through() -> None:
    champion = scored()
    silent = Scored(champion.labels, champion.scores, np.zeros_like(champion.flagged), champion.caught)
    found = verdicts(labelled_gates("a", champion, silent))
    assert (found["precision"], found["f1"]) == ("not_judged", "fails")


def test_lower_calibration_error_is_better() -> None:
    champion = scored()
    blurred = by_thresholds(champion.labels, champion.scores * 0.2 + 0.4, 0.5, 0.3)
    gate = next(g for g in labelled_gates("a", champion, blurred) if g.figure == "expected_calibration_error")
    assert gate.champion is not None
    assert gate.challenger is not None
    assert gate.difference is not None
    assert gate.difference == pytest.approx(gate.champion - gate.challenger, abs=2e-5)
    assert (gate.verdict == "fails") == (gate.difference < 0)


# -- behaviour suite ------------------------------------------------------------------------------------------------


class Scripted(FakeScorer):
    """Scores by a function of the item, flags from 0.5 on; another one where the suite's contestants are listed."""

    def __init__(self, unlisted: Score, listed: Score | None = None) -> None:
        self._score = unlisted
        self._listed_score = listed or unlisted

    def with_watchlists(self, lists: Watchlists) -> Scripted:  # type: ignore[override]
        assert lists.version == "suite"
        return Scripted(self._listed_score)

    def score(self, items: Sequence[Item], *, explain: bool = False, entities: bool = False) -> list[Verdict]:
        found = [self._score(item) for item in items]
        return [Verdict(p >= 0.5, p, "flag" if p >= 0.5 else "clear", None) for p in found]


def sound(item: Item) -> float:
    return 0.9 if item.id and item.id.startswith("dukungan") else 0.1


def silent(item: Item) -> float:
    return 0.1


def favouring(shift: float, name: str = pool().contestants[0].nick) -> Score:
    """Sound, but moves every score that has the name of one contestant."""
    return lambda item: sound(item) + (shift if name in item.text else 0.0)


def alarmed_by(name: str) -> Score:
    return lambda item: 0.9 if name in item.text else sound(item)


def test_the_suite_is_run_with_and_without_its_watchlist() -> None:
    run = run_suite(suite(), Scripted(silent, sound))
    casts = len(pool().contestants)
    assert run.labels.tolist() == [1] * 4 + [0] * 4
    assert run.flags["listed"].shape == run.scores["unlisted"].shape == (8, casts)
    assert run.flags["listed"][:4].all()
    assert not run.flags["unlisted"].any()
    assert run.report.functions["dukungan"].right == 1.0


def gates_of(champion: Scripted, challenger: Scripted) -> dict[str, Gate]:
    one, other = run_suite(suite(), champion), run_suite(suite(), challenger)
    return {gate.figure: gate for gate in (*behaviour_gates(one, other), *neutrality_gates(one, other))}


def test_equal_models_pass_the_suite() -> None:
    found = gates_of(Scripted(sound), Scripted(sound))
    assert {gate.verdict for gate in found.values()} == {"holds"}
    assert set(found) == {
        "right",
        "functions_below_bound",
        *(f"{what}_{how}" for what in ("moved", "largest", "uneven") for how in ("listed", "unlisted")),
    }


def test_a_function_newly_below_its_bound_fails() -> None:
    worse, better = gates_of(Scripted(sound), Scripted(silent)), gates_of(Scripted(silent), Scripted(sound))
    assert (worse["functions_below_bound"].verdict, worse["right"].verdict) == ("fails", "fails")
    assert (worse["functions_below_bound"].champion, worse["functions_below_bound"].challenger) == (0, 1)
    assert (better["functions_below_bound"].verdict, better["right"].verdict) == ("holds", "holds")


@pytest.mark.parametrize(
    ("listed", "bound", "shift", "verdict"),
    [
        (True, SWAP_LISTED, 0.9, "holds"),
        (True, SWAP_LISTED, 1.1, "fails"),
        (False, SWAP_UNLISTED, 0.9, "holds"),
        (False, SWAP_UNLISTED, 1.1, "fails"),
    ],
)
def test_a_swap_may_not_move_a_score_beyond_the_bound(listed: bool, bound: float, shift: float, verdict: str) -> None:
    moved = favouring(shift * bound)
    challenger = Scripted(sound, moved) if listed else Scripted(moved, sound)
    found = gates_of(Scripted(sound), challenger)
    name, other = ("listed", "unlisted") if listed else ("unlisted", "listed")
    assert (found[f"largest_{name}"].verdict, found[f"largest_{other}"].verdict) == (verdict, "holds")


@pytest.mark.parametrize(("more", "verdict"), [(0.0, "holds"), (0.9, "holds"), (1.1, "fails"), (-1.0, "holds")])
def test_after_a_champion_beyond_the_bound_little_more_is_let_pass(more: float, verdict: str) -> None:
    champion, challenger = favouring(0.2), favouring(0.2 + more * SHIFT_MARGIN)
    assert gates_of(Scripted(champion), Scripted(challenger))["largest_listed"].verdict == verdict


def test_false_alarms_that_fall_on_one_contestant_fail() -> None:
    names = [contestant.nick for contestant in pool().contestants]
    cases = suite()
    about, group = cases["bukan"]
    named = {**cases, "bukan": (about, [case.model_copy(update={"text": f"{case.text} {{1}}"}) for case in group])}
    one, other = run_suite(named, Scripted(sound)), run_suite(named, Scripted(alarmed_by(names[0])))
    found = {gate.figure: gate for gate in neutrality_gates(one, other)}
    assert found["uneven_listed"].challenger == 1.0
    assert found["uneven_listed"].verdict == "fails"
    assert found["moved_listed"].verdict == "fails"


# -- labels ---------------------------------------------------------------------------------------------------------


def test_the_batch_is_always_shown_and_its_parts_where_they_fail() -> None:
    whole = Contradictions("semua", 400, 12, 0.10)
    fine, bad = Contradictions("peninjau a", 50, 2, 0.25), Contradictions("disebut Gendis", 40, 38, 0.25)
    found = label_gates([whole, fine, bad])
    assert [(gate.figure, gate.verdict) for gate in found] == [("semua", "holds"), ("disebut Gendis", "fails")]
    assert {gate.gate for gate in found} == {"labels"}
    assert (found[1].challenger, found[1].margin) == (0.95, 0.25)


@pytest.mark.parametrize(("sure", "against", "verdict"), [(0, 0, "not_judged"), (100, 5, "holds"), (100, 22, "fails")])
def test_a_batch_with_too_many_labels_against_a_sure_model_fails(sure: int, against: int, verdict: str) -> None:
    assert [gate.verdict for gate in label_gates([Contradictions("semua", sure, against, 0.10)])] == [verdict]
