"""Run by Alembic with the connection, and in the transaction, that ``app.store.migrate`` opened."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import TypeDecorator

from app.store.schema import metadata


def _render(kind: str, item: object, draft: AutogenContext) -> str | Literal[False]:
    """Writes our own column types by their name, and imports them."""
    if kind != "type" or not isinstance(item, TypeDecorator):
        return False
    draft.imports.add(f"from {type(item).__module__} import {type(item).__name__}")
    return f"{type(item).__name__}()"


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata(),
    render_as_batch=connection.dialect.name == "sqlite",  # it rebuilds a table instead of altering it
    render_item=_render,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
