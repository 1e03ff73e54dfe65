"""Being told to stop: Ctrl-C and SIGTERM end a run where it is, and what is done stays."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
#: Signals that came within :func:`unbroken`; ``None`` outside of it.
_waiting: list[int] | None = None


class Stopped(BaseException):
    """Somebody wants the run to end; ``signum`` is how they said it. No ``Exception``: nobody may swallow it."""

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.signum = signum

    @property
    def exit_code(self) -> int:
        """What a shell expects of a process ended so: 130 after Ctrl-C, 143 after SIGTERM."""
        return 128 + self.signum


@contextmanager
def stoppable() -> Iterator[None]:
    """Within the block the first signal raises ``Stopped``; a second does what it did before. Main thread only."""
    before = {signum: signal.getsignal(signum) for signum in _SIGNALS}

    def restore() -> None:
        for signum, handler in before.items():
            signal.signal(signum, handler)

    def stop(signum: int, frame: FrameType | None) -> None:
        if _waiting is not None:
            _waiting.append(signum)
            return
        restore()
        raise Stopped(signum)

    for signum in _SIGNALS:
        signal.signal(signum, stop)
    try:
        yield
    finally:
        restore()


@contextmanager
def unbroken() -> Iterator[None]:
    """Within the block of :func:`stoppable` a signal waits for the end of this one, which takes a second at most.

    A process that is started half would say so, in Python's words, where the user reads.
    """
    global _waiting
    before, _waiting = _waiting, []
    try:
        yield
    finally:
        came, _waiting = _waiting, before
        for signum in came[:1]:
            signal.raise_signal(signum)
