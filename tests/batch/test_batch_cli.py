"""``netra score`` as somebody meets it who stops it, goes on with it, or has a cluster."""

from __future__ import annotations

import os
import signal
import sys
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app import cli
from app.batch import run
from app.batch.draft import journal_of, rows_kept
from app.cli import common, running
from tests.batch.deadly import WORD, DeadlyModel, DeadlyScorer

runner = CliRunner()


class Stopping(DeadlyScorer):
    """Sends this process a signal on meeting the word."""

    def __init__(self, signum: signal.Signals) -> None:
        super().__init__("on the word")
        self.signum = signum

    def _act(self) -> None:
        os.kill(os.getpid(), self.signum)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "ScoreOptions", partial(run.ScoreOptions, chunk_rows=10))


@pytest.fixture(autouse=True)
def fake_model(monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, DeadlyScorer())


def serve(monkeypatch: pytest.MonkeyPatch, scorer: DeadlyScorer, model: DeadlyModel | None = None) -> None:
    monkeypatch.setattr(common, "load_scorer", lambda name=None, en=False: scorer)
    monkeypatch.setattr(running, "_bundle", lambda lists: model or DeadlyModel())


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    path = tmp_path / "a.csv"
    path.write_text("n,text\n" + "".join(f"{n},{WORD if n == 33 else 'kabar'}\n" for n in range(50)))
    return path


def score(source: Path, output: Path, *flags: str) -> tuple[int, str]:
    result = runner.invoke(cli.app, ["score", str(source), "-o", str(output), "--workers", "1", *flags])
    return result.exit_code, result.output


KEPT = "30 baris sudah dinilai dan tersimpan; lanjutkan dengan perintah yang sama ditambah --resume."
KEPT_EN = "30 rows are scored and kept; go on with the same command and --resume."


@pytest.mark.parametrize(("flags", "told"), [([], f"Dihentikan. {KEPT}\n"), (["--en"], f"Stopped. {KEPT_EN}\n")])
@pytest.mark.parametrize(("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_run_says_how_to_go_on(
    posts: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    signum: signal.Signals,
    code: int,
    flags: list[str],
    told: str,
) -> None:
    output = tmp_path / "k.csv"
    with monkeypatch.context() as patched:
        serve(patched, Stopping(signum))
        said = score(posts, output, *flags)
    assert said == (code, told)
    assert rows_kept(output) == 30
    code, words = score(posts, output)
    assert code == common.BAD_FILE
    assert "belum selesai untuk k.csv: 30 baris" in words
    code, words = score(posts, output, "--resume")
    assert code == 0
    assert "dibaca 50 · dinilai 50" in words
    assert not journal_of(output).exists()


@pytest.mark.parametrize(
    ("flags", "told"),
    [([], "Dihentikan. Belum ada yang tersimpan.\n"), (["--en"], "Stopped. Nothing is kept yet.\n")],
)
def test_a_run_stopped_at_once_has_nothing_to_go_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: list[str], told: str
) -> None:
    (tmp_path / "a.csv").write_text(f"n,text\n1,{WORD}\n")
    serve(monkeypatch, Stopping(signal.SIGINT))
    assert score(tmp_path / "a.csv", tmp_path / "k.csv", *flags) == (130, told)
    assert os.listdir(tmp_path) == ["a.csv"]


def test_restart_begins_anew(posts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        serve(patched, Stopping(signal.SIGTERM))
        score(posts, tmp_path / "k.csv")
    code, words = score(posts, tmp_path / "k.csv", "--restart")
    assert code == 0
    assert "dibaca 50" in words


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        ([], "Tidak ada pekerjaan yang terhenti; mulai dari awal.\ndibaca 50 "),
        (["--en"], "There is no unfinished run; this one begins at the beginning.\nread 50 "),
    ],
)
def test_resume_with_nothing_to_go_on_with_says_so(posts: Path, tmp_path: Path, flags: list[str], told: str) -> None:
    code, words = score(posts, tmp_path / "k.csv", "--resume", *flags)
    assert code == 0
    assert words.startswith(told)


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        ([], ["Berkas keluaran k.csv tidak dapat ditulis (tempat penyimpanan penuh).", KEPT]),
        (["--en"], ["Output file k.csv cannot be written (the disk is full).", KEPT_EN]),
    ],
)
def test_a_full_disk_says_what_is_kept(
    posts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: list[str], told: list[str]
) -> None:
    class Full(Stopping):
        def _act(self) -> None:
            monkeypatch.setattr("app.batch.draft.write_all", full)

    def full(handle: int, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    serve(monkeypatch, Full(signal.SIGINT))
    code, words = score(posts, tmp_path / "k.csv", *flags)
    assert (code, words.splitlines()) == (common.BAD_FILE, told)


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--resume", "--restart"], "--resume dan --restart tidak dapat dipakai bersama."),
        (["--queue", "--dask", "tcp://x:1"], "--queue dan --dask tidak dapat dipakai bersama."),
    ],
)
def test_flags_that_contradict_each_other(posts: Path, tmp_path: Path, flags: list[str], words: str) -> None:
    assert score(posts, tmp_path / "k.csv", *flags) == (common.BAD_USAGE, words + "\n")


def test_no_workers_are_no_number_of_workers(posts: Path, tmp_path: Path) -> None:
    assert score(posts, tmp_path / "k.csv", "--workers", "0")[0] == common.BAD_USAGE


def test_without_a_number_there_is_a_worker_for_each_core(
    posts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    class Noted(run.Crew):
        def __init__(self, model: DeadlyModel, job: object, workers: int) -> None:
            asked.append(workers)
            super().__init__(model, job, 1)  # type: ignore[arg-type]

    monkeypatch.setattr(run, "Crew", Noted)
    monkeypatch.setattr(run, "usable_cores", lambda: 7)
    result = runner.invoke(cli.app, ["score", str(posts), "-o", str(tmp_path / "k.csv")])
    assert (result.exit_code, asked) == (0, [7])


def test_a_model_that_workers_cannot_load_ends_with_its_reason(
    posts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(monkeypatch, DeadlyScorer(), DeadlyModel("damaged"))
    code, words = score(posts, tmp_path / "k.csv", "--workers", "2")
    assert code == common.BAD_MODEL
    assert "model-damaged" in words


def test_a_cluster_that_does_not_answer(posts: Path, tmp_path: Path) -> None:
    code, words = score(posts, tmp_path / "keluar", "--dask", "bukan-alamat://")
    assert code == common.BAD_FILE
    assert words == "Penjadwal Dask di bukan-alamat:// tidak menjawab.\n"


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        ([], "Dihentikan. Bagian yang sudah jadi tersimpan; lanjutkan dengan perintah yang sama ditambah --resume.\n"),
        (["--en"], "Stopped. The parts that are done are kept; go on with the same command and --resume.\n"),
    ],
)
def test_a_stopped_run_on_a_cluster_says_how_to_go_on(
    posts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: list[str], told: str
) -> None:
    def stop(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(running, "_on_cluster", stop)
    assert score(posts, tmp_path / "keluar", "--dask", "tcp://x:1", *flags) == (143, told)


def test_a_cluster_without_its_library(posts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "app.batch.cluster", None)
    code, words = score(posts, tmp_path / "keluar", "--dask", "tcp://127.0.0.1:8786")
    assert code == common.BAD_FILE
    assert "pip install 'netra[cluster]'" in words
