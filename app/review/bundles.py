"""Which bundle a verdict came from: by version, and by the hash of its manifest."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from app.scoring.bundle import load
from app.scoring.pointer import MANIFEST, manifest_hash
from app.scoring.scorer import BundleScorer

_LONGEST_MANIFEST = 16 * 1024 * 1024


def find_bundle(models_dir: Path, version: str) -> Path | None:
    """The folder of the bundle of a version: of that name, else the one whose manifest says so; ``None`` for none."""
    for folder in (models_dir / Path(version).name, *sorted(path.parent for path in models_dir.glob(f"*/{MANIFEST}"))):
        if _version(folder) == version:
            return folder
    return None


def served_manifest_hash(models_dir: Path, model: str | None, version: str) -> str | None:
    """The hash of the bundle ``version``, found as the settings ``models_dir`` and ``model`` say."""
    chosen = Path(model or "")
    folder = chosen if len(chosen.parts) > 1 and _version(chosen) == version else None
    folder = folder or find_bundle(models_dir, version)
    return manifest_hash(folder) if folder else None


@lru_cache(maxsize=2)
def load_once(folder: Path, manifest: str | None) -> BundleScorer:
    """The bundle of a folder, kept while its manifest has the same hash. Raises ``ModelError``."""
    return load(folder)


def _version(folder: Path) -> str | None:
    try:
        raw = (folder / MANIFEST).read_bytes()
        found = json.loads(raw) if len(raw) <= _LONGEST_MANIFEST else None
    except (OSError, ValueError, RecursionError):
        return None
    return str(found.get("version")) if isinstance(found, dict) else None
