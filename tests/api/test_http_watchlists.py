"""GET /watchlists and /watchlists/{id}: strict about what is asked, complete in what is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from http_client import Api, make_api, problem
from hypothesis import given, settings
from hypothesis import strategies as st

from app.api.examples import WATCHLIST_ANSWER, WATCHLISTS_ANSWER
from app.api.watchlists import LARGEST_PAGE, PAGE, WatchlistAnswer, WatchlistsAnswer
from app.watchlists.load import WATCHLIST_DIR

CITY, REGENCY, EARLIER = "pilkada-kota-uji-2031", "pilkada-kabupaten-rawa-2031", "pilkada-kabupaten-rawa-2026"


def ids(api: Api, query: str) -> list[str]:
    response = api.get(f"/watchlists{query}")
    assert response.status_code == 200, response.text
    return [election["id"] for election in response.json()["elections"]]


@pytest.fixture(scope="module")
def real() -> Iterator[Api]:
    with make_api(watchlists_dir=WATCHLIST_DIR) as running:
        yield running


def test_the_documented_answers_are_the_real_ones(api: Api) -> None:
    assert api.get("/watchlists?level=wali%20kota").json() == WATCHLISTS_ANSWER
    assert api.get(f"/watchlists/{CITY}").json() == WATCHLIST_ANSWER


FILTERS = [
    ("", [CITY, REGENCY, EARLIER]),
    ("?level=bupati", [REGENCY, EARLIER]),
    ("?level=presiden", []),
    ("?region=Kota%20Uji", [CITY]),
    ("?region=kab.%20rawa", [REGENCY, EARLIER]),
    ("?region=Rawa", []),
    ("?region=", []),
    ("?region=Kota%20Uji&level=bupati", []),
    ("?limit=1", [CITY]),
    ("?limit=1&offset=2", [EARLIER]),
    ("?offset=3", []),
    ("?offset=1000000", []),
    ("?limit=007", [CITY, REGENCY, EARLIER]),
]


@pytest.mark.parametrize(("query", "expected"), FILTERS)
def test_filters_and_pages(api: Api, query: str, expected: list[str]) -> None:
    assert ids(api, query) == expected


def test_a_page_says_what_it_is_a_page_of(api: Api) -> None:
    page = api.get("/watchlists?level=bupati&limit=1&offset=1").json()
    assert (page["total"], page["limit"], page["offset"]) == (2, 1, 1)
    assert api.get("/watchlists").json()["limit"] == PAGE
    assert [party["name"] for party in page["parties"]] == ["Partai Uji Bersama"]


REFUSED = [
    ("?level=camat", "level", "not_allowed"),
    ("?level=", "level", "not_allowed"),
    ("?limit=0", "limit", "out_of_range"),
    (f"?limit={LARGEST_PAGE + 1}", "limit", "out_of_range"),
    ("?offset=1000001", "offset", "out_of_range"),
    ("?limit=-1", "limit", "not_whole_number"),
    ("?limit=1_0", "limit", "not_whole_number"),
    ("?limit=%D9%A2", "limit", "not_whole_number"),
    ("?limit=+5", "limit", "not_whole_number"),
    ("?limit=5.0", "limit", "not_whole_number"),
    ("?limit=", "limit", "not_whole_number"),
    ("?limit=" + "9" * 5000, "limit", "not_whole_number"),
    ("?offset=zqx", "offset", "not_whole_number"),
    ("?region=" + "zqx" * 50, "region", "too_long"),
    ("?limit=1&limit=2", "limit", "repeated"),
    ("?region=zqx&region=zqx", "region", "repeated"),
    ("?zqx=1", "query", "unknown_field"),
    ("?Limit=1", "query", "unknown_field"),
]


@pytest.mark.parametrize(("query", "field", "reason"), REFUSED, ids=[r[0][:30] for r in REFUSED])
def test_other_questions_are_refused_without_echo(api: Api, query: str, field: str, reason: str) -> None:
    response = api.get(f"/watchlists{query}")
    found = problem(response)
    assert (response.status_code, found["slug"]) == (422, "invalid-request")
    assert (found["field"], found["reason"]) == (field, reason)
    assert "zqx" not in response.text


@pytest.mark.parametrize("name", [CITY, CITY.upper(), "pilwalkot-uji-2031"])
def test_an_election_by_its_ids(api: Api, name: str) -> None:
    assert api.get(f"/watchlists/{name}").json()["id"] == CITY


@pytest.mark.parametrize("name", ["zqx", "Kota Uji", "partai", "-", "zqx" * 5000, "%00", "..%2F", "%ED%A0%80"])
def test_no_election_is_a_404_without_echo(api: Api, name: str) -> None:
    response = api.get(f"/watchlists/{name}")
    found = problem(response)
    assert (response.status_code, found["slug"]) == (404, "not-found")
    assert found.get("reason") in ("unknown_election", None)
    assert "zqx" not in response.text


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
@settings(deadline=None, max_examples=150)
def test_any_address_below_is_an_election_or_a_problem(api: Api, name: str) -> None:
    response = api.get(f"/watchlists/{quote(name, safe='')}")
    assert response.status_code in (200, 404)


@given(st.dictionaries(st.sampled_from(["level", "region", "limit", "offset", "lain"]), st.text(max_size=20)))
@settings(deadline=None, max_examples=150)
def test_any_query_is_a_page_or_a_problem(api: Api, query: dict[str, str]) -> None:
    pairs = "&".join(f"{key}={quote(value.encode('utf-8', 'replace'))}" for key, value in query.items())
    response = api.get(f"/watchlists?{pairs}")
    if response.status_code == 200:
        WatchlistsAnswer.model_validate(response.json())
    else:
        assert problem(response)["slug"] == "invalid-request"


@pytest.mark.parametrize("path", ["/watchlists", f"/watchlists/{CITY}"])
def test_writing_is_not_possible(api: Api, path: str) -> None:
    assert api.post(path, {}).status_code == 405


# The shipped lists


def test_all_shipped_elections_can_be_paged_through(real: Api) -> None:
    seen: list[str] = []
    while True:
        page = real.get(f"/watchlists?limit={LARGEST_PAGE}&offset={len(seen)}").json()
        seen += [election["id"] for election in page["elections"]]
        if not page["elections"]:
            break
    assert len(seen) == len(set(seen)) == page["total"] >= 590
    assert {"pilpres-2024", "pilkada-2024-kota-palu", "pilkada-dki-2017"} <= set(seen)


@pytest.mark.parametrize("name", ["pilpres-2024", "pilkada-2024-provinsi-jawa-barat", "pilkada-dki-2017"])
def test_shipped_elections_are_shown_in_the_promised_shape(real: Api, name: str) -> None:
    answer: dict[str, Any] = real.get(f"/watchlists/{name}").json()
    WatchlistAnswer.model_validate(answer)
    assert answer["contestants"]


def test_without_lists_there_is_nothing_to_show(tmp_path: Path) -> None:
    with make_api(watchlists_dir=tmp_path) as api:
        for path in ("/watchlists", f"/watchlists/{CITY}"):
            response = api.get(path)
            assert (response.status_code, problem(response)["slug"]) == (503, "watchlists-unavailable")
            assert int(response.headers["retry-after"]) > 0
