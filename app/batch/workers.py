"""Score chunks in several processes, in order, with a bounded number of chunks under way.

Each process loads the model once and checks that it is the one the parent means. A process that dies (killed for its
memory, a crash in a library) costs nothing but time: the chunks under way are done again, each alone in a process of
its own. A chunk that kills this one too is halved until the row that does it is found; that row is reported as
``worker_died``, all others are scored.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.context import SpawnContext, SpawnProcess
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from app.batch.errors import WorkersDiedError
from app.batch.job import Done, Job, Task
from app.batch.remembered import Remembering
from app.batch.stopping import unbroken
from app.memory import settle
from app.scoring.bundlewords import CHANGED
from app.scoring.errors import DamagedModel, ModelError
from app.scoring.pointer import manifest_digest
from app.scoring.types import Scorer
from app.watchlists.lists import Watchlists
from app.watchlists.load import shipped

#: Deaths in one run after which it is the machine, or the model, and not a row.
MAX_DEATHS = 50
#: Seconds that nobody needs longer to let go of processes that were ended.
_LONGEST_END = 5.0


@runtime_checkable
class Model(Protocol):
    """Where a scorer comes from; can be pickled and sent to another process."""

    @property
    def digest(self) -> str:
        """Changes whenever an answer may."""
        ...

    def load(self) -> Scorer:
        """The scorer, after checking that it is the one of ``digest``. Raises ``ModelError``."""
        ...


@dataclass(frozen=True, slots=True)
class BundleOnDisk:
    """The bundle in ``folder`` whose manifest has this SHA-256; the manifest has those of all other files.

    ``lists`` are the watchlists to read with; ``None`` stands for the shipped ones.
    """

    folder: Path
    manifest: str
    lists: Watchlists | None = None

    @classmethod
    def at(cls, folder: Path, lists: Watchlists | None = None) -> BundleOnDisk:
        """The bundle that is in the folder now. Raises ``DamagedModel`` when there is none."""
        return cls(folder.resolve(), manifest_digest(folder), None if lists is shipped() else lists)

    @property
    def digest(self) -> str:
        return f"{self.manifest}+{(self.lists or shipped()).version}"

    def load(self) -> Scorer:
        from app.scoring.bundle import load

        if manifest_digest(self.folder) != self.manifest:
            raise DamagedModel(CHANGED)
        scorer = load(self.folder)
        return scorer if self.lists is None else scorer.with_watchlists(self.lists)


def usable_cores() -> int:
    """Cores that this process may use, limits of a container counted in."""
    import joblib  # slow to import

    return int(joblib.cpu_count())


class Crew:
    """``workers`` processes for one job; ``close`` ends them."""

    def __init__(self, model: Model, job: Job, workers: int) -> None:
        self._model = model
        self._job = job
        self._workers = workers
        self._pool: _Pool | None = None
        self._solo: _Pool | None = None
        self._deaths = 0

    def work(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Done]]:
        """Each task with what came of it, in order; tasks are taken only as fast as they are done.

        Raises what the scorer raises, ``ModelError`` when a process cannot load the model, and ``WorkersDiedError``.
        """
        under_way: deque[tuple[Task, _Pool, Future[Done]]] = deque()
        for task in tasks:
            under_way.append((task, *self._submitted(task)))
            if len(under_way) > 2 * self._workers:
                yield self._oldest(under_way)
        while under_way:
            yield self._oldest(under_way)

    def close(self) -> None:
        """End the processes, whatever they are doing."""
        for pool in (self._pool, self._solo):
            if pool is not None:
                pool.end()
        self._pool = self._solo = None

    def _submitted(self, task: Task) -> tuple[_Pool, Future[Done]]:
        while True:
            pool = self._pool = self._pool or _Pool(self._model, self._job, self._workers)
            try:
                return pool, pool.submit(task)
            except BrokenProcessPool:
                self._bury(pool)

    def _oldest(self, under_way: deque[tuple[Task, _Pool, Future[Done]]]) -> tuple[Task, Done]:
        task, pool, future = under_way.popleft()
        try:
            done = future.result()
        except BrokenProcessPool:
            self._bury(pool)
            return task, self._alone(task)
        if self._solo is not None:
            self._solo.end()
            self._solo = None
        return task, done

    def _alone(self, task: Task) -> Done:
        """Done by a process that has nothing else to do, so that its death has only one explanation."""
        solo = self._solo = self._solo or _Pool(self._model, self._job, 1)
        self._check_alive(solo)
        try:
            return solo.submit(task).result()
        except BrokenProcessPool:
            self._bury(solo)
        if len(task.chunk) == 1:
            return self._job.refuse(task, "worker_died")
        first, second = task.halves()
        return self._alone(first).then(self._alone(second))

    def _check_alive(self, solo: _Pool) -> None:
        try:
            solo.ready.result()
        except BrokenProcessPool as error:
            raise WorkersDiedError(count=self._deaths + 1) from error

    def _bury(self, pool: _Pool) -> None:
        """Let go of a pool that has broken; every task it had tells of that, only the first counts."""
        if pool not in (self._pool, self._solo):
            return
        pool.end()
        self._pool = None if pool is self._pool else self._pool
        self._solo = None if pool is self._solo else self._solo
        self._deaths += 1
        if self._deaths >= MAX_DEATHS:
            raise WorkersDiedError(count=self._deaths)


class _Context(SpawnContext):
    """Starts processes afresh, as the executor asks for them, and remembers them."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[SpawnProcess] = []

    def Process(self, *arguments: Any, **named: Any) -> SpawnProcess:  # type: ignore[override]  # noqa: ANN401
        process = SpawnProcess(*arguments, **named)
        self.started.append(process)
        return process


class _Pool:
    """An executor that can be ended without waiting for what its processes are doing."""

    def __init__(self, model: Model, job: Job, workers: int) -> None:
        self._context = _Context()
        self._executor = ProcessPoolExecutor(workers, self._context, _start, (model, job))
        with unbroken(), _interrupts_held_back():
            self.ready = self._executor.submit(_nothing)

    def submit(self, task: Task) -> Future[Done]:
        with unbroken(), _interrupts_held_back():
            return self._executor.submit(_do, task)

    def end(self) -> None:
        manager = vars(self._executor).get("_executor_manager_thread")
        self._executor.shutdown(wait=False, cancel_futures=True)
        for process in self._context.started:
            if process.pid is not None:
                process.terminate()
        if manager is not None:  # at exit Python writes to its pipe, and fails where it is just closing that
            manager.join(_LONGEST_END)


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Ctrl-C goes to every process of a terminal: those started here inherit that it is none of their business."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# In the worker process


@dataclass(frozen=True, slots=True)
class _Station:
    """What a worker process holds: its job, and the scorer or why there is none."""

    job: Job
    scorer: Remembering | ModelError


_station: _Station | None = None


def _start(model: Model, job: Job) -> None:
    """Load the model, once; what is wrong with it is told by the first task, where the parent can hear it."""
    global _station
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        _station = _Station(job, Remembering(model.load()))
        settle()
    except ModelError as error:
        _station = _Station(job, error)


def _end_with_parent() -> None:
    """A parent that was killed cannot end its processes, and they hold the queue that would tell them."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _nothing() -> None:
    """Show that a process has started."""


def _do(task: Task) -> Done:
    assert _station is not None  # noqa: S101 - the initializer ran before any task
    if isinstance(_station.scorer, ModelError):
        raise _station.scorer
    return _station.job.do(task, _station.scorer)
