"""What is erased is gone from every table; figures and the log stay."""

from __future__ import annotations

import pytest
from databases import STRONG
from reviewkit import ANNA, START, Clock, get, judged, numbered, queued, say
from sqlalchemy import text

from app.access.secret import Secrets
from app.review.desk import CLI, Desk
from app.review.erasure import due, forget, purge, retention_ends
from app.review.filters import Filters
from app.review.labels import label_rows
from app.review.leases import claim
from app.review.listing import list_items
from app.review.problems import ItemErased
from app.review.stats import backlog, by, precision
from app.review.tables import ReviewItem
from app.review.verify import verify
from app.store import Store

TABLES = ("review_item", "review_decision", "review_lease", "audit_row", "audit_head")
WORDS = ("kata-uji", "sasaran-uji", "gambar-uji", "alasan-uji", "penulis-uji", "akun-uji", "id-uji")


def dump(store: Store) -> str:
    with store.read() as tx:
        rows = [tx.execute(text(f"SELECT * FROM {name}")).mappings().all() for name in TABLES]
    return str([dict(row) for found in rows for row in found])


def full(store: Store, desk: Desk) -> str:
    """An item with words wherever there can be some."""
    act = judged(
        "coblos kata-uji Gendis Wulandanti",
        action="comment",
        target_text="sasaran-uji",
        media_text="gambar-uji",
        parent_author="akun-uji",
        id="id-uji",
        author="penulis-uji",
    )
    [item_id] = queued(store, desk, act)
    say(store, desk, ANNA, item_id, "dukungan", "alasan-uji yang jelas")
    return item_id


def is_bare(item: ReviewItem) -> bool:
    empty = (item.act, item.author, item.parent, item.content_hash, item.fingerprint)
    return item.state == "erased" and not any(empty) and item.verdict["evidence"] == item.verdict["entities"] == []


def test_forgetting_takes_words_and_leaves_figures(store: Store, desk: Desk) -> None:
    item_id = full(store, desk)
    before = dump(store)
    hashes = [value for value in (get(store, item_id).content_hash, get(store, item_id).author) if value]
    assert all(word in before for word in ("kata-uji", "alasan-uji", "Wulandanti", *hashes))
    with store.begin() as tx:
        assert forget(tx, desk, CLI, "penulis-uji") == 1
    after = dump(store)
    assert not [word for word in (*WORDS, "Wulandanti", "coblos", *hashes) if word in after]
    item = get(store, item_id)
    assert is_bare(item)
    assert (item.band, item.score, item.kind, item.outcome) == ("flag", 0.9, "vote_call", "dukungan")
    assert [(made.label, made.reviewer) for made in item.decisions] == [("dukungan", ANNA)]
    with store.read() as tx:
        assert verify(tx, desk.secrets).whole
        assert precision(tx)["0"].hits == 1
        assert by(tx, "action") == {"comment": 1}
        assert list(label_rows(tx, desk)) == []


def test_others_are_not_forgotten(store: Store, desk: Desk) -> None:
    mine, other, nobody = queued(
        store, desk, judged("coblos 1", author="uji-1"), judged("coblos 2", author="uji-2"), judged("coblos 3")
    )
    with store.begin() as tx:
        assert forget(tx, desk, CLI, "uji-1") == 1
        assert forget(tx, desk, CLI, "uji-1") == 0
        assert forget(tx, desk, CLI, "uji") == 0
    assert is_bare(get(store, mine))
    assert not is_bare(get(store, other))
    assert not is_bare(get(store, nobody))
    with store.begin() as tx, pytest.raises(ValueError, match="empty"):
        forget(tx, desk, CLI, "")


def test_what_was_done_to_the_words_of_somebody_is_forgotten_too(store: Store, desk: Desk) -> None:
    [item_id] = queued(store, desk, judged("coblos", action="comment", target_text="isi", parent_author="uji-9"))
    with store.begin() as tx:
        assert forget(tx, desk, CLI, "uji-9") == 1
    assert is_bare(get(store, item_id))


def test_a_person_is_found_after_the_secret_changed(store: Store, desk: Desk, clock: Clock) -> None:
    old = STRONG.encode()
    rotated = Desk(Secrets(b"Hy6tGf4rEd2wSq1aZx9cVb8nMm7kLp3o", (old,)), now=clock, second_percent=0)
    first = queued(store, desk, judged("coblos 1", author="uji-1"))
    second = queued(store, rotated, judged("coblos 2", author="uji-1"))
    with store.begin() as tx:
        assert forget(tx, rotated, CLI, "uji-1") == 2
    assert all(is_bare(get(store, item_id)) for item_id in (*first, *second))


def test_an_act_seen_again_after_it_was_forgotten_is_a_new_item(store: Store, desk: Desk) -> None:
    [first] = queued(store, desk, judged(author="uji-1"))
    with store.begin() as tx:
        forget(tx, desk, CLI, "uji-1")
    [second] = queued(store, desk, judged(author="uji-1"))
    assert first != second


def test_retention_counts_from_the_last_time_anybody_touched_an_item(store: Store, desk: Desk, clock: Clock) -> None:
    old, decided = queued(store, desk, *numbered(2))
    clock.forward(days=20)
    say(store, desk, ANNA, decided, "bukan")
    [new] = queued(store, desk, judged("coblos baru"))
    clock.forward(days=11)
    before = retention_ends(desk, 30)
    with store.begin() as tx:
        assert due(tx, before) == 1
        assert purge(tx, desk, CLI, before) == 1
        assert due(tx, before) == purge(tx, desk, CLI, before) == 0
    assert [is_bare(get(store, item)) for item in (old, decided, new)] == [True, False, False]
    assert (get(store, old).queued_at, get(store, old).outcome) == (START, None)


def test_much_is_purged_bit_by_bit(store: Store, desk: Desk, clock: Clock) -> None:
    queued(store, desk, *numbered(5))
    clock.forward(days=1)
    done = []
    for _ in range(4):
        with store.begin() as tx:
            done.append(purge(tx, desk, CLI, clock.now, limit=2))
    assert done == [2, 2, 1, 0]
    with store.read() as tx:
        assert backlog(tx)["erased"] == 5


def test_what_is_erased_is_in_nobodys_queue(store: Store, desk: Desk, clock: Clock) -> None:
    [item_id] = queued(store, desk, judged())
    with store.begin() as tx:
        claim(tx, desk, ANNA)
    clock.forward(seconds=1)
    with store.begin() as tx:
        purge(tx, desk, CLI, clock.now)
    with store.begin() as tx:
        assert claim(tx, desk, ANNA) is None
        assert list_items(tx, Filters(state="open")).items == []
    with pytest.raises(ItemErased):
        say(store, desk, ANNA, item_id, "bukan")
    assert "review_lease" in TABLES
    with store.read() as tx:
        assert tx.execute(text("SELECT * FROM review_lease")).all() == []
