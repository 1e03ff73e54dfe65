"""A real service of two processes under requests: another model is activated, and taken back; not one request fails."""

from __future__ import annotations

import asyncio
import json
import shutil
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.scoring.pointer import champion
from app.scoring.promotion import promote, rollback
from scripts.loopback import Running, exchange, netra, request
from tests.scoring.deadlyswitch import REASON
from tests.scoring.tinybundle import NAME, build, edit_manifest

pytestmark = pytest.mark.enable_socket
PATIENCE = 90.0
CLIENTS, WORKERS = 4, 2
#: Connections after which both processes have been asked.
IN_A_ROW = 30
POSTS = [{"text": "hujan deras dari pagi"}, {"text": "ayo coblos nomor 2"}]
#: Bands of these posts by the model that scored them: the new one flags whatever it can score.
BANDS = {"1": ["clear", "flag"], "baru": ["flag", "flag"]}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    models = build(tmp_path_factory.mktemp("models")).models_dir
    shutil.copytree(models / NAME, models / "baru")
    edit_manifest(models / "baru", version="baru", thresholds={"flag": 0.0, "review": 0.0})
    promote(models, models / "state", NAME)
    return models


@pytest.fixture(scope="module")
def server(models: Path) -> Iterator[Running]:
    own = {"NETRA_MODELS_DIR": str(models), "NETRA_MODEL_POLL_SECONDS": "0.2"}
    with netra(WORKERS, **own) as running:
        yield running


class Clients:
    """Ask on and on until they are told to stop; every answer is kept as status, version and bands."""

    def __init__(self, server: Running) -> None:
        self._server = server
        self._going = True
        self.answers: Counter[tuple[int, str, tuple[str, ...]]] = Counter()

    async def __aenter__(self) -> Clients:
        self._tasks = [asyncio.create_task(self._ask(batch)) for batch in (True, False) for _ in range(CLIENTS // 2)]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._going = False
        await asyncio.gather(*self._tasks)

    async def _ask(self, batch: bool) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._server.port)
        path, body = ("/classify/batch", {"items": POSTS}) if batch else ("/classify", POSTS[0])
        while self._going:
            status, raw = await exchange(reader, writer, request(path, self._server.key, json.dumps(body).encode()))
            answer = json.loads(raw)
            bands = [one["band"] for one in answer.get("results", [answer])]
            self.answers[status, answer["model"]["version"], tuple(bands)] += 1
        writer.close()

    async def seen(self, version: str) -> None:
        """Until that model has answered once more, in both ways of asking."""
        before, until = self._of(version), time.monotonic() + PATIENCE
        while len(self._of(version) - before) < 2:
            assert time.monotonic() < until
            await asyncio.sleep(0.01)

    def _of(self, version: str) -> Counter[int]:
        return Counter({len(key[2]): times for key, times in self.answers.items() if key[1] == version})


async def serving(server: Running, version: str) -> None:
    """Until whichever process takes a connection names that version."""
    until, times = time.monotonic() + PATIENCE, 0
    while times < IN_A_ROW:
        assert time.monotonic() < until
        ready = await asyncio.to_thread(readiness, server)
        times = times + 1 if ready["model"]["version"] == version else 0


def readiness(server: Running) -> Any:
    """What ``/health/ready`` says, on a connection of its own."""
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/health/ready", timeout=PATIENCE) as answer:
        assert answer.status == 200
        return json.loads(answer.read())


def test_models_are_exchanged_under_load_and_no_request_fails(server: Running, models: Path) -> None:
    async def scenario() -> Any:
        async with Clients(server) as clients:
            await clients.seen("1")
            await asyncio.to_thread(promote, models, models / "state", "baru", REASON)
            await clients.seen("baru")
            await serving(server, "baru")
            await asyncio.to_thread(rollback, models, models / "state")
            await serving(server, "1")
            await clients.seen("1")
        return clients.answers

    answers = asyncio.run(scenario())
    assert {status for status, _, _ in answers} == {200}
    assert {version for _, version, _ in answers} == {"1", "baru"}
    for _, version, bands in answers:  # who is named is who scored
        assert list(bands) == BANDS[version][: len(bands)]
    assert server.process.poll() is None


def test_a_refused_activation_shows_and_ends_with_the_way_back(server: Running, models: Path) -> None:
    active = champion(models)
    shutil.copytree(models / "baru", models / "rusak")
    promote(models, models / "state", "rusak", REASON)
    (models / "rusak" / "weights.npy").write_bytes(b"")
    told(server, [{"name": "activation-refused", "bundle": "rusak", "reason": "model-damaged"}])
    rollback(models, models / "state")
    told(server, [])
    assert champion(models) == active


def told(server: Running, warnings: list[dict[str, str]]) -> None:
    """Until whichever process takes a connection gives these warnings."""
    until, times = time.monotonic() + PATIENCE, 0
    while times < IN_A_ROW:
        assert time.monotonic() < until
        times = times + 1 if readiness(server)["warnings"] == warnings else 0
