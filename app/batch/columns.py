"""Which column holds what, and the item that a row stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unicodedata import category

from app.batch.errors import (
    ColumnMissingError,
    ColumnNotInSheetError,
    NoTextColumnError,
    NoTextInHeaderError,
    NoTextInSheetError,
    NoTextKeyError,
    OneColumnError,
)
from app.batch.table import Columned, Problem, Row, as_text
from app.scoring.types import TARGETED, AccountKind, Action, Item, SubjectStatus
from app.text.repair import is_readable

if TYPE_CHECKING:
    from app.batch.sheets import SheetRead
    from app.batch.sources import Kind  # with it comes pyarrow

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
    "region": "region wilayah_pemilihan daerah_pemilihan",
    "parent_author": "parent_author target_author akun_sasaran akun_target in_reply_to_screen_name",
    "media_text": "media_text ocr_text teks_ocr alt_text teks_gambar",
    "account_kind": "account_kind jenis_akun",
    "subject_status": "subject_status status_asn status_kepegawaian",
}
_ACTION_WORDS: dict[Action, str] = {
    "post": "post posts posting postingan posted unggah unggahan mengunggah tweet cuit cuitan status menulis",
    "comment": "comment comments commented komentar komen berkomentar mengomentari reply replied_to balas balasan "
    "membalas balasan_komentar komentar_balasan",
    "share": "share shared bagikan membagikan berbagi sebar sebarkan repost reposting retweet retweeted rt quote "
    "quoted quote_tweet kutipan mengutip bagikan_ulang membagikan_ulang dibagikan posting_ulang unggah_ulang",
    "like": "like likes liked suka sukai menyukai favorite favourite",
    "follow": "follow followed following ikuti mengikuti ikut",
}
_KIND_WORDS: dict[AccountKind, str] = {
    "pribadi": "pribadi personal private perorangan",
    "instansi": "instansi institution institutional official resmi dinas kedinasan lembaga",
}
_STATUS_WORDS: dict[SubjectStatus, str] = {"PNS": "pns", "PPPK": "pppk p3k"}
_ACTIONS: dict[str, Action] = {word: action for action, words in _ACTION_WORDS.items() for word in words.split()}
_KINDS: dict[str, AccountKind] = {word: kind for kind, words in _KIND_WORDS.items() for word in words.split()}
_STATUSES: dict[str, SubjectStatus] = {
    word: status for status, words in _STATUS_WORDS.items() for word in words.split()
}
#: How X writes a time, and so every scraper of it: ``Wed Nov 24 10:00:00 +0000 2032``.
_TIME_OF_X = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([0-9]{2}) ([0-9:]{8}) ([+-][0-9]{4}) ([0-9]{4})")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: Names of text columns that beside a surer one mean something else: a state of the post, the account's own words.
_DOUBTFUL = frozenset(("status", "description", "deskripsi"))
#: What stands in columns such as ``comments`` where they count.
_COUNT = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
_NOT_TEXT = (bool, dict, list)
#: What a spreadsheet keeps of a formula that failed, as it takes a post that begins with ``=`` or ``@`` for one.
SHEET_ERRORS = frozenset(
    ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!", "#FIELD!")
)
#: What to say of a file in which no column holds text, where its kind says where the names of columns stand.
_NO_TEXT: dict[Kind | None, type[NoTextColumnError]] = {
    "delimited": NoTextInHeaderError,
    "xlsx": NoTextInHeaderError,
    "json": NoTextKeyError,
    "jsonl": NoTextKeyError,
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Labels of the columns that serve each purpose, best first; empty where there is none.

    The best of a row is the first that is not empty in it.
    """

    text: tuple[str, ...] = ()
    target_text: tuple[str, ...] = ()
    action: tuple[str, ...] = ()
    id: tuple[str, ...] = ()
    posted_at: tuple[str, ...] = ()
    platform: tuple[str, ...] = ()
    election: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    parent_author: tuple[str, ...] = ()
    media_text: tuple[str, ...] = ()
    account_kind: tuple[str, ...] = ()
    subject_status: tuple[str, ...] = ()


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

    def require(self, table: Columned, kind: Kind | None = None, sheet: SheetRead | None = None) -> Columns:
        """Columns of an input, ``kind`` that of its file, ``sheet`` what of a workbook is read.

        Raises ``ColumnError`` when it can hold nothing to score.
        """
        found = self.find(table.names)
        if self.text_column is not None and table.names and not found.text:
            raise _not_there(table.path.name, self.text_column, sheet)
        if table.names and not (found.text or found.target_text or found.media_text):
            raise _no_text(table, kind, sheet)
        return found


