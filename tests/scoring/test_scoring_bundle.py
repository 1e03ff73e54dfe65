"""Bundles on disk: what is written is what is read, and what is damaged is never answered from."""

from __future__ import annotations

import hashlib
import io
import json
import math
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.scoring import bundle
from app.scoring.bundle import FORMAT, MANIFEST, library_versions, load, load_active, read_manifest, write
from app.scoring.errors import DamagedModel, GoldenMismatch, ModelError, NoModel, OtherVersion
from app.scoring.types import Item
from tests.scoring.tinybundle import (
    ARRAYS,
    FILES,
    INFO,
    ITEMS,
    NAME,
    Tiny,
    build,
    content,
    edit_manifest,
    manifest,
    rehash,
)

# -- round trip -----------------------------------------------------------------------------------------------------


def test_a_loaded_bundle_gives_the_same_verdicts(tiny: Tiny) -> None:
    loaded = load(tiny.folder)
    assert loaded.info == INFO
    assert loaded.score(ITEMS, explain=True) == tiny.scorer.score(ITEMS, explain=True)


def test_every_file_is_named_in_the_manifest_with_its_hash(tiny: Tiny) -> None:
    named = read_manifest(tiny.folder)["files"]
    assert sorted(named) == sorted(FILES)
    assert sorted([*named, MANIFEST]) == sorted(path.name for path in tiny.folder.iterdir())
    assert all(
        hashlib.sha256((tiny.folder / name).read_bytes()).hexdigest() == digest for name, digest in named.items()
    )


def test_nothing_in_a_bundle_is_pickled(tiny: Tiny) -> None:
    for name in ARRAYS:
        np.load(tiny.folder / f"{name}.npy", allow_pickle=False)


def test_writing_twice_gives_the_same_bytes(tiny: Tiny, tmp_path: Path) -> None:
    golden = [json.loads(line) for line in (tiny.folder / "golden.jsonl").read_text(encoding="utf-8").splitlines()]
    for name in ("satu", "dua"):
        write(tmp_path / name, tiny.model, tiny.context, manifest(), golden)
    assert content(tmp_path / "satu") == content(tmp_path / "dua") == content(tiny.folder)
    write(tmp_path / "dua", tiny.model, tiny.context, manifest(), golden)
    assert content(tmp_path / "dua") == content(tmp_path / "satu")


def test_training_twice_gives_the_same_bytes(tiny: Tiny, tmp_path: Path) -> None:
    assert content(build(tmp_path).folder) == content(tiny.folder)


def test_a_card_beside_the_files_is_no_part_of_them(models: Path) -> None:
    (models / NAME / "CARD.md").write_text("apa saja", encoding="utf-8")
    load(models / NAME)


@pytest.mark.parametrize("odd", ["\u2028", "\x85", "\x0b", "\r", "\n", '"', "\\", "🙏", "\x00"])
def test_golden_texts_may_hold_any_character(tiny: Tiny, tmp_path: Path, odd: str) -> None:
    text = f"ayo{odd}coblos"
    [verdict] = tiny.scorer.score([Item(text)])
    golden = [{"text": text, "action": "post", "target_text": "", "score": verdict.score}]
    write(tmp_path / "b", tiny.model, tiny.context, manifest(), golden)
    assert load(tmp_path / "b").score([Item(text)]) == [verdict]


def test_an_undecided_item_may_be_golden(tiny: Tiny, tmp_path: Path) -> None:
    golden = [{"text": "", "action": "like", "target_text": "", "score": None}]
    write(tmp_path / "b", tiny.model, tiny.context, manifest(), golden)
    load(tmp_path / "b")


# -- damage ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_noticed(models: Path, name: str) -> None:
    (models / NAME / name).unlink()
    with pytest.raises(DamagedModel, match=name):
        load(models / NAME)


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_byte_is_noticed(models: Path, name: str) -> None:
    path = models / NAME / name
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    with pytest.raises(DamagedModel, match=name):
        load(models / NAME)


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_no_hash_covers_is_refused(models: Path, name: str) -> None:
    files = read_manifest(models / NAME)["files"]
    del files[name]
    edit_manifest(models / NAME, files=files)
    with pytest.raises(DamagedModel, match="manifest"):
        load(models / NAME)


def test_a_folder_in_the_place_of_a_file_is_noticed(models: Path) -> None:
    path = models / NAME / "idf.npy"
    path.unlink()
    path.mkdir()
    with pytest.raises(DamagedModel, match=r"idf\.npy"):
        load(models / NAME)


