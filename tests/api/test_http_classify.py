"""POST /classify: what goes to the scorer, what comes back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import pytest
from fakes import FakeScorer, fictional
from http_client import Api, but_for_policy, make_api, problem
from hypothesis import given, settings
from hypothesis import strategies as st

from app.advice import advise
from app.api.examples import CLASSIFY_ANSWER, CLASSIFY_REQUESTS
from app.api.schemas import ClassifyAnswer, ClassifyRequest
from app.policy.policy import policy_answer
from app.policy.rules import load_rules
from app.policy.wording import INDICATION
from app.scoring.types import ACTIONS, Evidence, Item, Verdict


class Recorder(FakeScorer):
    """Remembers what it was asked."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.explain: list[bool] = []

    def score(self, items: Sequence[Item], *, explain: bool = False, entities: bool = False) -> list[Verdict]:
        self.items += items
        self.explain.append(explain)
        return super().score(items, explain=explain, entities=entities)


class Fixed(FakeScorer):
    """Says the same of everything."""

    def __init__(self, verdicts: list[Verdict]) -> None:
        self.verdicts = verdicts

    def score(self, items: Sequence[Item], *, explain: bool = False, entities: bool = False) -> list[Verdict]:
        return self.verdicts


PLAIN = Verdict(False, 0.1, "clear", "off_topic")


def test_the_documented_answer_is_the_real_one(api: Api) -> None:
    response = api.post("/classify", CLASSIFY_REQUESTS["post"]["value"])
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert but_for_policy(response.json()) == but_for_policy(CLASSIFY_ANSWER)
    assert response.json()["policy"]["phase"] == CLASSIFY_ANSWER["policy"]["phase"]


@pytest.mark.parametrize("name", CLASSIFY_REQUESTS)
def test_documented_requests_are_answered_in_the_documented_shape(api: Api, name: str) -> None:
    response = api.post("/classify", CLASSIFY_REQUESTS[name]["value"])
    assert response.status_code == 200
    assert set(response.json()) == set(ClassifyAnswer.model_fields)
    ClassifyAnswer.model_validate(response.json(), strict=True)


#: What only people see; tests/review has it.
QUEUE_FIELDS = {"queue", "author_id", "captured_at", "known_at"}


def test_everything_that_was_sent_reaches_the_scorer() -> None:
    sent = {
        "id": "a-9",
        "action": "comment",
        "text": " setuju ",
        "target_text": "nomor 3",
        "posted_at": "2031-11-03",
        "platform": "tiktok",
        "election": "kota-uji-2031",
        "region": "Kota Uji",
        "parent_author": "@gendis_w",
        "media_text": "POSTER",
        "account_kind": "instansi",
        "subject_status": "PPPK",
    }
    assert set(sent) == set(ClassifyRequest.model_fields) - QUEUE_FIELDS == {field.name for field in fields(Item)}
    scorer = Recorder()
    with make_api(scorer) as api:
        api.post("/classify", sent)
    assert scorer.items == [Item(**sent)]  # type: ignore[arg-type]
    assert scorer.explain == [True]


NULLS = {name: None for name in ClassifyRequest.model_fields if name not in ("text", "action")}


@pytest.mark.parametrize("missing", [{}, NULLS])
def test_what_is_left_out_or_null_reaches_the_scorer_as_its_default(missing: dict[str, None]) -> None:
    scorer = Recorder()
    with make_api(scorer) as api:
        assert api.post("/classify", {"text": "a", **missing}).json()["id"] is None
    assert scorer.items == [Item(text="a")]


