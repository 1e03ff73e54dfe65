"""A process that scores looks for cycles seldom, and never through what it has loaded."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from app.memory import settle, undisturbed


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


def fail_while_loading() -> None:
    with undisturbed():
        assert not gc.isenabled()
        raise ValueError("damaged")


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_afterwards_as_it_was(enabled: bool) -> None:
    (gc.enable if enabled else gc.disable)()
    try:
        with pytest.raises(ValueError, match="damaged"):
            fail_while_loading()
        assert gc.isenabled() == enabled
    finally:
        gc.enable()


_keep: list[list[object]] = []
