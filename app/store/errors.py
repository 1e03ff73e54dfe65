"""What can be wrong with the store.

    StoreError
    ├── BadStoreUrl        NETRA_DATABASE_URL is no address of SQLite or PostgreSQL
    ├── StoreUnavailable   cannot be reached, is locked, read-only or full
    ├── StoreBehind        its tables are older than this program
    └── StoreAhead         its tables are newer than this program

``str(error)`` is Indonesian, ``error.english`` the same in English. No message holds an address,
a statement or a value.
"""

from __future__ import annotations

from typing import ClassVar


class StoreError(Exception):
    """Base of the tree. Subclasses carry both messages as templates; ``fields`` fill them."""

    slug: ClassVar[str] = "store-error"
    indonesian: ClassVar[str] = "Penyimpanan tidak dapat dipakai."
    english_template: ClassVar[str] = "The store cannot be used."

    def __init__(self, **fields: object) -> None:
        super().__init__(self.indonesian.format(**fields))
        self.english = self.english_template.format(**fields)


class BadStoreUrl(StoreError):
    """Never shows the address: it may hold a password."""

    slug = "store-address"
    indonesian = "NETRA_DATABASE_URL bukan alamat sqlite:///berkas atau postgresql://…"
    english_template = "NETRA_DATABASE_URL is not an address of the form sqlite:///file or postgresql://…"


class StoreUnavailable(StoreError):
    """``cause`` is the driver's own short code, such as ``SQLITE_BUSY``."""

    slug = "store-unavailable"
    indonesian = "Basis data tidak dapat dipakai saat ini ({cause})."
    english_template = "The database cannot be used right now ({cause})."


class StoreBehind(StoreError):
    """``found`` and ``needed`` are versions of the tables."""

    slug = "store-behind"
    indonesian = "Tabel basis data versi {found}, dibutuhkan {needed}: jalankan `netra db upgrade`."
    english_template = "The tables are of version {found}, {needed} is needed: run `netra db upgrade`."


class StoreAhead(StoreError):
    """Written by a newer program; going on could lose what it wrote."""

    slug = "store-ahead"
    indonesian = "Tabel basis data versi {found} lebih baru daripada program ini ({needed}): perbarui Netra."
    english_template = "The tables are of version {found}, newer than this program ({needed}): update Netra."


def slug_of(error: BaseException) -> str:
    """A word for the log that holds nothing of the error's message."""
    return error.slug if isinstance(error, StoreError) else type(error).__name__
