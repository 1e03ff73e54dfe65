"""Words in a picture are read with the side they belong to; and which side of an act decided."""

from __future__ import annotations

import math
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.scoring.context import ContextModel, read_act
from app.scoring.model import probability, read
from app.scoring.scorer import FROM_TARGET, IN_CONTEXT, BundleScorer
from app.scoring.texts import BREAK, joined, shared_out, sides
from app.scoring.types import ACTIONS, Action, Item, ModelInfo, Side, Verdict
from app.text.pipeline import analyse
from app.text.repair import is_readable
from app.watchlists.load import shipped
from app.watchlists.matcher import Matcher
from tests.scoring.tinybundle import Tiny
from tests.text.strategies import TROUBLE

SUPPORT, CLEAR = "ayo coblos nomor 2 bersama Xandrowi", "hujan deras dari pagi makan siang dulu"
ACTS: tuple[Action, ...] = ("comment", "share", "like", "follow")


def one(tiny: Tiny, item: Item) -> Verdict:
    return tiny.scorer.score([item], explain=True)[0]


def score(tiny: Tiny, *given: Any, **more: Any) -> float | None:
    return one(tiny, Item(*given, **more)).score


ITEMS = st.builds(
    Item,
    TROUBLE,
    st.sampled_from(ACTIONS),
    TROUBLE,
    media_text=TROUBLE,
    election=st.sampled_from([None, "pilpres-2024"]),
    parent_author=st.sampled_from([None, "@prabowo"]),
)


@given(text=TROUBLE, target=TROUBLE, action=st.sampled_from(ACTIONS), blank=st.sampled_from(["", " ", "\n\u3000"]))
@settings(deadline=None, max_examples=150)
def test_without_words_in_a_picture_a_score_is_that_of_its_texts(
    tiny: Tiny, text: str, target: str, action: Action, blank: str
) -> None:
    found = one(tiny, Item(text, action, target, media_text=blank))
    matcher = shipped().everything.matcher
    own, about = (read(tiny.model, analyse(raw, matcher)) for raw in (text, target))
    if is_readable(text) and is_readable(target):
        expected: float | None = probability(read_act(tiny.context, tiny.model, own, about).log_odds)
    elif is_readable(text) or is_readable(target):
        expected = probability((own if is_readable(text) else about).log_odds)
    else:
        expected = None
    assert found.score == (None if expected is None else pytest.approx(expected, abs=1e-12))


def test_a_picture_alone_is_read_like_a_text(tiny: Tiny) -> None:
    assert score(tiny, media_text=SUPPORT) == score(tiny, SUPPORT)
    for action in ACTS:
        verdict = one(tiny, Item("", action, media_text=SUPPORT))
        assert verdict.score == score(tiny, SUPPORT)
        assert verdict.reasons == (FROM_TARGET,)


@pytest.mark.parametrize("action", ACTS)
def test_under_own_words_a_picture_is_the_target(tiny: Tiny, action: Action) -> None:
    verdict = one(tiny, Item("siap pak 👍", action, media_text=SUPPORT))
    assert verdict.score == score(tiny, "siap pak 👍", action, SUPPORT)
    assert verdict.reasons == (IN_CONTEXT,)


def test_with_a_post_it_belongs_to_the_own_words(tiny: Tiny) -> None:
    verdict = one(tiny, Item("siap pak 👍", "post", CLEAR, media_text=SUPPORT))
    assert verdict.reasons == (IN_CONTEXT,)
    assert verdict.score == score(tiny, f"siap pak 👍\n{SUPPORT}", "post", CLEAR)
    assert verdict.score != score(tiny, "siap pak 👍", "comment", CLEAR, media_text=SUPPORT)


@pytest.mark.parametrize(("text", "media"), [("siap", SUPPORT), (SUPPORT, "tidak"), ("jangan", "coblos nomor 2")])
def test_text_and_picture_are_read_as_two_lines_of_one_text(tiny: Tiny, text: str, media: str) -> None:
    assert score(tiny, text, media_text=media) == pytest.approx(score(tiny, f"{text}\n{media}"), abs=1e-12)
    assert score(tiny, "", "like", text, media_text=media) == pytest.approx(
        score(tiny, "", "like", f"{text}\n{media}"), abs=1e-12
    )


def test_a_poster_in_capitals_does_not_change_how_the_caption_is_read() -> None:
    own, _ = sides(Item("Qwizzel hadir", media_text="AYO DATANG SEMUANYA KAWAN"), Matcher())
    assert [part.field for part in own] == ["text", "media_text"]
    assert own[0].masked == analyse("Qwizzel hadir")
    assert own[1].masked == analyse("AYO DATANG SEMUANYA KAWAN")


def test_evidence_names_the_picture_and_its_place(tiny: Tiny) -> None:
    media = "🙏 AYO COBLOS NOMOR 2"
    verdict = one(tiny, Item("siang", media_text=media))
    spans = [e for e in verdict.evidence if e.field == "media_text"]
    assert "COBLOS" in [e.surface for e in spans]
    assert all(e.surface == media[e.start : e.end] for e in spans)


