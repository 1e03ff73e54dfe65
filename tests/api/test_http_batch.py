"""POST /classify/batch: order, ids, errors in their place, and work beside the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

import pytest
from fakes import PATIENCE, FakeScorer
from http_client import JSON, Api, but_for_policy, make_api, problem
from hypothesis import given, settings
from hypothesis import strategies as st

from app.api.body import INLINE_BYTES, SHORT_BYTES
from app.api.examples import BATCH_ANSWER, BATCH_REQUESTS
from app.api.schemas import BatchAnswer
from app.scoring.types import Item, Verdict

BATCH = "/classify/batch"


def test_the_documented_answer_is_the_real_one(api: Api) -> None:
    response = api.post(BATCH, BATCH_REQUESTS["two"]["value"])
    real, shown = response.json(), BATCH_ANSWER
    assert {**real, "results": 0} == {**shown, "results": 0}
    assert [but_for_policy(r) for r in real["results"]] == [but_for_policy(r) for r in shown["results"]]
    BatchAnswer.model_validate(response.json(), strict=True)


BAD_ITEMS: list[tuple[object, str | None, str, str, str]] = [
    (None, None, "invalid-request", "body", "not_object"),
    (7, None, "invalid-request", "body", "not_object"),
    ("zqx", None, "invalid-request", "body", "not_object"),
    (["zqx"], None, "invalid-request", "body", "not_object"),
    ({}, None, "invalid-request", "text", "needs_text"),
    ({"id": "b", "text": ""}, "b", "invalid-request", "text", "needs_text"),
    ({"id": "b", "text": 1}, "b", "invalid-request", "text", "not_text"),
    ({"id": "b", "text": "a", "zqx": 1}, "b", "invalid-request", "body", "unknown_field"),
    ({"id": "b", "text": "a", "query": 1}, "b", "invalid-request", "body", "unknown_field"),
    ({"id": "b", "text": "a", "body": 1}, "b", "invalid-request", "body", "unknown_field"),
    ({"id": 7, "text": "a"}, None, "invalid-request", "id", "not_text"),
    ({"id": "b" * 201, "text": "a"}, None, "invalid-request", "id", "too_long"),
    ({"id": "b", "text": "a", "posted_at": "zqx"}, "b", "invalid-request", "posted_at", "not_iso_8601"),
    ({"id": "b", "text": "a", "action": "zqx"}, "b", "invalid-request", "action", "not_allowed"),
    ({"id": "b", "text": "zqx" * 4000}, "b", "text-too-long", "text", "too_long"),
    ({"id": "b", "target_text": "zqx" * 4000}, "b", "text-too-long", "target_text", "too_long"),
]


@pytest.mark.parametrize(("bad", "item_id", "slug", "field", "reason"), BAD_ITEMS)
def test_a_bad_item_is_reported_in_its_place(
    api: Api, bad: object, item_id: str | None, slug: str, field: str, reason: str
) -> None:
    response = api.post(BATCH, {"items": [{"id": "1", "text": "coblos"}, bad, {"id": "3", "text": "ragu"}]})
    first, error, last = response.json()["results"]
    assert (first["id"], first["band"], last["id"], last["band"]) == ("1", "flag", "3", "review")
    assert set(error) == {"index", "id", "error"}
    assert (error["index"], error["id"]) == (1, item_id)
    assert error["error"]["type"] == f"urn:problem-type:netra:{slug}"
    assert (error["error"]["field"], error["error"]["reason"]) == (field, reason)
    assert "zqx" not in response.text


def test_item_errors_speak_the_language_asked_for(api: Api) -> None:
    answer = api.post(BATCH, {"items": [{}]}, Accept_Language="en").json()
    assert answer["results"][0]["error"]["title"] == "The request does not fit"
    assert answer["notice"].startswith("An indication")


BAD_BATCHES: list[tuple[object, str, str]] = [
    ({}, "items", "required"),
    ({"items": None}, "items", "not_list"),
    ({"items": "zqx"}, "items", "not_list"),
    ({"items": {"0": {"text": "zqx"}}}, "items", "not_list"),
    ({"items": [], "zqx": 1}, "body", "unknown_field"),
    ({"items": [], "explain": "yes"}, "explain", "not_boolean"),
    ({"items": [], "explain": 1}, "explain", "not_boolean"),
    ([{"text": "zqx"}], "body", "not_object"),
]


@pytest.mark.parametrize(("body", "field", "reason"), BAD_BATCHES)
def test_a_bad_batch_is_refused_as_a_whole(api: Api, body: object, field: str, reason: str) -> None:
    response = api.post(BATCH, body)
    found = problem(response)
    assert (response.status_code, found["errors"]) == (422, [{"field": field, "reason": reason}])
    assert "zqx" not in response.text


def test_too_many_items_are_413_with_the_limit() -> None:
    with make_api(max_batch_items=3) as api:
        assert len(api.post(BATCH, {"items": [{"text": "a"}] * 3}).json()["results"]) == 3
        found = problem(api.post(BATCH, {"items": [None] * 4}))
    assert (found["status"], found["slug"], found["field"], found["limit"]) == (413, "too-many-items", "items", 3)


def test_an_empty_batch_has_no_results(api: Api) -> None:
    answer = api.post(BATCH, {"items": []}).json()
    assert (answer["results"], answer["model"]["name"]) == ([], "palsu")


@pytest.mark.parametrize(("explain", "count"), [(True, 1), (False, 0)])
def test_evidence_can_be_left_out(api: Api, explain: bool, count: int) -> None:
    answer = api.post(BATCH, {"items": [{"text": "coblos"}], "explain": explain}).json()
    assert len(answer["results"][0]["evidence"]) == count


items = st.lists(
    st.fixed_dictionaries(
        {
            "text": st.sampled_from(["coblos", "ragu", "", "apa", None, 7]),
            "action": st.sampled_from(["post", "like", "x"]),
        },
        optional={"id": st.sampled_from(["a", "b", "", None]), "target_text": st.sampled_from(["", "coblos"])},
    )
    | st.integers(),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(batch=items)
def test_a_batch_says_of_each_item_what_the_single_call_says(api: Api, batch: list[Any]) -> None:
    results = api.post(BATCH, {"items": batch}).json()["results"]
    assert [r["index"] for r in results] == list(range(len(batch)))
    for item, result in zip(batch, results, strict=True):
        alone = api.post("/classify", item)
        if alone.status_code == 200:
            assert result["id"] == item.get("id")
            assert alone.json().items() >= {k: v for k, v in result.items() if k != "index"}.items()
        else:
            assert result["error"] == alone.json()


class Calls(FakeScorer):
    """Remembers the size and the thread of each call."""

    def __init__(self) -> None:
        self.calls: list[tuple[int, int]] = []

    def score(self, items: Sequence[Item], *, explain: bool = False, entities: bool = False) -> list[Verdict]:
        self.calls.append((len(items), threading.get_ident()))
        return super().score(items, explain=explain, entities=entities)


def test_good_items_are_scored_in_one_call_beside_the_event_loop() -> None:
    scorer = Calls()
    with make_api(scorer) as api:
        api.post(BATCH, {"items": [{"text": "a"}, {}, {"text": "b"}, {"action": "like"}, {"text": "c"}]})
    [(size, thread)] = scorer.calls
    assert size == 3
    assert thread != threading.get_ident()


class Gate(FakeScorer):
    """Holds every call until it is opened."""

    def __init__(self) -> None:
        self.entered, self.opened = threading.Semaphore(0), threading.Event()

    def score(self, items: Sequence[Item], *, explain: bool = False, entities: bool = False) -> list[Verdict]:
        self.entered.release()
        assert self.opened.wait(PATIENCE)
        return super().score(items, explain=explain, entities=entities)


def test_when_all_workers_are_taken_more_is_503_and_liveness_goes_on() -> None:
    gate = Gate()

    async def scenario(api: Api) -> tuple[int, Any, int, int]:
        body = {"items": [{"text": "coblos"}]}
        first = asyncio.create_task(api.client.post(BATCH, json=body))
        await asyncio.to_thread(gate.entered.acquire)
        refused = await api.client.post(BATCH, json=body)
        large = await api.client.post("/classify", content=b'{"text": "a"}'.ljust(SHORT_BYTES + 1), headers=JSON)
        live = await api.client.get("/health/live")
        gate.opened.set()
        return live.status_code, refused, large.status_code, (await first).status_code

    with make_api(gate, workers=1, max_waiting=0) as api:
        live, refused, large, first = api.run(scenario(api))
        after = api.post(BATCH, {"items": [{"text": "coblos"}]}).status_code
    assert (live, first, large, after) == (200, 200, 503, 200)
    assert (refused.status_code, problem(refused)["slug"]) == (503, "busy")
    assert int(refused.headers["retry-after"]) > 0


def test_a_batch_of_everyday_size_is_parsed_beside_the_event_loop_and_not_behind_other_batches() -> None:
    gate = Gate()

    async def scenario(api: Api) -> tuple[int, int]:
        first = asyncio.create_task(api.client.post(BATCH, json={"items": [{"text": "coblos"}]}))
        await asyncio.to_thread(gate.entered.acquire)
        told = await api.client.post("/classify", content=b'{"text": 1}'.ljust(SHORT_BYTES), headers=JSON)
        gate.opened.set()
        return told.status_code, (await first).status_code

    with make_api(gate, workers=1, max_waiting=0) as api:
        assert api.run(scenario(api)) == (422, 200)


def test_as_many_requests_wait_as_may() -> None:
    gate = Gate()

    async def scenario(api: Api) -> list[int]:
        body = {"items": [{"text": "coblos"}]}
        tasks = [asyncio.create_task(api.client.post(BATCH, json=body)) for _ in range(5)]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)  # the refused one; the others are held
        gate.opened.set()
        return sorted([(await task).status_code for task in tasks])

    with make_api(gate, workers=1, max_waiting=3) as api:
        assert api.run(scenario(api)) == [200, 200, 200, 200, 503]


@pytest.mark.parametrize("size", [INLINE_BYTES, SHORT_BYTES])
def test_large_bodies_are_parsed_as_strictly_as_small_ones(api: Api, size: int) -> None:
    padding = b" " * (size + 1)
    assert api.send("/classify", b'{"text": "a"}' + padding).status_code == 200
    assert problem(api.send("/classify", rb'{"text": "\ud83d"}' + padding))["reason"] == "surrogate"
