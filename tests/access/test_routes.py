"""One page says who may call what; the routers have nothing that is not on it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from api.http_client import settings_with
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import Match, Route

from app.access.contract import SCHEME, with_keys
from app.access.routes import CONSOLE, NEEDS, OPEN, Need, Routes, all_routes
from app.access.scopes import SCOPES
from app.access.session import is_console
from app.api import contract
from app.main import create_app
from app.problems import MethodNotAllowed, NotFound

APP = create_app(settings_with(docs_enabled=True))


def served() -> list[Route]:
    return list(_flatten(APP.routes))


def _flatten(routes: Any) -> Iterator[Route]:
    for route in routes:
        if isinstance(route, Route):
            yield route
        else:  # an included router; anything else has no such attribute and fails here, to be thought about
            yield from _flatten(route.original_router.routes)


def names(route: Route) -> set[str]:
    return {f"{method} {route.path}" for method in (route.methods or set()) - {"HEAD"}}


def test_every_route_needs_a_scope_or_is_open_for_a_reason() -> None:
    assert {name for route in served() for name in names(route)} == {*NEEDS, *CONSOLE, *OPEN}


def test_no_route_is_both_closed_and_open_and_each_reason_is_given() -> None:
    assert not {*NEEDS, *CONSOLE} & set(OPEN)
    assert all(len(reason.split()) > 4 for reason in OPEN.values())


def test_only_scopes_that_a_key_can_have_are_needed() -> None:
    assert {*NEEDS.values(), *CONSOLE.values()} <= {*SCOPES, "any"}
    assert {word for part in get_args(Need) for word in get_args(part)} == {*SCOPES, "any", "open"}


def test_what_sessions_open_is_under_one_address_and_nothing_that_keys_open_is() -> None:
    assert all(is_console(route.partition(" ")[2]) for route in CONSOLE)
    assert not [route for route in NEEDS if is_console(route.partition(" ")[2])]
    assert not [path for path in ("/konsolx", "/Konsol", "/", "/konsol.") if is_console(path)]


@pytest.mark.parametrize("name", sorted({*NEEDS, *CONSOLE, *OPEN}))
def test_the_gate_and_the_router_mean_the_same_route(name: str) -> None:
    """Otherwise a request could pass the gate as one route and be served as another."""
    method, path = name.split(" ")
    concrete = path.replace("{", "").replace("}", "")
    scope = {"type": "http", "method": method, "path": concrete, "root_path": "", "headers": []}
    first = next(route for route in served() if route.matches(dict(scope))[0] is Match.FULL)
    assert name in names(first)
    assert all_routes().need(method, concrete) == {**NEEDS, **CONSOLE}.get(name, "open")


TABLE = Routes(
    {"GET /a/{id}": "review", "POST /a/{id}": "admin", "GET /a/new": "classify", "GET /f/{rest:path}": "any"}
)
LOOKUPS = [
    ("GET", "/a/1", "review"),
    ("HEAD", "/a/1", "review"),
    ("POST", "/a/1", "admin"),
    ("DELETE", "/a/1", None),
    ("GET", "/a/new", "classify"),
    ("POST", "/a/new", None),
    ("GET", "/a/1\n", "review"),
    ("GET", "/a/1/2", None),
    ("GET", "/a/", None),
    ("GET", "/f/1/2", "any"),
    ("GET", "/b", None),
    ("", "", None),
]


@pytest.mark.parametrize(("method", "path", "need"), LOOKUPS)
def test_a_route_is_looked_up_by_method_and_path(method: str, path: str, need: Need | None) -> None:
    assert TABLE.need(method, path) == need


def test_what_is_not_there_is_said_with_the_methods_that_are() -> None:
    problem, headers = TABLE.absence("/a/1")
    assert (type(problem), headers) == (MethodNotAllowed, {"Allow": "GET, POST"})
    problem, headers = TABLE.absence("/b")
    assert (type(problem), headers) == (NotFound, {})


@given(method=st.text(max_size=8), path=st.text(max_size=40))
def test_any_request_line_is_looked_up(method: str, path: str) -> None:
    assert TABLE.need(method, path) in (None, "review", "admin", "classify", "any")


def test_the_document_names_the_scope_of_each_operation() -> None:
    document = json.loads(contract.openapi_text())
    assert document["components"]["securitySchemes"] == {
        SCHEME: {"type": "apiKey", "in": "header", "name": "X-API-Key"}
    }
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            need = NEEDS.get(f"{method.upper()} {path}", "open")
            expected = None if need == "open" else [{SCHEME: [] if need == "any" else [need]}]
            assert operation.get("security") == expected
            assert {"401", "403", "429"} <= set(operation["responses"]) or need == "open"


def test_describing_the_keys_twice_changes_nothing() -> None:
    once = json.dumps(with_keys(json.loads(contract.openapi_text())), sort_keys=True)
    assert json.dumps(with_keys(json.loads(once)), sort_keys=True) == once
