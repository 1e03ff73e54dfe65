"""Queue what people should look at out of files of acts, as ``netra score --queue`` does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.advice import advise
from app.batch.chunks import ChunkLimit
from app.batch.columns import ColumnFinder, fold_name, item_of
from app.batch.readers import open_table
from app.batch.table import Row, as_text
from app.policy.policy import policy_answer
from app.policy.rules import Rules
from app.review.acts import Act
from app.review.desk import CLI, Desk
from app.review.queue import QUEUED_BANDS, Judged, Source, add_all
from app.scoring.types import Action, Item, Scorer, Verdict
from app.store import Store

#: Columns that say what only people need, best first; compared like those that are scored.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "author_id": (
        *("author_id", "user_id_str", "user_id", "author_channel_id", "channel_id", "userid", "uid"),
        *("username", "user_screen_name", "screen_name", "akun", "author", "penulis"),
    ),
    "captured_at": ("captured_at", "waktu_tangkap", "scraped_at", "crawled_at"),
    "known_at": ("known_at", "waktu_diketahui"),
}
_LIMIT = ChunkLimit(rows=500)


@dataclass(frozen=True, slots=True)
class FileIntake:
    """What files are read, scored and queued with."""

    store: Store
    desk: Desk
    source: Source
    scorer: Scorer
    rules: Rules
    text_column: str | None = None
    default_action: Action = "post"
    default_election: str | None = None

    def queue(self, inputs: Sequence[Path]) -> int:
        """How many rows of ``inputs`` wait for people now, those that waited before among them.

        A chunk of rows is a transaction; a file that is queued again adds nothing. Raises ``BatchError``,
        ``StoreUnavailable`` and ``QueueOff``.
        """
        return sum(self._queue(chunk) for path in inputs for chunk in self._acts(path))

    def _acts(self, path: Path) -> Iterator[list[Act]]:
        """Acts of a file, chunk by chunk; rows that hold none are left out."""
        finder = ColumnFinder(self.text_column)
        table = open_table(path, finder)
        columns, labels = finder.require(table), _labels(table.names)
        with closing(table.chunks(_LIMIT)) as chunks:
            for chunk in chunks:
                read = [
                    (row, item_of(row, columns, self.default_action, self.default_election)) for row in chunk.rows()
                ]
                yield [_act(row, item, labels) for row, item in read if isinstance(item, Item)]

    def _queue(self, acts: Sequence[Act]) -> int:
        verdicts = self.scorer.score([act.item for act in acts]) if acts else []
        wanted = [act for act, verdict in zip(acts, verdicts, strict=True) if verdict.band in QUEUED_BANDS]
        if not wanted:
            return 0
        found = self.scorer.score([act.item for act in wanted], explain=True, entities=True)
        judged = [Judged(act, verdict, self._policy(act, verdict)) for act, verdict in zip(wanted, found, strict=True)]
        with self.store.begin() as tx:
            ids = add_all(tx, self.desk, self.source, judged, actor=CLI)
        return sum(item_id is not None for item_id in ids)

    def _policy(self, act: Act, verdict: Verdict) -> dict[str, Any]:
        return policy_answer(advise(act.item, verdict, self.source.lists, self.rules))


def _labels(names: dict[str, str]) -> dict[str, str]:
    """The label of the best column for each purpose."""
    folded = {fold_name(name): label for label, name in reversed(names.items())}
    best = {purpose: next((n for n in wanted if n in folded), None) for purpose, wanted in _NAMES.items()}
    return {purpose: folded[name] for purpose, name in best.items() if name is not None}


def _act(row: Row, item: Item, labels: Mapping[str, str]) -> Act:
    told = {purpose: as_text(row.cells.get(label)).strip() or None for purpose, label in labels.items()}
    return Act(item, told.get("author_id"), told.get("captured_at"), told.get("known_at"))
