"""The folder in which the processes of one service keep their counts, so that any of them can tell the sum.

A service started with several workers runs in processes that one parent started; what they have in common, without
anybody telling them, is the parent's random ``authkey``. Folders that no living process holds are left over from
earlier runs and are removed.
"""

from __future__ import annotations

import hashlib
import logging
import multiprocessing
import os
import shutil
import sys
from pathlib import Path
from typing import Final

from prometheus_client import values
from prometheus_client.multiprocess import mark_process_dead

#: Names the folder from outside: for servers that start their processes in another way.
VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
#: Room that each file has from the start. Growing into a full disk would kill the process instead of raising an error.
FILE_BYTES: Final = 1 << 19
KINDS: Final = ("counter", "histogram", "gauge_livesum", "gauge_livemin")
_LOCK = "lock"
_log = logging.getLogger("netra.observe")
_held: dict[Path, int] = {}


def shared_folder(state_dir: Path) -> Path | None:
    """The folder of this service, ready for this process; ``None`` when the process is the only one.

    When it cannot be made, that is logged and the process counts for itself.
    """
    named = os.environ.get(VARIABLE)
    if sys.platform == "win32" or not (named or multiprocessing.parent_process()):
        return None
    folder = Path(named) if named else state_dir / "metrics" / run_name()
    try:
        return _prepared(folder, ours=not named)
    except OSError as error:
        _log.error("metrics count this process only: %s", type(error).__name__)
        return None


def run_name() -> str:
    """The same in all processes that one parent started, and in no other."""
    return hashlib.sha256(b"netra metrics " + bytes(multiprocessing.current_process().authkey)).hexdigest()[:16]


def forget_dead(folder: Path) -> None:
    """Drop what processes that are gone said of their present; what they counted stays."""
    for pid in {int(path.stem.rpartition("_")[2]) for path in folder.glob("gauge_live*_*.db")}:
        if not _lives(pid):
            mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]


def _prepared(folder: Path, *, ours: bool) -> Path:
    if folder not in _held:
        _held[folder] = _hold(folder)
        if ours:
            _remove_left_over(folder)
        _make_files(folder)
        os.environ[VARIABLE] = str(folder)
        # Chosen when the library was imported; nobody had named a folder then.
        values.ValueClass = values.get_value_class()  # type: ignore[no-untyped-call]
    return folder


def _hold(folder: Path) -> int:
    """Lock the folder for as long as this process lives. Raises ``OSError``."""
    while True:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = _locked(folder / _LOCK, exclusive=False)
        if _is_there(folder / _LOCK, handle):
            return handle
        os.close(handle)  # somebody took it for a left-over one just before


def _is_there(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def _make_files(folder: Path) -> None:
    pid = os.getpid()
    mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]  # a process before us had the same number
    for kind in KINDS:
        path = folder / f"{kind}_{pid}.db"
        if not path.exists():
            draft = path.with_suffix(".part")
            draft.write_bytes(bytes(FILE_BYTES))
            draft.replace(path)


def _remove_left_over(folder: Path) -> None:
    for other in folder.parent.iterdir():
        if other != folder and other.is_dir() and _is_left_over(other):
            shutil.rmtree(other, ignore_errors=True)


def _is_left_over(folder: Path) -> bool:
    try:
        os.close(_locked(folder / _LOCK, exclusive=True))
    except OSError:
        return False
    return True


def _locked(path: Path, *, exclusive: bool) -> int:
    """A handle that holds a lock until it is closed or the process ends. Raises ``OSError`` when others have it."""
    import fcntl

    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise
    return handle


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
