"""One transaction a request: all of it or nothing, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from databases import opened, settings_of
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.access.tables import ApiKey, ApiUsage
from app.settings import Settings
from app.store import Store, StoreUnavailable, insert_if_absent, open_store
from app.store import engine as engine_module

NOW = datetime(2031, 11, 3, 12, tzinfo=UTC)


def a_key(key_id: str = "a") -> ApiKey:
    return ApiKey(id=key_id, name="uji", scopes="classify", salt=b"s", digest=b"d", created_at=NOW)


def ids(store: Store) -> list[str]:
    with store.read() as tx:
        return sorted(tx.scalars(select(ApiKey.id)))


def test_what_was_added_is_there_after_the_end(store: Store) -> None:
    with store.begin() as tx:
        tx.add_all([a_key("a"), a_key("b")])
    assert ids(store) == ["a", "b"]


class Stop(Exception):
    pass


def add_and_fail(tx: Session) -> None:
    tx.add(a_key())
    tx.flush()
    raise Stop


def test_an_exception_undoes_all_of_it(store: Store) -> None:
    def fail() -> None:
        with store.begin() as tx:
            add_and_fail(tx)

    with pytest.raises(Stop):
        fail()
    assert ids(store) == []


def test_rows_can_be_used_after_their_transaction(store: Store) -> None:
    with store.begin() as tx:
        key = a_key()
        tx.add(key)
    assert key.name == "uji"


def test_a_reading_transaction_cannot_write(store: Store) -> None:
    with pytest.raises(StoreUnavailable), store.read() as tx:
        tx.execute(text("DELETE FROM api_key"))
    with store.begin() as tx:
        tx.add(a_key())
    assert ids(store) == ["a"]


def test_a_reading_transaction_sees_one_state(store: Store) -> None:
    with store.read() as reading:
        assert list(reading.scalars(select(ApiKey.id))) == []
        with store.begin() as tx:
            tx.add(a_key())
        assert list(reading.scalars(select(ApiKey.id))) == []
    assert ids(store) == ["a"]


@pytest.mark.usefixtures("patient")
def test_writers_wait_for_each_other_and_lose_nothing(store: Store) -> None:
    with store.begin() as tx:
        tx.add(a_key())
        tx.add(ApiUsage(key_id="a", allowance="items", period=1, used=0))

    def count_up(_: int) -> None:
        with store.begin() as tx:
            row = tx.get_one(ApiUsage, ("a", "items", 1), with_for_update=True)
            row.used += 1

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(count_up, range(40)))
    with store.read() as tx:
        assert tx.get_one(ApiUsage, ("a", "items", 1)).used == 40


def test_a_reference_to_nothing_is_refused(store: Store) -> None:
    with pytest.raises(IntegrityError), store.begin() as tx:
        tx.add(ApiUsage(key_id="nobody", allowance="items", period=1, used=0))


def test_what_belongs_to_a_key_goes_with_it(store: Store) -> None:
    with store.begin() as tx:
        tx.add(a_key())
        tx.add(ApiUsage(key_id="a", allowance="items", period=1, used=5))
    with store.begin() as tx:
        tx.delete(tx.get_one(ApiKey, "a"))
    with store.read() as tx:
        assert list(tx.scalars(select(ApiUsage))) == []


def test_an_insert_that_comes_second_changes_nothing(store: Store) -> None:
    row = {"key_id": "a", "allowance": "items", "period": 1}
    with store.begin() as tx:
        tx.add(a_key())
        tx.flush()
        assert insert_if_absent(tx, ApiUsage, **row, used=1)
    with store.begin() as tx:
        assert not insert_if_absent(tx, ApiUsage, **row, used=2)
        assert tx.get_one(ApiUsage, tuple(row.values())).used == 1


def test_work_in_a_thread_is_one_transaction_beside_the_event_loop(store: Store) -> None:
    def add(tx: Session) -> int:
        tx.add(a_key())
        return threading.get_ident()

    async def drive() -> tuple[int, list[str]]:
        ident = await store.write_in_thread(add)
        return ident, await store.read_in_thread(lambda tx: list(tx.scalars(select(ApiKey.id))))

    ident, found = asyncio.run(drive())
    assert ident != threading.get_ident()
    assert found == ["a"]


def test_work_in_a_thread_that_fails_is_undone(store: Store) -> None:
    with pytest.raises(Stop):
        asyncio.run(store.write_in_thread(add_and_fail))
    assert ids(store) == []


def test_many_at_once_never_need_more_connections_than_there_are(store: Store) -> None:
    async def drive() -> list[int]:
        return await asyncio.gather(*(store.read_in_thread(lambda tx: tx.scalar(text("SELECT 1"))) for _ in range(64)))

    assert asyncio.run(drive()) == [1] * 64


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_a_server_that_went_away_and_came_back_is_used_again(store: Store) -> None:
    assert ids(store) == []
    other = "pid <> pg_backend_pid() AND datname = current_database()"
    with store.begin() as tx, store.begin() as second:
        second.execute(text("SELECT 1"))
        tx.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {other}"))
        with pytest.raises(StoreUnavailable), engine_module.plain_errors():
            second.execute(text("SELECT 1"))
        second.rollback()
    with store.begin() as tx:
        tx.add(a_key())
    assert ids(store) == ["a"]


# -- faults of a file ---------------------------------------------------------------------------------------------


@pytest.fixture
def file_settings(tmp_path: Path) -> Settings:
    return settings_of(tmp_path)


def database_file(settings: Settings) -> Path:
    return settings.state_dir / "netra.db"


def test_the_file_and_its_folder_are_for_their_owner_alone(file_settings: Settings) -> None:
    with opened(file_settings) as store:
        with store.begin() as tx:
            tx.add(a_key())
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in file_settings.state_dir.iterdir()}
    assert modes == {"netra.db": 0o600, "netra.db-wal": 0o600, "netra.db-shm": 0o600}
    assert stat.S_IMODE(file_settings.state_dir.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("foreign_keys", 1), ("synchronous", 2), ("busy_timeout", 5000)]
)
def test_every_connection_is_set_up_to_lose_nothing(file_settings: Settings, pragma: str, value: object) -> None:
    with opened(file_settings) as store, store.begin() as tx:
        assert tx.scalar(text(f"PRAGMA {pragma}")) == value


def test_a_file_that_stays_locked_ends_in_a_clear_error(
    file_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "LOCK_SECONDS", 0)
    with opened(file_settings) as store:
        other = sqlite3.connect(database_file(file_settings), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="SQLITE_BUSY"), store.begin() as tx:
            tx.add(a_key())
        assert ids(store) == []  # readers go on
        other.execute("ROLLBACK")
        other.close()
        with store.begin() as tx:
            tx.add(a_key())
        assert ids(store) == ["a"]


def test_a_full_disk_loses_nothing_that_was_there(file_settings: Settings) -> None:
    with opened(file_settings) as store:
        with store.begin() as tx:
            tx.add(a_key("a"))
        with pytest.raises(StoreUnavailable, match="SQLITE_FULL"):
            fill(store)
        assert ids(store) == ["a"]


def fill(store: Store) -> None:
    with store.begin() as tx:
        tx.execute(text("PRAGMA max_page_count = 1"))  # never less than there are
        for number in range(50):
            key = a_key(f"k{number}")
            key.digest = os.urandom(4096)
            tx.add(key)


def test_a_folder_that_cannot_be_made_is_named_by_its_error_only(tmp_path: Path) -> None:
    (tmp_path / "zqx").write_text("")
    with pytest.raises(StoreUnavailable, match="ENOTDIR") as caught:
        open_store(settings_of(tmp_path / "zqx"))
    assert "zqx" not in str(caught.value) + caught.value.english


def test_a_file_that_is_no_database_is_left_as_it_is(file_settings: Settings) -> None:
    file_settings.state_dir.mkdir()
    database_file(file_settings).write_bytes(b"bukan basis data " * 100)
    with pytest.raises(StoreUnavailable, match="SQLITE_NOTADB"):
        open_store(file_settings)
    assert database_file(file_settings).read_bytes().startswith(b"bukan basis data")


VICTIM = """
import sys
from pathlib import Path
from databases import settings_of
from app.store import open_store
from sqlalchemy import text
store = open_store(settings_of(Path(sys.argv[1])))
with store.begin() as tx:
    tx.execute(text("DELETE FROM api_key"))
    print("deleted", flush=True)
    sys.stdin.read()
"""


def test_a_process_killed_in_a_transaction_leaves_the_data_as_it_was(tmp_path: Path) -> None:
    with opened(settings_of(tmp_path)) as store, store.begin() as tx:
        tx.add(a_key())
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen([sys.executable, "-c", VICTIM, str(tmp_path)], env=environment, text=True, **pipes) as victim:
        assert victim.stdout is not None
        assert victim.stdout.readline() == "deleted\n"
        victim.send_signal(signal.SIGKILL)
    with opened(settings_of(tmp_path)) as store:
        assert ids(store) == ["a"]
        with store.begin() as tx:
            assert tx.scalar(text("PRAGMA integrity_check")) == "ok"
            tx.execute(update(ApiKey).values(name="lain"))
