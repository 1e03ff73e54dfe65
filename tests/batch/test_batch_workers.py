"""Several processes: the same bytes whatever their number, and what happens when one of them dies."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.batch import workers
from app.batch.chunks import RowChunk
from app.batch.columns import Columns
from app.batch.draft import journal_of, part_of
from app.batch.errors import WorkersDiedError
from app.batch.frames import Layout
from app.batch.job import Job, Origin, Pick, Task
from app.batch.run import ScoreOptions, Summary, score_files
from app.batch.saving import OutputForm
from app.batch.table import Row
from app.batch.workers import BundleOnDisk, Crew, usable_cores
from app.scoring.errors import DamagedModel, ModelError
from app.scoring.types import Item
from tests.batch.batchkit import Put, read_jsonl
from tests.batch.deadly import CHUNK_ROWS, WORD, DeadlyModel, DeadlyScorer
from tests.fakes import fictional
from tests.scoring.tinybundle import NAME, build

ROOT = Path(__file__).parents[2]
ROWS = 100
BAD = 37


def lines(bad: str = WORD) -> str:
    """A hundred rows, one of them with the word and one that no scorer is asked about."""
    texts = [f"ayo coblos nomor {n}" if n % 7 == 0 else f"kabar panen ke {n}" for n in range(ROWS)]
    texts[BAD], texts[50] = bad, ""
    return "".join(f'{{"n": {n}, "text": "{text}"}}\n' for n, text in enumerate(texts))


def run(source: Path, output: Path, count: int, model: DeadlyModel | None = None) -> Summary:
    options = ScoreOptions(chunk_rows=CHUNK_ROWS, workers=count, progress=False)
    return score_files([source], output, DeadlyScorer(), options, model or DeadlyModel())


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Output of an undisturbed run in one process."""
    folder = tmp_path_factory.mktemp("utuh")
    (folder / "a.jsonl").write_text(lines())
    run(folder / "a.jsonl", folder / "k.jsonl", 1)
    return (folder / "k.jsonl").read_bytes()


# The same whatever their number


def test_a_crew_that_was_closed_leaves_no_thread_behind() -> None:
    before = set(threading.enumerate())
    row = RowChunk([Row(1, {"text": "kabar"})])
    job = Job((Origin(Columns(text=("text",))),), Layout({"text": "text"}, {}, False), OutputForm("jsonl"))
    with closing(Crew(DeadlyModel(), job, 2)) as crew:
        assert len(list(crew.work([Task(0, 0, row), Task(1, 0, row)]))) == 2
        assert set(threading.enumerate()) - before
    assert set(threading.enumerate()) - before == set()


@pytest.mark.parametrize("name", ["k.jsonl", "k.csv.gz", "k.parquet"])
def test_the_output_does_not_depend_on_the_number_of_workers(put: Put, tmp_path: Path, name: str) -> None:
    source = put("a.jsonl", lines())
    summaries = []
    for count in (1, 2, 3) if name == "k.jsonl" else (1, 2):
        (tmp_path / str(count)).mkdir()
        summaries.append(run(source, tmp_path / str(count) / name, count).as_dict())
    outputs = {(tmp_path / str(count) / name).read_bytes() for count in range(1, len(summaries) + 1)}
    assert len(outputs) == 1
    assert {(s["read"], s["scored"], s["rejected"], s["flagged"]) for s in summaries} == {(100, 99, 1, 15)}


@dataclass
class Basket:
    """Keeps what it is handed."""

    picks: list[Pick] = field(default_factory=list)

    def labels(self, names: Mapping[str, str]) -> Mapping[str, str]:
        return {"n": "n"}

    def take(self, picks: Sequence[Pick]) -> None:
        self.picks += picks


@pytest.mark.parametrize("deed", ["", "die"])
def test_what_people_should_look_at_comes_back_from_workers_in_order(put: Put, tmp_path: Path, deed: str) -> None:
    """Also where a row kills them, and its chunk is halved until only that row is left out."""
    baskets = [Basket(), Basket()]
    for count, basket in enumerate(baskets, start=1):
        options = ScoreOptions(chunk_rows=CHUNK_ROWS, workers=count, intake=basket)
        model = DeadlyModel(deed if count > 1 else "")
        score_files([put("a.jsonl", lines())], tmp_path / f"{count}.jsonl", DeadlyScorer(), options, model)
    alone, together = ([(pick.item.text, pick.told) for pick in basket.picks] for basket in baskets)
    assert alone == together
    assert [told["n"] for _, told in alone] == [str(n) for n in range(ROWS) if n % 7 == 0]


def test_parquet_columns_go_through_workers_untouched(put: Put, tmp_path: Path) -> None:
    run(put("a.jsonl", lines()), tmp_path / "a.parquet", 1)
    for count in (1, 2):
        run(tmp_path / "a.parquet", tmp_path / f"k{count}.parquet", count)
    assert (tmp_path / "k1.parquet").read_bytes() == (tmp_path / "k2.parquet").read_bytes()


def test_each_worker_loads_the_model_once(put: Put, tmp_path: Path) -> None:
    (tmp_path / "loads").mkdir()
    run(put("a.jsonl", lines()), tmp_path / "k.jsonl", 2, DeadlyModel(loads=str(tmp_path / "loads")))
    loaders = {int(path.name) for path in (tmp_path / "loads").iterdir()}  # a second load would not find its name free
    assert 1 <= len(loaders) <= 2
    assert os.getpid() not in loaders


