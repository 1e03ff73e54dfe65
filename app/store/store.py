"""The store as the rest of the program uses it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import anyio.to_thread
from anyio import CapacityLimiter
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from app.store.base import Base
from app.store.engine import POOL_SIZE, READING, plain_errors

T = TypeVar("T")


class Store:
    """One database. Every method raises ``StoreUnavailable`` when it does not answer; nothing is then kept."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        reading = engine.execution_options(**READING[engine.dialect.name])
        self._writes = sessionmaker(engine, expire_on_commit=False)
        self._reads = sessionmaker(reading, expire_on_commit=False)
        self._threads = CapacityLimiter(POOL_SIZE)

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back by any exception. Blocks; not for the event loop."""
        with plain_errors(), self._writes.begin() as tx:
            yield tx

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One transaction that sees one state and cannot write. Blocks; not for the event loop."""
        with plain_errors(), self._reads.begin() as tx:
            yield tx

    async def write_in_thread(self, work: Callable[[Session], T]) -> T:
        """The result of ``work`` in one transaction, off the event loop; committed before it is returned."""

        def transact() -> T:
            with self.begin() as tx:
                return work(tx)

        return await anyio.to_thread.run_sync(transact, limiter=self._threads)

    async def read_in_thread(self, work: Callable[[Session], T]) -> T:
        """The result of ``work`` in one reading transaction, off the event loop."""

        def transact() -> T:
            with self.read() as tx:
                return work(tx)

        return await anyio.to_thread.run_sync(transact, limiter=self._threads)

    def close(self) -> None:
        """Close every connection that is not in use."""
        self.engine.dispose()


def insert_into(tx: Session, table: type[Base]) -> Any:  # noqa: ANN401 - each dialect has an ``Insert`` of its own
    """An insertion in the dialect of the transaction, which knows ``on_conflict_do_nothing`` and ``…_do_update``."""
    if tx.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as inserted  # only those who have such a server wait for it
    else:
        from sqlalchemy.dialects.sqlite import insert as inserted  # type: ignore[assignment]
    return inserted(table)


def insert_if_absent(tx: Session, table: type[Base], **values: object) -> bool:
    """Insert a row unless its key is taken, also by a transaction that commits meanwhile. Whether it was inserted."""
    made = insert_into(tx, table).values(**values).on_conflict_do_nothing()
    return tx.connection().execute(made.returning(*table.__table__.primary_key)).first() is not None