class Planted:
    """What must never come to life when a bundle is read."""

    def __reduce__(self) -> tuple[Callable[[str], Any], tuple[str]]:
        return eval, ("(_ for _ in ()).throw(SystemExit('a pickle was run'))",)


def npy(array: Any, **options: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, **options)
    return stream.getvalue()


def npz(array: Any) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, array)
    return stream.getvalue()


def header(text: str) -> bytes:
    padded = text.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + len(padded).to_bytes(2, "little") + padded


def cut(raw: bytes) -> bytes:
    return raw[: len(raw) // 2]


SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda raw: b"",
    "no header": lambda raw: raw[:4],
    "truncated": cut,
    "one value short": lambda raw: raw[:-8],
    "text": lambda raw: b"bukan larik",
    "pickle": lambda raw: pickle.dumps(Planted()),
    "pickle inside npy": lambda raw: npy(np.array([Planted()], dtype=object), allow_pickle=True),
    "archive": lambda raw: npz(np.load(io.BytesIO(raw))),
    "endless shape": lambda raw: header("{'descr': '<f8', 'fortran_order': False, 'shape': (10**15,), }"),
    "huge shape": lambda raw: header("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000000,), }"),
    "no shape": lambda raw: header("{'descr': '<f8'}"),
    "code in header": lambda raw: header("__import__('os').system('true')"),
    "NaN": lambda raw: npy(np.full_like(np.load(io.BytesIO(raw)), math.nan)),
    "infinity": lambda raw: npy(np.full_like(np.load(io.BytesIO(raw)), math.inf)),
    "longer": lambda raw: npy(np.concatenate([np.load(io.BytesIO(raw))] * 2)),
    "other axes": lambda raw: npy(np.load(io.BytesIO(raw))[..., np.newaxis]),
    "a number": lambda raw: npy(np.float64(1.0)),
    "integers": lambda raw: npy(np.load(io.BytesIO(raw)).astype(np.int64)),
    "complex": lambda raw: npy(np.load(io.BytesIO(raw)).astype(np.complex128)),
    "words": lambda raw: npy(np.load(io.BytesIO(raw)).astype(str)),
    "dates": lambda raw: npy(np.load(io.BytesIO(raw)).astype(np.int64).astype("datetime64[s]")),
}


@pytest.mark.parametrize("name", ["weights.npy", "kinds.npy", "context_other.npy"])
@pytest.mark.parametrize("damage", SPOILT)
def test_a_spoilt_array_with_the_right_hash_is_refused(models: Path, name: str, damage: str) -> None:
    path = models / NAME / name
    path.write_bytes(SPOILT[damage](path.read_bytes()))
    rehash(models / NAME)
    with pytest.raises(DamagedModel):
        load(models / NAME)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda lines: [],
        lambda lines: lines[:-1],
        lambda lines: [*lines, '"w:baru"'],
        lambda lines: [*lines[:-1], lines[0]],
        lambda lines: [*lines[:-1], "tanpa kutip"],
        lambda lines: [*lines[:-1], "[]"],
        lambda lines: [*lines[:-1], ""],
        lambda lines: [*lines[:-1], "[" * 5000],
    ],
    ids=["empty", "short", "long", "twice", "no JSON", "no string", "blank", "deep"],
)
@pytest.mark.parametrize("name", ["vocabulary.txt", "context_vocabulary.txt"])
def test_a_spoilt_vocabulary_with_the_right_hash_is_refused(
    models: Path, name: str, spoil: Callable[[list[str]], list[str]]
) -> None:
    path = models / NAME / name
    lines = spoil(path.read_text(encoding="utf-8").splitlines())
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    rehash(models / NAME)
    with pytest.raises(DamagedModel):
        load(models / NAME)


def test_a_vocabulary_that_is_no_text_is_refused(models: Path) -> None:
    (models / NAME / "vocabulary.txt").write_bytes(b"\xff\xfe\n")
    rehash(models / NAME)
    with pytest.raises(DamagedModel):
        load(models / NAME)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"bukan JSON",
        b"[]",
        b'"x"',
        b"{}",
        b'{"files": []}',
        b'{"files": {}, "libraries": []}',
        b"\xff",
        b"[" * 99999,
    ],
)
def test_an_unreadable_manifest_is_refused(models: Path, raw: bytes) -> None:
    (models / NAME / MANIFEST).write_bytes(raw)
    with pytest.raises(DamagedModel, match="manifest"):
        load(models / NAME)


