"""Train the active bundle again from its inputs and compare it byte for byte: ``python scripts/rebuild.py SHARED``.

Compared is everything that scores depend on: the manifest and every file it names. The card and the reference for drift
tell of a model and may be made anew with it; their figures take as long again to measure.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from app.cli.common import active_name, models_dir
from training.readings import written

MANIFEST = "manifest.json"
#: Where scraped posts are whose readings are in ``data/readings``.
SCRAPED = "scraped"
#: One thread and one kind of kernel, whatever the processor: sums in another order end in other last digits.
SAME_SUMS = {"OPENBLAS_NUM_THREADS": "1", "OPENBLAS_CORETYPE": "Haswell"}
TRAIN = """
import sys
from pathlib import Path
from training.train import train
train(Path(sys.argv[1]), sys.argv[2], [Path(name) for name in sys.argv[3:]])
"""


def main(shared: Path) -> int:
    folder = models_dir()
    shipped = folder / (active_name(folder) or "")
    manifest = json.loads((shipped / MANIFEST).read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as scratch:
        extra = [labelled(shared, name, Path(scratch)) for name in manifest["inputs"]["extra"]]
        again = Path(scratch) / manifest["version"]
        command = [sys.executable, "-c", TRAIN, again, manifest["version"], *extra]
        subprocess.run(command, check=True, env=os.environ | SAME_SUMS)
        broken = differences(shipped, again, {MANIFEST, *manifest["files"]})
    for name in broken:
        print("rebuild: DIFFERS", name)
    if not broken:
        print(f"rebuild: {manifest['version']} comes out byte for byte")
    return 1 if broken else 0


def labelled(shared: Path, name: str, scratch: Path) -> Path:
    """The labelled file of this name: one that is there, or this repository's readings with the posts they are of."""
    return next(shared.rglob(name), None) or written(shared / SCRAPED, scratch / name)


def differences(one: Path, other: Path, names: Iterable[str]) -> list[str]:
    """Those of ``names`` that are missing or not the same file in both folders."""
    return sorted(name for name in names if content(one / name) is None or content(one / name) != content(other / name))


def content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
