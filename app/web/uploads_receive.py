"""A form with a file in it, read as it arrives: straight to disk, and only after the form has shown its token."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from app.problems import BadRequest, BodyTooLarge, UnsupportedMediaType

#: Bytes of everything in the form but the file.
MAX_REST: Final = 64 * 1024
_LONGEST_FIELD: Final = 4096
_MOST_FIELDS: Final = 20
_TYPE: Final = b"multipart/form-data"

#: Looks at the fields that came before the file; raises ``Problem`` when the file is not to be taken.
Check = Callable[[dict[str, str]], None]


@dataclass(slots=True)
class Received:
    """Fields of a form, and what is known of its file; ``name`` is empty where none was chosen."""

    fields: dict[str, str] = field(default_factory=dict)
    name: str = ""
    size: int = 0


async def receive(request: Request, target: Path, check: Check, most_bytes: int) -> Received:
    """Read a form, and its file into ``target``, which only this user can read.

    Fields that ``check`` needs must stand before the file. Raises ``UnsupportedMediaType``, ``BadRequest`` for what is
    no such form, ``BodyTooLarge`` and what ``check`` raises; ``target`` may then hold a part of the file.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != _TYPE or not options.get(b"boundary"):
        raise UnsupportedMediaType
    with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        reader = _Reader(file, check, most_bytes)
        await _feed(request, reader, options[b"boundary"], most_bytes)
    return reader.received


async def _feed(request: Request, reader: _Reader, boundary: bytes, most_bytes: int) -> None:
    parser = MultipartParser(boundary, reader.callbacks())  # type: ignore[arg-type]
    arrived = 0
    try:
        async for part in request.stream():
            arrived += len(part)
            if arrived > most_bytes + MAX_REST:
                raise BodyTooLarge(limit=most_bytes)
            parser.write(part)
        parser.finalize()
    except ValueError:  # MultipartParseError, and text that is not UTF-8
        raise BadRequest(reason="form") from None
    if not reader.ended:
        raise BadRequest(reason="form")


class _Reader:
    """Takes the events of the parser: fields into memory, the one file to disk."""

    def __init__(self, file: BinaryIO, check: Check, most_bytes: int) -> None:
        self.received, self.ended = Received(), False
        self._file, self._check, self._most = file, check, most_bytes
        self._header, self._value = b"", b""
        self._disposition: dict[bytes, bytes] = {}
        self._content = b""
        self._has_file = False

    def callbacks(self) -> dict[str, Any]:
        """What the parser calls, by event."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._take_header,
            "on_header_value": self._take_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._open,
            "on_part_data": self._take,
            "on_part_end": self._close,
            "on_end": self._end,
        }

    @property
    def _is_file(self) -> bool:
        return b"filename" in self._disposition

    def _begin(self) -> None:
        self._disposition, self._content = {}, b""
        self._header = self._value = b""

    def _take_header(self, data: bytes, start: int, end: int) -> None:
        self._header = _joined(self._header, data[start:end])

    def _take_value(self, data: bytes, start: int, end: int) -> None:
        self._value = _joined(self._value, data[start:end])

    def _end_header(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = parse_options_header(self._value)[1]
        self._header = self._value = b""

    def _open(self) -> None:
        """Before the first byte of a file is taken the form must have shown what it is."""
        if not self._is_file:
            return
        if self._has_file:
            raise BadRequest(reason="form")
        self._has_file = True
        self._check(self.received.fields)
        self.received.name = self._disposition[b"filename"].decode()

    def _take(self, data: bytes, start: int, end: int) -> None:
        if not self._is_file:
            self._content = _joined(self._content, data[start:end])
            return
        self.received.size += end - start
        if self.received.size > self._most:
            raise BodyTooLarge(limit=self._most)
        self._file.write(data[start:end])

    def _close(self) -> None:
        name = self._disposition.get(b"name", b"").decode()
        if self._is_file:
            return
        if not name or name in self.received.fields or len(self.received.fields) == _MOST_FIELDS:
            raise BadRequest(reason="form")
        self.received.fields[name] = self._content.decode().replace("\r\n", "\n")

    def _end(self) -> None:
        self.ended = True


def _joined(before: bytes, more: bytes) -> bytes:
    if len(before) + len(more) > _LONGEST_FIELD:
        raise BadRequest(reason="form")
    return before + more
