"""A scorer that remembers what it said: posts that were passed on word for word are scored once.

Retweets and copied posts are a good part of scraped files. A verdict depends on nothing but the model, the watchlists,
what was asked for, and what ``_SAID`` names of an item; model and watchlists are those of the one scorer behind this.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from app.scoring.types import Explain, Item, ModelInfo, Scorer, Verdict
from app.watchlists.lists import Watchlists

#: Verdicts that are remembered, each with its texts and evidence: about 20 MB when full. The one longest unused goes.
MOST = 10_000
#: Characters of all texts of an item up to which its verdict is remembered beyond the items it came with.
LONGEST = 1_000
#: All of an item that a verdict depends on.
_SAID = attrgetter("text", "action", "target_text", "media_text", "parent_author", "election", "region")


class Remembering:
    """For one file or frame and one thread; verdicts are the very objects that were given before."""

    def __init__(self, scorer: Scorer, most: int = MOST) -> None:
        self._scorer = scorer
        self._most = most
        self._met: OrderedDict[tuple[Any, ...], Verdict] = OrderedDict()

    @property
    def info(self) -> ModelInfo:
        """That of the scorer."""
        return self._scorer.info

    def with_watchlists(self, lists: Watchlists) -> Remembering:
        """The same scorer reading with other watchlists, which remembers nothing yet."""
        return Remembering(self._scorer.with_watchlists(lists), self._most)

    def score(self, items: Sequence[Item], *, explain: Explain = False, entities: bool = False) -> list[Verdict]:
        """One verdict per item, in order. Raises ``ValueError`` when the scorer loses count of its items."""
        asked = explain if isinstance(explain, bool) else frozenset(explain)
        said = [(asked, entities, *_SAID(item)) for item in items]
        found = {key: self._met[key] for key in said if key in self._met}
        new = {key: item for key, item in zip(said, items, strict=True) if key not in found}
        if new:
            verdicts = self._scorer.score(list(new.values()), explain=explain, entities=entities)
            found |= zip(new, verdicts, strict=True)
        self._remember(found)
        return [found[key] for key in said]

    def _remember(self, found: dict[tuple[Any, ...], Verdict]) -> None:
        met = self._met
        for key, verdict in found.items():
            _, _, text, _, target, media, author, *_ = key
            if len(text) + len(target) + len(media) + len(author or "") <= LONGEST:
                met[key] = verdict
                met.move_to_end(key)
        while len(met) > self._most:
            met.popitem(last=False)
