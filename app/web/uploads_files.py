"""Uploaded files on disk: one folder each under ``NETRA_STATE_DIR``, for its owner alone, with what is known of it.

    uploads/5f0c…/upload.json     what was asked and what came of it
                  input.csv       the file as sent
                  lock            held by the process that scores it: nobody holds it after a crash
                  readable.json   whether the file can be read, once somebody looked
                  progress.json   how far that is
                  stop            somebody wants it to end
                  output.xlsx     the result; .part and .journal while it grows
    uploads/slot-0                held by whoever scores, so that all processes together keep to the limit

Names are random, so that none can be guessed, and none is made of what was sent.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal, get_args

from app.scoring.types import Action

#: ``ready``: waits to be started; ``stopped``: somebody ended it; ``failed``: it cannot go on, ``problem`` says why.
Kept = Literal["ready", "running", "stopped", "failed", "done"]
#: ``interrupted``: it was running when its process ended.
State = Literal["ready", "running", "stopped", "failed", "done", "interrupted"]
STATES: Final[tuple[State, ...]] = get_args(State)
#: Endings that results are offered in; nothing in a workbook is run as a formula.
ENDINGS: Final = (".xlsx", ".csv", ".jsonl", ".parquet")
#: Uploads that one person keeps at most.
MOST_KEPT: Final = 20

_ID = re.compile(r"[0-9a-f]{32}")
_KNOWN_ENDING = re.compile(
    r"\.(?:csv|tsv|tab|psv|txt|json|jsonl|ndjson|parquet|xlsx)(?:\.(?:gz|zst))?\Z", re.IGNORECASE
)
_LONGEST_NAME = 120
_PAUSES = (0.001, 0.004, 0.02, 0.05, 0.0)


@dataclass(slots=True, kw_only=True)
class Upload:
    """One uploaded file. ``owner`` is the id of a key, ``name`` what its sender called it.

    ``ending`` is that of the result, ``problem`` a message by language, ``counts`` the figures of a run that is over.
    """

    id: str
    owner: str
    name: str
    size: int
    created_at: str
    touched_at: str
    text_column: str | None = None
    action: Action = "post"
    election: str | None = None
    platform: str | None = None
    ending: str = ".xlsx"
    queue: bool = True
    state: Kept = "ready"
    problem: dict[str, str] | None = None
    counts: dict[str, Any] = field(default_factory=dict)


class UploadFolder:
    """All uploads of this host."""

    def __init__(self, state_dir: Path) -> None:
        self.path = state_dir.absolute() / "uploads"

    def create(self) -> Path:
        """A new folder, for this user alone. Raises ``OSError``."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = self.path / secrets.token_hex(16)
        folder.mkdir(mode=0o700)
        return folder

    def folder(self, upload_id: str) -> Path:
        """Where an upload is. Raises ``KeyError`` for what is no id."""
        if not _ID.fullmatch(upload_id):
            raise KeyError(upload_id)
        return self.path / upload_id

    def input(self, upload: Upload) -> Path:
        """The file as sent."""
        return self.folder(upload.id) / f"input{ending_of(upload.name)}"

    def output(self, upload: Upload) -> Path:
        """The result, once there is one."""
        return self.folder(upload.id) / f"output{upload.ending}"

    def get(self, upload_id: str, owner: str | None = None) -> Upload:
        """An upload, of ``owner`` if one is given. Raises ``KeyError``."""
        try:
            found = _read(self.folder(upload_id) / "upload.json")
            upload = Upload(**found)
        except (OSError, ValueError, TypeError) as error:
            raise KeyError(upload_id) from error
        if upload.id != upload_id or owner not in (None, upload.owner):
            raise KeyError(upload_id)
        return upload

    def all(self, owner: str | None = None) -> list[Upload]:
        """Uploads, of ``owner`` if one is given, the newest first; folders that hold none are left out."""
        found = []
        for path in self._folders():
            with suppress(KeyError):
                found.append(self.get(path.name, owner))
        return sorted(found, key=lambda upload: (upload.created_at, upload.id), reverse=True)

    def put(self, upload: Upload, now: datetime | None = None) -> None:
        """Keep what is known of an upload. Raises ``OSError``."""
        upload.touched_at = (now or datetime.now(UTC)).isoformat()
        _write(self.folder(upload.id) / "upload.json", asdict(upload))

    def now(self, upload: Upload) -> tuple[Upload, State]:
        """The upload and its state as they are now, whatever became of the process that scored it. Raises ``KeyError``
        when it was removed meanwhile.
        """
        if upload.state == "running":
            with self.hold(upload.id) as held:
                if held:  # it may have come to its end since it was read
                    upload = self.get(upload.id)
                    return upload, "interrupted" if upload.state == "running" else upload.state
        return upload, upload.state

    def rows_kept(self, upload: Upload) -> int:
        """Rows that a run which ended early leaves for the next one; none are told while one is under way."""
        from app.batch.draft import rows_kept  # with pyarrow: 20 MB that a service without uploads never needs

        with self.hold(upload.id) as held:  # looking locks the journal, which a run that begins now would fail on
            return rows_kept(self.output(upload)) if held else 0

    @contextmanager
    def hold(self, upload_id: str) -> Iterator[bool]:
        """Nobody else scores or removes the upload meanwhile; ``False`` when somebody does already."""
        with locked(self.folder(upload_id) / "lock") as held:
            yield held

    def slot(self, number: int) -> Path:
        """The file that a run locks."""
        return self.path / f"slot-{number}"

    def ask_to_stop(self, upload_id: str) -> None:
        """Whoever scores it ends after the chunk at hand."""
        private_file(self.folder(upload_id) / "stop")

    def stop_asked(self, upload_id: str) -> bool:
        """Whether somebody wants it to end."""
        return (self.folder(upload_id) / "stop").exists()

    def forget_stop(self, upload_id: str) -> None:
        """Nobody wants it to end any more."""
        (self.folder(upload_id) / "stop").unlink(missing_ok=True)

    def readable(self, upload_id: str) -> bool | None:
        """What ``note_readable`` noted last; ``None`` before."""
        try:
            return bool(_read(self.folder(upload_id) / "readable.json")["readable"])
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def note_readable(self, upload_id: str, readable: bool) -> None:
        """Remember whether the file can be read; not in ``upload.json``, which whoever starts a run may be writing."""
        with suppress(OSError):  # removed meanwhile
            _write(self.folder(upload_id) / "readable.json", {"readable": readable})

    def progress(self, upload_id: str) -> dict[str, float]:
        """What ``note_progress`` noted last; empty before."""
        try:
            return _read(self.folder(upload_id) / "progress.json")
        except (OSError, ValueError):
            return {}

    def note_progress(self, upload_id: str, figures: Mapping[str, float]) -> None:
        """Let every process know how far a run is."""
        _write(self.folder(upload_id) / "progress.json", figures)

    def remove(self, upload_id: str) -> bool:
        """Remove an upload with everything; ``False`` while it is scored."""
        with self.hold(upload_id) as held:
            if held:
                shutil.rmtree(self.folder(upload_id), ignore_errors=True)
            return held

    def sweep(self, days: int, now: datetime | None = None) -> int:
        """Remove what nobody touched for so many days, and folders that hold no upload; how many there were."""
        before = (now or datetime.now(UTC)) - timedelta(days=days)
        return sum(self._is_over(path, before) and self.remove(path.name) for path in self._folders())

    def _folders(self) -> list[Path]:
        with suppress(OSError):
            return [path for path in self.path.iterdir() if _ID.fullmatch(path.name)]
        return []

    def _is_over(self, path: Path, before: datetime) -> bool:
        try:
            return datetime.fromisoformat(self.get(path.name).touched_at) < before
        except (KeyError, ValueError):  # being received just now, or left by a crash while it was
            return datetime.fromtimestamp(path.stat().st_mtime, UTC) < before


