"""``models/ACTIVE``: name of the bundle in use and hash of its manifest, only ever replaced whole by a rename."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Final

from app.policy.types import Words
from app.scoring.bundlewords import NO_MANIFEST
from app.scoring.errors import DamagedModel
from app.scoring.history import Named

ACTIVE: Final = "ACTIVE"
MANIFEST: Final = "manifest.json"
#: Content, time of change and file number of the pointer; another for every activation, also of the same bundle.
Mark = tuple[bytes, int, int]


def bundle_at(models_dir: Path, name: str) -> Path:
    """Folder of the bundle that a setting names: a path of several parts, or else a name in ``models_dir``."""
    chosen = Path(name)
    return chosen if len(chosen.parts) > 1 else models_dir / chosen


def champion(models_dir: Path) -> Named | None:
    """The bundle that ACTIVE names, whether it can be used or not; ``None`` where nothing was ever activated.

    Raises ``DamagedModel`` when the pointer cannot be read.
    """
    pointer = models_dir / ACTIVE
    if not pointer.exists():
        return None
    try:
        name, manifest = pointer.read_text(encoding="ascii").split()
    except (OSError, ValueError) as error:
        raise DamagedModel(Words("models/ACTIVE tidak terbaca", "models/ACTIVE cannot be read")) from error
    return Named(name, manifest)


def manifest_digest(folder: Path) -> str:
    """SHA-256 of a bundle's manifest, which names every file with its own.

    Raises ``DamagedModel`` when it cannot be read.
    """
    try:
        return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
    except OSError as error:
        raise DamagedModel(NO_MANIFEST) from error


def manifest_hash(folder: Path) -> str | None:
    """The same; ``None`` when it cannot be read."""
    try:
        return manifest_digest(folder)
    except DamagedModel:
        return None


def mark(models_dir: Path) -> Mark | None:
    """What tells one activation from the next; ``None`` while there is no pointer that can be read."""
    pointer = models_dir / ACTIVE
    try:
        with pointer.open("rb") as file:
            status = os.fstat(file.fileno())
            return file.read(), status.st_mtime_ns, status.st_ino
    except OSError:
        return None
