"""Train the active bundle again from its inputs and compare it byte for byte: ``python scripts/rebuild.py SHARED``."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from app.cli.common import active_name, models_dir

NETRA = Path(sys.executable).with_name("netra")
#: Pictures of the card may be drawn differently by another font; they are no part of a bundle.
PICTURES = (".svg", ".png")
#: Counts that drift is told from may be made anew from other acts at any time, with the same model.
REFERENCE = "reference.json"


def main(shared: Path) -> int:
    folder = models_dir()
    shipped = folder / (active_name(folder) or "")
    manifest = json.loads((shipped / "manifest.json").read_text(encoding="utf-8"))
    extra = [next(shared.rglob(name)) for name in manifest["inputs"]["extra"]]
    with tempfile.TemporaryDirectory() as scratch:
        again = Path(scratch) / manifest["version"]
        command = [sys.executable, "-m", "training.train", again, manifest["version"], *extra]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        broken = differences(shipped, again)
    for name in broken:
        print("rebuild: DIFFERS", name)
    if not broken:
        print(f"rebuild: {manifest['version']} comes out byte for byte")
    return 1 if broken else 0


def differences(one: Path, other: Path) -> list[str]:
    """Names of files that are not the same in both folders."""
    names = {path.name for folder in (one, other) for path in folder.iterdir() if path.suffix not in PICTURES}
    return sorted(name for name in names - {REFERENCE} if content(one / name) != content(other / name))


def content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
