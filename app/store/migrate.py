"""Bring the tables of a database up to what this program needs, all at once or not at all."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection, inspect, text

from app.store.engine import make_engine, plain_errors
from app.store.errors import StoreAhead, StoreBehind, StoreError

if TYPE_CHECKING:  # it takes a tenth of a second to import, and a database that is up to date does not need it
    from alembic.config import Config
    from alembic.script import ScriptDirectory

MIGRATIONS = Path(__file__).with_name("migrations")
_LOCK = 0x6E65747261  # "netra": two hosts that upgrade the same server do it one after the other


def config() -> Config:
    """Alembic's settings, which live here and in no file."""
    from alembic.config import Config

    found = Config()
    found.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    found.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return found


def versions() -> tuple[str, ...]:
    """Every version of the tables, oldest first: the numbers that the files in ``migrations/versions`` begin with."""
    return tuple(sorted(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")))


def current(connection: Connection) -> str | None:
    """Version of the tables, ``None`` in an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def check(connection: Connection) -> None:
    """Raises ``StoreBehind`` or ``StoreAhead`` unless the tables are exactly those of this program."""
    found, needed = current(connection), versions()[-1]
    if found == needed:
        return
    if found is None or found in versions():
        raise StoreBehind(found=found or "0", needed=needed)
    raise StoreAhead(found=found, needed=needed)


def upgrade(url: URL) -> None:
    """Run what is missing in one transaction. Raises ``StoreAhead`` for a newer database, ``StoreUnavailable``."""
    engine = make_engine(url, migrating=True)
    try:
        with plain_errors(), engine.begin() as connection:
            _upgrade(connection)
    finally:
        engine.dispose()


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    try:
        check(connection)
    except StoreBehind:
        _run(connection)


def _run(connection: Connection) -> None:
    from alembic import command

    settings = config()
    settings.attributes["connection"] = connection
    command.upgrade(settings, "head")
    # Keys were not enforced on the way, as rebuilding a table would have deleted what refers to it.
    if connection.dialect.name == "sqlite" and connection.execute(text("PRAGMA foreign_key_check")).first():
        raise StoreError


@lru_cache(maxsize=1)
def scripts() -> ScriptDirectory:
    """The migrations as Alembic reads them."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(config())