@pytest.mark.parametrize(
    "texts",
    [
        {},
        {"text": ""},
        {"text": " \n", "target_text": "\t", "media_text": " "},
        {"text": "\u200b", "target_text": "\ufeff", "media_text": "\x00\u3164"},
    ],
)
@pytest.mark.parametrize("action", ["like", "share", "follow"])
def test_an_act_on_an_unknown_target_is_undecided_without_asking_the_scorer(action: str, texts: dict[str, str]) -> None:
    scorer = Recorder()
    with make_api(scorer) as api:
        answer = api.post("/classify", {"id": "x", "action": action, **texts}).json()
    assert (answer["band"], answer["score"], answer["flagged"]) == ("undecided", None, False)
    assert (answer["reasons"], answer["id"], answer["evidence"]) == (["needs_target"], "x", [])
    assert answer["model"]["name"] == "palsu"
    assert scorer.items == []


@pytest.mark.parametrize("blank", [" ", "\u200b", "\u3164"])
def test_an_invisible_target_of_a_named_election_is_undecided(api: Api, blank: str) -> None:
    given = {"action": "like", "target_text": blank, "election": "pilkada-kota-uji-2031"}
    answer = api.post("/classify", given).json()
    assert (answer["band"], answer["score"], answer["reasons"][0]) == ("undecided", None, "needs_target")


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("field", ["text", "target_text", "media_text"])
def test_every_action_with_one_of_the_texts_is_scored(api: Api, action: str, field: str) -> None:
    answer = api.post("/classify", {"action": action, field: "ayo coblos"}).json()
    assert (answer["band"], answer["flagged"]) == ("flag", True)


@pytest.mark.parametrize(
    ("text", "start"),
    [("coblos", 0), ("\U0001f64f\U0001f64f coblos", 3), ("e\u0301 coblos", 3), ("\x00\u200d coblos", 3)],
)
def test_offsets_are_code_points_of_the_text_as_sent(api: Api, text: str, start: int) -> None:
    [evidence] = api.post("/classify", {"text": text}).json()["evidence"]
    assert (evidence["start"], evidence["end"]) == (start, start + 6)
    assert text[evidence["start"] : evidence["end"]] == evidence["surface"] == "coblos"


LANGUAGES = [
    (None, "id"),
    ("", "id"),
    ("en", "en"),
    ("EN-us", "en"),
    ("en;q=0.9, id;q=0.5", "en"),
    ("id, en;q=0.5", "id"),
    ("en, id", "id"),
    ("jv, en;q=0.1", "en"),
    ("*", "id"),
    ("en;q=0", "id"),
    ("en;q=banyak", "id"),
    ("en;q=nan", "id"),
    (";;,,=q", "id"),
    ("ms", "id"),
]


@pytest.mark.parametrize(("accept", "language"), LANGUAGES)
def test_notice_and_titles_speak_the_language_asked_for(api: Api, accept: str | None, language: Any) -> None:
    headers = {} if accept is None else {"Accept_Language": accept}
    assert api.post("/classify", {"text": "a"}, **headers).json()["notice"] == INDICATION.to(language)
    refused = api.post("/classify", {}, **headers)
    assert refused.headers["content-language"] == language
    assert refused.json()["title"] == {"id": "Isi permintaan tidak sesuai", "en": "The request does not fit"}[language]


BROKEN = [
    ("nan", [replace(PLAIN, score=float("nan"))]),
    ("infinite weight", [replace(PLAIN, rest=float("inf"))]),
    ("no verdict", []),
    ("two verdicts", [PLAIN, PLAIN]),
]


@pytest.mark.parametrize("path", ["/classify", "/classify/batch"])
@pytest.mark.parametrize("verdicts", [b[1] for b in BROKEN], ids=[b[0] for b in BROKEN])
def test_a_broken_verdict_is_a_500_and_never_an_answer(path: str, verdicts: list[Verdict]) -> None:
    body = {"text": "zqx"} if path == "/classify" else {"items": [{"text": "zqx"}]}
    with make_api(Fixed(verdicts)) as api:
        response = api.post(path, body)
    found = problem(response)
    assert (response.status_code, set(found)) == (500, {"type", "title", "status", "slug"})


def test_a_lone_surrogate_from_a_scorer_does_not_break_the_answer() -> None:
    verdict = replace(PLAIN, evidence=(Evidence("text", 0, 1, "a\ud83d", 0.5),))
    with make_api(Fixed([verdict])) as api:
        response = api.post("/classify", {"text": "a"})
    assert response.status_code == 200
    assert json.loads(response.content.decode("utf-8"))["evidence"][0]["surface"] == "a?"


