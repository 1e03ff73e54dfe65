"""The service with a queue, and several people who call it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from databases import opened

from app.access.keys import create_key
from app.access.scopes import SCOPES, Scope
from app.review.examples import DECISIONS
from app.settings import Settings
from tests.api.http_client import Api, make_api

FLAG = {"text": "ayo coblos nomor 2", "queue": True}
SUPPORT = DECISIONS["support"]["value"]
Connect = Callable[..., Api]


class Service:
    """One app and several people who call it."""

    def __init__(self, settings: Settings, stack: ExitStack, **given: Any) -> None:
        self.settings = settings
        told = {name: getattr(settings, name) for name in ("state_dir", "database_url", "secret_key")}
        # Before the start, as a service looks for new keys only every now and then.
        self.anna, self.budi, self.guest = (
            self.key(*SCOPES),
            self.key(*SCOPES),
            self.key("classify", "admin", "metrics"),
        )
        self.api = stack.enter_context(make_api(**{**told, "second_read_percent": 0, **given}))
        self.hold(self.anna)

    def key(self, *scopes: Scope) -> str:
        with opened(self.settings) as store, store.begin() as tx:
            return create_key(tx, "uji", scopes, requests_per_minute=0, items_per_day=0)

    def hold(self, key: str) -> None:
        self.api.client.headers["X-API-Key"] = key

    def queue(self, **given: Any) -> str:
        answer = self.api.post("/classify", {**FLAG, **given}).json()
        assert isinstance(answer["queued"], str)
        return str(answer["queued"])

    def decide(self, item_id: str, **given: Any) -> Any:
        return self.api.post(f"/items/{item_id}/decisions", given or SUPPORT)


@pytest.fixture
def service(settings: Settings, stack: ExitStack) -> Service:
    return Service(settings, stack)


@pytest.fixture
def local(tmp_path: Path, stack: ExitStack) -> Service:
    """On SQLite only, where the database makes no difference."""
    from databases import settings_of

    return Service(settings_of(tmp_path), stack)
