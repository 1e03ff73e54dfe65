"""Records of delimited text, well-formed or not.

The ``csv`` module in strict mode reads what is well-formed. Where it gives up (a quote that was never closed, or
stands undoubled inside a quoted cell) the lines go through a forgiving splitter that drops no character of a cell
but a quote that it takes for the cell's end.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import TextIO

#: Longest physical line and longest cell, in characters; what is longer is skipped and reported.
MAX_LINE = 1 << 24
#: Lines that a broken multi-line cell may run over.
_MAX_BROKEN_LINES = 50
#: Lines after a broken one that are records of their own, after which nobody looks for its end any more.
_LINES_ALONE = 3
_MIN_JOINED_COLUMNS = 4


def physical_lines(stream: TextIO) -> Iterator[tuple[str, bool]]:
    """Lines with their line breaks; ``True`` with those that were too long, of which only the beginning comes."""
    while line := stream.readline(MAX_LINE):
        cut = len(line) >= MAX_LINE and line[-1] not in "\r\n"
        rest = line if cut else ""
        while rest and rest[-1] not in "\r\n":
            rest = stream.readline(MAX_LINE)
        yield line, cut


class Lines:
    """Physical lines with their line breaks, one-based count, a memory of those taken, and a way to give them back."""

    def __init__(self, stream: TextIO) -> None:
        self._fresh = physical_lines(stream)
        self._given_back: list[str] = []
        self.number = 0
        self.taken: list[str] = []
        self.cut = False

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        line = self._given_back.pop() if self._given_back else self._read()
        if not line:
            raise StopIteration
        self.number += 1
        self.taken.append(line)
        return line

    def _read(self) -> str:
        line, cut = next(self._fresh, ("", False))
        self.cut = self.cut or cut
        return line

    def start(self) -> int:
        """Forget what was taken; number of the line that comes next."""
        self.taken = []
        self.cut = False
        return self.number + 1

    def give_back(self, lines: list[str]) -> None:
        """Put lines back in front, so that they come again."""
        self._given_back.extend(reversed(lines))
        self.number -= len(lines)


class Records:
    """Iterate ``(line number, cells, too_long)``; blank lines are left out. Set ``width`` once the header is known.

    ``patient`` also looks for the end of a broken cell on the lines that follow, which costs time.
    """

    def __init__(self, stream: TextIO, delimiter: str, patient: bool = True) -> None:
        csv.field_size_limit(MAX_LINE)  # one setting for the whole process; its default refuses real posts
        self.width = 0
        self._patient = patient
        self._lines = Lines(stream)
        self._delimiter = delimiter
        self._reader = csv.reader(self._lines, delimiter=delimiter, strict=True)

    def __iter__(self) -> Iterator[tuple[int, list[str], bool]]:
        while True:
            number = self._lines.start()
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error:
                cells = self._mend()
            if self._has_swallowed_lines(cells):
                cells = self._mend()
            if cells:
                yield number, cells, self._lines.cut

    def _has_swallowed_lines(self, cells: list[str]) -> bool:
        """Whether a quote that was never closed has glued whole records to one of the wrong width."""
        lines = self._lines.taken
        return len(lines) > 1 and len(cells) != self.width > 0 and all(map(self._fits, lines))

    def _mend(self) -> list[str]:
        """Cells of the record that begins with the first line taken; later lines are given back unless they belong."""
        lines, self._lines.taken = self._lines.taken, []
        self._lines.give_back(lines[1:])
        cells, closed = split_leniently(_bare(lines[0]), self._delimiter)
        if closed or not self.width or not self._patient:
            return cells
        return self._mend_over_lines(lines[0]) or cells

    def _mend_over_lines(self, first: str) -> list[str] | None:
        """The record as a cell over several lines, if it then has the right width and its lines alone do not."""
        self._lines.taken = [first]
        text, alone = first, self._fits(first)
        for count, line in enumerate(islice(self._lines, _MAX_BROKEN_LINES), start=1):
            text += line
            alone = alone and self._fits(line)
            if alone and count == _LINES_ALONE:
                break
            if not self._may_close(line):
                continue
            cells, closed = split_leniently(_bare(text), self._delimiter)
            if closed and len(cells) == self.width and not alone:
                return cells
            if closed and len(cells) >= self.width:
                break
        self._lines.give_back(self._lines.taken[1:])
        return None

    def _may_close(self, line: str) -> bool:
        return '"' + self._delimiter in line or _bare(line).endswith('"')

    def _fits(self, line: str) -> bool:
        return len(split_leniently(_bare(line), self._delimiter)[0]) == self.width


def split_leniently(text: str, delimiter: str) -> tuple[list[str], bool]:
    """Cells of one record, whatever its quotes; ``False`` when a quoted cell was never closed.

    A cell in proper quotes is unquoted. One whose inner quotes were not doubled ends at the first quote before a
    delimiter that does not close an inner one (``"said "vote", yes"``); where that cannot be told, a quote of the text
    is taken for the end and lost. One that never closes ends at the next delimiter and keeps its quote.
    """
    cells: list[str] = []
    at, closed = 0, True
    while True:
        cell, end = _quoted(text, at, delimiter) if text.startswith('"', at) else (None, at)
        if cell is None:
            closed = closed and not text.startswith('"', at)
            end = text.find(delimiter, at)
            end = len(text) if end < 0 else end
            cell = text[at:end]
        cells.append(cell)
        if end >= len(text):
            return cells, closed
        at = end + 1


def _quoted(text: str, at: int, delimiter: str) -> tuple[str | None, int]:
    proper = _proper_cell(delimiter).match(text, at)
    if proper:
        return proper.group(1).replace('""', '"'), proper.end()
    end = _next_end(text, at + 1, delimiter)
    while end > 0 and _closes_inner_quote(text, at + 1, end, delimiter):
        later = _next_end(text, end + 1, delimiter)
        if later < 0 or delimiter + '"' in text[end:later]:
            break
        end = later
    return (text[at + 1 : end], end + 1) if end > 0 else (None, at)


def _next_end(text: str, start: int, delimiter: str) -> int:
    """Place of the next quote before a delimiter or the end of the record; -1 when there is none."""
    end = text.find('"' + delimiter, start)
    return len(text) - 1 if end < 0 and text.endswith('"') and len(text) > start else end


def _closes_inner_quote(text: str, start: int, end: int, delimiter: str) -> bool:
    """Whether the quote before it in the cell opens a word, and what follows goes on as prose does after a comma."""
    opening = text.rfind('"', start, end)
    opens = opening == start or (opening > start and text[opening - 1] in " (")
    return opens and text[opening + 1] not in ' "' and text.startswith(delimiter + " ", end + 1)


@lru_cache(maxsize=16)
def _proper_cell(delimiter: str) -> re.Pattern[str]:
    return re.compile(rf'"((?:[^"]|"")*+)"(?={re.escape(delimiter)}|\Z)')


def unwrap(cells: list[str], outer: str, inner: str, width: int) -> list[list[str]]:
    """Records that were wrapped whole into the cells of another delimited file.

    Commas of the text had cut the record into several cells; joining them brings it back exactly. A quote before a
    comma at the end of a text glues the next record on: such lines come apart again when each has ``width`` cells
    and their first cells look alike.
    """
    while len(cells) > 1 and not cells[-1]:
        cells = cells[:-1]
    joined = _bare(outer.join(cells))
    if "\n" in joined and width >= _MIN_JOINED_COLUMNS:
        parts = [split_leniently(_bare(line), inner)[0] for line in joined.split("\n")]
        if {len(part) for part in parts} == {width} and len({_shape(part[0]) for part in parts}) == 1:
            return parts
    return [split_leniently(joined, inner)[0]]


def _shape(cell: str) -> str:
    """``Mon Sep 11 05:44`` and ``Tue Oct 3 17:09`` have one shape: letters and digits in runs, signs as they are."""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"[0-9]+", "9", cell))


def _bare(line: str) -> str:
    return line.rstrip("\r\n")
