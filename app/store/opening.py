"""From the settings to a store that can be used."""

from __future__ import annotations

from errno import errorcode
from pathlib import Path

from sqlalchemy import URL

from app.settings import Settings
from app.store.engine import make_engine, parse_url
from app.store.errors import StoreBehind, StoreUnavailable
from app.store.migrate import check, upgrade
from app.store.store import Store


def store_url(settings: Settings) -> URL:
    """``NETRA_DATABASE_URL``, or the file ``netra.db`` in the state folder. Raises ``BadStoreUrl``."""
    if settings.database_url is not None:
        return parse_url(settings.database_url.get_secret_value())
    return URL.create("sqlite", database=str(settings.state_dir.absolute() / "netra.db"))


def is_local(url: URL) -> bool:
    """Whether the database is a file that only this host uses."""
    return url.get_backend_name() == "sqlite"


def open_store(settings: Settings) -> Store:
    """The store of ``settings``, its tables up to date. A SQLite file is made and upgraded on the way.

    Raises ``StoreBehind`` for a PostgreSQL server that waits for ``netra db upgrade``, ``StoreAhead``,
    ``StoreUnavailable`` and ``BadStoreUrl``.
    """
    url = store_url(settings)
    if is_local(url):
        make_private_file(Path(url.database or ""))
    store = Store(make_engine(url))
    try:
        _bring_up_to_date(store, url)
    except BaseException:
        store.close()
        raise
    return store


def _bring_up_to_date(store: Store, url: URL) -> None:
    try:
        with store.read() as tx:
            check(tx.connection())
    except StoreBehind:
        if not is_local(url):
            raise
        upgrade(url)


def make_private_file(path: Path) -> None:
    """Make ``path`` and its folder, for their owner alone, if they are not there. Raises ``StoreUnavailable``."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise StoreUnavailable(cause=errorcode.get(error.errno or 0, "OSError")) from None
