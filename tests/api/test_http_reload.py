"""Watchlists are replaced beside the requests: no request fails, none sees two states, broken files change nothing."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from fakes import FICTIONAL, PATIENCE, FakeScorer
from http_client import Api, make_api, problem
from starlette.datastructures import State

from app import pausing
from app.api import reload
from app.api.runtime import NO_RULES, NO_WATCHLISTS
from app.policy.errors import RulesInvalid
from app.scoring.types import Item, Verdict
from app.watchlists.store import WatchlistStore

CITY = "pilkada-kota-uji-2031"
NAMED = {"text": "ayo coblos bu gendis"}


class Turns:
    """Stands in for the pause between two looks at the files: each ``round`` lets exactly one look happen."""

    def __init__(self) -> None:
        self._go, self._idle = asyncio.Semaphore(0), asyncio.Semaphore(0)

    async def pause(self) -> None:
        self._idle.release()
        await self._go.acquire()

    async def round(self) -> None:
        await self._idle.acquire()
        self._go.release()
        await self._idle.acquire()
        self._idle.release()


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> Turns:
    turns = Turns()
    monkeypatch.setattr(reload, "pause", lambda _: turns.pause())
    return turns


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FICTIONAL, tmp_path / "daftar"))


@pytest.fixture
def api(folder: Path, turns: Turns) -> Iterator[Api]:
    with make_api(watchlists_dir=folder) as running:
        yield running


def rename(folder: Path, old: str, new: str) -> None:
    path = folder / "uji.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def named(answer: dict[str, Any]) -> list[str]:
    return [entity["name"] for entity in answer["entities"]]


def version(api: Api) -> str:
    return str(api.get("/info").json()["watchlist"]["version"])


def test_changed_files_are_read_with_from_the_next_request_on(api: Api, folder: Path, turns: Turns) -> None:
    before = version(api)
    rename(folder, "Gendis Wulandanti", "Gendis Wulandari Uji")
    assert named(api.post("/classify", NAMED).json()) == ["Gendis Wulandanti"]
    api.run(turns.round())
    answer = api.post("/classify", NAMED).json()
    assert named(answer) == ["Gendis Wulandari Uji"]
    assert answer["watchlist"]["version"] == version(api) == api.get("/watchlists").json()["version"] != before
    batch = api.post("/classify/batch", {"items": [NAMED]}).json()
    assert (named(batch["results"][0]), batch["watchlist"]) == (["Gendis Wulandari Uji"], answer["watchlist"])


def test_broken_files_change_nothing(api: Api, folder: Path, turns: Turns, caplog: pytest.LogCaptureFixture) -> None:
    before = version(api)
    (folder / "lain.yaml").write_text("elections: [{id: lain}]", encoding="utf-8")
    api.run(turns.round())
    assert version(api) == before
    assert api.get("/health/ready").status_code == 200
    assert named(api.post("/classify", NAMED).json()) == ["Gendis Wulandanti"]
    assert f"watchlists {before} kept: lain.yaml: elections[0] (lain) › name: wajib diisi" in caplog.text


def test_nothing_is_read_in_a_request(api: Api, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.watchlists.store.read_folder", lambda _: pytest.fail("read in a request"))
    rename(folder, "Gendis", "Kendis")
    for _ in range(5):
        assert api.post("/classify", NAMED).status_code == 200
        assert api.get("/watchlists").status_code == 200


class Gate(FakeScorer):
    """Holds every call until it is opened."""

    def __init__(self) -> None:
        self.entered, self.opened = threading.Semaphore(0), threading.Event()

    def score(self, items: Sequence[Item], *, explain: bool = False, entities: bool = False) -> list[Verdict]:
        self.entered.release()
        assert self.opened.wait(PATIENCE)
        return super().score(items, explain=explain, entities=entities)


def test_a_request_ends_with_the_lists_it_began_with(folder: Path, turns: Turns) -> None:
    gate = Gate()

    async def scenario(api: Api) -> tuple[Any, Any]:
        body = {"items": [NAMED]}
        first = asyncio.create_task(api.client.post("/classify/batch", json=body))
        await asyncio.to_thread(gate.entered.acquire)
        rename(folder, "Gendis Wulandanti", "Gendis Wulandari Uji")
        await turns.round()
        second = asyncio.create_task(api.client.post("/classify/batch", json=body))
        await asyncio.to_thread(gate.entered.acquire)
        gate.opened.set()
        return (await first).json(), (await second).json()

    with make_api(gate, watchlists_dir=folder) as api:
        before = version(api)
        first, second = api.run(scenario(api))
        after = version(api)
    assert (named(first["results"][0]), first["watchlist"]["version"]) == (["Gendis Wulandanti"], before)
    assert (named(second["results"][0]), second["watchlist"]["version"]) == (["Gendis Wulandari Uji"], after)
    assert before != after


def test_requests_go_on_while_files_are_read(folder: Path, turns: Turns, monkeypatch: pytest.MonkeyPatch) -> None:
    reading, done = threading.Event(), threading.Event()
    from app.watchlists import store

    whole = store.read_folder

    def slowly(path: Path) -> Any:
        reading.set()
        assert done.wait(PATIENCE)
        return whole(path)

    async def scenario(api: Api) -> list[int]:
        rename(folder, "Gendis Wulandanti", "Gendis Wulandari Uji")
        monkeypatch.setattr(store, "read_folder", slowly)
        looking = asyncio.create_task(turns.round())
        await asyncio.to_thread(reading.wait)
        found = [(await api.client.post("/classify", json=NAMED)).status_code for _ in range(3)]
        done.set()
        await looking
        return found

    with make_api(watchlists_dir=folder) as api:
        assert api.run(scenario(api)) == [200, 200, 200]
        assert named(api.post("/classify", NAMED).json()) == ["Gendis Wulandari Uji"]


def test_without_sound_lists_nothing_is_scored_until_they_are_mended(folder: Path, turns: Turns) -> None:
    good = (folder / "uji.yaml").read_text(encoding="utf-8")
    (folder / "uji.yaml").write_text("elections: [", encoding="utf-8")
    with make_api(watchlists_dir=folder) as api:
        assert problem(api.get("/health/ready"))["reason"] == NO_WATCHLISTS
        assert problem(api.post("/classify", NAMED))["reason"] == NO_WATCHLISTS
        assert api.get("/health/live").status_code == 200
        assert api.get("/info").json()["watchlist"] is None
        (folder / "uji.yaml").write_text(good, encoding="utf-8")
        api.run(turns.round())
        assert api.get("/health/ready").status_code == 200
        assert named(api.post("/classify", NAMED).json()) == ["Gendis Wulandanti"]


def test_mended_lists_do_not_make_up_for_a_missing_model(folder: Path, turns: Turns) -> None:
    def fail(_: object) -> FakeScorer:
        raise OSError

    with make_api(load=fail, watchlists_dir=folder) as api:
        rename(folder, "Gendis", "Kendis")
        api.run(turns.round())
        assert problem(api.get("/health/ready"))["reason"] == "model-loader-crashed"
        assert api.get("/watchlists").status_code == 200


def test_without_rules_nothing_is_scored(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise RulesInvalid("10-uji.yaml: baris uji-1: wajib diisi")

    monkeypatch.setattr("app.main.load_rules", fail)
    with make_api() as api:
        assert problem(api.get("/health/ready"))["reason"] == NO_RULES
        assert problem(api.post("/classify", NAMED))["reason"] == NO_RULES
    assert "10-uji.yaml" in caplog.text


def test_the_files_are_looked_at_every_few_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def once(seconds: float) -> None:
        waited.append(seconds)
        raise asyncio.CancelledError

    monkeypatch.setattr(reload, "pause", once)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(reload.follow(WatchlistStore(FICTIONAL), State()))
    assert waited == [reload.POLL_SECONDS]
    assert 1 <= reload.POLL_SECONDS <= 5


def test_a_pause_waits_as_long_as_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    asyncio.run(pausing.pause(0.5))
    assert waited == [0.5]
