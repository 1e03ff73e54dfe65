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
from typing import Final

from markupsafe import Markup

#: Most bars of one plot; what is beyond is drawn as one.
MOST_BARS = 12
#: Most columns of a plot over time; adjacent days are drawn as one beyond that.
MOST_COLUMNS = 90

_WIDTH, _ROW, _LABEL, _FIGURE, _GAP = 640, 26, 190, 84, 6
_HEIGHT, _LEFT, _BOTTOM, _TOP, _WIDEST = 220, 56, 26, 10, 80
_LONGEST_LABEL = 26
_SWAPPED = str.maketrans(",.", ".,")


@dataclass(frozen=True, slots=True)
class Voice:
    """The words around a plot, and how numbers are written: with a decimal comma, or with a point."""

    nothing: str = "Belum ada data."
    table: str = "Angka dalam tabel"
    value: str = "Nilai"
    limit: str = "Batas"
    low: str = "Paling rendah"
    high: str = "Paling tinggi"
    total: str = "Jumlah"
    rest: str = "lainnya"
    comma: bool = True

    def number(self, value: float, places: int = 0) -> str:
        """``1.234,5`` or ``1,234.5``; ``–`` for what is no number."""
        if not math.isfinite(value):
            return "–"
        written = f"{value:,.{places}f}"
        return written.translate(_SWAPPED) if self.comma else written

    def percent(self, value: float | None) -> str:
        """``87 %``, ``–`` for none."""
        return "–" if value is None else f"{self.number(100 * value)} %"


INDONESIAN: Final = Voice()


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


def bars(title: str, data: Iterable[Bar], places: int = 0, voice: Voice = INDONESIAN) -> Markup:
    """Horizontal bars in the order given, the last of too many added up as one; ``places`` of the figures.

    Bars without a finite value above zero have no length.
    """
    shown = _at_most(list(data), voice)
    if not shown:
        return _nothing(title, voice)
    scale = _scale(_length(value) for one in shown for value in (one.value, one.limit) if value is not None)
    drawn = [_bar(place, one, scale, voice.number(one.value, places)) for place, one in enumerate(shown)]
    heads, rows = ["", voice.value], [[one.label, voice.number(one.value, places)] for one in shown]
    if any(one.limit is not None for one in shown):
        heads.append(voice.limit)
        rows = [[*row, _or_dash(one.limit, places, voice)] for row, one in zip(rows, shown, strict=True)]
    return _figure(title, _svg(title, len(shown) * _ROW, drawn), heads, rows, voice)


