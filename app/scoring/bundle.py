"""Model bundles on disk: written by training, checked in full before the first answer.

A bundle is a folder of plain arrays (``.npy``, never pickled), a text vocabulary and JSON; ``manifest.json``
names every other file with its SHA-256. Loading checks hashes first, versions next, golden predictions last.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.memory import undisturbed
from app.scoring import bundlewords as words
from app.scoring.context import ContextModel
from app.scoring.errors import DamagedModel, GoldenMismatch, NoModel, OtherVersion
from app.scoring.kinds import OTHER_KINDS, SUPPORT_KINDS
from app.scoring.model import LinearModel, frequent_first
from app.scoring.names import read_names
from app.scoring.pointer import ACTIVE, MANIFEST, bundle_at, manifest_digest
from app.scoring.scorer import BundleScorer
from app.scoring.types import Item, ModelInfo
from app.scoring.weighing import PARTS, TRAITS, Weighing

FORMAT = 7
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
    return load(_folder(models_dir, name))


def load_set(models_dir: Path, setting: str | None) -> BundleScorer:
    """Scorer for the bundle that a setting names, which may be a path, or for the active one. Raises ``ModelError``."""
    if setting is None:
        return load_active(models_dir)
    folder = bundle_at(models_dir, setting)
    return load_active(folder.parent, folder.name)


def is_name(name: str) -> bool:
    """Whether a bundle can be called that: letters, digits, dots, dashes and underscores."""
    return _NAME.fullmatch(name) is not None


def _folder(models_dir: Path, name: str) -> Path:
    """Folder of a bundle inside ``models_dir``."""
    folder = models_dir / name
    if not is_name(name) or not (folder / MANIFEST).is_file():
        raise words.no_bundle(name)
    return folder


def _load_pointed(models_dir: Path) -> BundleScorer:
    try:
        name, digest = (models_dir / ACTIVE).read_text(encoding="ascii").split()
        folder = _folder(models_dir, name)
    except (OSError, ValueError, NoModel) as error:
        raise NoModel(words.NONE_ACTIVE) from error
    if manifest_digest(folder) != digest:
        raise DamagedModel(words.OTHER_MANIFEST)
    return load(folder)


def activate(models_dir: Path, name: str) -> None:
    """Point ``models/ACTIVE`` to a bundle, after loading it in full; the switch is a rename."""
    load_active(models_dir, name)
    beside = models_dir / f"{ACTIVE}.new"
    beside.write_text(f"{name} {manifest_digest(models_dir / name)}\n", encoding="ascii")
    beside.replace(models_dir / ACTIVE)


@undisturbed()
def load(folder: Path) -> BundleScorer:
    """Load and check one bundle folder."""
    manifest = read_manifest(folder)
    _check_hashes(folder, manifest)
    _check_versions(manifest)
    try:
        scorer = BundleScorer(_read_model(folder, manifest), _read_context(folder, manifest), _info(manifest))
    except _UNREADABLE as error:
        raise DamagedModel(words.NOT_FITTING) from error
    _check_golden(folder, scorer)
    return scorer


def read_models(folder: Path) -> tuple[LinearModel, ContextModel]:
    """Both models of a bundle folder without any check, for measuring; to score with, use :func:`load`."""
    manifest = read_manifest(folder)
    return _read_model(folder, manifest), _read_context(folder, manifest)


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest as a dictionary; :class:`DamagedModel` when it cannot be read."""
    try:
        loaded = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except _UNREADABLE as error:
        raise DamagedModel(words.NO_MANIFEST) from error
    if not isinstance(loaded, dict) or not all(isinstance(loaded.get(k), dict) for k in ("files", "libraries")):
        raise DamagedModel(words.NOT_A_MANIFEST)
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
    for name in _WEIGHING:
        np.save(folder / f"weighing_{name}.npy", getattr(model.weighing, name))
    for name in _CONTEXT_ARRAYS:
        np.save(folder / f"context_{name}.npy", getattr(context, name))
    lines = (json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in golden)
    (folder / "golden.jsonl").write_text("".join(lines), "utf-8")
    files = {name: _digest(folder / name) for name in sorted(_FILES)}  # the card and reports may lie beside them
    constants = {"bias": model.bias, "kinds": list(model.kind_names), "kind_share": model.kind_share}
    constants["context"] = {name: getattr(context, name) for name in _CONTEXT_NUMBERS}
    content = {"format": FORMAT, **constants, **manifest, "files": files}
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def library_versions() -> dict[str, str]:
    """Versions, here and now, of the libraries that change scores."""
    return {name: version(name) for name in SCORE_LIBRARIES}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_hashes(folder: Path, manifest: Mapping[str, Any]) -> None:
    if not manifest["files"].keys() >= _FILES:
        raise DamagedModel(words.FILES_NOT_NAMED)
    for name, expected in manifest["files"].items():
        path = folder / Path(name).name
        try:
            found = _digest(path)
        except (OSError, ValueError) as error:
            raise DamagedModel(words.no_file(path.name)) from error
        if found != expected:
            raise DamagedModel(words.other_file(path.name))


def _check_versions(manifest: Mapping[str, Any]) -> None:
    if manifest.get("format") != FORMAT:
        raise OtherVersion(words.other_format(manifest.get("format"), FORMAT))
    wanted, here = manifest["libraries"], library_versions()
    for name in SCORE_LIBRARIES:
        if wanted.get(name) != here[name]:
            raise OtherVersion(words.other_library(name, wanted.get(name), here[name]))


