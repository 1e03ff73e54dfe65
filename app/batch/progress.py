"""How far a run has got, on standard error; off when nobody watches."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TextIO

_REDRAW_SECONDS = 0.2
_LOG_SECONDS = 10.0


class Progress:
    """Rows, rows per second and time left, estimated from the part of the input's bytes that has been read.

    ``wanted`` forces it on or off; ``None`` means on when ``stream`` is a terminal. On a terminal one line is
    redrawn, elsewhere a line is added every ten seconds. ``clock`` gives seconds and only ever grows.
    """

    def __init__(
        self,
        wanted: bool | None = None,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()
        self._on = self._live if wanted is None else wanted
        self._clock = clock
        self._start = clock()
        self._next = self._start + (_REDRAW_SECONDS if self._live else _LOG_SECONDS)
        self._rows_before, self._part_before = 0, 0.0

    def go_on_from(self, rows: int, part: float) -> None:
        """An earlier run did so many rows: they count as done, but say nothing of how fast this one is."""
        self._rows_before, self._part_before = rows, part

    def update(self, rows: int, part: float) -> None:
        """Tell of ``rows`` done and the ``part`` of the input read, in [0, 1]; draws only now and then."""
        now = self._clock()
        if not self._on or now < self._next:
            return
        self._next = now + (_REDRAW_SECONDS if self._live else _LOG_SECONDS)
        line = progress_line(rows, part, now - self._start, self._rows_before, self._part_before)
        self._stream.write(f"\r\x1b[K{line}" if self._live else f"{line}\n")
        self._stream.flush()

    def close(self) -> None:
        """Wipe the line that was redrawn."""
        if self._on and self._live:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def progress_line(rows: int, part: float, seconds: float, rows_before: int = 0, part_before: float = 0.0) -> str:
    """``12.000 baris · 8.431 baris/detik · 40 % · sisa 0:01:23``; no time left while nothing is known.

    ``rows_before`` and ``part_before`` were done by an earlier run, not in these ``seconds``.
    """
    rate = (rows - rows_before) / seconds if seconds > 0 else 0.0
    gained = part - part_before
    line = f"{_grouped(rows)} baris · {_grouped(round(rate))} baris/detik · {part:.0%}".replace("%", " %")
    return f"{line} · sisa {clock_time(seconds * (1 - part) / gained)}" if gained > 0 else line


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def clock_time(seconds: float) -> str:
    """``0:01:23``."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
