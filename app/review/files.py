"""Queue what people should look at out of files of acts, while they are scored: what ``netra score --queue`` does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.advice import advise
from app.batch.columns import fold_name
from app.policy.policy import policy_answer
from app.policy.rules import Rules
from app.review.acts import Act
from app.review.desk import CLI, Desk
from app.review.queue import Judged, Source, add_all
from app.scoring.types import Item, Scorer, Verdict
from app.store import Store

if TYPE_CHECKING:  # pyarrow, which only those who score files need
    from app.batch.job import Pick

#: Columns that say what only people need, best first; compared like those that are scored.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "author_id": (
        *("author_id", "user_id_str", "user_id", "author_channel_id", "channel_id", "userid", "uid"),
        *("username", "user_screen_name", "screen_name", "akun", "author", "penulis"),
    ),
    "captured_at": ("captured_at", "waktu_tangkap", "scraped_at", "crawled_at"),
    "known_at": ("known_at", "waktu_diketahui"),
}
#: Acts of one transaction: whoever decides at the same time waits no longer than for these.
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class FileIntake:
    """The ``intake`` of a run over files. ``actor`` is the id of a key, or ``CLI``."""

    store: Store
    desk: Desk
    source: Source
    scorer: Scorer
    rules: Rules
    actor: str = CLI

    def labels(self, names: Mapping[str, str]) -> dict[str, str]:
        """The label of the best column for each purpose that only people need."""
        folded = {fold_name(name): label for label, name in reversed(list(names.items()))}
        best = {purpose: next((n for n in wanted if n in folded), None) for purpose, wanted in _NAMES.items()}
        return {purpose: folded[name] for purpose, name in best.items() if name is not None}

    def take(self, picks: Sequence[Pick]) -> None:
        """Queue acts; those that are there already stay as they are. Raises ``StoreUnavailable`` and ``QueueOff``."""
        for start in range(0, len(picks), _AT_ONCE):
            self._queue(picks[start : start + _AT_ONCE])

    def _queue(self, picks: Sequence[Pick]) -> None:
        """Queue some acts in one transaction, scored once more, alone and with evidence."""
        verdicts = self.scorer.score([pick.item for pick in picks], explain=True, entities=True)
        judged = [
            Judged(Act(pick.item, **pick.told), verdict, self._policy(pick.item, verdict))
            for pick, verdict in zip(picks, verdicts, strict=True)
        ]
        with self.store.begin() as tx:
            add_all(tx, self.desk, self.source, judged, actor=self.actor)

    def _policy(self, item: Item, verdict: Verdict) -> dict[str, Any]:
        return policy_answer(advise(item, verdict, self.source.lists, self.rules))
