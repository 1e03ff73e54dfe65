"""One OpenTelemetry span for each request, where ``NETRA_TRACES`` is on and the extra ``otel`` is installed.

A span is made when its request is over, out of the fields of its log line and nothing else: no text, no id of an act,
no key, no address. What the caller sends as the trace it belongs to may be anything, so it is not taken over.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from time import time_ns
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from app import __version__
from app.settings import Switch

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer  # FastAPI brings it along; only those who trace need it

#: Fields of the log line that a span has, and what they are called there.
ATTRIBUTES: Final = {
    "method": "http.request.method",
    "route": "http.route",
    "status": "http.response.status_code",
    "request_id": "netra.request_id",
    "problem": "netra.problem",
    "items": "netra.items",
    "flagged": "netra.items.flag",
    "review": "netra.items.review",
    "undecided": "netra.items.undecided",
    "model": "netra.model.version",
    "policy": "netra.policy.version",
    "watchlist": "netra.watchlist.version",
}
_log = logging.getLogger("netra.traces")


class Provider(Protocol):
    """As much of a tracer provider as is used here."""

    def get_tracer(self, instrumenting_module_name: str, instrumenting_library_version: str) -> Tracer: ...

    def shutdown(self) -> None: ...


class Traces:
    """Hands spans to a provider, which sends them in a thread of its own."""

    def __init__(self, provider: Provider) -> None:
        from opentelemetry.context import Context
        from opentelemetry.trace import SpanKind, Status, StatusCode

        self._alone = Context
        self._provider = provider
        self._tracer = provider.get_tracer("netra", __version__)
        self._kind, self._failed = SpanKind.SERVER, Status(StatusCode.ERROR)

    def note(self, fields: Mapping[str, Any], seconds: float) -> None:
        """One span of a request that is over just now and took so many ``seconds``."""
        ended = time_ns()
        told = {ours: fields[name] for name, ours in ATTRIBUTES.items() if fields.get(name) is not None}
        span = self._tracer.start_span(
            f"{fields['method']} {fields['route']}",
            context=self._alone(),
            kind=self._kind,
            attributes=told,
            start_time=ended - int(seconds * 1e9),
        )
        if fields["status"] >= 500:
            span.set_status(self._failed)
        span.end(ended)

    def close(self) -> None:
        """Send what waits, for as long as the exporter's own time limit allows."""
        self._provider.shutdown()


def traces_for(switch: Switch) -> Traces | None:
    """Traces sent as ``OTEL_EXPORTER_OTLP_*`` say; ``None`` where they are off, or cannot be had, which is logged."""
    if switch == "off":
        return None
    try:
        return Traces(_provider())
    except Exception as error:  # traces are for those who watch; nobody else is to be hurt by them
        _log.error("no traces, is the extra netra[otel] installed: %s", type(error).__name__)
        return None


def _provider() -> Provider:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    name = os.environ.get("OTEL_SERVICE_NAME", "netra")
    resource = Resource.create({"service.name": name, "service.version": __version__})
    provider: Any = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return cast(Provider, provider)
