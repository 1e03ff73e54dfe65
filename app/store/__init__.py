"""What must outlive a process: one database, SQLite by default, PostgreSQL for several hosts.

``with store.begin() as tx`` is one transaction; one request is one transaction. Tables are classes of ``Base`` in the
``tables`` module of the capability they belong to, named in ``app.store.schema.TABLE_MODULES``, each with a migration.
"""

from app.store.base import Base, UtcDateTime
from app.store.errors import BadStoreUrl, StoreAhead, StoreBehind, StoreError, StoreUnavailable, slug_of
from app.store.opening import open_store
from app.store.store import Store, insert_if_absent, insert_into

__all__ = [
    "BadStoreUrl",
    "Base",
    "Store",
    "StoreAhead",
    "StoreBehind",
    "StoreError",
    "StoreUnavailable",
    "UtcDateTime",
    "insert_if_absent",
    "insert_into",
    "open_store",
    "slug_of",
]
