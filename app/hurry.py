"""What libraries do when they are imported and a service that starts should not wait for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(module: str) -> Iterator[None]:
    """Meanwhile a library that can do without ``module`` is imported as if that were not installed.

    Where it was imported already, nothing changes.
    """
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment] # how the import system is told that there is none
    try:
        yield
    finally:
        del sys.modules[module]


@contextmanager
def unbuilt() -> Iterator[None]:
    """Models of pydantic that are defined meanwhile are built when they are first used, not at once."""
    from pydantic import BaseModel

    before = BaseModel.model_config
    BaseModel.model_config = {**before, "defer_build": True}
    try:
        yield
    finally:
        BaseModel.model_config = before
