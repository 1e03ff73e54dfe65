"""An act that may be about several elections: what they agree on is said, and each is named."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.policy.policy import facts_for, policy_answer, policy_for
from app.policy.rules import Rules
from app.policy.several import contest_among, in_question, read_phase_among
from app.policy.types import PHASES, PhaseReading, Words
from app.policy.wording import REMARKS
from tests.policy.policykit import CALENDAR, race

BEFORE, FIXED, CAMPAIGN, QUIET, AFTER = PHASES
UNKNOWN = "tidak_diketahui"
GOVERNOR = race(id="uji-gub", level="gubernur")
EARLIER = race({"pemungutan": date(2032, 2, 11)}, id="uji-februari")
LONG_OVER = race({"pemungutan": date(2027, 11, 24)}, id="uji-2027")
NEXT = race({"pemungutan": [date(2037, 11, 25)]}, id="uji-2037")
UNDATED = race({}, id="uji-kosong")


def read(posted_at: str | None, *elections: dict[str, Any]) -> PhaseReading:
    return read_phase_among(posted_at, elections)


def notes(rules: Rules, posted_at: str | None, *elections: dict[str, Any]) -> tuple[Words, ...]:
    act = facts_for(action="post", kind="vote_call", band="flag", posted_at=posted_at, elections=elections)
    return policy_for(act, rules).notes


def test_elections_of_one_day_give_their_phase() -> None:
    found = read("2032-10-01", race(), GOVERNOR)
    assert (found.phase, found.possible) == (CAMPAIGN, (CAMPAIGN,))
    assert found.elections == (("uji", CAMPAIGN), ("uji-gub", CAMPAIGN))


@pytest.mark.parametrize(
    ("posted_at", "possible"),
    [("2032-10-01", (CAMPAIGN, AFTER)), ("2032-09-22", (BEFORE, FIXED, AFTER)), ("2033-01-01", (AFTER,))],
)
def test_possible_is_what_any_of_them_leaves_open(posted_at: str, possible: tuple[str, ...]) -> None:
    found = read(posted_at, race(), EARLIER)
    assert found.possible == possible
    assert found.phase == (possible[0] if len(possible) == 1 else UNKNOWN)


def test_remarks_that_hold_for_one_alone_are_kept_only_where_all_agree() -> None:
    early = race({**CALENDAR, "pendaftaran": [date(2032, 1, 1), date(2032, 1, 3)]}, id="uji-awal")
    assert read("2032-08-01", race(), early).remarks == ("sebelum_pendaftaran",)
    assert read("2032-11-27", race(), EARLIER).remarks == ()
    assert read("2032-11-27", race(), GOVERNOR).remarks == ("hari_pemungutan",)


@pytest.mark.parametrize(("elections", "contest"), [((), UNKNOWN), ((race(), GOVERNOR), "pilkada")])
def test_kind_of_election_is_that_of_all(elections: tuple[dict[str, Any], ...], contest: str) -> None:
    assert contest_among(elections) == contest
    assert contest_among((*elections, race(level="presiden"))) == ("pemilu" if not elections else UNKNOWN)


@pytest.mark.parametrize(
    ("posted_at", "elections", "words"),
    [
        (
            "2032-10-01",
            (race(), EARLIER),
            Words(
                "Tahap tidak pasti: beberapa pemilihan cocok; tahap menurut masing-masing: uji (masa kampanye), "
                "uji-februari (sesudah pemungutan suara). Pastikan pemilihannya.",
                "Phase uncertain: several elections fit; the phase in each of them: uji (campaign), "
                "uji-februari (after the vote). Establish which one.",
            ),
        ),
        (
            "2032-10-01",
            (race(), UNDATED),
            Words(
                "Tahap tidak pasti: beberapa pemilihan cocok; tahap menurut masing-masing: uji (masa kampanye), "
                "uji-kosong (tidak diketahui). Pastikan pemilihannya.",
                "Phase uncertain: several elections fit; the phase in each of them: uji (campaign), "
                "uji-kosong (unknown). Establish which one.",
            ),
        ),
        (
            "2032-10-01",
            (race(), GOVERNOR),
            Words(
                "Beberapa pemilihan cocok, dengan tahap yang sama: uji, uji-gub. Pastikan pemilihannya.",
                "Several elections fit, all in the same phase: uji, uji-gub. Establish which one.",
            ),
        ),
        (
            None,
            (race(), EARLIER),
            Words(
                "Beberapa pemilihan cocok: uji, uji-februari. Pastikan pemilihannya.",
                "Several elections fit: uji, uji-februari. Establish which one.",
            ),
        ),
    ],
)
def test_a_note_names_each_election(
    posted_at: str | None, elections: tuple[dict[str, Any], ...], words: Words, rules: Rules
) -> None:
    found = notes(rules, posted_at, *elections)
    assert words in found
    assert REMARKS["tanpa_pemilihan"] not in found


@pytest.mark.parametrize(
    ("posted_at", "meant"),
    [
        (None, ["uji-2027", "uji", "uji-gub", "uji-2037"]),
        ("kemarin", ["uji-2027", "uji", "uji-gub", "uji-2037"]),
        ("2027-01-05", ["uji-2027"]),
        ("2027-11-24", ["uji-2027"]),
        ("2027-11-25", ["uji-2027", "uji", "uji-gub"]),
        ("2028-11-23", ["uji-2027", "uji", "uji-gub"]),
        ("2028-11-24", ["uji", "uji-gub"]),
        ("2032-11-27", ["uji", "uji-gub"]),
        ("2032-11-28", ["uji", "uji-gub", "uji-2037"]),
        ("2035-01-01", ["uji-2037"]),
        ("2039-01-01", ["uji-2027", "uji", "uji-gub", "uji-2037"]),
    ],
)
def test_of_the_elections_of_a_region_the_nearest_in_time_are_meant(posted_at: str | None, meant: list[str]) -> None:
    elections = (LONG_OVER, race(), GOVERNOR, NEXT)
    assert [election["id"] for election in in_question(posted_at, elections)] == meant
    assert in_question(posted_at, (LONG_OVER,)) == (LONG_OVER,)
    assert UNDATED in in_question(posted_at, (*elections, UNDATED))


def test_a_second_round_is_the_day_of_voting() -> None:
    second = race({"pemungutan": date(2031, 2, 15), "putaran_kedua": date(2031, 4, 19)}, id="uji-2031")
    assert second in in_question("2032-04-18", (second, race()))
    assert second not in in_question("2032-04-19", (second, race()))


def test_what_is_left_of_several_is_named(rules: Rules) -> None:
    found = notes(rules, "2032-10-01", LONG_OVER, race())
    assert [note for note in found if "pemilihan di wilayah" in note.id] == [
        Words(
            "Beberapa pemilihan di wilayah ini; tahap dihitung dari yang waktunya terdekat: uji. Pastikan pemilihannya.",
            "Several elections in this region; the phase is that of the nearest in time: uji. Establish which one.",
        )
    ]


def test_one_election_or_none_is_told_as_ever(rules: Rules) -> None:
    assert REMARKS["tanpa_pemilihan"] in notes(rules, "2032-10-01")
    assert not any("pemilihan cocok" in note.id for note in notes(rules, "2032-10-01", race()))


def test_rules_are_those_of_all_phases_that_are_left(rules: Rules) -> None:
    act = facts_for(action="post", kind="vote_call", band="flag", posted_at="2032-10-01", elections=(race(), EARLIER))
    shown = {row["id"] for row in policy_answer(policy_for(act, rules))["rules"]}
    assert "SKB-B6" in shown
    assert "SKB-A4" not in shown


@pytest.mark.parametrize(("other", "is_remarked"), [("bakal calon", True), ("calon", False)])
def test_lists_of_hopefuls_are_remarked_where_all_are_some(other: str, is_remarked: bool, rules: Rules) -> None:
    elections = (race(status="bakal calon"), {**GOVERNOR, "status": other})
    assert (REMARKS["daftar_bakal_calon"] in notes(rules, "2032-10-01", *elections)) is is_remarked
