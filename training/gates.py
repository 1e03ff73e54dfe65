"""What a challenger has to show against the champion; every figure is turned so that more is better.

A gate holds when the lower end of the 95 % interval of the paired difference is no lower than the margin allows: the
challenger has to show that it is not worse, and not the champion that it is better. How the margins were chosen is
told in docs/decisions/0011-champion-challenger.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from app.scoring.types import Item, Scorer, Verdict
from app.watchlists.lists import Watchlists
from training.behave import SWAP_LISTED, SWAP_UNLISTED, Report, Suite, measure
from training.behaviour import pool
from training.intervals import Difference, Scored, difference, figures, mean, spread
from training.reviews import Contradictions

Floats = NDArray[np.float64]
Outcome = Literal["holds", "fails", "not_judged"]

#: How much worse the challenger may be at the lower end of the interval, on sets of ``FULL`` rows and more.
MARGINS = {"f1": 0.02, "precision": 0.04, "caught": 0.03, "roc_auc": 0.01, "expected_calibration_error": 0.03}
#: On smaller sets chance alone moves figures more: margins grow with the square root.
FULL = 1_000
#: Smaller sets, or sets with fewer rows of one class, are shown and not judged.
LEAST_ROWS, LEAST_OF_CLASS = 100, 25
#: Of the behaviour suite: share of right answers; share of cases that a swap moves; evenness of false alarms.
RIGHT_MARGIN, MOVED_MARGIN, UNEVEN_MARGIN = 0.02, 0.01, 0.01
#: A champion whose largest shift is beyond the bound may be followed by one with no more than this on top.
SHIFT_MARGIN = 0.05


@dataclass(frozen=True, slots=True)
class Gate:
    """One comparison. ``low`` and ``high`` are the ends of the interval of ``difference``."""

    gate: str
    figure: str
    champion: float | None
    challenger: float | None
    difference: float | None
    low: float | None
    high: float | None
    margin: float
    verdict: Outcome


def labelled_gates(name: str, champion: Scored, challenger: Scored) -> list[Gate]:
    """The figures of one labelled set, both models on the same rows."""
    rows, support = len(champion), int(champion.labels.sum())
    judged = rows >= LEAST_ROWS and min(support, rows - support) >= LEAST_OF_CLASS
    ours, theirs = figures(champion), figures(challenger)
    found = []
    for figure, margin in MARGINS.items():
        turned = figure == "expected_calibration_error"
        apart = difference(rows, ours[figure], theirs[figure], lower_is_better=turned)
        found.append(_gate(name, figure, apart, (margin, rows), judged))
    return found


def _gate(gate: str, figure: str, apart: Difference, margin_of: tuple[float, int], judged: bool = True) -> Gate:
    """``margin_of`` is the margin of a full set and the number of rows of this one."""
    margin = round(margin_of[0] * sqrt(max(1.0, FULL / max(1, margin_of[1]))), 4)
    verdict: Outcome = "not_judged"
    if judged and apart.low is not None:
        verdict = "holds" if apart.low >= -margin else "fails"
    ends = {name: None if value is None else round(value, 5) for name, value in asdict(apart).items()}
    return Gate(gate, figure, **ends, margin=margin, verdict=verdict)


@dataclass(frozen=True, slots=True)
class SuiteRun:
    """The behaviour suite as one model answered it: its report and, per case and cast, score and flag (with and
    without the contestants on a watchlist).
    """

    report: Report
    labels: NDArray[np.int_]
    flags: dict[str, NDArray[np.bool_]]
    scores: dict[str, Floats]


class _Noting:
    """Answers as a scorer does and keeps the answers."""

    def __init__(self, scorer: Scorer) -> None:
        self._scorer = scorer
        self.found: list[Verdict] = []

    def score(self, items: Sequence[Item]) -> Sequence[Verdict]:
        self.found = self._scorer.score(items)
        return self.found

    def flags(self, cases: int) -> NDArray[np.bool_]:
        """Cases × casts."""
        return np.array([verdict.flagged for verdict in self.found], dtype=bool).reshape(cases, -1)

    def scores(self, cases: int) -> Floats:
        """Cases × casts; 0 where a case is undecided."""
        return np.array([verdict.score or 0.0 for verdict in self.found], dtype=float).reshape(cases, -1)


def run_suite(suite: Suite, scorer: Scorer) -> SuiteRun:
    """Every case with every cast, with the suite's watchlist and with the scorer's own."""
    election, parties = pool().watchlist()
    listed, unlisted = _Noting(scorer.with_watchlists(Watchlists([election], parties, "suite"))), _Noting(scorer)
    report = measure(suite, listed.score, unlisted.score)
    labels = np.array([case.label for _, cases in suite.values() for case in cases], dtype=int)
    noted = {"listed": listed, "unlisted": unlisted}
    flags = {name: noting.flags(len(labels)) for name, noting in noted.items()}
    return SuiteRun(report, labels, flags, {name: noting.scores(len(labels)) for name, noting in noted.items()})


def behaviour_gates(champion: SuiteRun, challenger: SuiteRun) -> list[Gate]:
    """Share of right answers over all cases, and no function newly below its bound."""
    right = [mean((run.flags["listed"] == run.labels[:, None]).mean(axis=1)) for run in (champion, challenger)]
    cases = len(champion.labels)
    gate = _gate("behaviour", "right", difference(cases, right[0], right[1]), (RIGHT_MARGIN, cases))
    return [gate, _functions_gate(champion.report, challenger.report)]


def _functions_gate(champion: Report, challenger: Report) -> Gate:
    ours, theirs = ({n for n, r in report.functions.items() if not r.holds} for report in (champion, challenger))
    verdict: Outcome = "fails" if theirs - ours else "holds"
    apart = float(len(ours) - len(theirs))
    return Gate("behaviour", "functions_below_bound", len(ours), len(theirs), apart, None, None, 0.0, verdict)


def neutrality_gates(champion: SuiteRun, challenger: SuiteRun) -> list[Gate]:
    """Swapping contestants moves no more scores and no score further; false alarms fall no less evenly on them."""
    found = []
    cases = len(champion.labels)
    for name, bound in (("listed", SWAP_LISTED), ("unlisted", SWAP_UNLISTED)):
        shifts = [np.ptp(run.scores[name], axis=1) for run in (champion, challenger)]
        moved = [mean((shift >= bound).astype(float)) for shift in shifts]
        apart = difference(cases, moved[0], moved[1], lower_is_better=True)
        found.append(_gate("neutrality", f"moved_{name}", apart, (MOVED_MARGIN, cases)))
        found.append(_largest_gate(name, float(shifts[0].max()), float(shifts[1].max()), bound))
        found.append(_uneven_gate(name, champion, challenger))
    return found


def _largest_gate(name: str, champion: float, challenger: float, bound: float) -> Gate:
    fails = challenger >= bound and challenger > champion + SHIFT_MARGIN * (champion >= bound)
    ends = (round(champion, 5), round(challenger, 5), round(champion - challenger, 5))
    return Gate("neutrality", f"largest_{name}", *ends, None, None, bound, "fails" if fails else "holds")


def _uneven_gate(name: str, champion: SuiteRun, challenger: SuiteRun) -> Gate:
    others = champion.labels == 0
    ours, theirs = (spread(run.flags[name][others].astype(float)) for run in (champion, challenger))
    apart = difference(int(others.sum()), ours, theirs, lower_is_better=True)
    return _gate("neutrality", f"uneven_{name}", apart, (UNEVEN_MARGIN, int(others.sum())))


def label_gates(found: Sequence[Contradictions]) -> list[Gate]:
    """The batch of labels itself: not too many against a model that is sure, in the whole nor in any part of it."""
    return [
        Gate("labels", c.part, None, round(c.share, 5), None, round(c.low, 5), None, c.bound, _label_verdict(c))
        for k, c in enumerate(found)
        if k == 0 or not c.holds
    ]


def _label_verdict(found: Contradictions) -> Outcome:
    if not found.sure:
        return "not_judged"
    return "holds" if found.holds else "fails"
