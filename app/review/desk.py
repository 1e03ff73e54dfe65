"""What every step of a review needs to know of the service: its secrets, its rules of work and its clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from app.access.pseudonym import pseudonym, pseudonyms
from app.access.secret import Secrets, derived
from app.settings import Settings

#: Who acts when nobody's key is at work: the command line on the host itself.
CLI: Final = "netra"


def utc_now() -> datetime:
    """The time, with its zone."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Desk:
    """One per service. ``second_percent`` of all items go to a second reader whatever the first one says."""

    secrets: Secrets
    keeps_texts: bool = True
    lease: timedelta = timedelta(minutes=15)
    second_percent: int = 20
    now: Callable[[], datetime] = utc_now

    def reviewer(self, reviewer: str) -> str:
        """What stands for a reviewer, the id of a key, wherever it leaves the store."""
        return reviewer if reviewer == CLI else pseudonym(derived(self.secrets.current, "reviewer"), reviewer)

    def author(self, author_id: str | None) -> str | None:
        """What stands for the author of an act."""
        return pseudonym(self.secrets.current, author_id) if author_id else None

    def former(self, author_id: str) -> list[str]:
        """Everything that ever stood for an author."""
        return pseudonyms(self.secrets, author_id)


def desk_of(settings: Settings, secrets: Secrets) -> Desk:
    """The desk as the settings have it."""
    return Desk(
        secrets,
        keeps_texts=settings.keep_texts == "review",
        lease=timedelta(minutes=settings.lease_minutes),
        second_percent=settings.second_read_percent,
    )
