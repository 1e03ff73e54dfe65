"""The phase of a moment: borders, gaps, zones, second rounds, and calendars with holes. Nothing is ever filled in."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.policy.phase import WIB, calendar_in, contest_of, moment_of, phase_of, possible_phases, read_phase
from app.policy.types import PHASES
from app.policy.wording import REMARKS
from tests.policy.policykit import CALENDAR, race

BEFORE, FIXED, CAMPAIGN, QUIET, AFTER = PHASES
UNKNOWN = "tidak_diketahui"
SECOND_ROUND = {**CALENDAR, "putaran_kedua": date(2033, 1, 19)}


@pytest.mark.parametrize(
    ("posted_at", "phase"),
    [
        ("2001-01-01", BEFORE),
        ("2032-08-26", BEFORE),
        ("2032-08-29", BEFORE),
        ("2032-08-30", BEFORE),
        ("2032-09-21", BEFORE),
        ("2032-09-21T23:59:59", BEFORE),
        ("2032-09-22T00:00:00", UNKNOWN),
        ("2032-09-22", UNKNOWN),
        ("2032-09-22T23:59:59", UNKNOWN),
        ("2032-09-23T00:00:00", FIXED),
        ("2032-09-24", FIXED),
        ("2032-09-24T23:59:59.999999", FIXED),
        ("2032-09-25T00:00", CAMPAIGN),
        ("2032-11-23", CAMPAIGN),
        ("2032-11-23 23:59:59", CAMPAIGN),
        ("2032-11-24", QUIET),
        ("2032-11-26T12:00:00", QUIET),
        ("2032-11-27", QUIET),
        ("2032-11-27T13:00:00", QUIET),
        ("2032-11-27T23:59:59", QUIET),
        ("2032-11-28T00:00:00", AFTER),
        ("2040-02-29", AFTER),
        ("  2032-11-28  ", AFTER),
    ],
)
def test_phase_of_a_day(posted_at: str, phase: str) -> None:
    assert phase_of(posted_at, race()) == phase


@pytest.mark.parametrize(
    ("posted_at", "phase"),
    [
        ("2032-11-23T23:59:59+07:00", CAMPAIGN),
        ("2032-11-24T00:00:00+07:00", QUIET),
        ("2032-11-24T00:59:59+08:00", CAMPAIGN),  # 23.59.59 WIB
        ("2032-11-24T01:00:00+08:00", QUIET),
        ("2032-11-24T01:59:59+09:00", CAMPAIGN),
        ("2032-11-24T02:00:00+09:00", QUIET),
        ("2032-11-23T16:59:59Z", CAMPAIGN),
        ("2032-11-23T17:00:00Z", QUIET),
        ("2032-11-23T17:00:00+0000", QUIET),
        ("2032-11-23T05:00:00-12:00", QUIET),
    ],
)
def test_an_offset_is_turned_into_wib(posted_at: str, phase: str) -> None:
    assert phase_of(posted_at, race()) == phase


REGISTRATION_UNKNOWN = {name: days for name, days in CALENDAR.items() if name != "pendaftaran"}


@pytest.mark.parametrize("posted_at", ["2029-01-01", "2032-08-28", "2032-09-21"])
def test_a_calendar_without_registration_says_so_until_candidates_are_fixed(posted_at: str) -> None:
    found = read_phase(posted_at, race(REGISTRATION_UNKNOWN))
    assert (found.phase, found.remarks) == (BEFORE, ("pendaftaran_tidak_tercatat",))
    assert read_phase("2032-09-23", race(REGISTRATION_UNKNOWN)).remarks == ()


@pytest.mark.parametrize(
    ("posted_at", "near"),
    [
        ("2032-11-23T21:59:59", False),
        ("2032-11-23T22:00:00", True),  # 00.00 WIT
        ("2032-11-24T01:59:59+09:00", True),
        ("2032-11-24T00:30:00+08:00", True),
        ("2032-11-24T02:00:00+09:00", False),
        ("2032-11-24T23:00:00", False),  # the next day lies in the same phase
        ("2032-11-23", False),  # no time, so no midnight
    ],
)
def test_a_remark_says_when_the_east_is_in_another_phase(posted_at: str, near: bool) -> None:
    assert ("batas_zona_waktu" in read_phase(posted_at, race()).remarks) is near


@pytest.mark.parametrize(
    "posted_at",
    [
        "Wed Nov 24 10:00:00 +0000 2032",
        "24-11-2032",
        "2032/11/24",
        "20321124",
        "2032-W48-3",
        "1984915200",
        "2032-11",
        "2031-02-29",
        "2032-11-24T10:61",
        "2032-11-24T23:59:60",
        "2032-11-24Tabc",
        "2032-11-24T",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:00:00Z",
        "２０３２-11-24",
        "2032-11-24\n2032-11-25",
        "\x00",
    ],
)
def test_time_that_cannot_be_read_is_unknown(posted_at: str) -> None:
    found = read_phase(posted_at, race())
    assert (found.phase, found.possible, found.day) == (UNKNOWN, PHASES, None)
    assert found.remarks == ("waktu_tidak_terbaca",)


@pytest.mark.parametrize("posted_at", [None, "", "  \t"])
def test_missing_time_is_unknown(posted_at: str | None) -> None:
    assert read_phase(posted_at, race()).remarks == ("waktu_kosong",)
    assert phase_of(posted_at, race()) == UNKNOWN


def test_without_an_election_only_the_day_is_known() -> None:
    found = read_phase("2032-10-01T23:30:00-01:00", None)
    assert (found.phase, found.day, found.remarks) == (UNKNOWN, date(2032, 10, 2), ("tanpa_pemilihan",))


def test_leap_day_is_a_day() -> None:
    calendar = {"kampanye": [date(2032, 2, 1), date(2032, 2, 28)], "pemungutan": date(2032, 2, 29)}
    assert phase_of("2032-02-28", race(calendar)) == CAMPAIGN
    assert phase_of("2032-02-29", race(calendar)) == QUIET
    assert phase_of("2032-03-01", race(calendar)) == AFTER


@pytest.mark.parametrize(
    ("posted_at", "remark"),
    [
        ("2032-08-26", "sebelum_pendaftaran"),
        ("2032-09-22", "hari_penetapan"),
        ("2032-11-27", "hari_pemungutan"),
        ("2032-12-24", "menjelang_putaran_kedua"),
        ("2033-01-19", "hari_pemungutan"),
    ],
)
def test_special_days_are_remarked(posted_at: str, remark: str) -> None:
    assert read_phase(posted_at, race(SECOND_ROUND)).remarks == (remark,)


@pytest.mark.parametrize("posted_at", ["2032-08-27", "2032-09-21", "2032-10-01", "2032-11-25", "2033-01-20"])
def test_plain_days_are_not_remarked(posted_at: str) -> None:
    assert read_phase(posted_at, race(SECOND_ROUND)).remarks == ()


@pytest.mark.parametrize(
    ("posted_at", "possible"),
    [
        ("2032-11-27", (QUIET,)),
        ("2032-11-28", (FIXED, CAMPAIGN, QUIET)),
        ("2033-01-18T23:59:59", (FIXED, CAMPAIGN, QUIET)),
        ("2033-01-19T00:00:00", (QUIET,)),
        ("2033-01-19T23:59:59", (QUIET,)),
        ("2033-01-20T00:00:00", (AFTER,)),
    ],
)
def test_second_round(posted_at: str, possible: tuple[str, ...]) -> None:
    assert read_phase(posted_at, race(SECOND_ROUND)).possible == possible


@pytest.mark.parametrize(
    ("calendar", "posted_at", "possible"),
    [
        ({}, "2032-10-01", PHASES),
        ({"pemungutan": date(2032, 11, 27)}, "2032-10-01", PHASES[:4]),
        ({"pemungutan": date(2032, 11, 27)}, "2032-11-28", (AFTER,)),
        ({"penetapan": date(2032, 9, 22)}, "2032-09-01", (BEFORE,)),
        ({"penetapan": date(2032, 9, 22)}, "2032-10-01", PHASES[1:]),
        ({"nomor": date(2032, 9, 23)}, "2032-09-24", PHASES[1:]),
        ({"nomor": date(2032, 9, 23)}, "2032-09-01", PHASES),
        ({"pendaftaran": [date(2032, 8, 27), date(2032, 8, 29)]}, "2032-08-29", (BEFORE,)),
        ({"pendaftaran": [date(2032, 8, 27), date(2032, 8, 29)]}, "2032-08-30", PHASES),
        ({"kampanye": [date(2032, 9, 25), date(2032, 11, 23)]}, "2032-09-24", (BEFORE, FIXED)),
        ({"kampanye": [date(2032, 9, 25), date(2032, 11, 23)]}, "2032-09-25", (CAMPAIGN,)),
        ({"kampanye": [date(2032, 9, 25), date(2032, 11, 23)]}, "2032-11-24", (QUIET, AFTER)),
        ({"kampanye": date(2032, 9, 25), "pemungutan": date(2032, 11, 27)}, "2032-10-01", (CAMPAIGN, QUIET)),
        ({"tenang": [date(2032, 11, 24), date(2032, 11, 26)]}, "2032-11-23", PHASES[:3]),
        ({"tenang": date(2032, 11, 24)}, "2032-11-24", (QUIET, AFTER)),
        ({"penetapan": [date(2032, 9, 22), date(2032, 9, 24)]}, "2032-09-23", PHASES),
        (
            {"kampanye": [date(2032, 9, 25), date(2032, 11, 20)], "pemungutan": date(2032, 11, 27)},
            "2032-11-22",
            (QUIET,),
        ),
        (
            {"kampanye": [date(2032, 9, 25), date(2032, 11, 20)], "tenang": [date(2032, 11, 24), date(2032, 11, 26)]},
            "2032-11-22",
            (QUIET, AFTER),
        ),
        (
            {"pemungutan": [date(2032, 11, 27), date(2032, 11, 28)], "tenang": date(2032, 11, 24)},
            "2032-11-28",
            (QUIET,),
        ),
        ({"penetapan": date(2032, 9, 22), "putaran_kedua": date(2033, 1, 19)}, "2033-01-20", PHASES[1:]),
    ],
)
def test_missing_steps_leave_phases_open(calendar: dict[str, Any], posted_at: str, possible: tuple[str, ...]) -> None:
    found = read_phase(posted_at, race(calendar))
    assert found.possible == possible
    assert found.phase == (possible[0] if len(possible) == 1 else UNKNOWN)
    assert found.remarks or len(possible) == 1


@pytest.mark.parametrize(
    ("calendar", "remark"),
    [({}, "kalender_kosong"), ({"penetapan": date(2032, 9, 22)}, "kalender_tidak_lengkap")],
)
def test_hole_is_named(calendar: dict[str, Any], remark: str) -> None:
    assert read_phase("2032-10-01", race(calendar)).remarks == (remark,)


def test_contradictory_calendar_gives_no_phase() -> None:
    calendar = {"penetapan": date(2032, 12, 1), "kampanye": [date(2032, 9, 25), date(2032, 11, 23)]}
    found = read_phase("2032-10-01", race(calendar))
    assert (found.phase, found.possible, found.remarks) == (UNKNOWN, PHASES, ("kalender_tidak_runtut",))


@pytest.mark.parametrize("entry", [race(calendar={}), {"id": "uji"}, {"id": "uji", "calendar": None}])
def test_race_without_calendar_is_an_empty_calendar(entry: dict[str, Any]) -> None:
    assert calendar_in(entry).is_empty


def test_dates_may_be_texts_or_times_as_yaml_gives_them() -> None:
    written = {
        "penetapan": "2032-09-22",
        "pemungutan": datetime(2032, 11, 27),
        "kampanye": ["2032-09-25", "2032-11-23"],
    }
    assert phase_of("2032-09-23", race(written)) == FIXED
    assert phase_of("2032-11-28", race(written)) == AFTER
    assert calendar_in(race({"penetapan": "besok"})).is_empty


@pytest.mark.parametrize(
    ("level", "contest"),
    [
        ("presiden", "pemilu"),
        ("legislatif", "pemilu"),
        ("gubernur", "pilkada"),
        ("bupati", "pilkada"),
        ("wali kota", "pilkada"),
        ("lurah", "tidak_diketahui"),
    ],
)
def test_kind_of_election(level: str, contest: str) -> None:
    assert contest_of(race(level=level)) == contest


@pytest.mark.parametrize("entry", [None, {}])
def test_kind_of_no_election_is_unknown(entry: dict[str, Any] | None) -> None:
    assert contest_of(entry) == "tidak_diketahui"


DAYS = st.dates(date(2032, 1, 1), date(2033, 3, 1))
SPANS = st.one_of(DAYS, st.lists(DAYS, min_size=2, max_size=2).map(sorted))
CALENDARS = st.dictionaries(st.sampled_from([*CALENDAR, "putaran_kedua"]), SPANS)


@given(st.text(max_size=40) | st.none(), st.none() | CALENDARS.map(race))
def test_any_text_has_a_phase(posted_at: str | None, entry: dict[str, Any] | None) -> None:
    assert phase_of(posted_at, entry) in (*PHASES, UNKNOWN)


@given(DAYS, CALENDARS)
def test_a_phase_is_told_exactly_when_no_other_is_possible(day: date, calendar: dict[str, Any]) -> None:
    found = read_phase(day.isoformat(), race(calendar))
    assert found.possible
    assert list(found.possible) == [phase for phase in PHASES if phase in found.possible]
    assert (found.phase == UNKNOWN) == (len(found.possible) > 1)
    assert found.phase in (UNKNOWN, *found.possible)
    assert set(found.remarks) <= set(REMARKS)
    assert found.remarks or len(found.possible) == 1


@given(DAYS, st.sets(st.sampled_from(list(CALENDAR))))
def test_what_is_left_out_never_makes_a_phase_impossible(day: date, left_out: set[str]) -> None:
    whole = calendar_in(race(CALENDAR))
    partial = calendar_in(race({step: span for step, span in CALENDAR.items() if step not in left_out}))
    assert set(possible_phases(day, whole)) <= set(possible_phases(day, partial))


@given(st.lists(DAYS, min_size=2, max_size=2).map(sorted))
def test_phases_never_run_backwards(days: list[date]) -> None:
    first, second = (read_phase(day.isoformat(), race()).possible for day in days)
    assert PHASES.index(first[0]) <= PHASES.index(second[0])
    assert PHASES.index(first[-1]) <= PHASES.index(second[-1])


@given(st.datetimes(datetime(2032, 1, 1), datetime(2033, 3, 1)), st.integers(-12, 14))
def test_a_moment_is_one_moment_in_any_offset(when: datetime, hours: int) -> None:
    aware = when.replace(tzinfo=UTC)
    elsewhere = aware.astimezone(timezone(timedelta(hours=hours)))
    assert read_phase(elsewhere.isoformat(), race()) == read_phase(aware.isoformat(), race())


@given(st.datetimes(datetime(2032, 1, 1), datetime(2033, 3, 1)))
def test_a_time_without_offset_is_wib(when: datetime) -> None:
    assert moment_of(when.isoformat()) == moment_of(when.replace(tzinfo=WIB).isoformat())


def test_every_day_of_the_example_is_in_one_phase_but_one() -> None:
    days = (date(2032, 8, 1) + timedelta(days=n) for n in range(150))
    found = [phase_of(day.isoformat(), race()) for day in days]
    assert [phase for phase, _ in itertools.groupby(found)] == [BEFORE, UNKNOWN, FIXED, CAMPAIGN, QUIET, AFTER]
    assert found.count(UNKNOWN) == 1
