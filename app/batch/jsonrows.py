"""JSON arrays and JSON lines, one element at a time, each bad element on its own."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Generator, Iterable, Iterator, KeysView, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import orjson

from app.batch.chunks import Chunk, ChunkLimit, ListChunk, RowChunk, grouped
from app.batch.errors import DamagedInputError, InputTooLargeError, NoObjectsError
from app.batch.mending import MAX_LINE, physical_lines
from app.batch.sheets import SheetRead
from app.batch.sources import Kind, Reading, Source, damage_reported
from app.batch.table import Row, Unit
from app.policy.types import Words

#: Keys of a top-level object that may hold the array of items.
WRAPPERS = frozenset(("items", "data", "results", "rows", "posts", "tweets", "comments"))
#: Longest single element, in characters.
MAX_ELEMENT = MAX_LINE
#: Most distinct keys over all elements; more means that the keys are data.
MAX_KEYS = 5_000

_CHUNK = 1 << 16
_OUTSIDE = re.compile(r'["{}\[\]]')
_INSIDE = re.compile(r'["\\\n]')
_SCALAR_END = re.compile(r"[\s,\]}]")
_PAIR = re.compile(r'"\s*:')
_GAPS = (" :", "\t:", "\n:", "\r:")
_SPACE = re.compile(r"[\s\ufeff]*")
#: From here on orjson gives integers as floats; all of them are at least as large.
_BEYOND_64_BITS = 2.0**63
_LONGEST_BOUNDARY = 1_000
_COLUMNS = Words("jumlah kolom", "the number of columns")
_BOUNDARY = re.compile(r"\}\s*,\s*(?=\{)")
_NO_KEYS: KeysView[str] = dict[str, str]().keys()


class JsonTable:
    """A table whose columns are the keys of its objects, in order of first appearance.

    The file is read once beforehand to learn them: a CSV or Parquet output needs its columns at the start.
    Raises ``NoObjectsError`` where all rows are bare values, such as strings.
    """

    sheet: SheetRead | None = None

    def __init__(self, source: Source) -> None:
        self.path: Path = source.path
        self.kind: Kind = source.kind
        self.types: Mapping[str, Any] = {}
        self.unit: Unit = "baris" if self.kind == "jsonl" else "butir"
        self._source = source
        self._reading: Reading | None = None
        self.names = self._keys()
        self._reading = None

    def _keys(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for keys in self._keys_by_element():
            if keys <= names.keys():
                continue
            names.update((key, key) for key in keys)
            if len(names) > MAX_KEYS:
                raise InputTooLargeError(name=self.path.name, what=_COLUMNS, limit=MAX_KEYS)
        if not names and {row.problem for row in self.rows()} == {"not_an_object"}:
            raise NoObjectsError(name=self.path.name)
        return names

    def _keys_by_element(self) -> Iterator[KeysView[str]]:
        for chunk in self.chunks(ChunkLimit()):
            if isinstance(chunk, LineChunk):
                yield from (_keys_of(line) for _, line in chunk.parts if line)
            else:
                yield from (row.cells.keys() for row in chunk.rows())

    def rows(self) -> Generator[Row, None, None]:
        for chunk in self.chunks(ChunkLimit()):
            yield from chunk.rows()

    def chunks(self, limit: ChunkLimit) -> Generator[Chunk, None, None]:
        with damage_reported(self.path), Reading(self._source) as self._reading:
            if self._source.kind == "jsonl":
                yield from map(LineChunk, grouped(_lines(self._reading.text), limit))
            else:
                yield from map(RowChunk, grouped(_elements(self._reading.text, self.path.name), limit))

    def progress(self) -> float:
        return self._reading.progress() if self._reading else 0.0


@dataclass(frozen=True, slots=True)
class LineChunk(ListChunk[tuple[int, str | None]]):
    """Lines with their numbers; ``None`` stands for one that was too long to keep."""

    def rows(self) -> list[Row]:
        return [_row(number, line) if line else Row(number, problem="row_too_long") for number, line in self.parts]


def _lines(stream: TextIO) -> Iterator[tuple[tuple[int, str | None], int]]:
    """Lines that hold something, with their numbers and lengths."""
    for number, (line, cut) in enumerate(physical_lines(stream), start=1):
        text = line.strip().lstrip("\ufeff")
        if cut:
            yield (number, None), 0
        elif text:
            yield (number, text), len(text)


def _keys_of(line: str) -> KeysView[str]:
    """Keys of the row that a line is; its values may still be read otherwise."""
    with suppress(orjson.JSONDecodeError):
        value: object = orjson.loads(line)
        return value.keys() if isinstance(value, dict) else _NO_KEYS
    return _row(0, line).cells.keys()


def _row(number: int, text: str) -> Row:
    try:
        value = _parse(text)
        repeats = _repeats_a_key(text, value)
    except (ValueError, RecursionError):
        return Row(number, problem="bad_json")
    if not isinstance(value, dict):
        return Row(number, problem="not_an_object")
    return Row(number, value, "repeated_key" if repeats else None)


def _repeats_a_key(text: str, value: object) -> bool:
    """Whether an object of ``text``, read as ``value``, has a key twice: readers keep the last one silently."""
    spaced = any(gap in text for gap in _GAPS)  # seldom; counting is quicker than searching
    if (len(_PAIR.findall(text)) if spaced else text.count('":')) == _pairs_in(value):
        return False
    losses: list[int] = []  # what looks like a key may stand inside a string, so all objects are counted

    def counted(pairs: list[tuple[str, object]]) -> None:
        losses.append(len(pairs) - len(dict(pairs)))

    json.loads(text, strict=False, object_pairs_hook=counted)
    return any(losses)


def _pairs_in(value: object) -> int:
    if isinstance(value, dict):
        return len(value) + sum([_pairs_in(inner) for inner in value.values() if isinstance(inner, (dict, list))])
    return sum([_pairs_in(inner) for inner in value]) if isinstance(value, list) else 0


def _parse(text: str) -> object:
    """JSON as leniently as it can be read without guessing; orjson is strict, and quick where it agrees."""
    with suppress(orjson.JSONDecodeError):
        value: object = orjson.loads(text)
        if not _may_be_rounded((value,)):
            return value
    lenient: object = json.loads(text, strict=False, parse_constant=lambda _: None, parse_float=_float)
    return lenient


def _may_be_rounded(values: Iterable[object]) -> bool:
    for value in values:
        if isinstance(value, (str, int)):
            continue
        if isinstance(value, float):
            if abs(value) >= _BEYOND_64_BITS:
                return True
        elif isinstance(value, (dict, list)) and _may_be_rounded(value.values() if isinstance(value, dict) else value):
            return True
    return False


def _float(digits: str) -> float | str:
    """A number beyond a float's range stays as it was written."""
    value = float(digits)
    return value if math.isfinite(value) else digits


