"""The files for Prometheus and Grafana: sound, and about metrics and labels that there are."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from promql import Found, NotPromQL, parse

from app.access.scopes import SCOPES
from app.main import create_app
from app.observe.drift import LIMITS
from app.observe.metrics import REFUSALS, Metrics
from app.problems import ModelUnavailable, Unavailable, WatchlistsUnavailable, all_problems
from app.settings import default_settings

ROOT = Path(__file__).resolve().parents[2]
ALERTS = yaml.safe_load((ROOT / "ops" / "prometheus" / "alerts.yaml").read_text(encoding="utf-8"))
SCRAPING = yaml.safe_load((ROOT / "ops" / "prometheus" / "prometheus.yaml").read_text(encoding="utf-8"))
DASHBOARD = json.loads((ROOT / "ops" / "grafana" / "netra.json").read_text(encoding="utf-8"))
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")

#: What Prometheus adds itself.
ADDED = {"instance", "job"}
#: What the page of metrics works out from others.
DERIVED = {"netra_drift": {"measure"}, "netra_drift_limit": {"measure"}}


def known() -> dict[str, set[str]]:
    """Every series there can be, with its labels."""
    found: dict[str, set[str]] = {"up": set(), **DERIVED}
    for metric in Metrics().registry._names_to_collectors.values():
        name, labels = metric._name, set(metric._labelnames)
        if metric._type == "histogram":
            found |= {f"{name}_bucket": {*labels, "le"}, f"{name}_count": labels, f"{name}_sum": labels}
        else:
            found[f"{name}_total" if metric._type == "counter" else name] = labels
    return found


KNOWN = known()
#: Values that a label can have, where they are words of our own.
VALUES: dict[tuple[str, str], set[str]] = {
    ("netra_items_total", "band"): {"flag", "review", "clear", "undecided"},
    ("netra_refusals_total", "problem"): {kind.slug for kind in all_problems() if kind.status in REFUSALS},
    ("netra_refusals_total", "status"): {str(status) for status in REFUSALS},
    ("netra_model_loads_total", "outcome"): {"taken", "refused"},
    ("netra_words_total", "known"): {"yes", "no"},
    ("netra_recent_words", "known"): {"known", "unknown"},
    ("netra_shadow_items_total", "outcome"): {"compared", "flipped", "dropped", "failed"},
    ("netra_request_seconds_bucket", "route"): {
        path for path in (getattr(route, "path", "") for route in create_app(default_settings()).routes) if path
    }
    | {"/classify", "/classify/batch"},
    ("up", "job"): {job["job_name"] for job in SCRAPING["scrape_configs"]},
}


class Query(NamedTuple):
    where: str
    expression: str


def alerts() -> list[dict[str, Any]]:
    return [rule for group in ALERTS["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    return [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]


def queries() -> Iterator[Query]:
    for rule in alerts():
        yield Query(rule["alert"], rule["expr"])
    for panel in panels():
        for target in panel["targets"]:
            yield Query(f"{panel['title']} {target['refId']}", target["expr"])


@pytest.mark.parametrize("query", list(queries()), ids=lambda query: query.where)
def test_every_expression_is_promql_about_series_and_labels_that_there_are(query: Query) -> None:
    found = parse(query.expression)
    assert found.selectors
    for name, matchers in found.selectors:
        assert set(matchers) <= KNOWN[name] | ADDED
        for label, (operator, value) in matchers.items():
            allowed = VALUES.get((name, label))
            if allowed is not None and "~" not in operator:
                assert value in allowed
            elif allowed is not None:
                assert [word for word in allowed if re.fullmatch(value, word)]
    together = set().union(*(KNOWN[name] for name, _ in found.selectors))
    assert found.grouped <= together | ADDED


def test_quantiles_are_taken_of_buckets_by_their_borders() -> None:
    quantiles = [query.expression for query in queries() if "histogram_quantile" in query.expression]
    assert quantiles
    for expression in quantiles:
        assert "le" in parse(expression).grouped
        assert all(name.endswith("_bucket") for name, _ in parse(expression).selectors)


def test_counters_are_only_looked_at_by_their_growth() -> None:
    for query in queries():
        for name, _ in parse(query.expression).selectors:
            if name.endswith(("_total", "_bucket", "_count", "_sum")):
                assert not re.search(rf"(?<!rate\()(?<!increase\(){name}\b", query.expression), query.where


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: rule["alert"])
def test_every_alert_says_what_and_how_grave(rule: dict[str, Any]) -> None:
    assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}
    assert re.fullmatch("Netra[A-Z][A-Za-z]+", rule["alert"])
    assert re.fullmatch(r"\d+[mh]", rule["for"])
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert set(rule["annotations"]) == {"summary", "description"}
    assert f"`{rule['alert']}`" in OPERATIONS


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: rule["alert"])
def test_labels_that_an_alert_shows_are_labels_that_its_expression_leaves(rule: dict[str, Any]) -> None:
    shown = set(re.findall(r"\$labels\.(\w+)", str(rule["annotations"])))
    found = parse(rule["expr"])
    plain = set().union(*(KNOWN[name] for name, _ in found.selectors)) | ADDED if not found.grouped else set()
    assert shown <= found.grouped | plain


EVENTS = {
    "NetraBanyakGalat": "netra_requests_total",
    "NetraLambat": "netra_request_seconds_bucket",
    "NetraTidakSiap": "netra_ready",
    "NetraAktivasiDitolak": "netra_activation_refused",
    "NetraAntreanPenuh": "netra_refusals_total",
    "NetraBasisDataMati": "netra_refusals_total",
    "NetraBagianTandaMelonjak": "netra_items_total",
    "NetraMenyimpang": "netra_drift",
    "NetraSepiDiMingguPemungutan": "netra_days_to_vote",
}


def test_what_must_wake_somebody_has_an_alert() -> None:
    by_name = {rule["alert"]: rule["expr"] for rule in alerts()}
    assert len(by_name) == len(alerts())
    for name, metric in EVENTS.items():
        assert metric in {selected for selected, _ in parse(by_name[name]).selectors}


@pytest.mark.parametrize("problem", Unavailable.__subclasses__(), ids=lambda problem: str(problem.slug))
def test_whatever_keeps_the_service_from_answering_wakes_somebody(problem: type[Unavailable]) -> None:
    """By an alert on its refusals, or because a service without what it names is not ready."""
    told = {
        matchers["problem"][1]
        for rule in alerts()
        for name, matchers in parse(rule["expr"]).selectors
        if name == "netra_refusals_total" and "problem" in matchers
    }
    assert problem.slug in told or problem in (ModelUnavailable, WatchlistsUnavailable)


def test_alerts_are_the_ones_that_prometheus_is_told_to_read() -> None:
    assert SCRAPING["rule_files"] == ["alerts.yaml"]


def test_prometheus_asks_for_the_page_with_a_key_from_a_file() -> None:
    [job] = SCRAPING["scrape_configs"]
    assert job["metrics_path"] == "/metrics"
    assert list(job["http_headers"]) == ["X-API-Key"]
    assert list(job["http_headers"]["X-API-Key"]) == ["files"]
    assert "metrics" in SCOPES


def test_the_dashboards_panels_have_numbers_titles_and_places_of_their_own() -> None:
    everything = DASHBOARD["panels"]
    assert len({panel["id"] for panel in everything}) == len(everything)
    assert all(panel["title"] for panel in everything)
    for first, second in combinations([panel["gridPos"] for panel in everything], 2):
        apart = first["x"] + first["w"] <= second["x"] or second["x"] + second["w"] <= first["x"]
        below = first["y"] + first["h"] <= second["y"] or second["y"] + second["h"] <= first["y"]
        assert apart or below
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in everything)


def test_the_dashboard_asks_whatever_prometheus_and_replicas_were_chosen() -> None:
    variables = {variable["name"] for variable in DASHBOARD["templating"]["list"]}
    assert variables == {"datasource", "instance"}
    for panel in panels():
        assert panel["datasource"]["uid"] == "${datasource}"
        for target in panel["targets"]:
            assert target["datasource"]["uid"] == "${datasource}"
            assert target["expr"].count("{") == target["expr"].count('instance=~"$instance"')
        references = [target["refId"] for target in panel["targets"]]
        assert len(set(references)) == len(references)


def test_every_metric_is_shown_or_watched_somewhere() -> None:
    used = {name for query in queries() for name, _ in parse(query.expression).selectors}
    families = {re.sub("_(bucket|count|sum)$", "", name) for name in KNOWN}
    assert families - {re.sub("_(bucket|count|sum)$", "", name) for name in used} == set()


@pytest.mark.parametrize("name", sorted({re.sub("_(bucket|count|sum)$", "", name) for name in KNOWN} - {"up"}))
def test_the_page_on_operations_names_every_metric(name: str) -> None:
    assert f"`{name}`" in OPERATIONS


@pytest.mark.parametrize(("measure", "limit"), list(LIMITS.items()))
def test_the_page_on_operations_states_every_limit_of_drift(measure: str, limit: float) -> None:
    assert re.search(rf"\| `{measure}` \| .* \| {limit} \|\n", OPERATIONS)


def test_the_page_on_operations_names_no_alert_that_there_is_not() -> None:
    assert set(re.findall(r"`(Netra[A-Z]\w+)`", OPERATIONS)) == {rule["alert"] for rule in alerts()}


SCENARIOS = Path(__file__).parent / "alerts_test.yaml"
PROMTOOL = [["check", "rules", str(ROOT / "ops" / "prometheus" / "alerts.yaml")], ["test", "rules", str(SCENARIOS)]]


@pytest.mark.skipif(shutil.which("promtool") is None, reason="no promtool: it comes with Debian's `prometheus`")
@pytest.mark.parametrize("words", PROMTOOL, ids=["check", "test"])
def test_promtool_finds_nothing_wrong(words: list[str]) -> None:
    checked = subprocess.run(["promtool", *words], capture_output=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_scenarios_are_about_alerts_that_there_are() -> None:
    text = SCENARIOS.read_text(encoding="utf-8")
    assert set(re.findall(r"Netra[A-Z]\w+", text)) - {rule["alert"] for rule in alerts()} == set()
    assert set(EVENTS) <= set(re.findall(r"Netra[A-Z]\w+", text))


# -- the reader of expressions itself -----------------------------------------------------------------------------------

SOUND = [
    "up",
    'a{b="c",d!~"e|f",}',
    "-a + 2 * (b - c) / 3 ^ 2",
    "sum by (a, b) (rate(c[5m]))",
    "sum(rate(c[1h30m] offset 1d)) without (a)",
    "a > on (b) group_left (c) d and e unless f or g",
    "histogram_quantile(0.9, sum by (le) (rate(a_bucket[$__rate_interval])))",
    "1 > bool 2",
    "topk(3, a)",
    "a offset 5m",
    "absent(a)",
]
UNSOUND = [
    "",
    "a b",
    "a +",
    "sum(a",
    "sum by a (b)",
    "rate(a)",
    "rate(a[5m]) [5m",
    "sum(a[5m])",
    "a{b}",
    "a{b=c}",
    'a{b=="c"}',
    "a[5]",
    "a[5m] > 1",
    "zqx(a)",
    "1 > 2",
    "a and 1",
    "histogram_quantile(a_bucket)",
    "abs(1, 2)",
    "1 offset 5m",
    "a # b",
]


@pytest.mark.parametrize("text", SOUND)
def test_a_sound_expression_is_read(text: str) -> None:
    assert isinstance(parse(text), Found)


@pytest.mark.parametrize("text", UNSOUND)
def test_an_unsound_expression_is_not(text: str) -> None:
    with pytest.raises(NotPromQL):
        parse(text)


def test_names_and_labels_of_an_expression_are_found() -> None:
    found = parse('sum by (x) (rate(a{b="c"}[5m])) / on (y) d')
    assert found.selectors == [("a", {"b": ("=", "c")}), ("d", {})]
    assert found.grouped == {"x"}
