"""The problem classes: complete, distinct, bilingual, and silent about input."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import problems
from app.faults import MAX_FAULTS, faults_of
from app.problems import InvalidRequest, Problem, all_problems, documented, language_of

LEAVES = all_problems()


def make(kind: type[Problem]) -> Problem:
    return kind([{"field": "text", "reason": "required"}]) if kind is InvalidRequest else kind()


@pytest.mark.parametrize("kind", LEAVES)
def test_every_problem_carries_its_status_address_and_names(kind: type[Problem]) -> None:
    assert 400 <= kind.status < 600
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.slug)
    assert kind.title_id != kind.title_en
    indonesian, english = make(kind).body("id"), make(kind).body("en")
    assert (indonesian["title"], english["title"]) == (kind.title_id, kind.title_en)
    assert indonesian["type"] == english["type"] == f"urn:problem-type:netra:{kind.slug}"
    assert indonesian["status"] == kind.status


def test_no_two_problems_share_an_address_or_a_name() -> None:
    for name in ("slug", "title_id", "title_en"):
        assert len({getattr(kind, name) for kind in LEAVES}) == len(LEAVES)


def test_the_tree_is_drawn_as_it_is() -> None:
    drawn = re.findall(r"── (\w+)(?: +(\d+))?", problems.__doc__ or "")
    assert [(name, int(status)) for name, status in drawn if status] == [(k.__name__, k.status) for k in LEAVES]
    branches = [name for name, status in drawn if not status]
    assert branches == [k.__name__ for k in Problem.__subclasses__() if k not in LEAVES]


@pytest.mark.parametrize("kind", LEAVES)
def test_the_answer_to_a_problem(kind: type[Problem]) -> None:
    response = make(kind).response("en", {"Allow": "GET"})
    assert response.status_code == kind.status
    assert response.media_type == "application/problem+json"
    assert (response.headers["content-language"], response.headers["allow"]) == ("en", "GET")
    assert ("retry-after" in response.headers) == (kind.status in (429, 503))


def error(kind: str, *loc: str | int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "loc": loc, "msg": "zqx", "input": "zqx", "ctx": {"given": "zqx"}, "url": "zqx", **more}


FAULTS = [
    (error("missing", "body"), "body", "required"),
    (error("missing", "body", "text"), "text", "required"),
    (error("string_type", "text"), "text", "not_text"),
    (error("string_type", "body", "items", 3, "text"), "items[3].text", "not_text"),
    (error("extra_forbidden", "body", "zqx"), "body", "unknown_field"),
    (error("extra_forbidden", "items", 3, "zqx"), "items[3]", "unknown_field"),
    (error("needs_text"), "text", "needs_text"),
    (error("less_than_equal", "query", "limit"), "limit", "out_of_range"),
    (error("repeated", "query", "limit"), "limit", "repeated"),
    (error("extra_forbidden", "query", "zqx"), "query", "unknown_field"),
    (error("something_new", "text"), "text", "invalid"),
]


@pytest.mark.parametrize(("raw", "field", "reason"), FAULTS)
def test_an_error_becomes_a_path_and_a_reason(raw: dict[str, Any], field: str, reason: str) -> None:
    assert faults_of([raw]) == [{"field": field, "reason": reason}]


def test_faults_are_never_none_and_never_many() -> None:
    assert faults_of([]) == [{"field": "body", "reason": "invalid"}]
    assert len(faults_of([error("missing", "text")] * 100)) == MAX_FAULTS


@given(header=st.text(st.characters(max_codepoint=255), max_size=80) | st.none())
def test_any_language_header_is_understood_somehow(header: str | None) -> None:
    assert language_of(header) in ("id", "en")


def test_documented_problems_are_grouped_by_status() -> None:
    found = documented(problems.BodyTooLarge, problems.TextTooLong, problems.NotFound)
    assert list(found) == [413, 404]
    assert list(found[413]["content"]["application/json"]["examples"]) == ["body-too-large", "text-too-long"]
    assert found[413]["description"] == "The body is too large; The text is too long"