@settings(max_examples=200, deadline=None)
@given(
    text=st.text(st.characters(exclude_categories=["Cs"]), max_size=50), item_id=st.none() | st.text("ab\0é\U0001f64f")
)
def test_every_text_survives_the_way_there_and_back(api: Api, text: str, item_id: str | None) -> None:
    answer = api.post("/classify", {"id": item_id, "text": "coblos" + text}).json()
    assert answer["id"] == item_id
    assert answer["evidence"][0]["surface"] == "coblos"


# Optional facts of an act

BAD_FACTS: list[tuple[dict[str, object], str, str]] = [
    ({"region": "zqx" * 50}, "region", "too_long"),
    ({"region": 7}, "region", "not_text"),
    ({"parent_author": "@" * 101}, "parent_author", "too_long"),
    ({"parent_author": ["zqx"]}, "parent_author", "not_text"),
    ({"media_text": 7}, "media_text", "not_text"),
    ({"account_kind": "zqx"}, "account_kind", "not_allowed"),
    ({"account_kind": "Pribadi"}, "account_kind", "not_allowed"),
    ({"account_kind": ""}, "account_kind", "not_allowed"),
    ({"subject_status": "pns"}, "subject_status", "not_allowed"),
    ({"subject_status": 1}, "subject_status", "not_allowed"),
    ({"subject": "zqx"}, "body", "unknown_field"),
]


@pytest.mark.parametrize(("facts", "field", "reason"), BAD_FACTS)
def test_facts_that_do_not_fit_are_named_without_echo(
    api: Api, facts: dict[str, object], field: str, reason: str
) -> None:
    response = api.post("/classify", {"text": "zqx", **facts})
    found = problem(response)
    assert (response.status_code, found["field"], found["reason"]) == (422, field, reason)
    assert "zqx" not in response.text


def test_words_in_a_picture_have_the_length_of_a_text() -> None:
    with make_api(max_text_chars=9) as api:
        assert api.post("/classify", {"media_text": "a" * 9}).status_code == 200
        found = problem(api.post("/classify", {"text": "a", "media_text": "a" * 10}))
    assert (found["slug"], found["field"], found["limit"]) == ("text-too-long", "media_text", 9)


CITY = "pilkada-kota-uji-2031"


@pytest.mark.parametrize("action", ["like", "share", "follow"])
def test_a_contestants_account_without_a_text_is_undecided_with_a_reason(api: Api, action: str) -> None:
    answer = api.post("/classify", {"action": action, "parent_author": "@Gendis_W"}).json()
    assert (answer["band"], answer["score"], answer["flagged"]) == ("undecided", None, False)
    assert answer["reasons"] == ["needs_target", "contestant_account"]
    [entity] = answer["entities"]
    assert (entity["field"], entity["role"], entity["start"], entity["end"]) == ("parent_author", "akun", 0, 9)
    assert answer["policy"]["rules"] == []
    assert answer["policy"]["reason"]


@pytest.mark.parametrize("known", [{"election": "tak ada"}, {"region": "tak ada"}])
@pytest.mark.parametrize("act", [{"text": "coblos"}, {"action": "like"}])
def test_an_unknown_election_is_said_and_does_not_stop_the_answer(
    api: Api, act: dict[str, str], known: dict[str, str]
) -> None:
    with_it, without = (api.post("/classify", {**act, **more}).json() for more in (known, {}))
    assert with_it["reasons"] == [*without["reasons"], "unknown_election"]
    assert (with_it["score"], with_it["band"]) == (without["score"], without["band"])


@pytest.mark.parametrize(("known", "count"), [({}, 0), ({"election": CITY}, 1), ({"region": "Kota Uji"}, 1)])
def test_election_and_region_narrow_who_is_meant(api: Api, known: dict[str, str], count: int) -> None:
    assert len(api.post("/classify", {"text": "mas wiratmo", **known}).json()["entities"]) == count


