"""Which model was active when, and who overrode what: an append-only file of lines that each name the line before.

A line that was changed or taken out breaks the chain, and ``entries`` says so; one without its end was never written.
The file lies beside the bundles, or in the state folder where the bundles may only be read.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from app.policy.types import Words
from app.scoring.errors import DamagedModel

NAME, IN_STATE = "HISTORY.jsonl", "models-history.jsonl"
Act = Literal["activate", "rollback"]
_NO_HISTORY: Final = Words("riwayat model tidak terbaca", "the history of models cannot be read")


@dataclass(frozen=True, slots=True)
class Named:
    """A bundle by name and the SHA-256 of its manifest."""

    name: str
    manifest: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of the active bundle. ``report`` is the SHA-256 of the challenge report that allowed it.

    ``reason`` is what a person wrote who overrode the gates or went back.
    """

    time: str
    act: Act
    before: Named | None
    after: Named
    report: str | None = None
    reason: str | None = None


class History:
    """The file of one models folder."""

    def __init__(self, models_dir: Path, state_dir: Path) -> None:
        writable = os.access(models_dir, os.W_OK)
        self.path = models_dir / NAME if writable else state_dir / IN_STATE

    def entries(self) -> list[Entry]:
        """All entries, oldest first. Raises ``DamagedModel`` when a line is not what it was when it was written."""
        return [entry for entry, _ in self._read()]

    def check_writable(self) -> None:
        """Raises ``DamagedModel`` when the chain is broken, ``OSError`` when nothing can be added to it."""
        self.entries()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.open("a").close()

    def append(self, entry: Entry) -> None:
        """Add an entry at the end, and have it on disk. Raises as ``check_writable``."""
        digests = ["", *(digest for _, digest in self._read())]
        line = json.dumps({**asdict(entry), "previous": digests[-1]}, ensure_ascii=False, sort_keys=True)
        self._drop_torn_line()
        with self.path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())

    def previous(self, active: Named | None = None) -> Named | None:
        """The bundle that was active before the present one, going back over rollbacks; ``None`` when there is none.

        Where ``active`` is not the last one noted, a switch was cut off before its note: then it is the last one noted.
        """
        stack: list[Named] = []
        for entry in self.entries():
            if entry.act == "rollback":
                del stack[-1:]
            else:
                stack += [entry.before] if entry.before and not stack else []
                stack += [entry.after] if stack[-1:] != [entry.after] else []
        if stack and active is not None and active != stack[-1]:
            return stack[-1]
        return stack[-2] if len(stack) > 1 else None

    def _drop_torn_line(self) -> None:
        """Take off what a process that was killed left of a line."""
        if not self.path.exists():
            return
        whole = self.path.read_bytes().rfind(b"\n") + 1
        if whole < self.path.stat().st_size:
            os.truncate(self.path, whole)

    def _read(self) -> Iterator[tuple[Entry, str]]:
        """Entries, each with the digest that the next line has to name."""
        if not self.path.exists():
            return
        last = ""
        written = self.path.read_bytes()
        # A reason may hold any other line separator; what follows the last one was cut off in the middle.
        lines = _text(written[: written.rfind(b"\n") + 1]).split("\n")
        for number, line in enumerate(filter(None, lines), 1):
            entry, previous = _entry(line, number)
            if previous != last:
                raise DamagedModel(_not_following(number))
            last = hashlib.sha256(line.encode()).hexdigest()
            yield entry, last


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DamagedModel(_NO_HISTORY) from error


def _entry(line: str, number: int) -> tuple[Entry, str]:
    try:
        content = json.loads(line)
        previous = content.pop("previous")
        before, after = content.pop("before"), content.pop("after")
        return Entry(**content, before=Named(**before) if before else None, after=Named(**after)), previous
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedModel(_no_line(number)) from error


def _no_line(number: int) -> Words:
    return Words(
        f"baris {number} riwayat model tidak terbaca", f"line {number} of the history of models cannot be read"
    )


def _not_following(number: int) -> Words:
    return Words(
        f"baris {number} riwayat model tidak menyambung baris sebelumnya",
        f"line {number} of the history of models does not follow on the line before",
    )


def now() -> str:
    """The time as the history has it: ISO 8601, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
