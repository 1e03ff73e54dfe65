"""The queue over HTTP: two people with two keys, on both databases."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from databases import opened
from servicekit import FLAG, SUPPORT, Service
from sqlalchemy import func, select

from app.review.audit import last_rows
from app.review.casehtml import case_html
from app.review.replay import digest_of, read_case
from app.review.tables import AuditRow, ReviewItem
from app.review.verify import verify
from app.settings import Settings
from app.store import StoreUnavailable
from tests.api.http_client import problem


def test_from_classifying_to_a_case_file(service: Service) -> None:
    api = service.api
    item_id = service.queue(id="a-1", author_id="penulis-uji", platform="X", known_at="2031-11-03T21:00:00+07:00")
    taken = api.post("/items/next", {}).json()["item"]
    assert (taken["id"], taken["held"], taken["state"]) == (item_id, "me", "open")
    decided = service.decide(item_id).json()["item"]
    assert (decided["state"], decided["outcome"], decided["held"]) == ("done", "dukungan", "nobody")
    assert api.post("/items/next", {}).json()["item"] is None
    case = api.get(f"/items/{item_id}/evidence")
    found = read_case(case.content)
    assert found["digest"] == digest_of(found)
    assert found["review"]["decisions"][0]["reason"] == SUPPORT["reason"]
    assert "penulis-uji" not in case.text
    with opened(service.settings) as store, store.read() as tx:
        assert [row.action for row in last_rows(tx)] == ["evidence", "decide", "claim", "queue"]
        assert verify(tx, api.app.state.secrets).whole


@pytest.mark.parametrize("hour", [5, 23])
def test_an_item_of_the_last_day_there_is_can_be_listed_and_decided(local: Service, hour: int) -> None:
    """Items that were queued before such a day was refused."""
    api, item_id = local.api, local.queue()
    last = datetime(9999, 12, 31, hour, tzinfo=UTC)
    with opened(local.settings) as store, store.begin() as tx:
        item = tx.get_one(ReviewItem, item_id)
        item.known_at = item.captured_at = last
    [listed] = api.get("/items").json()["items"]
    assert (listed["id"], listed["known_at"][:10]) == (item_id, "9999-12-31")
    assert api.post("/items/next", {}).json()["item"]["finding_until"] == "9999-12-31"
    assert local.decide(item_id).json()["item"]["state"] == "done"
    case = api.get(f"/items/{item_id}/evidence").json()
    assert case["times"]["report_until"] == "9999-12-31"
    assert "31 Desember 9999" in case_html(case)


def test_two_people_are_kept_apart(service: Service) -> None:
    first, second = service.queue(), service.queue(text="besok coblos")
    mine = service.api.post("/items/next", {}).json()["item"]["id"]
    service.hold(service.budi)
    theirs = service.api.post("/items/next", {}).json()["item"]["id"]
    assert {mine, theirs} == {first, second}
    assert problem(service.decide(mine))["slug"] == "item-leased"
    assert service.api.get(f"/items/{mine}").json()["item"]["held"] == "other"
    assert service.decide(theirs).status_code == 200
    assert problem(service.decide(theirs))["slug"] == "already-decided"
    assert problem(service.api.post(f"/items/{mine}/undo", {}))["slug"] == "nothing-to-undo"


def test_the_second_reader_is_not_told_what_the_first_said(service: Service) -> None:
    item_id = service.queue()
    service.decide(item_id)
    asked = service.api.post(f"/items/{item_id}/second", {}).json()["item"]
    assert (asked["state"], asked["blind"], len(asked["decisions"])) == ("second", False, 1)
    service.hold(service.budi)
    seen = service.api.post("/items/next", {"state": "second"}).json()["item"]
    assert (seen["id"], seen["blind"], seen["decisions"]) == (item_id, True, [])
    case = service.api.get(f"/items/{item_id}/evidence").json()
    assert (case["review"]["blind"], case["review"]["decisions"]) == (True, [])
    apart = service.decide(item_id, label="bukan", reason="Hanya mengutip berita.").json()["item"]
    assert (apart["state"], apart["blind"], len(apart["decisions"])) == ("disagreement", False, 2)


def test_taking_back(service: Service) -> None:
    item_id = service.queue()
    service.decide(item_id)
    undone = service.api.post(f"/items/{item_id}/undo", {}).json()["item"]
    assert (undone["state"], undone["held"]) == ("open", "me")
    assert undone["decisions"][0]["undone_by"] == undone["decisions"][0]["reviewer"]
    assert service.decide(item_id, label="ragu").status_code == 200


def test_only_what_was_asked_for_and_is_suspicious_is_queued(service: Service) -> None:
    post = service.api.post
    assert post("/classify", {"text": "ayo coblos"}).json()["queued"] is None
    assert post("/classify", {"text": "ayo coblos", "queue": False}).json()["queued"] is None
    assert post("/classify", {"text": "selamat pagi", "queue": True}).json()["queued"] is None
    assert post("/classify", {"action": "like", "queue": True}).json()["queued"] is None
    assert post("/classify", {"text": "saya ragu", "queue": True}).json()["queued"]
    with opened(service.settings) as store, store.read() as tx:
        assert tx.scalar(select(func.count()).select_from(ReviewItem)) == 1


def test_a_batch_is_queued_in_one_transaction(service: Service) -> None:
    acts = [{"text": "coblos 1"}, {"text": "pagi"}, {"text": ""}, {"text": "coblos 2"}, {"text": "coblos 1"}]
    results = service.api.post("/classify/batch", {"items": acts, "queue": True}).json()["results"]
    queued = [result.get("queued") for result in results]
    assert queued[1] is queued[2] is None
    assert queued[0] == queued[4] != queued[3]
    assert service.queue(text="coblos 2") == queued[3]
    with opened(service.settings) as store, store.read() as tx:
        assert tx.scalar(select(func.count()).select_from(AuditRow)) == 2


def test_an_act_of_a_batch_can_stay_out_of_the_queue(local: Service) -> None:
    acts = [{"text": f"coblos {k}", "queue": queue} for k, queue in enumerate((False, None, True))]
    results = local.api.post("/classify/batch", {"items": acts, "queue": True}).json()["results"]
    assert [result["queued"] is not None for result in results] == [False, True, True]
    assert len(local.api.get("/items").json()["items"]) == 2


def test_single_acts_of_a_batch_are_queued_with_their_evidence(service: Service) -> None:
    acts = [{"text": "coblos 1", "queue": True}, {"text": "coblos 2"}]
    sent = {"items": acts, "explain": False}
    [first, second] = service.api.post("/classify/batch", sent).json()["results"]
    assert (first["queued"] is not None, second["queued"]) == (True, None)
    item = service.api.get(f"/items/{first['queued']}").json()["item"]
    assert item["evidence"][0]["surface"] == "coblos"


def test_nothing_is_queued_where_no_texts_are_kept(settings: Settings, stack: ExitStack) -> None:
    service = Service(settings, stack, keep_texts="off")
    assert problem(service.api.post("/classify", FLAG))["slug"] == "queue-off"
    batch = {"items": [{"text": "coblos"}], "queue": True}
    assert problem(service.api.post("/classify/batch", batch))["slug"] == "queue-off"
    assert problem(service.api.post("/classify/batch", {"items": [FLAG]}))["slug"] == "queue-off"
    assert service.api.post("/classify", {"text": "coblos"}).status_code == 200


def test_pages_by_cursor(service: Service) -> None:
    ids = [service.queue(text=f"coblos {k}") for k in range(3)]
    found, path = [], "/items?limit=2&order=newest"
    page = service.api.get(path).json()
    found += [item["id"] for item in page["items"]]
    page = service.api.get(f"{path}&cursor={page['cursor']}").json()
    found += [item["id"] for item in page["items"]]
    assert found == ids[::-1]
    assert page["cursor"] is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=1_0", "limit"),
        ("band=blue", "band"),
        ("action=spy", "action"),
        ("state=lost", "state"),
        ("order=random", "order"),
        ("since=yesterday", "since"),
        ("since=1700000000", "since"),
        ("until=2031-02-30", "until"),
        ("cursor=zqx", "cursor"),
        (f"cursor={'x' * 201}", "cursor"),
        (f"election={'x' * 129}", "election"),
        ("zqx=1", "query"),
    ],
)
def test_a_query_that_does_not_fit_is_refused_without_an_echo(local: Service, query: str, field: str) -> None:
    response = local.api.get(f"/items?{query}")
    assert problem(response)["field"] == field
    assert "zqx" not in response.text


@pytest.mark.parametrize("value", ["%00", "a%00b", "%ed%a0%80", "'%3B--", "%F0%9F%99%8F"])
@pytest.mark.parametrize("name", ["kind", "election", "platform", "model_version"])
def test_odd_filters_find_nothing(service: Service, name: str, value: str) -> None:
    service.queue()
    assert service.api.get(f"/items?{name}={value}").json()["items"] == []


@pytest.mark.parametrize("item_id", ["0" * 16, "zqx", "%00", "a%00b", "'--", "x" * 65, "%F0%9F%99%8F"])
def test_an_item_that_is_not_there(service: Service, item_id: str) -> None:
    calls = [
        service.api.get(f"/items/{item_id}"),
        service.api.get(f"/items/{item_id}/evidence"),
        service.decide(item_id),
        service.api.post(f"/items/{item_id}/undo", {}),
        service.api.post(f"/items/{item_id}/second", {}),
    ]
    for response in calls:
        found = problem(response)
        assert (found["slug"], found.get("reason")) in (("not-found", "unknown_item"), ("invalid-request", "too_long"))
        assert "zqx" not in response.text


@pytest.mark.parametrize(
    ("body", "field", "reason"),
    [
        ({}, "label", "required"),
        ({"label": "iya"}, "label", "not_allowed"),
        ({"label": None}, "label", "not_allowed"),
        ({"label": "dukungan"}, "reason", "required"),
        ({"label": "dukungan", "reason": "  "}, "reason", "required"),
        ({"label": "dukungan", "reason": "x" * 2001}, "reason", "too_long"),
        ({"label": "dukungan", "reason": "..!"}, "reason", "too_short"),
        ({"label": "dukungan", "reason": 7}, "reason", "not_text"),
        ({"label": "dukungan", "reason": "zqx zqx", "kind": "news"}, "kind", "not_allowed"),
        ({"label": "ragu", "zqx": "zqx"}, "body", "unknown_field"),
        ([], "body", "not_object"),
    ],
)
def test_a_decision_that_does_not_fit(local: Service, body: object, field: str, reason: str) -> None:
    item_id = local.queue()
    response = local.api.post(f"/items/{item_id}/decisions", body)
    found = problem(response)
    assert (found["slug"], found["field"], found["reason"]) == ("invalid-request", field, reason)
    assert "zqx" not in response.text
    assert local.api.get(f"/items/{item_id}").json()["item"]["decisions"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"band": "blue"},
        {"since": 1700000000},
        {"since": "kemarin"},
        {"limit": 3},
        {"order": ""},
        {"sampled": "x"},
        {"sampled": 1},
        {"waiting": 1},
    ],
)
def test_a_wish_that_does_not_fit(local: Service, body: dict[str, object]) -> None:
    assert problem(local.api.post("/items/next", body))["slug"] == "invalid-request"


@pytest.mark.parametrize("field", ["captured_at", "known_at", "queue", "author_id"])
def test_fields_of_the_queue_are_checked(local: Service, field: str) -> None:
    assert problem(local.api.post("/classify", {**FLAG, field: 7}))["field"] == field
    assert problem(local.api.post("/classify", {**FLAG, "author_id": "x" * 201}))["reason"] == "too_long"


def test_an_erased_item_is_shown_without_its_act(service: Service) -> None:
    from app.review.desk import CLI, desk_of
    from app.review.erasure import forget

    item_id = service.queue(author_id="penulis-uji")
    with opened(service.settings) as store, store.begin() as tx:
        forget(tx, desk_of(service.settings, service.api.app.state.secrets), CLI, "penulis-uji")
    item = service.api.get(f"/items/{item_id}").json()["item"]
    assert (item["state"], item["act"], item["excerpt"], item["evidence"]) == ("erased", None, None, [])
    assert problem(service.decide(item_id))["slug"] == "item-erased"
    assert problem(service.api.get(f"/items/{item_id}/evidence"))["slug"] == "item-erased"


ROUTES = [
    ("GET", "/items"),
    ("POST", "/items/next"),
    ("GET", "/items/x"),
    ("POST", "/items/x/decisions"),
    ("POST", "/items/x/undo"),
    ("POST", "/items/x/second"),
    ("GET", "/items/x/evidence"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_step_needs_the_scope_of_reviewers(local: Service, method: str, path: str) -> None:
    local.hold(local.guest)
    refused = problem(local.api.run(local.api.client.request(method, path, json={})))
    assert (refused["status"], refused["scope"]) == (403, "review")


def test_a_database_that_fails_is_said_plainly(local: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    local.queue()

    def fail(*_: object) -> None:
        raise StoreUnavailable(cause="SQLITE_FULL")

    monkeypatch.setattr(local.api.app.state.store, "begin", fail)
    assert problem(local.api.post("/classify", {**FLAG, "text": "coblos lagi"}))["slug"] == "store-down"
    assert problem(local.api.post("/items/next", {}))["slug"] == "store-down"


def test_nothing_of_a_case_is_logged(
    service: Service, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    item_id = service.queue(text="coblos kata-uji", author_id="penulis-uji", id="id-uji")
    service.api.post("/items/next", {"platform": "kata-uji"})
    service.decide(item_id, label="dukungan", reason="alasan-uji yang jelas")
    service.api.get(f"/items/{item_id}/evidence")
    service.api.get("/items?election=kata-uji")
    service.api.post(f"/items/{item_id}/undo", {})
    service.decide(item_id, label="dukungan", reason="")
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("httpx")]
    logged = "\n".join([*ours, capfd.readouterr().err])
    assert "/items/{id}/decisions" in logged
    for word in ("kata-uji", "penulis-uji", "id-uji", "alasan-uji", item_id, service.anna):
        assert word not in logged


def test_languages(local: Service) -> None:
    item_id = local.queue()
    assert local.api.get(f"/items/{item_id}").json()["notice"].startswith("Hanya indikasi")
    assert local.api.get("/items", accept_language="en").json()["notice"].startswith("An indication")
    assert problem(local.api.post(f"/items/{item_id}/undo", {}, accept_language="en"))["title"].startswith(
        "There is no"
    )
