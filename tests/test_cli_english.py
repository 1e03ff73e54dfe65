"""What ``--en`` turns to English, command by command; without it the same is said in Indonesian."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import FakeScorer
from typer.testing import CliRunner

from app import cli
from app.cli import common

runner = CliRunner()


@pytest.fixture
def posts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "posts.csv"
    path.write_text("id,teks\n1,ayo coblos nomor 2\n2,masih ragu\n3,\n4,selamat pagi\n", encoding="utf-8")
    return path


@pytest.fixture
def fake_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(common, "load_scorer", lambda name=None, en=False: FakeScorer())


@pytest.mark.parametrize(
    ("flag", "told"),
    [
        (
            [],
            "Model tidak dapat dipakai: bundel dengan nama itu tidak ada, atau belum ada yang aktif (model-missing).\n",
        ),
        (["--en"], "The model cannot be used: "),
    ],
)
@pytest.mark.parametrize(
    "command",
    [
        ["model", "show"],
        ["model", "show", "tidak-ada"],
        ["score", "posts.csv", "-o", "out.csv"],
        ["drift", "posts.csv"],
        ["shadow", "tidak-ada", "posts.csv", "-o", "out.csv"],
    ],
)
def test_a_model_that_is_not_there_is_said_in_both_languages(
    posts: Path, monkeypatch: pytest.MonkeyPatch, command: list[str], flag: list[str], told: str
) -> None:
    monkeypatch.setenv("NETRA_MODELS_DIR", str(posts.parent))
    result = runner.invoke(cli.app, [*command, *flag])
    assert (result.exit_code, result.stdout) == (common.BAD_MODEL, "")
    assert result.stderr.startswith(told)
    assert ("Rincian" in result.stderr) == (not flag)


@pytest.mark.usefixtures("fake_model")
@pytest.mark.parametrize("flag", [[], ["--en"]])
def test_a_manifest_is_shown_without_its_files_and_the_same_in_both_languages(
    monkeypatch: pytest.MonkeyPatch, flag: list[str]
) -> None:
    manifest = {"name": "palsu", "files": {"weights.npy": "0" * 64}, "note": "ya – tidak"}
    monkeypatch.setattr("app.scoring.bundle.read_manifest", lambda folder: manifest)
    result = runner.invoke(cli.app, ["model", "show", "palsu", *flag])
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == '{\n "name": "palsu",\n "note": "ya – tidak"\n}\n'
