"""Case files to test with: acts, a small model that judges them, and people who decide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from reviewkit import ANNA, BUDI, MACHINE, RACE, REASON, Clock, desk_with, lists, say

from app.advice import advise
from app.policy.policy import policy_answer
from app.policy.rules import load_rules
from app.review.acts import Act
from app.review.casefile import complete, material
from app.review.desk import Desk
from app.review.queue import Judged, Source
from app.review.queue import add_all as put
from app.scoring.pointer import manifest_hash
from app.scoring.scorer import BundleScorer
from app.scoring.types import Item
from app.store import Store
from tests.scoring.tinybundle import INFO, Tiny

KNOWN_AT = "2031-11-03T21:00:00+07:00"
ACT = Item(
    text="siap pak 👍 <b>gas</b>",
    action="comment",
    target_text="ayo coblos nomor 2, Gendis Wulandanti",
    id="a-1",
    posted_at="2031-11-03T19:05:00+07:00",
    platform="facebook",
    election=RACE,
    parent_author="@gendis_w",
    account_kind="pribadi",
    subject_status="PNS",
)
ACTS = [
    ACT,
    Item("ayo coblos nomor 2"),
    Item("saya dukung Xandrowi sampai menang #MenangXandrowi"),
    Item(action="like", target_text="coblos Qertino besok pagi"),
    Item("", media_text="pilih nomor dua ya"),
    Item("jam berapa ya?", "comment", "deklarasi relawan Xandrowi"),
    Item("hujan deras", "comment", "ayo coblos nomor 2", media_text="pasang baliho Qertino"),
]


def scorer_of(tiny: Tiny) -> BundleScorer:
    return tiny.scorer.with_watchlists(lists())


def put_judged(store: Store, desk: Desk, tiny: Tiny, item: Item, known_at: str = KNOWN_AT) -> str:
    """Queue an act as judged by the small model, as if it were doubtful enough."""
    verdict = scorer_of(tiny).score([item], explain=True, entities=True)[0]
    verdict = replace(verdict, band="flag" if verdict.band == "flag" else "review")
    policy = policy_answer(advise(item, verdict, lists(), load_rules()))
    act = Act(item, "penulis-uji", "2031-11-03T20:00:00+07:00", known_at)
    source = Source(INFO, manifest_hash(tiny.folder), lists())
    with store.begin() as tx:
        [item_id] = put(tx, desk, source, [Judged(act, verdict, policy)], actor=MACHINE)
    assert item_id is not None
    return item_id


def case_of(store: Store, desk: Desk, item_id: str, models_dir: Path) -> dict[str, Any]:
    with store.read() as tx:
        found = material(tx, desk, item_id)
    return complete(found, models_dir, lists(), load_rules())


Make = Callable[[], dict[str, Any]]


@pytest.fixture
def make(store: Store, clock: Clock, tiny: Tiny) -> Make:
    """Makes the case file of an act that two people read, one of them twice."""
    desk = desk_with(clock, second_percent=100)

    def made() -> dict[str, Any]:
        item_id = put_judged(store, desk, tiny, ACT)
        say(store, desk, ANNA, item_id, "dukungan", "Menyetujui <script>alert(1)</script> ajakan.", kind="endorsement")
        clock.forward(days=1)
        say(store, desk, BUDI, item_id, "bukan", REASON)
        return case_of(store, desk, item_id, tiny.models_dir)

    return made
