"""What a process says of itself without being asked: versions, days, memories, drift."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import date, datetime, timedelta
from math import inf
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from api.http_client import Api, make_api, settings_with
from fakes import PATIENCE, FakeScorer, fictional
from observekit import Samples, samples, scraped, total

from app.api.runtime import Runtime, Workers
from app.main import STARTING
from app.observe import observer as module
from app.observe.drift import LEAST_ITEMS, reference
from app.observe.observer import Observer, voting_days, watching
from app.observe.page import page_of
from app.observe.profile import FILE, write
from app.observe.recent import EVERY
from app.policy.rules import load_rules
from app.scoring.history import Named
from app.scoring.shadow import shadowed
from app.scoring.store import Activations, Refused
from app.scoring.types import Item, ModelInfo
from app.text.stem import stem
from app.watchlists.lists import Watchlists


def runtime(**changes: Any) -> Runtime:
    settings = settings_with()
    plain = Runtime(settings, Workers(1, 0), FakeScorer(), load_rules(), STARTING).reading_with(fictional())
    return replace(plain, **changes)


def state(**changes: Any) -> Any:
    return SimpleNamespace(runtime=runtime(**changes))


def shown(observer: Observer) -> Samples:
    return samples(page_of(observer).decode())


def test_versions_are_those_in_use_and_the_former_ones_are_gone() -> None:
    observer, other = Observer(settings_with()), FakeScorer()
    observer.look(state())
    found = shown(observer)
    assert total(found, "netra_serving", part="model", version="0") == 1
    assert total(found, "netra_serving", part="policy", version=load_rules().version) == 1
    assert total(found, "netra_serving", part="watchlist", version=fictional().version) == 1
    other.info = ModelInfo("palsu", "1", 0.5, 0.25)  # type: ignore[misc]
    observer.look(state(scorer=other))
    versions = {dict(labels)["version"] for name, labels in shown(observer) if name == "netra_serving"}
    assert versions == {"1", load_rules().version, fictional().version}
    observer.look(state())
    assert total(shown(observer), "netra_serving", part="model", version="0") == 1


def test_a_service_without_a_model_serves_no_model_and_is_not_ready() -> None:
    observer = Observer(settings_with())
    observer.look(state(scorer=None, rules=None, watchlists=None))
    found = shown(observer)
    assert total(found, "netra_ready") == 0
    assert total(found, "netra_serving") == 0
    assert total(found, "netra_days_to_vote") == inf


def lists_with(*days: date) -> Watchlists:
    elections = [
        {**fictional().elections[0], "id": f"uji-{n}", "calendar": {"pemungutan": day}} for n, day in enumerate(days)
    ]
    return Watchlists(elections, (), f"v{days}")


@pytest.mark.parametrize(("offsets", "expected"), [([], inf), ([3], 3), ([-2, 5], -2), ([0, 1], 0), ([400, -9], -9)])
def test_days_to_the_nearest_vote(offsets: list[int], expected: float) -> None:
    observer = Observer(settings_with())
    today = datetime.now(module.WIB).date()
    observer.look(state(watchlists=lists_with(*(today + timedelta(offset) for offset in offsets))))
    assert total(shown(observer), "netra_days_to_vote") in (expected, expected - 1)  # a day may end in between


def test_both_rounds_are_days_of_voting() -> None:
    calendar = {"pemungutan": date(2031, 11, 26), "putaran_kedua": date(2032, 1, 15)}
    lists = Watchlists([{**fictional().elections[0], "calendar": calendar}], (), "0")
    assert voting_days(lists) == [date(2031, 11, 26), date(2032, 1, 15)]


def test_memories_are_counted_from_look_to_look() -> None:
    observer = Observer(settings_with())
    observer.look(state())
    before = total(shown(observer), "netra_cache_hits_total", cache="stem")
    for _ in range(4):
        stem("membangun")
    observer.look(state())
    found = shown(observer)
    assert 3 <= total(found, "netra_cache_hits_total", cache="stem") - before <= 4
    assert total(found, "netra_cache_entries", cache="stem") == stem.cache_info().currsize


def test_what_somebody_else_counts_from_nought_again_is_counted_on() -> None:
    observer, seen = Observer(settings_with()), []
    counter = observer.metrics.words.labels("yes")
    for count in (5, 7, 7, 2, 3):
        observer._raise_to(counter, "uji", count)
        seen.append(total(shown(observer), "netra_words_total", known="yes"))
    assert seen == [5, 7, 7, 9, 10]


@pytest.fixture
def _no_shadow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.scoring.shadow._running", None)


@pytest.mark.usefixtures("_no_shadow")
def test_what_a_model_in_the_shadow_did_is_counted() -> None:
    class Strict(FakeScorer):
        info = ModelInfo("palsu", "1", 0.95, 0.9)

        def _one(self, item: Item, explain: bool) -> Any:
            return replace(super()._one(item, explain), band="clear", flagged=False)

    scorer = shadowed(FakeScorer(), Strict(), 1.0)
    observer = Observer(settings_with())
    for _ in range(2):
        scorer.score([Item("coblos"), Item("selamat pagi")])
        scorer._shadow.settle()
        observer.look(state(scorer=scorer))
    found = shown(observer)
    assert total(found, "netra_shadow_items_total", outcome="compared") == 4
    assert total(found, "netra_shadow_items_total", outcome="flipped") == 2
    assert total(found, "netra_shadow_items_total", outcome="failed") == 0


@pytest.mark.usefixtures("_no_shadow")
def test_without_one_nothing_is_said_of_a_shadow() -> None:
    observer = Observer(settings_with())
    observer.look(state())
    assert not [name for name, _ in shown(observer) if name.startswith("netra_shadow_items")]


# -- drift --------------------------------------------------------------------------------------------------------------

USUAL = ["selamat pagi semua", "masih ragu", "ayo coblos"]


def state_of(folder: Path, **changes: Any) -> Any:
    return state(bundle=Named(str(folder), "0"), **changes)


def looked(observer: Observer, now: Any) -> Samples:
    observer.study(now)
    observer.look(now)
    return shown(observer)


@pytest.fixture
def served(models: Path) -> Any:
    """A service whose model has a reference of usual acts."""
    write(models / "palsu", reference(FakeScorer(), USUAL * 200))
    return state_of(models / "palsu")


@pytest.fixture
def watched() -> Observer:
    return Observer(settings_with())


def judge(observer: Observer, texts: list[str]) -> None:
    items = [Item(text) for text in texts]
    observer.judged(items, FakeScorer().score(items))


def test_usual_acts_are_within_the_limits(watched: Observer, served: Any) -> None:
    judge(watched, USUAL * EVERY * 4)
    found = looked(watched, served)
    for measure in ("scores_psi", "scores_ks"):
        limit = total(found, "netra_drift_limit", measure=measure)
        assert 0 <= total(found, "netra_drift", measure=measure) < 0.02 < limit


def test_other_acts_are_beyond_them(watched: Observer, served: Any) -> None:
    judge(watched, ["coblos zqxwv qwzxk vbnmq zzxqy"] * EVERY * 40)
    found = looked(watched, served)
    for measure in ("scores_psi", "scores_ks", "unknown_words"):
        assert total(found, "netra_drift", measure=measure) > total(found, "netra_drift_limit", measure=measure) > 0


def test_too_few_acts_tell_nothing(watched: Observer, served: Any) -> None:
    judge(watched, ["coblos"] * (LEAST_ITEMS - 1))
    found = looked(watched, served)
    assert not [name for name, _ in found if name == "netra_drift"]
    judge(watched, ["coblos"])
    assert total(looked(watched, served), "netra_drift", measure="scores_ks") > 0


def test_without_a_reference_nothing_is_said_of_drift(models: Path) -> None:
    for served in (state(), state_of(models / "palsu")):
        observer = Observer(settings_with())
        judge(observer, ["coblos"] * 500)
        assert not [name for name, _ in looked(observer, served) if name.startswith("netra_drift")]


@pytest.mark.parametrize("obstacle", ["other", "damaged"])
def test_a_reference_that_is_not_this_models_is_not_used_and_that_is_logged_once(
    models: Path, obstacle: str, caplog: pytest.LogCaptureFixture
) -> None:
    values = reference(FakeScorer(), USUAL * 40)
    write(models / "palsu", {**values, "model": {"name": "palsu", "version": "7"}})
    if obstacle == "damaged":
        (models / "palsu" / FILE).write_text("zqx")
    caplog.set_level(logging.DEBUG, logger="netra")
    observer = Observer(settings_with())
    for _ in range(3):
        observer.study(state_of(models / "palsu"))
    assert observer.reference is None
    assert [record.levelname for record in caplog.records if record.name == "netra.observe"] == ["WARNING"]
    assert "zqx" not in caplog.text


def test_a_model_that_is_new_brings_its_own_reference(watched: Observer, served: Any, models: Path) -> None:
    watched.study(served)
    before = watched.reference
    assert before is not None
    watched.study(state(scorer=None))
    assert watched.reference is None
    (models / "baru").mkdir()
    write(models / "baru", reference(FakeScorer(), USUAL * 40))
    watched.study(state_of(models / "baru"))  # the same version, trained again
    assert watched.reference not in (None, before)


def test_what_became_of_activations_is_counted() -> None:
    observer = Observer(settings_with())
    observer.look(state(activations=Activations(2, 1, Refused("baru", "model-damaged"))))
    found = shown(observer)
    assert total(found, "netra_activation_refused") == 1
    assert total(found, "netra_model_loads_total", outcome="taken") == 2
    assert total(found, "netra_model_loads_total", outcome="refused") == 1
    observer.look(state(activations=Activations(3, 1)))
    found = shown(observer)
    assert total(found, "netra_activation_refused") == 0
    assert total(found, "netra_model_loads_total") == 4


# -- in the service -----------------------------------------------------------------------------------------------------


def test_the_service_studies_and_looks_as_long_as_it_runs(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(models / "palsu", reference(FakeScorer(), USUAL * 40))
    turn: asyncio.Queue[None] = asyncio.Queue()
    waited: list[bool] = []

    async def pause(_: float) -> None:
        waited.append(True)
        await turn.get()

    monkeypatch.setattr(module, "pause", pause)

    async def scenario(api: Api) -> Samples:
        items = [{"text": "selamat pagi semua"}] * EVERY * 4
        await api.client.post("/classify/batch", json={"items": items})
        before = len(waited)
        turn.put_nowait(None)
        while len(waited) == before:
            await asyncio.sleep(0)
        return samples((await api.client.get("/metrics")).text)

    with make_api(models_dir=models) as api:
        found = api.run(asyncio.wait_for(scenario(api), PATIENCE))
    assert total(found, "netra_words_total", known="yes") == 4 * 3
    assert total(found, "netra_recent_scores", bin="0.1") == EVERY * 4
    assert total(found, "netra_drift", measure="scores_ks") > 0


def test_a_look_that_fails_is_logged_and_hurts_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("zqx")

    observer, turns = Observer(settings_with()), iter([None, None])

    async def pause(_: float) -> None:
        if next(turns, 0) is not None:
            await asyncio.Event().wait()

    monkeypatch.setattr(module, "pause", pause)
    monkeypatch.setattr(observer, "study", broken)

    async def scenario() -> None:
        async with watching(state(), observer):
            while len(caplog.records) < 3:
                await asyncio.sleep(0.001)

    caplog.set_level(logging.ERROR)
    asyncio.run(asyncio.wait_for(scenario(), PATIENCE))
    assert {record.name for record in caplog.records} == {"netra.observe"}
    assert "ValueError at " in caplog.text
    assert "zqx" not in caplog.text


def test_the_page_is_up_to_date_without_waiting_for_the_next_look() -> None:
    with make_api() as api:
        api.post("/classify/batch", {"items": [{"text": "coblos"}] * 7})
        found = scraped(api)
    assert total(found, "netra_recent_scores", bin="0.9") == 7
    assert total(found, "netra_requests_in_flight") == 1
