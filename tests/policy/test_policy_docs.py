"""docs/rules.md is current, and its examples are printed from whatever answers them."""

from __future__ import annotations

import json
import re
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from app.api.schemas import ClassifyRequest
from app.policy import docs
from app.policy.docs import PAGE, ask, example_request, examples_text, main, page_text, rules_table, with_section
from app.policy.policy import facts_for, policy_answer, policy_for
from app.policy.rules import Rules
from app.watchlists.load import read_elections

ELECTIONS = {election["id"]: election for election in read_elections()}


def answered(rules: Rules) -> docs.Answer:
    """A service without a model: it flags everything."""

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        known = facts_for(
            action=request["action"],
            kind=None,
            band="flag",
            posted_at=request["posted_at"],
            elections=[ELECTIONS[request["election"]]],
            account_kind=request["account_kind"],
            subject_status=request["subject_status"],
        )
        policy = policy_answer(policy_for(known, rules))
        return {"id": request["id"], "flagged": True, "band": "flag", "score": 0.5, "evidence": [1], "policy": policy}

    return answer


def test_page_is_current(rules: Rules) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page_text(page, rules) == page


def test_table_has_every_row_once_and_whole(rules: Rules) -> None:
    lines = rules_table(rules).splitlines()
    assert [line.split("`")[1] for line in lines[2:]] == [rule.row.id for rule in rules.rows]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {11}


@pytest.mark.parametrize(
    "language_neutral", ["`SKB-A4`", "from penetapan on", "`sedang_atau_berat` (D)", "pribadi, PNS"]
)
def test_table_says(language_neutral: str, rules: Rules) -> None:
    assert language_neutral in rules_table(rules)


def test_every_phase_and_remarkable_case_is_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for word in (*docs.PHASES, "tidak_diketahui", "second round", "day of voting", "day of penetapan", "WIB"):
        assert word in page


def test_examples_are_requests_with_fictional_names(rules: Rules) -> None:
    for behaviour in rules.behaviours:
        request = example_request(behaviour)
        known = {key: request[key] for key in request if key in ClassifyRequest.model_fields}
        assert ClassifyRequest.model_validate(known).action == request["action"]
        assert ELECTIONS[request["election"]]["calendar"]
        people = {p["name"] for c in ELECTIONS[request["election"]]["contestants"] for p in c["people"]}
        words = f"{request['text']} {request.get('target_text', '')}"
        assert not any(part in words.split() for name in people for part in name.split())


def test_examples_show_request_and_answer_for_each_behaviour(rules: Rules) -> None:
    text = examples_text(rules, answered(rules))
    blocks = [json.loads(block) for block in re.findall(r"```json\n(.*?)\n```", text, re.DOTALL)]
    requests, answers = blocks[::2], blocks[1::2]
    assert [request["id"] for request in requests] == [f"perilaku-{n}" for n in range(1, 10)]
    for behaviour, answer in zip(rules.behaviours, answers, strict=True):
        assert answer["band"] == "flag"
        assert "evidence" not in answer
        shown = {row["id"] for row in answer["policy"]["rules"]}
        assert shown & set(behaviour.rows), behaviour.number
        assert set(answer["policy"]["rules"][0]) == {"id", "sanction_class", "sure"}


def test_an_answer_without_policy_is_shown_as_it_is(rules: Rules) -> None:
    text = examples_text(rules, lambda request: {"band": "clear", "score": 0.1})
    assert '"policy"' not in text
    assert text.count('"band": "clear"') == 9


def test_page_keeps_its_examples_unless_they_are_answered(rules: Rules) -> None:
    page = PAGE.read_text(encoding="utf-8")
    renewed = page_text(page, rules, answered(rules))
    assert renewed.count("```json") == 18
    assert page_text(renewed, rules) == renewed


def test_section_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="no section aturan"):
        with_section("# Page\n", "aturan", "isi")


def test_main_writes_the_page(tmp_path: Path) -> None:
    page = tmp_path / "rules.md"
    stale = with_section(PAGE.read_text(encoding="utf-8"), "rules", "usang\n")
    page.write_text(stale, encoding="utf-8")
    main([], page)
    assert page.read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8")


class Reply:
    def __init__(self, status: int, body: bytes) -> None:
        self.status, self.body = status, body

    def read(self) -> bytes:
        return self.body


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A connection that answers with ``reply`` and remembers what it was asked."""
    seen: dict[str, Any] = {"reply": Reply(200, b'{"band": "clear"}'), "closed": 0}
    monkeypatch.setattr(
        HTTPConnection, "request", lambda self, *args: seen.update(host=self.host, port=self.port, args=args)
    )
    monkeypatch.setattr(HTTPConnection, "getresponse", lambda self: seen["reply"])
    monkeypatch.setattr(HTTPConnection, "close", lambda self: seen.update(closed=seen["closed"] + 1))
    return seen


def test_a_running_service_is_asked(asked: dict[str, Any]) -> None:
    assert ask("http://127.0.0.1:8123")({"id": "a"}) == {"band": "clear"}
    assert (asked["host"], asked["port"], asked["closed"]) == ("127.0.0.1", 8123, 1)
    assert asked["args"][:3] == ("POST", "/classify", '{"id": "a"}')


def test_a_service_is_asked_with_the_key_of_the_environment(
    asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NETRA_API_KEY", "kunci-uji")
    ask("http://127.0.0.1:8123")({"id": "a"})
    assert asked["args"][3]["X-API-Key"] == "kunci-uji"


def test_a_service_that_refuses_ends_the_run(asked: dict[str, Any]) -> None:
    asked["reply"] = Reply(422, b"{}")
    with pytest.raises(SystemExit, match="layanan menjawab 422 untuk a"):
        ask("http://127.0.0.1:8123")({"id": "a"})
    assert asked["closed"] == 1
