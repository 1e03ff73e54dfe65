"""Another model is taken over beside the requests: none fails, none sees two, one that cannot be trusted changes nothing."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from fakes import PATIENCE, FakeScorer
from http_client import Api, make_api, problem, settings_with
from starlette.datastructures import State
from test_http_reload import Turns

from app.api import swap
from app.api.runtime import NO_WATCHLISTS
from app.policy.types import Words
from app.scoring.bundlewords import NONE_ACTIVE, not_reproduced, other_format
from app.scoring.errors import DamagedModel, GoldenMismatch, ModelError, NoModel, OtherVersion
from app.scoring.store import LOADER_CRASHED, ModelStore
from app.scoring.types import Item, ModelInfo, Verdict
from app.settings import Settings

ACT = {"text": "ayo coblos bu gendis"}


class Versioned(FakeScorer):
    """A fake model of some version."""

    def __init__(self, version: str) -> None:
        self.info = ModelInfo("palsu", version, 0.5, 0.25)


class Shelf:
    """A models folder without any bundle: what ``load`` gives follows from the name in its pointer alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.loaded: list[str] = []
        self.faults: dict[str, Exception] = {}
        self.made: dict[str, Callable[[str], FakeScorer]] = {}
        folder.mkdir()
        self.activate("satu")

    def activate(self, name: str) -> None:
        draft = self.folder / "ACTIVE.new"
        draft.write_text(f"{name} {name.encode().hex()}\n", encoding="ascii")
        before = (self.folder / "ACTIVE").stat().st_mtime_ns if (self.folder / "ACTIVE").exists() else 0
        os.utime(draft, ns=(before + 1, before + 1))  # as if a moment later, however coarse the clock of the disk is
        draft.replace(self.folder / "ACTIVE")

    def load(self, settings: Settings) -> FakeScorer:
        name = (settings.models_dir / "ACTIVE").read_text(encoding="ascii").split()[0]
        self.loaded.append(name)
        if name in self.faults:
            raise self.faults[name]
        return self.made.get(name, Versioned)(name)


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> Turns:
    turns = Turns()
    monkeypatch.setattr(swap, "pause", lambda _: turns.pause())
    return turns


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "models")


@pytest.fixture
def api(shelf: Shelf, turns: Turns) -> Iterator[Api]:
    with make_api(load=shelf.load, models_dir=shelf.folder) as running:
        yield running


def versions(api: Api) -> set[str]:
    """Every place that names the model."""
    batch = api.post("/classify/batch", {"items": [ACT]}).json()
    answers = [api.post("/classify", ACT).json(), batch, api.get("/info").json(), api.get("/health/ready").json()]
    serving = [line for line in api.get("/metrics").text.splitlines() if line.startswith('netra_serving{part="model"')]
    assert len(serving) == 1
    return {answer["model"]["version"] for answer in answers} | {serving[0].split('version="')[1].split('"')[0]}


def warnings(api: Api) -> Any:
    answer = api.get("/health/ready")
    assert answer.status_code == 200
    return answer.json()["warnings"]


def test_an_activated_model_answers_from_the_next_request_on_and_so_does_the_one_before(
    api: Api, shelf: Shelf, turns: Turns
) -> None:
    assert versions(api) == {"satu"}
    shelf.activate("dua")
    assert versions(api) == {"satu"}
    api.run(turns.round())
    assert versions(api) == {"dua"}
    shelf.activate("satu")
    api.run(turns.round())
    assert versions(api) == {"satu"}
    assert shelf.loaded == ["satu", "dua", "satu"]
    assert warnings(api) == []


def test_while_nothing_is_activated_nothing_is_loaded(api: Api, shelf: Shelf, turns: Turns) -> None:
    for _ in range(3):
        api.run(turns.round())
    assert shelf.loaded == ["satu"]


BROKEN = Words("berkas rusak", "a broken file")
FAULTS = [
    (DamagedModel(BROKEN), "model-damaged"),
    (GoldenMismatch(not_reproduced(3, 60)), "model-golden-mismatch"),
    (NoModel(NONE_ACTIVE), "model-missing"),
    (OtherVersion(other_format(1, 2)), "model-other-version"),
    (ModelError(BROKEN), "model-error"),
    (OSError("zqx"), LOADER_CRASHED),
    (MemoryError(), LOADER_CRASHED),
]


