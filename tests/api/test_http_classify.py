"""POST /classify: what goes to the scorer, what comes back."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from fakes import FakeScorer
from http_client import Api, make_api, problem
from hypothesis import given, settings
from hypothesis import strategies as st

from app.api.classify import INLINE_CHARS
from app.api.examples import CLASSIFY_ANSWER, CLASSIFY_REQUESTS
from app.api.schemas import NOTICES, ClassifyAnswer
from app.scoring.types import ACTIONS, Evidence, Item, Verdict


class Recorder(FakeScorer):
    """Remembers what it was asked, and in which thread."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.explain: list[bool] = []
        self.threads: list[int] = []

    def score(self, items: Sequence[Item], *, explain: bool = False) -> list[Verdict]:
        self.items += items
        self.explain.append(explain)
        self.threads.append(threading.get_ident())
        return super().score(items, explain=explain)


class Fixed(FakeScorer):
    """Says the same of everything."""

    def __init__(self, verdicts: list[Verdict]) -> None:
        self.verdicts = verdicts

    def score(self, items: Sequence[Item], *, explain: bool = False) -> list[Verdict]:
        return self.verdicts


PLAIN = Verdict(False, 0.1, "clear", "off_topic")


def test_the_documented_answer_is_the_real_one(api: Api) -> None:
    response = api.post("/classify", CLASSIFY_REQUESTS["post"]["value"])
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.json() == CLASSIFY_ANSWER


@pytest.mark.parametrize("name", CLASSIFY_REQUESTS)
def test_documented_requests_are_answered_in_the_documented_shape(api: Api, name: str) -> None:
    response = api.post("/classify", CLASSIFY_REQUESTS[name]["value"])
    assert response.status_code == 200
    assert set(response.json()) == set(ClassifyAnswer.model_fields)
    ClassifyAnswer.model_validate(response.json(), strict=True)


def test_everything_that_was_sent_reaches_the_scorer() -> None:
    sent = {
        "id": "a-9",
        "action": "comment",
        "text": " setuju ",
        "target_text": "nomor 3",
        "posted_at": "2031-11-03",
        "platform": "tiktok",
        "election": "kota-uji-2031",
    }
    scorer = Recorder()
    with make_api(scorer) as api:
        api.post("/classify", sent)
    assert scorer.items == [Item(**sent)]  # type: ignore[arg-type]
    assert scorer.explain == [True]


@pytest.mark.parametrize("missing", [{}, {"id": None, "target_text": None, "posted_at": None, "election": None}])
def test_what_is_left_out_or_null_reaches_the_scorer_as_its_default(missing: dict[str, None]) -> None:
    scorer = Recorder()
    with make_api(scorer) as api:
        assert api.post("/classify", {"text": "a", **missing}).json()["id"] is None
    assert scorer.items == [Item(text="a")]


@pytest.mark.parametrize("texts", [{}, {"text": ""}, {"text": " \n", "target_text": "\t"}])
@pytest.mark.parametrize("action", ["like", "share", "follow"])
def test_an_act_on_an_unknown_target_is_undecided_without_asking_the_scorer(action: str, texts: dict[str, str]) -> None:
    scorer = Recorder()
    with make_api(scorer) as api:
        answer = api.post("/classify", {"id": "x", "action": action, **texts}).json()
    assert (answer["band"], answer["score"], answer["flagged"]) == ("undecided", None, False)
    assert (answer["reasons"], answer["id"], answer["evidence"]) == (["needs_target"], "x", [])
    assert answer["model"]["name"] == "palsu"
    assert scorer.items == []


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("field", ["text", "target_text"])
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
    assert api.post("/classify", {"text": "a"}, **headers).json()["notice"] == NOTICES[language]
    refused = api.post("/classify", {}, **headers)
    assert refused.headers["content-language"] == language
    assert refused.json()["title"] == {"id": "Isi permintaan tidak sesuai", "en": "The request does not fit"}[language]


def test_short_texts_are_scored_on_the_event_loop_and_long_ones_beside_it() -> None:
    scorer = Recorder()
    with make_api(scorer) as api:
        api.post("/classify", {"text": "a" * INLINE_CHARS})
        api.post("/classify", {"text": "a", "target_text": "a" * INLINE_CHARS})
    inline, beside = scorer.threads
    assert inline == threading.get_ident() != beside


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
