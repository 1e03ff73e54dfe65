"""Score acts with a loaded model: the one function that service, batch, console and training share."""

from __future__ import annotations

from collections.abc import Sequence

from app.scoring.context import ContextModel, read_act
from app.scoring.explain import evidence
from app.scoring.model import LinearModel, Reading, probability, read, token_weights
from app.scoring.types import Band, Evidence, Field, Item, ModelInfo, Verdict
from app.text.pipeline import analyse
from app.text.token import Token
from app.watchlists.load import matcher_for

SUPPORT_KINDS = ("vote_call", "endorsement", "slogan", "promotion", "activity")
OTHER_KINDS = ("news", "neutral_info", "criticism", "praise_office", "question", "report", "off_topic")

NEEDS_TARGET, NO_TEXT, FROM_TARGET, IN_CONTEXT = "needs_target", "no_text", "from_target", "in_context"


class BundleScorer:
    """Scores items with one linear model; holds no state that changes, so threads may share it."""

    def __init__(self, model: LinearModel, context: ContextModel, info: ModelInfo) -> None:
        self._model = model
        self._context = context
        self._info = info

    @property
    def info(self) -> ModelInfo:
        """Name, version and thresholds of the model."""
        return self._info

    def score(self, items: Sequence[Item], *, explain: bool = False) -> list[Verdict]:
        """One verdict per item, in order; evidence only with ``explain``. Never raises on any string."""
        return [self._one(item, explain) for item in items]

    def _one(self, item: Item, explain: bool) -> Verdict:
        own, target = bool(item.text.strip()), bool(item.target_text.strip())
        if own and target:
            return self._act(item, explain)
        if own or target:
            return self._content(item, "text" if own else "target_text", explain)
        missing = NO_TEXT if item.action in ("post", "comment") else NEEDS_TARGET
        return Verdict(False, None, "undecided", None, reasons=(missing,))

    def _content(self, item: Item, field: Field, explain: bool) -> Verdict:
        """One text alone: own words without a target, or the target of an act without words."""
        text = self._read(item, field)
        reasons = (FROM_TARGET,) if field == "target_text" else ()
        shown = self._evidence(item, field, text.tokens, token_weights(self._model, text)) if explain else ()
        return self._verdict(text.log_odds, text, shown, reasons)

    def _act(self, item: Item, explain: bool) -> Verdict:
        """Own words together with the target that they answer."""
        own, target = self._read(item, "text"), self._read(item, "target_text")
        act = read_act(self._context, self._model, own, target)
        shown: tuple[Evidence, ...] = ()
        if explain:
            shown = self._evidence(item, "text", own.tokens, act.own_weights)
            shown += self._evidence(item, "target_text", target.tokens, act.target_weights)
        decisive = own if own.log_odds > target.log_odds else target
        return self._verdict(act.log_odds, decisive, shown, (IN_CONTEXT,))

    def _read(self, item: Item, field: Field) -> Reading:
        raw = item.text if field == "text" else item.target_text
        return read(self._model, analyse(raw, matcher_for(item.election)))

    def _verdict(
        self, log_odds: float, text: Reading, shown: tuple[Evidence, ...], reasons: tuple[str, ...]
    ) -> Verdict:
        score = probability(log_odds)
        band = self._band(score)
        kinds = SUPPORT_KINDS if band == "flag" else OTHER_KINDS if band == "clear" else SUPPORT_KINDS + OTHER_KINDS
        kind = self._model.kind_of(text.rows, text.values, kinds)
        return Verdict(band == "flag", score, band, kind, shown, log_odds - sum(e.weight for e in shown), reasons)

    def _evidence(
        self, item: Item, field: Field, tokens: Sequence[Token], weights: Sequence[float]
    ) -> tuple[Evidence, ...]:
        raw = item.text if field == "text" else item.target_text
        return tuple(evidence(raw, tokens, weights, field))

    def _band(self, score: float) -> Band:
        if score >= self._info.threshold:
            return "flag"
        return "review" if score >= self._info.review_threshold else "clear"
