"""A process that scores looks for cycles seldom, and never through what it has loaded."""

from __future__ import annotations

import gc
import os
import platform
import subprocess
import sys
import threading
import weakref
from typing import Any

import pytest

from app import memory
from app.memory import brief, give_back, keep_freed, settle, undisturbed, unhurried, untroubled
from scripts.soak import megabytes

pytestmark = pytest.mark.usefixtures("cycles_as_before")


class Knot:
    """Holds itself."""

    def __init__(self) -> None:
        self.self = self


def test_what_is_loaded_is_looked_through_no_more() -> None:
    loaded = [[n] for n in range(1_000)]
    settle()
    assert gc.get_freeze_count() > len(loaded)


def test_whoever_is_unhurried_still_finds_cycles_but_looks_seldom() -> None:
    gc.set_threshold(700, 10, 10)
    unhurried()
    assert gc.isenabled()
    assert gc.get_threshold()[0] > 10_000


def test_whoever_is_brief_looks_through_few_objects_at_a_time_and_finds_cycles() -> None:
    settle()
    brief()
    looked: list[int] = []
    gone = weakref.ref(Knot())

    def look(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            looked.append(sum(len(gc.get_objects(generation)) for generation in range(info["generation"] + 1)))

    gc.callbacks.append(look)
    try:
        kept = [[n] for n in range(40_000)]
    finally:
        gc.callbacks.remove(look)
    assert gone() is None
    assert len(kept) == 40_000
    assert len(looked) >= 8
    assert max(looked) <= 13_000


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


def test_a_process_that_was_untroubled_looks_for_cycles_again_when_it_has_settled() -> None:
    untroubled()
    assert not gc.isenabled()
    settle()
    assert gc.isenabled()


def test_settling_leaves_none_of_the_cycles_before_it_unless_nobody_was_to_look_for_them() -> None:
    gc.disable()
    left = weakref.ref(Knot())
    settle()
    assert left() is not None
    gone = weakref.ref(Knot())
    settle()
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


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only the GNU library gives memory back when asked")
def test_what_another_thread_freed_goes_back_to_the_system() -> None:
    last: list[bytes] = []

    def work() -> None:
        blocks = [bytes(4_000) for _ in range(20_000)]
        last.append(blocks[-1])  # above all the others, so that they cannot just be cut off

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    before = megabytes(os.getpid())
    give_back()
    assert megabytes(os.getpid()) < before - 40


@pytest.mark.parametrize("error", [OSError, AttributeError, TypeError])
def test_where_the_library_cannot_nothing_happens(error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def missing(name: object) -> None:
        asked.append(name)
        raise error

    monkeypatch.setattr(memory.ctypes, "CDLL", missing)
    give_back()
    keep_freed()
    assert asked == [None, None]


_FREE_AND_TAKE_AGAIN = """
import resource, sys
from app.memory import keep_freed
if sys.argv[1] == "keep":
    keep_freed()
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
bytearray(1 << 20)
before = faults()
for _ in range(20):
    bytearray(1 << 20)
print(faults() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only the GNU library can be told to keep memory")
def test_what_was_freed_is_used_again_where_a_cluster_wants_it_returned() -> None:
    """Page faults of a program that takes and frees a megabyte twenty times, as a worker of Dask is started."""
    faults = {}
    for said in ("return", "keep"):
        command = [sys.executable, "-c", _FREE_AND_TAKE_AGAIN, said]
        environment = {**os.environ, "MALLOC_TRIM_THRESHOLD_": "65536"}
        faults[said] = int(subprocess.run(command, env=environment, check=True, capture_output=True).stdout)
    assert faults["keep"] < faults["return"] / 10


_keep: list[list[object]] = []
