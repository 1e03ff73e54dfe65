"""Score acts with a loaded model: the one function that service, batch, console and training share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.scoring.context import ContextModel, read_act
from app.scoring.entities import entities_in, reasons_of
from app.scoring.explain import evidence
from app.scoring.fast import BATCH, Acts, FastModel, Readings
from app.scoring.model import Floats, LinearModel, probability, read, token_weights
from app.scoring.texts import Part, joined, shared_out, sides
from app.scoring.types import Band, Evidence, Item, ModelInfo, Side, Verdict
from app.watchlists.lists import Scope, Watchlists
from app.watchlists.load import shipped

SUPPORT_KINDS = ("vote_call", "endorsement", "slogan", "promotion", "activity")
OTHER_KINDS = ("news", "neutral_info", "criticism", "praise_office", "question", "report", "off_topic")

NEEDS_TARGET, NO_TEXT, FROM_TARGET, IN_CONTEXT = "needs_target", "no_text", "from_target", "in_context"


Sides = tuple[list[Part], list[Part]]


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

    @property
    def info(self) -> ModelInfo:
        """Name, version and thresholds of the model."""
        return self._info

    def with_watchlists(self, lists: Watchlists) -> BundleScorer:
        """The same model reading with other watchlists; this scorer stays as it is."""
        return BundleScorer(self._model, self._context, self._info, lists)

    def score(self, items: Sequence[Item], *, explain: bool = False, entities: bool = False) -> list[Verdict]:
        """One verdict per item, in order; evidence and entities only when asked for. Never raises on any string."""
        parts = (items[at : at + BATCH] for at in range(0, len(items), BATCH))
        return [verdict for part in parts for verdict in self._many(part, explain, entities)]

    def _many(self, items: Sequence[Item], explain: bool, entities: bool) -> list[Verdict]:
        scopes = [self._lists.scope(item.election, item.region) for item in items]
        both = [sides(item, scope.matcher) for item, scope in zip(items, scopes, strict=True)]
        verdicts = self._judged(items, both, explain)
        found = zip(items, scopes, both, verdicts, strict=True)
        return [self._listed(item, scope, parts, verdict, entities) for item, scope, parts, verdict in found]

    def _listed(self, item: Item, scope: Scope, both: Sides, verdict: Verdict, entities: bool) -> Verdict:
        """The verdict with what the watchlists say of the item."""
        reasons = reasons_of(item, self._lists)
        if reasons:
            verdict = replace(verdict, reasons=verdict.reasons + reasons)
        if entities:
            verdict = replace(verdict, entities=entities_in([*both[0], *both[1]], item.parent_author, scope))
        return verdict

    def _judged(self, items: Sequence[Item], both: Sequence[Sides], explain: bool) -> list[Verdict]:
        """Verdicts on all items, multiplied out together; evidence is worked out one by one."""
        words, about = ([joined(parts[side]) for parts in both] for side in (0, 1))
        own, target = self._fast.read(words), self._fast.read(about)
        acts = self._fast.act(words, own, target)
        shown = [self._evidence(*parts) if explain else () for parts in both]
        found: list[Verdict] = []
        for k, (item, parts) in enumerate(zip(items, both, strict=True)):
            if parts[0] and parts[1]:
                found.append(self._act(k, own, target, acts, shown[k]))
            elif parts[0]:
                found.append(self._verdict(own.log_odds[k], own.kinds[k], shown[k], (), None))
            elif parts[1]:
                reading = target.log_odds[k], target.kinds[k]
                found.append(self._verdict(*reading, shown[k], (FROM_TARGET,), "target_text"))
            else:
                missing = NO_TEXT if item.action in ("post", "comment") else NEEDS_TARGET
                found.append(Verdict(False, None, "undecided", None, reasons=(missing,)))
        return found

    def _act(self, k: int, own: Readings, target: Readings, acts: Acts, shown: tuple[Evidence, ...]) -> Verdict:
        """Own words together with the target that they answer."""
        decisive = own if own.log_odds[k] > target.log_odds[k] else target
        gate = self._context.gate * probability(float(target.log_odds[k]))
        side = self._decided_by(float(acts.log_odds[k]), float(acts.own[k]), gate + float(acts.target[k]))
        return self._verdict(acts.log_odds[k], decisive.kinds[k], shown, (IN_CONTEXT,), side)

    def _evidence(self, own: list[Part], target: list[Part]) -> tuple[Evidence, ...]:
        """Heaviest spans of each field: of the own words and the target's together, or of the only side there is."""
        if own and target:
            words, about = read(self._model, joined(own)), read(self._model, joined(target))
            act = read_act(self._context, self._model, words, about)
            return _spans(own, act.own_weights) + _spans(target, act.target_weights)
        return _spans(own or target, token_weights(self._model, read(self._model, joined(own or target))))

    def _decided_by(self, log_odds: float, own: float, target: float) -> Side | None:
        """The one side without whose log-odds the band would be another; ``None`` when that is true of both or none."""
        band = self._band(probability(log_odds))
        needs_own, needs_target = (self._band(probability(log_odds - part)) != band for part in (own, target))
        if needs_own == needs_target:
            return None
        return "text" if needs_own else "target_text"

    def _verdict(
        self,
        log_odds: float,
        kind_odds: Floats,
        shown: tuple[Evidence, ...],
        reasons: tuple[str, ...],
        side: Side | None,
    ) -> Verdict:
        log_odds = float(log_odds)
        score = probability(log_odds)
        band = self._band(score)
        kinds = SUPPORT_KINDS if band == "flag" else OTHER_KINDS if band == "clear" else SUPPORT_KINDS + OTHER_KINDS
        kind, kind_score = self._model.best_kind(kind_odds, kinds)
        rest = log_odds - sum(e.weight for e in shown)
        return Verdict(band == "flag", score, band, kind, shown, rest, reasons, decided_by=side, kind_score=kind_score)

    def _band(self, score: float) -> Band:
        if score >= self._info.threshold:
            return "flag"
        return "review" if score >= self._info.review_threshold else "clear"


def _spans(parts: Sequence[Part], weights: Sequence[float]) -> tuple[Evidence, ...]:
    """Heaviest spans of each field of a side."""
    shares = shared_out(parts, weights)
    return tuple(e for part, share in shares for e in evidence(part.raw, part.masked, share, part.field))