def test_a_missing_manifest_is_damage_to_a_folder_and_no_model_by_name(models: Path) -> None:
    (models / NAME / MANIFEST).unlink()
    with pytest.raises(DamagedModel):
        load(models / NAME)
    with pytest.raises(NoModel):
        load_active(models, NAME)


@pytest.mark.parametrize(
    "changes",
    [
        {"bias": None},
        {"bias": math.nan},
        {"bias": math.inf},
        {"bias": "banyak"},
        {"bias": [1]},
        {"kinds": None},
        {"kinds": []},
        {"kinds": ["vote_call"]},
        {"kinds": 3},
        {"context": None},
        {"context": {}},
        {"context": {"target": 1, "own": 1, "gate": 1, "bias": math.nan}},
        {"thresholds": None},
        {"thresholds": {"flag": 0.5}},
        {"thresholds": {"flag": math.nan, "review": 0.1}},
        {"thresholds": {"flag": 0.5, "review": math.nan}},
        {"thresholds": {"flag": 0.2, "review": 0.5}},
        {"thresholds": {"flag": 1.5, "review": 0.5}},
        {"thresholds": {"flag": 0.5, "review": -0.1}},
        {"thresholds": [0.5, 0.2]},
        {"name": None},
        {"version": None},
        {"libraries": None},
    ],
    ids=str,
)
def test_a_manifest_that_says_nonsense_is_refused(models: Path, changes: dict[str, Any]) -> None:
    edit_manifest(models / NAME, **changes)
    with pytest.raises(DamagedModel):
        load(models / NAME)


@pytest.mark.parametrize("digest", ["0" * 64, "", None, 5, []])
def test_a_wrong_hash_is_noticed(models: Path, digest: object) -> None:
    files = read_manifest(models / NAME)["files"] | {"idf.npy": digest}
    edit_manifest(models / NAME, files=files)
    with pytest.raises(DamagedModel, match=r"idf\.npy"):
        load(models / NAME)


@pytest.mark.parametrize("name", ["../rahasia.txt", "/etc/hostname", "..", "", ".", "a/b", "a\0b", "x" * 300])
def test_a_manifest_cannot_point_outside_its_folder(models: Path, name: str) -> None:
    outside = models / "rahasia.txt"
    outside.write_text("rahasia", encoding="utf-8")
    digest = hashlib.sha256(outside.read_bytes()).hexdigest()
    edit_manifest(models / NAME, files=read_manifest(models / NAME)["files"] | {name: digest})
    with pytest.raises(DamagedModel):
        load(models / NAME)


# -- versions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [*range(FORMAT), FORMAT + 1, str(FORMAT), None, [FORMAT]])
def test_another_format_is_refused(models: Path, number: object) -> None:
    edit_manifest(models / NAME, format=number)
    with pytest.raises(OtherVersion, match="format"):
        load(models / NAME)


@pytest.mark.parametrize("name", ["PySastrawi", "ftfy"])
@pytest.mark.parametrize("version", ["0.0.1", None, 5])
def test_another_version_of_a_library_that_changes_scores_is_refused(models: Path, name: str, version: object) -> None:
    edit_manifest(models / NAME, libraries=library_versions() | {name: version})
    with pytest.raises(OtherVersion, match=name):
        load(models / NAME)


def test_a_library_the_manifest_does_not_pin_is_refused(models: Path) -> None:
    edit_manifest(models / NAME, libraries={})
    with pytest.raises(OtherVersion):
        load(models / NAME)


def test_other_libraries_may_differ(models: Path) -> None:
    edit_manifest(models / NAME, libraries=library_versions() | {"numpy": "0.1"})
    load(models / NAME)


def test_hashes_are_checked_before_versions(models: Path) -> None:
    edit_manifest(models / NAME, format=9)
    (models / NAME / "idf.npy").unlink()
    with pytest.raises(DamagedModel):
        load(models / NAME)


def test_each_error_is_a_model_error_with_its_own_slug() -> None:
    for kind, slug in (
        (NoModel, "model-missing"),
        (DamagedModel, "model-damaged"),
        (OtherVersion, "model-other-version"),
        (GoldenMismatch, "model-golden-mismatch"),
    ):
        assert issubclass(kind, ModelError)
        assert kind.slug == slug


def test_pinned_libraries_are_those_installed() -> None:
    assert set(library_versions()) == set(bundle.SCORE_LIBRARIES)
    assert all(library_versions().values())
