"""Verdicts: bands, undecided acts, kinds that never overrule the flag, evidence that adds up."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.scoring.model import probability
from app.scoring.scorer import (
    FROM_TARGET,
    IN_CONTEXT,
    NEEDS_TARGET,
    NO_TEXT,
    OTHER_KINDS,
    SUPPORT_KINDS,
    BundleScorer,
)
from app.scoring.types import ACTIONS, Action, Item, ModelInfo, Verdict
from tests.scoring.tinybundle import INFO, Tiny
from tests.text.strategies import TROUBLE

SUPPORTING, CLEAR = "ayo coblos nomor 2 bersama Xandrowi", "hujan deras dari pagi makan siang dulu"
ITEMS = st.builds(
    Item,
    TROUBLE,
    st.sampled_from(ACTIONS),
    TROUBLE,
    election=st.sampled_from([None, "pilpres-2024", "tak ada"]),
)


def one(tiny: Tiny, item: Item, explain: bool = False) -> Verdict:
    return tiny.scorer.score([item], explain=explain)[0]


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        ("post", NO_TEXT),
        ("comment", NO_TEXT),
        ("share", NEEDS_TARGET),
        ("like", NEEDS_TARGET),
        ("follow", NEEDS_TARGET),
    ],
)
@pytest.mark.parametrize("blank", ["", " ", "\n\t ", "\u3000", "\u200b", "\ufeff\x00", "\u3164 <br>"])
def test_an_act_without_any_words_is_undecided(tiny: Tiny, action: Action, reason: str, blank: str) -> None:
    verdict = one(tiny, Item(blank, action, blank), explain=True)
    assert verdict == Verdict(False, None, "undecided", None, (), 0.0, (reason,))


def test_every_action_is_covered_above() -> None:
    assert set(get_args(Action)) == set(ACTIONS) == {"post", "comment", "share", "like", "follow"}


@pytest.mark.parametrize("action", ACTIONS)
def test_own_words_alone_are_content_whatever_the_action(tiny: Tiny, action: Action) -> None:
    verdict = one(tiny, Item(SUPPORTING, action))
    assert (verdict.reasons, verdict.score) == ((), one(tiny, Item(SUPPORTING)).score)


@pytest.mark.parametrize("action", ACTIONS)
def test_an_act_without_words_takes_the_score_of_its_target(tiny: Tiny, action: Action) -> None:
    verdict = one(tiny, Item(" ", action, SUPPORTING), explain=True)
    assert (verdict.reasons, verdict.score) == ((FROM_TARGET,), one(tiny, Item(SUPPORTING)).score)
    assert {e.field for e in verdict.evidence} == {"target_text"}


def test_words_on_a_target_are_read_in_context(tiny: Tiny) -> None:
    under_campaign, under_notice = (one(tiny, Item("siap pak 👍", "comment", t), True) for t in (SUPPORTING, CLEAR))
    assert under_campaign.reasons == under_notice.reasons == (IN_CONTEXT,)
    assert (under_campaign.flagged, under_notice.flagged) == (True, False)
    assert {e.field for e in under_campaign.evidence} == {"text", "target_text"}


@pytest.mark.parametrize(
    ("threshold", "review", "band"),
    [(0.5, 0.2, "flag"), (0.9999, 0.5, "review"), (0.9999, 0.9998, "clear"), (0.0, 0.0, "flag"), (1.0, 0.0, "review")],
)
def test_bands_follow_the_thresholds(tiny: Tiny, threshold: float, review: float, band: str) -> None:
    scorer = BundleScorer(tiny.model, tiny.context, ModelInfo("x", "1", threshold, review))
    [verdict] = scorer.score([Item(SUPPORTING)])
    assert verdict.score == one(tiny, Item(SUPPORTING)).score
    assert (verdict.band, verdict.flagged) == (band, band == "flag")


def test_a_score_on_the_threshold_belongs_to_the_higher_band(tiny: Tiny) -> None:
    score = one(tiny, Item(SUPPORTING)).score
    assert score is not None
    for limits, band in (((score, 0.0), "flag"), ((1.0, score), "review"), ((1.0, math.nextafter(score, 2)), "clear")):
        scorer = BundleScorer(tiny.model, tiny.context, ModelInfo("x", "1", *limits))
        assert scorer.score([Item(SUPPORTING)])[0].band == band


def test_the_tiny_model_tells_support_from_the_rest(tiny: Tiny) -> None:
    assert one(tiny, Item(SUPPORTING)).band == "flag"
    assert one(tiny, Item(CLEAR)).band == "clear"


def test_info_is_what_the_model_was_given(tiny: Tiny) -> None:
    assert tiny.scorer.info == INFO


def test_verdicts_come_in_the_order_of_the_items(tiny: Tiny) -> None:
    items = [Item(SUPPORTING), Item(CLEAR), Item("", "like"), Item("siap", "comment", SUPPORTING)]
    together = tiny.scorer.score(items * 3, explain=True)
    assert together == [one(tiny, item, explain=True) for item in items] * 3
    assert tiny.scorer.score([]) == []


def test_explaining_changes_nothing_but_the_evidence(tiny: Tiny) -> None:
    for item in (Item(SUPPORTING), Item("siap", "comment", SUPPORTING), Item("", "share", CLEAR)):
        plain, explained = one(tiny, item), one(tiny, item, explain=True)
        assert plain.evidence == ()
        assert explained.evidence
        assert (plain.score, plain.band, plain.kind, plain.reasons) == (
            explained.score,
            explained.band,
            explained.kind,
            explained.reasons,
        )
        assert probability(plain.rest) == plain.score


@given(item=ITEMS)
@settings(deadline=None, max_examples=300)
def test_evidence_and_rest_sum_to_the_log_odds_of_the_score(tiny: Tiny, item: Item) -> None:
    verdict = one(tiny, item, explain=True)
    if verdict.score is None:
        assert verdict.evidence == ()
        return
    total = verdict.rest + math.fsum(e.weight for e in verdict.evidence)
    assert total == pytest.approx(math.log(verdict.score) - math.log1p(-verdict.score), abs=1e-9)


@given(item=ITEMS)
@settings(deadline=None, max_examples=300)
def test_evidence_is_a_place_in_the_text_as_sent(tiny: Tiny, item: Item) -> None:
    for e in one(tiny, item, explain=True).evidence:
        raw = item.text if e.field == "text" else item.target_text
        assert 0 <= e.start < e.end <= len(raw)
        assert e.surface == raw[e.start : e.end]


@given(item=ITEMS)
@settings(deadline=None, max_examples=300)
def test_the_kind_goes_with_the_flag_and_never_against_it(tiny: Tiny, item: Item) -> None:
    verdict = one(tiny, item)
    allowed = {"flag": SUPPORT_KINDS, "review": SUPPORT_KINDS + OTHER_KINDS, "clear": OTHER_KINDS, "undecided": (None,)}
    assert verdict.kind in allowed[verdict.band]
    assert verdict.flagged == (verdict.band == "flag")
    assert verdict.flagged == (verdict.score is not None and verdict.score >= INFO.threshold)


def test_threads_share_one_scorer(tiny: Tiny) -> None:
    items = [Item(f"{SUPPORTING} {n}") for n in range(40)]
    expected = tiny.scorer.score(items, explain=True)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda item: one(tiny, item, explain=True), items))
    assert found == expected


@pytest.mark.parametrize("sentence", ["dukung {} terus", "saya kecewa sama {}", "kapan debat {}?", "{} menang"])
def test_who_is_named_does_not_move_the_score(tiny: Tiny, sentence: str) -> None:
    names = ("Prabowo Subianto", "Anies Baswedan", "Ganjar Pranowo", "gibran", "mahfud", "Muhaimin Iskandar")
    items = [Item(sentence.format(name), election="pilpres-2024") for name in names]
    assert len({verdict.score for verdict in tiny.scorer.score(items)}) == 1
