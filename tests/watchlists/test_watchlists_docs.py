"""docs/watchlists.md shows what the commands really say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app import cli
from app.api.reload import POLL_SECONDS
from app.cli.watchlists import app as group

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/watchlists.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"```\n\$ netra (.*)\n((?:.*\n)*?)```", PAGE)


@pytest.mark.parametrize(("command", "output"), SHOWN)
def test_output_shown_is_the_real_one(command: str, output: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert CliRunner().invoke(cli.app, command.split()).output == output


def test_some_output_is_shown() -> None:
    assert SHOWN


@pytest.mark.parametrize("command", [c.name for c in group.registered_commands])
def test_every_command_is_named(command: str) -> None:
    assert f"| `netra watchlist {command} " in PAGE


def test_the_page_knows_how_often_files_are_looked_at() -> None:
    assert POLL_SECONDS == 3
    assert "Every three seconds" in PAGE
