"""Whatever is known or not known of an act, the policy is valid, sourced, in one order, and judges nobody."""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.policy import wording
from app.policy.policy import policy_answer, policy_for, sources_answer
from app.policy.rules import load_rules
from app.policy.types import (
    ACCOUNT_KINDS,
    CONTESTS,
    KINDS,
    PHASES,
    SUBJECT_STATUSES,
    Facts,
    Words,
)
from app.scoring.types import ACTIONS

RULES = load_rules()
ORDER = [rule.row.id for rule in RULES.rows]
JUDGEMENT = re.compile(r"\b(melanggar|terbukti|bersalah|violat\w*|guilty)\b", re.IGNORECASE)
UNKNOWN = "tidak_diketahui"

ACTS = st.builds(
    Facts,
    action=st.sampled_from(ACTIONS),
    kind=st.none() | st.sampled_from(KINDS) | st.text(max_size=20),
    band=st.sampled_from(["flag", "review", "clear", "undecided"]),
    account_kind=st.sampled_from(ACCOUNT_KINDS),
    phase=st.sampled_from([*PHASES, UNKNOWN]),
    subject_status=st.sampled_from(SUBJECT_STATUSES),
    contest=st.sampled_from(CONTESTS),
    possible=st.lists(st.sampled_from(PHASES), unique=True).map(tuple),
    day=st.none() | st.dates(),
    remarks=st.lists(st.sampled_from([*wording.REMARKS, "lain"])).map(tuple),
)
LANGUAGES = st.sampled_from(["id", "en"])


@given(ACTS, LANGUAGES)
def test_answer_is_plain_and_complete(act: Facts, language: Any) -> None:
    answer = policy_answer(policy_for(act, RULES), language)
    assert json.loads(json.dumps(answer, ensure_ascii=False, allow_nan=False)) == answer
    assert answer["version"] == RULES.version
    assert answer["phase"] == act.phase
    assert bool(answer["rules"]) == (answer["reason"] is None)
    assert bool(answer["rules"]) <= (act.band in ("flag", "review"))


@given(ACTS)
def test_rows_are_indications_with_sources_in_one_order(act: Facts) -> None:
    hits = policy_for(act, RULES).rules
    assert [hit.id for hit in hits] == sorted({hit.id for hit in hits}, key=ORDER.index)
    for hit in hits:
        assert hit.indication.id.startswith("Indikasi ")
        assert hit.sources
        assert len(set(hit.sources)) == len(hit.sources)
        assert all(source["title"] and source["address"] for source in sources_answer(RULES, hit.sources))


@given(ACTS, LANGUAGES)
def test_nothing_judges(act: Facts, language: Any) -> None:
    assert not JUDGEMENT.search(json.dumps(policy_answer(policy_for(act, RULES), language), ensure_ascii=False))


@given(ACTS)
def test_same_facts_same_policy(act: Facts) -> None:
    assert policy_for.__wrapped__(act, RULES) == policy_for(act, RULES)


@given(ACTS, st.sampled_from(["account_kind", "subject_status", "contest", "phase", "kind", "day"]))
def test_knowing_less_never_hides_a_row(act: Facts, field: str) -> None:
    blank: dict[str, Any] = {"kind": None, "day": None}
    less = dataclasses.replace(act, **{field: blank.get(field, UNKNOWN)}, possible=())
    more = dataclasses.replace(act, possible=())
    assert {hit.id for hit in policy_for(more, RULES).rules} <= {hit.id for hit in policy_for(less, RULES).rules}


@given(ACTS)
def test_review_and_flag_have_the_same_rows(act: Facts) -> None:
    flagged, doubted = (policy_for(dataclasses.replace(act, band=band), RULES) for band in ("flag", "review"))
    assert flagged.rules == doubted.rules


@given(ACTS)
def test_personal_matters_are_never_tied_to_an_institution(act: Facts) -> None:
    institutional = dataclasses.replace(act, account_kind="instansi", band="flag", day=date(2024, 10, 1))
    shown = {hit.id for hit in policy_for(institutional, RULES).rules}
    assert shown.isdisjoint({"SKB-A7", "SKB-B5", "SKB-B9", "SKB-B10", "SKB-B11", "PP94-5-N-7", "SE-PASANGAN-MEDSOS"})


def every_wording() -> list[Words]:
    tables: list[Any] = [value for value in vars(wording).values() if isinstance(value, dict)]
    singles = [value for value in vars(wording).values() if isinstance(value, Words)]
    return [*singles, *(words for table in tables for words in table.values() if isinstance(words, Words))]


def test_wording_judges_nobody_and_is_there_in_both_languages() -> None:
    found = every_wording()
    assert len(found) > 30
    for words in found:
        assert words.id.strip()
        assert words.en.strip()
        assert words.id != words.en
        assert not JUDGEMENT.search(" ".join(words))
