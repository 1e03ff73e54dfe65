"""/konsol/dasbor: what was flagged, what waits, how far readers agree, and whether the model still holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter
from markupsafe import Markup
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.access.service import store_of
from app.api.items import desk_at
from app.api.runtime import runtime_of
from app.observe.bins import SCORE_EDGES
from app.observe.profile import BadReference
from app.policy.types import Words
from app.problems import Language
from app.review.agreement import Agreement, agreement
from app.review.desk import Desk
from app.review.filters import Filters
from app.review.stats import Day, Dimension, Share, backlog, by, by_day, histogram, precision, score_drift, share
from app.review.words import ACTION_NAMES, BAND_NAMES, KIND_NAMES, STATE_NAMES
from app.scoring.errors import ModelError
from app.web.charts import Bar, Column, Span, Voice, bars, columns, spans
from app.web.formats import of
from app.web.forms import FormRoute
from app.web.render import page
from app.web.wordbook import language_at, say

routes = APIRouter(prefix="/konsol/dasbor", include_in_schema=False, route_class=FormRoute)

#: Models of which drift is shown: those with the most items.
_MOST_MODELS: Final = 3
_NAMES: Final[Mapping[Dimension, Mapping[Any, Words]]] = {"action": ACTION_NAMES, "kind": KIND_NAMES}
_COUNTED: Final[Mapping[Dimension, str]] = {
    "action": "board.by_action",
    "kind": "board.by_kind",
    "platform": "board.by_platform",
    "election": "board.by_election",
}
_MEASURES: Final = {"scores_psi": "board.drift_psi", "scores_ks": "board.drift_ks"}


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that the page shows, out of one reading transaction."""

    days: list[Day]
    counts: dict[Dimension, dict[str | None, int]]
    backlog: Mapping[Any, int]
    agreement: Agreement
    precision: dict[str, Share]
    scores: list[int]
    drift: dict[str, list[tuple[str, float, float]]]


@routes.get("")
async def board(request: Request) -> Response:
    """The figures of all items, or of those whose act was on certain days."""
    since, until = (_day(request, name) for name in ("dari", "sampai"))
    models_dir = runtime_of(request).settings.models_dir
    filters = Filters(since=since, until=until)
    found = await store_of(request).read_in_thread(partial(read, filters=filters, models_dir=models_dir))
    plots = drawn(found, language_at(request), desk_at(request))
    overall = found.agreement.overall
    values: dict[str, Any] = {
        "since": since,
        "until": until,
        "plots": plots,
        "kappa": overall,
        "disputed": found.agreement.disputed,
    }
    return page(request, "board.html", **values)


def read(tx: Session, filters: Filters, models_dir: Path) -> Figures:
    """The figures of the items that pass."""
    models = list(by(tx, "model_version", filters))[:_MOST_MODELS]
    drift = {str(model): _drift(tx, models_dir, str(model)) for model in models}
    return Figures(
        days=by_day(tx, filters),
        counts={dimension: by(tx, dimension, filters) for dimension in _COUNTED},
        backlog=backlog(tx, filters),
        agreement=agreement(tx, filters),
        precision=precision(tx, filters=filters),
        scores=histogram(tx, filters),
        drift=drift,
    )


def _drift(tx: Session, models_dir: Path, model: str) -> list[tuple[str, float, float]]:
    """Measures of a model with their limits; none where its bundle cannot be read."""
    try:
        found = score_drift(tx, models_dir, model) or []
    except (BadReference, ModelError, KeyError, TypeError):
        return []
    return [(one.name, one.value, one.limit) for one in found]


def drawn(found: Figures, language: Language, desk: Desk) -> list[Markup]:
    """The plots in the order of the page."""
    t, voice = partial(say, language), voice_of(language)
    bands = [BAND_NAMES[band].to(language) for band in ("flag", "review")]
    days = [Column(of(language).day(one.day), (one.flag, one.review)) for one in found.days]
    states = [Bar(STATE_NAMES[state].to(language), count) for state, count in found.backlog.items()]
    edges = [Column(f"≤ {voice.number(edge, 2)}", (n,)) for edge, n in zip(SCORE_EDGES, found.scores, strict=True)]
    seen = edges if any(found.scores) else []
    return [
        columns(t("board.over_time"), bands, days, voice),
        bars(t("board.backlog"), states if any(found.backlog.values()) else [], voice=voice),
        *(bars(t(word), _counted(found, dimension, language), voice=voice) for dimension, word in _COUNTED.items()),
        spans(t("board.precision"), [_span(name, one) for name, one in found.precision.items()], voice),
        spans(t("board.agreement"), _pairs(found.agreement, desk), voice),
        columns(t("board.scores"), [t("board.items")], seen, voice),
        bars(t("board.drift"), _drifts(found, t), 2, voice),
    ]


def voice_of(language: Language) -> Voice:
    """The words around the plots in a language."""
    t = partial(say, language)
    return Voice(
        nothing=t("board.nothing"),
        table=t("board.table"),
        value=t("board.value"),
        limit=t("board.limit"),
        low=t("board.low"),
        high=t("board.high"),
        total=t("board.total"),
        rest=t("board.rest"),
        comma=language == "id",
    )


def _counted(found: Figures, dimension: Dimension, language: Language) -> list[Bar]:
    names = _NAMES.get(dimension, {})
    unknown = say(language, "board.unknown")
    return [
        Bar(names[value].to(language) if value in names else value or unknown, count)
        for value, count in found.counts[dimension].items()
    ]


def _span(name: str, one: Share) -> Span:
    return Span(name, one.value, one.low, one.high, one.total)


def _pairs(found: Agreement, desk: Desk) -> list[Span]:
    """How often two readers say the same, for each two of them; the most frequent pairs last."""
    pairs = sorted(found.by_pair.items(), key=lambda pair: (pair[1].pairs, pair[0]))
    named = [(" · ".join(desk.reviewer(one) for one in two), kappa) for two, kappa in pairs]
    return [_span(name, share(round((kappa.observed or 0.0) * kappa.pairs), kappa.pairs)) for name, kappa in named]


def _drifts(found: Figures, t: Callable[..., str]) -> list[Bar]:
    return [
        Bar(f"{model} {t(_MEASURES[name])}", value, limit)
        for model, measures in found.drift.items()
        for name, value, limit in measures
    ]


def _day(request: Request, name: str) -> date | None:
    """A day out of the address; what is none is as good as not there."""
    try:
        return date.fromisoformat(request.query_params.get(name, ""))
    except ValueError:
        return None
