"""Templates: whatever is in them comes out as text, whole, and what is missing is an error."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError
from lxml import html

from app.problems import LANGUAGES, Language
from app.scoring.types import Evidence
from app.web import formats
from app.web.names import name_of
from app.web.render import environment
from app.web.wordbook import say

#: What lxml itself would change or refuse.
CHARACTERS = st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("<>&\"'{}%\n ")
TEXTS = st.text(CHARACTERS, min_size=1, max_size=60)


def macro(name: str, language: Language = "id") -> Any:
    """A macro as a page of ``language`` calls it."""
    values = {"t": partial(say, language), "n": partial(name_of, language), "f": formats.of(language), "token": "x"}
    return getattr(environment().get_template("macros.html").make_module(values), name)


@st.composite
def texts_with_spans(draw: st.DrawFn) -> tuple[str, list[dict[str, Any]]]:
    text = draw(TEXTS.filter(lambda text: text.strip()))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=6)))
    weights = st.floats(-5, 5)
    spans = [
        {"field": "text", "start": a, "end": b, "surface": text[a:b], "weight": draw(weights)}
        for a, b in zip(cuts[::2], cuts[1::2], strict=False)
    ]
    return text, spans


@given(given_text=texts_with_spans(), language=st.sampled_from(LANGUAGES))
def test_a_text_comes_out_whole_with_its_spans_marked_in_order(
    given_text: tuple[str, list[dict[str, Any]]], language: Language
) -> None:
    text, spans = given_text
    tree = html.fragment_fromstring(str(macro("texts", language)({"text": text}, spans)), create_parent="div")
    [quote] = tree.xpath(".//blockquote")
    marks = quote.xpath(".//mark")
    shown = [sub.getparent().text or "" for sub in quote.xpath(".//sub")]
    for sub in quote.xpath(".//sub"):
        sub.getparent().remove(sub)
    assert quote.text_content() == text
    assert shown == [text[span["start"] : span["end"]] for span in spans]
    assert [mark.get("class") for mark in marks] == ["for" if span["weight"] > 0 else "against" for span in spans]


@given(words=TEXTS)
def test_nothing_that_somebody_wrote_becomes_markup(words: str) -> None:
    made = {"label": "bukan", "kind": words, "reviewer": f"a.{words}", "decided_at": "2031-11-03T12:00:00+00:00"}
    entity = {"name": words, "role": "calon", "number": 2, "election": words, "field": "text"}
    pieces = [
        str(macro("readings")([{**made, "reason": words, "undone_at": None}], "me")),
        str(macro("entities")([entity])),
        str(macro("select")("x", words, [words], words)),
        str(macro("evidence_table")([Evidence("text", 0, 1, words, 1.0)], 0.5)),
        str(macro("saved")(words, words)),
    ]
    plain = {re.sub(r'(value|action)="[^"]*"', "", piece) for piece in pieces}
    known = {"ol", "li", "p", "strong", "span", "ul", "h2", "div", "label", "select", "option", "details", "summary"}
    known |= {"table", "thead", "tbody", "tr", "th", "td", "form", "input", "button", "kbd"}
    for piece in plain:
        assert set(re.findall(r"<([a-z0-9]+)", piece)) <= known
        assert "<script" not in piece


def test_what_is_missing_is_an_error_and_never_an_empty_place() -> None:
    with pytest.raises(UndefinedError):
        macro("entities")([{}])
    with pytest.raises(UndefinedError):
        environment().from_string("{{ nobody }}").render()


@pytest.mark.parametrize(("language", "number", "day", "clock"), [
    ("id", "+1.234,5", "3 November 2031", "19.05 WIB"),
    ("en", "+1,234.5", "3 November 2031", "19:05 WIB"),
])  # fmt: skip
def test_numbers_and_times_are_written_as_the_language_does(
    language: Language, number: str, day: str, clock: str
) -> None:
    written = formats.of(language)
    assert written.whole(1234) == number[1:6]
    assert written.number(4.5, 1, signed=True) == "+4" + number[6:]
    assert written.day("2031-11-03") == day
    assert written.clock("2031-11-03T12:05:00+00:00") == clock
    assert written.moment("2031-11-03T12:05:00+00:00") == f"{day} {clock}"
    assert written.moment("2031-11-02T17:00:00+00:00", "2031-11-03") == day
    assert written.moment("2031-11-03T12:05:00+00:00", "2031-11-03T19:05") == f"{day} {clock}"
    assert "9999" in written.moment("9999-12-31T23:59:59+00:00")


@given(score=st.floats(0, 1), review=st.floats(0, 1), width=st.floats(0, 1))
def test_the_scale_stays_within_its_picture(score: float, review: float, width: float) -> None:
    flag = review + width * (1 - review)
    drawn = html.fragment_fromstring(str(macro("scale")(score, review, flag)))
    for box in drawn.xpath(".//rect"):
        assert float(box.get("x")) >= 0
        assert float(box.get("x")) + float(box.get("width")) <= 200.02
        assert float(box.get("width")) >= 0
