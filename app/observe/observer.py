"""What a process knows of its own work, kept up to date beside the requests and never in one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import date, datetime
from math import inf
from pathlib import Path
from typing import Final

import anyio.to_thread
from prometheus_client import Counter
from starlette.datastructures import State

from app.api.runtime import Runtime
from app.observe.bins import SCORE_EDGES
from app.observe.folder import shared_folder
from app.observe.logs import crash_of, event_logger
from app.observe.metrics import Metrics
from app.observe.profile import KNOWN, UNKNOWN, BadReference, Profile, read
from app.observe.recent import Recent
from app.observe.traces import traces_for
from app.pausing import pause
from app.policy.phase import WIB, calendar_in
from app.scoring.history import Named
from app.scoring.shadow import shadow_summary
from app.scoring.store import Activations
from app.scoring.types import Item, Verdict
from app.settings import Settings
from app.watchlists.lists import Watchlists

#: Seconds between two looks at what changes without any request.
LOOK_SECONDS: Final = 5.0
#: What a model that scores along in the shadow counts: the outcome's name here, and in its summary.
SHADOW: Final = {"compared": "compared", "flipped": "flips", "dropped": "dropped", "failed": "failed"}
_log = logging.getLogger("netra.observe")


class Observer:
    """One per process. ``judged`` may be called by any thread, ``look`` on the event loop, ``study`` beside it."""

    def __init__(self, settings: Settings) -> None:
        self.metrics = Metrics(shared_folder(settings.state_dir))
        self.log = event_logger("netra.http", settings.log_level)
        self.traces = traces_for(settings.traces)
        self.recent = Recent()
        self.in_flight = 0  # the gauge follows now and then: it is sampled anyway
        self.reference: Profile | None = None
        self._reference_of: tuple[Named | None, str | None] = (None, None)
        self._votes: tuple[str, list[date]] = ("", [])
        self._totals: dict[str, int] = {}
        self._served: dict[str, str] = {}

    def judged(self, items: Sequence[Item], verdicts: Sequence[Verdict]) -> None:
        """Count acts and remember what drift is told from."""
        self.metrics.judged(verdicts)
        self.recent.note(items, verdicts)

    def look(self, state: State) -> None:
        """Bring every gauge of this process up to date."""
        runtime: Runtime = state.runtime
        self.metrics.workers.set(1)
        self.metrics.in_flight.set(self.in_flight)
        self.metrics.ready.set(runtime.scorer is not None)
        self.metrics.places.set(runtime.settings.max_waiting)
        self._look_at_versions(runtime)
        self._look_at_activations(runtime.activations)
        self.metrics.days_to_vote.set(self._days_to_vote(runtime.watchlists))
        self._look_at_recent()
        if runtime.scorer is not None:
            self._look_at_caches()
        summary = shadow_summary() or {}
        for outcome, name in SHADOW.items() if summary else ():
            self._raise_to(self.metrics.shadow.labels(outcome), f"shadow {name}", summary[name])

    def study(self, state: State) -> None:
        """Read the texts that wait, and the reference of a model that is new. Takes a while: not for the event loop."""
        words, unknown = self.recent.read()
        self.metrics.words.labels("yes").inc(words - unknown)
        self.metrics.words.labels("no").inc(unknown)
        runtime: Runtime = state.runtime
        served = runtime.bundle, runtime.scorer.info.version if runtime.scorer else None
        if served != self._reference_of:
            self._reference_of = served
            self.reference = _reference(runtime.folder, served[1])

    def _look_at_versions(self, runtime: Runtime) -> None:
        now = {
            "model": runtime.scorer.info.version if runtime.scorer else None,
            "policy": runtime.rules.version if runtime.rules else None,
            "watchlist": runtime.watchlists.version if runtime.watchlists else None,
        }
        for part, version in now.items():
            before = self._served.pop(part, None)
            if before is not None and before != version:
                self.metrics.serving.labels(part, before).set(0)
            if version is not None:
                self.metrics.serving.labels(part, version).set(1)
                self._served[part] = version

    def _look_at_activations(self, activations: Activations) -> None:
        self.metrics.refused.set(activations.standing is not None)
        for outcome, times in (("taken", activations.taken), ("refused", activations.refused)):
            self._raise_to(self.metrics.loads.labels(outcome), f"loads {outcome}", times)

    def _look_at_recent(self) -> None:
        for edge, count in zip(SCORE_EDGES, self.recent.scores(), strict=True):
            self.metrics.recent_scores.labels(str(edge)).set(count)
        words, unknown = self.recent.words()
        self.metrics.recent_words.labels(KNOWN).set(words - unknown)
        self.metrics.recent_words.labels(UNKNOWN).set(unknown)

    def _look_at_caches(self) -> None:
        from app.text.lexeme import lexeme  # the word lists: only a service that scores needs them
        from app.text.stem import is_known, stem

        for name, cached in (("lexeme", lexeme), ("stem", stem), ("known", is_known)):
            info = cached.cache_info()
            self._raise_to(self.metrics.cache_hits.labels(name), f"hits {name}", info.hits)
            self._raise_to(self.metrics.cache_misses.labels(name), f"misses {name}", info.misses)
            self.metrics.cache_entries.labels(name).set(info.currsize)

    def _raise_to(self, counter: Counter, name: str, total: int) -> None:
        """Add what somebody else counted since the last look; who counts less than before began anew."""
        before = self._totals.get(name, 0)
        counter.inc(total - before if total >= before else total)
        self._totals[name] = total

    def _days_to_vote(self, lists: Watchlists | None) -> float:
        if lists is None:
            return inf
        if self._votes[0] != lists.version:
            self._votes = lists.version, voting_days(lists)
        today = datetime.now(WIB).date()
        return min(((day - today).days for day in self._votes[1]), key=abs, default=inf)


def voting_days(lists: Watchlists) -> list[date]:
    """Every known day of voting in the watchlists, of either round."""
    shared = {id(election.get("calendar")): election for election in lists.elections}  # hundreds of races have the same
    calendars = map(calendar_in, shared.values())
    days = {span.last for calendar in calendars for span in (calendar.pemungutan, calendar.putaran_kedua)}
    return sorted(day for day in days if day is not None)


def _reference(folder: Path | None, version: str | None) -> Profile | None:
    """The reference of the model in use; one that is damaged or another's is logged and not used."""
    if version is None:
        return None
    try:
        found = read(folder) if folder else None
    except BadReference as error:
        _log.warning("no reference for drift: %s", type(error).__name__)
        return None
    if found is not None and found.model.get("version") != version:
        _log.warning("the reference for drift is another model's")
        return None
    return found


@asynccontextmanager
async def watching(state: State, observer: Observer) -> AsyncIterator[None]:
    """Look now and then for as long as the service runs."""
    await _refresh(state, observer)
    following = asyncio.create_task(_follow(state, observer))
    try:
        yield
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
        if observer.traces is not None:
            await anyio.to_thread.run_sync(observer.traces.close)


async def _follow(state: State, observer: Observer) -> None:
    while True:
        await pause(LOOK_SECONDS)
        await _refresh(state, observer)


async def _refresh(state: State, observer: Observer) -> None:
    try:
        await anyio.to_thread.run_sync(observer.study, state)
        observer.look(state)
    except Exception as error:  # metrics are for those who watch; nobody else is to be hurt by them
        _log.error("metrics not renewed: %s", crash_of(error))
