"""A process that scores looks for cycles seldom, and never through what it has loaded."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from app.memory import settle


class Knot:
    """Holds itself."""

    def __init__(self) -> None:
        self.self = self


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def test_what_is_loaded_is_looked_through_no_more() -> None:
    loaded = [[n] for n in range(1_000)]
    settle()
    assert gc.get_freeze_count() > len(loaded)


def test_cycles_made_later_are_still_found() -> None:
    settle()
    assert gc.isenabled()
    gone = weakref.ref(Knot())
    for _ in range(gc.get_threshold()[0] + 1_000):
        if gone() is None:
            break
        _keep.append([])
    _keep.clear()
    assert gone() is None


_keep: list[list[object]] = []
