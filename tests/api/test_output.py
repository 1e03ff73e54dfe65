"""Answers written quickly hold what the plain values hold."""

from __future__ import annotations

from dataclasses import asdict, replace
from math import inf, nan

import orjson
import pytest

from app.api.output import json_answer, policy_out, verdict_out
from app.policy.policy import policy_answer, policy_for
from app.policy.rules import load_rules
from app.policy.types import Facts, Language
from app.scoring.types import Entity, Evidence, Verdict

VERDICT = Verdict(
    True,
    0.9,
    "flag",
    "vote_call",
    (Evidence("text", 0, 6, "coblos", 1.5),),
    0.25,
    ("in_context",),
    (Entity("Xandrowi", "calon", 2, "uji", "text", 7, 15),),
    "text",
)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("band", ["flag", "review", "clear"])
def test_a_policy_is_written_as_it_is(band: str, language: Language) -> None:
    policy = policy_for(Facts("post", "vote_call", band), load_rules())  # type: ignore[arg-type]
    for _ in range(2):
        written = orjson.loads(json_answer({"policy": policy_out(policy, language)}).body)
        assert written == {"policy": policy_answer(policy, language)}


def test_a_verdict_is_written_with_all_it_holds() -> None:
    written = orjson.loads(json_answer(verdict_out("a", VERDICT)).body)
    assert written["evidence"] == [asdict(VERDICT.evidence[0])]
    assert written["entities"] == [asdict(VERDICT.entities[0])]
    assert (written["id"], written["rest"], written["reasons"]) == ("a", 0.25, ["in_context"])


@pytest.mark.parametrize("number", [nan, inf, -inf])
@pytest.mark.parametrize("field", ["score", "rest", "evidence"])
def test_what_is_no_number_is_never_answered(field: str, number: float) -> None:
    value = (replace(VERDICT.evidence[0], weight=number),) if field == "evidence" else number
    with pytest.raises(ValueError, match="finite"):
        verdict_out(None, replace(VERDICT, **{field: value}))


def test_half_a_character_pair_becomes_a_question_mark_wherever_it_stands() -> None:
    evidence = replace(VERDICT.evidence[0], surface="a\ud83d")
    policy = policy_for(Facts("post", "vote_call", "flag"), load_rules())
    content = {**verdict_out("\udfff", replace(VERDICT, evidence=(evidence,))), "policy": policy_out(policy, "id")}
    written = orjson.loads(json_answer(content).body)
    assert (written["id"], written["evidence"][0]["surface"]) == ("?", "a?")
    assert written["policy"] == policy_answer(policy, "id")
