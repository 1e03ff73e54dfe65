"""The queue: what waits, narrowed and ordered, and the next item for one person at a time."""

from __future__ import annotations

import pytest
from test_web_pages import faults
from webkit import Console

from app.review.words import ORDERS
from app.web.searching import FILTERS, filters_in, followed, item_place, listed, queue_place, trail, wanted

QUEUE = "/konsol/antrean"
TAKE = "/konsol/antrean/ambil"


@pytest.fixture
def three(console: Console) -> list[str]:
    """Ids of a post that is flagged, a comment that is flagged and a post for review."""
    return [
        console.queue("ayo coblos nomor 2", platform="X", election="pilkada-kota-uji-2031", posted_at="2031-11-03"),
        console.queue("coblos dia", action="comment", target_text="siapa?", platform="Forum", posted_at="2031-11-05"),
        console.queue("masih ragu", posted_at="2031-11-07"),
    ]


def shown(console: Console, query: str = "") -> list[str]:
    page = console.get(f"{QUEUE}{query}")
    assert faults(page) == []
    links = page.tree.xpath("//table//tbody//a/@href")
    return [link.partition("?")[0].rpartition("/")[2] for link in links]


def test_what_waits_is_listed_the_highest_score_first(console: Console, three: list[str]) -> None:
    assert set(shown(console)[:2]) == set(three[:2])
    assert shown(console)[2] == three[2]
    page = console.get(QUEUE)
    assert "3 butir dalam daftar ini" in page.words
    assert "ayo coblos nomor 2" in page.words


NARROWED = [
    ("band=review", [2]),
    ("band=flag&action=comment", [1]),
    ("platform=x", [0]),
    ("election=pilkada-kota-uji-2031", [0]),
    ("kind=question", [2]),
    ("since=2031-11-04&until=2031-11-05", [1]),
    ("until=2031-11-01", []),
    ("state=done", []),
    ("band=&action=&state=&since=", [0, 1, 2]),
]


@pytest.mark.parametrize(("query", "expected"), NARROWED)
def test_filters_narrow_the_list(console: Console, three: list[str], query: str, expected: list[int]) -> None:
    assert set(shown(console, f"?{query}")) == {three[at] for at in expected}


@pytest.mark.parametrize("order", ORDERS)
def test_the_list_is_ordered_as_asked(console: Console, three: list[str], order: str) -> None:
    found = shown(console, f"?order={order}")
    assert set(found) == set(three)
    if order == "uncertainty":
        assert found[0] == three[2]
    if order == "newest":
        assert found == three[::-1]


def test_choices_stay_as_they_were_made(console: Console, three: list[str]) -> None:
    form = console.get(f"{QUEUE}?band=review&platform=x&since=2031-11-01&order=newest").form(QUEUE)
    assert {name: form[name] for name in ("band", "platform", "since", "order", "kind")} == {
        "band": "review",
        "platform": "x",
        "since": "2031-11-01",
        "order": "newest",
        "kind": "",
    }


@pytest.mark.parametrize("query", ["band=zqxmark", "since=zqxmark", "order=zqxmark", "cursor=zqxmark", "state=zqxmark"])
def test_filters_that_are_none_are_a_page_that_repeats_nothing(shared: Console, query: str) -> None:
    page = shared.get(f"{QUEUE}?{query}")
    assert (page.status, page.title) == (422, "Isi permintaan tidak sesuai")
    assert "zqxmark" not in page.text


def test_a_long_list_goes_on_page_by_page(console: Console) -> None:
    ids = {console.queue(f"ayo coblos ({k})") for k in range(52)}
    first = console.get(f"{QUEUE}?band=flag")
    [more] = first.tree.xpath("//a[@rel='next']/@href")
    assert "band=flag" in more
    rest = shown(console, more.removeprefix(QUEUE))
    assert len(rest) == 2
    assert set(shown(console, "?band=flag")) | set(rest) == ids


def test_an_empty_queue_says_so(shared: Console) -> None:
    page = shared.get(f"{QUEUE}?until=1999-01-01")
    assert "Tidak ada butir yang menunggu" in page.words
    assert not page.tree.xpath("//table")


def test_texts_are_shown_as_they_are_and_never_as_markup(console: Console) -> None:
    item = console.queue("coblos <script>alert(1)</script> \"& ' {{ 7 * 7 }} \u202e")
    for path in (QUEUE, f"/konsol/butir/{item}"):
        page = console.get(path)
        assert "<script>alert(1)</script>" in page.words.replace(" +1,5", "")
        assert not page.tree.xpath("//main//script")
        assert "{{ 7 * 7 }}" in page.words


def test_the_next_item_goes_to_one_person(console: Console, three: list[str]) -> None:
    taken = console.submit_on(console.get(f"{QUEUE}?band=flag"), TAKE)
    assert taken.status == 303
    mine = taken.to.partition("?")[0].rpartition("/")[2]
    assert taken.to == f"/konsol/butir/{mine}?band=flag"
    assert "sedang Anda periksa" in console.get(QUEUE).words
    console.log_in(console.budi)
    theirs = console.submit_on(console.get(f"{QUEUE}?band=flag"), TAKE).to.partition("?")[0].rpartition("/")[2]
    assert {mine, theirs} == set(three[:2])
    assert "sedang diperiksa orang lain" in console.get(QUEUE).words


def test_when_nothing_waits_one_is_at_the_queue_again(shared: Console) -> None:
    sent = shared.submit(TAKE, saring="kind=news&order=newest")
    assert sent.to == f"{QUEUE}?kind=news&order=newest&kosong=ya"
    assert "Tidak ada butir yang dapat Anda ambil" in shared.get(sent.to).words
    assert "Tidak ada butir yang dapat Anda ambil" not in shared.get(QUEUE).words


def test_taking_under_filters_that_are_none_is_a_page(shared: Console) -> None:
    assert shared.submit(TAKE, saring="band=zqxmark").status == 422


def test_filters_go_from_page_to_page_and_nothing_else_does() -> None:
    fields = {"band": "flag", "platform": "a & b=c", "kind": "", "token": "x", "usai": "y"}
    kept = {"band": "flag", "platform": "a & b=c"}
    assert filters_in(fields) == kept
    assert followed(trail(fields)) == kept
    assert followed("token=x&band=flag&\x00=1&" + "a" * 5000) == {"band": "flag"}
    assert item_place("ab", {}) == "/konsol/butir/ab"
    assert item_place("ab", fields, "cd") == "/konsol/butir/ab?band=flag&platform=a+%26+b%3Dc&usai=cd"
    assert queue_place({}, nothing=True) == "/konsol/antrean?kosong=ya"
    assert queue_place({}, "cd") == "/konsol/antrean?usai=cd"


def test_what_still_waits_is_listed_unless_a_state_is_asked_for() -> None:
    assert listed({}).waiting is True
    assert listed({"state": "done"}).waiting is None
    assert wanted({"order": "deadline"}).order == "deadline"
    assert {"band", "kind", "election", "platform", "action", "since", "until", "state", "order"} <= set(FILTERS)