def _read_model(folder: Path, manifest: Mapping[str, Any]) -> LinearModel:
    arrays = {name: _read_array(folder / f"{name}.npy") for name in _ARRAYS}
    names = tuple(manifest["kinds"])
    if not set(names) >= {*SUPPORT_KINDS, *OTHER_KINDS}:
        raise ValueError("a kind is missing")
    size = len(arrays["idf"])
    _check_shapes(arrays, {"idf": (size,), "weights": (size,), "kinds": (size, len(names)), "kind_bias": (len(names),)})
    vocabulary = read_names((folder / "vocabulary.txt").read_bytes(), np.arange(size))
    weighing = _read_weighing(folder)
    bias, share = (_number(manifest[name]) for name in ("bias", "kind_share"))
    model = LinearModel(vocabulary, bias=bias, kind_names=names, weighing=weighing, kind_share=share, **arrays)
    return frequent_first(model)


def _read_weighing(folder: Path) -> Weighing:
    arrays = {name: _read_array(folder / f"weighing_{name}.npy") for name in _WEIGHING}
    _check_shapes(arrays, {"table": (1 + TRAITS, PARTS), "gains": (TRAITS,), "reach": (2, TRAITS)})
    return Weighing(**arrays)


def _read_context(folder: Path, manifest: Mapping[str, Any]) -> ContextModel:
    arrays: dict[str, Any] = {name: _read_array(folder / f"context_{name}.npy") for name in _CONTEXT_ARRAYS}
    size = len(arrays["idf"])
    _check_shapes(arrays, dict.fromkeys(_CONTEXT_ARRAYS, (size,)))
    vocabulary = read_names((folder / "context_vocabulary.txt").read_bytes(), np.arange(size))
    numbers: dict[str, Any] = {name: _number(manifest["context"][name]) for name in _CONTEXT_NUMBERS}
    return ContextModel(vocabulary, **numbers, **arrays)


def _write_vocabulary(path: Path, vocabulary: Mapping[str, int]) -> None:
    features = sorted(vocabulary, key=lambda feature: vocabulary[feature])
    path.write_text("".join(json.dumps(feature, ensure_ascii=False) + "\n" for feature in features), "utf-8")


def _read_array(path: Path) -> NDArray[Any]:
    array = np.asarray(np.load(path, allow_pickle=False))
    if array.dtype.kind != "f" or not bool(np.isfinite(array).all()):
        raise ValueError("an array holds something else than finite numbers")
    return array


def _check_shapes(arrays: Mapping[str, NDArray[Any]], shapes: Mapping[str, tuple[int, ...]]) -> None:
    if any(arrays[name].shape != shape for name, shape in shapes.items()):
        raise ValueError("array sizes differ from the vocabulary")


def _number(value: str | float) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("a number of the manifest is not finite")
    return number


_ARRAYS = ("idf", "weights", "kinds", "kind_bias")
_WEIGHING = ("table", "gains", "reach")
_CONTEXT_ARRAYS = ("idf", "agreeing", "other")
_CONTEXT_NUMBERS = ("target", "own", "gate", "target_long", "own_long", "gate_long", "bias")
_VOCABULARIES = ("vocabulary.txt", "context_vocabulary.txt")
_FILES = {
    *_VOCABULARIES,
    "golden.jsonl",
    *(f"{name}.npy" for name in _ARRAYS),
    *(f"weighing_{name}.npy" for name in _WEIGHING),
    *(f"context_{name}.npy" for name in _CONTEXT_ARRAYS),
}
#: What reading a damaged file can raise.
_UNREADABLE = (OSError, ValueError, KeyError, TypeError, EOFError, MemoryError, RecursionError)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def _info(manifest: Mapping[str, Any]) -> ModelInfo:
    flag, review = (_number(manifest["thresholds"][name]) for name in ("flag", "review"))
    if not 0 <= review <= flag <= 1:
        raise ValueError("the thresholds are not in order")
    return ModelInfo(str(manifest["name"]), str(manifest["version"]), flag, review)


def _check_golden(folder: Path, scorer: BundleScorer) -> None:
    try:
        items, expected = _read_golden(folder / "golden.jsonl")
    except _UNREADABLE as error:
        raise DamagedModel(words.NO_GOLDEN) from error
    if not items:
        raise DamagedModel(words.GOLDEN_EMPTY)
    # One by one, to the bit what all at once would be, which takes matrices that nobody should wait for at a start.
    found = [verdict.score for item in items for verdict in scorer.score([item])]
    wrong = sum(1 for a, b in zip(found, expected, strict=True) if not _same(a, b))
    if wrong:
        raise GoldenMismatch(words.not_reproduced(wrong, len(items)))


def _read_golden(path: Path) -> tuple[list[Item], list[float | None]]:
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    items = [Item(str(r["text"]), r["action"], str(r["target_text"])) for r in rows]
    return items, [None if r["score"] is None else float(r["score"]) for r in rows]


def _same(a: float | None, b: float | None) -> bool:
    if a is None or b is None:
        return a is b
    return abs(a - b) <= GOLDEN_TOLERANCE
