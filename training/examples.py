"""Labelled texts as training reads them: our own corpus (JSONL) and extra labelled files (CSV)."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.batch.mending import MAX_LINE
from app.policy.types import Words
from app.scoring.kinds import OTHER_KINDS, SUPPORT_KINDS

#: Weight of an example whose label two readers could argue about.
DOUBTFUL_WEIGHT = 0.4


#: What every row has, and what is a string wherever it is.
NEEDED = ("text", "label")
_STRINGS = ("text", "target_text", "kind", "election", "group", "action", "source", "platform")


class ExampleError(ValueError):
    """A labelled file cannot be used; ``where`` is its name, with the line where there is one.

    ``str(error)`` is Indonesian, ``error.english`` the same in English. Neither holds a text.
    """

    def __init__(self, where: str, what: Words) -> None:
        super().__init__(f"{where}: {what.id}")
        self.english = f"{where}: {what.en}"


_NO_JSON = Words("bukan satu baris JSON", "not a line of JSON")
_NO_OBJECT = Words("bukan objek JSON", "not a JSON object")
_LONG_CELL = Words(f"ada sel lebih dari {MAX_LINE} karakter", f"a cell has more than {MAX_LINE} characters")
_NO_LABEL = Words("label bukan 0 dan bukan 1", "label is neither 0 nor 1")
NO_ROWS = Words("tidak ada baris", "no rows")


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled act. ``names`` are ``(field, start, end, kind)`` spans of contestants, slogans and parties.

    ``group`` keeps what must not be split between folds together: a race of the corpus, an election of real posts.
    """

    id: str
    text: str
    label: int
    kind: str | None
    group: str
    action: str = "post"
    target_text: str = ""
    names: tuple[tuple[str, int, int, str], ...] = ()
    doubtful: bool = False
    real: bool = False
    source: str = ""
    register: str = ""
    readers: int = 1
    platform: str = ""

    def words(self, field: str) -> str:
        """The text of one field."""
        return self.text if field == "text" else self.target_text

    def spans(self, field: str) -> tuple[tuple[int, int, str], ...]:
        """Annotated spans ``(start, end, kind)`` of one field."""
        return tuple((start, end, kind) for name, start, end, kind in self.names if name == field)


def read_corpus(folder: Path) -> list[Example]:
    """All examples of ``folder/*.jsonl`` in file and line order."""
    return [_from_json(row, where) for path in sorted(folder.glob("*.jsonl")) for where, row in json_rows(path)]


def read_labelled(path: Path) -> list[Example]:
    """Examples of a labelled CSV or JSONL file with at least ``text`` and ``label``; ``sure``, ``kind``, ``election``,
    ``action``, ``target_text`` and ``source`` are used where present. Raises ``ExampleError``, also without any row.
    """
    rows = json_rows(path) if path.suffix == ".jsonl" else _csv_rows(path)
    found = [from_row(row, where) for where, row in rows]
    if not found:
        raise ExampleError(path.name, NO_ROWS)
    return found


def json_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows with their ``file:line``; lines end at a line feed only, since a text may hold any other separator."""
    with path.open(encoding="utf-8-sig", newline="\n") as lines:
        for number, line in enumerate(lines, 1):
            where = f"{path.name}:{number}"
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                raise ExampleError(where, _NO_JSON) from None
            if not isinstance(row, dict):
                raise ExampleError(where, _NO_OBJECT)
            yield where, row


def _csv_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows with their ``file:line`` (the last line of a row that has several)."""
    csv.field_size_limit(MAX_LINE)  # as for files to be scored; the default refuses real posts
    with path.open(newline="", encoding="utf-8-sig") as lines:
        reader = csv.DictReader(lines)
        try:
            _check_columns(reader.fieldnames or (), path)
            for row in reader:
                yield f"{path.name}:{reader.line_num}", row
        except csv.Error:
            raise ExampleError(f"{path.name}:{reader.line_num}", _LONG_CELL) from None


def _check_columns(names: Sequence[str], path: Path) -> None:
    missing = [name for name in NEEDED if name not in names]
    if names and missing:
        indonesian, english = " dan ".join(missing), " and no column ".join(missing)
        told = Words(
            f"tidak ada kolom {indonesian}; koma memisahkan kolom", f"no column {english}; commas separate columns"
        )
        raise ExampleError(f"{path.name}:1", told)


def digest(paths: Sequence[Path]) -> dict[str, str]:
    """SHA-256 of each input file by its name, for the manifest."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(paths)}


def _from_json(row: dict[str, Any], where: str) -> Example:
    names = tuple((n["field"], n["start"], n["end"], n["kind"]) for n in row.get("names", ()))
    return replace(
        from_row(row, where),
        names=names,
        doubtful=bool(row.get("doubtful")),
        real=False,
        register=row.get("register", ""),
        readers=row.get("readers", 1),
    )


def _check(row: dict[str, Any], where: str) -> None:
    missing = [field for field in NEEDED if field not in row]
    if missing:
        told = Words(f"tidak ada isian {' dan '.join(missing)}", f"no field {' and no field '.join(missing)}")
        raise ExampleError(where, told)
    if str(row["label"]) not in ("0", "1"):
        raise ExampleError(where, _NO_LABEL)
    wrong = [field for field in _STRINGS if not isinstance(row.get(field) or "", str)]
    if wrong:
        raise ExampleError(where, Words(f"{wrong[0]} bukan teks", f"{wrong[0]} is not a string"))


def from_row(row: dict[str, Any], where: str) -> Example:
    """The real post that a row of a labelled file stands for. Raises ``ExampleError`` at ``where``."""
    _check(row, where)
    kind = row.get("kind")
    return Example(
        id=str(row.get("id", where)),
        text=row["text"] or "",
        label=int(row["label"]),
        kind=kind if kind in SUPPORT_KINDS + OTHER_KINDS else None,
        group=row.get("election") or row.get("group") or "",
        action=row.get("action") or "post",
        target_text=row.get("target_text") or "",
        doubtful=str(row.get("sure", "1")) in ("0", "False", "false"),
        real=True,
        source=row.get("source") or "",
        platform=row.get("platform") or "",
    )
