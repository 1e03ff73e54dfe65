"""A span for each request where that is wanted: what its log line says, and nothing that was sent."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from api.http_client import Api, api_key, make_api
from fakes import fictional
from test_privacy import HEADERS, TRAFFIC, Breaking

from app.access.keys import parts_of
from app.observe import traces
from app.observe.traces import ATTRIBUTES, Traces, traces_for
from app.policy.rules import load_rules

WHERE = "opentelemetry.sdk.trace.export.in_memory_span_exporter"
Spans = Any


class Recorded:
    """Stands in for a provider where there is no SDK: keeps the arguments that a span is started with."""

    def __init__(self) -> None:
        self.spans: list[dict[str, Any]] = []
        self.closed = False

    def get_tracer(self, *_: str) -> Any:
        return self

    def start_span(self, name: str, **given: Any) -> Any:
        self.spans.append({"name": name, **given, "status": None})
        return self

    def set_status(self, status: Any) -> None:
        self.spans[-1]["status"] = status.status_code.name

    def end(self, when: int) -> None:
        self.spans[-1]["end_time"] = when

    def shutdown(self) -> None:
        self.closed = True


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    recorded = Recorded()
    monkeypatch.setattr(traces, "_provider", lambda: recorded)
    return recorded


@pytest.fixture
def api(recorded: Recorded) -> Iterator[Api]:
    with make_api(Breaking(), traces="on") as running:
        yield running
    assert recorded.closed


def test_a_batch_is_one_span_of_what_its_log_line_says(api: Api, recorded: Recorded) -> None:
    items = [{"text": "ayo coblos"}, {"text": "ragu"}, {"action": "like"}, {"text": "hujan"}]
    api.post("/classify/batch", {"items": items}, X_Request_ID="uji-1")
    [span] = recorded.spans
    assert (span["name"], span["status"]) == ("POST /classify/batch", None)
    assert 0 < span["end_time"] - span["start_time"] < 60e9
    assert span["attributes"] == {
        "http.request.method": "POST",
        "http.route": "/classify/batch",
        "http.response.status_code": 200,
        "netra.request_id": "uji-1",
        "netra.items": 4,
        "netra.items.flag": 1,
        "netra.items.review": 1,
        "netra.items.undecided": 1,
        "netra.model.version": "0",
        "netra.policy.version": load_rules().version,
        "netra.watchlist.version": fictional().version,
    }


def test_a_refusal_names_its_problem_and_a_crash_is_an_error(api: Api, recorded: Recorded) -> None:
    api.post("/classify", {"text": 7})
    api.post("/classify", {"text": "rusak zqx"})
    refused, crashed = recorded.spans
    assert (refused["attributes"]["netra.problem"], refused["status"]) == ("invalid-request", None)
    assert (crashed["attributes"]["http.response.status_code"], crashed["status"]) == (500, "ERROR")


def test_nothing_that_was_sent_is_in_a_span(api: Api, recorded: Recorded) -> None:
    sent = {**HEADERS, "traceparent": "00-" + "a" * 32 + "-" + "b" * 16 + "-01", "tracestate": "zqx=zqx"}
    for method, path, content, headers in TRAFFIC:
        api.run(api.client.request(method, path, content=content, headers={**sent, **headers}))
    parts = parts_of(api_key())
    assert parts is not None
    told = repr(recorded.spans).lower()
    assert [word for word in ("zqx", *parts, "a" * 32, "b" * 16) if word.lower() in told] == []
    assert len(recorded.spans) == len(TRAFFIC)
    assert {name for span in recorded.spans for name in span["attributes"]} <= set(ATTRIBUTES.values())


def test_they_are_off_unless_somebody_wants_them(recorded: Recorded) -> None:
    with make_api() as api:
        api.post("/classify", {"text": "ayo coblos"})
    assert (recorded.spans, recorded.closed) == ([], False)


def test_where_they_cannot_be_had_that_is_logged_and_nothing_else_changes(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def missing() -> Any:
        raise ModuleNotFoundError("zqx")

    monkeypatch.setattr(traces, "_provider", missing)
    with make_api(traces="on") as api:
        assert api.post("/classify", {"text": "ayo coblos"}).status_code == 200
    told = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert told == ["no traces, is the extra netra[otel] installed: ModuleNotFoundError"]


# -- with the real thing ------------------------------------------------------------------------------------------------


@pytest.fixture
def exporter(monkeypatch: pytest.MonkeyPatch) -> Spans:
    """The SDK with an exporter in memory."""
    memory = pytest.importorskip(WHERE, reason="no SDK: pip install 'netra[otel]'").InMemorySpanExporter()
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor

    provider: Any = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(memory))
    monkeypatch.setattr(traces, "_provider", lambda: provider)
    return memory


def test_the_sdk_gets_one_span_for_each_request_and_no_mark(exporter: Spans) -> None:
    with make_api(Breaking(), traces="on") as api:
        for method, path, content, headers in TRAFFIC:
            sent = {**HEADERS, **headers, "traceparent": "00-" + "a" * 32 + "-" + "b" * 16 + "-01"}
            api.run(api.client.request(method, path, content=content, headers=sent))
    spans = exporter.get_finished_spans()
    assert len(spans) == len(TRAFFIC)
    told = "".join(span.to_json() for span in spans).lower()
    assert [word for word in ("zqx", "a" * 32, "b" * 16) if word in told] == []
    assert all(span.parent is None and not span.events and not span.links for span in spans)
    assert {span.kind.name for span in spans} == {"SERVER"}
    scored = [span for span in spans if "netra.items" in (span.attributes or {})]
    assert scored
    assert {(span.attributes or {})["netra.model.version"] for span in scored} == {"0"}


def test_the_sdk_names_the_service_as_the_environment_does(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="no exporter: pip install 'netra[otel]'")
    for name, expected in ((None, "netra"), ("netra-uji", "netra-uji")):
        monkeypatch.delenv("OTEL_SERVICE_NAME", raising=False)
        if name:
            monkeypatch.setenv("OTEL_SERVICE_NAME", name)
        found = traces_for("on")
        assert isinstance(found, Traces)
        assert found._provider.resource.attributes["service.name"] == expected  # type: ignore[attr-defined]
        found.close()
