"""The page on access names everything there is to know about it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app import cli
from app.access.limits import LEASES
from app.access.login import MOST_FAILED
from app.access.ring import GRACE, NEW_KEY, STALE
from app.access.routes import CONSOLE, NEEDS, OPEN
from app.access.scopes import SCOPES
from app.cli.database import REFUSED
from app.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "access.md").read_text(encoding="utf-8")
ACCESS_SETTINGS = ["auth", "auth_off_acknowledged", "behind_tls_proxy", "trusted_hosts", "requests_per_minute"]
ROWS = [
    *(f"| `{route}` | `{need}` | |" for route, need in {**NEEDS, **CONSOLE}.items()),
    *(f"| `{route}` | open | {reason} |" for route, reason in OPEN.items()),
    *(f"| `{scope}` | " for scope in SCOPES),
    *(
        f"`NETRA_{name.upper()}"
        for name in (*ACCESS_SETTINGS, "items_per_day", "secret_key", "old_secret_keys", "session_hours")
    ),
    f"exit code {REFUSED}",
    f"| {NEW_KEY} seconds |",
    f"| {STALE:.0f} seconds, ",
    f"{GRACE / 60:.0f} minutes",
    f"1/{LEASES}",
    f"{MOST_FAILED} logins",
]


@pytest.mark.parametrize("row", ROWS)
def test_the_page_names_every_route_scope_setting_and_bound(row: str) -> None:
    assert row in PAGE


def test_the_page_lists_no_route_that_is_not_there() -> None:
    listed = re.findall(r"^\| `([A-Z]+ /[^`]*)` \|", PAGE, re.MULTILINE)
    assert sorted(listed) == sorted([*NEEDS, *CONSOLE, *OPEN])


def test_every_setting_the_page_names_exists() -> None:
    for name in re.findall(r"NETRA_([A-Z_]+)", PAGE):
        assert name.lower() in Settings.model_fields


@pytest.mark.parametrize("option", ["--scopes", "--name", "--days", "--requests-per-minute", "--items-per-day"])
def test_the_page_and_the_command_have_the_same_options(option: str) -> None:
    shown = CliRunner().invoke(cli.app, ["key", "create", "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"}).output
    assert option in shown
    assert option in PAGE


def test_the_image_says_that_a_proxy_ends_tls_and_never_turns_keys_off() -> None:
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^ +NETRA_BEHIND_TLS_PROXY=yes$", image, re.MULTILINE)
    assert "NETRA_AUTH" not in image
    assert "NETRA_SECRET_KEY" not in image


def test_make_serve_prints_a_local_key_on_this_host_only() -> None:
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "$(if $(filter 127.% localhost ::1,$(HOST)),--local-key)" in recipe
