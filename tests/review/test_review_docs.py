"""The page says what there is, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from typer.main import get_command

from app import cli
from app.review import details
from app.review.examples import CASE_ANSWER
from app.review.replay import DifferenceKind
from app.review.verify import FaultKind
from app.review.words import LABELS, ORDERS, STATES
from app.settings import Settings

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "review.md").read_text(encoding="utf-8")
WORDS = [*LABELS, *STATES, *ORDERS, *details.ACTIONS, *get_args(FaultKind), *get_args(DifferenceKind)]
SETTINGS = ("keep_texts", "retention_days", "lease_minutes", "second_read_percent")
COMMANDS = (
    "audit verify",
    "audit anchor",
    "labels export",
    "sample",
    "agreement",
    "evidence",
    "replay",
    "purge",
    "forget",
)


@pytest.mark.parametrize("word", sorted(set(WORDS)))
def test_the_page_names_every_word(word: str) -> None:
    assert f"`{word}`" in PAGE


@pytest.mark.parametrize("command", COMMANDS)
def test_the_page_names_every_command_there_is(command: str) -> None:
    assert f"netra {command}" in PAGE
    found = get_command(cli.app)
    for word in command.split():
        found = found.commands[word]  # type: ignore[attr-defined]
    assert found.help


def test_the_page_names_every_member_of_a_case_file() -> None:
    plain = {"format", "netra", "id", "made_at"}
    for name in set(CASE_ANSWER) - plain:
        assert f"`{name}`" in PAGE, name


def test_the_page_names_settings_that_exist_and_all_of_the_review() -> None:
    named = {name.lower() for name in re.findall(r"NETRA_([A-Z_]+)", PAGE)}
    assert named <= set(Settings.model_fields)
    assert named >= set(SETTINGS)


def test_links_lead_somewhere() -> None:
    for name in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (DOCS / name).is_file()
