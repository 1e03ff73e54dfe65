"""The service's own secret: what pseudonyms and sessions are keyed with."""

from __future__ import annotations

import hmac
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from app.access.refusal import Refusal
from app.settings import Settings

FILE = "secret.key"
MIN_BYTES, MIN_DISTINCT = 32, 8

#: Words that stand in examples and never in random bytes.
_TELLTALES = ("change", "password", "secret", "rahasia", "example", "contoh", "default", "insecure", "0123456789")


@dataclass(frozen=True, slots=True)
class Secrets:
    """``current`` makes new things; ``old`` only recognise what they made. Never logged, never shown."""

    current: bytes = field(repr=False)
    old: tuple[bytes, ...] = field(default=(), repr=False)


def read_secrets(settings: Settings, *, local: bool) -> Secrets:
    """The secrets of ``settings``. ``local``: only this host uses the database, so one may be made and kept here.

    Raises ``Refusal`` for a secret that is missing, short or plainly no secret, and for a file that others can read.
    """
    old = (settings.old_secret_keys.get_secret_value() if settings.old_secret_keys else "").split()
    if settings.secret_key is not None:
        current = settings.secret_key.get_secret_value()
    elif local:
        current = _kept(settings.state_dir / FILE)
    else:
        raise Refusal(
            "NETRA_SECRET_KEY wajib diisi bila basis data dipakai bersama; buat dengan `openssl rand -base64 32`.",
            "NETRA_SECRET_KEY must be set when the database is shared; make one with `openssl rand -base64 32`.",
        )
    for name, text in (("NETRA_SECRET_KEY", current), *(("NETRA_OLD_SECRET_KEYS", text) for text in old)):
        _require_strong(name, text)
    return Secrets(current.encode(), tuple(text.encode() for text in old))


def derived(secret: bytes, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose, so that what is made for one can never pass for another."""
    return hmac.digest(secret, b"netra " + purpose.encode(), "sha256")


def is_strong(text: str) -> bool:
    """Whether ``text`` may be a secret: long enough, of enough different characters, no word of an example."""
    plain = text.lower()
    long = len(text.encode()) >= MIN_BYTES and len(set(text)) >= MIN_DISTINCT
    return long and not any(word in plain for word in _TELLTALES)


def _require_strong(name: str, text: str) -> None:
    if not is_strong(text):
        raise Refusal(
            f"{name} terlalu lemah: paling sedikit {MIN_BYTES} bita acak; buat dengan `openssl rand -base64 32`.",
            f"{name} is too weak: at least {MIN_BYTES} random bytes; make one with `openssl rand -base64 32`.",
        )


def _kept(path: Path) -> str:
    """The secret in ``path``, made when there is none yet."""
    try:
        if not path.exists():
            _make(path)
        if path.stat().st_mode & 0o077:
            raise Refusal(
                f"Berkas {FILE} dapat dibaca orang lain; jalankan `chmod 600` atasnya.",
                f"Others can read the file {FILE}; run `chmod 600` on it.",
            )
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise Refusal(
            f"Berkas {FILE} di NETRA_STATE_DIR tidak dapat dibaca atau dibuat.",
            f"The file {FILE} in NETRA_STATE_DIR cannot be read or made.",
        ) from None


def _make(path: Path) -> None:
    """Complete before it has its name, and the first of several processes wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{FILE}.{secrets.token_hex(8)}.part")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
