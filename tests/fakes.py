"""A scorer with fixed, obvious rules, so that everything around the model can be tested without one."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Self

from app.scoring.entities import entities_of, reasons_of
from app.scoring.types import Evidence, Item, ModelInfo, Verdict
from app.text.repair import is_readable
from app.watchlists.lists import Watchlists
from app.watchlists.load import read_folder

#: Folder of watchlists about nobody who exists.
FICTIONAL = Path(__file__).parent / "fictional"
#: Seconds after which a test that waits for something gives up, on a host with much else to do.
PATIENCE = 120


class FakeScorer:
    """Flags every item with ``coblos`` in one of its texts; ``ragu`` is for review; a like of nothing is undecided.

    Names are looked up for real, in the watchlists it was given (none at first).
    """

    info = ModelInfo(name="palsu", version="0", threshold=0.5, review_threshold=0.25)
    lists: Watchlists = Watchlists((), (), "0")

    def with_watchlists(self, lists: Watchlists) -> Self:
        other = copy(self)
        other.lists = lists
        return other

    def score(self, items: Sequence[Item], *, explain: bool = False, entities: bool = False) -> list[Verdict]:
        return [self._listed(item, self._one(item, explain), entities) for item in items]

    def _listed(self, item: Item, verdict: Verdict, entities: bool) -> Verdict:
        found = entities_of(item, self.lists) if entities else ()
        return replace(verdict, reasons=verdict.reasons + reasons_of(item, self.lists), entities=found)

    def _one(self, item: Item, explain: bool) -> Verdict:
        texts = f"{item.text}{item.target_text}{item.media_text}"
        if item.action in ("like", "share", "follow") and not is_readable(texts):
            return Verdict(False, None, "undecided", None, reasons=("needs_target",))
        words = f"{item.text} {item.target_text} {item.media_text}".lower()
        if "coblos" in words:
            evidence = self._evidence(item) if explain else ()
            return Verdict(True, 0.9, "flag", "vote_call", evidence, 0.25, kind_score=0.75)
        if "ragu" in words:
            return Verdict(False, 0.4, "review", "question")
        return Verdict(False, 0.1, "clear", "off_topic")

    def _evidence(self, item: Item) -> tuple[Evidence, ...]:
        at = item.text.lower().find("coblos")
        return (Evidence("text", at, at + 6, item.text[at : at + 6], 1.5),) if at >= 0 else ()


def fictional() -> Watchlists:
    """The fictional watchlists, read anew."""
    return read_folder(FICTIONAL)
