"""The tables that the migrations make are the ones the classes describe, and getting there loses nothing."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from databases import KINDS, database, opened, settings_of
from sqlalchemy import Connection, Engine, inspect, text

from app.access.tables import ApiKey, ApiUsage
from app.settings import Settings
from app.store import Base, StoreAhead, StoreBehind, StoreError, migrate, open_store
from app.store.draft import draft
from app.store.engine import make_engine
from app.store.opening import store_url
from app.store.schema import TABLE_MODULES, metadata

APP = Path(migrate.__file__).parents[1]
NOW = datetime(2031, 11, 3, 12, tzinfo=UTC)


@pytest.fixture(params=KINDS)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    with database(request.param, tmp_path, empty=True) as found:
        found.state_dir.mkdir(exist_ok=True)
        yield found


@pytest.fixture
def more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the migrations, to which a test may add."""
    copy = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migrate, "MIGRATIONS", copy)
    return copy / "versions"


def add(folder: Path, body: str) -> None:
    """Write the next migration, whose ``upgrade`` is ``body``."""
    last = migrate.versions()[-1]
    number = f"{int(last) + 1:04d}"
    head = f'import sqlalchemy as sa\nfrom alembic import op\nrevision, down_revision = "{number}", "{last}"\n'
    (folder / f"{number}_more.py").write_text(f"{head}\n\ndef upgrade():\n    {body}\n")


@contextmanager
def connected(settings: Settings) -> Iterator[Connection]:
    engine: Engine = make_engine(store_url(settings))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def tables(settings: Settings) -> set[str]:
    with connected(settings) as connection:
        return set(inspect(connection).get_table_names())


def test_the_migrations_make_what_the_classes_describe(empty: Settings) -> None:
    migrate.upgrade(store_url(empty))
    with connected(empty) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata()) == []
        migrate.check(connection)


def test_an_upgrade_that_has_nothing_to_do_does_nothing(empty: Settings) -> None:
    migrate.upgrade(store_url(empty))
    with opened(empty) as store, store.begin() as tx:
        tx.add(ApiKey(id="a", name="uji", scopes="classify", salt=b"s", digest=b"d", created_at=NOW))
    migrate.upgrade(store_url(empty))
    with opened(empty) as store, store.read() as tx:
        assert tx.get_one(ApiKey, "a").created_at == NOW


def test_a_file_is_brought_up_to_date_when_it_is_opened(tmp_path: Path) -> None:
    with opened(settings_of(tmp_path)) as store, store.read() as tx:
        migrate.check(tx.connection())


def test_a_server_that_is_behind_is_not_served(tmp_path: Path) -> None:
    with database("postgresql", tmp_path, empty=True) as settings:
        with pytest.raises(StoreBehind, match="netra db upgrade"):
            open_store(settings)
        assert tables(settings) == set()
        migrate.upgrade(store_url(settings))
        open_store(settings).close()


@pytest.mark.parametrize("version", ["9999", "zzzz"])
def test_a_database_of_a_newer_program_is_left_alone(empty: Settings, version: str) -> None:
    migrate.upgrade(store_url(empty))
    with opened(empty) as store, store.begin() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
    with pytest.raises(StoreAhead, match=version):
        open_store(empty)
    with pytest.raises(StoreAhead):
        migrate.upgrade(store_url(empty))


def test_a_migration_that_fails_leaves_everything_as_it_was(empty: Settings, more: Path) -> None:
    migrate.upgrade(store_url(empty))
    before = tables(empty)
    add(more, 'op.create_table("half", sa.Column("id", sa.Integer, primary_key=True)); raise ValueError("stop")')
    with pytest.raises(ValueError, match="stop"):
        migrate.upgrade(store_url(empty))
    assert tables(empty) == before
    with connected(empty) as connection:
        assert migrate.current(connection) == migrate.versions()[-2]


def test_rebuilding_a_table_keeps_what_refers_to_it(empty: Settings, more: Path) -> None:
    migrate.upgrade(store_url(empty))
    with opened(empty) as store, store.begin() as tx:
        tx.add(ApiKey(id="a", name="uji", scopes="classify", salt=b"s", digest=b"d", created_at=NOW))
        tx.flush()
        tx.add(ApiUsage(key_id="a", allowance="items", period=1, used=5))
    change = 'batch.alter_column("name", type_=sa.String(99), existing_type=sa.String(80), existing_nullable=False)'
    add(more, f'with op.batch_alter_table("api_key", recreate="auto") as batch: {change}')
    migrate.upgrade(store_url(empty))
    with opened(empty) as store, store.read() as tx:
        assert tx.get_one(ApiUsage, ("a", "items", 1)).used == 5


def test_a_migration_that_leaves_a_reference_to_nothing_is_undone(tmp_path: Path, more: Path) -> None:
    settings = settings_of(tmp_path)
    with opened(settings) as store, store.begin() as tx:
        tx.add(ApiKey(id="a", name="uji", scopes="classify", salt=b"s", digest=b"d", created_at=NOW))
        tx.flush()
        tx.add(ApiUsage(key_id="a", allowance="items", period=1, used=5))
    add(more, 'op.execute("DELETE FROM api_key")')
    with pytest.raises(StoreError):
        migrate.upgrade(store_url(settings))
    with connected(settings) as connection:
        assert connection.scalar(text("SELECT count(*) FROM api_key")) == 1


@pytest.mark.usefixtures("patient")
def test_several_processes_may_start_on_a_new_file_at_once(tmp_path: Path) -> None:
    def start(_: int) -> str | None:
        with opened(settings_of(tmp_path)) as store, store.read() as tx:
            return migrate.current(tx.connection())

    with ThreadPoolExecutor(6) as threads:
        assert set(threads.map(start, range(6))) == {migrate.versions()[-1]}


def test_versions_are_numbered_without_a_gap_and_make_one_line() -> None:
    numbers = migrate.versions()
    assert numbers == tuple(f"{n:04d}" for n in range(1, len(numbers) + 1))
    scripts = migrate.scripts()
    assert tuple(reversed([script.revision for script in scripts.walk_revisions()])) == numbers
    assert scripts.get_current_head() == numbers[-1]


def test_a_draft_holds_what_is_missing(more: Path) -> None:
    for path in more.glob("0*.py"):
        path.unlink()
    made = draft("all of it")
    written = made.read_text()
    assert made.name == "0001_all_of_it.py"
    assert written.count("op.create_table(") == len(metadata().tables)
    assert "from app.store.base import UtcDateTime\n" in written
    assert "UtcDateTime()" in written
    compile(written, "draft", "exec")


def test_every_module_with_a_table_is_known() -> None:
    of_tables = re.compile(r"^class \w+\(.*\bBase\b.*\):", re.MULTILINE)
    found = {
        ".".join(("app", *path.relative_to(APP).with_suffix("").parts))
        for path in APP.rglob("*.py")
        if of_tables.search(path.read_text(encoding="utf-8")) and path.name != "base.py"
    }
    assert found == set(TABLE_MODULES)


def test_every_constraint_has_a_name_that_a_migration_can_use() -> None:
    for table in metadata().tables.values():
        assert all(constraint.name for constraint in table.constraints), table.name
    assert metadata() is Base.metadata
