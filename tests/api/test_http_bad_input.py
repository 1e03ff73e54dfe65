"""Bad input is answered 4xx, always as a problem, never with anything that was sent."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from http_client import JSON, Api, make_api, problem
from hypothesis import given, settings
from hypothesis import strategies as st

from app.api.body import MAX_CONTAINERS, MAX_DEPTH, MAX_INT_DIGITS, MAX_KEYS, REST, strict_json
from app.scoring.types import ACTIONS

SECRET = "coblos rahasia zqx"
PATHS = ("/classify", "/classify/batch")


def nested(levels: int) -> str:
    """A document whose containers are nested ``levels`` deep."""
    return '{"text": ' + "[" * (levels - 1) + "]" * (levels - 1) + "}"


MALFORMED = [
    ("empty body", b"", "syntax"),
    ("white space", b" \n", "syntax"),
    ("not JSON", f"text={SECRET}", "syntax"),
    ("cut off", f'{{"text": "{SECRET}', "syntax"),
    ("two documents", f'{{"text": "{SECRET}"}} {{}}', "syntax"),
    ("trailing comma", f'{{"text": "{SECRET}",}}', "syntax"),
    ("single quotes", f"{{'text': '{SECRET}'}}", "syntax"),
    ("raw newline in a string", f'{{"text": "{SECRET}\n"}}', "syntax"),
    ("byte order mark", f'\ufeff{{"text": "{SECRET}"}}', "encoding"),
    ("bad escape", rf'{{"text": "{SECRET}\x41"}}', "syntax"),
    ("lone high surrogate", rf'{{"text": "{SECRET} \ud83d"}}', "surrogate"),
    ("lone low surrogate", rf'{{"text": "{SECRET} \ude4f"}}', "surrogate"),
    ("surrogates swapped", rf'{{"text": "{SECRET} \ude4f\ud83d"}}', "surrogate"),
    ("surrogate in capitals", rf'{{"text": "{SECRET} \uD83D"}}', "surrogate"),
    ("surrogate in a key", rf'{{"{SECRET}\ud83d": 1}}', "surrogate"),
    ("surrogate deep inside", rf'{{"text": [[{{"a": "\udfff"}}]], "id": "{SECRET}"}}', "surrogate"),
    ("surrogate as raw bytes", b'{"text": "\xed\xa0\xbd"}', "encoding"),
    ("Latin-1", f'{{"text": "{SECRET} é"}}'.encode("latin-1"), "encoding"),
    ("UTF-16", f'{{"text": "{SECRET}"}}'.encode("utf-16"), "encoding"),
    ("overlong UTF-8", b'{"text": "\xc0\xaf"}', "encoding"),
    ("NaN", f'{{"text": "{SECRET}", "score": NaN}}', "number"),
    ("Infinity", '{"text": Infinity}', "number"),
    ("-Infinity", '{"text": -Infinity}', "number"),
    ("1e400", '{"text": 1e400}', "number"),
    ("-1e400", '{"text": [-1e400]}', "number"),
    ("integer of too many digits", '{"text": ' + "7" * (MAX_INT_DIGITS + 1) + "}", "number"),
    ("key twice", f'{{"text": "a", "text": "{SECRET}"}}', "duplicate_key"),
    ("key twice, once escaped", rf'{{"text": "a", "te\u0078t": "{SECRET}"}}', "duplicate_key"),
    ("key twice, deep inside", f'{{"text": [{{"{SECRET}": 1, "{SECRET}": 1}}]}}', "duplicate_key"),
    ("too many keys", json.dumps({f"{SECRET}{n}": n for n in range(MAX_KEYS + 1)}), "too_many_keys"),
    ("one level too deep", nested(MAX_DEPTH + 1), "depth"),
    ("far too deep", "[" * 100_000 + "]" * 100_000, "depth"),
    ("far too deep, never closed", "[" * 100_000, "depth"),
    ("too many arrays", '{"text": [' + "[]," * MAX_CONTAINERS + "0]}", "too_many_values"),
    ("too many objects", '{"items": [' + "{}," * MAX_CONTAINERS + "0]}", "too_many_values"),
    (
        "too many arrays after an unclosed string's escapes",
        "[" * (MAX_CONTAINERS + 1) + '"' + '\\"' * 500_000,
        "too_many_values",
    ),
    ("deep objects", '{"a":' * 40 + f'"{SECRET}"' + "}" * 40, "depth"),
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("content", "reason"), [c[1:] for c in MALFORMED], ids=[c[0] for c in MALFORMED])
def test_what_is_not_strict_json_is_400(api: Api, path: str, content: bytes | str, reason: str) -> None:
    response = api.send(path, content)
    found = problem(response)
    assert (response.status_code, found["slug"], found["reason"]) == (400, "malformed-json", reason)
    assert "zqx" not in response.text


@pytest.mark.parametrize(
    "content",
    [
        r'{"text": "\ud83d\ude4f"}',
        r'{"text": "ya \\ud83d"}',
        '{"text": "\U0001f64f \u0000 \ufffd"}'.replace("\u0000", r"\u0000"),
        '  {"text": "a"}\n\n',
        '{"text": "NaN"}',
    ],
)
def test_what_only_looks_malformed_is_read(api: Api, content: str) -> None:
    assert api.send("/classify", content).status_code == 200


def test_brackets_inside_texts_are_not_counted() -> None:
    brackets = '[{\\"' * (MAX_CONTAINERS // 8)
    assert strict_json(f'["{brackets}", "{brackets}", "{brackets}", "{brackets}", "{brackets}"]'.encode())


INVISIBLE = [r"\u200b", r"\ufeff", r"\u0000", r"\u3164", r"\u00ad \u2060", "<br>", "&nbsp;"]
NOT_AN_ACT = [
    ("null", "null", "body", "not_object"),
    ("number", "7", "body", "not_object"),
    ("text", f'"{SECRET}"', "body", "not_object"),
    ("list", f'["{SECRET}"]', "body", "not_object"),
    ("list of pairs", '[["text", "a"]]', "body", "not_object"),
    ("no text", "{}", "text", "needs_text"),
    ("empty text", '{"text": ""}', "text", "needs_text"),
    ("blank text", r'{"text": " \n\t\u00a0", "target_text": ""}', "text", "needs_text"),
    *(
        (f"invisible {text}", f'{{"text": "{text}", "media_text": "{text}"}}', "text", "needs_text")
        for text in INVISIBLE
    ),
    ("comment without text", f'{{"action": "comment", "id": "{SECRET}"}}', "text", "needs_text"),
    ("text is a number", '{"text": 7}', "text", "not_text"),
    ("text is a list", f'{{"text": ["{SECRET}"]}}', "text", "not_text"),
    ("text is an object", f'{{"text": {{"{SECRET}": 1}}}}', "text", "not_text"),
    ("text is true", '{"text": true}', "text", "not_text"),
    ("greatest integer allowed", '{"text": ' + "7" * MAX_INT_DIGITS + "}", "text", "not_text"),
    ("deepest nesting allowed", nested(MAX_DEPTH), "text", "not_text"),
    ("target is a number", '{"text": "a", "target_text": 1.5}', "target_text", "not_text"),
    ("id is a number", '{"text": "a", "id": 7}', "id", "not_text"),
    ("id too long", json.dumps({"text": "a", "id": SECRET * 20}), "id", "too_long"),
    ("unknown action", f'{{"text": "a", "action": "{SECRET}"}}', "action", "not_allowed"),
    ("action null", '{"text": "a", "action": null}', "action", "not_allowed"),
    ("action in capitals", '{"text": "a", "action": "POST"}', "action", "not_allowed"),
    ("platform too long", json.dumps({"text": "a", "platform": SECRET * 20}), "platform", "too_long"),
    ("election is a list", '{"text": "a", "election": []}', "election", "not_text"),
    ("unknown field", f'{{"text": "a", "{SECRET}": 1}}', "body", "unknown_field"),
    ("NUL in a key", rf'{{"text": "a", "{SECRET}\u0000": 1}}', "body", "unknown_field"),
    ("empty key", '{"text": "a", "": 1}', "body", "unknown_field"),
]


@pytest.mark.parametrize(("content", "field", "reason"), [c[1:] for c in NOT_AN_ACT], ids=[c[0] for c in NOT_AN_ACT])
def test_json_that_is_not_an_act_is_422(api: Api, content: str, field: str, reason: str) -> None:
    response = api.send("/classify", content)
    found = problem(response)
    assert (response.status_code, found["slug"]) == (422, "invalid-request")
    assert (found["field"], found["reason"]) == (field, reason)
    assert {"field": field, "reason": reason} in found["errors"]
    assert "zqx" not in response.text


DATES = [
    ("2031-11-03", True),
    ("2031-11-03T19:05", True),
    ("2031-11-03 19:05:59", True),
    ("2031-11-03T19:05:59.123456+07:00", True),
    ("2031-11-03T19:05:59+0700", True),
    ("2031-11-03T19:05:59Z", True),
    ("2028-02-29", True),
    ("2031-02-29", False),
    ("2031-13-01", False),
    ("0000-01-01", False),
    ("2031-11-03T24:01", False),
    ("2031-11-03T19:05:60", False),
    ("2031-11-03x19:05", False),
    ("03/11/2031", False),
    ("kemarin", False),
    ("1951491900", False),
    ("", False),
    ("2031-11-03\n", False),
    ("٢٠٣١-١١-٠٣", False),
    ("2031-11-03T19:05:59.1234567", False),
]


@pytest.mark.parametrize(("posted_at", "good"), DATES)
def test_posted_at_is_iso_8601(api: Api, posted_at: str, good: bool) -> None:
    response = api.post("/classify", {"text": "a", "posted_at": posted_at})
    assert response.status_code == (200 if good else 422)
    if not good:
        assert problem(response)["errors"] == [{"field": "posted_at", "reason": "not_iso_8601"}]


@pytest.mark.parametrize("field", ["posted_at", "captured_at", "known_at"])
@pytest.mark.parametrize(
    ("day", "good"),
    [
        ("1970-01-01", True),
        ("2014-07-09", True),
        ("2099-12-31T23:59:59-12:00", True),
        ("1969-12-31", False),
        ("2100-01-01", False),
        ("0001-01-01T00:00:00+07:00", False),
        ("9999-12-31", False),
        ("9999-12-31T23:59:59-07:00", False),
    ],
)
def test_an_act_is_of_a_year_that_acts_can_be_of(api: Api, field: str, day: str, good: bool) -> None:
    response = api.post("/classify", {"text": "a", field: day})
    assert response.status_code == (200 if good else 422)
    if not good:
        assert problem(response)["errors"] == [{"field": field, "reason": "out_of_range"}]
        assert day not in response.text


def test_every_fault_is_named_up_to_a_limit(api: Api) -> None:
    found = problem(api.post("/classify", {"text": 1, "id": 2, "action": 3}))
    assert [e["field"] for e in found["errors"]] == ["id", "action", "text"]
    many = problem(api.post("/classify", {"text": "a"} | {f"{SECRET}{n}": n for n in range(40)}))
    assert len(many["errors"]) == 20


MEDIA_TYPES = [
    ("application/json", 200),
    ("Application/JSON; charset=utf-8", 200),
    ('application/json; charset="UTF-8"', 200),
    ("application/json;charset=utf-8", 200),
    ("application/json; charset=utf-16", 415),
    ("application/json; charset=latin-1", 415),
    ("application/jsonp", 415),
    ("text/json", 415),
    ("text/plain", 415),
    ("application/x-www-form-urlencoded", 415),
    ("multipart/form-data; boundary=x", 415),
    ("application/xml, application/json", 415),
    ("", 415),
    (None, 415),
]


@pytest.mark.parametrize(("media_type", "status"), MEDIA_TYPES)
def test_only_json_in_utf_8_is_taken(api: Api, media_type: str | None, status: int) -> None:
    headers = {} if media_type is None else {"Content-Type": media_type}
    response = api.send("/classify", '{"text": "zqx"}', headers)
    assert response.status_code == status
    if status == 415:
        assert problem(response)["slug"] == "unsupported-media-type"


@pytest.mark.parametrize(("encoding", "status"), [("identity", 200), ("gzip", 415), ("br", 415)])
def test_compressed_bodies_are_refused(api: Api, encoding: str, status: int) -> None:
    assert api.send("/classify", '{"text": "a"}', JSON | {"Content-Encoding": encoding}).status_code == status


@pytest.mark.parametrize("field", ["text", "target_text"])
def test_a_text_over_the_limit_is_413_and_names_field_and_limit(api: Api, field: str) -> None:
    assert api.post("/classify", {field: "\U0001f64f" * 10_000}).status_code == 200
    response = api.post("/classify", {field: "zqx" + "\U0001f64f" * 9_998})
    found = problem(response)
    assert (response.status_code, found["slug"]) == (413, "text-too-long")
    assert (found["field"], found["reason"], found["limit"]) == (field, "too_long", 10_000)
    assert "zqx" not in response.text


def test_the_text_limit_is_a_setting() -> None:
    with make_api(max_text_chars=5) as api:
        assert api.post("/classify", {"text": "12345"}).status_code == 200
        assert problem(api.post("/classify", {"text": "123456"}))["limit"] == 5


def test_two_megabytes_of_text_are_not_echoed(api: Api) -> None:
    response = api.post("/classify", {"text": "zqx " * 500_000})
    assert response.status_code == 413
    assert len(response.content) < 500


@pytest.mark.parametrize("length", [str(2048 * (1 + REST) + 1), "150000000", "9" * 40])
def test_a_declared_length_far_over_the_cap_is_413_without_reading(length: str) -> None:
    pulled: list[bytes] = []

    async def body() -> AsyncIterator[bytes]:
        pulled.append(b"x")
        yield b"x" * 100

    with make_api(max_body_bytes=2048) as api:
        headers = JSON | {"Content-Length": length}
        response = api.run(api.client.post("/classify", content=body(), headers=headers))
    assert (response.status_code, problem(response)["limit"]) == (413, 2048)
    assert response.headers["connection"] == "close"
    assert pulled == []


@pytest.mark.parametrize("declared", [None, "10", "²", "-1", "nan"])
def test_a_body_over_the_cap_is_413_as_soon_as_it_is(declared: str | None) -> None:
    pulled: list[int] = []

    async def body() -> AsyncIterator[bytes]:
        for n in range(1000):
            pulled.append(n)
            yield b"zqx " * 256

    with make_api(max_body_bytes=4096) as api:
        headers: dict[str, Any] = JSON | ({} if declared is None else {"Content-Length": declared.encode("latin-1")})
        response = api.run(api.client.post("/classify", content=body(), headers=headers))
    assert (response.status_code, problem(response)["slug"]) == (413, "body-too-large")
    assert len(pulled) <= 4 * (1 + REST) + 2
    assert "zqx" not in response.text


def test_a_body_of_just_the_cap_is_read() -> None:
    content = b'{"text": "a"}'.ljust(2048)
    with make_api(max_body_bytes=2048) as api:
        assert api.send("/classify", content).status_code == 200
        assert api.send("/classify", content + b" ").status_code == 413


OFF_THE_MAP = [
    ("GET", "/coblos-zqx", 404, "not-found"),
    ("POST", "/coblos-zqx", 404, "not-found"),
    ("POST", "/classify/", 404, "not-found"),
    ("GET", "/classify?text=zqx", 405, "method-not-allowed"),
    ("DELETE", "/classify/batch", 405, "method-not-allowed"),
    ("POST", "/health/live", 405, "method-not-allowed"),
    ("ZQX", "/info", 405, "method-not-allowed"),
    ("GET", "/docs", 404, "not-found"),
]


@pytest.mark.parametrize(("method", "path", "status", "slug"), OFF_THE_MAP)
def test_unknown_addresses_and_methods_are_problems(api: Api, method: str, path: str, status: int, slug: str) -> None:
    response = api.run(api.client.request(method, path))
    assert (response.status_code, problem(response)["slug"]) == (status, slug)
    assert "zqx" not in response.text.lower()
    assert ("allow" in response.headers) == (status == 405)


# Every text of these bodies carries the mark, so that one look at an answer tells whether it repeats any.
marked = st.text(max_size=20).map(lambda text: "zqx" + text)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | marked
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(marked, inner, max_size=4), max_leaves=15
)
almost_acts = st.fixed_dictionaries(
    {},
    optional={
        "text": marked | values,
        "target_text": marked | values,
        "action": st.sampled_from(ACTIONS) | values,
        "id": values,
        "posted_at": st.dates().map(str) | values,
        "platform": values,
        "election": values,
        "zqx": values,
    },
)


@settings(max_examples=300, deadline=None)
@given(body=values | almost_acts)
def test_no_json_value_gets_a_500_or_its_text_back_in_a_problem(api: Api, body: object) -> None:
    response = api.send("/classify", json.dumps(body))
    assert response.status_code in (200, 400, 422)
    if response.status_code >= 400:
        problem(response)
        assert "zqx" not in response.text


@settings(max_examples=150, deadline=None)
@given(items=values | st.lists(almost_acts | values, max_size=5), extra=st.dictionaries(marked, values, max_size=1))
def test_no_batch_gets_a_500_or_its_text_back_in_a_problem(api: Api, items: object, extra: dict[str, object]) -> None:
    response = api.send("/classify/batch", json.dumps({"items": items, **extra}))
    assert response.status_code in (200, 400, 422)
    if response.status_code >= 400:
        assert "zqx" not in response.text
    else:
        assert "zqx" not in json.dumps([r.get("error") for r in response.json()["results"]])


@settings(max_examples=200, deadline=None)
@given(content=st.binary(max_size=60), path=st.sampled_from(PATHS))
def test_no_bytes_get_a_500(api: Api, content: bytes, path: str) -> None:
    assert problem(api.send(path, content))["status"] in (400, 422)
