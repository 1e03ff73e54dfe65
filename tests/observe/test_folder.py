"""The folder that processes count in: shared by those of one parent, cleared of what others left."""

from __future__ import annotations

import logging
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import values

from app.observe import folder as module
from app.observe.folder import FILE_BYTES, KINDS, VARIABLE, forget_dead, run_name, shared_folder
from app.observe.metrics import Metrics


@pytest.fixture(autouse=True)
def _nothing_held(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test is a process of its own, as far as the module can tell."""
    held: dict[Path, int] = {}
    monkeypatch.setattr(module, "_held", held)
    monkeypatch.setattr(values, "ValueClass", values.ValueClass)
    yield
    for handle in held.values():
        os.close(handle)
    os.environ.pop(VARIABLE, None)


@pytest.fixture
def as_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multiprocessing, "parent_process", object)


def test_a_process_that_is_alone_needs_no_folder(tmp_path: Path) -> None:
    assert shared_folder(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("as_worker")
def test_a_worker_counts_in_the_state_folder_with_room_from_the_start(tmp_path: Path) -> None:
    folder = shared_folder(tmp_path / "state")
    assert folder == tmp_path / "state" / "metrics" / run_name()
    sizes = {path.name: path.stat().st_size for path in folder.glob("*.db")}
    assert sizes == {f"{kind}_{os.getpid()}.db": FILE_BYTES for kind in KINDS}
    assert folder.stat().st_mode & 0o077 == 0


@pytest.mark.usefixtures("as_worker")
def test_every_metric_goes_into_one_of_the_files_that_have_room(tmp_path: Path) -> None:
    """A kind of gauge that nobody made room for would grow into a full disk."""
    folder = shared_folder(tmp_path)
    Metrics(folder)
    assert {path.name for path in tmp_path.rglob("*.db")} == {f"{kind}_{os.getpid()}.db" for kind in KINDS}


@pytest.mark.usefixtures("as_worker")
def test_asking_twice_gives_the_same_folder(tmp_path: Path) -> None:
    assert shared_folder(tmp_path) == shared_folder(tmp_path)


def test_a_folder_named_from_outside_is_used_even_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lain").mkdir()
    monkeypatch.setenv(VARIABLE, str(tmp_path / "bersama"))
    assert shared_folder(tmp_path / "state") == tmp_path / "bersama"
    assert (tmp_path / "lain").is_dir()


@pytest.mark.usefixtures("as_worker")
def test_what_earlier_runs_left_is_removed_and_what_others_hold_stays(tmp_path: Path) -> None:
    left, held = tmp_path / "metrics" / "left", tmp_path / "metrics" / "held"
    for folder in (left, held):
        folder.mkdir(parents=True)
        (folder / "counter_1.db").write_bytes(b"")
    handle = module._locked(held / "lock", exclusive=False)
    ours = shared_folder(tmp_path)
    os.close(handle)
    assert sorted((tmp_path / "metrics").iterdir()) == sorted([held, ours])  # type: ignore[list-item]
    assert (held / "counter_1.db").exists()


def test_two_processes_may_hold_a_folder_and_none_may_remove_it_then(tmp_path: Path) -> None:
    first, second = (module._locked(tmp_path / "lock", exclusive=False) for _ in range(2))
    assert not module._is_left_over(tmp_path)
    os.close(first)
    assert not module._is_left_over(tmp_path)
    os.close(second)
    assert module._is_left_over(tmp_path)


def test_a_folder_removed_just_before_it_was_held_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, locked, removed = tmp_path / "run", module._locked, []

    def unlucky(path: Path, *, exclusive: bool) -> int:
        handle = locked(path, exclusive=exclusive)
        if not removed:
            removed.append(path.unlink())
        return handle

    monkeypatch.setattr(module, "_locked", unlucky)
    handle = module._hold(folder)
    assert module._is_there(folder / "lock", handle)
    os.close(handle)


@pytest.mark.usefixtures("as_worker")
def test_gauges_of_a_process_with_the_same_number_are_forgotten_its_counts_are_not(tmp_path: Path) -> None:
    folder = tmp_path / "metrics" / run_name()
    folder.mkdir(parents=True)
    for kind in ("gauge_livesum", "counter"):
        (folder / f"{kind}_{os.getpid()}.db").write_bytes(b"of the one before")
    shared_folder(tmp_path)
    assert (folder / f"gauge_livesum_{os.getpid()}.db").read_bytes() == bytes(FILE_BYTES)
    assert (folder / f"counter_{os.getpid()}.db").read_bytes() == b"of the one before"


def test_processes_that_are_gone_are_forgotten(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    for pid in (gone.pid, os.getpid()):
        for kind in KINDS:
            (tmp_path / f"{kind}_{pid}.db").write_bytes(b"")
    forget_dead(tmp_path)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {f"{kind}_{os.getpid()}.db" for kind in KINDS} | {
        f"{kind}_{gone.pid}.db" for kind in KINDS if not kind.startswith("gauge")
    }


def test_a_process_of_somebody_else_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", forbidden)
    assert module._lives(1)


@pytest.mark.usefixtures("as_worker")
@pytest.mark.parametrize("obstacle", ["file", "full"])
def test_where_no_folder_can_be_made_the_process_counts_for_itself_and_says_so(
    obstacle: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    if obstacle == "file":
        (tmp_path / "metrics").write_text("zqx")
    else:
        monkeypatch.setattr(Path, "write_bytes", full)
    caplog.set_level(logging.ERROR)
    assert shared_folder(tmp_path) is None
    assert VARIABLE not in os.environ
    assert [record.name for record in caplog.records] == ["netra.observe"]
    assert str(tmp_path) not in caplog.text


def test_the_name_of_a_run_tells_nothing_of_the_key_it_is_made_from() -> None:
    key = bytes(multiprocessing.current_process().authkey)
    assert len(run_name()) == 16
    assert run_name() not in (key.hex(), key.hex()[:16])
