"""Watchlists that follow their folder: read again when a file changed, taken over only when all of them are sound."""

from __future__ import annotations

import logging
from pathlib import Path

from app.watchlists.lists import Watchlists
from app.watchlists.load import as_shipped, list_files, read_folder
from app.watchlists.schema import WatchlistError

#: Most faults of one look at the files that are logged.
MAX_LOGGED = 20
_Fingerprint = tuple[tuple[str, int, int], ...]
_log = logging.getLogger("netra.watchlists")


class WatchlistStore:
    """``lists`` are the last sound ones, ``None`` while there were none. One thread at a time may call ``refresh``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: _Fingerprint | None = None
        self.lists: Watchlists | None = None

    def refresh(self) -> bool:
        """Whether the files changed and gave new lists; broken files are logged once and change nothing."""
        found = _fingerprint(self._folder)  # before the files are read: what changes meanwhile is seen next time
        if found == self._seen:
            return False
        self._seen = found
        lists = self._read()
        if lists is None or (self.lists is not None and lists.version == self.lists.version):
            return False
        self.lists = lists
        _log.info("watchlists %s: %d elections, %d parties", lists.version, len(lists.elections), len(lists.parties))
        return True

    def _read(self) -> Watchlists | None:
        """Lists with their largest matcher built, or ``None`` when anything is wrong."""
        try:
            lists = as_shipped(self._folder) or read_folder(self._folder)
            _ = lists.everything
        except WatchlistError as error:
            self._refuse(str(error).splitlines())
        except Exception as error:  # whatever a file holds must not end the service nor the watch over its folder
            self._refuse([type(error).__name__])
        else:
            return lists
        return None

    def _refuse(self, faults: list[str]) -> None:
        kept = "no watchlists" if self.lists is None else f"watchlists {self.lists.version} kept"
        for fault in faults[:MAX_LOGGED]:
            _log.error("%s: %s", kept, fault)
        if len(faults) > MAX_LOGGED:
            _log.error("%s: %d further faults", kept, len(faults) - MAX_LOGGED)


def _fingerprint(folder: Path) -> _Fingerprint:
    """Name, time of change and size of every file that counts."""
    try:
        files = [(path.name, path.stat()) for path in list_files(folder)]
    except OSError:  # deleted since the folder was listed, or not for us to see: reading tells
        return ()
    return tuple((name, status.st_mtime_ns, status.st_size) for name, status in files)