@given(item=ITEMS)
@settings(deadline=None, max_examples=200)
def test_evidence_of_all_fields_and_rest_sum_to_the_score(tiny: Tiny, item: Item) -> None:
    verdict = one(tiny, item)
    for e in verdict.evidence:
        assert e.surface == getattr(item, e.field)[e.start : e.end]
    if verdict.score is not None:
        total = verdict.rest + math.fsum(e.weight for e in verdict.evidence)
        assert total == pytest.approx(math.log(verdict.score) - math.log1p(-verdict.score), abs=1e-9)


@given(item=ITEMS)
@settings(deadline=None, max_examples=200)
def test_every_token_of_a_side_gets_its_own_weight(item: Item) -> None:
    for parts in sides(item, Matcher()):
        tokens = joined(parts)
        shares = list(shared_out(parts, list(range(len(tokens)))))
        assert [part for part, _ in shares] == parts
        for part, places in shares:
            assert [tokens[place] for place in places] == part.read.counted
        assert len(tokens) - sum(len(part.masked) for part in parts) == tokens.count(BREAK) - sum(
            part.masked.count(BREAK) for part in parts
        )


def test_a_first_field_without_tokens_needs_no_break() -> None:
    own, _ = sides(Item("\u00a4", media_text="halo"), Matcher())
    assert [t.surface for t in joined(own)] == ["halo"]
    [(_, none), (_, some)] = shared_out(own, [1.0])
    assert (list(none), list(some)) == ([], [1.0])


# Which side decided


@pytest.mark.parametrize("action", ACTIONS)
def test_own_words_alone_are_no_act_on_a_target(tiny: Tiny, action: Action) -> None:
    assert one(tiny, Item(SUPPORT, action)).decided_by is None
    assert one(tiny, Item("", action)).decided_by is None


@pytest.mark.parametrize("action", ACTS)
@pytest.mark.parametrize("field", ["target_text", "media_text"])
@pytest.mark.parametrize("text", [SUPPORT, CLEAR])
def test_without_own_words_the_target_decides(tiny: Tiny, action: Action, field: str, text: str) -> None:
    assert one(tiny, Item(action=action, **{field: text})).decided_by == "target_text"


DECIDED: list[tuple[float, float, float, Side | None]] = [
    (2.0, 0.0, 4.0, "target_text"),
    (2.0, 4.0, 0.0, "text"),
    (2.0, 4.0, 4.0, None),
    (9.0, 4.0, 4.0, None),
    (2.0, -3.0, 4.0, "target_text"),
    (-2.0, -4.0, 4.0, "text"),
    (-2.0, 4.0, -4.0, "target_text"),
    (-2.0, -4.0, -4.0, None),
    (-9.0, -1.0, -1.0, None),
    (0.0, 0.0, 0.0, None),
]


@pytest.mark.parametrize(("log_odds", "own", "target", "side"), DECIDED)
def test_the_side_without_which_the_band_would_be_another(
    tiny: Tiny, log_odds: float, own: float, target: float, side: Side | None
) -> None:
    scorer = BundleScorer(tiny.model, tiny.context, ModelInfo("x", "1", 0.5, 0.5))
    assert scorer._decided_by(log_odds, own, target) == side


@given(item=ITEMS)
@settings(deadline=None, max_examples=200)
def test_the_deciding_side_follows_from_the_weights(tiny: Tiny, item: Item) -> None:
    verdict = one(tiny, item)
    assert verdict.decided_by in (*get_args(Side), None)
    if verdict.reasons[:1] == (FROM_TARGET,):
        assert verdict.decided_by == "target_text"
    elif IN_CONTEXT not in verdict.reasons:
        assert verdict.decided_by is None


def context_of(**numbers: float) -> ContextModel:
    none = np.array([])
    base = {"target": 0.0, "own": 0.0, "gate": 0.0, "bias": 0.0}
    return ContextModel({}, none, none, none, **{**base, **numbers})


OWNER: list[tuple[dict[str, float], str, str, Side | None]] = [
    ({"target": 1.0}, CLEAR, SUPPORT, "target_text"),
    ({"own": 1.0}, SUPPORT, CLEAR, "text"),
    ({"gate": 8.0, "bias": -4.0}, "siap", SUPPORT, "target_text"),
    ({"bias": 4.0}, SUPPORT, SUPPORT, None),
]


@pytest.mark.parametrize(("numbers", "own", "target", "side"), OWNER)
def test_an_act_is_decided_by_what_its_model_looks_at(
    tiny: Tiny, numbers: dict[str, float], own: str, target: str, side: Side | None
) -> None:
    scorer = BundleScorer(tiny.model, context_of(**numbers), ModelInfo("x", "1", 0.6, 0.6))
    [verdict] = scorer.score([Item(own, "comment", target)])
    assert verdict.decided_by == side
