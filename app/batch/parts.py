"""A folder of Parquet parts that grows part by part, in any order, on any file system.

``_netra.json`` says what the run is about; ``_SUCCESS`` stands in the folder when no part is missing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any

import fsspec  # type: ignore[import-untyped]

from app.batch.draft import check_same
from app.batch.errors import DamagedLeftoverError, FolderInUseError, OutputWriteError, UnfinishedError
from app.batch.options import Leftover
from app.batch.pieces import part_counts
from app.filefaults import why_not

_ABOUT, _SUCCESS = "_netra.json", "_SUCCESS"
#: A part, or one that was being written when its process died.
_PART = re.compile(r"part-(\d{6,})\.parquet|\.part-\d{6,}\.parquet\.\w+")


class PartsFolder:
    """The folder at ``url``, which need not exist yet."""

    def __init__(self, url: str) -> None:
        self._system, self._path = fsspec.core.url_to_fs(url)
        self.name = PurePosixPath(self._path).name

    def part(self, number: int) -> str:
        """Address of a part, good on every machine that sees the file system."""
        return str(self._system.unstrip_protocol(f"{self._path}/part-{number:06}.parquet"))

    def begin(self, about: Mapping[str, Any], leftover: Leftover) -> set[int]:
        """Make the folder ready; numbers of the parts that are there already. Raises ``BatchError``."""
        with self._write_errors():
            names = self._names()
            if leftover == "restart":
                names = self._emptied(names)
            if not names:
                self._system.makedirs(self._path, exist_ok=True)
                self._put(_ABOUT, json.dumps(about).encode())
                return set()
            return self._found(names, about, leftover)

    def finish(self) -> None:
        """Say that no part is missing."""
        with self._write_errors():
            self._put(_SUCCESS, b"")

    def _found(self, names: set[str], about: Mapping[str, Any], leftover: Leftover) -> set[int]:
        over = _SUCCESS in names
        if _ABOUT not in names or self._foreign(names) or (over and leftover == "refuse"):
            raise FolderInUseError(name=self.name)
        parts = {int(found[1]) for name in names if (found := _PART.fullmatch(name)) and found[1]}
        if leftover == "refuse":
            raise UnfinishedError(name=self.name, rows=sum(part_counts(self.part(number)).read for number in parts))
        try:
            found_about = json.loads(self._system.cat_file(f"{self._path}/{_ABOUT}"))
        except ValueError as error:
            raise DamagedLeftoverError(name=self.name, file=_ABOUT) from error
        check_same(self.name, json.loads(json.dumps(about)), found_about)
        return parts

    def _emptied(self, names: set[str]) -> set[str]:
        """Remove what an earlier run wrote, what it is about last."""
        if names and (_ABOUT not in names or self._foreign(names)):
            raise FolderInUseError(name=self.name)
        for name in sorted(names, key=lambda name: (name == _ABOUT, name != _SUCCESS)):
            self._system.rm_file(f"{self._path}/{name}")
        return set()

    def _foreign(self, names: set[str]) -> bool:
        return any(name not in (_ABOUT, _SUCCESS) and not _PART.fullmatch(name) for name in names)

    def _names(self) -> set[str]:
        self._system.invalidate_cache()
        if not self._system.exists(self._path):
            return set()
        return {PurePosixPath(path).name for path in self._system.ls(self._path, detail=False)} - {self.name}

    def _put(self, name: str, content: bytes) -> None:
        self._system.pipe_file(f"{self._path}/{name}", content)

    @contextmanager
    def _write_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise OutputWriteError(name=self.name, why=why_not(error)) from error
