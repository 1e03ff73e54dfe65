"""The connection to the database: what each kind needs so that nothing is lost and nobody waits for ever."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import Connection as SqliteConnection
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, make_url

from app.store.errors import BadStoreUrl, StoreUnavailable

#: Seconds to wait for a lock that somebody else holds, and for a server to answer.
LOCK_SECONDS, CONNECT_SECONDS = 5, 5
#: Connections a process holds at most; as many threads may use the store at once.
POOL_SIZE = 8
#: Execution options of a transaction that only reads, and sees one state however long it takes.
READING: dict[str, dict[str, Any]] = {
    "sqlite": {"netra_read_only": True},
    "postgresql": {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"},
}

_POSTGRES = frozenset({"postgresql", "postgres", "postgresql+psycopg"})
_SQLITE = frozenset({"sqlite", "sqlite+pysqlite"})


def parse_url(text: str) -> URL:
    """The address with its driver. Raises ``BadStoreUrl`` unless it is a SQLite file or a PostgreSQL server."""
    try:
        url = make_url(text)
    except (exc.ArgumentError, ValueError):
        raise BadStoreUrl from None
    if url.drivername in _POSTGRES:
        return url.set(drivername="postgresql+psycopg")
    # In memory every thread would see tables of its own.
    if url.drivername in _SQLITE and url.database not in (None, "", ":memory:"):
        return url
    raise BadStoreUrl


def make_engine(url: URL, *, migrating: bool = False) -> Engine:
    """An engine that connects when it is first used; ``migrating`` leaves foreign keys unchecked on SQLite."""
    if url.drivername in _SQLITE:
        return _sqlite(url, enforce_keys=not migrating)
    # A statement that hangs would hold a thread and its connection until the last one is gone.
    limits = f"-c lock_timeout={LOCK_SECONDS}s" + ("" if migrating else " -c statement_timeout=30s")
    connect = {"connect_timeout": CONNECT_SECONDS, "options": limits}
    return create_engine(url, hide_parameters=True, pool_size=POOL_SIZE, pool_pre_ping=True, connect_args=connect)


def _sqlite(url: URL, *, enforce_keys: bool) -> Engine:
    engine = create_engine(url, hide_parameters=True, pool_size=POOL_SIZE, connect_args={"timeout": LOCK_SECONDS})

    @event.listens_for(engine, "connect")
    def _prepare(connection: SqliteConnection, _: object) -> None:
        connection.isolation_level = None  # transactions are begun below, never by the driver's guess
        connection.execute(f"PRAGMA busy_timeout={LOCK_SECONDS * 1000}")
        connection.execute("PRAGMA journal_mode=WAL")
        # Each commit is on disk before it is answered: a decision about a person outlives a power cut.
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(f"PRAGMA foreign_keys={enforce_keys:d}")

    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    """Take the write lock at once: a reader that turns writer half-way would be refused without any waiting."""
    read_only = bool(connection.get_execution_options().get("netra_read_only"))
    connection.exec_driver_sql(f"PRAGMA query_only={read_only:d}")
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turns what the driver says of its server or file into ``StoreUnavailable``, without statement or address."""
    try:
        yield
    except (exc.IntegrityError, exc.DataError, exc.ProgrammingError, exc.NotSupportedError):
        raise  # the fault of a statement, not of the database
    except exc.DBAPIError as error:
        raise StoreUnavailable(cause=_code(error.orig)) from None
    except exc.TimeoutError:
        raise StoreUnavailable(cause="no connection free") from None


def _code(error: BaseException | None) -> str:
    return str(getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None) or type(error).__name__)
