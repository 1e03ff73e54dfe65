"""What the tests of logs and metrics share."""

from __future__ import annotations

import json
from typing import Any

import pytest
from api.http_client import STATE, Api
from prometheus_client.parser import text_string_to_metric_families

__all__ = ["STATE", "logged", "requests_logged", "scraped", "total"]

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def logged(capfd: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Every line written since the last call; each has to be JSON."""
    return [json.loads(line) for line in capfd.readouterr().err.split("\n") if line]


def requests_logged(capfd: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [line for line in logged(capfd) if line["event"] == "request"]


def samples(page: str) -> Samples:
    """Every sample of a page of metrics, by name and labels."""
    families = text_string_to_metric_families(page)
    return {(s.name, frozenset(s.labels.items())): s.value for family in families for s in family.samples}


def scraped(api: Api) -> Samples:
    return samples(api.get("/metrics").text)


def total(found: Samples, name: str, **labels: str) -> float:
    """Sum of the samples of a name that have these labels among others."""
    wanted = set(labels.items())
    return sum(value for (own, have), value in found.items() if own == name and wanted <= have)
