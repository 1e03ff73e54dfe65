"""The log shows whatever was done to it, and to what it tells of."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from databases import STRONG
from reviewkit import ANNA, BUDI, MACHINE, Clock, desk_with, judged, numbered, queued, say, tamper
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from app.access.secret import Secrets
from app.review.audit import GENESIS, Anchor, Entry, anchor, digest, hash_of, keys_of, last_rows, record
from app.review.decisions import undo
from app.review.desk import CLI, Desk
from app.review.erasure import forget
from app.review.tables import AuditRow, ReviewItem
from app.review.verify import Verification, verify
from app.store import Store, StoreError

OTHER = "Hy6tGf4rEd2wSq1aZx9cVb8nMm7kLp3o"


def check(store: Store, desk: Desk, *anchors: Anchor) -> Verification:
    with store.read() as tx:
        return verify(tx, desk.secrets, anchors)


def faults(store: Store, desk: Desk, *anchors: Anchor) -> set[tuple[str, int | None]]:
    return {(fault.kind, fault.sequence) for fault in check(store, desk, *anchors).faults}


@pytest.fixture
def five(store: Store, desk: Desk) -> list[str]:
    """Ids of three items, with five rows in the log."""
    ids = queued(store, desk, *numbered(3))
    say(store, desk, ANNA, ids[0], "dukungan")
    say(store, desk, BUDI, ids[1], "bukan")
    return ids


def test_an_empty_log_is_whole(store: Store, desk: Desk) -> None:
    found = check(store, desk)
    assert (found.rows, found.head, found.faults, found.whole) == (0, Anchor(0, GENESIS), (), True)


def test_what_was_done_is_there_in_order_and_whole(store: Store, desk: Desk, clock: Clock, five: list[str]) -> None:
    found = check(store, desk)
    assert found.whole
    assert found.rows == 5
    with store.read() as tx:
        rows = list(tx.scalars(select(AuditRow).order_by(AuditRow.sequence)))
        assert anchor(tx) == found.head == Anchor(5, rows[-1].hash)
        assert [row.sequence for row in last_rows(tx, 2)] == [5, 4]
        assert [row.sequence for row in last_rows(tx, 2, before=4)] == [3, 2]
    assert [row.action for row in rows] == ["queue", "queue", "queue", "decide", "decide"]
    assert [row.previous for row in rows] == [GENESIS, *(row.hash for row in rows[:-1])]
    assert {row.actor for row in rows} == {desk.reviewer(who) for who in (MACHINE, ANNA, BUDI)}
    assert rows[0].at == clock.now


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor", "'lain'"),
        ("action", "'undo'"),
        ("item_id", "NULL"),
        ("item_id", "'0000000000000000'"),
        ("details", f"'{'0' * 64}'"),
        ("at", "'2031-11-03 12:00:00.123457+00:00'"),
        ("previous", f"'{'0' * 64}'"),
        ("hash", f"'{'0' * 64}'"),
        ("hash", "'é'"),
        ("key", "'abcdef'"),
    ],
)
def test_a_changed_row_shows(store: Store, desk: Desk, five: list[str], column: str, value: str) -> None:
    tamper(store, f"UPDATE audit_row SET {column} = {value} WHERE sequence = 3")
    expected = {"key": "unknown_key"}.get(column, "altered")
    assert (expected, 3) in faults(store, desk)


def test_a_row_taken_out_shows(store: Store, desk: Desk, five: list[str]) -> None:
    tamper(store, "DELETE FROM audit_row WHERE sequence = 2")
    assert ("missing", 3) in faults(store, desk)


def test_rows_moved_together_after_one_was_taken_out_show(store: Store, desk: Desk, five: list[str]) -> None:
    tamper(
        store,
        "DELETE FROM audit_row WHERE sequence = 2",
        "UPDATE audit_row SET sequence = 2 WHERE sequence = 3",
        "UPDATE audit_row SET sequence = 3 WHERE sequence = 4",
        "UPDATE audit_row SET sequence = 4 WHERE sequence = 5",
        "UPDATE audit_head SET sequence = 4",
    )
    found = faults(store, desk)
    assert {("altered", 2), ("altered", 3), ("altered", 4), ("head", 4)} <= found


def test_the_first_row_taken_out_shows(store: Store, desk: Desk, five: list[str]) -> None:
    tamper(store, "DELETE FROM audit_row WHERE sequence = 1")
    assert ("missing", 2) in faults(store, desk)


@pytest.mark.parametrize("head_too", [False, True])
def test_rows_cut_off_the_end_show(store: Store, desk: Desk, five: list[str], head_too: bool) -> None:
    with store.read() as tx:
        kept = tx.get_one(AuditRow, 3).hash
    tamper(store, "DELETE FROM audit_row WHERE sequence > 3")
    assert ("cut_off", 5) in faults(store, desk)
    if head_too:
        tamper(store, "UPDATE audit_head SET sequence = 3, hash = :hash", hash=kept)
        assert ("head", 3) in faults(store, desk)


def test_a_log_emptied_altogether_shows(store: Store, desk: Desk, five: list[str]) -> None:
    tamper(store, "DELETE FROM audit_row", "DELETE FROM audit_head")
    assert {fault.kind for fault in check(store, desk).faults} == {"item", "decision"}


def test_a_missing_head_shows(store: Store, desk: Desk, five: list[str]) -> None:
    tamper(store, "DELETE FROM audit_head")
    assert faults(store, desk) == {("head", None)}


def test_rows_in_another_order_show(store: Store, desk: Desk, five: list[str]) -> None:
    tamper(
        store,
        "UPDATE audit_row SET sequence = 99 WHERE sequence = 2",
        "UPDATE audit_row SET sequence = 2 WHERE sequence = 3",
        "UPDATE audit_row SET sequence = 3 WHERE sequence = 99",
    )
    assert {("altered", 2), ("altered", 3), ("broken_link", 2), ("broken_link", 3)} <= faults(store, desk)


def test_a_row_added_without_the_secret_shows(store: Store, desk: Desk, clock: Clock, five: list[str]) -> None:
    """The forger knows everything but the secret: the code, the last row and how hashes are made."""
    forger = Desk(Secrets(OTHER.encode()), now=clock)
    with store.begin() as tx:
        record(tx, forger, Entry(ANNA, "decide", five[2], {"label": "dukungan"}))
    found = faults(store, desk)
    assert ("unknown_key", 6) in found
    assert ("head", 6) in found
    [genuine] = keys_of(desk.secrets)
    tamper(store, "UPDATE audit_row SET key = :key WHERE sequence = 6", "UPDATE audit_head SET key = :key", key=genuine)
    assert {("altered", 6), ("head", 6)} <= faults(store, desk)


def test_a_copy_of_an_old_row_added_shows(store: Store, desk: Desk, five: list[str]) -> None:
    columns = "at, actor, action, item_id, details, key, previous, hash"
    tamper(store, f"INSERT INTO audit_row (sequence, {columns}) SELECT 6, {columns} FROM audit_row WHERE sequence = 5")
    assert {("altered", 6), ("broken_link", 6), ("head", 5)} <= faults(store, desk)


def test_an_old_copy_put_back_shows_against_an_anchor(store: Store, desk: Desk, five: list[str]) -> None:
    with store.read() as tx:
        third = tx.get_one(AuditRow, 3)
        before = Anchor(third.sequence, third.hash)
    now = check(store, desk).head
    assert check(store, desk, before, now, Anchor(0, GENESIS)).whole
    assert faults(store, desk, Anchor(5, before.hash)) == {("anchor", 5)}
    assert faults(store, desk, Anchor(6, now.hash)) == {("anchor", 6)}


ITEM_CHANGES = [
    "UPDATE review_item SET score = 0.1 WHERE id = :id",
    "UPDATE review_item SET band = 'review' WHERE id = :id",
    "UPDATE review_item SET act = '{}' WHERE id = :id",
    "UPDATE review_item SET act = 'x' WHERE id = :id",
    "UPDATE review_item SET verdict = '[]' WHERE id = :id",
    "UPDATE review_item SET content_hash = NULL WHERE id = :id",
    "UPDATE review_item SET verdict = '{}' WHERE id = :id",
    "UPDATE review_item SET model_version = '9' WHERE id = :id",
    "UPDATE review_item SET author = 'x' WHERE id = :id",
    "UPDATE review_item SET policy_version = 'x' WHERE id = :id",
    "UPDATE review_item SET known_at = '2031-12-24 00:00:00+00:00' WHERE id = :id",
    "DELETE FROM review_item WHERE id = :id",
]
DECISION_CHANGES = [
    "UPDATE review_decision SET label = 'bukan' WHERE item_id = :id",
    "UPDATE review_decision SET reviewer = 'lain' WHERE item_id = :id",
    "UPDATE review_decision SET reason = 'lain sama sekali' WHERE item_id = :id",
    "UPDATE review_decision SET reason_digest = NULL WHERE item_id = :id",
    "UPDATE review_decision SET reason = NULL WHERE item_id = :id",
    "UPDATE review_decision SET decided_at = '2031-11-01 12:00:00+00:00' WHERE item_id = :id",
    "UPDATE review_decision SET undone_at = decided_at, undone_by = reviewer WHERE item_id = :id",
    "DELETE FROM review_decision WHERE item_id = :id",
    "UPDATE review_item SET outcome = 'bukan' WHERE id = :id",
    "UPDATE review_item SET state = 'open' WHERE id = :id",
    "UPDATE review_item SET waiting = (1 = 1) WHERE id = :id",
]


@pytest.mark.parametrize(
    ("statement", "kind"), [(s, "item") for s in ITEM_CHANGES] + [(s, "decision") for s in DECISION_CHANGES]
)
def test_a_change_of_what_the_log_tells_of_shows(
    store: Store, desk: Desk, five: list[str], statement: str, kind: str
) -> None:
    tamper(store, statement, id=five[0])
    found = check(store, desk)
    assert {(fault.kind, fault.item_id) for fault in found.faults} == {(kind, five[0])}


def test_rules_that_were_rewritten_show(store: Store, desk: Desk, five: list[str]) -> None:
    tamper(store, "UPDATE review_policy SET content = '{}'")
    assert {(fault.kind, fault.item_id) for fault in check(store, desk).faults} == {("item", item) for item in five}


def test_an_item_that_nobody_queued_shows(store: Store, desk: Desk, five: list[str]) -> None:
    with store.begin() as tx:
        names = ", ".join(column.name for column in ReviewItem.__table__.columns)
        changed = names.replace("id,", "'ffffffffffffffff',", 1).replace("fingerprint", "'x'")
        tx.execute(
            text(f"INSERT INTO review_item ({names}) SELECT {changed} FROM review_item WHERE id = :id"), {"id": five[2]}
        )
    assert {(fault.kind, fault.item_id) for fault in check(store, desk).faults} == {("item", "f" * 16)}


def test_an_item_that_was_made_to_look_erased_shows(store: Store, desk: Desk, five: list[str]) -> None:
    gone = "act = NULL, author = NULL, content_hash = NULL, fingerprint = NULL"
    tamper(store, f"UPDATE review_item SET state = 'erased', waiting = (1 = 0), {gone} WHERE id = :id", id=five[2])
    assert {(fault.kind, fault.item_id) for fault in check(store, desk).faults} == {("item", five[2])}


@pytest.mark.parametrize("statement", ["UPDATE audit_row SET at = 'x'", "UPDATE review_item SET known_at = 'x'"])
def test_a_value_that_cannot_be_read_is_a_fault_and_no_crash(
    store: Store, desk: Desk, five: list[str], statement: str
) -> None:
    if store.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL keeps to the types of its columns")
    tamper(store, statement)
    assert ("unreadable", None) in faults(store, desk)


def test_another_time_of_taking_back_shows(store: Store, desk: Desk, clock: Clock) -> None:
    [item_id] = queued(store, desk, judged())
    say(store, desk, ANNA, item_id, "dukungan")
    clock.forward(days=2)
    with store.begin() as tx:
        undo(tx, desk, ANNA, item_id)
    assert check(store, desk).whole
    tamper(store, "UPDATE review_decision SET undone_at = decided_at WHERE item_id = :id", id=item_id)
    assert [(fault.kind, fault.item_id) for fault in check(store, desk).faults] == [("decision", item_id)]


def test_a_step_that_waited_for_a_lock_is_of_the_time_of_its_row(store: Store, clock: Clock) -> None:
    def slow() -> datetime:
        clock.forward(seconds=20)
        return clock.now

    patient = desk_with(slow)
    [item_id] = queued(store, patient, judged())
    say(store, patient, ANNA, item_id, "dukungan")
    assert check(store, patient).whole


def test_undoing_and_erasing_leave_it_whole(store: Store, desk: Desk) -> None:
    [item_id] = queued(store, desk, judged(author="uji-1"))
    say(store, desk, ANNA, item_id, "dukungan")
    with store.begin() as tx:
        undo(tx, desk, ANNA, item_id)
    say(store, desk, ANNA, item_id, "bukan")
    assert check(store, desk).whole
    with store.begin() as tx:
        forget(tx, desk, CLI, "uji-1")
    assert check(store, desk).whole


@pytest.mark.parametrize("statement", ["UPDATE audit_row SET actor = 'x'", "DELETE FROM audit_row"])
def test_the_database_itself_refuses_changes(store: Store, desk: Desk, five: list[str], statement: str) -> None:
    with pytest.raises((SQLAlchemyError, StoreError)), store.begin() as tx:
        tx.execute(text(statement))
    assert check(store, desk).whole


def test_rows_of_a_former_secret_stay_genuine(store: Store, desk: Desk, clock: Clock, five: list[str]) -> None:
    rotated = Desk(Secrets(OTHER.encode(), (STRONG.encode(),)), now=clock)
    say(store, rotated, ANNA, five[2], "bukan")
    assert check(store, rotated).whole
    dropped = Desk(Secrets(OTHER.encode()), now=clock)
    found = faults(store, dropped)
    assert {("unknown_key", sequence) for sequence in range(1, 6)} <= found
    assert not {kind for kind, sequence in found if sequence == 6}


@pytest.mark.usefixtures("patient")
def test_many_who_write_at_once_make_one_chain(store: Store, desk: Desk) -> None:
    def work(turn: int) -> None:
        with store.begin() as tx:
            record(tx, desk, *(Entry(MACHINE, "sample", None, [turn, k]) for k in range(3)))

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(work, range(12)))
    found = check(store, desk)
    assert (found.rows, found.whole) == (36, True)


def test_nothing_is_logged_of_what_did_not_happen(store: Store, desk: Desk, five: list[str]) -> None:
    class Stop(Exception):
        pass

    def fail() -> None:
        with store.begin() as tx:
            record(tx, desk, Entry(MACHINE, "sample", None, None))
            raise Stop

    with pytest.raises(Stop):
        fail()
    found = check(store, desk)
    assert (found.rows, found.whole) == (5, True)


def test_the_log_holds_no_words_and_no_names(store: Store, desk: Desk) -> None:
    [item_id] = queued(store, desk, judged("coblos rahasia-uji", author="penulis-uji"))
    say(store, desk, ANNA, item_id, "dukungan", "alasan-uji yang jelas")
    with store.read() as tx:
        dump = str([dict(row) for row in tx.execute(text("SELECT * FROM audit_row")).mappings()])
    assert item_id in dump
    for word in ("rahasia-uji", "penulis-uji", "alasan-uji", ANNA, "dukungan", MACHINE):
        assert word not in dump


def test_a_digest_tells_nothing_without_the_key(desk: Desk) -> None:
    ours, theirs = keys_of(desk.secrets), keys_of(Secrets(OTHER.encode()))
    assert digest(*ours.values(), "dukungan") != digest(*theirs.values(), "dukungan")
    assert digest(*ours.values(), "dukungan") == digest(*ours.values(), "dukungan")


def test_details_and_hashes_of_rows_are_kept_apart(store: Store, desk: Desk, five: list[str]) -> None:
    """A digest of details can never pass for the hash of a row."""
    [key] = keys_of(desk.secrets).values()
    with store.read() as tx:
        row = tx.get_one(AuditRow, 1)
    content = [row.sequence, row.at.isoformat(), row.actor, row.action, row.item_id, row.details, row.key, row.previous]
    assert digest(key, content) != hash_of(key, row)
