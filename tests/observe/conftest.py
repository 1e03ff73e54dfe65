from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from observekit import STATE

LOGGERS = ("", "netra", "uvicorn", "uvicorn.error", "uvicorn.access")


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("NETRA_", "PROMETHEUS_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NETRA_STATE_DIR", str(STATE))


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """Starting an app sets up the logging of the whole process."""
    before = {
        name: (of.handlers[:], of.level, of.propagate, of.disabled)
        for name in LOGGERS
        for of in [logging.getLogger(name)]
    }
    yield
    for name, (handlers, level, propagate, disabled) in before.items():
        logger = logging.getLogger(name)
        logger.handlers[:] = [
            *handlers,
            *(h for h in logger.handlers if h not in handlers and "pytest" in type(h).__module__),
        ]
        logger.setLevel(level)
        logger.propagate, logger.disabled = propagate, disabled


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A models folder whose active bundle is the fake scorer's."""
    (tmp_path / "models" / "palsu").mkdir(parents=True)
    (tmp_path / "models" / "ACTIVE").write_text("palsu 0\n", encoding="ascii")
    return tmp_path / "models"
