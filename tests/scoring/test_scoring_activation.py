"""Which bundle is in use: by name, by pointer, and switched whole or not at all."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from app.scoring.bundle import ACTIVE, MANIFEST, activate, load, load_active
from app.scoring.errors import DamagedModel, NoModel
from tests.scoring.tinybundle import INFO, ITEMS, NAME, Tiny, content, edit_manifest


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../models",
        f"../models/{NAME}",
        f"./{NAME}",
        f"{NAME}/",
        "/",
        "tak-ada",
        "a b",
        "a\0b",
        "é",
        "x" * 300,
    ],
)
def test_a_name_that_is_no_bundle_of_the_folder_is_no_model(models: Path, name: str) -> None:
    for place in (models, models.parent):
        (place / MANIFEST).write_bytes((models / NAME / MANIFEST).read_bytes())
    with pytest.raises(NoModel):
        load_active(models, name)
    with pytest.raises(NoModel):
        activate(models, name)
    assert not (models / ACTIVE).exists()


def test_an_activated_bundle_is_the_one_that_is_loaded(models: Path, tiny: Tiny) -> None:
    with pytest.raises(NoModel):
        load_active(models)
    activate(models, NAME)
    assert load_active(models).score(ITEMS) == tiny.scorer.score(ITEMS)
    assert load_active(models, NAME).info == INFO


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"kecil-1",
        b"kecil-1 a b",
        b"\xff\xfe",
        b"tak-ada " + b"0" * 64,
        b".. " + b"0" * 64,
        b"/etc " + b"0" * 64,
        b"\0 x",
    ],
    ids=repr,
)
def test_a_pointer_that_is_garbage_is_no_model(models: Path, raw: bytes) -> None:
    (models / ACTIVE).write_bytes(raw)
    with pytest.raises(NoModel):
        load_active(models)


def test_a_pointer_that_is_a_folder_is_no_model(models: Path) -> None:
    (models / ACTIVE).mkdir()
    with pytest.raises(NoModel):
        load_active(models)


def test_a_pointer_cannot_leave_the_folder(models: Path) -> None:
    inner = models / "dalam"
    inner.mkdir()
    digest = hashlib.sha256((models / NAME / MANIFEST).read_bytes()).hexdigest()
    (inner / ACTIVE).write_text(f"../{NAME} {digest}\n", encoding="ascii")
    with pytest.raises(NoModel):
        load_active(inner)


def test_a_manifest_changed_after_activation_is_noticed(models: Path) -> None:
    activate(models, NAME)
    edit_manifest(models / NAME, version="2")
    load(models / NAME)
    with pytest.raises(DamagedModel, match="activated"):
        load_active(models)


def test_a_damaged_bundle_is_not_activated(models: Path) -> None:
    activate(models, NAME)
    before = (models / ACTIVE).read_bytes()
    (models / "baru").mkdir()
    for name, raw in content(models / NAME).items():
        (models / "baru" / name).write_bytes(raw[:-1] if name == "idf.npy" else raw)
    with pytest.raises(DamagedModel):
        activate(models, "baru")
    assert (models / ACTIVE).read_bytes() == before
    assert not (models / f"{ACTIVE}.new").exists()


def test_activation_that_is_interrupted_leaves_the_old_pointer(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    activate(models, NAME)
    before = (models / ACTIVE).read_bytes()
    seen: list[bytes] = []

    def torn(self: Path, target: Path) -> Path:
        seen.append(self.read_bytes())
        raise OSError("disk penuh")

    monkeypatch.setattr(Path, "replace", torn)
    with pytest.raises(OSError, match="penuh"):
        activate(models, NAME)
    assert seen == [before]
    assert (models / ACTIVE).read_bytes() == before
    monkeypatch.undo()
    activate(models, NAME)
    assert load_active(models).info == INFO


def test_the_pointer_is_only_ever_renamed_into_place(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    real = Path.write_text

    def noted(self: Path, *args: Any, **options: Any) -> int:
        written.append(self.name)
        return real(self, *args, **options)

    monkeypatch.setattr(Path, "write_text", noted)
    activate(models, NAME)
    assert written == [f"{ACTIVE}.new"]
    assert sorted(path.name for path in models.iterdir()) == sorted([ACTIVE, NAME])
