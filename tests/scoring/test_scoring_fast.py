"""The fast path gives the scores of the plain one, text by text and kind by kind."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.scoring import counting
from app.scoring.context import read_act
from app.scoring.counting import FEW, FEW_TOKENS
from app.scoring.fast import BATCH, FastModel
from app.scoring.model import LinearModel, read, token_weights
from app.text.features import BLOCKS
from app.text.pipeline import analyse
from app.text.resources import DATA_DIR
from app.text.token import Token
from app.watchlists.load import default_matcher
from tests.scoring.tinybundle import Tiny
from tests.text.strategies import TROUBLE

#: Fragments whose n-grams the tiny model knows, and what changes how they are read.
SPOKEN = (
    "ayo", "coblos", "nomor 2", "pilih", "dua", "Xandrowi", "saya", "dukung", "tidak", "jangan", "!", ",", ".", "?",
    "@a", "@xandrowi", "RT", "#MenangXandrowi", "https://x.id", "siap pak", "👍", "xqzw", "ayooo", "02", "\n",
)  # fmt: skip
POSTS = st.lists(st.sampled_from(SPOKEN), max_size=25).map(" ".join) | TROUBLE


@pytest.fixture(scope="module")
def fast(tiny: Tiny) -> FastModel:
    return FastModel(tiny.model, tiny.context)


def check(fast: FastModel, tiny: Tiny, texts: list[list[Token]]) -> None:
    found = fast.read(texts)
    words = fast.words(found, range(len(texts)))
    for k, tokens in enumerate(texts):
        reading = read(tiny.model, tokens)
        assert found.log_odds[k] == pytest.approx(reading.log_odds, abs=1e-9)
        assert found.kinds[k] == pytest.approx(tiny.model.kind_odds(reading.rows, reading.values), abs=1e-9)
        assert words[k].tolist() == pytest.approx(token_weights(tiny.model, reading), abs=1e-9)


@given(raws=st.lists(POSTS, max_size=6))
@settings(deadline=None, max_examples=400)
@example(raws=[])
@example(raws=["", "", "ayo coblos nomor 2"])
@example(raws=["@a @xandrowi siap", "RT @xandrowi: siap", "@xandrowi", "siap @xandrowi"])
@example(raws=["tidak pilih dia, jangan coblos Xandrowi", "tidak"])
@example(raws=["aaaaaaaa ananananan nanananana"])
def test_any_texts_score_as_they_do_one_by_one(fast: FastModel, tiny: Tiny, raws: list[str]) -> None:
    check(fast, tiny, [analyse(raw, default_matcher()) for raw in raws])


def test_the_corpus_scores_as_it_does_text_by_text(fast: FastModel, tiny: Tiny) -> None:
    files = sorted((DATA_DIR / "corpus").glob("*.jsonl"))
    lines = [line for path in files for line in path.read_text(encoding="utf-8").split("\n") if line]
    texts = [analyse(json.loads(line)["text"], default_matcher()) for line in lines[::29]]
    assert len(texts) > 300
    check(fast, tiny, texts)


@given(raws=st.lists(st.tuples(POSTS, POSTS), max_size=5))
@settings(deadline=None, max_examples=300)
@example(raws=[("", "")])
def test_any_acts_score_as_they_do_one_by_one(fast: FastModel, tiny: Tiny, raws: list[tuple[str, str]]) -> None:
    own, target = ([analyse(pair[side]) for pair in raws] for side in (0, 1))
    acts = fast.act(fast.read(own), fast.read(target))
    shown = fast.act_words(acts, range(len(own)))
    for k, (words, about) in enumerate(zip(own, target, strict=True)):
        act = read_act(tiny.context, tiny.model, read(tiny.model, words), read(tiny.model, about))
        assert shown[k][0].tolist() == pytest.approx(act.own_weights, abs=1e-9)
        assert shown[k][1].tolist() == pytest.approx(act.target_weights, abs=1e-9)
        assert acts.log_odds[k] == pytest.approx(act.log_odds, abs=1e-9)
        assert acts.own[k] == pytest.approx(sum(act.own_weights), abs=1e-9)
        assert acts.target[k] == pytest.approx(sum(act.target_weights), abs=1e-9)


@given(raws=st.lists(POSTS, min_size=FEW + 1, max_size=FEW + 4))
@settings(deadline=None, max_examples=200)
@example(raws=["tidak pilih dia, jangan coblos Xandrowi", "@a @a siap", "@xandrowi @a siap", "", "ayo ayo coblos"])
def test_one_text_scores_to_the_bit_as_it_does_among_others(fast: FastModel, raws: list[str]) -> None:
    texts = [analyse(raw, default_matcher()) for raw in raws]
    together, alone = fast.read(texts), [fast.read([tokens]) for tokens in texts]
    assert together.log_odds.tolist() == [reading.log_odds[0] for reading in alone]
    assert together.kinds.tolist() == [reading.kinds[0].tolist() for reading in alone]
    words = fast.words(together, range(len(texts)))
    assert [weights.tolist() for weights in words] == [fast.words(one, [0])[0].tolist() for one in alone]
    own = fast.act(together, together)
    acts = [fast.act(one, one) for one in alone]
    assert own.log_odds.tolist() == [act.log_odds[0] for act in acts]
    shown = [[side.tolist() for side in both] for both in fast.act_words(own, range(len(texts)))]
    assert shown == [[side.tolist() for side in fast.act_words(act, [0])[0]] for act in acts]


@pytest.mark.parametrize("words", [FEW_TOKENS - 1, FEW_TOKENS, FEW_TOKENS + 1, 3 * FEW_TOKENS])
def test_a_long_text_scores_to_the_bit_as_it_does_among_others(fast: FastModel, words: int) -> None:
    long = analyse(" ".join((SPOKEN * words)[:words]), default_matcher())[:words]
    together = fast.read([long, *[analyse("ayo coblos")] * FEW])
    alone = fast.read([long])
    assert (alone.counts.made is None) is (len(long) <= FEW_TOKENS)
    assert alone.log_odds[0] == together.log_odds[0]
    assert alone.kinds[0].tolist() == together.kinds[0].tolist()
    every = range(len(together.texts))
    assert fast.words(alone, [0])[0].tolist() == fast.words(together, every)[0].tolist()


def test_tokens_of_chosen_texts_only(fast: FastModel) -> None:
    texts = [analyse(f"ayo coblos nomor {k % 5} dan menang {k}") for k in range(9)]
    every = fast.words(fast.read(texts), range(9))
    some = fast.words(fast.read(texts), [7, 2])
    assert [weights.tolist() for weights in some] == [every[7].tolist(), every[2].tolist()]
    assert fast.words(fast.read(texts), []) == []


@pytest.mark.parametrize("count", [1, BATCH - 1, BATCH, BATCH + 1, 2 * BATCH + 1])
def test_batches_keep_the_order(fast: FastModel, count: int) -> None:
    texts = [analyse(f"ayo coblos nomor {k % 7}") for k in range(count)]
    one_by_one = [fast.read([tokens]).log_odds[0] for tokens in texts[:7]]
    expected = [one_by_one[k % 7] for k in range(count)]
    assert fast.read(texts).log_odds == pytest.approx(expected, abs=1e-12)


def model_of(names: list[str]) -> LinearModel:
    rng = np.random.default_rng(4)
    size = len(names)
    kinds = rng.normal(size=(size, 2)).astype(np.float32)
    rows = {name: row for row, name in enumerate(names)}
    return LinearModel(rows, rng.uniform(1, 3, size), rng.normal(size=size), 0.3, ("a", "b"), kinds, np.zeros(2))


@pytest.mark.parametrize(
    "names",
    [
        ["w:ayo"],
        ["c:ayo"],
        ["s:coblos~N", "s:N~coblos"],
        ["w:~coblos", "w:coblos"],
        ["w:ayo coblos", "c: ay", "w:ayo coblos nomor", "s:N~ayo", "w:nomor", "c:blos"],
        ["w:<akun> ayo", "w:<asing>", "w:<asing> <asing>", "s:N~<asing>"],
        ["s:<nomor>~N", "s:N~<nomor>", "w:<nomor> <nomor> <nomor>"],
        ["e:< ayo", "e:> coblos", "e:< ayo <asing>", "e:> <asing> <asing>", "e:= tidak coblos"],
        ["e:< ayo coblos", "e:> nomor <nomor>", "e:= ayo"],
    ],
)
def test_a_vocabulary_may_be_in_any_order_and_lack_any_block(tiny: Tiny, names: list[str]) -> None:
    model = model_of(names)
    fast = FastModel(model, tiny.context)
    raws = [
        "ayo coblos nomor 2",
        "@a ayo xqzw qxzz",
        "tidak coblos 02 02 02 coblos",
        "",
        "ayo ayo ayo coblos nomor dua",
        "@a @b ayo",
        "tidak coblos",
    ]
    texts = [analyse(raw) for raw in raws]
    assert {name[0] for name in names} <= set(BLOCKS)
    assert fast.read(texts).log_odds == pytest.approx([read(model, t).log_odds for t in texts], abs=1e-9)


def test_forgotten_words_change_nothing(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "CACHE_SIZE", 2)
    fast = FastModel(tiny.model, tiny.context)
    check(fast, tiny, [analyse(raw) for raw in ("ayo coblos nomor dua", "saya dukung pak lurah", "ayo pilih dia")] * 2)
