"""Two real processes of one service: each tells the sum of both, before and after one of them dies."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from api.http_client import Api, settings_with
from databases import opened
from fakes import PATIENCE, FakeScorer
from observekit import Samples, samples, total

from app.access.keys import create_key
from app.access.scopes import SCOPES
from app.main import create_app

SPAWN = multiprocessing.get_context("spawn")


def serve(orders: Connection, state: Path, key: str) -> None:
    """A worker: makes the requests it is told to, and says what /metrics says."""
    with Api(create_app(settings_with(state_dir=state), lambda _: FakeScorer()), key) as api:
        orders.send("ready")
        while (order := orders.recv()) is not None:
            if isinstance(order, list):
                api.post("/classify/batch", {"items": [{"text": text} for text in order]})
            orders.send(api.get("/metrics").text)


class Worker(NamedTuple):
    process: BaseProcess
    orders: Connection

    def answer(self, order: object) -> Samples:
        self.orders.send(order)
        return samples(self.heard())

    def heard(self) -> Any:
        assert self.orders.poll(PATIENCE), "the worker says nothing"
        return self.orders.recv()

    def kill(self) -> None:
        self.process.kill()
        self.process.join(PATIENCE)


def started(state: Path) -> Worker:
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(target=serve, args=(theirs, state, key_in(state)), daemon=True)
    process.start()
    return Worker(process, ours)


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Worker, Worker, Path]]:
    state = tmp_path_factory.mktemp("processes") / "state"
    first, second = started(state), started(state)
    assert [first.heard(), second.heard()] == ["ready", "ready"]
    yield first, second, state
    for worker in (first, second):
        worker.kill()


def key_in(state: Path) -> str:
    with opened(settings_with(state_dir=state)) as store, store.begin() as tx:
        return create_key(tx, "uji", SCOPES, requests_per_minute=0, items_per_day=0)


SCRAPE = "scrape"


COUNTED = [
    ("netra_items_total", {"band": "flag"}, 5),
    ("netra_items_total", {"band": "review"}, 5),
    ("netra_items_total", {}, 11),
    ("netra_score_count", {}, 11),
    ("netra_score_bucket", {"le": "0.1"}, 1),
    ("netra_score_bucket", {"le": "+Inf"}, 11),
    ("netra_score_sum", {}, 5 * 0.9 + 5 * 0.4 + 0.1),
    ("netra_requests_total", {"route": "/classify/batch", "status": "200"}, 2),
    ("netra_request_seconds_count", {"route": "/classify/batch"}, 2),
]


def test_what_two_processes_count_is_one_sum_whoever_is_asked(workers: tuple[Worker, Worker, Path]) -> None:
    first, second, _ = workers
    before = second.answer(SCRAPE)
    first.answer(["coblos"] * 3 + ["selamat pagi"])
    second.answer(["coblos"] * 2 + ["ragu"] * 5)
    for found in (first.answer(SCRAPE), second.answer(SCRAPE)):
        for name, labels, more in COUNTED:
            assert total(found, name, **labels) - total(before, name, **labels) == pytest.approx(more), name


def test_gauges_of_two_processes_are_sums_or_the_least(workers: tuple[Worker, Worker, Path]) -> None:
    for found in [worker.answer(SCRAPE) for worker in workers[:2]]:
        assert total(found, "netra_workers") == 2
        assert total(found, "netra_ready") == 1
        assert total(found, "netra_serving", part="model", version="0") == 2
        assert total(found, "netra_work_waiting_limit") == 2 * 16


def test_a_killed_process_leaves_its_counts_and_takes_its_gauges_along(workers: tuple[Worker, Worker, Path]) -> None:
    _, second, state = workers
    before = total(second.answer(SCRAPE), "netra_items_total")
    victim = started(state)
    assert victim.heard() == "ready"
    assert total(victim.answer(["coblos"] * 4), "netra_workers") == 3
    victim.kill()
    found = second.answer(SCRAPE)
    assert (total(found, "netra_workers"), total(found, "netra_items_total")) == (2, before + 4)


def test_another_service_with_the_same_state_folder_counts_apart(workers: tuple[Worker, Worker, Path]) -> None:
    """Its processes have another parent; here the same parent with another key stands for one."""
    _, second, state = workers
    own = multiprocessing.current_process().authkey
    before = total(second.answer(["coblos"]), "netra_items_total")
    multiprocessing.current_process().authkey = b"another"
    try:
        stranger = started(state)
        assert stranger.heard() == "ready"
    finally:
        multiprocessing.current_process().authkey = own
    assert total(stranger.answer(["coblos"]), "netra_items_total") == 1
    assert total(second.answer(SCRAPE), "netra_items_total") == before
    assert len([path for path in (state / "metrics").iterdir() if path.is_dir()]) == 2
    stranger.kill()
