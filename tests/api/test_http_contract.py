"""The public contract: the committed OpenAPI document, the routes, and docs that name everything."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from fastapi.routing import APIRoute
from http_client import make_api
from starlette.routing import Route

from app import faults
from app.access.routes import CONSOLE, NEEDS, OPEN
from app.access.session import is_console
from app.api import body, contract
from app.api.body import JsonRoute
from app.api.examples import CLASSIFY_ANSWER, CLASSIFY_REQUESTS
from app.api.runtime import NO_RULES, NO_WATCHLISTS
from app.api.schemas import BatchRequest, ClassifyRequest
from app.main import STARTING, create_app
from app.problems import all_problems
from app.scoring.entities import CONTESTANT_ACCOUNT, UNKNOWN_ELECTION
from app.scoring.errors import ModelError
from app.scoring.scorer import FROM_TARGET, IN_CONTEXT, NEEDS_TARGET, NO_TEXT
from app.scoring.store import LOADER_CRASHED
from app.settings import default_settings
from app.watchlists.schema import Level, Role

API_DOC = (contract.DOCS / "api.md").read_text(encoding="utf-8")

#: Every route there is; a new one fails the test until app.access.routes says who may call it.
ROUTES = {
    (method, path) for method, path in (route.split(" ") for route in (*NEEDS, *CONSOLE, *OPEN)) if path != "/docs"
}
#: HEAD needs what GET needs (``app.access.routes``) and says no more.
ALSO_HEAD = {("HEAD", path) for path in ("/openapi.json", "/metrics", "/health/live", "/health/ready")}


def all_routes(docs_enabled: bool = False) -> list[Route]:
    settings = default_settings().model_copy(update={"docs_enabled": docs_enabled})
    return list(_flatten(create_app(settings).routes))


def of_the_api() -> list[Route]:
    """What answers with data; forms of the console are looked at in tests/web."""
    return [route for route in all_routes() if not is_console(route.path)]


def _flatten(routes: Any) -> Iterator[Route]:
    for route in routes:
        if isinstance(route, Route):
            yield route
        else:  # an included router; anything else has no such attribute and fails here, to be thought about
            yield from _flatten(route.original_router.routes)


def _named(routes: list[Route]) -> set[tuple[str, str]]:
    return {(method, route.path) for route in routes for method in route.methods or ()}


def test_every_route_needs_a_scope_or_is_open_for_a_reason() -> None:
    assert _named(all_routes()) == ROUTES | ALSO_HEAD
    assert not {*NEEDS, *CONSOLE} & set(OPEN)
    assert all(OPEN.values())


def test_pages_for_people_are_no_part_of_the_contract() -> None:
    assert not [path for path in json.loads(contract.openapi_text())["paths"] if is_console(path)]


def test_the_docs_page_is_served_only_when_enabled() -> None:
    assert _named(all_routes(docs_enabled=True)) - _named(all_routes()) == {("GET", "/docs"), ("HEAD", "/docs")}
    with make_api() as api:
        assert api.get("/docs").status_code == 404
    with make_api(docs_enabled=True) as api:
        assert api.get("/docs").status_code == 200


def test_every_route_that_takes_a_body_is_capped_and_strict() -> None:
    taking = [r for r in of_the_api() if r.methods and r.methods & {"POST", "PUT", "PATCH"}]
    assert len(taking) == 6
    assert all(isinstance(route, JsonRoute) for route in taking)


def test_every_public_route_is_in_the_document() -> None:
    paths = json.loads(contract.openapi_text())["paths"]
    documented = {(method.upper(), path) for path, operations in paths.items() for method in operations}
    assert documented == _named([r for r in of_the_api() if isinstance(r, APIRoute)]) - ALSO_HEAD


def test_the_committed_contract_is_the_real_one() -> None:
    committed = (contract.DOCS / "openapi.json").read_text(encoding="utf-8")
    assert committed == contract.openapi_text(), "run: python -m app.api.contract"


def test_the_contract_does_not_depend_on_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    before = contract.openapi_text()
    monkeypatch.setenv("NETRA_MAX_BATCH_ITEMS", "3")
    monkeypatch.setenv("NETRA_DOCS_ENABLED", "true")
    assert contract.openapi_text() == before


def test_the_document_served_is_the_committed_one() -> None:
    with make_api() as api:
        assert api.get("/openapi.json").json() == json.loads(contract.openapi_text())


def test_the_generator_writes_what_is_committed(tmp_path: Path) -> None:
    for name in ("openapi.json", "settings.md"):
        (tmp_path / name).write_bytes((contract.DOCS / name).read_bytes())
    page = tmp_path / "settings.md"
    page.write_text(re.sub(r"\| `NETRA.*\n", "", page.read_text()))
    (tmp_path / "openapi.json").write_text("{}")
    contract.write(tmp_path)
    for name in ("openapi.json", "settings.md"):
        assert (tmp_path / name).read_bytes() == (contract.DOCS / name).read_bytes()


NOT_JSON = {("/model/card", "200"): ["text/html", "text/markdown"]}


def test_problems_are_documented_with_their_media_type_and_nothing_else_is() -> None:
    for path, operations in json.loads(contract.openapi_text())["paths"].items():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                usual = "application/json" if status < "400" else "application/problem+json"
                assert list(response["content"]) == NOT_JSON.get((path, status), [usual]), (path, status)


def test_operations_have_stable_short_names() -> None:
    paths = json.loads(contract.openapi_text())["paths"]
    names = {operation["operationId"] for operations in paths.values() for operation in operations.values()}
    expected = {"classify", "classify_batch", "list_watchlists", "show_watchlist", "live", "ready", "info"}
    of_review = {"list_items", "next_item", "show_item", "decide_item", "undo_decision", "ask_second_reader"}
    assert names == expected | of_review | {"item_evidence", "model_card"}


REASONS = (NEEDS_TARGET, NO_TEXT, FROM_TARGET, IN_CONTEXT, CONTESTANT_ACCOUNT, UNKNOWN_ELECTION)
MODEL_ERRORS: list[type[ModelError]] = [ModelError, *ModelError.__subclasses__()]
WORDS = [
    *(path for _, path in ROUTES if not is_console(path)),
    *(f"`{kind.slug}` | {kind.status}" for kind in all_problems()),
    *(f"`{reason}`" for reason in (*faults.REASONS.values(), "invalid")),
    *(f"`{reason}`" for reason in re.findall(r'MalformedJson\(reason="(\w+)"', inspect.getsource(body))),
    *(f"`{field}`" for field in ClassifyRequest.model_fields),
    *BatchRequest.model_fields,
    *(f"`{kind.slug}`" for kind in MODEL_ERRORS),
    f"`{LOADER_CRASHED}`",
    f"`{STARTING}`",
    f"`{NO_RULES}`",
    f"`{NO_WATCHLISTS}`",
    *(f"`{role}` |" for role in get_args(Role)),
    *(f"`{level}`" for level in get_args(Level)),
    *(f"`{reason}`" for reason in REASONS),
    "python -m app.api.contract",
]


@pytest.mark.parametrize("word", sorted(set(WORDS)))
def test_the_api_page_names_every_route_problem_reason_and_field(word: str) -> None:
    assert word in API_DOC


def test_the_api_page_shows_the_real_answer() -> None:
    first = re.search(r"```json\n(.*?)```", API_DOC, re.DOTALL)
    assert first
    assert json.loads(first[1]) == CLASSIFY_ANSWER
    assert json.dumps(CLASSIFY_REQUESTS["post"]["value"]) in API_DOC


def test_every_bound_in_the_contract_is_one_that_readers_of_it_know() -> None:
    def members(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            yield from value
            yield from (name for child in value.values() for name in members(child))
        elif isinstance(value, list):
            yield from (name for child in value for name in members(child))

    assert set(members(json.loads(contract.openapi_text()))).isdisjoint({"ge", "le", "gt", "lt"})
