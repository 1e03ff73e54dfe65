"""The journal of a run: what it is about, then one line for each chunk that stands complete in the part file.

A line is written only after the bytes it speaks of are on the disk, so whatever kills the process or the machine,
the part file holds at least what the last whole line says. A last line that was cut off is as good as not written.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from app.batch.summary import Counts

_FORMAT = 1
_MAGIC = b'{"netra_journal":'


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a run has got: ``chunks`` are done, the part file is ``size`` bytes long and has this CRC-32.

    ``packed_size`` and ``packed_crc32`` are of what was packed into it; ``counts`` and ``seconds`` cover all runs so
    far. ``complete`` when nothing is missing but the output's name.
    """

    chunks: int = 0
    size: int = 0
    crc32: int = 0
    packed_size: int = 0
    packed_crc32: int = 0
    seconds: float = 0.0
    complete: bool = False
    counts: Counts = field(default_factory=Counts)


class ForeignFileError(Exception):
    """The file is not a journal."""


class DamagedJournalError(Exception):
    """The file is a journal, but not one that can be read."""


class Journal:
    """An open journal file that no other process has open. Use ``close`` or ``remove`` in the end."""

    def __init__(self, path: Path) -> None:
        """Open or create. Raises ``OSError``, and ``BlockingIOError`` when another process has it."""
        self._path = path
        self._file = path.open("ab+", buffering=0)
        try:
            _lock(self._file.fileno())
        except BaseException:
            self._file.close()
            raise

    def read(self) -> tuple[dict[str, Any], Mark] | None:
        """What the run is about and how far it got; ``None`` when the file does not even say the first.

        Raises ``ForeignFileError`` and ``DamagedJournalError``.
        """
        self._file.seek(0)
        content = self._file.read()
        if not _MAGIC.startswith(content[: len(_MAGIC)]):
            raise ForeignFileError
        head, *lines = content[: content.rfind(b"\n") + 1].splitlines() or [b""]
        if not head:
            return None
        try:
            return _about(json.loads(head)), _mark(json.loads(lines[-1])) if lines else Mark()
        except (ValueError, TypeError, KeyError) as error:
            raise DamagedJournalError from error

    def start(self, about: Mapping[str, Any]) -> None:
        """Forget everything and begin with what the run is about."""
        self._file.truncate(0)
        self._write({"netra_journal": _FORMAT, **about})

    def go_on(self, mark: Mark) -> None:
        """Drop a last line that was cut off, and repeat the mark that counts."""
        self._file.seek(0)
        content = self._file.read()
        self._file.truncate(content.rfind(b"\n") + 1)
        self.append(mark)

    def append(self, mark: Mark) -> None:
        """Add a line; it is on the disk when this returns."""
        self._write(asdict(mark))

    def _write(self, line: Mapping[str, Any]) -> None:
        write_all(self._file.fileno(), json.dumps(line, separators=(",", ":")).encode() + b"\n")

    def close(self) -> None:
        self._file.close()

    def remove(self) -> None:
        """Delete the file and let go of it."""
        self._path.unlink(missing_ok=True)
        self._file.close()


def write_all(handle: int, data: bytes) -> None:
    """Write everything and wait until it is on the disk; a disk that fills up takes a part first."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]
    os.fsync(handle)


def _about(head: dict[str, Any]) -> dict[str, Any]:
    if head.pop("netra_journal") != _FORMAT:
        raise ValueError("another format")
    return head


def _mark(line: dict[str, Any]) -> Mark:
    return Mark(**{**line, "counts": Counts(**line["counts"])})


def _lock(handle: int) -> None:
    """Raises ``BlockingIOError`` when another process holds the lock; some network file systems know no locks."""
    if sys.platform == "win32":
        return
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:
        return
