"""Every row, act by act and phase by phase: expectations are written here by hand, not read from the rule files."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

import pytest

from app.policy import wording
from app.policy.policy import facts_for, policy_answer, policy_for
from app.policy.rules import Rules
from app.policy.types import ACCOUNT_KINDS, CONTESTS, KINDS, PHASES, SUBJECT_STATUSES, Facts, RuleHit
from app.scoring.types import ACTIONS
from tests.policy.policykit import facts, race

BEFORE, FIXED, CAMPAIGN, QUIET, AFTER = PHASES
UNKNOWN = "tidak_diketahui"
#: One letter an act: post, comment, share, like, follow.
ACTS = dict(zip("pcslf", ACTIONS, strict=True))
#: One letter a kind: vote call, endorsement, slogan, promotion, activity, criticism.
SOME_KINDS = {
    "v": "vote_call",
    "e": "endorsement",
    "s": "slogan",
    "p": "promotion",
    "a": "activity",
    "c": "criticism",
}
BAKAL, CALON, EVER = (BEFORE,), PHASES[1:], PHASES


class Expected(NamedTuple):
    acts: str
    kinds: str
    phases: tuple[str, ...]
    sanction: str | None
    only: str = ""
    class_for: str = "PNS PPPK"
    sure: str = "B"


ROWS = {
    "SKB-A1": Expected("pcs", "sp", BAKAL, "moral"),
    "SKB-A2": Expected("pcs", "vsp", BAKAL, "moral"),
    "SKB-A3": Expected("pc", "a", BAKAL, "moral"),
    "SKB-A4": Expected("pcslf", "all", BAKAL, "moral"),
    "SKB-A5": Expected("p", "esa", BAKAL, "moral"),
    "SKB-A6": Expected("pc", "a", BAKAL, "moral"),
    "SKB-A7": Expected("pc", "a", BAKAL, "moral", "pribadi"),
    "SKB-B1": Expected("pcs", "sp", CALON, "berat", "", "PNS"),
    "SKB-B2": Expected("pcs", "vsp", CALON, "berat", "", "PNS"),
    "SKB-B3": Expected("p", "pa", BAKAL, "sedang_atau_berat", "pribadi", "PNS", "D"),
    "SKB-B4": Expected("pc", "a", CALON, "berat", "", "PNS"),
    "SKB-B5": Expected("pc", "a", EVER, "ptdh", "pribadi", "PNS"),
    "SKB-B6": Expected("pcslf", "all", CALON, "berat", "", "PNS"),
    "SKB-B7": Expected("p", "esa", CALON, "berat", "", "PNS"),
    "SKB-B8": Expected("pcs", "va", CALON, "sedang_atau_berat", "", "PNS", "D"),
    "SKB-B9": Expected("pc", "a", BAKAL, "sedang_atau_berat", "pribadi", "PNS", "D"),
    "SKB-B10": Expected("pc", "a", CALON, "sedang_atau_berat", "pribadi", "PNS", "D"),
    "SKB-B11": Expected("pc", "a", EVER, "berat", "pribadi", "PNS"),
    "SKB-B12": Expected("pcs", "vac", CALON, "berat", "", "PNS"),
    "PP94-5-N-1": Expected("pc", "a", CALON, None, "PNS"),
    "PP94-5-N-2": Expected("pc", "a", CALON, "sedang", "PNS"),
    "PP94-5-N-3": Expected("pcs", "va", CALON, "berat", "PNS"),
    "PP94-5-N-4": Expected("pc", "a", CALON, "berat", "PNS"),
    "PP94-5-N-5": Expected("pcslf", "all", CALON, "berat", "PNS"),
    "PP94-5-N-6": Expected("pcs", "va", CALON, "berat", "PNS"),
    "PP94-5-N-7": Expected("pc", "a", EVER, "berat", "pribadi PNS"),
    "UU20-2-F": Expected("pcslf", "all", EVER, None),
    "UU20-9-2": Expected("pcslf", "all", EVER, None),
    "UU20-24-1-D": Expected("pcslf", "all", EVER, None, sure="S"),
    "PP42-11-C": Expected("pcslf", "all", EVER, "moral"),
    "PP49-51": Expected("pcslf", "all", EVER, None, "PPPK"),
    "PP49-52": Expected("pcslf", "all", EVER, None, "PPPK"),
    "PP49-53-2-B": Expected("pcslf", "all", CALON, "pemutusan", "PPPK"),
    "PP49-53-3-C": Expected("pc", "a", EVER, "pemutusan_tidak_hormat", "pribadi PPPK"),
    "UU7-280-2-F": Expected("pc", "a", EVER, "pidana", "pemilu"),
    "UU7-280-3": Expected("pc", "a", EVER, "pidana", "pribadi pemilu"),
    "UU7-282": Expected("pcs", "vespa", (CAMPAIGN,), None, "pemilu"),
    "UU7-283": Expected("pcs", "va", EVER, None, "pemilu"),
    "UU10-70-1": Expected("pc", "a", CALON, "pidana", "pilkada"),
    "UU10-71-1": Expected("pcs", "vespa", (CAMPAIGN,), "pidana", "pilkada"),
    "SEB71-E": Expected("pcsl", "all", EVER, None, "PNS"),
    "SEB71-F": Expected("p", "esa", EVER, None, "PNS"),
    "SEB71-LAIN": Expected("pc", "a", EVER, None, "PNS"),
    "SE-PASANGAN-MEDSOS": Expected("pcsl", "all", EVER, None, "pribadi"),
}


def combinations() -> Iterator[Facts]:
    """Every act about which everything is known."""
    known = (ACCOUNT_KINDS[:2], SUBJECT_STATUSES[:2], CONTESTS[:2])
    for action, kind, phase, account, status, contest in itertools.product(ACTIONS, KINDS, PHASES, *known):
        yield Facts(action, kind, "flag", account, phase, status, contest)


def is_expected(row: Expected, act: Facts) -> bool:
    kinds = KINDS if row.kinds == "all" else {SOME_KINDS[letter] for letter in row.kinds}
    limits = {act.account_kind, act.subject_status, act.contest}  # no two of these share a word
    return (
        act.action in {ACTS[letter] for letter in row.acts}
        and act.kind in kinds
        and act.phase in row.phases
        and set(row.only.split()) <= limits
    )


@pytest.fixture(scope="module")
def shown(rules: Rules) -> dict[Facts, dict[str, RuleHit]]:
    return {act: {hit.id: hit for hit in policy_for(act, rules).rules} for act in combinations()}


def test_every_row_has_an_expectation(rules: Rules) -> None:
    assert [rule.row.id for rule in rules.rows] == list(ROWS)


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("row_id", ROWS)
def test_row_is_shown_for_its_acts_and_no_others(
    row_id: str, phase: str, shown: dict[Facts, dict[str, RuleHit]]
) -> None:
    in_phase = {act: hits for act, hits in shown.items() if act.phase == phase}
    wanted = {act for act in in_phase if is_expected(ROWS[row_id], act)}
    assert {act for act, hits in in_phase.items() if row_id in hits} == wanted
    assert bool(wanted) == (phase in ROWS[row_id].phases)


@pytest.mark.parametrize("row_id", ROWS)
def test_row_names_its_class_only_to_those_it_is_for(row_id: str, shown: dict[Facts, dict[str, RuleHit]]) -> None:
    expected, found = ROWS[row_id], False
    for act, hits in shown.items():
        if row_id in hits:
            found = True
            named = expected.sanction if act.subject_status in expected.class_for.split() else None
            assert hits[row_id].sanction_class == named
            assert hits[row_id].sure == expected.sure
    assert found


def test_rows_that_are_not_covered_are_never_shown(rules: Rules, shown: dict[Facts, dict[str, RuleHit]]) -> None:
    ids = {entry.id for entry in rules.not_covered}
    assert len(ids) == 3
    assert all(ids.isdisjoint(hits) for hits in shown.values())


def ids(act: Facts, rules: Rules) -> list[str]:
    return [hit.id for hit in policy_for(act, rules).rules]


def notes(act: Facts, rules: Rules) -> tuple[str, ...]:
    return tuple(note.id for note in policy_for(act, rules).notes)


def note_of(row_id: str, act: Facts, rules: Rules) -> str:
    return next(hit.note.id if hit.note else "" for hit in policy_for(act, rules).rules if hit.id == row_id)


@pytest.mark.parametrize(("band", "reason"), [("clear", wording.REASON_CLEAR), ("undecided", wording.REASON_UNDECIDED)])
def test_no_rows_without_a_sign_of_support(band: str, reason: object, rules: Rules) -> None:
    found = policy_for(facts(band=band), rules)
    assert (found.rules, found.reason, found.notes) == ((), reason, ())


def test_a_like_before_the_fixing_is_ethics_and_after_it_discipline(rules: Rules) -> None:
    before, after = (ids(facts(action="like", phase=phase), rules) for phase in (BEFORE, CAMPAIGN))
    assert "SKB-A4" in before
    assert "SKB-B6" not in before
    assert "SKB-B6" in after
    assert "SKB-A4" not in after


UNIONS = {
    "account_kind": ("pribadi", "instansi"),
    "subject_status": ("PNS", "PPPK"),
    "contest": ("pemilu", "pilkada"),
    "phase": PHASES,
    "kind": tuple(KINDS),
}


@pytest.mark.parametrize("field", UNIONS)
def test_what_is_unknown_gives_the_union(field: str, rules: Rules) -> None:
    unknown = None if field == "kind" else UNKNOWN
    for action, kind in itertools.product(ACTIONS, ("vote_call", "activity", "slogan")):
        known = [ids(facts(**{"action": action, "kind": kind, field: value}), rules) for value in UNIONS[field]]
        union = set(itertools.chain(*known))
        assert set(ids(facts(**{"action": action, "kind": kind, field: unknown}), rules)) == union


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ({"account_kind": UNKNOWN}, wording.ACCOUNT["tidak_diketahui"]),
        ({"account_kind": "instansi"}, wording.ACCOUNT["instansi"]),
        ({"account_kind": "pribadi"}, wording.ACCOUNT["pribadi"]),
        ({"subject_status": UNKNOWN}, wording.STATUS_UNKNOWN),
        ({"contest": UNKNOWN}, wording.CONTEST_UNKNOWN),
        ({"phase": UNKNOWN}, wording.CONTESTANT_UNKNOWN),
        ({"kind": None}, wording.KIND_UNKNOWN),
        ({"kind": "jenis lain"}, wording.KIND_UNKNOWN),
        ({"kind": "news"}, wording.KIND_IS_NO_SUPPORT),
        ({"band": "review"}, wording.REVIEW_BAND),
        ({"remarks": ("hari_pemungutan",)}, wording.REMARKS["hari_pemungutan"]),
        ({}, wording.SANCTION_IS_NO_DECISION),
        ({}, wording.SECONDARY_COPIES),
    ],
)
def test_a_note_says_what_a_person_must_establish(change: dict[str, Any], note: wording.Words, rules: Rules) -> None:
    assert note.id in notes(facts(**change), rules)
    if change and "remarks" not in change:
        others = facts(account_kind="pribadi" if change.get("account_kind") != "pribadi" else "instansi")
        assert note.id not in notes(others, rules)


def test_two_possible_phases_give_only_their_rows(rules: Rules) -> None:
    open_phase = facts(phase=UNKNOWN, possible=(BEFORE, FIXED))
    assert set(ids(open_phase, rules)) == {*ids(facts(phase=BEFORE), rules), *ids(facts(phase=FIXED), rules)}
    assert "UU10-71-1" not in ids(open_phase, rules)
    late = facts(phase=UNKNOWN, possible=(CAMPAIGN, QUIET))
    assert "SKB-A4" not in ids(late, rules)
    assert wording.CONTESTANT_UNKNOWN.id not in notes(late, rules)


@pytest.mark.parametrize(
    ("phase", "contestant"),
    [
        (BEFORE, "bakal_calon"),
        (FIXED, "calon"),
        (CAMPAIGN, "calon"),
        (QUIET, "calon"),
        (AFTER, "calon"),
        (UNKNOWN, UNKNOWN),
    ],
)
def test_what_the_contestant_was(phase: str, contestant: str) -> None:
    assert facts(phase=phase).contestant == contestant


@pytest.mark.parametrize(
    ("day", "instrument", "is_shown"),
    [
        (date(2022, 9, 21), "SKB-", False),
        (date(2022, 9, 22), "SKB-", True),
        (date(2020, 12, 31), "PP94-", False),
        (date(2021, 1, 1), "PP94-", True),
        (date(2022, 12, 31), "UU20-", False),
        (date(2023, 1, 1), "UU20-", True),
        (date(2017, 12, 26), "SEB71-", False),
        (date(2017, 12, 27), "SEB71-", True),
        (date(2015, 12, 31), "UU10-", False),
        (date(2016, 1, 1), "UU10-", True),
        (date(2018, 2, 1), "SE-", False),
        (date(2018, 2, 2), "SE-", True),
        (None, "SKB-", True),
    ],
)
def test_rows_of_instruments_not_yet_in_force_are_left_out(
    day: date | None, instrument: str, is_shown: bool, rules: Rules
) -> None:
    assert any(row.startswith(instrument) for row in ids(facts(day=day), rules)) is is_shown


def test_a_year_without_a_day_is_noted_in_that_year(rules: Rules) -> None:
    def noted(year: int) -> bool:
        return wording.START_NOT_KNOWN.id in note_of("PP94-5-N-5", facts(day=date(year, 10, 1)), rules)

    assert [noted(year) for year in (2021, 2022, 2024)] == [True, False, False]


def test_before_any_rule_there_is_a_reason(rules: Rules) -> None:
    found = policy_for(facts(day=date(1999, 6, 7), remarks=("tanpa_pemilihan",)), rules)
    assert (found.rules, found.reason) == ((), wording.REASON_NONE_FITS)
    assert found.notes == (wording.REMARKS["tanpa_pemilihan"],)


@pytest.mark.parametrize(
    ("row_id", "change", "words"),
    [
        ("SKB-B6", {"action": "follow"}, "Sumber tidak sama tentang mengikuti akun"),
        ("SKB-A4", {"action": "follow", "phase": BEFORE}, "Sumber tidak sama tentang mengikuti akun"),
        ("SKB-B6", {"action": "comment"}, "Tafsir pejabat berbeda"),
        ("SKB-B6", {"action": "share"}, "Grup tertutup"),
        ("SKB-B6", {"kind": "criticism"}, "Serangan terhadap lawan"),
        ("SKB-B12", {"kind": "vote_call"}, "Serangan terhadap lawan"),
        ("PP94-5-N-5", {"kind": "criticism"}, "Serangan terhadap lawan"),
        ("SKB-B6", {}, "Keterangan pers BKN (2024)"),
        ("SKB-B2", {}, 'salinan pers juga menulis "bakal calon"'),
        ("SKB-B8", {}, "satu menyebut sedang"),
        ("PP42-11-C", {}, "KASN menyebut sanksi moral hanya pada fase bakal calon"),
        ("PP42-11-C", {"subject_status": "PPPK"}, "berlaku bagi PPPK tidak tegas"),
        ("SKB-B6", {"subject_status": "PPPK"}, wording.CLASS_FOR_PNS.id),
        ("SKB-B6", {"subject_status": UNKNOWN}, wording.CLASS_FOR_PNS.id),
        ("SKB-B8", {"phase": QUIET}, wording.CLASS_DOUBTS["D"].id),
        ("SKB-B6", {"phase": AFTER}, wording.AFTER_VOTE_NOT_SAID.id),
        ("PP94-5-N-1", {"kind": "activity"}, "tidak ada dalam kedua salinan"),
        ("SKB-B7", {"kind": "slogan"}, "Netra tidak membaca gambar"),
    ],
)
def test_row_carries_its_doubt(row_id: str, change: dict[str, Any], words: str, rules: Rules) -> None:
    assert words in note_of(row_id, facts(**change), rules)


@pytest.mark.parametrize(
    ("row_id", "change", "words"),
    [
        ("SKB-B6", {"action": "like"}, "mengikuti akun"),
        ("SKB-B6", {"action": "follow"}, "Tafsir pejabat berbeda"),
        ("SKB-B6", {"kind": "endorsement"}, "Serangan terhadap lawan"),
        ("SKB-B6", {"subject_status": "PNS"}, wording.CLASS_FOR_PNS.id),
        ("SKB-B6", {"phase": QUIET}, wording.AFTER_VOTE_NOT_SAID.id),
        ("SKB-B8", {"phase": AFTER}, wording.AFTER_VOTE_NOT_SAID.id),
        ("SKB-B8", {"subject_status": "PPPK"}, wording.CLASS_DOUBTS["D"].id),
        ("PP42-11-C", {"phase": BEFORE}, "hanya pada fase bakal calon"),
        ("PP42-11-C", {}, "berlaku bagi PPPK"),
    ],
)
def test_notes_that_do_not_matter_are_left_out(row_id: str, change: dict[str, Any], words: str, rules: Rules) -> None:
    assert words not in note_of(row_id, facts(**change), rules)


def test_facts_come_from_time_and_election(rules: Rules) -> None:
    act = facts_for(action="like", kind=None, band="flag", posted_at="2032-10-01T08:00:00+09:00", elections=[race()])
    assert (act.phase, act.contest, act.day) == (CAMPAIGN, "pilkada", date(2032, 10, 1))
    assert (act.account_kind, act.subject_status) == (UNKNOWN, UNKNOWN)
    assert "SKB-B6" in ids(act, rules)


def test_facts_hand_on_the_remarks_of_the_phase(rules: Rules) -> None:
    act = facts_for(action="like", kind=None, band="flag", posted_at="kemarin", elections=[race()])
    assert wording.REMARKS["waktu_tidak_terbaca"].id in notes(act, rules)
    assert act.phases == PHASES


@pytest.mark.parametrize(
    ("status", "posted_at", "is_remarked"),
    [
        ("bakal calon", "2032-10-01", True),
        ("bakal calon", "2032-09-22", True),
        ("bakal calon", "2032-09-01", False),
        ("calon", "2032-10-01", False),
    ],
)
def test_a_list_of_hopefuls_is_remarked_once_candidates_may_be_fixed(
    status: str, posted_at: str, is_remarked: bool
) -> None:
    act = facts_for(action="post", kind=None, band="flag", posted_at=posted_at, elections=[race(status=status)])
    assert ("daftar_bakal_calon" in act.remarks) is is_remarked


def test_answer_in_indonesian_and_english(rules: Rules) -> None:
    found = policy_for(facts(action="like"), rules)
    indonesian, english = policy_answer(found), policy_answer(found, "en")
    assert list(indonesian) == ["version", "phase", "reason", "notes", "rules"]
    assert [row["id"] for row in indonesian["rules"]] == [row["id"] for row in english["rules"]]
    first = next(row for row in indonesian["rules"] if row["id"] == "SKB-B6")
    assert first["indication"].startswith("Indikasi ")
    assert first["article"].startswith("SKB 22 September 2022, Lampiran II tabel B")
    assert first["group"] == "SKB-POST-COMMENT-SHARE-LIKE-FOLLOW"
    same = next(row for row in english["rules"] if row["id"] == "SKB-B6")
    assert same["indication"].startswith("Indication ")
    assert same["sanction_class"] == first["sanction_class"] == "berat"
    assert same["note"] != first["note"]


def test_answer_without_rows_says_why(rules: Rules) -> None:
    assert policy_answer(policy_for(facts(band="clear"), rules), "en") == {
        "version": rules.version,
        "phase": CAMPAIGN,
        "reason": wording.REASON_CLEAR.en,
        "notes": [],
        "rules": [],
    }
