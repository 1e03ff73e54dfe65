"""The columns that are appended to every row, and what an officer reads in them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from app.batch.table import Note, Place, Problem, Row, Unit
from app.policy.types import Language, Words
from app.scoring.types import Entity, Evidence, Verdict

#: Appended to every output, in this order; columns of these names in an input are replaced.
APPENDED = (
    "netra_flagged",
    "netra_score",
    "netra_band",
    "netra_kind",
    "netra_reasons",
    "netra_entities",
    "netra_policy",
    "netra_error",
)
#: Appended after them when several inputs were read.
SOURCE_COLUMN = "netra_source"

_MAX_SHOWN = 5
_MAX_SURFACE = 60
_PROBLEMS: dict[Problem, Words] = {
    "bad_json": Words("JSON tidak sah", "not valid JSON"),
    "not_an_object": Words("bukan objek JSON dengan kunci seperti text", "not a JSON object with a key such as text"),
    "repeated_key": Words("kunci JSON berulang dalam satu objek", "a JSON key is repeated in one object"),
    "missing_text": Words("teks kosong dan tidak ada teks sasaran", "the text is empty, and no target has one"),
    "text_not_a_string": Words("isi kolom teks bukan teks", "the text column holds something else than text"),
    "unknown_action": Words("kata aksi tidak dikenal", "the word for the action is not known"),
    "row_too_long": Words("baris terlalu panjang", "the row is too long"),
    "worker_died": Words("proses penilai berhenti saat menilai baris ini", "the scoring process ended at this row"),
}
_FIRST = Words("pertama", "first")
_UNITS: dict[Unit, Words] = {"baris": Words("baris", "line"), "butir": Words("butir", "item")}
_REASONS = {
    "needs_target": Words("perlu isi unggahan sasaran", "what was liked, shared or commented on has to be handed in"),
    "no_text": Words("tidak ada teks untuk dinilai", "there is no text to score"),
    "from_target": Words("dinilai dari isi yang ditanggapi saja", "scored by the target alone"),
    "in_context": Words("tulisan sendiri dibaca bersama isi yang ditanggapi", "own words were read with the target"),
    "contestant_account": Words("sasaran adalah akun peserta pemilihan", "the target is a contestant's account"),
    "unknown_election": Words(
        "pemilihan atau wilayah tidak ada dalam daftar pantau", "the election or region is not on the watchlists"
    ),
    "ragged_row": Words("jumlah sel tidak sama dengan judul kolom", "the row has more or fewer cells than the header"),
    "cut_cell": Words(
        "isi sel dipotong pada 32.767 karakter, batas XLSX", "the cell is cut at 32,767 characters, the limit of XLSX"
    ),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What is appended to one row; ``None`` stands for an empty cell."""

    flagged: bool | None
    score: float | None
    band: str | None
    kind: str | None
    reasons: str | None
    error: str | None
    source: str | None = None
    entities: str | None = None
    policy: str | None = None

    def cells(self) -> dict[str, object]:
        """Values by column, the source left out when there is none."""
        values = (
            self.flagged,
            self.score,
            self.band,
            self.kind,
            self.reasons,
            self.entities,
            self.policy,
            self.error,
        )
        named: dict[str, object] = dict(zip(APPENDED, values, strict=True))
        return named if self.source is None else {**named, SOURCE_COLUMN: self.source}


def answer(row: Row, verdict: Verdict, source: str | None, entities: str | None, policy: str | None) -> Answer:
    """Answer for a scored row. The score has six decimals; an undecided row has none."""
    score = None if verdict.score is None else round(verdict.score, 6)
    reasons = reasons_text(verdict, row.note) or None
    return Answer(verdict.flagged, score, verdict.band, verdict.kind, reasons, None, source, entities, policy)


def refusal(row: Row, problem: Problem, unit: Unit, source: str | None) -> Answer:
    """Answer for a rejected row: where it stands in its file and why, without its text."""
    message = f"{unit} {row.number}: {problem_told(problem)}"
    return Answer(None, None, None, None, None, message, source)


def problem_told(problem: Problem, language: Language = "id") -> str:
    """Why a row was rejected, with the reason's code."""
    return f"{_PROBLEMS[problem].to(language)} ({problem})"


def rejections_told(
    counts: Mapping[Problem, int], first: Mapping[Problem, Place], language: Language = "id"
) -> Iterator[tuple[int, str]]:
    """Why rows were rejected, the most frequent reason first: how many rows, and where the first of them stands.

    ``(2, "teks kosong dan tidak ada teks sasaran (missing_text) · pertama: baris 3")``, and never a text.
    """
    for problem, count in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])):
        yield count, problem_told(problem, language) + _first_told(first.get(problem), language)


def _first_told(place: Place | None, language: Language) -> str:
    if place is None:  # what an earlier version of Netra counted
        return ""
    unit = _UNITS[place["unit"]].to(language)
    where = " ".join(filter(None, (place["source"], unit, str(place["number"]))))
    return f" · {_FIRST.to(language)}: {where}"


def noted(given: Answer, note: Note) -> Answer:
    """The same answer, of a scored or a rejected row, with a note after its reasons."""
    return replace(given, reasons="; ".join(filter(None, (given.reasons, reason_told(note)))))


def entities_text(entities: Sequence[Entity]) -> str:
    """A JSON list in one line: ``[{"name": …, "role": …, …}]``, ``[]`` when nobody is named."""
    if not entities:
        return "[]"
    return json.dumps([asdict(entity) for entity in entities], ensure_ascii=False, separators=(",", ":"))


def reasons_text(verdict: Verdict, note: str | None = None) -> str:
    """``mendukung: “coblos” (+1,5); melawan: “jangan” (-0,8)`` for flagged and review rows, then machine reasons.

    Weights are log-odds. At most five spans, the heaviest first.
    """
    parts: list[str] = []
    if verdict.band in ("flag", "review"):
        heaviest = sorted(verdict.evidence, key=lambda evidence: -abs(evidence.weight))[:_MAX_SHOWN]
        parts += _side("mendukung", [e for e in heaviest if e.weight > 0])
        parts += _side("melawan", [e for e in heaviest if e.weight < 0])
    codes = (*verdict.reasons, note) if note else verdict.reasons
    parts += map(reason_told, codes)
    return "; ".join(parts)


def reason_told(code: str, language: Language = "id") -> str:
    """A machine reason or note in words, with its code."""
    return f"{_REASONS[code].to(language)} ({code})" if code in _REASONS else code


def _side(label: str, evidence: Sequence[Evidence]) -> list[str]:
    shown = ", ".join(f"“{_shorten(e.surface)}” ({_weight(e.weight)})" for e in evidence)
    return [f"{label}: {shown}"] if shown else []


def _shorten(surface: str) -> str:
    flat = surface if surface.isalnum() else " ".join(surface.split())
    return flat if len(flat) <= _MAX_SURFACE else flat[: _MAX_SURFACE - 1] + "…"


def _weight(value: float) -> str:
    return f"{value:+.1f}".replace(".", ",")
