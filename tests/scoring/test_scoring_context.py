"""An act on a target: own words count by how likely the target is support, and every share adds up."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.scoring.context import CLIP, LONG, ContextModel, clip, length, own_features, pull, read_act
from app.scoring.model import LinearModel, Reading, probability, read
from app.text.features import reading
from app.text.pipeline import analyse
from tests.scoring.tinybundle import Tiny
from tests.text.strategies import TROUBLE


def louder(model: LinearModel, times: float) -> LinearModel:
    """The same model with larger log-odds, so that they are clipped."""
    return replace(model, weights=model.weights * times, bias=model.bias * times)


def constant_part(tiny: Tiny, own: Reading, target: Reading, model: LinearModel) -> float:
    """What no token brought in: biases, the gate, and what the clipping leaves of the content model's constant."""
    context = tiny.context
    drawn = pull(context, length(len(reading(own.tokens))))
    constant = context.bias + drawn.gate * probability(target.log_odds)
    for text, coefficient in ((own, drawn.own), (target, drawn.target)):
        if text.log_odds:
            constant += coefficient * model.unspoken(text.rows, text.values) * clip(text.log_odds) / text.log_odds
    return constant


def odd_ones(tiny: Tiny, own: Reading, gate: float) -> float:
    """Weight of own-word features that belong to no token (the length of a text without words)."""
    found = [feature for feature in own_features(own.tokens) if not feature.tokens]
    rows = [tiny.context.vocabulary[f.name] for f in found if f.name in tiny.context.vocabulary]
    return sum(gate * float(tiny.context.agreeing[r]) + (1 - gate) * float(tiny.context.other[r]) for r in rows)


@given(own_text=TROUBLE, target_text=TROUBLE, times=st.sampled_from([1.0, 30.0]))
@settings(deadline=None, max_examples=300)
@example(own_text="ayo coblos nomor 2", target_text="hujan deras dari pagi", times=30.0)
def test_shares_of_both_texts_and_the_constant_sum_to_the_log_odds(
    tiny: Tiny, own_text: str, target_text: str, times: float
) -> None:
    model = louder(tiny.model, times)
    own, target = (read(model, analyse(text)) for text in (own_text, target_text))
    act = read_act(tiny.context, model, own, target)
    constant = constant_part(tiny, own, target, model) + odd_ones(tiny, own, probability(target.log_odds))
    assert len(act.own_weights) == len(own.tokens)
    assert len(act.target_weights) == len(target.tokens)
    total = math.fsum([*act.own_weights, *act.target_weights, constant])
    assert total == pytest.approx(act.log_odds, abs=1e-9)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("siap", {"w:siap", "n:1"}),
        ("siap pak", {"w:siap", "w:pak", "w:siap pak", "n:2"}),
        ("siap 🙏", {"w:siap", "w:mohon", "w:siap mohon", "n:2"}),
        ("", {"n:0"}),
        ("ya " * 20, {"w:ya", "w:ya ya", "n:4"}),
    ],
)
def test_features_of_own_words(raw: str, expected: set[str]) -> None:
    found = {feature.name for feature in own_features(analyse(raw))}
    assert {name for name in found if name[0] != "c"} == expected


def test_own_words_have_short_character_runs() -> None:
    runs = [f.name[2:] for f in own_features(analyse("siap")) if f.name[0] == "c"]
    assert runs == [" si", "sia", "iap", "ap ", " sia", "siap", "iap "]


@pytest.mark.parametrize(("log_odds", "expected"), [(0, 0), (3.9, 3.9), (4, CLIP), (99, CLIP), (-99, -CLIP)])
def test_content_counts_up_to_a_limit(log_odds: float, expected: float) -> None:
    assert clip(log_odds) == expected


@pytest.mark.parametrize(("words", "expected"), [(0, 0.0), (1, 1 / LONG), (LONG, 1.0), (LONG + 1, 1.0), (9999, 1.0)])
def test_own_words_are_equally_long_from_some_length_on(words: int, expected: float) -> None:
    assert length(words) == expected


@pytest.mark.parametrize(
    ("own_text", "share"), [("xqzw", 1 / LONG), ("xqzw. xqzw, xqzw", 3 / LONG), ("xqzw " * 40, 1.0)]
)
@pytest.mark.parametrize("name", ["target", "own", "gate"])
def test_the_longer_the_own_words_the_more_of_the_second_weight_counts(
    tiny: Tiny, name: str, own_text: str, share: float
) -> None:
    short = replace(hand_made(0.0, 0.0), **{name: 2.0})
    own, target = read(tiny.model, analyse(own_text)), Reading([], [], [], [], 2.0)
    measure = {"target": 2.0, "own": clip(own.log_odds), "gate": probability(2.0)}[name]
    for model, expected in ((short, 2.0), (replace(short, **{f"{name}_long": -1.5}), 2.0 - 1.5 * share)):
        act = read_act(model, tiny.model, own, target)
        assert act.log_odds == pytest.approx(model.bias + expected * measure, abs=1e-12)


def hand_made(agreeing: float, other: float) -> ContextModel:
    one = np.array([1.0])
    return ContextModel({"w:siap": 0}, one, one * agreeing, one * other, target=0.0, own=0.0, gate=0.0, bias=-0.25)


@pytest.mark.parametrize("target_odds", [-6.0, -1.0, 0.0, 2.0, 6.0])
def test_the_target_decides_which_weight_own_words_have(tiny: Tiny, target_odds: float) -> None:
    own = read(tiny.model, analyse("siap"))
    target = Reading([], [], [], [], target_odds)
    act = read_act(hand_made(3.0, -1.0), tiny.model, own, target)
    gate = probability(target_odds)
    assert act.log_odds == pytest.approx(-0.25 + 3.0 * gate - 1.0 * (1 - gate), abs=1e-12)
    assert act.own_weights == pytest.approx([act.log_odds + 0.25], abs=1e-12)


def test_unknown_own_words_say_nothing(tiny: Tiny) -> None:
    own, target = (read(tiny.model, analyse(text)) for text in ("xqzw", "hujan"))
    assert read_act(hand_made(3.0, 3.0), tiny.model, own, target).log_odds == -0.25


def test_the_same_reply_counts_more_under_a_campaign_post(tiny: Tiny) -> None:
    own = read(tiny.model, analyse("siap pak 👍"))
    campaign, notice = (read(tiny.model, analyse(text)) for text in ("ayo coblos nomor 2", "hujan deras dari pagi"))
    odds = [read_act(tiny.context, tiny.model, own, target).log_odds for target in (campaign, notice)]
    assert odds[0] > odds[1] + 1
