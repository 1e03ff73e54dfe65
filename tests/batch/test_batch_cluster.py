"""A cluster of two processes on this machine: the rows of the file path, whole parts, and none lost with a process."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from distributed import Client, LocalCluster

from app.batch import pieces
from app.batch.cluster import score_on_cluster
from app.batch.errors import (
    AddressError,
    ClusterSilentError,
    FolderInUseError,
    InputMissingError,
    NoInputError,
    NoTextColumnError,
    NotParquetError,
    OtherInputsError,
    OtherOptionsError,
    PieceFailedError,
    UnfinishedError,
)
from app.batch.options import ScoreOptions
from app.batch.run import score_files
from app.batch.summary import Summary
from app.batch.workers import BundleOnDisk, Model
from app.scoring.errors import DamagedModel
from tests.batch.deadly import WORD, DeadlyModel, DeadlyScorer
from tests.fakes import FakeScorer
from tests.scoring.tinybundle import NAME, build

pytestmark = pytest.mark.enable_socket

ROWS = 60
SIZES = (25, 35)


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=50) as local:
        yield local


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "PIECE_ROWS", 10)


@pytest.fixture
def inputs(tmp_path: Path) -> list[Path]:
    """Two files of several row groups, one of which has a column of its own and one row with the word."""
    (tmp_path / "masuk").mkdir()
    paths = [tmp_path / "masuk" / name for name in ("a.parquet", "b.parquet")]
    for path, size in zip(paths, SIZES, strict=True):
        texts = [f"ayo coblos {n}" if n % 4 == 0 else f"kabar {n}" for n in range(size)]
        texts[7], texts[-1] = "", "masih ragu"
        columns: dict[str, Any] = {"n": pa.array(range(size), pa.int64()), "text": texts}
        if path.name == "b.parquet":
            texts[20] = WORD
            columns["tag"] = pa.array([["x"]] * size, pa.list_(pa.string()))
        pq.write_table(pa.table(columns), path, row_group_size=5)
    return paths


def run(cluster: LocalCluster, inputs: list[Path], output: Path, model: Model | None = None, **options: Any) -> Summary:
    told = ScoreOptions(progress=False, **options)
    addresses = [str(path) for path in inputs]
    address = cluster.scheduler_address
    return score_on_cluster(addresses, str(output), address, model or DeadlyModel(), FakeScorer.info, told)


def rows_of(folder: Path) -> list[dict[str, Any]]:
    parts = sorted(folder.glob("part-*.parquet"))
    return [row for part in parts for row in pq.read_table(part).to_pylist()]


def by_files(inputs: list[Path], folder: Path) -> tuple[Summary, list[dict[str, Any]]]:
    summary = score_files(inputs, folder / "utuh.parquet", FakeScorer(), ScoreOptions(progress=False))
    return summary, list(pq.read_table(folder / "utuh.parquet").to_pylist())


def counts(summary: Summary) -> dict[str, object]:
    return {name: value for name, value in summary.as_dict().items() if name not in ("seconds", "rows_per_second")}


# The same rows


def test_rows_and_counts_are_those_of_the_file_path(cluster: LocalCluster, inputs: list[Path], tmp_path: Path) -> None:
    summary = run(cluster, inputs, tmp_path / "keluar")
    expected, rows = by_files(inputs, tmp_path)
    assert rows_of(tmp_path / "keluar") == rows
    assert counts(summary) == counts(expected)
    assert sorted(os.listdir(tmp_path / "keluar")) == ["_SUCCESS", "_netra.json", *names(7)]
    schemas = {pq.read_schema(part).remove_metadata() for part in (tmp_path / "keluar").glob("*.parquet")}
    assert len(schemas) == 1


def names(count: int) -> list[str]:
    return [f"part-{number:06}.parquet" for number in range(count)]


def test_patterns_and_folders_stand_for_their_files(cluster: LocalCluster, inputs: list[Path], tmp_path: Path) -> None:
    _, rows = by_files(inputs, tmp_path)
    for number, address in enumerate([tmp_path / "masuk", tmp_path / "masuk" / "*.parquet"]):
        run(cluster, [address], tmp_path / str(number))
        assert rows_of(tmp_path / str(number)) == rows


def test_an_empty_file_is_an_empty_part(cluster: LocalCluster, tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": pa.array([], pa.string())}), tmp_path / "a.parquet")
    assert run(cluster, [tmp_path / "a.parquet"], tmp_path / "keluar").read == 0
    assert pq.read_schema(tmp_path / "keluar" / "part-000000.parquet").names[:2] == ["text", "netra_flagged"]


# The model


def test_a_bundle_is_brought_to_every_worker_and_checked_there(
    cluster: LocalCluster, inputs: list[Path], tmp_path: Path
) -> None:
    tiny = build(tmp_path / "models")
    run(cluster, inputs[:1], tmp_path / "keluar", BundleOnDisk.at(tiny.folder), advise=first_rule)
    scores = [row["netra_score"] for row in rows_of(tmp_path / "keluar")]
    score_files(inputs[:1], tmp_path / "utuh.parquet", tiny.scorer, ScoreOptions(progress=False))
    assert scores == pq.read_table(tmp_path / "utuh.parquet")["netra_score"].to_pylist()
    assert {row["netra_policy"] for row in rows_of(tmp_path / "keluar")} == {"aturan-1", None}
    with Client(cluster.scheduler_address, set_as_default=False) as client:  # type: ignore[no-untyped-call]
        assert min(client.run(gc.get_freeze_count).values()) > 0


def first_rule(item: object, verdict: object) -> list[str]:
    return ["aturan-1"]


def test_a_bundle_that_changes_on_the_way_is_refused(cluster: LocalCluster, inputs: list[Path], tmp_path: Path) -> None:
    build(tmp_path / "models")
    bundle = BundleOnDisk.at(tmp_path / "models" / NAME)
    (bundle.folder / "weights.npy").write_bytes(b"rusak")
    with pytest.raises(DamagedModel, match=r"weights\.npy"):
        run(cluster, inputs, tmp_path / "keluar", bundle)


# Lost workers, failed pieces


def test_a_lost_worker_neither_loses_nor_doubles_rows(
    cluster: LocalCluster, inputs: list[Path], tmp_path: Path
) -> None:
    """The worker that meets the word is killed in the middle of its piece, once."""
    summary = run(cluster, inputs, tmp_path / "keluar", DeadlyModel("die", str(tmp_path / "diary"), digest="maut"))
    assert (tmp_path / "diary").exists()
    expected, rows = by_files(inputs, tmp_path)
    assert rows_of(tmp_path / "keluar") == rows
    assert counts(summary) == counts(expected)


def test_a_piece_that_fails_is_named_and_the_others_are_kept(
    cluster: LocalCluster, inputs: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.batch.cluster._RETRIES", 0)
    model = DeadlyModel("fail", str(tmp_path / "diary"), digest="gagal sekali")
    with pytest.raises(PieceFailedError, match=r"b\.parquet \(baris 21-30\).*ArithmeticError"):
        run(cluster, inputs, tmp_path / "keluar", model)
    assert not (tmp_path / "keluar" / "_SUCCESS").exists()
    kept = set(names(7)) & set(os.listdir(tmp_path / "keluar"))
    assert names(7)[5] not in kept
    before = {name: (tmp_path / "keluar" / name).stat().st_mtime_ns for name in kept}
    with pytest.raises(UnfinishedError):
        run(cluster, inputs, tmp_path / "keluar", model)
    summary = run(cluster, inputs, tmp_path / "keluar", model, leftover="resume")
    expected, rows = by_files(inputs, tmp_path)
    assert rows_of(tmp_path / "keluar") == rows
    assert counts(summary) == counts(expected)
    assert {name: (tmp_path / "keluar" / name).stat().st_mtime_ns for name in kept} == before


def test_an_error_that_passes_is_tried_again(cluster: LocalCluster, inputs: list[Path], tmp_path: Path) -> None:
    run(cluster, inputs, tmp_path / "keluar", DeadlyModel("fail", str(tmp_path / "diary"), digest="sementara"))
    assert rows_of(tmp_path / "keluar") == by_files(inputs, tmp_path)[1]


# The folder


def test_a_folder_that_holds_something_is_not_touched(
    cluster: LocalCluster, inputs: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "keluar").mkdir()
    (tmp_path / "keluar" / "skripsi.docx").write_text("x")
    for leftover in ("refuse", "resume", "restart"):
        with pytest.raises(FolderInUseError):
            run(cluster, inputs, tmp_path / "keluar", leftover=leftover)
    assert os.listdir(tmp_path / "keluar") == ["skripsi.docx"]


def test_a_finished_folder_is_replaced_only_on_demand(
    cluster: LocalCluster, inputs: list[Path], tmp_path: Path
) -> None:
    first = run(cluster, inputs, tmp_path / "keluar")
    with pytest.raises(FolderInUseError):
        run(cluster, inputs, tmp_path / "keluar")
    again = run(cluster, inputs, tmp_path / "keluar", DeadlyModel("damaged"), leftover="resume")
    assert counts(again) == counts(first)
    run(cluster, inputs[:1], tmp_path / "keluar", leftover="restart")
    assert sorted(os.listdir(tmp_path / "keluar")) == ["_SUCCESS", "_netra.json", *names(3)]


def test_another_run_is_not_mixed_into_this_one(cluster: LocalCluster, inputs: list[Path], tmp_path: Path) -> None:
    run(cluster, inputs, tmp_path / "keluar")
    with pytest.raises(OtherOptionsError):
        run(cluster, inputs, tmp_path / "keluar", leftover="resume", default_action="share")
    with pytest.raises(OtherInputsError):
        run(cluster, inputs[::-1], tmp_path / "keluar", leftover="resume")
    about = json.loads((tmp_path / "keluar" / "_netra.json").read_text())
    assert about["model"] == "palsu"


# What cannot be done


def test_inputs_that_do_not_serve(cluster: LocalCluster, inputs: list[Path], tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text\nya\n")
    pq.write_table(pa.table({"judul": ["x"]}), tmp_path / "c.parquet")
    cases: list[tuple[list[Path], type[Exception]]] = [
        ([], NoInputError),
        ([tmp_path / "tidak_ada.parquet"], InputMissingError),
        ([tmp_path / "tidak" / "*.parquet"], InputMissingError),
        ([tmp_path / "a.csv"], NotParquetError),
        ([*inputs, tmp_path / "c.parquet"], NoTextColumnError),
    ]
    for given, error in cases:
        with pytest.raises(error):
            run(cluster, given, tmp_path / "keluar")
    assert not (tmp_path / "keluar").exists()


def test_addresses_that_nobody_understands_or_answers(tmp_path: Path, inputs: list[Path]) -> None:
    for source, scheduler, error in (
        ("antahberantah://x/*.parquet", "tcp://127.0.0.1:1", AddressError),
        (str(inputs[0]), "bukan-alamat://", ClusterSilentError),
    ):
        with pytest.raises(error):
            score_on_cluster([source], str(tmp_path / "keluar"), scheduler, DeadlyModel(), DeadlyScorer.info)
