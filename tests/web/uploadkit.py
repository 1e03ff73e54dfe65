"""Uploads without a service around them: a folder, a runner, and scorers that wait to be told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Any

from fakes import PATIENCE, FakeScorer

from app.batch.options import ScoreOptions
from app.scoring.types import Item, Verdict
from app.web.uploads_files import Upload, UploadFolder, new_upload, private_file
from app.web.uploads_run import Runner, Tools

OWNER = "kunci-uji"
CHUNK = 10


def lines(count: int) -> bytes:
    """A CSV file whose every third row is suspicious."""
    rows = "".join(f"{k},{'ayo coblos nomor 2' if k % 3 == 0 else 'kabar panen'} {k}\n" for k in range(count))
    return f"id,text\n{rows}".encode()


def put(folder: UploadFolder, content: bytes, name: str = "unggahan.csv", **given: Any) -> Upload:
    """An upload that was received."""
    upload = new_upload(folder.create().name, OWNER, name, len(content))
    for field, value in given.items():
        setattr(upload, field, value)
    private_file(folder.input(upload), content)
    folder.put(upload)
    return upload


def is_free(folder: UploadFolder, upload: Upload) -> bool:
    """Whether nobody scores it at this moment."""
    with folder.hold(upload.id) as held:
        return held


def free(rows: int) -> None:
    """Charges nobody."""


def tools(scorer: FakeScorer | None = None, digest: str = "satu", **given: Any) -> Tools:
    """What to score with, in chunks of ten rows."""
    own = {"intake": None, "charge": free, **given}
    return Tools(scorer or FakeScorer(), digest, ScoreOptions(chunk_rows=CHUNK), **own)


def finished(folder: UploadFolder, runner: Runner, upload: Upload) -> Upload:
    """The upload once its run is over."""
    runner.wait(PATIENCE)
    return folder.get(upload.id)


class Halting(FakeScorer):
    """Scores a chunk once ``go_on`` is set, after saying that it has begun; fails where told."""

    def __init__(self, error: type[BaseException] | None = None) -> None:
        self.begun, self.go_on, self.error = Event(), Event(), error

    def score(self, items: Sequence[Item], *, explain: bool = False, entities: bool = False) -> list[Verdict]:
        self.begun.set()
        assert self.go_on.wait(PATIENCE)
        if self.error is not None:
            raise self.error
        return super().score(items, explain=explain, entities=entities)


def modes(path: Path) -> set[str]:
    """Who may read what is under a folder."""
    return {oct(one.stat().st_mode & 0o777) for one in [path, *path.rglob("*")]}
