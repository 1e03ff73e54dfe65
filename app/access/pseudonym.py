"""Author ids never reach the database: a keyed pseudonym stands for them.

A pseudonym is ``<key id>.<128 bits>``. The same author has the same one as long as the secret stays the same; without
the secret nobody can try out names. The key id tells which secret made it, so that after a rotation old rows can
still be found by ``pseudonyms``.
"""

from __future__ import annotations

import hmac
from base64 import b32encode
from collections.abc import Iterable
from functools import lru_cache

from app.access.secret import Secrets, derived

_KEY_ID_CHARS, _BYTES = 6, 16


def pseudonym(secret: bytes, author_id: str) -> str:
    """What stands for ``author_id``, exactly as given, under ``secret``. Raises ``ValueError`` for an empty id."""
    if not author_id:
        raise ValueError("an empty author id")
    key_id, key = _key(secret)
    digest = hmac.digest(key, author_id.encode("utf-8", "surrogatepass"), "sha256")
    return f"{key_id}.{_letters(digest[:_BYTES])}"


def pseudonyms(secrets: Secrets, author_id: str) -> list[str]:
    """Every pseudonym ``author_id`` ever had, the present one first: what a search or an erasure has to look for."""
    return [pseudonym(secret, author_id) for secret in (secrets.current, *secrets.old)]


def key_id(secret: bytes) -> str:
    """The public name of a secret, which tells nothing of it."""
    return _key(secret)[0]


def key_ids(rows: Iterable[str]) -> set[str]:
    """Which secrets made the pseudonyms ``rows``."""
    return {row.partition(".")[0] for row in rows}


@lru_cache(maxsize=16)
def _key(secret: bytes) -> tuple[str, bytes]:
    name = _letters(derived(secret, "pseudonym key id"))[:_KEY_ID_CHARS]
    return name, derived(secret, "pseudonym")


def _letters(raw: bytes) -> str:
    return b32encode(raw).decode("ascii").rstrip("=").lower()
