"""Keys: shown once, stored as salted hashes, ended for good."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from pathlib import Path

import pytest
from databases import opened, settings_of
from hypothesis import given
from hypothesis import strategies as st

from app.access import keys
from app.access.keys import REMEMBERED, all_keys, create_key, known_keys, parts_of, revoke_key
from app.access.scopes import SCOPES
from app.access.tables import ApiKey
from app.store import Store

NOW = datetime(2031, 11, 3, 12, tzinfo=UTC)
FORM = re.compile("netra_[a-z0-9]{8}_[A-Za-z0-9]{43}")


def made(store: Store, **given: object) -> str:
    with store.begin() as tx:
        return create_key(tx, "uji", ["classify"], now=NOW, **given)  # type: ignore[arg-type]


def known(store: Store, now: datetime = NOW) -> dict[str, keys.KnownKey]:
    with store.read() as tx:
        return known_keys(tx, now)


def test_a_key_has_its_form_and_is_never_made_twice(store: Store) -> None:
    found = {made(store) for _ in range(20)}
    assert len({key.split("_")[2] for key in found}) == 20
    assert all(FORM.fullmatch(key) for key in found)


def test_only_its_own_secret_opens_a_key(store: Store) -> None:
    first, second = made(store), made(store)
    rows = known(store)
    (first_id, first_secret), (second_id, second_secret) = first.split("_")[1:], second.split("_")[1:]
    assert rows[first_id].matches(first_secret)
    assert rows[second_id].matches(second_secret)
    assert not rows[first_id].matches(second_secret)
    assert not rows[first_id].matches(first_secret[:-1])
    assert not rows[first_id].matches(first_secret + "a")
    assert not rows[first_id].matches("")


def test_nothing_of_the_secret_is_in_the_database_file(tmp_path: Path) -> None:
    with opened(settings_of(tmp_path)) as store:
        secret = made(store).split("_")[2]
        kept = b"".join(path.read_bytes() for path in (tmp_path / "state").iterdir())
    assert b"classify" in kept
    for part in (secret, secret[:16], secret[16:32]):
        assert part.encode() not in kept


def test_the_same_secret_would_be_stored_differently_each_time(store: Store) -> None:
    made(store)
    made(store)
    with store.read() as tx:
        first, second = all_keys(tx)
    assert first.salt != second.salt
    assert len(first.salt) == 16
    assert keys.digest_of(first.salt, "rahasia") != keys.digest_of(second.salt, "rahasia")


def test_secrets_are_compared_in_constant_time(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    key_id, secret = made(store).split("_")[1:]
    [row] = known(store).values()
    compared: list[tuple[bytes, bytes]] = []

    def compare(a: bytes, b: bytes) -> bool:
        compared.append((a, b))
        return compare_digest(a, b)

    monkeypatch.setattr(keys.hmac, "compare_digest", compare)
    assert [row.matches(secret), row.matches("x" * 43)] == [True, False]
    assert [len(a) for a, _ in compared] == [32, 32]
    assert row.caller.key_id == key_id


@given(text=st.text(max_size=80) | st.from_regex(FORM, fullmatch=True))
def test_what_has_the_form_of_a_key_is_taken_apart_and_nothing_else(text: str) -> None:
    assert parts_of(text) == (tuple(text.split("_")[1:]) if FORM.fullmatch(text) else None)


@pytest.mark.parametrize(
    "text", ["netra_abcdefgh_" + "a" * 43 + "\n", " netra_abcdefgh_" + "a" * 43, "netra_abcdefgh_" + "é" * 43]
)
def test_almost_a_key_is_none(text: str) -> None:
    assert parts_of(text) is None


def test_a_key_carries_its_scopes_name_and_limits(store: Store) -> None:
    with store.begin() as tx:
        key = create_key(tx, "Tim uji", ["review", "classify"], requests_per_minute=7, items_per_day=0)
    caller = known(store)[key.split("_")[1]].caller
    assert caller.scopes == {"classify", "review"}
    assert (caller.name, caller.requests_per_minute, caller.items_per_day) == ("Tim uji", 7, 0)


def test_a_scope_that_is_no_longer_known_opens_nothing(store: Store) -> None:
    key_id = made(store).split("_")[1]
    with store.begin() as tx:
        tx.get_one(ApiKey, key_id).scopes = "classify,superuser,"
    assert known(store)[key_id].caller.scopes == {"classify"}


@pytest.mark.parametrize(("days", "ends"), [(None, float("inf")), (1, (NOW + timedelta(days=1)).timestamp())])
def test_a_key_ends_when_it_was_said_to(store: Store, days: float | None, ends: float) -> None:
    made(store, days=days)
    assert [row.expires_at for row in known(store).values()] == [ends]


def test_revoking_is_for_good_and_keeps_its_first_time(store: Store) -> None:
    key_id = made(store).split("_")[1]
    with store.begin() as tx:
        assert revoke_key(tx, key_id, NOW)
        assert revoke_key(tx, key_id, NOW + timedelta(days=1))
    assert known(store)[key_id].revoked
    with store.read() as tx:
        assert [row.revoked_at for row in all_keys(tx)] == [NOW]


def test_what_is_not_there_cannot_be_revoked(store: Store) -> None:
    with store.begin() as tx:
        assert not revoke_key(tx, "abcdefgh")


def test_a_key_that_ended_long_ago_is_forgotten_but_listed(store: Store) -> None:
    expired, revoked = made(store, days=1), made(store)
    with store.begin() as tx:
        revoke_key(tx, revoked.split("_")[1], NOW)
    assert len(known(store, NOW + REMEMBERED - timedelta(hours=1))) == 2
    assert known(store, NOW + REMEMBERED + timedelta(days=2)) == {}
    with store.read() as tx:
        assert {row.id for row in all_keys(tx)} == {expired.split("_")[1], revoked.split("_")[1]}


def test_the_list_of_scopes_is_the_documented_one() -> None:
    assert SCOPES == ("classify", "review", "admin", "metrics")
