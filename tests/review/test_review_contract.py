"""What the queue over HTTP is documented to answer is what it answers, and no more."""

from __future__ import annotations

import json
import re
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeScorer
from servicekit import FLAG, Service

from app.api.examples import CLASSIFY_REQUESTS
from app.review.examples import CASE_ANSWER, DECISIONS, ITEM_ANSWER, ITEMS_ANSWER, NEXT_ANSWER, NEXT_REQUESTS
from app.review.schemas import CaseOut, ItemAnswer, ItemsAnswer, NextAnswer

#: What differs from one run to the next.
VOLATILE = {"id", "queued_at", "decided_at", "held_until", "author", "reviewer", "content_hash", "days_left", "policy"}
CASE_VOLATILE = {*VOLATILE, "made_at", "audit", "digest", "sources", "netra"}


def steady(value: Any, volatile: set[str]) -> Any:
    """``value`` without what differs from run to run; ids that were sent are kept."""
    if isinstance(value, list):
        return [steady(one, volatile) for one in value]
    if not isinstance(value, dict):
        return value
    kept = {name: steady(inner, volatile) for name, inner in value.items() if name not in volatile}
    return kept | ({"id": "a-1"} if value.get("id") == "a-1" else {})


def test_documented_answers_are_the_real_ones(tmp_path: Path, stack: ExitStack) -> None:
    from databases import settings_of

    service = Service(settings_of(tmp_path), stack, second_read_percent=100)
    act = {**CLASSIFY_REQUESTS["post"]["value"], "author_id": "uji-1", "known_at": "2031-11-03T21:00:00+07:00"}
    item_id = service.queue(**act)
    for example in NEXT_REQUESTS.values():
        assert service.api.post("/items/next", example["value"]).status_code == 200
    answers = {
        "next": (service.api.post("/items/next", {}), NEXT_ANSWER, NextAnswer),
        "item": (service.decide(item_id), ITEM_ANSWER, ItemAnswer),
        "items": (service.api.get("/items"), ITEMS_ANSWER, ItemsAnswer),
        "case": (service.api.get(f"/items/{item_id}/evidence"), CASE_ANSWER, CaseOut),
    }
    for name, (response, example, shape) in answers.items():
        volatile = CASE_VOLATILE if name == "case" else VOLATILE
        assert steady(response.json(), volatile) == steady(example, volatile), name
        assert json.dumps(steady(response.json(), set()), default=str)
        shape.model_validate(example)
    assert set(answers["case"][0].json()) == set(CASE_ANSWER)


@pytest.mark.parametrize("name", DECISIONS)
def test_documented_decisions_are_taken(local: Service, name: str) -> None:
    assert local.decide(local.queue(), **DECISIONS[name]["value"]).status_code == 200


def test_what_is_answered_is_what_the_store_holds(service: Service) -> None:
    answer = service.api.post("/classify", {**FLAG, "election": "pilwalkot-uji-2031"}).json()
    item = service.api.get(f"/items/{answer['queued']}").json()["item"]
    for name in ("score", "band", "kind", "evidence", "entities", "rest", "reasons", "decided_by", "watchlist"):
        assert item[name] == answer[name], name
    assert item["policy"] == answer["policy"]
    assert {name: item["model"][name] for name in answer["model"]} == answer["model"]
    assert item["election"] == "pilkada-kota-uji-2031"
    assert FakeScorer.info.name == item["model"]["name"]


def test_no_answer_shows_the_id_of_a_key(service: Service) -> None:
    item_id = service.queue()
    key_id = service.anna.split("_")[1]
    for response in (service.decide(item_id), service.api.get(f"/items/{item_id}/evidence")):
        assert key_id not in response.text
        assert re.search(r'"reviewer":"\w{6}\.\w{26}"', response.text)
