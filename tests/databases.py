"""Databases for tests: a SQLite file each, and a PostgreSQL server of our own where Debian's binaries are."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from fakes import PATIENCE
from pydantic import SecretStr
from sqlalchemy import URL, create_engine, text

from app.settings import Settings, default_settings
from app.store import Store, open_store
from app.store.engine import parse_url
from app.store.migrate import upgrade

KINDS = ("sqlite", "postgresql")
STRONG = "Zq8vK2mR7tYwB4nXcL9pJ6hD3fGsA1eU"
NO_SERVER = "no PostgreSQL: install Debian's `postgresql`, or set NETRA_TEST_POSTGRES to an address"
_numbers = count(1)


@cache
def server() -> URL | None:
    """A PostgreSQL server that these tests may make databases on; started at the first call, stopped at exit."""
    given = os.environ.get("NETRA_TEST_POSTGRES")
    if given:
        return parse_url(given)
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return _start(found[-1].parent) if found else None


def _start(binaries: Path) -> URL:
    # PostgreSQL refuses to run as root, and nobody may enter pytest's own folders.
    folder = Path(mkdtemp(prefix="netra-pg-"))
    data = folder / "data"
    whom: dict[str, Any] = {"cwd": folder}
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody")
        whom |= {"user": "nobody", "group": "nogroup", "extra_groups": []}

    def run(program: str, *words: str) -> None:
        subprocess.run([binaries / program, *words], check=True, capture_output=True, env={"LC_ALL": "C"}, **whom)

    run("initdb", "-D", str(data), "-U", "netra", "-A", "trust", "-E", "UTF8", "--no-sync")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=60"
    run("pg_ctl", "-D", str(data), "-l", str(folder / "log"), "-o", options, "-w", "start")
    atexit.register(run, "pg_ctl", "-D", str(data), "-m", "immediate", "stop")
    return parse_url(f"postgresql://netra@/postgres?host={folder}")


def run_on_server(statement: str) -> None:
    url = server()
    assert url is not None
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@cache
def _template() -> str:
    """Name of a database with all tables, of which copies are quickly made."""
    name = f"netra_template_{os.getpid()}"
    run_on_server(f"CREATE DATABASE {name}")
    upgrade(server().set(database=name))  # type: ignore[union-attr]
    atexit.register(run_on_server, f"DROP DATABASE {name} WITH (FORCE)")
    return name


@contextmanager
def database(kind: str, folder: Path, *, empty: bool = False) -> Iterator[Settings]:
    """Settings of a fresh database of ``kind``, with all tables or ``empty``. Skips where there is no server."""
    if kind == "sqlite":
        yield settings_of(folder)
        return
    url = server()
    if url is None:
        pytest.skip(NO_SERVER)
    name = f"netra_test_{os.getpid()}_{next(_numbers)}"
    run_on_server(f"CREATE DATABASE {name}" if empty else f"CREATE DATABASE {name} TEMPLATE {_template()}")
    try:
        yield settings_of(folder, url.set(database=name).render_as_string(hide_password=False))
    finally:
        run_on_server(f"DROP DATABASE {name} WITH (FORCE)")


def settings_of(folder: Path, url: str | None = None, **given: Any) -> Settings:
    """Default settings with their state in ``folder`` and a secret that would do anywhere."""
    own = {"state_dir": folder / "state", "secret_key": SecretStr(STRONG), "database_url": url}
    return Settings(**{**default_settings().model_dump(), **own, **given})


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    store = open_store(settings)
    try:
        yield store
    finally:
        store.close()


@pytest.fixture(params=KINDS)
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a fresh database, once on SQLite and once on PostgreSQL."""
    with database(request.param, tmp_path) as found:
        yield found


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for a lock goes on waiting: SQLite gives turns in no order, so on a busy host one may come late."""
    monkeypatch.setattr("app.store.engine.LOCK_SECONDS", PATIENCE)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """A fresh store, once on SQLite and once on PostgreSQL."""
    with opened(settings) as found:
        yield found
