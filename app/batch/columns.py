"""Which column holds what, and the item that a row stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.batch.errors import ColumnMissingError, NoTextColumnError
from app.batch.table import Problem, Row, Table, as_text
from app.scoring.types import Action, Item

_TEXT_NAMES = (
    "full_text text tweet tweet_text comment_text comment comments content caption teks isi isi_unggahan isi_komentar "
    "komentar cuitan kalimat message pesan body review post_text post unggahan postingan textoriginal textdisplay "
    "description deskripsi status ulasan"
)
_NAMES = {
    "text": _TEXT_NAMES,
    "target_text": "target_text teks_target teks_sasaran isi_target parent_text quoted_text in_reply_to_text",
    "action": "action aksi tindakan perbuatan",
    "id": "id id_str tweet_id comment_id post_id status_id cid",
    "posted_at": "posted_at created_at published_at publishedat timestamp date datetime tanggal waktu",
    "platform": "platform media_sosial medsos",
    "election": "election pemilihan",
}
_ACTION_WORDS: dict[Action, str] = {
    "post": "post posts posting postingan posted unggah unggahan mengunggah tweet cuit cuitan status menulis",
    "comment": "comment comments commented komentar komen berkomentar mengomentari reply balas balasan membalas",
    "share": "share shared bagikan membagikan berbagi sebar sebarkan repost reposting retweet rt quote",
    "like": "like likes liked suka sukai menyukai favorite favourite",
    "follow": "follow followed following ikuti mengikuti ikut",
}
_ACTIONS: dict[str, Action] = {word: action for action, words in _ACTION_WORDS.items() for word in words.split()}
#: Acts that say something without any words; the scorer decides what to make of them.
_WORDLESS: frozenset[Action] = frozenset(("like", "follow"))
_NOT_TEXT = (bool, dict, list)


@dataclass(frozen=True, slots=True)
class Columns:
    """Labels of the columns that serve each purpose, best first; empty where there is none."""

    text: tuple[str, ...] = ()
    target_text: tuple[str, ...] = ()
    action: tuple[str, ...] = ()
    id: tuple[str, ...] = ()
    posted_at: tuple[str, ...] = ()
    platform: tuple[str, ...] = ()
    election: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnFinder:
    """Finds columns by name, whatever their case, spaces or dashes; ``text_column`` overrides the known names."""

    text_column: str | None = None

    def find(self, names: Mapping[str, str]) -> Columns:
        """Columns among ``names`` (label to name as written)."""
        folded = {label: fold_name(name) for label, name in names.items()}
        known = {purpose: words.split() for purpose, words in _NAMES.items()}
        if self.text_column is not None:
            known["text"] = [fold_name(self.text_column)]
        return Columns(**{purpose: _labels(folded, wanted) for purpose, wanted in known.items()})

    def require(self, table: Table) -> Columns:
        """Columns of an input. Raises ``ColumnError`` when it can hold nothing to score."""
        found = self.find(table.names)
        if self.text_column is not None and table.names and not found.text:
            raise ColumnMissingError(name=table.path.name, column=self.text_column)
        if table.names and not found.text and not found.target_text:
            raise NoTextColumnError(name=table.path.name, count=len(table.names))
        return found


def fold_name(name: str) -> str:
    """``" Full-Text\\ufeff"`` → ``full_text``."""
    return re.sub(r"[\s-]+", "_", name.replace("\ufeff", "").strip().strip("\"'").casefold())


def _labels(folded: Mapping[str, str], wanted: Sequence[str]) -> tuple[str, ...]:
    return tuple(label for name in wanted for label, own in folded.items() if own == name)


def item_of(row: Row, columns: Columns, default_action: Action = "post") -> Item | Problem:
    """The item that a row stands for, or why it stands for none. Empty cells count as absent."""
    if row.problem is not None:
        return row.problem
    cells = row.cells
    own, other = _first(cells, columns.text), _first(cells, columns.target_text)
    if isinstance(own, _NOT_TEXT) or isinstance(other, _NOT_TEXT):
        return "text_not_a_string"
    action = read_action(as_text(_first(cells, columns.action)), default_action)
    if action is None:
        return "unknown_action"
    text, target = as_text(own), as_text(other)
    if action not in _WORDLESS and not text.strip() and not target.strip():
        return "missing_text"
    return Item(
        text=text,
        action=action,
        target_text=target,
        id=as_text(_first(cells, columns.id)) or None,
        posted_at=as_text(_first(cells, columns.posted_at)) or None,
        platform=as_text(_first(cells, columns.platform)) or None,
        election=as_text(_first(cells, columns.election)) or None,
    )


def _first(cells: Mapping[str, Any], labels: Sequence[str]) -> object:
    """Value of the best column that the row has; objects of one JSON file may name theirs differently."""
    for label in labels:
        if label in cells:
            return cells[label]
    return None


def read_action(word: str, default: Action = "post") -> Action | None:
    """``"Bagikan"`` → ``share``; the default for nothing, ``None`` for a word that means no action."""
    word = word.strip().casefold()
    return _ACTIONS.get(word) if word else default