def test_few_rows_are_not_worth_other_processes(put: Put, tmp_path: Path) -> None:
    (tmp_path / "loads").mkdir()
    model = DeadlyModel(loads=str(tmp_path / "loads"))
    run(put("a.jsonl", '{"text": "ya"}\n' * 4 * CHUNK_ROWS), tmp_path / "k.jsonl", 2, model)
    assert list((tmp_path / "loads").iterdir()) == []


def test_tasks_are_taken_only_as_fast_as_they_are_done() -> None:
    taken = []

    def tasks() -> Iterator[Task]:
        for number in range(40):
            taken.append(number)
            yield Task(number, 0, RowChunk([Row(number + 1, {"text": "kabar"})]))

    job = Job((Origin(Columns(text=("text",))),), Layout({"text": "text"}, {}, False), OutputForm("jsonl"))
    with closing(Crew(DeadlyModel(), job, 1)) as crew:
        for given, (task, _) in enumerate(crew.work(tasks())):
            assert task.number == given
            assert len(taken) <= given + 3
    assert len(taken) == 40


def test_there_is_at_least_one_core() -> None:
    assert usable_cores() >= 1


# What goes wrong


def test_a_worker_that_dies_once_costs_nothing(put: Put, tmp_path: Path, sound: bytes) -> None:
    summary = run(put("a.jsonl", lines()), tmp_path / "k.jsonl", 2, DeadlyModel("die", str(tmp_path / "diary")))
    assert (tmp_path / "diary").exists()
    assert (tmp_path / "k.jsonl").read_bytes() == sound
    assert summary.rejections == {"missing_text": 1}


def test_a_row_that_always_kills_is_found_and_rejected_alone(put: Put, tmp_path: Path, sound: bytes) -> None:
    summary = run(put("a.jsonl", lines()), tmp_path / "k.jsonl", 2, DeadlyModel("die"))
    assert summary.rejections == {"worker_died": 1, "missing_text": 1}
    assert summary.first_rejected["worker_died"] == {"source": None, "unit": "baris", "number": BAD + 1}
    got, expected = (tmp_path / "k.jsonl").read_bytes().splitlines(), sound.splitlines()
    assert [n for n, (a, b) in enumerate(zip(got, expected, strict=True)) if a != b] == [BAD]
    row = read_jsonl(tmp_path / "k.jsonl")[BAD]
    assert row["netra_error"] == f"baris {BAD + 1}: proses penilai berhenti saat menilai baris ini (worker_died)"
    assert (row["text"], row["netra_score"]) == (WORD, None)


def test_too_many_deaths_end_the_run_and_keep_what_is_done(
    put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "MAX_DEATHS", 3)
    with pytest.raises(WorkersDiedError, match="memori"):
        run(put("a.jsonl", lines()), tmp_path / "k.jsonl", 2, DeadlyModel("die"))
    assert not (tmp_path / "k.jsonl").exists()
    assert part_of(tmp_path / "k.jsonl").read_bytes().count(b"\n") == BAD // CHUNK_ROWS * CHUNK_ROWS


def test_workers_that_cannot_even_start_are_not_the_fault_of_a_row(put: Put, tmp_path: Path) -> None:
    with pytest.raises(WorkersDiedError):
        run(put("a.jsonl", lines()), tmp_path / "k.jsonl", 2, DeadlyModel("die at once"))
    assert sorted(os.listdir(tmp_path)) == ["a.jsonl"]


def test_a_model_that_a_worker_cannot_load_is_told(put: Put, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="a file is missing") as caught:
        run(put("a.jsonl", lines()), tmp_path / "k.jsonl", 2, DeadlyModel("damaged"))
    assert caught.value.indonesian == "ada berkas yang hilang"


def test_what_a_scorer_raises_is_raised_here(put: Put, tmp_path: Path) -> None:
    with pytest.raises(ArithmeticError):
        run(put("a.jsonl", lines()), tmp_path / "k.jsonl", 2, DeadlyModel("fail"))


def test_workers_do_not_outlive_a_parent_that_was_killed(put: Put, tmp_path: Path) -> None:
    """They hold its standard output, so waiting for the end of that is waiting for them."""
    arguments = [str(put("a.jsonl", lines())), str(tmp_path / "k.jsonl"), "2", "refuse", "kill parent"]
    command = [sys.executable, "-m", "tests.batch.deadly", *arguments]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=120)
    assert ended.returncode == -9
    assert journal_of(tmp_path / "k.jsonl").exists()


# The bundle that workers load


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    build(folder)
    return folder / NAME


def test_a_bundle_is_known_by_its_manifest_and_its_watchlists(bundle: Path) -> None:
    shipped, own = BundleOnDisk.at(bundle), BundleOnDisk.at(bundle, fictional())
    assert shipped.digest == BundleOnDisk.at(bundle).digest != own.digest
    assert own.digest.endswith(fictional().version)


def test_a_bundle_is_loaded_with_its_watchlists(bundle: Path) -> None:
    lists = fictional()
    model = pickle.loads(pickle.dumps(BundleOnDisk.at(bundle, lists)))
    name = lists.elections[0]["contestants"][0]["people"][0]["name"]
    assert model.digest == BundleOnDisk.at(bundle, lists).digest
    assert model.load().score([Item(f"halo {name}")], entities=True)[0].entities


def test_a_bundle_that_was_changed_meanwhile_is_refused(bundle: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(bundle, tmp_path / NAME)
    model = BundleOnDisk.at(copy)
    with (copy / "manifest.json").open("a") as manifest:
        manifest.write("\n")
    with pytest.raises(DamagedModel, match="changed"):
        model.load()
    assert BundleOnDisk.at(copy).digest != model.digest


def test_a_bundle_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DamagedModel, match="manifest cannot be read"):
        BundleOnDisk.at(tmp_path / "tidak_ada")