class Scores(FakeScorer):
    """Scores whatever it is given, even nothing."""

    def score(self, items: Sequence[Item], *, explain: bool = False, entities: bool = False) -> list[Verdict]:
        return [PLAIN for _ in items]


def test_a_score_for_an_act_without_any_text_is_a_500() -> None:
    with make_api(Scores()) as api:
        assert api.post("/classify", {"action": "like", "parent_author": "x"}).status_code == 500
        assert api.post("/classify", {"action": "like"}).json()["band"] == "undecided"


# Policy

CAMPAIGN = {"text": "ayo coblos", "election": CITY, "posted_at": "2031-11-03", "account_kind": "pribadi"}
PHASES: list[tuple[dict[str, object], str]] = [
    ({}, "kampanye"),
    ({"posted_at": "2031-11-24T10:00:00+07:00"}, "masa_tenang"),
    ({"posted_at": "2031-08-01"}, "sebelum_penetapan"),
    ({"posted_at": "2031-12-01"}, "sesudah_pemungutan"),
    ({"election": None, "region": "Kota Uji"}, "kampanye"),
    ({"election": None, "region": "Kabupaten Rawa"}, "tidak_diketahui"),
    ({"election": "tak ada"}, "tidak_diketahui"),
    ({"posted_at": None}, "tidak_diketahui"),
]


@pytest.mark.parametrize(("changes", "phase"), PHASES)
def test_the_phase_comes_from_the_time_and_the_one_race_named(api: Api, changes: dict[str, object], phase: str) -> None:
    policy = api.post("/classify", {**CAMPAIGN, **changes}).json()["policy"]
    assert policy["phase"] == phase
    assert policy["version"] == load_rules().version


def test_a_region_with_several_elections_names_the_one_that_is_nearest_in_time(api: Api) -> None:
    policy = api.post("/classify", {**CAMPAIGN, "election": None, "region": "Kabupaten Rawa"}).json()["policy"]
    [note] = [note for note in policy["notes"] if "Beberapa pemilihan di wilayah ini" in note]
    assert policy["phase"] == "tidak_diketahui"
    assert "pilkada-kabupaten-rawa-2031" in note
    assert "pilkada-kabupaten-rawa-2026" not in note


def test_policy_is_that_of_the_act_and_never_changes_the_verdict(api: Api) -> None:
    item = Item("ayo coblos", election=CITY, posted_at="2031-11-03", account_kind="pribadi", subject_status="PPPK")
    answer = api.post("/classify", {**CAMPAIGN, "subject_status": "PPPK"}).json()
    [verdict] = FakeScorer().score([item])
    assert answer["policy"] == policy_answer(advise(item, verdict, fictional(), load_rules()))
    other = api.post("/classify", {**CAMPAIGN, "subject_status": "PNS"}).json()
    assert other["policy"] != answer["policy"]
    assert but_for_policy(other) == but_for_policy(answer)


def test_rules_are_shown_for_what_a_person_should_look_at_and_for_nothing_else(api: Api) -> None:
    policies = {text: api.post("/classify", {"text": text}).json()["policy"] for text in ("coblos", "ragu", "pagi")}
    assert [bool(policy["rules"]) for policy in policies.values()] == [True, True, False]
    assert [policy["reason"] is None for policy in policies.values()] == [True, True, False]


def test_rules_speak_the_language_asked_for(api: Api) -> None:
    indonesian = api.post("/classify", CAMPAIGN).json()["policy"]
    english = api.post("/classify", CAMPAIGN, Accept_Language="en").json()["policy"]
    assert [r["id"] for r in english["rules"]] == [r["id"] for r in indonesian["rules"]]
    assert english["notes"] != indonesian["notes"]
    batch = api.post("/classify/batch", {"items": [CAMPAIGN]}, Accept_Language="en").json()
    assert batch["results"][0]["policy"] == english
