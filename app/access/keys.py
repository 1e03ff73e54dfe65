"""API keys: ``netra_<id>_<secret>``, shown once, kept as salted hashes.

The secret is 256 random bits, so nobody can try them out and one HMAC-SHA256 under a salt of the key's own is enough. A
slow hash (scrypt, argon2) protects passwords that people choose; here it would only let a stranger spend our processor.
"""

from __future__ import annotations

import hmac
import re
import secrets
import string
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.access.scopes import SCOPES, Scope
from app.access.tables import ApiKey

#: How long a key that has ended is still told apart from one that never was.
REMEMBERED = timedelta(days=30)

_ID_LETTERS, _ID_CHARS = "abcdefghjkmnpqrstuvwxyz23456789", 8
_SECRET_LETTERS, _SECRET_CHARS = string.ascii_letters + string.digits, 43  # 62 ** 43 > 2 ** 256
_FORM = re.compile(rf"netra_([a-z0-9]{{{_ID_CHARS}}})_([A-Za-z0-9]{{{_SECRET_CHARS}}})")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as the rest of the program sees it. Limits: ``None`` follows the settings, 0 means none."""

    key_id: str
    name: str
    scopes: frozenset[Scope]
    requests_per_minute: int | None = None
    items_per_day: int | None = None


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key as a process remembers it. Times are seconds since 1970."""

    caller: Caller
    salt: bytes
    digest: bytes
    expires_at: float
    revoked: bool

    def matches(self, secret: str) -> bool:
        """Whether this is its secret; takes as long for a wrong one."""
        return hmac.compare_digest(digest_of(self.salt, secret), self.digest)


def digest_of(salt: bytes, secret: str) -> bytes:
    """The 32 bytes that are stored of a secret."""
    return hmac.digest(salt, secret.encode("ascii"), "sha256")


def parts_of(text: str) -> tuple[str, str] | None:
    """Id and secret of a key, ``None`` for anything that cannot be one."""
    found = _FORM.fullmatch(text)
    return (found[1], found[2]) if found else None


def create_key(
    tx: Session,
    name: str,
    scopes: Collection[Scope],
    *,
    days: float | None = None,
    requests_per_minute: int | None = None,
    items_per_day: int | None = None,
    now: datetime | None = None,
) -> str:
    """Store a new key and return it: the only time its secret is seen. ``days`` until it ends, ``None`` for never."""
    now = now or datetime.now(UTC)
    key_id, secret = _random(_ID_LETTERS, _ID_CHARS), _random(_SECRET_LETTERS, _SECRET_CHARS)
    salt = secrets.token_bytes(16)
    key = ApiKey(
        id=key_id,
        name=name,
        scopes=",".join(scope for scope in SCOPES if scope in scopes),
        salt=salt,
        digest=digest_of(salt, secret),
        created_at=now,
        expires_at=None if days is None else now + timedelta(days=days),
        requests_per_minute=requests_per_minute,
        items_per_day=items_per_day,
    )
    tx.add(key)
    tx.flush()
    return f"netra_{key_id}_{secret}"


def _random(letters: str, count: int) -> str:
    return "".join(secrets.choice(letters) for _ in range(count))


def revoke_key(tx: Session, key_id: str, now: datetime | None = None) -> bool:
    """End a key for good. False when there is none of that id; revoking twice keeps the first time."""
    key = tx.get(ApiKey, key_id)
    if key is not None and key.revoked_at is None:
        key.revoked_at = now or datetime.now(UTC)
    return key is not None


def all_keys(tx: Session) -> list[ApiKey]:
    """Every key there ever was, oldest first."""
    return list(tx.scalars(select(ApiKey).order_by(ApiKey.created_at, ApiKey.id)))


def known_keys(tx: Session, now: datetime | None = None) -> dict[str, KnownKey]:
    """Keys by id: those that are valid, and those that ended less than ``REMEMBERED`` ago."""
    since = (now or datetime.now(UTC)) - REMEMBERED
    alive = (
        or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > since),
        or_(ApiKey.revoked_at.is_(None), ApiKey.revoked_at > since),
    )
    return {row.id: _known(row) for row in tx.scalars(select(ApiKey).where(*alive))}


def _known(row: ApiKey) -> KnownKey:
    caller = Caller(row.id, row.name, scopes_of(row), row.requests_per_minute, row.items_per_day)
    ends = float("inf") if row.expires_at is None else row.expires_at.timestamp()
    return KnownKey(caller, row.salt, row.digest, ends, row.revoked_at is not None)


def scopes_of(row: ApiKey) -> frozenset[Scope]:
    """The scopes of a stored key; a word that is none of today's scopes opens nothing."""
    words = row.scopes.split(",")
    return frozenset(scope for scope in SCOPES if scope in words)
