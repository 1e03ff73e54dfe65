"""Pictures of the model card: reliability, precision against recall, learning curve; the same figures, the same bytes.

Matplotlib is a development dependency. Where it is missing there are no pictures, and the card says so.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from training.intervals import Scored, figures, intervals
from training.metrics import BINS
from training.study import CurvePoint, Study

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]
#: Text stays text: fonts differ from machine to machine, and outlines of letters with them.
_STYLE = {"svg.hashsalt": "netra", "svg.fonttype": "none", "font.sans-serif": ["DejaVu Sans"], "font.size": 9}
_SIZE = (4.4, 3.4)
#: Points of a precision-recall curve that are drawn.
_POINTS = 200
_LINE, _BAND = "#1f4e79", "#b8cde0"


def available() -> bool:
    """Whether pictures can be drawn here."""
    return find_spec("matplotlib") is not None


def draw(study: Study, folder: Path) -> tuple[str, ...]:
    """Write the pictures into ``folder``; their file names, none where matplotlib is missing."""
    if not available():
        return ()
    pictures = {
        "reliability.svg": reliability(study.real.scored),
        "precision_recall.svg": precision_recall(study.real.scored),
        "learning_curve.svg": learning_curve(study.curve),
    }
    for name, picture in pictures.items():
        (folder / name).write_bytes(picture)
    return tuple(pictures)


def reliability(scored: Scored) -> bytes:
    """SVG: share of support over score, in ten bins, with 95 % intervals; a calibrated model lies on the diagonal."""
    points = [_bin(scored, k) for k in range(BINS)]
    known = [point for point in points if point is not None]

    def paint(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color="#999999", linewidth=0.8, linestyle="--")
        for middle, share, low, high, rows in known:
            axes.plot([middle, middle], [low, high], color=_BAND, linewidth=4, solid_capstyle="butt")
            axes.plot([middle], [share], marker="o", color=_LINE, markersize=4)
            axes.annotate(str(rows), (middle, share), (4, -9), textcoords="offset points", fontsize=7, color="#555555")

    return _svg(paint, "score", "share of support (number of posts beside)")


def _bin(scored: Scored, number: int) -> tuple[float, float, float, float, int] | None:
    place = np.minimum((scored.scores * BINS).astype(int), BINS - 1)
    rows = scored.only(place == number)
    if not len(rows):
        return None
    labels = rows.labels.astype(float)
    share = intervals(len(rows), {"share": lambda drawn: drawn @ labels / drawn.sum(axis=1)})["share"]
    return float(rows.scores.mean()), share.value or 0.0, share.low or 0.0, share.high or 0.0, len(rows)


def precision_recall(scored: Scored) -> bytes:
    """SVG: precision over recall of every threshold; the dot is the flag."""
    recall, precision = _curve(scored)
    at = intervals(len(scored), figures(scored))

    def paint(axes: Axes) -> None:
        axes.plot(recall, precision, color=_LINE, linewidth=1.2)
        if at["recall"].value is not None and at["precision"].value is not None:
            axes.plot([at["recall"].value], [at["precision"].value], marker="o", color="#b03030", markersize=5)
        axes.set_xlim(0, 1.02)
        axes.set_ylim(0, 1.02)

    return _svg(paint, "recall", "precision")


def _curve(scored: Scored) -> tuple[Floats, Floats]:
    """Recall and precision at up to 200 thresholds, evenly spread over recall; of equal scores all or none."""
    order = np.argsort(-scored.scores, kind="stable")
    hits = np.cumsum(scored.labels[order])
    last = np.flatnonzero(np.append(np.diff(scored.scores[order]) != 0, True)) if len(scored) else np.array([], int)
    recall = hits[last] / max(1, int(scored.labels.sum()))
    precision = hits[last] / (last + 1)
    shown = np.unique(np.searchsorted(recall, np.linspace(0, 1, _POINTS)).clip(0, max(0, len(last) - 1)))
    return (recall[shown], precision[shown]) if len(last) else (np.empty(0), np.empty(0))


def learning_curve(points: Sequence[CurvePoint]) -> bytes:
    """SVG: ROC AUC and best F1 over the number of training posts, with 95 % intervals."""

    def paint(axes: Axes) -> None:
        for name, color in (("roc_auc", _LINE), ("f1", "#b07a30")):
            ends = [(point.posts, getattr(point, name)) for point in points]
            known = [(posts, end) for posts, end in ends if end.value is not None]
            posts = [count for count, _ in known]
            axes.fill_between(posts, [e.low for _, e in known], [e.high for _, e in known], color=color, alpha=0.2)
            axes.plot(posts, [e.value for _, e in known], color=color, marker="o", markersize=3, label=_NAMES[name])
        axes.legend(frameon=False, loc="lower right")

    return _svg(paint, "training posts", "on sources never seen")


_NAMES = {"roc_auc": "ROC AUC", "f1": "best F1"}


def _svg(paint: Callable[[Axes], None], across: str, up: str) -> bytes:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    style: Any = _STYLE
    with mpl.rc_context():
        mpl.rcdefaults()  # whatever is set up on this machine
        mpl.rcParams.update(style)
        figure = Figure(figsize=_SIZE, layout="constrained")
        axes = figure.add_subplot()
        paint(axes)
        axes.set_xlabel(across)
        axes.set_ylabel(up)
        axes.spines[["top", "right"]].set_visible(False)
        written = io.BytesIO()
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    return written.getvalue()
