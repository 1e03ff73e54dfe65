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
from app.api.runtime import MAX_SHORT_WAITING, Turns
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


# -- one act in each turn of the event loop --------------------------------------------------------------------------


class Clock:
    """Counts the turns of the event loop for as long as it runs."""

    def __init__(self) -> None:
        self.turn = 0
        self._handle = asyncio.get_running_loop().call_soon(self._tick)

    def _tick(self) -> None:
        self.turn += 1
        self._handle = asyncio.get_running_loop().call_soon(self._tick)

    def stop(self) -> None:
        self._handle.cancel()


def test_acts_that_wait_for_the_loop_let_others_in_between_them() -> None:
    async def scenario() -> list[tuple[int, int]]:
        turns, clock, found = Turns(), Clock(), list[tuple[int, int]]()

        async def act(number: int) -> None:
            await turns.mine()
            found.append((number, clock.turn))

        await asyncio.gather(*map(act, range(20)))
        clock.stop()
        return found

    found = asyncio.run(scenario())
    assert [number for number, _ in found] == list(range(20))
    at = [turn for _, turn in found]
    assert len(set(at)) == 20
    assert len(set(at)) == 20
    assert at[-1] - at[0] <= 2 * 20


def test_alone_an_act_does_not_wait() -> None:
    async def scenario() -> list[int]:
        turns, clock, found = Turns(), Clock(), list[int]()
        for _ in range(3):
            before = clock.turn
            await turns.mine()
            found.append(clock.turn - before)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        clock.stop()
        return found

    assert asyncio.run(scenario()) == [0, 0, 0]


@given(st.lists(st.booleans(), min_size=1, max_size=12), st.integers(0, 6))
def test_who_hangs_up_while_waiting_holds_nobody_up(gone: list[bool], after: int) -> None:
    async def scenario() -> int:
        turns, served = Turns(), 0

        async def act() -> None:
            nonlocal served
            await turns.mine()
            served += 1

        tasks = [asyncio.create_task(act()) for _ in gone]
        for _ in range(after):
            await asyncio.sleep(0)
        for task, hung_up in zip(tasks, gone, strict=True):
            if hung_up:
                task.cancel()
        done = await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.wait_for(act(), 10)
        assert all(isinstance(one, asyncio.CancelledError) or one is None for one in done)
        assert served == sum(one is None for one in done) + 1
        return served

    assert asyncio.run(scenario()) > gone.count(False)
