"""Acts reach people once, with all that the machine said of them, and with nobody's name."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reviewkit import MACHINE, RACE, START, Clock, desk_with, get, judged, numbered, queued, source
from sqlalchemy import func, select, text

from app.review.acts import Act, content_hash, day_in_wib, fingerprint, item_of, moment
from app.review.columns import JsonText, canonical, plain
from app.review.desk import CLI, Desk
from app.review.problems import QueueOff
from app.review.queue import add, add_all
from app.review.tables import ReviewItem, ReviewPolicy
from app.scoring.types import Item
from app.store import Store


def test_an_item_holds_the_act_and_what_was_said_of_it(store: Store, desk: Desk) -> None:
    act = judged(
        "ayo coblos nomor 2, bu gendis!",
        id="a-1",
        posted_at="2031-11-03T19:05:00+07:00",
        captured_at="2031-11-03T20:00:00+07:00",
        known_at="2031-11-02",
        platform="Facebook",
        parent_author="@uji",
    )
    [item_id] = queued(store, desk, act)
    item = get(store, item_id)
    assert item.act == {**asdict(act.act.item), "captured_at": "2031-11-03T20:00:00+07:00", "known_at": "2031-11-02"}
    assert item.content_hash == content_hash(act.act.as_given())
    assert (item.band, item.score, item.kind) == ("flag", 0.9, "vote_call")
    assert item.verdict["evidence"][0]["surface"] == "coblos"
    assert item.verdict["entities"][0]["name"] == "Gendis Wulandanti"
    assert item.policy == act.policy
    assert (item.election, item.region, item.platform) == (RACE, "Kota Uji", "facebook")
    assert (item.model_name, item.model_version, item.manifest_hash) == ("palsu", "0", "ab" * 32)
    assert (item.policy_version, item.watchlist_version) == (act.policy["version"], source().lists.version)
    assert item.posted_at == datetime(2031, 11, 3, 12, 5, tzinfo=UTC)
    assert item.captured_at == datetime(2031, 11, 3, 13, tzinfo=UTC)
    assert item.known_at == datetime(2031, 11, 1, 17, tzinfo=UTC)
    assert (item.queued_at, item.queued_day, item.act_day) == (START, date(2031, 11, 3), date(2031, 11, 3))
    assert (item.state, item.outcome, item.decisions) == ("open", None, [])


def test_the_same_rules_are_kept_once(store: Store, desk: Desk) -> None:
    first, second, other = queued(store, desk, judged("coblos 1"), judged("coblos 2"), judged("saya ragu"))
    with store.read() as tx:
        assert tx.scalar(select(func.count()).select_from(ReviewPolicy)) == 2
    assert get(store, first).policy == get(store, second).policy != get(store, other).policy


def test_an_office_that_does_not_say_came_to_know_of_it_now(store: Store, desk: Desk) -> None:
    [item_id] = queued(store, desk, judged())
    item = get(store, item_id)
    assert item.known_at == START
    assert item.posted_at is None
    assert item.act_day == day_in_wib(START)


@pytest.mark.parametrize("words", ["selamat pagi", ""])
def test_only_what_people_should_look_at_is_queued(store: Store, desk: Desk, words: str) -> None:
    acts = [judged("ayo coblos"), judged(words, action="like"), judged("saya ragu")]
    with store.begin() as tx:
        ids = add_all(tx, desk, source(), acts, actor=MACHINE)
    assert [item is not None for item in ids] == [True, False, True]
    with store.read() as tx:
        assert tx.scalar(select(func.count()).select_from(ReviewItem)) == 2


def test_the_same_act_seen_again_keeps_its_place(store: Store, desk: Desk, clock: Clock) -> None:
    [first] = queued(store, desk, judged(author="uji-1", id="a-1"))
    clock.forward(days=1)
    again = judged(author="uji-1", id="a-1", score=0.6, known_at="2031-11-05", captured_at="2031-11-05")
    assert queued(store, desk, again, again, version="1") == [first, first]
    assert (get(store, first).score, get(store, first).model_version) == (0.9, "0")


@pytest.mark.parametrize("other", [{"author": "uji-2"}, {"id": "a-2"}, {"action": "share"}, {"election": None}])
def test_another_act_is_another_item(store: Store, desk: Desk, other: dict[str, str]) -> None:
    same = {"author": "uji-1", "id": "a-1"}
    ids = queued(store, desk, judged(**same), judged(**{**same, **other}))  # type: ignore[arg-type]
    assert len(set(ids)) == 2


@pytest.mark.usefixtures("patient")
def test_acts_queued_at_once_by_many_are_one_item(store: Store, desk: Desk) -> None:
    acts = numbered(6)

    def put(turn: int) -> list[str]:
        return queued(store, desk, *(acts if turn % 2 else acts[::-1]))

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(put, range(8)))
    assert {frozenset(ids) for ids in found} == {frozenset(found[0])}
    assert found[1] == found[0][::-1]


def test_no_author_is_stored_by_name(store: Store, desk: Desk) -> None:
    queued(store, desk, judged(author="samaran-uji-77", parent_author="sasaran-uji-88"))
    with store.read() as tx:
        row = tx.execute(text("SELECT * FROM review_item")).mappings().one()
    shown = " ".join(str(value) for name, value in row.items() if name != "act")
    assert "samaran-uji-77" not in f"{shown} {row['act']}"
    assert "sasaran-uji-88" not in shown
    assert row["author"] == desk.author("samaran-uji-77")
    assert row["parent"] == desk.author("sasaran-uji-88")


def test_without_texts_there_is_no_queue(store: Store, clock: Clock) -> None:
    with store.begin() as tx, pytest.raises(QueueOff):
        add(tx, desk_with(clock, keeps_texts=False), source(), judged(), actor=CLI)


def test_what_databases_cannot_hold_is_kept_all_the_same(store: Store, desk: Desk) -> None:
    odd = judged("ayo coblos\x00\ud83d \U0001f64f", platform="\x00face\ud800book\n ", election="\x00", region="x" * 200)
    [item_id] = queued(store, desk, odd)
    item = get(store, item_id)
    assert item.act is not None
    assert item.act["text"] == "ayo coblos\x00\ud83d \U0001f64f"
    assert item.act["region"] == "x" * 200
    assert (item.platform, item.election, item.region) == ("facebook", None, "x" * 128)


def test_scores_come_back_bit_for_bit(store: Store, desk: Desk) -> None:
    scores = [0.1 + 0.2, 1 / 3, 0.9999999999999999, 5e-324, 1.0]
    ids = queued(store, desk, *(judged(f"coblos {k}", score=score) for k, score in enumerate(scores)))
    assert [get(store, item).score.hex() for item in ids] == [score.hex() for score in scores]
    assert [get(store, item).verdict["score"].hex() for item in ids] == [score.hex() for score in scores]


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("2031-11-03T19:05:00+07:00", datetime(2031, 11, 3, 12, 5, tzinfo=UTC)),
        ("2031-11-03T12:05:00Z", datetime(2031, 11, 3, 12, 5, tzinfo=UTC)),
        ("2031-11-03 19:05", datetime(2031, 11, 3, 12, 5, tzinfo=UTC)),
        (" 2031-11-03 ", datetime(2031, 11, 2, 17, tzinfo=UTC)),
        ("Mon Nov 03 19:05:00 +0700 2031", None),
        ("20311103", None),
        ("2031-02-30", None),
        ("0001-01-01", None),
        ("1969-12-31T23:59", None),
        ("1970-01-01", datetime(1969, 12, 31, 17, tzinfo=UTC)),
        ("2099-12-31T23:59:59-12:00", datetime(2100, 1, 1, 11, 59, 59, tzinfo=UTC)),
        ("2100-01-01", None),
        ("9999-12-31", None),
        ("9999-12-31T23:00Z", None),
        ("", None),
        (None, None),
    ],
)
def test_a_moment_without_zone_is_wib(given_text: str | None, expected: datetime | None) -> None:
    assert moment(given_text) == expected


@pytest.mark.parametrize("field", ["known_at", "posted_at", "captured_at"])
@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_day_that_no_act_can_be_of_is_none(store: Store, desk: Desk, field: str, year: str) -> None:
    [item_id] = queued(store, desk, judged(**{field: f"{year}-12-31T23:00Z"}))
    item = get(store, item_id)
    assert (item.known_at, item.posted_at, item.captured_at) == (START, None, None)
    assert item.act_day == day_in_wib(START)


@given(st.text())
def test_no_text_breaks_the_reading_of_a_time(anything: str) -> None:
    found = moment(anything)
    assert found is None or found.tzinfo is UTC


@given(st.text(), st.integers(1, 20))
def test_a_column_to_count_by_is_short_and_printable(anything: str, limit: int) -> None:
    found = plain(anything, limit)
    assert found is None or (0 < len(found) <= limit and found == found.strip() and found.isprintable())
    if found is not None:
        found.encode("utf-8")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_json_comes_back_as_it_was_and_is_plain_ascii(value: object) -> None:
    column, dialect = JsonText(), None
    kept = column.process_bind_param({"v": value}, dialect)  # type: ignore[arg-type]
    assert kept is not None
    assert kept.isascii()
    assert "\x00" not in kept
    assert column.process_result_value(kept, dialect) == {"v": value}  # type: ignore[arg-type]


def test_numbers_that_are_none_are_not_kept() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical({"v": float("nan")})


def test_the_hash_is_of_every_field_and_the_fingerprint_of_the_act_itself() -> None:
    act = Act(Item("a", id="1"), captured_at="2031-11-03", known_at="2031-11-03").as_given()
    other = {**act, "known_at": "2031-11-04"}
    assert content_hash(act) != content_hash(other)
    assert fingerprint(act, "x") == fingerprint(other, "x")
    assert fingerprint(act, "x") != fingerprint(act, "y")
    assert item_of(act) == Item("a", id="1")
