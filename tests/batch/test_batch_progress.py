"""The line on standard error: when it is drawn, and what it says."""

from __future__ import annotations

import io

import pytest

from app.batch.progress import Progress, progress_line


class Screen(io.StringIO):
    """A stream that says whether it is a terminal."""

    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


class Clock:
    """Seconds that only pass when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("terminal", "wanted", "drawn"),
    [(True, None, True), (False, None, False), (True, False, False), (False, True, True), (True, True, True)],
)
def test_drawn_on_a_terminal_or_when_asked(terminal: bool, wanted: bool | None, drawn: bool) -> None:
    screen, clock = Screen(terminal), Clock()
    progress = Progress(wanted, screen, clock)
    clock.now += 60
    progress.update(1_000, 0.5)
    progress.close()
    assert bool(screen.getvalue()) is drawn


def test_a_terminal_line_is_redrawn_now_and_then_and_wiped() -> None:
    screen, clock = Screen(True), Clock()
    progress = Progress(None, screen, clock)
    for step in range(11):
        clock.now = 100.0 + step * 0.1
        progress.update(step, step / 10)
    progress.close()
    assert 3 <= screen.getvalue().count("baris ·") <= 5
    assert "\n" not in screen.getvalue()
    assert screen.getvalue().endswith("\r\x1b[K")


def test_elsewhere_a_line_is_added_every_ten_seconds() -> None:
    screen, clock = Screen(False), Clock()
    progress = Progress(True, screen, clock)
    for second in range(31):
        clock.now = 100.0 + second
        progress.update(second, second / 30)
    progress.close()
    assert len(screen.getvalue().splitlines()) == 3
    assert "\x1b" not in screen.getvalue()


@pytest.mark.parametrize(
    ("rows", "part", "seconds", "line"),
    [
        (12_000, 0.5, 2.0, "12.000 baris · 6.000 baris/detik · 50 % · sisa 0:00:02"),
        (1, 0.01, 60.0, "1 baris · 0 baris/detik · 1 % · sisa 1:39:00"),
        (0, 0.0, 1.0, "0 baris · 0 baris/detik · 0 %"),
        (0, 0.0, 0.0, "0 baris · 0 baris/detik · 0 %"),
        (2_500_000, 1.0, 125.0, "2.500.000 baris · 20.000 baris/detik · 100 % · sisa 0:00:00"),
        (10, 0.1, 4_000.0, "10 baris · 0 baris/detik · 10 % · sisa 10:00:00"),
    ],
)
def test_what_the_line_says(rows: int, part: float, seconds: float, line: str) -> None:
    assert progress_line(rows, part, seconds) == line


@pytest.mark.parametrize(
    ("rows", "part", "line"),
    [
        (12_000, 0.75, "12.000 baris · 1.000 baris/detik · 75 % · sisa 0:00:02"),
        (10_000, 0.5, "10.000 baris · 0 baris/detik · 50 %"),
    ],
)
def test_rows_of_an_earlier_run_are_done_but_no_sign_of_speed(rows: int, part: float, line: str) -> None:
    screen, clock = Screen(False), Clock()
    progress = Progress(True, screen, clock)
    progress.go_on_from(10_000, 0.5)
    clock.now += 2.0
    progress.update(rows, part)
    assert screen.getvalue() == ""
    assert progress_line(rows, part, 2.0, 10_000, 0.5) == line
    clock.now += 8.0
    progress.update(20_000, 1.0)
    assert screen.getvalue() == "20.000 baris · 1.000 baris/detik · 100 % · sisa 0:00:00\n"
