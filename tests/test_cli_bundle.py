"""Which bundle the commands use: the one named, else that of ``NETRA_MODEL``, a name or a path, else the active one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app import cli
from app.cli import common
from app.scoring.bundle import activate
from tests.scoring.tinybundle import NAME, build

runner = CliRunner()
OTHER = "lain-1"


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shipped")
    build(folder)
    activate(folder, NAME)
    return folder


@pytest.fixture
def models(shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An active bundle, and another one that says so."""
    folder = shutil.copytree(shipped, tmp_path / "models")
    manifest = json.loads((folder / NAME / "manifest.json").read_text(encoding="utf-8"))
    shutil.copytree(folder / NAME, folder / OTHER)
    (folder / OTHER / "manifest.json").write_text(json.dumps({**manifest, "note": OTHER}), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NETRA_MODELS_DIR", str(folder))
    return folder


SETTINGS = [(None, NAME), (OTHER, OTHER), (f"models/{OTHER}", OTHER), (f"{{tmp}}/models/{OTHER}", OTHER)]


@pytest.mark.parametrize(("setting", "used"), SETTINGS)
def test_the_bundle_of_the_setting_is_the_one_shown_and_kept_to(
    models: Path, monkeypatch: pytest.MonkeyPatch, setting: str | None, used: str
) -> None:
    if setting:
        monkeypatch.setenv("NETRA_MODEL", setting.format(tmp=models.parent))
    shown = runner.invoke(cli.app, ["model", "show"])
    assert (shown.exit_code, json.loads(shown.stdout).get("note", NAME)) == (0, used)
    assert (common.bundle_folder() or Path()).resolve() == models / used
    assert common.bundle_folder(NAME) == models / NAME


@pytest.mark.parametrize("command", [["classify", "ayo"], ["score", "a.csv", "-o", "b.csv", "--workers", "1"]])
@pytest.mark.parametrize(("setting", "code"), [(f"models/{OTHER}", 0), ("models/nada", common.BAD_MODEL)])
def test_commands_that_score_take_a_path_as_the_service_does(
    models: Path, monkeypatch: pytest.MonkeyPatch, command: list[str], setting: str, code: int
) -> None:
    (models.parent / "a.csv").write_text("text\nayo coblos\n", encoding="utf-8")
    monkeypatch.setenv("NETRA_MODEL", setting)
    assert runner.invoke(cli.app, command).exit_code == code


@pytest.mark.parametrize("command", [["activate", "--override", "lewati gerbang untuk uji ini"], ["show"]])
def test_a_name_that_is_typed_is_no_path(models: Path, command: list[str]) -> None:
    before = (models / "ACTIVE").read_bytes()
    assert runner.invoke(cli.app, ["model", *command, f"../models/{OTHER}"]).exit_code == common.BAD_MODEL
    assert (models / "ACTIVE").read_bytes() == before


def test_nothing_is_chosen_where_nothing_is_active(models: Path) -> None:
    (models / "ACTIVE").unlink()
    assert common.bundle_folder() is None
