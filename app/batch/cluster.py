"""Score Parquet files on a Dask cluster into a folder of Parquet parts, one for each piece of the input."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import PurePosixPath

import fsspec  # type: ignore[import-untyped]
from distributed import Client, Future, as_completed

from app import __version__
from app.batch.chunks import ChunkLimit
from app.batch.columns import ColumnFinder
from app.batch.errors import (
    AddressError,
    BatchError,
    ClusterSilentError,
    InputMissingError,
    NoInputError,
    PieceFailedError,
)
from app.batch.frames import layout_of
from app.batch.options import ScoreOptions
from app.batch.parts import PartsFolder
from app.batch.pieces import (
    Described,
    Piece,
    PieceJob,
    describe,
    do_piece,
    part_counts,
    piece_rows,
    pieces_of,
)
from app.batch.progress import Progress
from app.batch.shipping import Shipment, Shipped
from app.batch.summary import Counts, Summary
from app.batch.workers import BundleOnDisk, Model
from app.scoring.errors import ModelError
from app.scoring.types import ModelInfo

#: Seconds in which a scheduler has to answer.
_PATIENCE = "20s"
#: Times that a piece is tried again after an error; lost processes do not count.
_RETRIES = 2


def score_on_cluster(
    inputs: Sequence[str],
    folder: str,
    address: str,
    model: Model,
    info: ModelInfo,
    options: ScoreOptions | None = None,
) -> Summary:
    """Score the Parquet files that ``inputs`` name (addresses and patterns as fsspec has them) into ``folder``.

    Rows are those of ``score_files``, one part for each piece of a file. A bundle on disk is sent to every worker
    once and checked there; any other model must be able to load itself on a worker. Both ends must see the same file
    systems. ``info`` is of that model. Raises ``BatchError`` and ``ModelError``; parts that are done stay, and a later
    call with ``leftover="resume"`` does the others.
    """
    options = options or ScoreOptions()
    start = time.perf_counter()
    urls = _expanded(inputs)
    with _connected(address) as client:
        files = _described(client, urls, ColumnFinder(options.text_column))
        pieces = dict(enumerate(_pieces(urls, files)))
        target = PartsFolder(folder)
        kept = target.begin(_about(files, model, options), options.leftover)
        counts = _counts_of_parts(client, target, sorted(kept))
        missing = {number: piece for number, piece in pieces.items() if number not in kept}
        if missing:
            model, options = _brought(client, model, options)
            begun = _begun(client, missing, target, model, _job(files, options))
            counts |= _collected(client, begun, missing, options.progress, sum(one.read for one in counts.values()))
        target.finish()
    summary = Summary(info, time.perf_counter() - start)
    for number in sorted(counts):
        summary.add(counts[number])
    return summary


def _expanded(inputs: Sequence[str]) -> list[str]:
    """Addresses of single files; a folder stands for the Parquet files in it, a pattern for what matches, by name."""
    urls: list[str] = []
    for address in inputs:
        try:
            system, path = fsspec.core.url_to_fs(address)
            pattern = f"{path}/*.parquet" if system.isdir(path) else path
            found = sorted(system.glob(pattern)) if set("*?[") & set(pattern) else [path]
        except (OSError, ValueError, ImportError) as error:
            raise AddressError(name=address, why=type(error).__name__) from error
        if not found:
            raise InputMissingError(name=address)
        urls += [str(system.unstrip_protocol(one)) for one in found]
    if not urls:
        raise NoInputError
    return urls


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    try:
        client = Client(address, timeout=_PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise ClusterSilentError(address=address) from error
    with client:
        yield client


def _described(client: Client, urls: Sequence[str], finder: ColumnFinder) -> list[Described]:
    """Every file, looked at where the work will be done; all have a column to score."""
    files = []
    for url, future in zip(urls, client.map(describe, urls), strict=True):
        try:
            files.append(future.result())
        except OSError as error:
            raise InputMissingError(name=PurePosixPath(url).name) from error
        finder.require(files[-1])
    return files


def _pieces(urls: Sequence[str], files: Sequence[Described]) -> Iterator[Piece]:
    names = [PurePosixPath(url).name for url in urls]
    sources = names if len(set(names)) == len(names) else urls
    most = _piece_rows(files)
    for url, file, source in zip(urls, files, sources, strict=True):
        yield from pieces_of(url, file.groups, source if len(urls) > 1 else None, most)


def _piece_rows(files: Sequence[Described]) -> int:
    return piece_rows(sum(sum(file.groups) for file in files))


def _about(files: Sequence[Described], model: Model, options: ScoreOptions) -> dict[str, object]:
    told = {**options.as_told(), "piece_rows": _piece_rows(files)}
    return {
        "netra": __version__,
        "inputs": [file.fingerprint for file in files],
        "model": model.digest,
        "options": told,
    }


def _counts_of_parts(client: Client, target: PartsFolder, numbers: Sequence[int]) -> dict[int, Counts]:
    futures = client.map(part_counts, [target.part(number) for number in numbers])
    return dict(zip(numbers, client.gather(futures), strict=True))  # type: ignore[no-untyped-call]


def _brought(client: Client, model: Model, options: ScoreOptions) -> tuple[Model, ScoreOptions]:
    """The model and the options as tasks are to carry them."""
    if not isinstance(model, BundleOnDisk):
        return model, options
    client.register_plugin(Shipment(model, options.advise))
    shipped = Shipped(model.digest)
    return shipped, replace(options, advise=shipped if options.advise else None)


def _job(files: Sequence[Described], options: ScoreOptions) -> PieceJob:
    layout = layout_of(files, with_source=len(files) > 1)
    limit = ChunkLimit(options.chunk_rows, options.chunk_chars)
    return PieceJob(layout, ColumnFinder(options.text_column), options.asked(), limit)


def _begun(
    client: Client, pieces: Mapping[int, Piece], target: PartsFolder, model: Model, job: PieceJob
) -> dict[Future[Counts], int]:
    """One task a piece: read, score, write; its result are the counts."""
    parts = [target.part(number) for number in pieces]
    futures = client.map(do_piece, list(pieces.values()), parts, model=model, job=job, retries=_RETRIES, pure=False)
    return dict(zip(futures, pieces, strict=True))


def _collected(
    client: Client, numbers: Mapping[Future[Counts], int], pieces: Mapping[int, Piece], show: bool | None, before: int
) -> dict[int, Counts]:
    """Counts of each part as soon as it is written; ``before`` are rows that an earlier run did."""
    total = before + sum(piece.rows for piece in pieces.values())
    counts: dict[int, Counts] = {}
    rows = before
    with closing(Progress(show)) as progress:
        progress.go_on_from(rows, rows / total if total else 0.0)
        for future in as_completed(numbers, loop=client.loop):  # type: ignore[no-untyped-call]
            number = numbers[future]
            counts[number] = _result(future, pieces[number])
            rows += counts[number].read
            progress.update(rows, rows / total if total else 1.0)
    return counts


def _result(future: Future[Counts], piece: Piece) -> Counts:
    try:
        return future.result()
    except (BatchError, ModelError):
        raise
    except Exception as error:  # of whatever library; its words may hold cells
        name = f"{PurePosixPath(piece.url).name} (baris {piece.first + 1}-{piece.first + piece.rows})"
        raise PieceFailedError(name=name, why=type(error).__name__) from None
