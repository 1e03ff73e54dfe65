"""Pages of the queue, and what is worked out beside them: cut texts and last days."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reviewkit import ANNA, Clock, judged, numbered, queued, say

from app.problems import InvalidRequest, NotFound
from app.review.deadlines import deadlines
from app.review.desk import Desk
from app.review.filters import Filters
from app.review.listing import MAX_CURSOR, count_items, get_item, list_items
from app.review.spans import Segment, segments
from app.review.words import ORDERS, Order
from app.store import Store


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
def test_pages_hold_every_item_once(store: Store, desk: Desk, clock: Clock, order: Order, size: int) -> None:
    ids = queued(store, desk, *numbered(5), judged("kembar coblos", score=0.75), judged("kembar 2 coblos", score=0.75))
    found: list[str] = []
    cursor = None
    with store.read() as tx:
        whole = [item.id for item in list_items(tx, Filters(), order).items]
        while True:
            page = list_items(tx, Filters(), order, cursor, size)
            assert 0 < len(page.items) <= size
            found += [item.id for item in page.items]
            cursor = page.cursor
            if cursor is None:
                break
    assert found == whole
    assert sorted(found) == sorted(ids)


def test_what_is_decided_meanwhile_does_not_shift_pages(store: Store, desk: Desk) -> None:
    ids = queued(store, desk, *numbered(4))[::-1]
    waiting = Filters(state="open")
    with store.read() as tx:
        first = list_items(tx, waiting, limit=2)
    say(store, desk, ANNA, ids[0], "dukungan")
    with store.read() as tx:
        second = list_items(tx, waiting, cursor=first.cursor, limit=2)
    assert [item.id for item in (*first.items, *second.items)] == ids


def cursor_of(value: object) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "%%%",
        "é",
        cursor_of(1),
        cursor_of([]),
        cursor_of(["score", 0.5]),
        cursor_of(["newest", 0.5, "a"]),
        cursor_of(["deadline", "2031-11-03T00:00:00+00:00", "a"]),
        cursor_of(["score", "2031-11-03T00:00:00+00:00", "a"]),
        cursor_of(["score", None, "a"]),
        cursor_of(["score", [], "a"]),
        cursor_of(["score", 0.5, 7]),
        cursor_of(["score", 0.5, "a b"]),
        cursor_of(["score", 0.5, "a" * 17]),
        urlsafe_b64encode(b'["score", NaN, "a"]').decode(),
        urlsafe_b64encode(b'["score", 1e999, "a"]').decode(),
        "W1" * 200,
    ],
)
def test_a_cursor_that_is_none_is_refused(store: Store, cursor: str) -> None:
    with store.read() as tx, pytest.raises(InvalidRequest) as refused:
        list_items(tx, Filters(), "score", cursor)
    assert refused.value.members["field"] == "cursor"


@pytest.mark.parametrize("time", ["2031-11-03T00:00:00", "03-11-2031"])
def test_a_cursor_with_a_time_that_is_none_is_refused(store: Store, time: str) -> None:
    with store.read() as tx, pytest.raises(InvalidRequest):
        list_items(tx, Filters(), "newest", cursor_of(["newest", time, "a"]))


def test_our_own_cursors_are_short_enough(store: Store, desk: Desk) -> None:
    queued(store, desk, judged("coblos 1", score=0.1 + 0.2), judged("coblos 2", score=1 / 3))
    with store.read() as tx:
        for order in ORDERS:
            assert len(list_items(tx, Filters(), order, limit=1).cursor or "") < MAX_CURSOR


@pytest.mark.parametrize("unknown", ["", "0" * 16, "x" * 99, "../../etc", "a\x00b", "é"])
def test_an_item_that_is_not_there(store: Store, unknown: str) -> None:
    with store.read() as tx, pytest.raises(NotFound) as refused:
        get_item(tx, unknown)
    assert refused.value.members == {"reason": "unknown_item"}


def test_counting(store: Store, desk: Desk) -> None:
    queued(store, desk, *numbered(3), judged("saya ragu"))
    with store.read() as tx:
        assert count_items(tx, Filters()) == 4
        assert count_items(tx, Filters(band="review")) == 1
        assert count_items(tx, Filters(band="review", kind="slogan")) == 0


def span(start: int, end: int, weight: float = 1.0, field: str = "text") -> dict[str, object]:
    return {"field": field, "start": start, "end": end, "weight": weight}


@pytest.mark.parametrize(
    ("text", "spans", "expected"),
    [
        ("", [], []),
        ("abc", [], [("abc", None)]),
        ("abc", [span(0, 3)], [("abc", 1.0)]),
        ("abcd", [span(3, 4, -0.5), span(1, 2)], [("a", None), ("b", 1.0), ("c", None), ("d", -0.5)]),
        ("ab", [span(0, 1), span(1, 2)], [("a", 1.0), ("b", 1.0)]),
        ("abcd", [span(0, 3), span(1, 4)], [("abc", 1.0), ("d", None)]),
        ("abc", [span(0, 9), span(2, 2), span(-1, 1)], [("abc", None)]),
        ("a🙏b", [span(1, 2)], [("a", None), ("🙏", 1.0), ("b", None)]),
        ("abc", [span(0, 3, field="target_text")], [("abc", None)]),
    ],
)
def test_texts_are_cut_at_evidence(
    text: str, spans: list[dict[str, object]], expected: list[tuple[str, float]]
) -> None:
    assert segments(text, spans, "text") == [Segment(*piece) for piece in expected]


@given(st.text(max_size=30), st.lists(st.tuples(st.integers(-3, 40), st.integers(-3, 40)), max_size=6))
def test_cut_texts_are_whole(text: str, places: list[tuple[int, int]]) -> None:
    cut = segments(text, [span(*place) for place in places], "text")
    assert "".join(piece.text for piece in cut) == text
    assert all(piece.text for piece in cut)


@pytest.mark.parametrize(
    ("known", "now", "finding", "report", "left"),
    [
        # Monday evening in WIB
        ("2031-11-03T12:00", "2031-11-03T12:00", date(2031, 11, 10), date(2031, 11, 12), 7),
        # late on Sunday in UTC is Monday in WIB
        ("2031-11-02T17:00", "2031-11-09T16:59", date(2031, 11, 10), date(2031, 11, 12), 1),
        ("2031-11-07T05:00", "2031-11-16T05:00", date(2031, 11, 14), date(2031, 11, 18), -2),
        ("2031-11-08T05:00", "2031-11-15T05:00", date(2031, 11, 15), date(2031, 11, 18), 0),
        ("2031-12-29T05:00", "2032-01-01T05:00", date(2032, 1, 5), date(2032, 1, 7), 4),
        # the end of the calendar
        ("9999-12-23T12:00", "9999-12-31T05:00", date(9999, 12, 30), date.max, -1),
        ("9999-12-31T12:00", "9999-12-31T12:00", date.max, date.max, 0),
        ("9999-12-31T23:59", "9999-12-30T12:00", date.max, date.max, 1),
    ],
)
def test_last_days(known: str, now: str, finding: date, report: date, left: int) -> None:
    moments = [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (known, now)]
    found = deadlines(*moments)
    assert (found.finding_until, found.report_until, found.days_left) == (finding, report, left)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_a_report_is_never_due_before_a_finding(known: datetime) -> None:
    found = deadlines(known, known)
    assert found.days_left == 7
    assert found.known_on < found.finding_until < found.report_until
    assert found.report_until.weekday() < 5
