"""Helpers of the batch tests: scored rows, and CSV and JSONL written and read plainly."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl import Workbook

from app.batch.run import Summary

NETRA = (
    "netra_flagged",
    "netra_score",
    "netra_band",
    "netra_kind",
    "netra_reasons",
    "netra_entities",
    "netra_policy",
    "netra_error",
)


class Scored(NamedTuple):
    """Summary and the rows of the JSONL output."""

    summary: Summary
    rows: list[dict[str, Any]]

    def column(self, name: str) -> list[Any]:
        return [row.get(name) for row in self.rows]


def saved(book: Workbook) -> bytes:
    """A workbook as the bytes of its file."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


Score = Callable[..., Scored]
Put = Callable[[str, str | bytes], Path]


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def read_csv(path: Path, delimiter: str = ",") -> list[list[str]]:
    text = io.StringIO(path.read_bytes().decode(), newline="")
    return list(csv.reader(text, delimiter=delimiter, strict=True))


def as_csv(rows: list[list[str]], delimiter: str = ",", end: str = "\r\n") -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    return text.getvalue()
