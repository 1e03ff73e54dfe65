"""Plots as SVG, drawn where the page is made: nothing to load, nothing to run, and each with a table of its figures.

Every function takes data and gives markup that can stand in a page as it is: labels are escaped, coordinates finite,
and the number of shapes bounded whatever the data. Colours come from the page's style sheet by class.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import accumulate, pairwise

from markupsafe import Markup

#: Most bars of one plot; what is beyond is drawn as one.
MOST_BARS = 12
#: Most columns of a plot over time; adjacent days are drawn as one beyond that.
MOST_COLUMNS = 90
REST = "lainnya"
NOTHING = "Belum ada data."

_WIDTH, _ROW, _LABEL, _FIGURE, _GAP = 640, 26, 190, 84, 6
_HEIGHT, _LEFT, _BOTTOM, _TOP = 220, 56, 26, 10
_LONGEST_LABEL = 26


@dataclass(frozen=True, slots=True)
class Bar:
    """``value`` of something; ``limit`` is what it should stay below, if there is such a thing."""

    label: str
    value: float
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """Values of several series at one place, one for each, none below zero."""

    label: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A share in [0, 1] with its interval, of ``total``; ``None`` where nothing is known."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    total: int


def bars(title: str, data: Iterable[Bar], places: int = 0) -> Markup:
    """Horizontal bars in the order given, the last of too many added up as ``REST``; ``places`` of the figures.

    Bars without a finite value above zero have no length.
    """
    shown = _at_most(list(data))
    if not shown:
        return _nothing(title)
    scale = _scale(_length(value) for one in shown for value in (one.value, one.limit) if value is not None)
    drawn = [_bar(place, one, scale, places) for place, one in enumerate(shown)]
    limits = any(one.limit is not None for one in shown)
    rows = [[one.label, number(one.value, places), *([_or_dash(one.limit, places)] if limits else [])] for one in shown]
    heads = ["", "Nilai", *(["Batas"] if limits else [])]
    return _figure(title, _svg(title, len(shown) * _ROW, drawn), heads, rows)


def columns(title: str, series: Sequence[str], data: Iterable[Column]) -> Markup:
    """Stacked columns, one for each place in order; the first of ``series`` is at the bottom."""
    shown = _thinned(list(data), len(series))
    if not shown:
        return _nothing(title)
    highest = _scale(sum(map(_length, one.values)) for one in shown)
    step = (_WIDTH - _LEFT) / len(shown)
    drawn = [_axis(highest)]
    drawn += [_column(place, one, step, highest) for place, one in enumerate(shown)]
    drawn += [_tick(place, shown[place].label, step) for place in sorted({0, len(shown) // 2, len(shown) - 1})]
    rows = [[one.label, *(number(value) for value in one.values)] for one in shown]
    svg = _svg(title, _HEIGHT, drawn) + _legend(series)
    return _figure(title, svg, ["", *series], rows)


def spans(title: str, data: Iterable[Span]) -> Markup:
    """Shares as dots on lines that are their intervals, from 0 to 1."""
    shown = list(data)[-MOST_BARS:]
    if not shown:
        return _nothing(title)
    drawn = [_scale_of_shares(len(shown) * _ROW)]
    drawn += [_span(place, one) for place, one in enumerate(shown)]
    rows = [[one.label, *(percent(v) for v in (one.value, one.low, one.high)), number(one.total)] for one in shown]
    heads = ["", "Nilai", "Paling rendah", "Paling tinggi", "Jumlah"]
    return _figure(title, _svg(title, len(shown) * _ROW + _BOTTOM, drawn), heads, rows)


def number(value: float, places: int = 0) -> str:
    """``1.234,5`` as Indonesian has it; ``–`` for what is no number."""
    if not math.isfinite(value):
        return "–"
    return f"{value:,.{places}f}".translate(str.maketrans(",.", ".,"))


def percent(value: float | None) -> str:
    """``87 %``, ``–`` for none."""
    return "–" if value is None else f"{number(100 * value)} %"


def _at_most(data: list[Bar]) -> list[Bar]:
    """All of few bars; of many the first, and the sum of the others."""
    if len(data) <= MOST_BARS:
        return data
    rest = sum(_length(one.value) for one in data[MOST_BARS - 1 :])
    return [*data[: MOST_BARS - 1], Bar(f"{REST} ({len(data) - MOST_BARS + 1})", rest)]


def _thinned(data: list[Column], series: int) -> list[Column]:
    """At most ``MOST_COLUMNS`` columns, each the sum of as many adjacent ones."""
    size = -(-len(data) // MOST_COLUMNS)
    if size <= 1:
        return data
    groups = (data[start : start + size] for start in range(0, len(data), size))
    return [Column(_from_to(group), _sums(group, series)) for group in groups]


def _from_to(group: Sequence[Column]) -> str:
    first, last = group[0].label, group[-1].label
    return first if first == last else f"{first} – {last}"


def _sums(group: Sequence[Column], series: int) -> tuple[float, ...]:
    return tuple(sum(_length(one.values[k]) for one in group) for k in range(series))


def _length(value: float) -> float:
    """A value as something that can be drawn."""
    return min(max(value, 0.0), 1e300) if math.isfinite(value) else 0.0


def _scale(lengths: Iterable[float]) -> float:
    """What fills the whole plot; never zero."""
    return max(lengths, default=0.0) or 1.0


def _bar(place: int, one: Bar, scale: float, places: int) -> str:
    room = _WIDTH - _LABEL - _FIGURE
    length, top = _length(one.value) / scale * room, place * _ROW
    over = one.limit is not None and one.value > one.limit
    drawn = _name(one.label, top)
    drawn += _rect("over" if over else "s1", _LABEL, top + 4, length, _ROW - 8)
    if one.limit is not None:
        drawn += _line("limit", _LABEL + _length(one.limit) / scale * room, top + 1, 0, _ROW - 2)
    figure = escape(number(one.value, places))
    return drawn + f'<text class="figure" x="{_at(_LABEL + length + _GAP)}" y="{_at(top + 18)}">{figure}</text>'


def _column(place: int, one: Column, step: float, highest: float) -> str:
    room = _HEIGHT - _BOTTOM - _TOP
    ends = [value / highest * room for value in accumulate(map(_length, one.values))]
    left, width = _LEFT + place * step, max(step - 1, 0.5)
    drawn = "".join(
        _rect(f"s{series}", left, _HEIGHT - _BOTTOM - end, width, end - start)
        for series, (start, end) in enumerate(pairwise([0.0, *ends]), start=1)
    )
    figures = ", ".join(number(value) for value in one.values)
    return f"<g><title>{_text(one.label)}: {escape(figures)}</title>{drawn}</g>"


def _axis(highest: float) -> str:
    bottom = _HEIGHT - _BOTTOM
    top = f'<text class="end" x="{_LEFT - _GAP}" y="{_TOP + 10}">{escape(number(highest))}</text>'
    zero = f'<text class="end" x="{_LEFT - _GAP}" y="{bottom}">0</text>'
    return top + zero + _line("axis", _LEFT, bottom, _WIDTH - _LEFT, 0)


def _tick(place: int, label: str, step: float) -> str:
    where = _LEFT + (place + 0.5) * step
    align = "start" if where < _LEFT + 60 else "end" if where > _WIDTH - 60 else "middle"
    return f'<text class="{align}" x="{_at(where)}" y="{_HEIGHT - 8}">{_text(_short(label))}</text>'


def _span(place: int, one: Span) -> str:
    middle = place * _ROW + _ROW / 2
    drawn = _name(one.label, place * _ROW)
    if one.value is None or one.low is None or one.high is None:
        return drawn + f'<text class="figure" x="{_LABEL}" y="{_at(middle + 5)}">–</text>'
    low, value, high = (_share(each) for each in (one.low, one.value, one.high))
    drawn += _line("whisker", low, middle, high - low, 0)
    drawn += f'<circle class="s1" cx="{_at(value)}" cy="{_at(middle)}" r="5"/>'
    return (
        drawn + f'<text class="figure" x="{_WIDTH - _FIGURE + _GAP}" y="{_at(middle + 5)}">{percent(one.value)}</text>'
    )


def _scale_of_shares(bottom: float) -> str:
    drawn = _line("axis", _LABEL, bottom, _WIDTH - _LABEL - _FIGURE, 0)
    for share in (0.0, 0.5, 1.0):
        drawn += _line("grid", _share(share), 0, 0, bottom)
        drawn += f'<text class="middle" x="{_at(_share(share))}" y="{_at(bottom + 18)}">{percent(share)}</text>'
    return drawn


def _share(value: float) -> float:
    return _LABEL + min(_length(value), 1.0) * (_WIDTH - _LABEL - _FIGURE)


def _name(label: str, top: float) -> str:
    return f'<text class="end" x="{_LABEL - _GAP}" y="{_at(top + 18)}">{_text(_short(label))}</text>'


def _rect(kind: str, x: float, y: float, width: float, height: float) -> str:
    return f'<rect class="{kind}" x="{_at(x)}" y="{_at(y)}" width="{_at(width)}" height="{_at(height)}"/>'


def _line(kind: str, x: float, y: float, right: float, down: float) -> str:
    return f'<line class="{kind}" x1="{_at(x)}" y1="{_at(y)}" x2="{_at(x + right)}" y2="{_at(y + down)}"/>'


def _at(coordinate: float) -> str:
    """A coordinate with as many digits as a screen shows."""
    return f"{coordinate:.2f}".rstrip("0").rstrip(".")


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1] + "…"


def _text(label: str) -> str:
    """A label as markup; what no document may hold becomes ``\ufffd``."""
    sound = (c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in label)
    return escape("".join(sound))


def _svg(title: str, height: float, drawn: Iterable[str]) -> str:
    head = f'<svg class="chart" viewBox="0 0 {_WIDTH} {_at(height)}" role="img" aria-label="{_text(title)}">'
    return f"{head}{''.join(drawn)}</svg>"


def _legend(series: Sequence[str]) -> str:
    named = "".join(
        f'<li><svg class="chart key" viewBox="0 0 10 10" aria-hidden="true">'
        f'<rect class="s{place}" x="0" y="0" width="10" height="10"/></svg> {_text(name)}</li>'
        for place, name in enumerate(series, start=1)
    )
    return f'<ul class="legend">{named}</ul>'


def _figure(title: str, picture: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Markup:
    """The plot with its title above and its figures below, folded away."""
    head = "".join(f'<th scope="col">{_text(name)}</th>' for name in heads)
    body = "".join(_row(cells) for cells in rows)
    table = f"<table><caption>{_text(title)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    folded = f"<details><summary>Angka dalam tabel</summary>{table}</details>"
    return _plot(title, picture + folded)


def _row(cells: Sequence[str]) -> str:
    first, *rest = map(_text, cells)
    return f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>'


def _nothing(title: str) -> Markup:
    return _plot(title, f"<p>{NOTHING}</p>")


def _plot(title: str, inside: str) -> Markup:
    # Every word in it went through ``_text``, every number through ``_at`` or ``number``.
    return Markup(f'<figure class="plot"><figcaption>{_text(title)}</figcaption>{inside}</figure>')  # noqa: S704


def _or_dash(value: float | None, places: int) -> str:
    return "–" if value is None else number(value, places)
