"""A scorer with fixed, obvious rules, so that everything around the model can be tested without one."""

from __future__ import annotations

from collections.abc import Sequence

from app.scoring.types import Evidence, Item, ModelInfo, Verdict


class FakeScorer:
    """Flags every item whose text or target contains ``coblos``; ``ragu`` is for review; a bare like is undecided."""

    info = ModelInfo(name="palsu", version="0", threshold=0.5, review_threshold=0.25)

    def score(self, items: Sequence[Item], *, explain: bool = False) -> list[Verdict]:
        return [self._one(item, explain) for item in items]

    def _one(self, item: Item, explain: bool) -> Verdict:
        if item.action in ("like", "follow") and not item.text and not item.target_text:
            return Verdict(False, None, "undecided", None, reasons=("needs_target",))
        words = f"{item.text} {item.target_text}".lower()
        if "coblos" in words:
            evidence = self._evidence(item) if explain else ()
            return Verdict(True, 0.9, "flag", "vote_call", evidence, 0.25)
        if "ragu" in words:
            return Verdict(False, 0.4, "review", "question")
        return Verdict(False, 0.1, "clear", "off_topic")

    def _evidence(self, item: Item) -> tuple[Evidence, ...]:
        at = item.text.lower().find("coblos")
        return (Evidence("text", at, at + 6, item.text[at : at + 6], 1.5),) if at >= 0 else ()
