from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from databases import settings_of
from webkit import Console


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in os.environ if n.startswith("NETRA_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def module_stack() -> Iterator[ExitStack]:
    with ExitStack() as found:
        yield found


@pytest.fixture(scope="module")
def shared(module_stack: ExitStack, tmp_path_factory: pytest.TempPathFactory) -> Console:
    """A console for tests that leave nothing behind but what others do not mind; Anna is logged in."""
    return Console(settings_of(tmp_path_factory.mktemp("konsol")), module_stack)


@pytest.fixture
def console(tmp_path: Path, stack: ExitStack) -> Console:
    """A console of one's own; Anna, who may do everything, is logged in."""
    return Console(settings_of(tmp_path), stack)
