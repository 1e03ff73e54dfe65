"""The shipped calendars: every race of 2024 has the one of Pilkada 2024, and no phase rests on an unsourced date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.policy.phase import calendar_in, phase_of, read_phase
from app.policy.types import PHASES
from app.watchlists.load import read_elections
from app.watchlists.pairs import calendar_days, calendar_of
from app.watchlists.schema import Election, WatchlistError

ELECTIONS = {election["id"]: election for election in read_elections()}
LISTED = {
    "pilpres-2009": "pilpres-2009",
    "pilkada-dki-2012": "pilkada-dki-2012",
    "pilpres-2014": "pilpres-2014",
    "pilkada-dki-2017": "pilkada-dki-2017",
    "pilpres-2019": "pemilu-2019",
    "pilpres-2024": "pemilu-2024",
    "pilpres-2024-bakal": "pemilu-2024",
}
BEFORE, FIXED, CAMPAIGN, QUIET, AFTER = PHASES
UNKNOWN = "tidak_diketahui"


def calendar_name(election_id: str) -> str | None:
    """The listed calendar that an election should carry."""
    if election_id in LISTED:
        return LISTED[election_id]
    years = [year for year in ("2018", "2020", "2024") if f"-{year}" in election_id]
    return f"pilkada-{years[0]}" if years and election_id.startswith("pilkada-") else None


def test_all_545_races_share_the_calendar_of_2024() -> None:
    races = [election for name, election in ELECTIONS.items() if name.startswith("pilkada-2024-")]
    assert len(races) == 545
    assert all(election["calendar"] == calendar_of("pilkada-2024") for election in races)
    assert {phase_of("2024-10-01", election) for election in races} == {CAMPAIGN}


def test_calendar_of_2024() -> None:
    assert calendar_of("pilkada-2024") == {
        "pendaftaran": [date(2024, 8, 27), date(2024, 8, 29)],
        "penetapan": date(2024, 9, 22),
        "nomor": date(2024, 9, 23),
        "kampanye": [date(2024, 9, 25), date(2024, 11, 23)],
        "tenang": [date(2024, 11, 24), date(2024, 11, 26)],
        "pemungutan": date(2024, 11, 27),
    }


@pytest.mark.parametrize("election", ELECTIONS.values(), ids=list(ELECTIONS))
def test_every_election_carries_its_listed_calendar(election: Mapping[str, Any]) -> None:
    name = calendar_name(election["id"])
    assert name is not None
    assert election["calendar"] == calendar_of(name)
    assert Election.model_validate(dict(election)).calendar == election["calendar"]


@pytest.mark.parametrize(
    ("election", "posted_at", "phase"),
    [
        ("pilkada-2024-kota-palu", "2024-09-21", BEFORE),
        ("pilkada-2024-kota-palu", "2024-09-23", FIXED),
        ("pilkada-2024-kota-palu", "2024-11-27", QUIET),
        ("pilkada-2024-kota-palu", "2024-11-28", AFTER),
        ("pilpres-2024", "2023-11-12", BEFORE),
        ("pilpres-2024", "2023-11-14", FIXED),
        ("pilpres-2024", "2023-11-28", CAMPAIGN),
        ("pilpres-2024", "2024-02-11", QUIET),
        ("pilpres-2024", "2024-02-15", AFTER),
        ("pilpres-2024-bakal", "2023-05-01", BEFORE),
        ("pilpres-2019", "2019-04-13", UNKNOWN),
        ("pilpres-2019", "2019-04-14", QUIET),
        ("pilpres-2019", "2019-04-18", AFTER),
        ("pilpres-2014", "2014-07-10", AFTER),
        ("pilpres-2014", "2014-06-20", UNKNOWN),
        ("pilkada-jabar-2018", "2018-03-01", UNKNOWN),
        ("pilkada-jabar-2018", "2018-06-28", AFTER),
        ("pilkada-kota-palu-2020", "2020-09-26", CAMPAIGN),
        ("pilkada-kota-palu-2020", "2020-09-25", UNKNOWN),
        ("pilkada-kota-palu-2020", "2020-12-07", QUIET),
        ("pilkada-dki-2017", "2017-01-10", UNKNOWN),
        ("pilpres-2009", "2009-06-10", UNKNOWN),
    ],
)
def test_phase_in_a_shipped_election(election: str, posted_at: str, phase: str) -> None:
    assert phase_of(posted_at, ELECTIONS[election]) == phase


def test_unsourced_dates_are_as_good_as_missing() -> None:
    for name in ("pilkada-dki-2012", "pilkada-dki-2017", "pilpres-2009"):
        assert calendar_in(ELECTIONS[name]).is_empty
    assert read_phase("2018-03-01", ELECTIONS["pilkada-jabar-2018"]).possible == (CAMPAIGN, QUIET)


@pytest.mark.parametrize(
    ("election", "remarks"),
    [("pilpres-2024", ("pendaftaran_tidak_tercatat",)), ("pilkada-2024-kota-palu", ("sebelum_pendaftaran",))],
)
@pytest.mark.parametrize("posted_at", ["2019-12-01", "2021-06-01", "2023-09-30"])
def test_an_act_years_before_candidates_are_fixed_is_remarked(
    election: str, remarks: tuple[str, ...], posted_at: str
) -> None:
    found = read_phase(posted_at, ELECTIONS[election])
    assert (found.phase, found.remarks) == (BEFORE, remarks)


def test_a_calendar_that_nobody_lists_is_taken_as_it_is() -> None:
    own = {"calendar": {"penetapan": date(2017, 2, 1), "pemungutan": date(2017, 2, 16)}}
    assert phase_of("2017-01-31", own) == BEFORE


def test_table_of_calendars_is_sound() -> None:
    rows = calendar_days()
    assert {row.sure for row in rows} <= set("BSUG")
    assert all(row.source for row in rows)
    steps = Counter((row.calendar, row.step, row.edge) for row in rows)
    assert max(steps.values()) == 1
    for calendar, step in {(row.calendar, row.step) for row in rows}:
        edges = {edge for name, kind, edge in steps if (name, kind) == (calendar, step)}
        assert edges in ({"hari"}, {"mulai", "selesai"})


def test_calendar_that_is_not_listed_is_empty() -> None:
    assert calendar_of("pilkada-2099") == {}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("pilkada-2032\tpenetapan\thari\t2032-09-22\tB", "baris 2: harus punya 6 kolom"),
        ("pilkada-2032\tpenetapan\thari\t22-09-2032\tB\tKPU", "baris 2: tanggal harus berbentuk"),
    ],
)
def test_broken_line_is_named(line: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "kalender.tsv").write_text(f"# kepala\n{line}\n", encoding="utf-8")
    with pytest.raises(WatchlistError, match=f"kalender.tsv, {message}"):
        calendar_days(tmp_path / "kalender.tsv")
