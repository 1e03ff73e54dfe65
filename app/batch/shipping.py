"""A model bundle on its way to the workers of a Dask cluster: sent once to each, checked by hash where it arrives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from distributed import Worker, WorkerPlugin

from app.batch.job import Advise
from app.batch.loaded import keep_loaded
from app.batch.workers import BundleOnDisk
from app.memory import keep_freed, settle
from app.policy.types import Words
from app.scoring.errors import NoModel
from app.scoring.types import Item, Scorer, Verdict


@dataclass(frozen=True, slots=True)
class _Cargo:
    """What was brought to this process: the bundle as it was unpacked here, and who tells of the rules."""

    bundle: BundleOnDisk
    advise: Advise | None


_arrived: dict[str, _Cargo] = {}


class Shipment(WorkerPlugin):
    """The files of a bundle; the scheduler gives them to every worker, also to one that joins or restarts later.

    ``advise`` travels with them: it holds all watchlists, too much to go with every task.
    """

    def __init__(self, bundle: BundleOnDisk, advise: Advise | None) -> None:
        self.name = f"netra-{bundle.digest}"
        self.cargo = _Cargo(bundle, advise)
        self.files = {path.name: path.read_bytes() for path in sorted(bundle.folder.iterdir()) if path.is_file()}

    def setup(self, worker: Worker) -> None:
        """Unpack into the worker's own folder and load. Raises ``ModelError`` when it is not what was sent."""
        folder = Path(worker.local_directory) / self.name[:40]
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.files.items():
            (folder / name).write_bytes(content)
        bundle = replace(self.cargo.bundle, folder=folder)
        keep_loaded(bundle.digest, bundle.load())
        _arrived[bundle.digest] = replace(self.cargo, bundle=bundle)
        settle()
        keep_freed()


@dataclass(frozen=True, slots=True)
class Shipped:
    """The bundle of this digest, wherever it has been brought; as a function, the advice that came with it."""

    digest: str

    def load(self) -> Scorer:
        """The scorer. Raises ``NoModel`` where nothing was brought."""
        if self.digest not in _arrived:
            raise NoModel(Words("model tidak sampai ke proses penilai ini", "the model was not brought to this worker"))
        return _arrived[self.digest].bundle.load()

    def __call__(self, item: Item, verdict: Verdict) -> Sequence[str]:
        """Ids of the rules to look at."""
        advise = _arrived[self.digest].advise
        return advise(item, verdict) if advise is not None else ()
