"""Measure a model on the behaviour suite: accuracy per function, candidate swaps, false alarms per candidate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.scoring.scorer import BundleScorer
from app.scoring.types import Item, Verdict
from app.watchlists.lists import Watchlists
from training.behaviour import Case, Cast, Function, pool, read_suite

#: Scores acts; one with the suite's contestants on the watchlist, one that has never heard of them.
Score = Callable[[Sequence[Item]], Sequence[Verdict]]
Suite = Mapping[str, tuple[Function, list[Case]]]

#: Largest shift of a score by a swap of contestants, with and without them on a watchlist, and the largest
#: difference in false-alarm rate between two contestants (as a share).
SWAP_LISTED, SWAP_UNLISTED, UNEVEN = 0.01, 0.05, 0.02


@dataclass(frozen=True, slots=True)
class FunctionResult:
    """Share of right answers over all casts, and the ids of cases that are wrong with most casts."""

    cases: int
    right: float
    least: float
    wrong: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether the function keeps its bound."""
        return self.right >= self.least


@dataclass(frozen=True, slots=True)
class SwapResult:
    """``shifts`` is the spread of a case's score over all casts; ``false_alarms`` the rate per contestant."""

    shifts: Mapping[str, float]
    false_alarms: Mapping[str, float]

    @property
    def largest(self) -> float:
        """Largest shift of any case."""
        return max(self.shifts.values())

    @property
    def uneven(self) -> float:
        """Difference between the contestants with most and fewest false alarms."""
        return max(self.false_alarms.values()) - min(self.false_alarms.values())


@dataclass(frozen=True, slots=True)
class Report:
    """Everything measured in one run."""

    functions: Mapping[str, FunctionResult]
    listed: SwapResult
    unlisted: SwapResult

    def failures(self) -> list[str]:
        """What does not hold, one line each; empty when the gate is passed."""
        found = [
            f"{name}: {r.right:.2f} < {r.least:.2f} ({', '.join(r.wrong)})"
            for name, r in self.functions.items()
            if not r.holds
        ]
        for name, swaps, bound in (
            ("with watchlist", self.listed, SWAP_LISTED),
            ("without watchlist", self.unlisted, SWAP_UNLISTED),
        ):
            moved = sorted(i for i, shift in swaps.shifts.items() if shift >= bound)
            if moved:
                found.append(f"swap {name}: {len(moved)} cases move by {bound} or more: {', '.join(moved)}")
            if swaps.uneven >= UNEVEN:
                found.append(f"false alarms {name} differ by {swaps.uneven:.3f} between contestants")
        return found


def run(scorer: BundleScorer) -> Report:
    """Measure ``scorer`` on the shipped suite: once with the suite's own watchlist, once with the shipped ones."""
    election, parties = pool().watchlist()
    listed = scorer.with_watchlists(Watchlists([election], parties, "suite"))
    return measure(read_suite(), listed.score, scorer.score)


def measure(suite: Suite, listed: Score, unlisted: Score) -> Report:
    """Run the suite with every cast, with and without the contestants on the watchlist."""
    casts = pool().casts()
    cases = [case for _, group in suite.values() for case in group]
    known = _verdicts(cases, casts, listed)
    unknown = _verdicts(cases, casts, unlisted)
    functions = {name: _function(function, group, known) for name, (function, group) in suite.items()}
    return Report(functions, _swaps(cases, casts, known), _swaps(cases, casts, unknown))


def _verdicts(cases: Sequence[Case], casts: Sequence[Cast], score: Score) -> dict[str, list[Verdict]]:
    """Verdicts per case id, one per cast."""
    flat = iter(score([cast.item(case) for case in cases for cast in casts]))
    return {case.id: [next(flat) for _ in casts] for case in cases}


def _function(function: Function, cases: Sequence[Case], verdicts: Mapping[str, list[Verdict]]) -> FunctionResult:
    shares = {case.id: _share_right(case, verdicts[case.id]) for case in cases}
    wrong = tuple(name for name, share in shares.items() if share < 0.5)
    return FunctionResult(len(cases), sum(shares.values()) / len(shares), function.least, wrong)


def _share_right(case: Case, verdicts: Sequence[Verdict]) -> float:
    return sum(v.flagged == bool(case.label) for v in verdicts) / len(verdicts)


def _swaps(cases: Sequence[Case], casts: Sequence[Cast], verdicts: Mapping[str, list[Verdict]]) -> SwapResult:
    shifts = {case.id: _spread(verdicts[case.id]) for case in cases}
    negatives = [case.id for case in cases if not case.label]
    alarms = {
        cast.players[0][0].nick: sum(verdicts[case][k].flagged for case in negatives) / len(negatives)
        for k, cast in enumerate(casts)
    }
    return SwapResult(shifts, alarms)


def _spread(verdicts: Sequence[Verdict]) -> float:
    scores = [v.score for v in verdicts if v.score is not None]
    return max(scores) - min(scores) if scores else 0.0


def table(report: Report) -> str:
    """Markdown of the report, as it stands in the model card."""
    rows = [f"| {name} | {r.cases} | {r.right:.2f} | {r.least:.2f} |" for name, r in report.functions.items()]
    swaps = [
        f"Largest shift of a score when contestants are swapped: {swaps.largest:.2g} {name}; false alarms per "
        f"contestant differ by {swaps.uneven:.3f}."
        for name, swaps in (("with a watchlist", report.listed), ("without", report.unlisted))
    ]
    return "\n".join(["| function | cases | right | bound |", "| --- | ---: | ---: | ---: |", *rows, "", *swaps])
