"""An output on its way: it grows in ``OUT.part``, ``OUT.journal`` says how far; when complete it takes its place."""

from __future__ import annotations

import errno
import json
import os
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import fields, replace
from io import FileIO
from pathlib import Path
from typing import Any

from app.batch import packing
from app.batch.encoders import closing, opening
from app.batch.errors import (
    DamagedLeftoverError,
    InputError,
    OtherInputsError,
    OtherModelError,
    OtherOptionsError,
    OtherRunError,
    OtherVersionError,
    OutputBusyError,
    OutputTooLargeError,
    OutputWriteError,
    UnfinishedError,
)
from app.batch.finishing import Finisher, check_size, finisher
from app.batch.frames import Layout
from app.batch.job import Done
from app.batch.journal import DamagedJournalError, ForeignFileError, Journal, Mark, write_all
from app.batch.options import Leftover
from app.batch.packing import Piece, joined, packed
from app.batch.saving import OutputForm, replaced_when_done, sync_folder
from app.batch.summary import Counts, Summary
from app.filefaults import reason_of, why_not
from app.scoring.types import ModelInfo

_CHECK_BYTES = 1 << 20
#: What a run is about, and what it means when that has changed.
_ASPECTS: dict[str, type[OtherRunError]] = {
    "netra": OtherVersionError,
    "inputs": OtherInputsError,
    "model": OtherModelError,
    "options": OtherOptionsError,
}


def part_of(output: Path) -> Path:
    """Where an output grows."""
    return output.with_name(output.name + ".part")


def journal_of(output: Path) -> Path:
    """What says how far it has grown."""
    return output.with_name(output.name + ".journal")


@contextmanager
def opened_draft(
    output: Path, form: OutputForm, layout: Layout, about: Mapping[str, Any], leftover: Leftover
) -> Iterator[Draft]:
    """A draft of ``output``, new or gone on with. Raises ``OutputError`` and ``LeftoverError``.

    When the block ends in an error the draft is kept if there is something in it that a later run can go on with.
    ``about`` (JSON values by aspect) says what the run is about; only a run about the same can go on.
    """
    draft = Draft(output, form, layout)
    draft.begin(json.loads(json.dumps(about)), leftover)
    try:
        yield draft
    except BaseException as error:
        draft.leave(keep=not isinstance(error, (InputError, OutputTooLargeError)))
        raise


@contextmanager
def _write_errors(path: Path) -> Iterator[None]:
    """What the system refuses, as ``OutputWriteError``."""
    try:
        yield
    except BlockingIOError as error:
        raise OutputBusyError(name=path.name) from error
    except OSError as error:
        raise OutputWriteError(name=path.name, why=why_not(error)) from error