def columns(title: str, series: Sequence[str], data: Iterable[Column], voice: Voice = INDONESIAN) -> Markup:
    """Stacked columns, one for each place in order; the first of ``series`` is at the bottom."""
    shown = _thinned(list(data), len(series))
    if not shown:
        return _nothing(title, voice)
    highest = _scale(sum(map(_length, one.values)) for one in shown)
    step = min((_WIDTH - _LEFT) / len(shown), _WIDEST)
    rows = [[one.label, *(voice.number(value) for value in one.values)] for one in shown]
    drawn = [_axis(voice.number(highest))]
    drawn += [_column(place, one, step, highest, rows[place]) for place, one in enumerate(shown)]
    drawn += [_tick(place, shown[place].label, step) for place in sorted({0, len(shown) // 2, len(shown) - 1})]
    return _figure(title, _svg(title, _HEIGHT, drawn) + _legend(series), ["", *series], rows, voice)


def spans(title: str, data: Iterable[Span], voice: Voice = INDONESIAN) -> Markup:
    """Shares as dots on lines that are their intervals, from 0 to 1; of too many the last."""
    shown = list(data)[-MOST_BARS:]
    if not shown:
        return _nothing(title, voice)
    drawn = [_scale_of_shares(len(shown) * _ROW, voice)]
    drawn += [_span(place, one, voice) for place, one in enumerate(shown)]
    shares = [[voice.percent(value) for value in (one.value, one.low, one.high)] for one in shown]
    rows = [[one.label, *cells, voice.number(one.total)] for one, cells in zip(shown, shares, strict=True)]
    heads = ["", voice.value, voice.low, voice.high, voice.total]
    return _figure(title, _svg(title, len(shown) * _ROW + _BOTTOM, drawn), heads, rows, voice)


def _at_most(data: list[Bar], voice: Voice) -> list[Bar]:
    """All of few bars; of many the first, and the sum of the others."""
    if len(data) <= MOST_BARS:
        return data
    rest = sum(_length(one.value) for one in data[MOST_BARS - 1 :])
    return [*data[: MOST_BARS - 1], Bar(f"{voice.rest} ({len(data) - MOST_BARS + 1})", rest)]


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


def _bar(place: int, one: Bar, scale: float, figure: str) -> str:
    room = _WIDTH - _LABEL - _FIGURE
    length, top = _length(one.value) / scale * room, place * _ROW
    over = one.limit is not None and one.value > one.limit
    drawn = _name(one.label, top)
    drawn += _rect("over" if over else "s1", _LABEL, top + 4, length, _ROW - 8)
    if one.limit is not None:
        drawn += _line("limit", _LABEL + _length(one.limit) / scale * room, top + 1, 0, _ROW - 2)
    return drawn + f'<text class="figure" x="{_at(_LABEL + length + _GAP)}" y="{_at(top + 18)}">{_text(figure)}</text>'


def _column(place: int, one: Column, step: float, highest: float, row: Sequence[str]) -> str:
    room = _HEIGHT - _BOTTOM - _TOP
    ends = [value / highest * room for value in accumulate(map(_length, one.values))]
    left, width = _LEFT + place * step, max(step - 1, 0.5)
    drawn = "".join(
        _rect(f"s{series}", left, _HEIGHT - _BOTTOM - end, width, end - start)
        for series, (start, end) in enumerate(pairwise([0.0, *ends]), start=1)
    )
    return f"<g><title>{_text(row[0])}: {_text(', '.join(row[1:]))}</title>{drawn}</g>"


def _axis(highest: str) -> str:
    bottom = _HEIGHT - _BOTTOM
    top = f'<text class="end" x="{_LEFT - _GAP}" y="{_TOP + 10}">{_text(highest)}</text>'
    zero = f'<text class="end" x="{_LEFT - _GAP}" y="{bottom}">0</text>'
    return top + zero + _line("axis", _LEFT, bottom, _WIDTH - _LEFT, 0)


def _tick(place: int, label: str, step: float) -> str:
    where = _LEFT + (place + 0.5) * step
    align = "start" if where < _LEFT + 60 else "end" if where > _WIDTH - 60 else "middle"
    return f'<text class="{align}" x="{_at(where)}" y="{_HEIGHT - 8}">{_text(_short(label))}</text>'


def _span(place: int, one: Span, voice: Voice) -> str:
    middle = place * _ROW + _ROW / 2
    drawn = _name(one.label, place * _ROW)
    if one.value is None or one.low is None or one.high is None:
        return drawn + f'<text class="figure" x="{_LABEL}" y="{_at(middle + 5)}">–</text>'
    low, value, high = (_share(each) for each in (one.low, one.value, one.high))
    drawn += _line("whisker", low, middle, high - low, 0)
    drawn += f'<circle class="s1" cx="{_at(value)}" cy="{_at(middle)}" r="5"/>'
    return (
        drawn
        + f'<text class="figure" x="{_WIDTH - _FIGURE + _GAP}" y="{_at(middle + 5)}">{voice.percent(one.value)}</text>'
    )


def _scale_of_shares(bottom: float, voice: Voice) -> str:
    drawn = _line("axis", _LABEL, bottom, _WIDTH - _LABEL - _FIGURE, 0)
    for share in (0.0, 0.5, 1.0):
        drawn += _line("grid", _share(share), 0, 0, bottom)
        drawn += f'<text class="middle" x="{_at(_share(share))}" y="{_at(bottom + 18)}">{voice.percent(share)}</text>'
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


def _figure(title: str, picture: str, heads: Sequence[str], rows: Sequence[Sequence[str]], voice: Voice) -> Markup:
    """The plot with its title above and its figures below, folded away."""
    head = "".join(f'<th scope="col">{_text(name)}</th>' for name in heads)
    body = "".join(_row(cells) for cells in rows)
    table = f"<table><caption>{_text(title)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    folded = f"<details><summary>{_text(voice.table)}</summary>{table}</details>"
    return _plot(title, picture + folded)


def _row(cells: Sequence[str]) -> str:
    first, *rest = map(_text, cells)
    return f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>'


def _nothing(title: str, voice: Voice) -> Markup:
    return _plot(title, f"<p>{_text(voice.nothing)}</p>")


def _plot(title: str, inside: str) -> Markup:
    # Every word in it went through ``_text``, every number through ``_at`` or ``number``.
    return Markup(f'<figure class="plot"><figcaption>{_text(title)}</figcaption>{inside}</figure>')  # noqa: S704


def _or_dash(value: float | None, places: int, voice: Voice) -> str:
    return "–" if value is None else voice.number(value, places)
