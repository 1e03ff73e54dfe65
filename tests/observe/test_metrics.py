"""GET /metrics: who may ask, what it says, and that no label ever comes from outside."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import product

import pytest
from api.http_client import Api, make_api, problem, settings_with
from fakes import PATIENCE, FakeScorer
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from observekit import samples, scraped, total

from app.access.keys import create_key
from app.access.scopes import SCOPES, Scope
from app.observe.crew import WatchedWorkers
from app.observe.metrics import OTHER, Metrics
from app.problems import Busy
from app.scoring.kinds import OTHER_KINDS, SUPPORT_KINDS
from app.scoring.types import Band, Item, Verdict
from app.store import open_store

BANDS: tuple[Band, ...] = ("flag", "review", "clear", "undecided")
KINDS = (*SUPPORT_KINDS, *OTHER_KINDS, None)


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    with make_api() as running:
        yield running


@pytest.mark.parametrize("scope", SCOPES)
def test_only_a_key_for_metrics_may_ask(scope: Scope) -> None:
    store = open_store(settings_with())
    with store.begin() as tx:
        key = create_key(tx, "uji", [scope])
    store.close()
    with make_api() as api:
        response = api.get("/metrics", X_API_Key=key)
    assert response.status_code == (200 if scope == "metrics" else 403)


def test_without_a_key_nothing_is_told(api: Api) -> None:
    response = api.get("/metrics", X_API_Key="")
    assert response.status_code == 401
    assert problem(response)["slug"] in ("key-missing", "key-refused")


def test_the_page_is_prometheus_text(api: Api) -> None:
    response = api.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert total(samples(response.text), "netra_workers") == 1


def test_every_metric_is_ours_and_described(api: Api) -> None:
    helps = [line for line in api.get("/metrics").text.splitlines() if line.startswith("# HELP ")]
    assert helps
    for line in helps:
        name, text = line.removeprefix("# HELP ").split(" ", 1)
        assert name.startswith("netra_")
        assert text.endswith(".")


def test_times_of_creation_are_left_out_as_several_processes_have_none(api: Api) -> None:
    assert not [name for name, _ in scraped(api) if name.endswith("_created")]


verdicts = st.builds(
    lambda band, kind, score: Verdict(band == "flag", None if band == "undecided" else score, band, kind),
    st.sampled_from(BANDS),
    st.sampled_from(KINDS),
    st.floats(0, 1),
)


def by_name(metrics: Metrics) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    found = [sample for family in metrics.families() for sample in family.samples]
    return {(sample.name, tuple(sorted(sample.labels.items()))): sample.value for sample in found}


@examples(max_examples=60, deadline=None)
@given(st.lists(st.lists(verdicts, max_size=20), max_size=5))
def test_every_verdict_is_counted_once(batches: list[list[Verdict]]) -> None:
    metrics = Metrics()
    for batch in batches:
        metrics.judged(batch)
    found = by_name(metrics)
    everything = [verdict for batch in batches for verdict in batch]
    for (band, kind), times in Counter((v.band, v.kind or "none") for v in everything).items():
        assert found["netra_items_total", (("band", band), ("kind", kind))] == times
    scores = [verdict.score for verdict in everything if verdict.score is not None]
    assert found["netra_score_count", ()] == len(scores)
    assert found["netra_score_sum", ()] == pytest.approx(sum(scores))
    assert found["netra_score_bucket", (("le", "0.5"),)] == sum(score <= 0.5 for score in scores)


ANSWERS = list(product(("/classify", "-"), ("GET", "POST"), (200, 404, 429, 503)))


@examples(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ANSWERS), st.floats(0, 20)), max_size=30))
def test_every_request_is_counted_once_and_timed(answers: list[tuple[tuple[str, str, int], float]]) -> None:
    metrics = Metrics()
    for (route, method, status), seconds in answers:
        metrics.answered(route, method, status, seconds, "busy")
    found = by_name(metrics)
    for (route, method, status), times in Counter(answer for answer, _ in answers).items():
        labels = (("method", method), ("route", route), ("status", str(status)))
        assert found["netra_requests_total", labels] == times
    for route in {route for (route, _, _), _ in answers}:
        times = [seconds for (own, _, _), seconds in answers if own == route]
        assert found["netra_request_seconds_count", (("route", route),)] == len(times)
        assert found["netra_request_seconds_sum", (("route", route),)] == pytest.approx(sum(times))
    refused = sum(status in (429, 503) for (_, _, status), _ in answers)
    assert sum(value for (name, _), value in found.items() if name == "netra_refusals_total") == refused


@pytest.mark.parametrize(("given_problem", "label"), [("busy", "busy"), ("zqx", OTHER), (None, OTHER)])
def test_a_problem_that_is_none_of_ours_gets_no_label_of_its_own(given_problem: str | None, label: str) -> None:
    metrics = Metrics()
    metrics.answered("/classify", "POST", 503, 0.1, given_problem)
    assert by_name(metrics)["netra_refusals_total", (("problem", label), ("status", "503"))] == 1


@pytest.mark.parametrize("status", [200, 401, 404, 422, 500])
def test_what_is_no_refusal_is_not_counted_as_one(status: int) -> None:
    metrics = Metrics()
    metrics.answered("/classify", "POST", status, 0.1, "busy")
    assert not [name for name, _ in by_name(metrics) if name == "netra_refusals_total"]


def queue_of(metrics: Metrics) -> tuple[float, float]:
    found = by_name(metrics)
    return found["netra_work_running", ()], found["netra_work_waiting", ()]


def test_the_queue_is_counted_while_it_fills_and_empties() -> None:
    metrics, entered, opened = Metrics(), threading.Semaphore(0), threading.Event()
    workers = WatchedWorkers(2, 3, metrics)

    def held() -> bool:
        entered.release()
        return opened.wait(PATIENCE)

    async def scenario() -> list[tuple[float, float]]:
        tasks = [asyncio.create_task(workers.run(held)) for _ in range(4)]
        for _ in range(2):
            await asyncio.to_thread(entered.acquire)
        seen = [queue_of(metrics)]
        tasks.append(asyncio.create_task(workers.run(held)))
        await asyncio.sleep(0)
        seen.append(queue_of(metrics))
        with pytest.raises(Busy):
            await workers.run(held)
        seen.append(queue_of(metrics))
        opened.set()
        assert all(await asyncio.gather(*tasks))
        return [*seen, queue_of(metrics)]

    assert asyncio.run(scenario()) == [(2, 2), (2, 3), (2, 3), (0, 0)]


def test_work_that_fails_leaves_the_queue_too() -> None:
    metrics = Metrics()

    async def scenario() -> None:
        with pytest.raises(ZeroDivisionError):
            await WatchedWorkers(1, 0, metrics).run(lambda: 1 / 0)

    asyncio.run(scenario())
    assert queue_of(metrics) == (0, 0)


class Held(FakeScorer):
    """Holds every call until it is opened."""

    def __init__(self) -> None:
        self.entered, self.opened = threading.Semaphore(0), threading.Event()

    def score(self, items: Sequence[Item], *, explain: bool = False, entities: bool = False) -> list[Verdict]:
        self.entered.release()
        assert self.opened.wait(PATIENCE)
        return super().score(items, explain=explain, entities=entities)


def test_a_full_queue_shows_as_refusals_that_are_busy() -> None:
    scorer = Held()
    body = {"items": [{"text": "coblos"}]}

    async def scenario(api: Api) -> str:
        first = asyncio.create_task(api.client.post("/classify/batch", json=body))
        await asyncio.to_thread(scorer.entered.acquire)
        refused = await api.client.post("/classify/batch", json=body)
        assert refused.status_code == 503
        page = await api.client.get("/metrics")
        scorer.opened.set()
        await first
        return page.text

    with make_api(scorer, workers=1, max_waiting=0) as api:
        found = samples(api.run(scenario(api)))
    assert total(found, "netra_refusals_total", status="503", problem="busy") == 1
    assert total(found, "netra_work_running") == 1
    assert total(found, "netra_requests_in_flight") == 2
    assert total(found, "netra_items_total") == 0
