"""What the pages of uploads say: states, purposes of columns, how far a run is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from app.batch.answers import rejections_told
from app.batch.errors import BatchError
from app.batch.progress import clock_time
from app.batch.sheets import SheetRead
from app.web.formats import of
from app.web.uploads_files import State, Upload
from app.web.wordbook import language_at, say

STATES: Final[Mapping[State, str]] = {
    "ready": "uploads.state_ready",
    "running": "uploads.state_running",
    "stopped": "uploads.state_stopped",
    "interrupted": "uploads.state_interrupted",
    "failed": "uploads.state_failed",
    "done": "uploads.state_done",
}
#: Said instead of ``ready`` where the file cannot be read.
UNREADABLE: Final = "uploads.state_unreadable"
CHOOSE_FILE: Final = "uploads.choose_file"
FULL: Final = "uploads.full"
#: What an upload's page says after a form, by the word in its address, and while the upload is in which states: the
#: address stays when the run goes on, and is kept by who reloads it.
MESSAGES: Final[Mapping[str, tuple[str, tuple[State, ...]]]] = {
    "sibuk": ("uploads.busy", ("ready", "stopped", "failed", "interrupted")),
    "berjalan": ("uploads.still_running", ("running",)),
    "dihentikan": ("uploads.stopping", ("running", "stopped")),
}
#: What the figures of a run are called, in the order of the page.
FIGURES: Final[Mapping[str, str]] = {
    "read": "uploads.read",
    "scored": "uploads.scored",
    "rejected": "uploads.rejected",
    "flagged": "uploads.flagged",
    "review": "uploads.review",
    "undecided": "uploads.undecided",
}
#: What the columns of ``app.batch.columns.Columns`` are called.
PURPOSES: Final[Mapping[str, str]] = {
    "text": "uploads.column_text",
    "target_text": "uploads.column_target",
    "action": "uploads.column_action",
    "id": "uploads.column_id",
    "posted_at": "uploads.column_time",
    "platform": "uploads.column_platform",
    "election": "uploads.column_election",
    "region": "uploads.column_region",
    "parent_author": "uploads.column_parent",
    "media_text": "uploads.column_media",
    "account_kind": "uploads.column_account",
    "subject_status": "uploads.column_status",
}


@dataclass(frozen=True, slots=True)
class Pace:
    """How far a run is: rows done, rows per second of this run, part of the input in [0, 1], seconds left if known."""

    rows: int = 0
    rate: float = 0.0
    part: float = 0.0
    left: float | None = None


def pace_of(figures: Mapping[str, float]) -> Pace:
    """The pace that ``UploadFolder.progress`` tells of; nothing has happened where it tells nothing."""
    if not figures:
        return Pace()
    seconds, part = figures["seconds"], figures["part"]
    fresh, gained = figures["rows"] - figures["rows_before"], part - figures["part_before"]
    rate = fresh / seconds if seconds > 0 else 0.0
    return Pace(int(figures["rows"]), rate, part, seconds * (1 - part) / gained if gained > 0 else None)


def progress_words(request: Request, figures: Mapping[str, float]) -> str:
    """``1.250 baris · 8.431 baris/detik · 40 % · sisa 0:01:23``."""
    pace, language = pace_of(figures), language_at(request)
    whole = of(language).whole
    told = {"rows": whole(pace.rows), "rate": whole(round(pace.rate)), "part": round(100 * pace.part)}
    line = say(language, "uploads.progress", **told)
    if pace.left is None:
        return line
    left = say(language, "uploads.left", time=clock_time(pace.left))
    return f"{line} · {left}"


def sheets_told(request: Request, upload: Upload, seen: SheetRead | None) -> list[str]:
    """That further sheets of a workbook are not read, of a preview or of a run that is over."""
    done = [SheetRead(**one) for one in upload.counts.get("sheets", ())]
    read = [seen] if seen else done
    return [sheet.told(upload.name).to(language_at(request)) for sheet in read if sheet.others]


def rejected_told(request: Request, upload: Upload) -> list[tuple[int, str]]:
    """Why rows of a run that is over were rejected, as the command line says it; empty where none were."""
    counts = upload.counts
    told = rejections_told(counts.get("rejections", {}), counts.get("first_rejected", {}), language_at(request))
    return list(told)


def message_for(word: str, state: State) -> str | None:
    """What the page of an upload in ``state`` says of the word in its address; nothing that is over by now."""
    message, states = MESSAGES.get(word, (None, ()))
    return message if state in states else None


def said_by(request: Request, error: BatchError, name: str) -> str:
    """What an error says of a file, by the name that it had where it came from."""
    named = error.about(name)
    return named.english if language_at(request) == "en" else str(named)
