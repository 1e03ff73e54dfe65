"""GET /metrics: everything counted by all processes, and how far the latest acts are from the model's reference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import anyio.to_thread
from anyio import CapacityLimiter
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.observe.bins import SCORE_EDGES
from app.observe.observer import Observer
from app.observe.profile import KNOWN, UNKNOWN, Profile

PATH = "/metrics"


def metrics_route(observer: Observer) -> Route:
    """The route; ``app.access.routes`` says who may ask."""
    one_at_a_time = CapacityLimiter(1)

    async def metrics(request: Request) -> Response:
        observer.look(request.app.state)
        page = await anyio.to_thread.run_sync(page_of, observer, limiter=one_at_a_time)
        return Response(page, media_type=CONTENT_TYPE_PLAIN_0_0_4)

    return Route(PATH, metrics, methods=["GET"], include_in_schema=False)


def page_of(observer: Observer) -> bytes:
    """The metrics of all processes in Prometheus' text format."""
    families = observer.metrics.families()
    if observer.reference is not None:
        families += drift_of(observer.reference, families)
    return generate_latest(_Given(families))


class _Given(Collector):
    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def drift_of(reference: Profile, families: Iterable[Metric]) -> Iterator[Metric]:
    """Distance and limit of each measure that the latest acts are enough for, over all processes."""
    from app.observe.drift import LEAST_ITEMS, Measure, compare_scores, compare_words  # numpy

    found = {family.name: family for family in families}
    scores = _by_label(found["netra_recent_scores"], "bin", [str(edge) for edge in SCORE_EDGES])
    known, unknown = _by_label(found["netra_recent_words"], "known", [KNOWN, UNKNOWN])
    values = GaugeMetricFamily("netra_drift", "Distance of the latest acts from the reference.", labels=["measure"])
    limits = GaugeMetricFamily("netra_drift_limit", "What the distance may be.", labels=["measure"])
    measures: list[Measure] = []
    if sum(scores) >= LEAST_ITEMS:
        measures += compare_scores(reference.scores, scores)
    if known + unknown >= LEAST_ITEMS:
        measures.append(compare_words(reference.words, (known + unknown, unknown)))
    for measure in measures:
        values.add_metric([measure.name], measure.value)
        limits.add_metric([measure.name], measure.limit)
    yield from (values, limits)


def _by_label(family: Metric, label: str, wanted: Iterable[str]) -> list[int]:
    found = {sample.labels[label]: int(sample.value) for sample in family.samples}
    return [found.get(name, 0) for name in wanted]
