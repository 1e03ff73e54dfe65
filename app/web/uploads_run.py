"""Scoring an upload in a thread of this process: a few at once on the whole host, told to stop, picked up again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Final, Literal

from app.batch.errors import BatchError, LeftoverError
from app.batch.summary import Summary
from app.observe.logs import crash_of
from app.problems import Problem
from app.review.files import FileIntake
from app.scoring.types import Scorer
from app.store import StoreError
from app.web.uploads_files import Upload, UploadFolder, locked

if TYPE_CHECKING:  # pyarrow, which only a service that gets files needs
    from app.batch.options import Leftover, ScoreOptions

#: What ``start`` may answer: it runs, somebody scores it already, or as many run as may.
Started = Literal["started", "held", "busy"]
#: Said of what nobody foresaw; the log says more.
CRASHED: Final = {
    "id": "Penilaian terhenti karena galat yang tidak terduga; pengelola dapat melihatnya di catatan layanan.",
    "en": "Scoring ended in an unexpected error; the administrator can see it in the service's log.",
}
_NOTE_SECONDS: Final = 0.25
_log = logging.getLogger("netra.uploads")

#: Counts rows on somebody's allowance; raises ``Problem`` when none is left.
Charge = Callable[[int], None]


class Ended(BaseException):
    """A person wants the run to end, or else this process is about to. No ``Exception``: nobody may swallow it."""

    def __init__(self, by_person: bool) -> None:
        super().__init__(by_person)
        self.by_person = by_person


@dataclass(frozen=True, slots=True)
class Tools:
    """What an upload is scored with. ``digest`` names model and watchlists: a run goes on with the same only."""

    scorer: Scorer
    digest: str
    options: ScoreOptions
    intake: FileIntake | None
    charge: Charge


@dataclass(frozen=True, slots=True)
class _Served:
    """The scorer of this process as the file path wants it named; no other process ever loads it."""

    digest: str
    scorer: Scorer

    def load(self) -> Scorer:
        return self.scorer


class Runner:
    """Scores uploads; ``close`` ends what runs, to be gone on with later. At most ``slots`` run on this host."""

    def __init__(self, folder: UploadFolder, slots: int) -> None:
        self._folder, self._slots = folder, slots
        self._closing = Event()
        self._threads: set[Thread] = set()

    def start(self, upload: Upload, tools: Tools) -> Started:
        """Score an upload from where it stands, in the background. Raises ``OSError``."""
        with ExitStack() as stack:
            if not stack.enter_context(self._folder.hold(upload.id)):
                return "held"
            if not stack.enter_context(self._slot()):
                return "busy"
            self._folder.forget_stop(upload.id)
            self._note(upload, "running")
            thread = Thread(target=self._run, args=(upload, tools, stack.pop_all()), name="netra-upload", daemon=True)
            self._threads = {one for one in self._threads if one.is_alive()} | {thread}
            thread.start()
        return "started"

    def close(self, seconds: float = 10.0) -> None:
        """End every run after the chunk at hand, and wait so long for each."""
        self._closing.set()
        self.wait(seconds)

    def wait(self, seconds: float | None = None) -> None:
        """Until everything that runs is over."""
        for thread in list(self._threads):
            thread.join(seconds)

    @contextmanager
    def _slot(self) -> Iterator[bool]:
        with ExitStack() as stack:
            yield any(stack.enter_context(locked(self._folder.slot(number))) for number in range(self._slots))

    def _run(self, upload: Upload, tools: Tools, held: ExitStack) -> None:
        with held:
            try:
                summary = self._score(upload, tools)
            except Ended as ended:
                if ended.by_person:
                    self._note(upload, "stopped")
            except (BatchError, StoreError) as error:
                told = error.about(upload.name) if isinstance(error, BatchError) else error
                self._fail(upload, {"id": str(told), "en": told.english})
            except Problem as problem:
                self._fail(upload, {"id": problem.title_id, "en": problem.title_en})
            except Exception as error:  # whatever it was, the upload must say that it is over
                _log.error("upload %s: %s", upload.id, crash_of(error))
                self._fail(upload, CRASHED)
            else:
                upload.counts = _counts(summary)
                self._note(upload, "done")

    def _score(self, upload: Upload, tools: Tools) -> Summary:
        output = self._folder.output(upload)
        watcher = _Watcher(self._folder, upload, tools.charge, self._closing)
        try:
            summary = _scored(self._folder.input(upload), output, tools, watcher, "resume")
        except LeftoverError:  # another model by now, or another version: nobody has seen what there is
            summary = _scored(self._folder.input(upload), output, tools, watcher, "restart")
        output.chmod(0o600)
        return summary

    def _fail(self, upload: Upload, problem: dict[str, str]) -> None:
        upload.problem = problem
        self._note(upload, "failed")

    def _note(self, upload: Upload, state: Literal["running", "stopped", "failed", "done"]) -> None:
        upload.state = state
        if state != "failed":
            upload.problem = None
        self._folder.put(upload)
        _log.info("upload %s: %s", upload.id, state)


def _scored(source: Path, output: Path, tools: Tools, watcher: _Watcher, leftover: Leftover) -> Summary:
    from app.batch.run import score_files

    options = replace(tools.options, leftover=leftover, intake=tools.intake, watcher=watcher)
    return score_files([source], output, tools.scorer, options, _Served(tools.digest, tools.scorer))


class _Watcher:
    """Notes how far a run is where every process sees it, counts its rows, and ends it when somebody wants that."""

    def __init__(self, folder: UploadFolder, upload: Upload, charge: Charge, closing: Event) -> None:
        self._folder, self._upload, self._charge, self._closing = folder, upload, charge, closing
        self._began, self._noted = time.monotonic(), 0.0
        self._rows_before, self._part_before, self._rows = 0, 0.0, 0
        from app.batch.draft import journal_of, part_of

        self._part_file = part_of(folder.output(upload)), journal_of(folder.output(upload))

    def go_on_from(self, rows: int, part: float) -> None:
        """An earlier run did so many rows, and counted them."""
        self._rows_before, self._part_before, self._rows = rows, part, rows

    def update(self, rows: int, part: float) -> None:
        """So many rows are done. Raises ``Ended`` and ``Problem``."""
        fresh, self._rows = rows - self._rows, rows
        self._note(rows, part)
        if self._closing.is_set():  # nobody is there to count any more
            raise Ended(by_person=False)
        self._charge(fresh)
        if self._folder.stop_asked(self._upload.id):
            raise Ended(by_person=True)

    def close(self) -> None:
        """Nothing to be put away."""

    def _note(self, rows: int, part: float) -> None:
        now = time.monotonic()
        if self._noted and now - self._noted < _NOTE_SECONDS and part < 1.0:
            return
        if not self._noted:
            _make_private(*self._part_file)
        self._noted = now
        figures = {"rows": rows, "part": part, "seconds": now - self._began}
        before = {"rows_before": self._rows_before, "part_before": self._part_before}
        self._folder.note_progress(self._upload.id, {**figures, **before})


def _make_private(*paths: Path) -> None:
    """They lie in a private folder; this is for whoever copies it with their modes."""
    for path in paths:
        if path.exists():
            path.chmod(0o600)


def _counts(summary: Summary) -> dict[str, object]:
    told = summary.as_dict()
    shown = ("read", "scored", "rejected", "flagged", "review", "undecided", "seconds")
    details = ("rejections", "first_rejected", "notes", "sheets")
    return {**{name: told[name] for name in shown + details}, "model": summary.model.version}
