"""Model bundles on disk: written by training, checked in full before the first answer.

A bundle is a folder of plain arrays (``.npy``, never pickled), a text vocabulary and JSON; ``manifest.json``
names every other file with its SHA-256. Loading checks hashes first, versions next, golden predictions last.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.scoring.context import ContextModel
from app.scoring.errors import DamagedModel, GoldenMismatch, NoModel, OtherVersion
from app.scoring.model import LinearModel
from app.scoring.scorer import BundleScorer
from app.scoring.types import Item, ModelInfo

FORMAT = 1
MANIFEST, ACTIVE = "manifest.json", "ACTIVE"
#: Libraries whose version changes tokens and so scores; the manifest pins them exactly.
SCORE_LIBRARIES = ("PySastrawi", "ftfy")
#: Largest difference allowed between a golden score and the one computed here.
GOLDEN_TOLERANCE = 1e-6


def load_active(models_dir: Path, name: str | None = None) -> BundleScorer:
    """Scorer for the bundle ``name``, or for the one that ``models/ACTIVE`` points to.

    Raises a :class:`~app.scoring.errors.ModelError` when anything about the bundle is not as it should be.
    """
    if name is None:
        return _load_pointed(models_dir)
    folder = models_dir / name
    if Path(name).name != name or not (folder / MANIFEST).is_file():
        raise NoModel(f"no model bundle named {Path(name).name!r}")
    return load(folder)


def _load_pointed(models_dir: Path) -> BundleScorer:
    try:
        name, digest = (models_dir / ACTIVE).read_text(encoding="ascii").split()
        manifest = (models_dir / Path(name).name / MANIFEST).read_bytes()
    except (OSError, ValueError) as error:
        raise NoModel("no active model: models/ACTIVE is missing, unreadable or points nowhere") from error
    if hashlib.sha256(manifest).hexdigest() != digest:
        raise DamagedModel("the active model's manifest is not the one that was activated")
    return load(models_dir / Path(name).name)


def activate(models_dir: Path, name: str) -> None:
    """Point ``models/ACTIVE`` to a bundle, after loading it in full; the switch is a rename."""
    load_active(models_dir, name)
    digest = hashlib.sha256((models_dir / name / MANIFEST).read_bytes()).hexdigest()
    beside = models_dir / f"{ACTIVE}.new"
    beside.write_text(f"{name} {digest}\n", encoding="ascii")
    beside.replace(models_dir / ACTIVE)


def load(folder: Path) -> BundleScorer:
    """Load and check one bundle folder."""
    manifest = read_manifest(folder)
    _check_hashes(folder, manifest)
    _check_versions(manifest)
    try:
        scorer = BundleScorer(_read_model(folder, manifest), _read_context(folder, manifest), _info(manifest))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedModel("the model's files do not fit together") from error
    _check_golden(folder, scorer)
    return scorer


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest as a dictionary; :class:`DamagedModel` when it cannot be read."""
    try:
        loaded = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DamagedModel("the model's manifest cannot be read") from error
    if not isinstance(loaded, dict) or not isinstance(loaded.get("files"), dict):
        raise DamagedModel("the model's manifest is not a manifest")
    return loaded


