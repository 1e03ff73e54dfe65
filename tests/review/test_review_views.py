"""What a viewer is shown of an item, and what is kept from them."""

from __future__ import annotations

import pytest
from reviewkit import ANNA, BUDI, CITRA, Clock, desk_with, get, judged, queued, say

from app.review.casefile import material
from app.review.decisions import ask_second, steps_for, undo
from app.review.desk import CLI, Desk
from app.review.erasure import forget
from app.review.leases import claim, lease_of
from app.review.settling import is_blind
from app.review.views import EXCERPT, detail_of, excerpt, summary_of
from app.store import Store


@pytest.fixture
def twice(clock: Clock) -> Desk:
    """A desk where every item is read by two."""
    return desk_with(clock, second_percent=100)


def test_only_who_may_become_the_second_reader_is_blind(store: Store, twice: Desk) -> None:
    [item_id] = queued(store, twice, judged())
    assert not any(is_blind(get(store, item_id), who) for who in (ANNA, BUDI))
    say(store, twice, ANNA, item_id, "dukungan")
    assert [is_blind(get(store, item_id), who) for who in (ANNA, BUDI, CITRA)] == [False, True, True]
    say(store, twice, BUDI, item_id, "bukan")
    assert not any(is_blind(get(store, item_id), who) for who in (ANNA, BUDI, CITRA))


def test_who_took_their_decision_back_is_blind_again_to_others(store: Store, twice: Desk) -> None:
    [item_id] = queued(store, twice, judged())
    say(store, twice, ANNA, item_id, "dukungan")
    say(store, twice, BUDI, item_id, "dukungan")
    with store.begin() as tx:
        undo(tx, twice, BUDI, item_id)
    item = get(store, item_id)
    assert item.state == "second"
    assert is_blind(item, BUDI)
    shown = detail_of(twice, item, None, BUDI)
    assert (shown["blind"], shown["decisions"]) == (True, [])
    assert len(detail_of(twice, item, None, ANNA)["decisions"]) == 2


#: Three ways in which an item comes to wait for a second reader: what the first one said, whether two readers are drawn
#: by chance, and whether the first one asked for another.
WAYS = [("ragu", 0, False), ("dukungan", 100, False), ("bukan", 0, True)]


def test_a_second_reader_cannot_tell_why_they_are_one(store: Store, clock: Clock) -> None:
    """Of doubt it would be known what the first one said."""
    shown = []
    for label, percent, asked in WAYS:
        desk = desk_with(clock, second_percent=percent)
        [item_id] = queued(store, desk, judged(f"ayo coblos nomor 2, {label}"))
        with store.begin() as tx:
            if asked:
                ask_second(tx, desk, ANNA, item_id)
        say(store, desk, ANNA, item_id, label)
        item = get(store, item_id)
        with store.read() as tx:
            case = material(tx, desk, item_id, BUDI)
        seen = detail_of(desk, item, None, BUDI)
        told = {name: seen[name] for name in ("state", "outcome", "second", "blind", "decisions")}
        shown.append((told, steps_for(item, None, BUDI), case["review"], [row["action"] for row in case["audit"]]))
    assert shown[0][0] == {"state": "second", "outcome": None, "second": True, "blind": True, "decisions": []}
    assert shown[0][3] == ["queue"]
    assert shown[1:] == shown[:-1]


def test_the_log_in_a_case_file_is_whole_for_whoever_is_not_blind(store: Store, clock: Clock) -> None:
    desk = desk_with(clock)
    [item_id] = queued(store, desk, judged())
    say(store, desk, ANNA, item_id, "ragu")
    with store.begin() as tx:
        undo(tx, desk, ANNA, item_id)
        ask_second(tx, desk, ANNA, item_id)
    say(store, desk, ANNA, item_id, "bukan")
    with store.read() as tx:
        rows = {who: [row["action"] for row in material(tx, desk, item_id, who)["audit"]] for who in (ANNA, BUDI, CLI)}
    assert rows == {who: ["queue", "decide", "undo", "second", "decide"] for who in (ANNA, CLI)} | {BUDI: ["queue"]}


def test_a_skip_makes_nobody_the_first_reader(store: Store, twice: Desk) -> None:
    [item_id] = queued(store, twice, judged())
    say(store, twice, BUDI, item_id, "lewati", None)
    say(store, twice, ANNA, item_id, "dukungan")
    assert is_blind(get(store, item_id), BUDI)


def test_who_holds_an_item(store: Store, desk: Desk, clock: Clock) -> None:
    [item_id] = queued(store, desk, judged())
    with store.begin() as tx:
        claim(tx, desk, ANNA)
    with store.read() as tx:
        item, lease = get(store, item_id), lease_of(tx, desk, item_id)
    assert [summary_of(desk, item, lease, who)["held"] for who in (ANNA, BUDI)] == ["me", "other"]
    assert summary_of(desk, item, None, ANNA)["held"] == "nobody"
    assert detail_of(desk, item, lease, ANNA)["held_until"] == (clock.now + desk.lease).isoformat()
    assert ANNA not in str(detail_of(desk, item, lease, BUDI))


def test_days_run_down_and_go_on_below_zero(store: Store, desk: Desk, clock: Clock) -> None:
    [item_id] = queued(store, desk, judged())
    item = get(store, item_id)
    left = []
    for _ in range(3):
        left.append(summary_of(desk, item, None, ANNA)["days_left"])
        clock.forward(days=4)
    assert left == [7, 3, -1]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"text": "ayo\n\tcoblos   2"}, "ayo coblos 2"),
        ({"text": " \n", "action": "like", "target_text": "coblos dua"}, "coblos dua"),
        ({"text": "", "media_text": "COBLOS"}, "COBLOS"),
        ({"text": "coblos " + "x" * EXCERPT}, "coblos " + "x" * (EXCERPT - 8) + "…"),
        ({"text": "coblos " + "x" * (EXCERPT - 7)}, "coblos " + "x" * (EXCERPT - 7)),
    ],
)
def test_excerpts_are_one_short_line(store: Store, desk: Desk, given: dict[str, str], expected: str) -> None:
    [item_id] = queued(store, desk, judged(**given))  # type: ignore[arg-type]
    found = excerpt(get(store, item_id))
    assert found == expected
    assert len(found) <= EXCERPT


def test_nothing_of_an_erased_act_is_shown(store: Store, desk: Desk) -> None:
    [item_id] = queued(store, desk, judged("coblos kata-uji", author="penulis-uji", platform="x"))
    say(store, desk, ANNA, item_id, "dukungan", "alasan-uji yang jelas")
    with store.begin() as tx:
        forget(tx, desk, CLI, "penulis-uji")
    shown = detail_of(desk, get(store, item_id), None, ANNA)
    assert not [word for word in ("kata-uji", "penulis-uji", "alasan-uji") if word in str(shown)]
    assert (shown["act"], shown["author"], shown["excerpt"], shown["content_hash"]) == (None, None, None, None)
    assert (shown["outcome"], shown["platform"], shown["score"]) == ("dukungan", "x", 0.9)
    assert shown["decisions"][0]["label"] == "dukungan"
