"""Carry out ``netra score``: here or on a cluster, stopped or not, always with a word on how to go on."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import typer

from app.batch.draft import rows_kept
from app.batch.errors import BatchError, ClusterMissingError, LeftoverError, WorkersDiedError
from app.batch.options import ScoreOptions
from app.batch.run import score_files
from app.batch.stopping import Stopped, stoppable
from app.batch.summary import Summary
from app.batch.workers import BundleOnDisk
from app.cli import common
from app.memory import settle
from app.policy.types import Words
from app.scoring.errors import ModelError
from app.scoring.types import ModelInfo, Scorer
from app.watchlists.lists import Watchlists

_NOTHING_STOPPED = Words(
    "Tidak ada pekerjaan yang terhenti; mulai dari awal.",
    "There is no unfinished run; this one begins at the beginning.",
)
_STOPPED = Words("Dihentikan. {}", "Stopped. {}")
_NOTHING_KEPT = Words("Belum ada yang tersimpan.", "Nothing is kept yet.")
_ROWS_KEPT = Words(
    "{} baris sudah dinilai dan tersimpan; lanjutkan dengan perintah yang sama ditambah --resume.",
    "{} rows are scored and kept; go on with the same command and --resume.",
)
_PARTS_KEPT = Words(
    "Bagian yang sudah jadi tersimpan; lanjutkan dengan perintah yang sama ditambah --resume.",
    "The parts that are done are kept; go on with the same command and --resume.",
)


def carry_out(
    inputs: list[str],
    output: str,
    scorer: Scorer,
    lists: Watchlists,
    options: ScoreOptions,
    scheduler: str | None,
    english: bool,
) -> Summary:
    """Score with what was loaded, and leave with an exit code and words when that cannot be done or is stopped.

    ``scheduler`` is the address of a Dask cluster, ``None`` for this machine.
    """
    try:
        model = _bundle(lists)
        settle()
        with stoppable():
            if scheduler is not None:
                return _on_cluster(inputs, output, scheduler, model, scorer.info, options)
            if options.leftover == "resume" and not rows_kept(Path(output)):
                typer.echo(_NOTHING_STOPPED.to(common.language(english)), err=True)
            return score_files([Path(name) for name in inputs], Path(output), scorer, options, model)
    except BatchError as error:
        known = isinstance(error, (LeftoverError, WorkersDiedError)) or scheduler is not None
        hint = "" if known else _how_to_go_on(output, english)
        common.fail("\n".join(filter(None, (error.english if english else str(error), hint))), common.BAD_FILE)
    except ModelError as error:
        common.fail_for_model(error, english)
    except Stopped as stopped:
        _say_goodbye(stopped, output, scheduler is not None, english)


def _bundle(lists: Watchlists) -> BundleOnDisk | None:
    """Where other processes find the model."""
    folder = common.bundle_folder()
    return BundleOnDisk.at(folder, lists) if folder else None


def _on_cluster(
    inputs: list[str], output: str, scheduler: str, model: BundleOnDisk | None, info: ModelInfo, options: ScoreOptions
) -> Summary:
    try:
        from app.batch.cluster import score_on_cluster
    except ImportError as error:
        raise ClusterMissingError from error
    assert model is not None  # noqa: S101 - a scorer was loaded from it
    return score_on_cluster(inputs, output, scheduler, model, info, options)


def _say_goodbye(stopped: Stopped, output: str, on_cluster: bool, english: bool) -> NoReturn:
    told = common.language(english)
    hint = _PARTS_KEPT.to(told) if on_cluster else _how_to_go_on(output, english) or _NOTHING_KEPT.to(told)
    typer.echo(_STOPPED.to(told).format(hint), err=True)
    sys.exit(stopped.exit_code)


def _how_to_go_on(output: str, english: bool) -> str:
    rows = rows_kept(Path(output))
    return _ROWS_KEPT.to(common.language(english)).format(rows) if rows else ""
