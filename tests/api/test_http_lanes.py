"""Which acts the event loop reads itself, and what waits behind what."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

import pytest
from fakes import PATIENCE, FakeScorer
from http_client import Api, make_api, problem
from hypothesis import given
from hypothesis import strategies as st

from app.api.lanes import INLINE_CHARS, INLINE_UNREAD, SHORT_CHARS
from app.api.runtime import MAX_SHORT_WAITING
from app.scoring.types import Item, Verdict
from app.text.pipeline import tokenise

KNOWN = "ayo kawan kita datang hari rabu "


class Threads(FakeScorer):
    """Remembers in which thread it was asked, and holds back whatever says ``tahan`` until it is opened."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.entered, self.opened = threading.Semaphore(0), threading.Event()

    def score(self, items: Sequence[Item], *, explain: bool = False, entities: bool = False) -> list[Verdict]:
        self.asked.append(threading.get_ident())
        if any("tahan" in item.text for item in items):
            self.entered.release()
            assert self.opened.wait(PATIENCE)
        return super().score(items, explain=explain, entities=entities)


def long(chars: int) -> str:
    return (KNOWN * (chars // len(KNOWN) + 1))[:chars].replace(" ", ".")


LIGHT: list[tuple[dict[str, Any], bool]] = [
    ({"text": KNOWN * 6}, True),
    ({"text": "z" * INLINE_UNREAD}, True),
    ({"text": "y" * (INLINE_UNREAD + 1)}, False),
    ({"text": KNOWN + "x" * INLINE_UNREAD}, True),
    ({"text": "w" * 20, "target_text": "w" * 20}, False),
    ({"text": "v" * 20, "media_text": "v" * 20}, False),
    ({"text": KNOWN * 7}, False),
    ({"text": KNOWN * 3, "target_text": KNOWN * 3}, True),
    ({"text": KNOWN * 4, "target_text": KNOWN * 4}, False),
    ({"action": "like"}, True),
    ({"text": KNOWN, "election": "walikota-kota-fiktif-2031"}, True),
]


@pytest.mark.parametrize(("act", "inline"), LIGHT)
def test_only_what_is_read_in_no_time_is_read_on_the_event_loop(act: dict[str, Any], inline: bool) -> None:
    tokenise(KNOWN)
    scorer = Threads()
    with make_api(scorer) as api:
        assert api.post("/classify", act).status_code == 200
    if scorer.asked:
        assert (scorer.asked == [threading.get_ident()]) is inline
    assert len(KNOWN) * 7 > INLINE_CHARS >= len(KNOWN) * 6


async def _held(api: Api, scorer: Threads, first: Any, then: Any) -> Any:
    """The answer of ``then`` while ``first`` is held."""
    waiting = asyncio.create_task(first)
    await asyncio.to_thread(scorer.entered.acquire)
    answer = await then
    scorer.opened.set()
    assert (await waiting).status_code == 200
    return answer


def test_a_short_act_does_not_wait_behind_a_batch() -> None:
    scorer = Threads()
    with make_api(scorer, workers=1, max_waiting=0) as api:
        batch = api.client.post("/classify/batch", json={"items": [{"text": "tahan"}]})
        post = api.client.post("/classify", json={"text": "u" * SHORT_CHARS})
        assert api.run(_held(api, scorer, batch, post)).status_code == 200


def test_a_long_act_takes_its_place_among_the_batches() -> None:
    scorer = Threads()
    with make_api(scorer, workers=1, max_waiting=0) as api:
        batch = api.client.post("/classify/batch", json={"items": [{"text": "tahan"}]})
        post = api.client.post("/classify", json={"text": "u" * (SHORT_CHARS + 1)})
        assert problem(api.run(_held(api, scorer, batch, post)))["slug"] == "busy"


def test_a_light_act_does_not_wait_behind_a_heavy_one() -> None:
    scorer = Threads()
    with make_api(scorer) as api:
        heavy = api.client.post("/classify", json={"text": "tahan " + "t" * 100})
        light = api.client.post("/classify", json={"text": "ayo"})
        assert api.run(_held(api, scorer, heavy, light)).status_code == 200


def test_as_many_short_acts_wait_as_may_and_the_next_is_told_when_to_come_back() -> None:
    scorer = Threads()

    async def crowd(api: Api) -> list[Any]:
        posts = [api.client.post("/classify", json={"text": "tahan " + "s" * 100})]
        posts += [api.client.post("/classify", json={"text": "r" * 100}) for _ in range(MAX_SHORT_WAITING + 1)]
        tasks = [asyncio.create_task(post) for post in posts]
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        scorer.opened.set()
        await asyncio.wait(tasks)
        return [task.result() for task in tasks] if len(done) == 1 else []

    with make_api(scorer) as api:
        answers = api.run(crowd(api))
    refused = [answer for answer in answers if answer.status_code != 200]
    assert [answer.status_code for answer in refused] == [503]
    assert int(refused[0].headers["retry-after"]) > 0


@given(st.text(max_size=INLINE_CHARS))
def test_no_text_makes_the_choice_itself_fail(text: str) -> None:
    from app.text.runs import unread
    from app.watchlists.matcher import Matcher

    assert 0 <= unread(text, Matcher()) <= len(text)
