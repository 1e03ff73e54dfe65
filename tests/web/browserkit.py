"""A real browser in front of a real server, both on this host; for tests marked ``enable_socket``."""

from __future__ import annotations

import json
import os
import shutil
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from api.http_client import settings_with
from databases import STRONG, opened
from fakes import PATIENCE, FakeScorer
from pydantic import SecretStr

from app.access.keys import create_key
from app.access.scopes import SCOPES
from app.main import create_app

NO_BROWSER = "no browser: install Debian's `chromium`, or set NETRA_TEST_CHROMIUM to one; nothing is ever downloaded"
#: It must not ask anybody for anything: only pages of ours are to be seen in what it loads.
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def browser_path() -> str | None:
    """The browser of this host, if it has one that is known."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return os.environ.get("NETRA_TEST_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@contextmanager
def browser() -> Iterator[Any]:
    """A headless browser of this host. Skips where there is none."""
    path = browser_path()
    if path is None:
        pytest.skip(NO_BROWSER)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as tool:
        opened_browser = tool.chromium.launch(executable_path=path, args=SWITCHES)
        yield opened_browser
        opened_browser.close()


def window(found: Any, service: Served, **given: Any) -> Any:
    """A browser's window onto a service, with cookies of its own."""
    made = found.new_context(base_url=service.base, **given)
    made.set_default_timeout(1000 * PATIENCE)
    return made


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.ready.set()


class Served:
    """A service with the fake model on a port of its own, and keys of two people."""

    def __init__(self, folder: Path) -> None:
        self.settings = settings_with(state_dir=folder, secret_key=SecretStr(STRONG), second_read_percent=0)
        with opened(self.settings) as store, store.begin() as tx:
            self.anna, self.budi = (create_key(tx, name, SCOPES, requests_per_minute=0) for name in ("Anna", "Budi"))
        app = create_app(self.settings, lambda _: FakeScorer())
        self.server = _Server(
            uvicorn.Config(app, "127.0.0.1", 0, ws="none", log_config=None, timeout_graceful_shutdown=5)
        )
        self.thread = threading.Thread(target=self.server.run, daemon=True)

    @property
    def base(self) -> str:
        port = self.server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    def queue(self, text: str, **given: object) -> str:
        body = json.dumps({"text": text, "queue": True, **given}).encode()
        headers = {"Content-Type": "application/json", "X-API-Key": self.anna}
        asked = urllib.request.Request(f"{self.base}/classify", body, headers)
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
            return str(json.load(answer)["queued"])


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """The service, until the end."""
    found = Served(folder)
    found.thread.start()
    assert found.server.ready.wait(PATIENCE)
    yield found
    found.server.should_exit = True
    found.thread.join(PATIENCE)
