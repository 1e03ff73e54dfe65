from __future__ import annotations

from collections.abc import Iterator

import pytest
from http_client import STATE, Api, make_api


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    """The service with default settings and the fake model."""
    with make_api() as running:
        yield running


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in [n for n in os.environ if n.startswith("NETRA_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NETRA_STATE_DIR", str(STATE))
