"""Plots hold whatever they are given: shapes within the picture, labels as text, and the figures in a table."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from html import unescape
from html.parser import HTMLParser
from time import perf_counter
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from app.web.charts import (
    INDONESIAN,
    MOST_BARS,
    MOST_COLUMNS,
    Bar,
    Column,
    Span,
    Voice,
    bars,
    columns,
    spans,
)

numbers = st.one_of(st.floats(allow_nan=True, allow_infinity=True), st.integers(-(10**30), 10**30))
labels = st.text(st.characters(codec=None), max_size=60)
shares = st.one_of(st.none(), st.floats(0, 1))
some_bars = st.lists(st.builds(Bar, labels, numbers, st.one_of(st.none(), numbers)), max_size=40)
some_spans = st.lists(st.builds(Span, labels, shares, shares, shares, st.integers(0, 10**9)), max_size=40)
EVIL = "</svg><script>alert(\"x\")</script>&<b onload='1'>"


def some_columns(series: int) -> st.SearchStrategy[list[Column]]:
    values = st.tuples(*[numbers] * series)
    return st.lists(st.builds(Column, labels, values), max_size=200)


def parsed(plot: Markup) -> ElementTree.Element:
    """The plot as XML, which is stricter than any browser."""
    return ElementTree.fromstring(str(plot))


def shapes(plot: Markup, *kinds: str) -> list[ElementTree.Element]:
    return [one for one in parsed(plot).iter() if one.tag in (kinds or ("rect", "line", "circle", "text"))]


def coordinates(plot: Markup) -> Iterator[tuple[str, float]]:
    for one in shapes(plot):
        for name in ("x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height"):
            if name in one.attrib:
                yield name, float(one.attrib[name])


def cells(plot: Markup) -> list[list[str]]:
    """Rows of the table."""
    return [["".join(cell.itertext()) for cell in row] for row in parsed(plot).iter("tr")]


def check(plot: Markup) -> None:
    """What holds of every plot."""
    tree = parsed(plot)
    assert tree.tag == "figure"
    for name, value in coordinates(plot):
        assert math.isfinite(value), name
        assert -1 <= value <= 700, name
    assert not [one for one in tree.iter() if one.tag in ("script", "style")]
    assert not [name for one in tree.iter() for name in one.attrib if name.startswith("on") or name == "style"]
    pictures = [one for one in tree.iter("svg") if "role" in one.attrib]
    assert all(one.attrib["aria-label"] == "".join(tree.find("figcaption").itertext()) for one in pictures)  # type: ignore[union-attr]
    assert len(pictures) == len(list(tree.iter("table")))


@given(title=labels.filter(str.strip), data=some_bars, places=st.integers(0, 4))
def test_any_bars(title: str, data: list[Bar], places: int) -> None:
    plot = bars(title, data, places)
    check(plot)
    assert len(shapes(plot, "rect")) == min(len(data), MOST_BARS)


@settings(max_examples=50)
@given(data=st.integers(1, 4).flatmap(some_columns))
def test_any_columns(data: list[Column]) -> None:
    series = [f"seri {k}" for k in range(len(data[0].values) if data else 1)]
    plot = columns("Tanda", series, data)
    check(plot)
    assert len(shapes(plot, "rect")) <= (MOST_COLUMNS + 1) * len(series)


@given(data=some_spans)
def test_any_spans(data: list[Span]) -> None:
    plot = spans("Ketepatan", data)
    check(plot)
    known = [one for one in data[-MOST_BARS:] if None not in (one.value, one.low, one.high)]
    assert len(shapes(plot, "circle")) == len(known)


EMPTY: dict[str, Callable[[], Markup]] = {
    "bars": lambda: bars("Judul", []),
    "columns": lambda: columns("Judul", ["a"], []),
    "spans": lambda: spans("Judul", []),
}


@pytest.mark.parametrize("name", EMPTY)
def test_without_data_there_is_a_word_instead_of_a_picture(name: str) -> None:
    plot = EMPTY[name]()
    check(plot)
    assert INDONESIAN.nothing in "".join(parsed(plot).itertext())
    assert not list(parsed(plot).iter("svg"))


ONE: dict[str, tuple[Markup, list[list[str]]]] = {
    "bar": (bars("Judul", [Bar("a", 3)]), [["", "Nilai"], ["a", "3"]]),
    "bar of nothing": (bars("Judul", [Bar("a", 0)]), [["", "Nilai"], ["a", "0"]]),
    "bar with a limit": (bars("Judul", [Bar("a", 0.31, 0.25)], 2), [["", "Nilai", "Batas"], ["a", "0,31", "0,25"]]),
    "column": (columns("Judul", ["s", "t"], [Column("a", (2, 1))]), [["", "s", "t"], ["a", "2", "1"]]),
    "column of nothing": (columns("Judul", ["s"], [Column("a", (0,))]), [["", "s"], ["a", "0"]]),
    "span": (
        spans("Judul", [Span("a", 0.5, 0.25, 0.75, 1234)]),
        [["", "Nilai", "Paling rendah", "Paling tinggi", "Jumlah"], ["a", "50 %", "25 %", "75 %", "1.234"]],
    ),
    "span of nothing": (
        spans("Judul", [Span("a", None, None, None, 0)]),
        [["", "Nilai", "Paling rendah", "Paling tinggi", "Jumlah"], ["a", "–", "–", "–", "0"]],
    ),
}


@pytest.mark.parametrize("name", ONE)
def test_one_point(name: str) -> None:
    plot, table = ONE[name]
    check(plot)
    assert cells(plot) == table


def test_a_bar_is_as_long_as_its_value() -> None:
    plot = bars("Judul", [Bar("a", 8), Bar("b", 2), Bar("c", 0), Bar("d", -5), Bar("e", math.nan)])
    full, quarter, *none = (float(one.attrib["width"]) for one in shapes(plot, "rect"))
    assert quarter == pytest.approx(full / 4, abs=0.01)
    assert none == [0, 0, 0]
    assert [row[1] for row in cells(plot)[1:]] == ["8", "2", "0", "-5", "–"]


def test_only_what_is_over_its_limit_is_marked() -> None:
    plot = bars("Judul", [Bar("a", 0.3, 0.25), Bar("b", 0.25, 0.25), Bar("c", 9)], 2)
    assert [one.attrib["class"] for one in shapes(plot, "rect")] == ["over", "s1", "s1"]
    assert len([one for one in shapes(plot, "line") if one.attrib["class"] == "limit"]) == 2


def test_a_limit_beyond_every_value_is_still_within_the_picture() -> None:
    plot = bars("Judul", [Bar("a", 0.1, 0.4)], 2)
    [limit] = shapes(plot, "line")
    [bar] = shapes(plot, "rect")
    assert float(bar.attrib["width"]) == pytest.approx(
        (float(limit.attrib["x1"]) - float(bar.attrib["x"])) / 4, abs=0.01
    )


def test_columns_stand_on_each_other() -> None:
    plot = columns("Judul", ["s", "t"], [Column("a", (3, 1)), Column("b", (0, 2))])
    first, second, third, fourth = shapes(plot, "rect")[:4]
    low, high = ((float(one.attrib["y"]), float(one.attrib["height"])) for one in (first, second))
    assert high[0] + high[1] == pytest.approx(low[0], abs=0.02)
    assert low[1] == pytest.approx(3 * high[1], abs=0.05)
    assert float(third.attrib["height"]) == 0
    assert float(fourth.attrib["height"]) == pytest.approx(2 * high[1], abs=0.05)


def test_many_bars_end_in_one_that_adds_the_rest_up() -> None:
    plot = bars("Judul", [Bar(f"b{k}", 100 - k) for k in range(50)])
    table = cells(plot)[1:]
    assert len(table) == MOST_BARS
    assert table[-1] == [
        f"{INDONESIAN.rest} ({50 - MOST_BARS + 1})",
        INDONESIAN.number(sum(100 - k for k in range(MOST_BARS - 1, 50))),
    ]


def test_no_count_is_lost_where_days_are_drawn_as_one() -> None:
    data = [Column(f"h{k}", (k, 1)) for k in range(1000)]
    table = cells(columns("Judul", ["s", "t"], data))[1:]
    assert len(table) <= MOST_COLUMNS
    totals = [sum(int(row[k].replace(".", "")) for row in table) for k in (1, 2)]
    assert totals == [sum(range(1000)), 1000]
    assert table[0][0] == "h0 – h11"
    assert table[-1][0].endswith("h999")


@pytest.mark.parametrize("count", [1, MOST_COLUMNS, MOST_COLUMNS + 1, 1_000_000])
def test_a_million_points_are_no_more_shapes_than_a_hundred(count: int) -> None:
    began = perf_counter()
    plots = [
        columns("Judul", ["s"], [Column("h", (1,))] * count),
        bars("Judul", [Bar("a", 1)] * count),
        spans("Judul", [Span("a", 0.5, 0.4, 0.6, 9)] * count),
    ]
    assert sum(len(str(plot)) for plot in plots) < 60_000
    assert perf_counter() - began < 30
    for plot in plots:
        check(plot)


@pytest.mark.parametrize("value", [1_000_000, 10**9, 1e300, math.inf])
def test_large_values_stay_in_the_picture(value: float) -> None:
    for plot in (
        bars("Judul", [Bar("a", value), Bar("b", 1)]),
        columns("Judul", ["s", "t"], [Column("a", (value, value)), Column("b", (1, 1))]),
    ):
        check(plot)


EVERYWHERE: dict[str, Callable[[], Markup]] = {
    "title of bars": lambda: bars(EVIL, [Bar("a", 1)]),
    "label of a bar": lambda: bars("Judul", [Bar(EVIL, 1)]),
    "title of columns": lambda: columns(EVIL, ["s"], [Column("a", (1,))]),
    "label of a column": lambda: columns("Judul", ["s"], [Column(EVIL, (1,))]),
    "series": lambda: columns("Judul", [EVIL], [Column("a", (1,))]),
    "label of a span": lambda: spans("Judul", [Span(EVIL, 0.5, 0.4, 0.6, 1)]),
    "title of nothing": lambda: bars(EVIL, []),
}


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.words = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.found.add(tag)

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize("name", EVERYWHERE)
def test_labels_are_words_wherever_they_stand(name: str) -> None:
    plot = EVERYWHERE[name]()
    check(plot)
    page = _Tags()
    page.feed(str(plot))
    assert not {"script", "b"} & page.found
    assert EVIL in page.words or name == "label of a column"
    assert EVIL in unescape(str(plot))


@pytest.mark.parametrize("label", ["\x00\x0b", "\ud83d", "\u202e", "a\nb", "🙏", "é", ""])
def test_characters_that_no_document_may_hold_are_replaced(label: str) -> None:
    for plot in (bars("Judul", [Bar(label, 1)]), columns("Judul", [label or "s"], [Column(label, (1,))])):
        check(plot)
        assert str(plot).encode("utf-8")


def test_long_labels_are_cut_in_the_picture_and_whole_in_the_table() -> None:
    label = "pilkada kabupaten dengan nama yang panjang sekali 2031"
    plot = bars("Judul", [Bar(label, 1)])
    assert cells(plot)[1][0] == label
    assert all(len("".join(one.itertext())) < 30 for one in shapes(plot, "text"))


@pytest.mark.parametrize(
    ("value", "places", "words"),
    [
        (0, 0, "0"),
        (1234.5, 1, "1.234,5"),
        (1_000_000, 0, "1.000.000"),
        (-0.25, 2, "-0,25"),
        (math.nan, 0, "–"),
        (math.inf, 0, "–"),
    ],
)
def test_numbers_as_indonesian_has_them(value: float, places: int, words: str) -> None:
    assert INDONESIAN.number(value, places) == words


@pytest.mark.parametrize(("value", "words"), [(None, "–"), (0.0, "0 %"), (0.866, "87 %"), (1.0, "100 %")])
def test_shares_as_indonesian_has_them(value: float | None, words: str) -> None:
    assert INDONESIAN.percent(value) == words


ENGLISH = Voice("No data.", "Figures in a table", "Value", "Limit", "Lowest", "Highest", "Total", "others", comma=False)


def test_another_language_leaves_no_word_of_the_first() -> None:
    plots = [
        bars("T", [Bar("a", 1234.5, 2.5)] * 20, 1, ENGLISH),
        columns("T", ["s"], [Column("a", (1234,))], ENGLISH),
        spans("T", [Span("a", 0.5, 0.1, 0.9, 1234)], ENGLISH),
        bars("T", [], 0, ENGLISH),
    ]
    text = " ".join("".join(parsed(plot).itertext()) for plot in plots)
    assert "1,234.5" in text
    said = [
        getattr(INDONESIAN, name) for name in ("nothing", "table", "value", "limit", "low", "high", "total", "rest")
    ]
    assert [word for word in said if word in text] == []