def new_upload(upload_id: str, owner: str, name: str, size: int) -> Upload:
    """An upload that was just received."""
    now = datetime.now(UTC).isoformat()
    return Upload(id=upload_id, owner=owner, name=shown_name(name), size=size, created_at=now, touched_at=now)


def ending_of(name: str) -> str:
    """The ending that says how to read a file, in lower case; none where it is not known, and the content decides."""
    found = _KNOWN_ENDING.search(name)
    return found[0].lower() if found else ""


def shown_name(name: str) -> str:
    """The last part of a name as a browser sent it, in one line and not too long; its ending is kept."""
    plain = "".join(c if c.isprintable() else " " for c in re.split(r"[\\/]", name)[-1])
    plain = " ".join(plain.split()) or "berkas"
    ending = ending_of(plain)
    kept = plain[: len(plain) - len(ending)][: _LONGEST_NAME - len(ending)]
    return f"{kept or 'berkas'}{ending}"


def private_file(path: Path, content: bytes = b"") -> None:
    """Write a file that only this user can read."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)


@contextmanager
def locked(path: Path) -> Iterator[bool]:
    """Hold a lock on a file, which the system lets go of when this process ends; ``False`` when somebody has it."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except FileNotFoundError:  # its folder was removed
        yield True
        return
    try:
        yield _lock(handle)
    finally:
        os.close(handle)


def _lock(handle: int) -> bool:
    """Tried again for a moment: whoever only looks whether somebody holds it does so by holding it."""
    for pause in _PAUSES:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(pause)
        else:
            return True
    return False


def _read(path: Path) -> dict[str, Any]:
    found = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(found, dict):
        raise TypeError("not an object")
    return found


def _write(path: Path, content: Mapping[str, Any]) -> None:
    """Whole or not at all, whoever reads at that moment."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    private_file(draft, json.dumps(content, ensure_ascii=True).encode())
    draft.replace(path)
