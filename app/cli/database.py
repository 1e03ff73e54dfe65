"""``netra db``, and how every command gets at the store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from app.cli import common
from app.cli.common import read_settings

if TYPE_CHECKING:  # half a second to import, which `netra classify` need not wait for
    from app.store import Store

app = typer.Typer(help="Basis data Netra.", no_args_is_help=True)

#: Exit codes: the store cannot be used (5), it would not be safe to start (6).
BAD_STORE, REFUSED = 5, 6


@app.command("upgrade")
def db_upgrade(en: common.English = False) -> None:
    """Sesuaikan tabel basis data dengan versi program ini; SQLite menyesuaikan diri sendiri."""
    from app.store.migrate import upgrade, versions
    from app.store.opening import store_url

    with said_plainly(en):
        upgrade(store_url(read_settings()))
    typer.echo(versions()[-1])


@app.command("version")
def db_version(en: common.English = False) -> None:
    """Tampilkan versi tabel basis data."""
    from app.store.migrate import current

    with opened_store(en) as store, store.read() as tx:
        typer.echo(current(tx.connection()))


@contextmanager
def opened_store(en: bool) -> Iterator[Store]:
    """The store of the settings; leaves with ``BAD_STORE`` when it cannot be used."""
    from app.store import open_store

    with said_plainly(en):
        store = open_store(read_settings())
        try:
            yield store
        finally:
            store.close()


@contextmanager
def said_plainly(en: bool) -> Iterator[None]:
    """Turns errors of the store and refusals to start into a message and an exit code."""
    from app.access.refusal import Refusal
    from app.store import StoreError

    try:
        yield
    except StoreError as error:
        common.fail(error.english if en else str(error), BAD_STORE)
    except Refusal as error:
        common.fail(error.english if en else str(error), REFUSED)