def check_same(name: str, about: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    """Raises an ``OtherRunError`` when what was ``found`` of an earlier run for ``name`` is about something else."""
    for aspect, changed in _ASPECTS.items():
        if about[aspect] != found.get(aspect):
            raise changed(name=name)


class Draft:
    """See ``opened_draft``. ``mark`` says how far it has grown."""

    def __init__(self, output: Path, form: OutputForm, layout: Layout) -> None:
        self.mark = Mark()
        self._output = output
        self._form = form
        self._layout = layout
        self._path = part_of(output)
        self._file: FileIO | None = None
        with _write_errors(output):
            self._journal = Journal(journal_of(output))

    def begin(self, about: Mapping[str, Any], leftover: Leftover) -> None:
        """Go on with what is there, or start."""
        try:
            found = self._found(leftover)
            if found is None:
                self._start(about)
            else:
                self._go_on(about, *found)
        except BaseException:
            self._journal.close()
            raise

    def _found(self, leftover: Leftover) -> tuple[dict[str, Any], Mark] | None:
        """The earlier run to go on with; what is left of one that is not worth it is removed."""
        try:
            found = self._journal.read()
        except ForeignFileError as error:
            raise OutputWriteError(name=journal_of(self._output).name, why=reason_of(errno.EEXIST)) from error
        except DamagedJournalError as error:
            if leftover != "restart":
                raise DamagedLeftoverError(name=self._output.name, file=journal_of(self._output).name) from error
            self._path.unlink(missing_ok=True)
            return None
        if found is None:
            return None
        mark = found[1]
        over = mark.complete and not self._path.exists()  # it stopped between the last two steps
        wanted = leftover == "resume" and self._output.exists() if over else leftover != "restart"
        if not wanted or mark.chunks == 0:
            self._path.unlink(missing_ok=True)
            return None
        if leftover == "refuse":
            raise UnfinishedError(name=self._output.name, rows=mark.counts.read)
        return found

    def _start(self, about: Mapping[str, Any]) -> None:
        with _write_errors(self._path):
            self._journal.start(about)
            try:
                self._file = self._path.open("xb", buffering=0)
            except OSError:
                self._journal.remove()
                raise
            sync_folder(self._path.parent)
            first = packed(opening(self._form.format, self._layout), self._form.packing)
            self._grow(replace(first, data=packing.head(self._form.packing) + first.data), Mark())

    def _go_on(self, about: Mapping[str, Any], found: Mapping[str, Any], mark: Mark) -> None:
        check_same(self._output.name, about, found)
        if mark.complete and not self._path.exists():
            self.mark = mark
            return
        with _write_errors(self._path):
            if not self._path.is_file() or _crc32(self._path, mark.size) != mark.crc32:
                raise DamagedLeftoverError(name=self._output.name, file=self._path.name)
            os.truncate(self._path, mark.size)
            self._file = self._path.open("ab", buffering=0)
            self._journal.go_on(mark)
        self.mark = mark

    @property
    def done(self) -> bool:
        """Whether no row is missing any more."""
        return self.mark.complete

    def summary(self, model: ModelInfo) -> Summary:
        """What was done, in this run and those it goes on with."""
        counts = {one.name: getattr(self.mark.counts, one.name) for one in fields(Counts)}
        return Summary(model, self.mark.seconds, **counts)

    def add(self, done: Done, seconds: float) -> None:
        """Take the next chunk; ``seconds`` is what this took since the one before. Raises ``OutputError``."""
        counts = deepcopy(self.mark.counts)
        counts.add(done.counts)
        check_size(self._form, counts.read)
        mark = replace(self.mark, chunks=self.mark.chunks + 1, counts=counts, seconds=self.mark.seconds + seconds)
        with _write_errors(self._output):
            self._grow(done.piece, mark)

    def finish(self) -> None:
        """Close the part file and put the output in its place. Raises ``OutputError``."""
        finish = finisher(self._form)
        with _write_errors(self._output):
            if self._path.exists():
                self._settle() if finish is None else self._convert(finish)
            self._journal.remove()

    def leave(self, keep: bool) -> None:
        """Stop half way; what is there can be gone on with unless that is not wanted or there is nothing."""
        self._close()
        if keep and self.mark.chunks:
            self._journal.close()
            return
        self._path.unlink(missing_ok=True)
        self._journal.remove()

    def _grow(self, piece: Piece, mark: Mark) -> None:
        """Append to the part file, then say so in the journal."""
        assert self._file is not None  # noqa: S101 - only a draft that is not complete grows
        write_all(self._file.fileno(), piece.data)
        whole = joined(Piece(b"", self.mark.packed_size, self.mark.packed_crc32), piece)
        self.mark = replace(
            mark,
            size=self.mark.size + len(piece.data),
            crc32=zlib.crc32(piece.data, self.mark.crc32),
            packed_size=whole.size,
            packed_crc32=whole.crc32,
        )
        self._journal.append(self.mark)

    def _settle(self) -> None:
        """The part file is the output but for its end and its name."""
        if not self.mark.complete:
            last = packed(closing(self._form.format, empty=self.mark.chunks == 0), self._form.packing)
            whole = joined(Piece(b"", self.mark.packed_size, self.mark.packed_crc32), last)
            tail = packing.tail(self._form.packing, whole.size, whole.crc32)
            self._grow(replace(last, data=last.data + tail), replace(self.mark, complete=True))
        self._close()
        self._path.replace(self._output)
        sync_folder(self._output.parent)

    def _convert(self, finish: Finisher) -> None:
        """The output is made from the part file."""
        self._close()
        if not self.mark.complete:
            with replaced_when_done(self._output, self._output.with_name(self._output.name + ".new")) as raw:
                finish(self._path, raw, self._layout)
            self._journal.append(replace(self.mark, complete=True))
        self._path.unlink()

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()


def _crc32(path: Path, size: int) -> int | None:
    """CRC-32 of the first ``size`` bytes; ``None`` when there are fewer."""
    crc32 = 0
    with path.open("rb") as content:
        while size and (block := content.read(min(size, _CHECK_BYTES))):
            crc32 = zlib.crc32(block, crc32)
            size -= len(block)
    return None if size else crc32


def rows_kept(output: Path) -> int:
    """Rows that an unfinished run for ``output`` has done and a later one can go on from; 0 when there is none."""
    if output.is_dir() or not journal_of(output).is_file():
        return 0
    try:
        journal = Journal(journal_of(output))
    except OSError:
        return 0
    try:
        found = journal.read()
    except (ForeignFileError, DamagedJournalError):
        return 0
    finally:
        journal.close()
    return found[1].counts.read if found else 0
