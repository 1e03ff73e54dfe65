"""The probe of the running service counts as passed only when everything was asked and everything held."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
from deploykit import ROOT

from scripts.probe import CONFIG, verdict

GOOD: dict[str, Any] = {
    "exit_code": 0,
    "running_time": 61.4,
    "operations": {"total": 15, "tested": 15},
    "test_cases": {"generated": 2_400, "unique_failures": 0, "errored": 0},
    "errors": [],
}
BAD = [
    ("exit_code", 1),
    ("operations", {"total": 15, "tested": 14}),
    ("test_cases", {"generated": 1_999, "unique_failures": 0, "errored": 0}),
    ("test_cases", {"generated": 2_400, "unique_failures": 1, "errored": 0}),
    ("test_cases", {"generated": 2_400, "unique_failures": 0, "errored": 1}),
    ("errors", [{"title": "x"}]),
]


def test_a_run_without_failures_passes() -> None:
    assert verdict(GOOD, 2_000) == "2400 requests to 15 operations in 61 s, 0 failures"


@pytest.mark.parametrize(("name", "value"), BAD)
def test_anything_less_does_not(name: str, value: object) -> None:
    assert verdict({**GOOD, name: value}, 2_000).startswith("FAILED")


def test_a_run_without_a_report_does_not_pass() -> None:
    assert verdict({}, 0).startswith("FAILED")


def test_what_is_left_out_is_said_of_single_operations_that_exist_and_with_a_reason() -> None:
    paths = json.loads((ROOT / "docs" / "openapi.json").read_text("utf-8"))["paths"]
    known = {f"{method.upper()} {path}" for path, operations in paths.items() for method in operations}
    text = CONFIG.read_text("utf-8")
    found = tomllib.loads(text)
    assert set(found) == {"operations"}
    assert {entry["include-name"] for entry in found["operations"]} <= known
    assert text.count("\n# ") == len(found["operations"])
    assert not any("5" in status[0] for entry in found["operations"] for status in _statuses(entry))


def _statuses(entry: dict[str, Any]) -> list[str]:
    return [status for check in entry["checks"].values() for status in check["expected-statuses"]]
