"""Score acts with a loaded model: the one function that service, batch, console and training share."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from copy import copy
from dataclasses import replace
from typing import TypeVar

from app.scoring.context import ContextModel
from app.scoring.entities import entities_in, reasons_of
from app.scoring.explain import evidence
from app.scoring.fast import BATCH, Acts, FastModel
from app.scoring.kinds import OTHER_KINDS, SUPPORT_KINDS
from app.scoring.model import Floats, LinearModel, probability, surest
from app.scoring.texts import Part, joined, shared_out, sides
from app.scoring.types import EVERY_BAND, Band, Entity, Evidence, Explain, Item, ModelInfo, Side, Verdict
from app.watchlists.lists import Scope, Watchlists
from app.watchlists.load import shipped

NEEDS_TARGET, NO_TEXT, FROM_TARGET, IN_CONTEXT = "needs_target", "no_text", "from_target", "in_context"
TARGET: Side = "target_text"

Sides = tuple[list[Part], list[Part]]
V = TypeVar("V", bound=Verdict | None)


class BundleScorer:
    """Scores items with one linear model; holds no state that changes, so threads may share it."""

    def __init__(
        self, model: LinearModel, context: ContextModel, info: ModelInfo, lists: Watchlists | None = None
    ) -> None:
        """``lists`` default to the shipped ones: with those the model was trained and is checked."""
        self._model = model
        self._context = context
        self._info = info
        self._lists = lists or shipped()
        self._fast = FastModel(model, context)
        names = {"flag": SUPPORT_KINDS, "clear": OTHER_KINDS, "review": SUPPORT_KINDS + OTHER_KINDS}
        self._allowed = {band: [k for k, name in enumerate(model.kind_names) if name in names[band]] for band in names}

    @property
    def info(self) -> ModelInfo:
        """Name, version and thresholds of the model."""
        return self._info

    def with_watchlists(self, lists: Watchlists) -> BundleScorer:
        """The same model reading with other watchlists, words it met included; this scorer stays as it is."""
        other = copy(self)
        other._lists = lists
        return other

    def score(self, items: Sequence[Item], *, explain: Explain = False, entities: bool = False) -> list[Verdict]:
        """One verdict per item, in order; evidence and entities only when asked for. Never raises on any string."""
        bands = EVERY_BAND if explain is True else explain or ()
        parts = (items[at : at + BATCH] for at in range(0, len(items), BATCH))
        return [verdict for part in parts for verdict in self._many(part, bands, entities)]

    def _many(self, items: Sequence[Item], explain: Collection[Band], entities: bool) -> list[Verdict]:
        scopes = [self._lists.scope(item.election, item.region) for item in items]
        both = [sides(item, scope.matcher) for item, scope in zip(items, scopes, strict=True)]
        found = zip(items, scopes, both, self._judged(items, both, explain), strict=True)
        return [self._listed(item, scope, parts, verdict, entities) for item, scope, parts, verdict in found]

    def _listed(self, item: Item, scope: Scope, both: Sides, verdict: Verdict, entities: bool) -> Verdict:
        """The verdict with what the watchlists say of the item."""
        reasons = reasons_of(item, self._lists)
        if reasons:
            verdict = replace(verdict, reasons=verdict.reasons + reasons)
        named = entities_in([*both[0], *both[1]], item.parent_author, scope) if entities else ()
        return _anew(verdict, verdict.evidence, verdict.rest, named) if named else verdict

    def _judged(self, items: Sequence[Item], both: Sequence[Sides], explain: Collection[Band]) -> list[Verdict]:
        """Verdicts on all items, those with the same sides multiplied out together."""
        found: list[Verdict | None] = [None] * len(items)
        acts = [k for k, parts in enumerate(both) if parts[0] and parts[1]]
        if acts:
            _put(found, acts, self._acts([both[k] for k in acts], explain))
        for side, reasons, decided_by in ((0, (), None), (1, (FROM_TARGET,), TARGET)):
            alone = [k for k, parts in enumerate(both) if parts[side] and not parts[1 - side]]
            if alone:
                verdicts = self._alone([both[k][side] for k in alone], reasons, decided_by, explain)
                _put(found, alone, verdicts)
        return [verdict or _wordless(item) for item, verdict in zip(items, found, strict=True)]

    def _alone(
        self, parts: Sequence[list[Part]], reasons: tuple[str, ...], side: Side | None, explain: Collection[Band]
    ) -> list[Verdict]:
        """Own words without a target, or a target without own words."""
        readings = self._fast.read([joined(fields) for fields in parts])
        odds = zip(readings.log_odds.tolist(), readings.kinds.tolist(), strict=True)
        verdicts = [self._verdict(log_odds, kinds, reasons, side) for log_odds, kinds in odds]
        shown = [k for k, verdict in enumerate(verdicts) if verdict.band in explain]
        if shown:
            spans = map(_spans, (parts[k] for k in shown), self._fast.words(readings, shown))
            _put(verdicts, shown, map(_with_evidence, [verdicts[k] for k in shown], spans))
        return verdicts

    def _acts(self, both: Sequence[Sides], explain: Collection[Band]) -> list[Verdict]:
        """Own words together with the target that they answer."""
        own, target = (self._fast.read([joined(parts[side]) for parts in both]) for side in (0, 1))
        acts = self._fast.act(own, target)
        verdicts = [self._act(k, acts) for k in range(len(both))]
        shown = [k for k, verdict in enumerate(verdicts) if verdict.band in explain]
        if shown:
            weights = zip(shown, self._fast.act_words(acts, shown), strict=True)
            spans = (_spans(both[k][0], words) + _spans(both[k][1], about) for k, (words, about) in weights)
            _put(verdicts, shown, map(_with_evidence, [verdicts[k] for k in shown], spans))
        return verdicts

    def _act(self, k: int, acts: Acts) -> Verdict:
        own, target = acts.sides
        decisive = own if own.log_odds[k] > target.log_odds[k] else target
        log_odds = float(acts.log_odds[k])
        gate = float(acts.drawn.gate[k] * acts.gate[k])
        side = self._decided_by(log_odds, float(acts.own[k]), gate + float(acts.target[k]))
        return self._verdict(log_odds, decisive.kinds[k].tolist(), (IN_CONTEXT,), side)

    def _decided_by(self, log_odds: float, own: float, target: float) -> Side | None:
        """The one side without whose log-odds the band would be another; ``None`` when that is true of both or none."""
        band = self._band(probability(log_odds))
        needs_own, needs_target = (self._band(probability(log_odds - part)) != band for part in (own, target))
        if needs_own == needs_target:
            return None
        return "text" if needs_own else "target_text"

    def _verdict(
        self, log_odds: float, kind_odds: Sequence[float], reasons: tuple[str, ...], side: Side | None
    ) -> Verdict:
        score = probability(log_odds)
        band = self._band(score)
        best, kind_score = surest(kind_odds, self._allowed[band])
        kind = self._model.kind_names[best]
        return Verdict(band == "flag", score, band, kind, (), log_odds, reasons, decided_by=side, kind_score=kind_score)

    def _band(self, score: float) -> Band:
        if score >= self._info.threshold:
            return "flag"
        return "review" if score >= self._info.review_threshold else "clear"


def _wordless(item: Item) -> Verdict:
    """The verdict on an act without any words."""
    missing = NO_TEXT if item.action in ("post", "comment") else NEEDS_TARGET
    return Verdict(False, None, "undecided", None, reasons=(missing,))


def _put(verdicts: list[V], places: Sequence[int], others: Iterable[V]) -> None:
    """Put others at some places among the verdicts."""
    for k, verdict in zip(places, others, strict=True):
        verdicts[k] = verdict


def _with_evidence(verdict: Verdict, shown: tuple[Evidence, ...]) -> Verdict:
    """Without evidence, ``rest`` is all of the log-odds."""
    return _anew(verdict, shown, verdict.rest - sum([e.weight for e in shown]), verdict.entities)


def _anew(verdict: Verdict, shown: tuple[Evidence, ...], rest: float, entities: tuple[Entity, ...]) -> Verdict:
    """What ``dataclasses.replace`` does, in a quarter of the time."""
    v = verdict
    return Verdict(
        v.flagged, v.score, v.band, v.kind, shown, rest, v.reasons, entities, v.decided_by, kind_score=v.kind_score
    )


def _spans(parts: Sequence[Part], weights: Floats) -> tuple[Evidence, ...]:
    """Heaviest spans of each field of a side."""
    shares = shared_out(parts, weights.tolist())
    return tuple([e for part, share in shares for e in evidence(part.raw, part.read.spans, share, part.field)])
