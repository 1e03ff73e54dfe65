"""How a process that scores keeps house."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager

#: Objects made before the collector looks for cycles again: about what a batch of posts makes. It knows of none there.
_YOUNG = 50_000
#: The same where nobody is to wait: so many are looked through in a millisecond. Those that stay, words remembered say,
#: are looked through once more, twelve thousand at a time, and then next to never.
_FEW = 4_000
#: What the GNU library calls M_TRIM_THRESHOLD and M_MMAP_THRESHOLD, with values above all that a batch of posts makes.
_KEPT = {-1: 1 << 26, -3: 1 << 25}


def brief() -> None:
    """Look for cycles through few objects at a time from now on: the event loop stands still meanwhile.

    Counted is what is made and not freed again, so that a service that has met its words looks for none at all.
    """
    gc.set_threshold(_FEW, 1, 1_000)


def unhurried() -> None:
    """Look for cycles seldom from now on: importing and loading make a million objects and next to no cycle."""
    gc.set_threshold(_YOUNG, 20, 20)


def untroubled() -> None:
    """Look for no cycles at all until ``settle``: for a process that only loads what it needs until then."""
    gc.disable()


@contextmanager
def undisturbed() -> Iterator[None]:
    """No looking for cycles meanwhile: for loading what has hundreds of thousands of parts and not one cycle."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def give_back() -> None:
    """Return freed memory to the system where the C library can: what one thread freed, another does not use again."""
    _tell_library("malloc_trim", (0,))


def keep_freed() -> None:
    """Use freed memory again instead of returning it, up to 64 MB, where the C library can.

    A worker of Dask is told to return what exceeds 64 kB: a tenth of its time goes into asking for it anew.
    """
    _tell_library("mallopt", *_KEPT.items())


def _tell_library(function: str, *calls: tuple[int, ...]) -> None:
    try:
        found = getattr(ctypes.CDLL(None), function)
        for arguments in calls:
            found(*arguments)
    except (OSError, AttributeError, TypeError):  # not the GNU library
        return


def settle() -> None:
    """To be called when model, word lists and watchlists are loaded: they stay, so nobody looks through them again.

    Otherwise a quarter of the time of scoring goes into looking for cycles among tokens. In a process that was
    ``untroubled`` until now there are a few thousand objects in cycles, which are not worth looking through a million.
    """
    if gc.isenabled():
        gc.collect()
    gc.freeze()
    unhurried()
    gc.enable()