def _elements(stream: TextIO, name: str) -> Iterator[tuple[Row, int]]:
    """Elements of a top-level array, of the array inside a top-level object, or objects one after another.

    Each comes with its length in characters.
    """
    cursor = Cursor(stream)
    opening = cursor.peek()
    only = _open_object(cursor, name) if opening == "{" else None
    if only is not None:
        yield only, sum(len(value) for value in only.cells.values() if isinstance(value, str))
    elif opening == "[":
        cursor.at += 1
    elif opening != "{":
        raise NoObjectsError(name=name)
    yield from _walk(cursor, 1 if only else 0)


def _open_object(cursor: Cursor, name: str) -> Row | None:
    """Move into the array that a top-level object wraps; a row when the object is itself an item."""
    cells: dict[str, Any] = {}
    repeats = False
    cursor.at += 1
    while cursor.peek() == '"':
        key = cursor.take()
        if key is None or cursor.peek() != ":":
            raise DamagedInputError(name=name)
        cursor.at += 1
        if cursor.peek() == "[" and key[1:-1] in WRAPPERS:
            cursor.at += 1
            return None
        label, text = str(_parse(key)), cursor.take() or ""
        repeats = repeats or label in cells
        cells[label] = _parse(text)
        repeats = repeats or _repeats_a_key(text, cells[label])
        if cursor.peek() == ",":
            cursor.at += 1
    if cursor.peek() != "}":
        raise DamagedInputError(name=name)
    cursor.at += 1
    return Row(1, cells, "repeated_key" if repeats else None)


def _walk(cursor: Cursor, number: int) -> Iterator[tuple[Row, int]]:
    astray = False
    while (char := cursor.peek()) and (char != "]" or (astray and cursor.skip_to_next_object())):
        if char == ",":
            cursor.at += 1
            continue
        number += 1
        text = cursor.take()
        row = _row(number, text) if text else Row(number, problem="bad_json")
        yield row, len(text or "")
        if row.problem == "bad_json" and (not text or cursor.peek() not in ",]" or _BOUNDARY.search(text)):
            astray = True
            cursor.give_back(text or "")
            if not cursor.skip_to_next_object():
                return


class Cursor:
    """A place in a stream of JSON text; holds no more of it than the value at hand."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._text = ""
        self.at = 0

    def peek(self) -> str:
        """Next character that is not white space, without moving past it; empty at the end."""
        while True:
            self.at = _SPACE.match(self._text, self.at).end()  # type: ignore[union-attr]
            if self.at < len(self._text):
                return self._text[self.at]
            if not self._fill():
                return ""

    def take(self) -> str | None:
        """The value that begins here as text, moving past it; ``None`` (not moving) when it has no end."""
        length = self._nested() if self._text[self.at] in '{["' else self._scalar()
        if length is None:
            return None
        self.at += length
        return self._text[self.at - length : self.at]

    def give_back(self, text: str) -> None:
        """Put text that was taken in front again."""
        self._text, self.at = text + self._text[self.at :], 0

    def skip_to_next_object(self) -> bool:
        """Move to the next ``{`` after ``},``; ``False`` when there is none."""
        while True:
            found = _BOUNDARY.search(self._text, self.at)
            if found:
                self.at = found.end()
                return True
            self.at = max(self.at, len(self._text) - _LONGEST_BOUNDARY)
            if not self._fill():
                return False

    def _fill(self) -> bool:
        """Read on, dropping what was passed; as much again as is held, so that long values cost linear time."""
        held = self._text[self.at :]
        chunk = self._stream.read(max(_CHUNK, len(held)))
        self._text, self.at = held + chunk, 0
        return bool(chunk)

    def _scalar(self) -> int | None:
        while True:
            end = _SCALAR_END.search(self._text, self.at)
            if end:
                return end.start() - self.at
            if len(self._text) - self.at > MAX_ELEMENT or not self._fill():
                return None

    def _nested(self) -> int | None:
        """Length of the object, array or string that begins here; a line break inside a string means it is broken."""
        depth, inside, offset = 0, False, 0
        while True:
            mark = (_INSIDE if inside else _OUTSIDE).search(self._text, self.at + offset)
            if mark is None:
                offset = max(offset, len(self._text) - self.at)
                if offset > MAX_ELEMENT or not self._fill():
                    return None
                continue
            char, offset = mark.group(), mark.end() - self.at
            if char == "\n":
                return None
            if char == "\\":
                offset += 1
            elif char == '"':
                inside = not inside
            else:
                depth += 1 if char in "{[" else -1
            if depth == 0 and not inside:
                return offset
