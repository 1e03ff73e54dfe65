"""Stored traffic scored by champion and challenger: what would change if the challenger became active.

The flip list is a CSV for a person who decides on that: one line per row whose band differs, where it stands in its
file, both bands, scores and heaviest words. Whole texts only when asked for. Cells that a spreadsheet program would run
as formulas are guarded.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from app.batch.columns import ColumnFinder, item_of
from app.batch.encoders import guarded
from app.batch.readers import open_table
from app.batch.saving import replaced_when_done
from app.scoring.types import Band, Evidence, Item, Scorer, Verdict

COLUMNS = (
    "file",
    "row",
    "id",
    "champion_band",
    "challenger_band",
    "champion_score",
    "challenger_score",
    "champion_evidence",
    "challenger_evidence",
)
TEXT_COLUMNS = ("text", "target_text")
_CHUNK = 500
_SHOWN, _LONGEST = 3, 40


@dataclass(frozen=True, slots=True)
class _Row:
    file: str
    number: int
    item: Item


@dataclass(slots=True)
class ShadowResult:
    """``transitions`` counts rows by bands of champion and challenger; ``rejected`` rows held nothing to score."""

    read: int = 0
    rejected: int = 0
    transitions: Counter[tuple[Band, Band]] = field(default_factory=Counter)

    @property
    def flips(self) -> int:
        """Rows whose band differs."""
        return sum(n for (one, other), n in self.transitions.items() if one != other)


def shadow(
    inputs: Sequence[Path],
    output: Path,
    champion: Scorer,
    challenger: Scorer,
    *,
    text_column: str | None = None,
    with_text: bool = False,
) -> ShadowResult:
    """Write the flip list of ``inputs`` (any file that can be scored) to ``output``, whole or not at all.

    Raises ``BatchError`` when an input cannot be read or the output cannot be written.
    """
    result = ShadowResult()
    rows = _rows(inputs, ColumnFinder(text_column), result)
    with replaced_when_done(output) as raw:
        raw.write(_csv([(*COLUMNS, *TEXT_COLUMNS) if with_text else COLUMNS]))
        while chunk := list(islice(rows, _CHUNK)):
            flips = _compared(chunk, champion, challenger, result)
            raw.write(_csv([_line(row, one, other, with_text) for row, one, other in flips]))
    return result


def _csv(lines: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(lines)
    return text.getvalue().encode("utf-8", "replace")


def _rows(inputs: Sequence[Path], finder: ColumnFinder, result: ShadowResult) -> Iterator[_Row]:
    """Rows that can be scored; the rest is counted."""
    for path in inputs:
        table = open_table(path, finder)
        columns = finder.require(table)
        with closing(table.rows()) as rows:
            for row in rows:
                result.read += 1
                item = item_of(row, columns)
                if isinstance(item, Item):
                    yield _Row(path.name, row.number, item)
                else:
                    result.rejected += 1


def _compared(
    rows: Sequence[_Row], champion: Scorer, challenger: Scorer, result: ShadowResult
) -> Iterator[tuple[_Row, Verdict, Verdict]]:
    """The rows whose band differs, with what both models say and why; evidence is asked for of these alone."""
    items = [row.item for row in rows]
    pairs = list(zip(rows, champion.score(items), challenger.score(items), strict=True))
    result.transitions.update((one.band, other.band) for _, one, other in pairs)
    flipped = [pair for pair in pairs if pair[1].band != pair[2].band]
    again = [row.item for row, _, _ in flipped]
    if again:
        ours, theirs = (model.score(again, explain=True) for model in (champion, challenger))
        for (row, one, other), why, why_not in zip(flipped, ours, theirs, strict=True):
            yield row, replace(one, evidence=why.evidence), replace(other, evidence=why_not.evidence)


def _line(row: _Row, one: Verdict, other: Verdict, with_text: bool) -> list[str]:
    cells = [row.file, str(row.number), row.item.id or "", one.band, other.band]
    cells += [_score(one), _score(other), _words(one.evidence), _words(other.evidence)]
    if with_text:
        cells += [row.item.text, row.item.target_text]
    return [guarded(cell) for cell in cells]


def _score(verdict: Verdict) -> str:
    return "" if verdict.score is None else f"{verdict.score:.6f}"


def _words(evidence: Sequence[Evidence]) -> str:
    """The heaviest spans, ``coblos (+2.03), jangan (-0.80)``."""
    heaviest = sorted(evidence, key=lambda e: (-abs(e.weight), e.field, e.start))[:_SHOWN]
    return ", ".join(f"{' '.join(e.surface.split())[:_LONGEST]} ({e.weight:+.2f})" for e in heaviest)
