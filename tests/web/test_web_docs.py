"""The tour names every page, key and setting that there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.access.routes import CONSOLE
from app.settings import Settings
from app.web.item import LABEL_KEYS
from app.web.nav import NAVIGATION
from app.web.render import TEMPLATES

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "console.md").read_text(encoding="utf-8")
SCRIPT = (ROOT / "app" / "web" / "static" / "konsol.js").read_text(encoding="utf-8")


def keys() -> set[str]:
    """Every key that a template or the script gives a meaning to."""
    given = {
        key for path in TEMPLATES.glob("*.html") for key in re.findall(r'data-key="(\w)"', path.read_text("utf-8"))
    }
    return {*given, *LABEL_KEYS.values(), *re.findall(r'event\.key === "(.)"', SCRIPT)}


@pytest.mark.parametrize("page", NAVIGATION)
def test_every_page_of_the_navigation_is_named_with_its_scope(page: tuple[str, str, str]) -> None:
    path, _, need, *_ = page
    assert re.search(rf"`{path}` \| {'any' if need == 'any' else f'`{need}`'} \|", PAGE)


@pytest.mark.parametrize("key", sorted(keys()))
def test_every_key_is_in_the_tour_and_on_the_page_of_help(key: str) -> None:
    assert f"`{key}`" in PAGE
    assert f'("{key}", ' in (TEMPLATES / "help.html").read_text(encoding="utf-8")


def test_the_page_of_help_names_no_other_key() -> None:
    listed = re.findall(r'\("(.)", "', (TEMPLATES / "help.html").read_text(encoding="utf-8"))
    assert sorted(listed) == sorted(keys())


def test_what_the_tour_names_exists() -> None:
    for name in re.findall(r"NETRA_([A-Z_]+)", PAGE):
        assert name == "TEST_CHROMIUM" or name.lower() in Settings.model_fields
    for path in re.findall(r"`(/konsol[^`]*)`", PAGE):
        assert f"GET {path}" in CONSOLE
    for path in re.findall(r"`((?:app|tests|data)/[\w./]+)`", PAGE):
        assert (ROOT / path).exists()