def _not_there(name: str, column: str, sheet: SheetRead | None) -> ColumnMissingError:
    if sheet is None or not sheet.others:
        return ColumnMissingError(name=name, column=column)
    return ColumnNotInSheetError(name=name, column=column, title=sheet.title, others=sheet.others)


def _no_text(table: Columned, kind: Kind | None, sheet: SheetRead | None) -> NoTextColumnError:
    known = {"name": table.path.name, "count": len(table.names)}
    if kind == "delimited" and len(table.names) == 1:
        return OneColumnError(**known)
    if sheet is None or not sheet.others:
        return _NO_TEXT.get(kind, NoTextColumnError)(**known)
    return NoTextInSheetError(**known, title=sheet.title, others=sheet.others)


def fold_name(name: str) -> str:
    """``" Full-Text\\ufeff"`` → ``full_text``; characters of format, such as zero width, are left out."""
    seen = name if name.isprintable() else "".join(c for c in name if category(c) != "Cf")
    return re.sub(r"[\s-]+", "_", seen.strip().strip("\"'").casefold())


def _labels(folded: Mapping[str, str], wanted: Sequence[str]) -> tuple[str, ...]:
    return tuple(label for name in wanted for label, own in folded.items() if own == name)


def item_of(
    row: Row,
    columns: Columns,
    default_action: Action = "post",
    default_election: str | None = None,
    default_platform: str | None = None,
) -> Item | Problem:
    """The item that a row stands for, or why it stands for none. Empty cells count as absent."""
    if row.problem is not None:
        return row.problem
    cells = row.cells
    raw = [_words(cells, columns.text), _first(cells, columns.target_text), _first(cells, columns.media_text)]
    if any(isinstance(value, _NOT_TEXT) for value in raw):
        return "text_not_a_string"
    action = read_action(as_text(_first(cells, columns.action)), default_action) if columns.action else default_action
    if action is None:
        return "unknown_action"
    text, target, media = map(as_text, raw)
    if action not in TARGETED and not (text or target or media):
        return "missing_text"

    return Item(
        text,
        action,
        target,
        _told(cells, columns.id),
        _moment(_told(cells, columns.posted_at)),
        _told(cells, columns.platform) or default_platform,
        _told(cells, columns.election) or default_election,
        _told(cells, columns.region),
        _told(cells, columns.parent_author),
        media,
        _KINDS.get(_word(_told(cells, columns.account_kind)), "tidak_diketahui"),
        _STATUSES.get(_word(_told(cells, columns.subject_status)), "tidak_diketahui"),
    )


def _told(cells: Mapping[str, Any], labels: Sequence[str]) -> str | None:
    return as_text(_first(cells, labels)) or None if labels else None


def _word(cell: str | None) -> str:
    return (cell or "").strip().casefold()


def _moment(cell: str | None) -> str | None:
    """A time as X writes it in ISO 8601, anything else as it is."""
    found = _TIME_OF_X.fullmatch(cell.strip()) if cell and cell.strip()[:1].isalpha() else None
    if found is None or found[1] not in _MONTHS:
        return cell
    month, day, time, zone, year = found.groups()
    return f"{year}-{_MONTHS.index(month) + 1:02}-{day}T{time}{zone[:3]}:{zone[3:]}"


def _words(cells: Mapping[str, Any], labels: Sequence[str]) -> object:
    """The text: that of the surest column that the row has, else the first that can stand in for it."""
    present = [label for label in labels if label in cells]
    for label in present:
        value = cells[label]
        if not _is_empty(value) and (label is present[0] or _stands_in(label, value)):
            return value
    return None


def _stands_in(label: str, value: object) -> bool:
    """Whether a cell beside an empty one of a surer name is the text, and not a count, a list or a state."""
    return isinstance(value, str) and fold_name(label) not in _DOUBTFUL and not _COUNT.fullmatch(value.strip())


def _first(cells: Mapping[str, Any], labels: Sequence[str]) -> object:
    """Value of the best column that says something in the row."""
    for label in labels:
        value = cells.get(label)
        if not _is_empty(value):
            return value
    return None


def _is_empty(value: object) -> bool:
    """Whether a cell says nothing: ``None``, NaN, characters that nobody can see, or the error of a sheet."""
    if isinstance(value, str):
        return not is_readable(value) or value in SHEET_ERRORS
    if isinstance(value, bytes):
        return not is_readable(as_text(value))
    return value is None or value != value


def read_action(word: str, default: Action = "post") -> Action | None:
    """``"Bagikan ulang"`` → ``share``; the default for nothing, ``None`` for words that mean no action."""
    folded = fold_name(word)
    return _ACTIONS.get(folded) if folded else default
