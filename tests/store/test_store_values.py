"""Addresses, times and messages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from databases import settings_of
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.exc import StatementError

from app.access.tables import ApiKey
from app.store import BadStoreUrl, Store, StoreError, StoreUnavailable, open_store
from app.store.engine import parse_url
from app.store.errors import slug_of
from app.store.opening import is_local, store_url

GOOD = [
    ("sqlite:///state/netra.db", "sqlite", True),
    ("sqlite:////srv/netra.db", "sqlite", True),
    ("sqlite+pysqlite:////srv/netra.db", "sqlite+pysqlite", True),
    ("postgresql://netra:zqx@db.example/netra", "postgresql+psycopg", False),
    ("postgres://netra@db.example/netra", "postgresql+psycopg", False),
    ("postgresql+psycopg:///netra?host=/run/postgresql", "postgresql+psycopg", False),
]


@pytest.mark.parametrize(("text", "driver", "local"), GOOD)
def test_an_address_names_a_file_or_a_server(text: str, driver: str, local: bool) -> None:
    url = parse_url(text)
    assert (url.drivername, is_local(url)) == (driver, local)


BAD = [
    "",
    "zqx",
    "zqx://a",
    "mysql://zqx@h/d",
    "sqlite://",
    "sqlite:///:memory:",
    "postgresql+zqx://h/d",
    "sqlite+zqx:///a",
]


@pytest.mark.parametrize("text", BAD)
def test_any_other_address_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(BadStoreUrl) as caught:
        parse_url(text)
    assert "zqx" not in str(caught.value) + caught.value.english
    assert caught.value.__cause__ is None


def test_without_an_address_the_store_is_a_file_in_the_state_folder(tmp_path: Path) -> None:
    url = store_url(settings_of(tmp_path))
    assert url.database == str(tmp_path / "state" / "netra.db")


def test_a_server_that_does_not_answer_is_said_without_its_address(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable) as caught:
        open_store(settings_of(tmp_path, f"postgresql://zqx:zqx@/zqx?host={tmp_path}/zqx"))
    assert "zqx" not in str(caught.value) + caught.value.english
    assert caught.value.__suppress_context__


def all_errors(root: type[StoreError] = StoreError) -> list[type[StoreError]]:
    return [root, *(error for kind in root.__subclasses__() for error in all_errors(kind))]


@pytest.mark.parametrize("kind", all_errors())
def test_every_error_speaks_both_languages(kind: type[StoreError]) -> None:
    error = kind(found="0001", needed="0002", cause="SQLITE_BUSY")
    assert str(error) != error.english
    assert "{" not in str(error) + error.english
    assert slug_of(error) == kind.slug


def test_other_errors_are_named_without_their_message() -> None:
    assert slug_of(ValueError("zqx")) == "ValueError"


MOMENTS = st.datetimes(
    datetime(1990, 1, 1),
    datetime(2100, 1, 1),
    timezones=st.integers(-720, 720).map(lambda m: timezone(timedelta(minutes=m))),
)


@hypothesis_settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moment=MOMENTS)
def test_a_moment_comes_back_as_it_was(store: Store, moment: datetime) -> None:
    with store.begin() as tx:
        tx.execute(delete(ApiKey))
        tx.add(ApiKey(id="a", name="uji", scopes="", salt=b"s", digest=b"d", created_at=moment))
    with store.read() as tx:
        found = tx.get_one(ApiKey, "a")
    assert found.created_at == moment
    assert found.created_at.tzinfo is UTC
    assert found.expires_at is None


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(StatementError, match="without its zone"), store.begin() as tx:
        tx.add(ApiKey(id="a", name="uji", scopes="", salt=b"s", digest=b"d", created_at=datetime(2031, 1, 1)))
