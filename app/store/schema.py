"""All tables there are."""

from __future__ import annotations

from importlib import import_module

from sqlalchemy import MetaData

from app.store.base import Base

#: Modules that define tables. A new one is named here; then ``python -m app.store.draft NAME`` drafts its migration.
TABLE_MODULES = ("app.access.tables", "app.review.tables")


def metadata() -> MetaData:
    """Every table of every capability."""
    for module in TABLE_MODULES:
        import_module(module)
    return Base.metadata
