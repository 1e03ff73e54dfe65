"""In which phase of an election something was done, from its time and the election's calendar.

Days are days in WIB, and a time without an offset is WIB. A phase runs from its first day to the day before the next
one's; the rules for gaps are in docs/rules.md. What the calendar does not hold is never filled in: every phase that
cannot be ruled out stays possible.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, NamedTuple

from app.policy.types import PHASES, Contest, Phase, PhaseReading
from app.watchlists.pairs import calendar_days

WIB = timezone(timedelta(hours=7), "WIB")
WIT = timezone(timedelta(hours=9), "WIT")
_SHAPE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?P<time>[T ].+)?")
_DAY = timedelta(days=1)
_STARTS_ONLY = frozenset(("kampanye", "tenang"))
_LEVELS: dict[str, Contest] = {
    "presiden": "pemilu",
    "legislatif": "pemilu",
    "gubernur": "pilkada",
    "bupati": "pilkada",
    "wali kota": "pilkada",
}


class Span(NamedTuple):
    """First and last day of a step, each ``None`` when unknown."""

    first: date | None = None
    last: date | None = None


UNKNOWN = Span()
_NO_TIME = PhaseReading("tidak_diketahui", PHASES, None, ("waktu_kosong",))
_UNREADABLE = PhaseReading("tidak_diketahui", PHASES, None, ("waktu_tidak_terbaca",))


@dataclass(frozen=True, slots=True)
class Calendar:
    """The steps of one election, as far as they are known."""

    pendaftaran: Span = UNKNOWN
    penetapan: Span = UNKNOWN
    nomor: Span = UNKNOWN
    kampanye: Span = UNKNOWN
    tenang: Span = UNKNOWN
    pemungutan: Span = UNKNOWN
    putaran_kedua: Span = UNKNOWN

    @property
    def quiet_from(self) -> date | None:
        """First day after the campaign, or of the quiet period where that comes first."""
        return min(filter(None, (_after(self.kampanye.last), self.tenang.first)), default=None)

    @property
    def is_empty(self) -> bool:
        """Whether no day of any step is known."""
        return self == Calendar()


class Moment(NamedTuple):
    """A day in WIB, and the day in WIT where it was given with a time (else the same)."""

    day: date
    eastern: date


def phase_of(posted_at: str | None, election: Mapping[str, Any] | None) -> Phase:
    """Phase of an ISO 8601 date or date and time in an ``election`` of the watchlists; never raises on any string."""
    return read_phase(posted_at, election).phase


def read_phase(posted_at: str | None, election: Mapping[str, Any] | None) -> PhaseReading:
    """Like ``phase_of``, with every phase that cannot be ruled out and remarks on what is uncertain."""
    moment = moment_of(posted_at)
    if moment is None:
        return _UNREADABLE if (posted_at or "").strip() else _NO_TIME
    if election is None:
        return PhaseReading("tidak_diketahui", PHASES, moment.day, ("tanpa_pemilihan",))
    return reading(moment, calendar_in(election))


def reading(moment: Moment, calendar: Calendar) -> PhaseReading:
    """Phase of a moment in a calendar."""
    possible = possible_phases(moment.day, calendar)
    if not possible:
        return PhaseReading("tidak_diketahui", PHASES, moment.day, ("kalender_tidak_runtut",))
    remarks = list(_remarks(moment.day, calendar, possible))
    if moment.eastern != moment.day and possible_phases(moment.eastern, calendar) != possible:
        remarks.append("batas_zona_waktu")
    phase: Phase = possible[0] if len(possible) == 1 else "tidak_diketahui"
    return PhaseReading(phase, possible, moment.day, tuple(remarks))


def possible_phases(day: date, calendar: Calendar) -> tuple[Phase, ...]:
    """Phases that the calendar does not rule out on a day in WIB, in the order of time; none where it is at odds."""
    if _after_first_round(day, calendar):
        return _in_second_round(day, calendar)
    earliest = max((i for i, start in _not_before(calendar) if start and day >= start), default=0)
    latest = min((i for i, start in _not_after(calendar) if start and day < start), default=len(PHASES) - 1)
    return PHASES[earliest : latest + 1]


def moment_of(posted_at: str | None) -> Moment | None:
    """The day of an ISO 8601 text; ``None`` when it is missing, malformed or beyond the calendar."""
    text = (posted_at or "").strip()
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        return None
    try:
        when = datetime.fromisoformat(text)
        if shape["time"] is None:
            return Moment(when.date(), when.date())
        aware = when if when.tzinfo else when.replace(tzinfo=WIB)
        return Moment(aware.astimezone(WIB).date(), aware.astimezone(WIT).date())
    except (ValueError, OverflowError):
        return None


def calendar_in(election: Mapping[str, Any]) -> Calendar:
    """Calendar of a watchlist entry, without the days that ``kalender.tsv`` marks as compared with nothing (``G``)."""
    listed = election.get("calendar") or {}
    spans = {step.name: _span(step.name, listed.get(step.name)) for step in fields(Calendar)}
    doubtful = _doubtful(spans["pemungutan"].last)
    return Calendar(**{name: _without(name, span, doubtful) for name, span in spans.items()})


def vote_in(election: Mapping[str, Any]) -> date | None:
    """Last day of voting of a watchlist entry, also one that was compared with nothing: enough to tell years apart."""
    listed = election.get("calendar") or {}
    steps = ("putaran_kedua", "pemungutan")
    return next((span.last for step in steps if (span := _span(step, listed.get(step))).last), None)


def contest_of(election: Mapping[str, Any] | None) -> Contest:
    """Whether a watchlist entry is a general election (``pemilu``) or one of heads of regions (``pilkada``)."""
    return _LEVELS.get((election or {}).get("level", ""), "tidak_diketahui")


def _not_before(calendar: Calendar) -> tuple[tuple[int, date | None], ...]:
    """From each day on, the phase is at least that place of ``PHASES``."""
    return (
        (1, _after(calendar.penetapan.last)),
        (1, _after(calendar.nomor.first)),
        (2, calendar.kampanye.first),
        (3, calendar.quiet_from),
        (4, _after(calendar.pemungutan.last)),
    )


def _not_after(calendar: Calendar) -> tuple[tuple[int, date | None], ...]:
    """Before each day, the phase is at most that place of ``PHASES``."""
    return (
        (0, _after(calendar.pendaftaran.last)),
        (0, calendar.penetapan.first),
        (1, calendar.kampanye.first),
        (2, calendar.quiet_from),
        (3, _after(calendar.pemungutan.last)),
    )


def _after_first_round(day: date, calendar: Calendar) -> bool:
    first = calendar.pemungutan.last
    return calendar.putaran_kedua.last is not None and first is not None and day > first


def _in_second_round(day: date, calendar: Calendar) -> tuple[Phase, ...]:
    """The lists hold no steps between the rounds, so all but the day of the second vote stays open."""
    first, last = calendar.putaran_kedua
    if last is not None and day > last:
        return ("sesudah_pemungutan",)
    if first is not None and day >= first:
        return ("masa_tenang",)
    return ("sesudah_penetapan", "kampanye", "masa_tenang")


def _remarks(day: date, calendar: Calendar, possible: tuple[Phase, ...]) -> tuple[str, ...]:
    if len(possible) > 1:
        return (_why_open(day, calendar),)
    if possible == ("sebelum_penetapan",):
        return _before_registration(day, calendar.pendaftaran)
    voting = any(_within(day, span) for span in (calendar.pemungutan, calendar.putaran_kedua))
    return ("hari_pemungutan",) if voting else ()


def _before_registration(day: date, registration: Span) -> tuple[str, ...]:
    """Nobody is a would-be candidate by law before it: who was one by then is for a person to find out."""
    if registration.last is not None and day > registration.last:
        return ()
    if registration.first is None:
        return ("pendaftaran_tidak_tercatat",)
    return ("sebelum_pendaftaran",) if day < registration.first else ()


def _why_open(day: date, calendar: Calendar) -> str:
    if calendar.is_empty:
        return "kalender_kosong"
    if _after_first_round(day, calendar):
        return "menjelang_putaran_kedua"
    return "hari_penetapan" if _within(day, calendar.penetapan) else "kalender_tidak_lengkap"


def _within(day: date, span: Span) -> bool:
    return span.first is not None and span.last is not None and span.first <= day <= span.last


def _after(day: date | None) -> date | None:
    return day if day is None or day == date.max else day + _DAY


def _span(step: str, value: object) -> Span:
    """A day, or first and last day; a single day of campaign or quiet period says when it began, not when it ended."""
    if isinstance(value, list | tuple) and value:
        return Span(_day(value[0]), _day(value[-1]))
    day = _day(value)
    return Span(day, None if step in _STARTS_ONLY else day)


def _day(value: object) -> date | None:
    """Lists hold dates; a quoted one in YAML is still a text."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    moment = moment_of(value) if isinstance(value, str) else None
    return moment.day if moment else None


@lru_cache(maxsize=64)
def _doubtful(vote: date | None) -> frozenset[tuple[str, str]]:
    """Step and edge of every day that nobody compared, in the listed calendar with this day of voting."""
    calendars = {row.calendar for row in calendar_days() if row.step == "pemungutan" and row.day == vote}
    return frozenset((row.step, row.edge) for row in calendar_days() if row.calendar in calendars and row.sure == "G")


def _without(step: str, span: Span, doubtful: frozenset[tuple[str, str]]) -> Span:
    if (step, "hari") in doubtful:
        return UNKNOWN
    first = None if (step, "mulai") in doubtful else span.first
    return Span(first, None if (step, "selesai") in doubtful else span.last)
