"""95 % intervals by the bootstrap: of one model's figures, and of the difference between two models on the same rows.

Rows are drawn with replacement, seeded, so that the same rows give the same interval. A comparison is paired: both
models are measured on the same draws, which leaves the luck of the draw out of the difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.metrics import BINS

Floats = NDArray[np.float64]
#: A figure on reweighted rows: weights (draws × rows) in, one value per draw out, NaN where it is not defined.
Statistic = Callable[[Floats], Floats]

REPEATS, SEED = 1_000, 20241127
LEVEL = (2.5, 97.5)
#: Rows times draws that are weighed at a time.
_CELLS = 2_000_000


@dataclass(frozen=True, slots=True)
class Scored:
    """Labels (0 or 1), scores in [0, 1], and whether a row is flagged, or caught (flagged or for review); all (n,)."""

    labels: NDArray[np.int_]
    scores: Floats
    flagged: NDArray[np.bool_]
    caught: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.labels)

    def only(self, rows: NDArray[np.bool_]) -> Scored:
        """The rows that ``rows`` marks."""
        return Scored(self.labels[rows], self.scores[rows], self.flagged[rows], self.caught[rows])


def by_thresholds(labels: NDArray[np.int_], scores: Floats, flag: float, review: float) -> Scored:
    """Scores with what the two thresholds make of them."""
    return Scored(labels, scores, scores >= flag, scores >= review)


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and its 95 % interval; all ``None`` where the figure is not defined."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Difference:
    """Figures of champion and challenger, and their difference, turned so that more is better for the challenger."""

    champion: float | None
    challenger: float | None
    difference: float | None
    low: float | None
    high: float | None


def weights(rows: int, repeats: int = REPEATS, seed: int = SEED) -> Iterator[Floats]:
    """How often each row was drawn, (draws × rows) at a time, ``repeats`` draws in all."""
    random = np.random.default_rng(seed)
    step = max(1, _CELLS // max(1, rows))
    for start in range(0, repeats, step):
        draws = min(step, repeats - start)
        drawn = random.integers(0, rows, (draws, rows)) + np.arange(draws)[:, None] * rows
        yield np.bincount(drawn.ravel(), minlength=draws * rows).reshape(draws, rows).astype(float)


def intervals(rows: int, statistics: Mapping[str, Statistic]) -> dict[str, Interval]:
    """Each statistic over all rows, with its interval."""
    points, draws = _measured(rows, statistics)
    return {name: Interval(_number(points[name]), *_bounds(draws[name])) for name in statistics}


def difference(rows: int, champion: Statistic, challenger: Statistic, *, lower_is_better: bool = False) -> Difference:
    """The paired comparison of one statistic of two models."""
    points, draws = _measured(rows, {"champion": champion, "challenger": challenger})
    sign = -1.0 if lower_is_better else 1.0
    low, high = _bounds(sign * (draws["challenger"] - draws["champion"]))
    apart = _number(sign * (points["challenger"] - points["champion"]))
    return Difference(_number(points["champion"]), _number(points["challenger"]), apart, low, high)


def _measured(rows: int, statistics: Mapping[str, Statistic]) -> tuple[dict[str, float], dict[str, Floats]]:
    if not rows:
        nothing = np.full(1, np.nan)
        return dict.fromkeys(statistics, np.nan), dict.fromkeys(statistics, nothing)
    once = np.ones((1, rows))
    points = {name: float(figure(once)[0]) for name, figure in statistics.items()}
    parts = [{name: figure(drawn) for name, figure in statistics.items()} for drawn in weights(rows)]
    return points, {name: np.concatenate([part[name] for part in parts]) for name in statistics}


def _bounds(draws: Floats) -> tuple[float | None, float | None]:
    known = draws[~np.isnan(draws)]
    if not len(known):
        return None, None
    low, high = np.percentile(known, LEVEL)
    return float(low), float(high)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def figures(scored: Scored) -> dict[str, Statistic]:
    """The statistics of a labelled set: precision, recall and F1 of the flag, share of support caught, ROC AUC and
    expected calibration error; the same as ``training.metrics`` where all weights are one.
    """
    support, flagged = scored.labels.astype(float), scored.flagged.astype(float)
    hits, noticed = support * flagged, support * scored.caught
    return {
        "precision": lambda drawn: _ratio(drawn @ hits, drawn @ flagged),
        "recall": lambda drawn: _ratio(drawn @ hits, drawn @ support),
        "f1": lambda drawn: _ratio(2 * (drawn @ hits), drawn @ (flagged + support)),
        "caught": lambda drawn: _ratio(drawn @ noticed, drawn @ support),
        "roc_auc": _roc_auc(scored),
        "expected_calibration_error": _calibration_error(scored),
    }


def mean(values: Floats) -> Statistic:
    """The mean of a value per row."""
    return lambda drawn: _ratio(drawn @ values, drawn.sum(axis=1))


def spread(values: Floats) -> Statistic:
    """Largest less smallest column mean of values (rows × columns)."""
    return lambda drawn: np.asarray(np.ptp((drawn @ values) / drawn.sum(axis=1, keepdims=True), axis=1))


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.asarray(np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0))


def _roc_auc(scored: Scored) -> Statistic:
    """Share of (support, other) pairs in which support scores higher, ties half."""
    order = np.argsort(scored.scores, kind="stable")
    ranked, support = scored.scores[order], scored.labels[order].astype(float)
    starts = np.flatnonzero(np.append(True, np.diff(ranked) != 0))

    def area(drawn: Floats) -> Floats:
        sorted_weights = drawn[:, order]
        above = np.add.reduceat(sorted_weights * support, starts, axis=1)
        level = np.add.reduceat(sorted_weights * (1 - support), starts, axis=1)
        below = np.cumsum(level, axis=1) - level / 2
        return _ratio((above * below).sum(axis=1), above.sum(axis=1) * level.sum(axis=1))

    return area


def _calibration_error(scored: Scored) -> Statistic:
    place = np.minimum((scored.scores * BINS).astype(int), BINS - 1)
    gaps = np.zeros((len(scored), BINS))
    gaps[np.arange(len(scored)), place] = scored.labels - scored.scores
    return lambda drawn: _ratio(np.abs(drawn @ gaps).sum(axis=1), drawn.sum(axis=1))