def write(
    folder: Path,
    model: LinearModel,
    context: ContextModel,
    manifest: Mapping[str, Any],
    golden: list[dict[str, Any]],
) -> None:
    """Write a bundle; the same inputs give the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_vocabulary(folder / "vocabulary.txt", model.vocabulary)
    _write_vocabulary(folder / "context_vocabulary.txt", context.vocabulary)
    for name in _ARRAYS:
        np.save(folder / f"{name}.npy", getattr(model, name))
    for name in _CONTEXT_ARRAYS:
        np.save(folder / f"context_{name}.npy", getattr(context, name))
    lines = (json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in golden)
    (folder / "golden.jsonl").write_text("".join(lines), "utf-8")
    files = {p.name: _digest(p) for p in sorted(folder.iterdir()) if p.name not in (MANIFEST, "CARD.md")}
    constants = {"bias": model.bias, "kinds": list(model.kind_names)}
    constants["context"] = {name: getattr(context, name) for name in _CONTEXT_NUMBERS}
    content = {"format": FORMAT, **constants, **manifest, "files": files}
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def library_versions() -> dict[str, str]:
    """Versions, here and now, of the libraries that change scores."""
    return {name: version(name) for name in SCORE_LIBRARIES}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _check_hashes(folder: Path, manifest: Mapping[str, Any]) -> None:
    for name, expected in manifest["files"].items():
        path = folder / Path(name).name
        try:
            found = _digest(path)
        except OSError as error:
            raise DamagedModel(f"the model's file {path.name} is missing or unreadable") from error
        if found != expected:
            raise DamagedModel(f"the model's file {path.name} has another hash than the manifest")


def _check_versions(manifest: Mapping[str, Any]) -> None:
    if manifest.get("format") != FORMAT:
        raise OtherVersion(f"the model has format {manifest.get('format')!r}, this Netra reads {FORMAT}")
    wanted, here = manifest.get("libraries", {}), library_versions()
    for name in SCORE_LIBRARIES:
        if wanted.get(name) != here[name]:
            raise OtherVersion(f"the model needs {name} {wanted.get(name)}, installed is {here[name]}")


def _read_model(folder: Path, manifest: Mapping[str, Any]) -> LinearModel:
    vocabulary = _read_vocabulary(folder / "vocabulary.txt")
    arrays = {name: _read_array(folder / f"{name}.npy") for name in _ARRAYS}
    _check_lengths(vocabulary, [arrays[name] for name in ("idf", "weights", "kinds")])
    names = tuple(manifest["kinds"])
    return LinearModel(vocabulary, bias=float(manifest["bias"]), kind_names=names, **arrays)


def _read_context(folder: Path, manifest: Mapping[str, Any]) -> ContextModel:
    vocabulary = _read_vocabulary(folder / "context_vocabulary.txt")
    arrays: dict[str, Any] = {name: _read_array(folder / f"context_{name}.npy") for name in _CONTEXT_ARRAYS}
    _check_lengths(vocabulary, list(arrays.values()))
    numbers: dict[str, Any] = {name: float(manifest["context"][name]) for name in _CONTEXT_NUMBERS}
    return ContextModel(vocabulary, **numbers, **arrays)


def _write_vocabulary(path: Path, vocabulary: Mapping[str, int]) -> None:
    words = sorted(vocabulary, key=lambda feature: vocabulary[feature])
    path.write_text("".join(json.dumps(word, ensure_ascii=False) + "\n" for word in words), "utf-8")


def _read_vocabulary(path: Path) -> dict[str, int]:
    with path.open(encoding="utf-8") as lines:
        return {json.loads(line): row for row, line in enumerate(lines)}


def _read_array(path: Path) -> NDArray[Any]:
    array = np.load(path, allow_pickle=False)
    if not bool(np.isfinite(array).all()):
        raise ValueError("an array holds a value that is not finite")
    return np.asarray(array)


def _check_lengths(vocabulary: Mapping[str, int], arrays: list[NDArray[Any]]) -> None:
    if any(len(array) != len(vocabulary) for array in arrays):
        raise ValueError("array lengths differ from the vocabulary")


_ARRAYS = ("idf", "weights", "kinds", "kind_bias")
_CONTEXT_ARRAYS = ("idf", "agreeing", "other")
_CONTEXT_NUMBERS = ("target", "own", "gate", "bias")


def _info(manifest: Mapping[str, Any]) -> ModelInfo:
    limits = manifest["thresholds"]
    return ModelInfo(manifest["name"], manifest["version"], float(limits["flag"]), float(limits["review"]))


def _check_golden(folder: Path, scorer: BundleScorer) -> None:
    try:
        rows = [json.loads(line) for line in (folder / "golden.jsonl").read_text(encoding="utf-8").splitlines()]
        items = [Item(r["text"], r["action"], r["target_text"]) for r in rows]
        expected = [r["score"] for r in rows]
    except (OSError, ValueError, KeyError) as error:
        raise DamagedModel("the model's golden predictions cannot be read") from error
    if not rows:
        raise DamagedModel("the model has no golden predictions")
    found = [verdict.score for verdict in scorer.score(items)]
    wrong = sum(1 for a, b in zip(found, expected, strict=True) if not _same(a, b))
    if wrong:
        raise GoldenMismatch(f"{wrong} of {len(rows)} golden predictions are not reproduced")


def _same(a: float | None, b: float | None) -> bool:
    if a is None or b is None:
        return a is b
    return abs(a - b) <= GOLDEN_TOLERANCE
