"""Every metric there is, right for one process or several: gauges are sums or least values of the living ones.

No label ever holds anything that was sent: routes, problems, bands and kinds come from our own tables, versions from
the operator's files.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector

from app.observe.bins import SCORE_EDGES
from app.observe.folder import forget_dead
from app.problems import all_problems
from app.scoring.types import Band, Verdict

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
#: Answers that are counted as refusals: too much for a key, or for the service.
REFUSALS: Final = frozenset((429, 503))
#: What a label says when our own tables do not know its value.
OTHER: Final = "other"
_SLUGS: Final = frozenset(kind.slug for kind in all_problems())


class Metrics:
    """The metrics of this process; with a ``folder`` those of all processes that share it."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self.registry = CollectorRegistry()
        self._define_traffic()
        self._define_verdicts()
        self._define_state()
        self._define_recent()

    def _define_traffic(self) -> None:
        labels = ("route", "method", "status")
        self._requests = self._counter("netra_requests", "Requests answered.", *labels)
        self._seconds = Histogram(
            "netra_request_seconds", "Time to answer.", ["route"], registry=self.registry, buckets=SECONDS
        )
        self._refusals = self._counter("netra_refusals", "Requests refused with 429 or 503.", "status", "problem")
        self.in_flight = self._sum("netra_requests_in_flight", "Requests being answered.")
        self.working = self._sum("netra_work_running", "Work that has a thread.")
        self.waiting = self._sum("netra_work_waiting", "Work that waits for a thread.")
        self.places = self._sum("netra_work_waiting_limit", "Work that may wait before requests are refused.")
        self._answered: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def _define_verdicts(self) -> None:
        self._items = self._counter("netra_items", "Acts judged, by the kind that fits best.", "band", "kind")
        self._scores = Histogram("netra_score", "Scores given.", registry=self.registry, buckets=SCORE_EDGES)
        self._of_kind: dict[tuple[Band, str | None], Counter] = {}

    def _define_state(self) -> None:
        self.workers = self._sum("netra_workers", "Processes that run.")
        self.ready = self._least("netra_ready", "1 when every process has a model, rules and watchlists.")
        self.serving = self._sum("netra_serving", "Processes that answer with this version.", "part", "version")
        self.loads = self._counter("netra_model_loads", "Models loaded, by what came of it.", "outcome")
        self.refused = self._sum("netra_activation_refused", "Processes that refuse the model that is active.")
        self.days_to_vote = self._least("netra_days_to_vote", "Days to the nearest day of voting, negative after it.")
        self.cache_hits = self._counter("netra_cache_hits", "Words found in a memory.", "cache")
        self.cache_misses = self._counter("netra_cache_misses", "Words worked out anew.", "cache")
        self.cache_entries = self._sum("netra_cache_entries", "Words in a memory, all processes.", "cache")
        self.shadow = self._counter("netra_shadow_items", "Acts that a model in the shadow scored too.", "outcome")
        self.days_to_vote.set(inf)

    def _define_recent(self) -> None:
        self.words = self._counter("netra_words", "Words of a sample of acts.", "known")
        self.recent_scores = self._sum(
            "netra_recent_scores", "The latest scores, by the upper border of their bin.", "bin"
        )
        self.recent_words = self._sum("netra_recent_words", "Words of the latest sample.", "known")

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(name, text, labels, registry=self.registry)

    def _sum(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(name, text, labels, registry=self.registry, multiprocess_mode="livesum")

    def _least(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(name, text, labels, registry=self.registry, multiprocess_mode="livemin")

    def answered(self, route: str, method: str, status: int, seconds: float, problem: str | None) -> None:
        """Count one request; ``problem`` is the name of the problem it was answered with."""
        key = (route, method, status)
        places = self._answered.get(key)
        if places is None:
            done = self._requests.labels(route, method, str(status))
            places = self._answered[key] = done, self._seconds.labels(route)
        places[0].inc()
        places[1].observe(seconds)
        if status in REFUSALS:
            self._refusals.labels(str(status), problem if problem in _SLUGS else OTHER).inc()

    def judged(self, verdicts: Sequence[Verdict]) -> None:
        """Count verdicts; any thread may."""
        found: dict[tuple[Band, str | None], int] = {}
        for verdict in verdicts:
            key = verdict.band, verdict.kind
            found[key] = found.get(key, 0) + 1
            if verdict.score is not None:
                self._scores.observe(verdict.score)
        for (band, kind), times in found.items():
            counter = self._of_kind.get((band, kind))
            if counter is None:
                counter = self._of_kind[band, kind] = self._items.labels(band, kind or "none")
            counter.inc(times)

    def families(self) -> list[Metric]:
        """Everything counted, by all processes."""
        if self._folder is None:
            return [_shown(family) for family in self.registry.collect()]
        forget_dead(self._folder)
        collector = MultiProcessCollector(None, str(self._folder))  # type: ignore[no-untyped-call]
        return [_shown(family) for family in collector.collect()]  # type: ignore[no-untyped-call]


def _shown(family: Metric) -> Metric:
    """Without times of creation, which several processes do not have, and versions that nobody serves any more."""
    family.samples = [
        sample
        for sample in family.samples
        if not sample.name.endswith("_created") and (family.name != "netra_serving" or sample.value)
    ]
    return family