@pytest.mark.parametrize(("fault", "reason"), FAULTS, ids=lambda value: str(value) or "memory")
def test_a_model_that_cannot_be_trusted_is_refused_once_and_the_one_before_goes_on(
    api: Api, shelf: Shelf, turns: Turns, fault: Exception, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    shelf.faults["dua"] = fault
    shelf.activate("dua")
    for _ in range(3):
        api.run(turns.round())
        assert versions(api) == {"satu"}
    assert shelf.loaded == ["satu", "dua"]
    assert warnings(api) == [{"name": "activation-refused", "bundle": "dua", "reason": reason}]
    told = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert [line.startswith("activation of model dua refused, model satu kept: ") for line in told] == [True]
    assert "zqx" not in caplog.text
    page = api.get("/metrics").text
    assert "netra_activation_refused 1.0" in page
    assert 'netra_model_loads_total{outcome="refused"} 1.0' in page


def test_what_was_refused_is_tried_again_when_it_is_activated_again(api: Api, shelf: Shelf, turns: Turns) -> None:
    shelf.faults["dua"] = DamagedModel(BROKEN)
    shelf.activate("dua")
    api.run(turns.round())
    del shelf.faults["dua"]
    api.run(turns.round())
    assert versions(api) == {"satu"}
    shelf.activate("dua")
    api.run(turns.round())
    assert (versions(api), warnings(api)) == ({"dua"}, [])


def test_the_way_back_to_the_model_that_still_answers_is_not_loaded_again(api: Api, shelf: Shelf, turns: Turns) -> None:
    shelf.faults["dua"] = DamagedModel(BROKEN)
    shelf.activate("dua")
    api.run(turns.round())
    shelf.activate("satu")
    api.run(turns.round())
    assert (warnings(api), shelf.loaded) == ([], ["satu", "dua"])
    assert "netra_activation_refused 0.0" in api.get("/metrics").text


def test_a_pointer_that_is_gone_leaves_the_model_that_answers(api: Api, shelf: Shelf, turns: Turns) -> None:
    (shelf.folder / "ACTIVE").rename(shelf.folder / "aside")
    api.run(turns.round())
    assert versions(api) == {"satu"}
    assert [warning["bundle"] for warning in warnings(api)] == [None]
    (shelf.folder / "aside").rename(shelf.folder / "ACTIVE")
    api.run(turns.round())
    assert (versions(api), warnings(api)) == ({"satu"}, [])


@pytest.mark.parametrize("name", ["<script>", "x" * 101, "a/..", "'zqx'"])
def test_a_name_that_is_none_is_shown_to_nobody(
    api: Api, shelf: Shelf, turns: Turns, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    shelf.faults[name] = NoModel(NONE_ACTIVE)
    shelf.activate(name)
    api.run(turns.round())
    assert warnings(api) == [{"name": "activation-refused", "bundle": None, "reason": "model-missing"}]
    assert name not in caplog.text


def test_a_model_that_breaks_on_its_first_words_is_refused(api: Api, shelf: Shelf, turns: Turns) -> None:
    class Breaks(Versioned):
        def score(self, items: Sequence[Item], *, explain: bool = False, entities: bool = False) -> list[Verdict]:
            raise ValueError("zqx")

    shelf.made["dua"] = Breaks
    shelf.activate("dua")
    api.run(turns.round())
    assert versions(api) == {"satu"}
    assert [warning["reason"] for warning in warnings(api)] == [LOADER_CRASHED]


class Gate(Versioned):
    """Holds back whatever says ``tahan`` until it is opened."""

    entered, opened = threading.Semaphore(0), threading.Event()

    def score(self, items: Sequence[Item], *, explain: bool = False, entities: bool = False) -> list[Verdict]:
        if any("tahan" in item.text for item in items):
            self.entered.release()
            assert self.opened.wait(PATIENCE)
        return super().score(items, explain=explain, entities=entities)


def test_a_request_ends_with_the_model_it_began_with(shelf: Shelf, turns: Turns) -> None:
    shelf.made["satu"] = Gate
    body = {"items": [{"text": "tahan, ayo coblos"}]}

    async def scenario(api: Api) -> tuple[str, str]:
        first = asyncio.create_task(api.client.post("/classify/batch", json=body))
        await asyncio.to_thread(Gate.entered.acquire)
        shelf.activate("dua")
        await turns.round()
        second = (await api.client.post("/classify/batch", json=body)).json()["model"]["version"]
        Gate.opened.set()
        return (await first).json()["model"]["version"], second

    with make_api(load=shelf.load, models_dir=shelf.folder) as api:
        assert api.run(scenario(api)) == ("satu", "dua")


def test_requests_go_on_while_a_model_is_loaded(api: Api, shelf: Shelf, turns: Turns) -> None:
    loading, done = threading.Event(), threading.Event()

    def slowly(name: str) -> FakeScorer:
        loading.set()
        assert done.wait(PATIENCE)
        return Versioned(name)

    async def scenario() -> list[tuple[int, str]]:
        looking = asyncio.create_task(turns.round())
        await asyncio.to_thread(loading.wait)
        answers = [await api.client.post("/classify", json=ACT) for _ in range(3)]
        done.set()
        await looking
        return [(answer.status_code, answer.json()["model"]["version"]) for answer in answers]

    shelf.made["dua"] = slowly
    shelf.activate("dua")
    assert api.run(scenario()) == [(200, "satu")] * 3
    assert versions(api) == {"dua"}


def test_what_is_activated_while_another_is_loaded_is_what_answers(api: Api, shelf: Shelf, turns: Turns) -> None:
    def overtaken(name: str) -> FakeScorer:
        shelf.activate("tiga")
        return Versioned(name)

    shelf.made["dua"] = overtaken
    shelf.activate("dua")
    api.run(turns.round())
    assert versions(api) == {"satu"}  # nobody could say which of the two it was
    api.run(turns.round())
    assert versions(api) == {"tiga"}


def test_what_is_activated_during_the_start_is_what_answers(shelf: Shelf, turns: Turns) -> None:
    def overtaken(name: str) -> FakeScorer:
        shelf.activate("dua")
        return Versioned(name)

    shelf.made["satu"] = overtaken
    with make_api(load=shelf.load, models_dir=shelf.folder) as api:
        assert versions(api) == {"dua"}


def test_a_service_without_a_model_takes_the_first_that_can_be_trusted(shelf: Shelf, turns: Turns) -> None:
    shelf.faults["satu"] = DamagedModel(BROKEN)
    with make_api(load=shelf.load, models_dir=shelf.folder) as api:
        assert problem(api.get("/health/ready"))["reason"] == "model-damaged"
        shelf.faults["dua"] = NoModel(NONE_ACTIVE)
        shelf.activate("dua")
        api.run(turns.round())
        assert problem(api.get("/health/ready"))["reason"] == "model-missing"
        shelf.activate("tiga")
        api.run(turns.round())
        assert (versions(api), warnings(api)) == ({"tiga"}, [])


def test_a_model_does_not_make_up_for_missing_watchlists(shelf: Shelf, turns: Turns, tmp_path: Path) -> None:
    (tmp_path / "daftar").mkdir()
    (tmp_path / "daftar" / "rusak.yaml").write_text("elections: [", encoding="utf-8")
    with make_api(load=shelf.load, models_dir=shelf.folder, watchlists_dir=tmp_path / "daftar") as api:
        shelf.activate("dua")
        api.run(turns.round())
        assert problem(api.get("/health/ready"))["reason"] == NO_WATCHLISTS


def test_the_new_model_reads_with_the_watchlists_in_use(api: Api, shelf: Shelf, turns: Turns) -> None:
    before = api.post("/classify", ACT).json()
    shelf.activate("dua")
    api.run(turns.round())
    after = api.post("/classify", ACT).json()
    assert after["entities"] == before["entities"] != []
    assert after["watchlist"] == before["watchlist"]


def test_a_bundle_that_a_setting_names_stays(shelf: Shelf, turns: Turns) -> None:
    with make_api(load=shelf.load, models_dir=shelf.folder, model="satu") as api:
        shelf.activate("dua")
        for _ in range(100):
            api.run(asyncio.sleep(0))
        assert versions(api) == {"satu"}
        assert turns._idle.locked()  # nobody ever waited for a next look
    assert shelf.loaded == ["satu"]


def test_nothing_is_left_of_the_model_before(api: Api, shelf: Shelf, turns: Turns) -> None:
    runtime = api.app.state.runtime
    before = [weakref.ref(runtime.loaded), weakref.ref(runtime.scorer)]
    del runtime
    gc.disable()  # what holds itself would stay for good in a service: see app.memory
    try:
        for body in ({"items": [ACT] * 3}, {"items": [ACT], "explain": True}):
            assert api.post("/classify/batch", body).status_code == 200
        assert api.post("/classify", {"text": "kata yang panjang " * 20}).status_code == 200
        assert api.get("/metrics").status_code == 200
        shelf.activate("dua")
        api.run(turns.round())
        for _ in range(3):  # a thread lets go of its last work with its next
            assert api.post("/classify/batch", {"items": [ACT]}).status_code == 200
        assert [one() for one in before] == [None, None]
    finally:
        gc.enable()


def test_memory_is_given_back_once_after_each_exchange(
    api: Api, shelf: Shelf, turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[str] = []
    monkeypatch.setattr(swap, "give_back", lambda: given.append(api.app.state.runtime.loaded.info.version))
    for name in ("dua", "tiga"):
        shelf.activate(name)
        for _ in range(3):
            api.run(turns.round())
    assert given == ["dua", "tiga"]


def test_the_pointer_is_looked_at_as_often_as_the_setting_says(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def once(seconds: float) -> None:
        waited.append(seconds)
        raise asyncio.CancelledError

    monkeypatch.setattr(swap, "pause", once)
    store = ModelStore(settings_with(), lambda _: FakeScorer())
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(swap.follow(store, State(), 0.5))
    assert waited == [0.5]
    assert 1 <= settings_with().model_poll_seconds <= 5
