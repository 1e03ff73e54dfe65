"""How long an office has, from the day that it came to know of an act.

UU 7/2017 Pasal 454 has findings fixed within 7 days (5) and reports handed in within 7 working days (6); Perbawaslu
7/2022 Pasal 8 (3) speaks of 7 days. Read in secondary copies, and public holidays are not known here: so the dates are
reminders, never a ruling that something is too late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from app.policy.types import Words
from app.review.acts import day_in_wib

DAYS: Final = 7
SOURCES: Final = ("s57", "s104", "s108", "s109", "s110")
NOTE: Final = Words(
    "Tenggat pengingat: temuan 7 hari, laporan 7 hari kerja (Senin–Jumat; hari libur nasional tidak dikurangi) sesudah "
    "hari diketahui. Bunyi aturan dibaca dari salinan sekunder; cocokkan sebelum dipakai.",
    "Reminders: findings 7 days, reports 7 working days (Monday to Friday; public holidays are not taken out) after "
    "the day the act became known. The rules were read in secondary copies; compare before relying on them.",
)
_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Days in WIB. ``days_left`` counts to ``finding_until`` and is negative once that is past."""

    known_on: date
    finding_until: date
    report_until: date
    days_left: int


def deadlines(known_at: datetime, now: datetime) -> Deadlines:
    """The last days of an act that became known at ``known_at``; the day itself is not counted.

    Never fails: the last day that a calendar can name is the end of every count.
    """
    known = day_in_wib(known_at)
    finding = known + min(timedelta(days=DAYS), date.max - known)
    return Deadlines(known, finding, _working_days_after(known, DAYS), (finding - day_in_wib(now)).days)


def _working_days_after(day: date, count: int) -> date:
    while count and day < date.max:
        day += timedelta(days=1)
        count -= day.weekday() < _SATURDAY
    return day
