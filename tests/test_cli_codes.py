"""Exit codes of the commands: each means one thing, and the docs say which."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from fakes import FakeScorer
from typer.testing import CliRunner

from app import cli
from app.cli import common, database, learning, models, review

OPERATIONS = Path(__file__).parents[1] / "docs" / "operations.md"
OURS = (common.BAD_USAGE, common.BAD_FILE, common.BAD_MODEL, database.BAD_STORE, database.REFUSED, models.NOT_EARNED)
#: Done, a check that does not hold, and what a shell expects of a process that was stopped.
OTHERS = (0, learning.NOT_PASSED, 130, 143)
CASE = '{"no": "case"}'


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("NETRA_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NETRA_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ada.csv").write_text("text\nya\n", encoding="utf-8")
    (tmp_path / "kasus.json").write_text(CASE, encoding="utf-8")


def test_no_code_has_two_meanings_and_all_stand_in_the_docs() -> None:
    assert learning.NOT_PASSED == review.DIFFERS == 1
    assert len({*OURS, *OTHERS}) == len(OURS) + len(OTHERS)
    table = OPERATIONS.read_text(encoding="utf-8").partition("## Exit codes")[2].partition("\n## ")[0]
    told = [int(code) for row in re.findall(r"^\| ([0-9, ]+) \|", table, re.M) for code in row.split(", ")]
    assert told == sorted({*OURS, *OTHERS})


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["score", "tidak-ada.csv", "-o", "hasil.csv"], common.BAD_FILE),
        (["score", "ada.csv", "-o", "tidak-ada/hasil.csv"], common.BAD_FILE),
        (["score", "ada.csv", "-o", "hasil.csv", "--watchlist", "tidak-ada.yaml"], common.BAD_FILE),
        (["evaluate", "tidak-ada.csv"], common.BAD_FILE),
        (["replay", "tidak-ada.json"], common.BAD_FILE),
        (["replay", "kasus.json"], common.BAD_FILE),
        (["watchlist", "check", "tidak-ada.yaml"], common.BAD_FILE),
        (["watchlist", "show", "tidak-ada"], common.BAD_FILE),
        (["key", "revoke", "tidak-ada"], common.BAD_FILE),
        (["evidence", "tidak-ada"], common.BAD_FILE),
        (["model", "activate", "tidak-ada"], common.BAD_MODEL),
        (["challenge", "tidak-ada"], common.BAD_MODEL),
        (["score", "ada.csv", "-o", "hasil.csv", "--action", "tidak-ada"], common.BAD_USAGE),
        (["score", "ada.csv", "-o", "hasil.csv", "--resume", "--restart"], common.BAD_USAGE),
        (["watchlist", "list", "--level", "tidak-ada"], common.BAD_USAGE),
        (["key", "create", "--scopes", "tidak-ada"], common.BAD_USAGE),
        (["audit", "verify", "--anchor", "tidak-ada"], common.BAD_USAGE),
        (["model", "activate", "tidak-ada", "--override", "darurat"], common.BAD_USAGE),
        (["tidak-ada"], common.BAD_USAGE),
    ],
)
def test_the_same_mistake_ends_with_the_same_code(
    monkeypatch: pytest.MonkeyPatch, command: list[str], code: int
) -> None:
    monkeypatch.setattr(common, "load_scorer", lambda name=None, en=False: FakeScorer())
    result = CliRunner().invoke(cli.app, command)
    assert (result.exit_code, result.stdout) == (code, ""), result.output
    assert result.stderr


def test_a_champion_that_is_none_is_no_model_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    monkeypatch.setenv("NETRA_MODELS_DIR", str(tmp_path / "models"))
    result = CliRunner().invoke(cli.app, ["challenge", "tidak-ada"])
    assert (result.exit_code, "belum ada model aktif" in result.stderr) == (common.BAD_MODEL, True)
