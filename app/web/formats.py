"""Numbers, days and moments as they are written in each language; time is that of western Indonesia."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.problems import Language
from app.review import casehtml
from app.review.acts import is_day, to_wib
from app.scoring.types import score_shown

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True, slots=True)
class Formats:
    """How one language writes; the names are those that templates use."""

    language: Language

    def number(self, value: float, places: int = 2, *, signed: bool = False) -> str:
        """``+1,25`` or ``+1.25``."""
        if self.language == "id":
            return casehtml.decimal(value, places, signed=signed)
        return f"{value:{'+' if signed else ''}.{places}f}"

    def score(self, score: float) -> str:
        """``0,985``, never ``1,000``."""
        return self.number(score_shown(score), 3)

    def whole(self, value: int) -> str:
        """``1.250`` or ``1,250``."""
        return f"{value:,}".replace(",", "." if self.language == "id" else ",")

    def day(self, day: date | str) -> str:
        """``3 November 2031`` either way."""
        if self.language == "id":
            return casehtml.day_name(day)
        when = date.fromisoformat(day) if isinstance(day, str) else day
        return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"

    def moment(self, text: str, given: str | None = None) -> str:
        """``3 November 2031 19.05 WIB`` or ``3 November 2031 19:05 WIB`` for an ISO 8601 moment.

        ``given`` is the time as it was sent: of a day alone no time is said.
        """
        day = self.day(to_wib(datetime.fromisoformat(text)).date())
        return day if is_day(given) else f"{day} {self.clock(text)}"

    def clock(self, text: str) -> str:
        """``19.05 WIB`` or ``19:05 WIB``."""
        when = to_wib(datetime.fromisoformat(text))
        return f"{when:%H.%M} WIB" if self.language == "id" else f"{when:%H:%M} WIB"


_BOTH: dict[Language, Formats] = {"id": Formats("id"), "en": Formats("en")}


def of(language: Language) -> Formats:
    """How ``language`` writes."""
    return _BOTH[language]
