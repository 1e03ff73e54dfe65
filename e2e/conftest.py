"""A real browser in front of a real service. Skipped, with a word on why, where there is no Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from e2e.screen import Screen
from e2e.service import ROOT, Home, home_in

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
NO_BROWSER = (
    "NO BROWSER: the console was not tried in one. Install Debian's `chromium`, or set NETRA_TEST_CHROMIUM to one; "
    "nothing is ever downloaded"
)
#: So that the browser asks nobody for anything on its own.
QUIET = (
    *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--lang=id"),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screenshots", action="store_true", help="Write the pictures of docs/console anew.")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = _executable(playwright)
        if found is None:
            pytest.skip(NO_BROWSER)
        with playwright.chromium.launch(executable_path=found, args=list(QUIET)) as started:
            yield started


def _executable(playwright: Playwright) -> str | None:
    given = os.environ.get("NETRA_TEST_CHROMIUM")
    own = playwright.chromium.executable_path
    found = given or next(filter(None, map(shutil.which, NAMES)), None) or (own if Path(own).is_file() else None)
    assert found is None or Path(found).is_file(), "NETRA_TEST_CHROMIUM names no file"
    return found


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return home_in(tmp_path)


@pytest.fixture
def pictures(request: pytest.FixtureRequest) -> Path | None:
    """Where pictures go, if they are wanted."""
    return ROOT / "docs" / "console" if request.config.getoption("--screenshots") else None


@pytest.fixture
def screen(browser: Browser, pictures: Path | None) -> Iterator[Screen]:
    context = browser.new_context(
        viewport={"width": 1200, "height": 800}, locale="id-ID", timezone_id="Asia/Jakarta", accept_downloads=True
    )
    shown = Screen(context, pictures)
    yield shown
    context.close()
    assert shown.complaints == [], "what the browser complained of"
    assert shown.strangers == [], "what pages loaded from elsewhere"
