"""Examples become weighted documents, documents a model, and the model plain arrays that score alike."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from app.scoring.context import read_act
from app.scoring.model import LinearModel, probability, read
from app.text.features import BLOCKS, features
from app.text.pipeline import analyse
from app.watchlists.load import default_matcher
from tests.scoring.tinybundle import SETTINGS, Seen, examples
from training.context import fit_context, is_act
from training.examples import DOUBTFUL_WEIGHT, Example
from training.fit import (
    Document,
    Settings,
    Vectoriser,
    common,
    content_field,
    documents,
    fit,
    to_model,
)
from training.ratios import class_ratios


def example(**changes: object) -> Example:
    return replace(Example("x", "dukung xqzwra ya", 1, "endorsement", "race1"), **changes)  # type: ignore[arg-type]


def forms_of(text: str, spans: tuple[tuple[int, int, str], ...] = ()) -> list[str]:
    return [feature.name for feature in features(analyse(text, default_matcher(), spans))]


# -- documents ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "target", "field"),
    [
        ("ayo", "", "text"),
        ("ayo", "  ", "text"),
        ("", "ayo", "target_text"),
        (" \n", "ayo", "target_text"),
        ("siap", "ayo", None),
        ("", "", "text"),
    ],
)
def test_which_words_decide_the_label(text: str, target: str, field: str | None) -> None:
    assert content_field(example(text=text, target_text=target)) == field
    assert is_act(example(text=text, target_text=target)) == (field is None)


@pytest.mark.parametrize(
    ("real", "doubtful", "weights"),
    [
        (True, False, [0.5, 0.5]),
        (True, True, [0.5 * DOUBTFUL_WEIGHT] * 2),
        (False, False, [0.25, 0.25]),
        (False, True, [0.25 * DOUBTFUL_WEIGHT] * 2),
    ],
)
def test_weights_of_documents(real: bool, doubtful: bool, weights: list[float]) -> None:
    found = documents([example(real=real, doubtful=doubtful)], Settings(corpus_weight=0.5))
    assert [doc.weight for doc in found] == pytest.approx(weights)
    assert {(doc.real, doc.sure) for doc in found} == {(real, not doubtful)}


def test_a_corpus_item_is_read_with_and_without_its_names() -> None:
    text, spans = "katanya xqzwra ya", (("text", 8, 14, "name"),)
    named, unnamed = documents([example(text=text, names=spans)], SETTINGS)
    assert named.features == forms_of(text, ((8, 14, "name"),))
    assert unnamed.features == forms_of(text)
    assert "w:<nama>" in named.features
    assert "w:<nama>" not in unnamed.features


def test_a_real_post_is_read_with_the_watchlists_and_without_any() -> None:
    text = "gubernur Ridwan Kamil datang"
    listed, unlisted = documents([example(real=True, text=text)], SETTINGS)
    assert listed.features == forms_of(text)
    assert unlisted.features == [feature.name for feature in features(analyse(text))]
    assert (listed.listed, unlisted.listed) == (True, False)


def test_a_bare_share_teaches_by_its_target_and_a_reply_not_at_all() -> None:
    share = example(text="", target_text="ayo coblos", names=(("target_text", 0, 3, "slogan"),))
    reply = example(text="siap", target_text="ayo coblos")
    named, unnamed = documents([share, reply], SETTINGS)
    assert named.features == forms_of("ayo coblos", ((0, 3, "slogan"),))
    assert unnamed.features == forms_of("ayo coblos")


@pytest.mark.parametrize(
    ("changes", "source"),
    [
        ({"real": True, "source": "s1"}, "s1"),
        ({"real": True, "source": ""}, "race1"),
        ({"real": False, "source": "s1"}, "race1"),
        ({"real": False, "group": ""}, "x"),
    ],
)
def test_what_stays_together_in_a_fold(changes: dict[str, object], source: str) -> None:
    assert {doc.source for doc in documents([example(**changes)], SETTINGS)} == {source}


# -- vectors and weights --------------------------------------------------------------------------------------------

DOCS = [
    ["w:a", "w:b", "c:x", "h:q 0"],
    ["w:a", "w:a", "c:y", "h:q 1"],
    ["w:b", "s:n", "c:x", "h:q 0"],
    ["w:a", "s:n", "c:y", "e:<a", "h:q 0"],
]


def test_columns_are_grouped_by_block_and_each_block_has_length_one() -> None:
    weights = (1.0, 0.5, 0.25, 0.1, 0.3, 0.2)
    vectoriser = Vectoriser(sorted({f for doc in DOCS for f in doc}), weights).fit(DOCS)
    names = vectoriser.vocabulary()
    assert [BLOCKS.index(name[0]) for name in names] == sorted(BLOCKS.index(name[0]) for name in names)
    assert sorted(names) == ["c:x", "c:y", "e:<a", "h:q 0", "h:q 1", "s:n", "w:a", "w:b"]
    assert {float(idf) for name, idf in zip(names, vectoriser.idf(), strict=True) if name[0] == "h"} == {1.0}
    matrix = vectoriser.transform(DOCS).toarray()
    for block in BLOCKS:
        columns = [k for k, name in enumerate(names) if name[0] == block]
        lengths = np.linalg.norm(matrix[:, columns], axis=1)
        assert np.all(np.isclose(lengths, 1.0) | (lengths == 0.0))
    assert len(vectoriser.idf()) == len(names)
    assert [float(w) for w in vectoriser.scale()] == [weights[BLOCKS.index(name[0])] for name in names]


def test_a_block_that_nothing_is_in_takes_no_columns() -> None:
    vectoriser = Vectoriser(["c:x", "p:a~b"], (1.0, 0.5, 0.25, 0.1, 0.3, 0.2)).fit([["c:x"], ["p:a~b"]])
    assert vectoriser.vocabulary() == ["c:x", "p:a~b"]
    assert vectoriser.scale().tolist() == [0.5, 0.1]
    assert vectoriser.transform([["p:a~b"]]).toarray().tolist() == [[0.0, 1.0]]


def reading(post: int, *names: str, real: bool = True) -> Document:
    return Document(list(names), 1, None, 1.0, "e", "s", real, True, post)


def test_a_pair_needs_more_posts_than_any_other_feature() -> None:
    docs = [reading(post, "w:a", "p:a~b", real=False) for post in range(4)]
    assert common(docs, 3, 5) == ["w:a"]
    assert common(docs, 3, 4) == ["p:a~b", "w:a"]
    assert common([*docs, docs[0]], 3, 5) == ["w:a"]  # the same post again


@pytest.mark.parametrize(
    ("docs", "least", "expected"),
    [
        ([reading(0, "w:a", "w:a"), reading(1, "w:b")], 1, ["w:a", "w:b"]),
        ([reading(0, "w:a", "w:a"), reading(1, "w:b")], 2, []),
        ([reading(0, "w:a"), reading(0, "w:a")], 2, []),  # two readings of one post, or two near duplicates
        ([reading(0, "w:a"), reading(1, "w:a", "w:c"), reading(2, "w:c")], 2, ["w:a", "w:c"]),
        ([reading(0, "w:a"), reading(1, "w:a")], 3, []),
        ([reading(0, "w:a", real=False), reading(1, "w:a")], 3, []),
        ([reading(0, "w:a", real=False), reading(1, "w:a", real=False)], 3, ["w:a"]),  # two items of our own
    ],
)
def test_a_feature_needs_distinct_posts(docs: list[Document], least: int, expected: list[str]) -> None:
    assert common(docs, least) == expected


def test_near_duplicates_and_readings_share_a_post_number() -> None:
    text = "kerja bakti di balai desa hari minggu pagi untuk semua warga"
    rows = [example(id="a", text=text), example(id="b", text=text.upper() + "!"), example(id="c", real=True)]
    assert [doc.post for doc in documents(rows, SETTINGS)] == [0, 0, 0, 0, 2, 2]


def borrowed(real: bool) -> list[Document]:
    """A word of support that real posts use for support, and items of the corpus more often for the rest."""
    spoken = [("w:hebat", "w:pak", 1), ("w:ya", "w:pak", 0)] * 6
    lives = [
        replace(reading(k, *names, real=True), label=label, listed=bool(k % 2))
        for k, (*names, label) in enumerate(spoken if real else [])
    ]
    written = [("w:hebat", "w:ya", 0), ("w:siap", "w:ya", 1), ("w:hebat", "w:pak", 0), ("w:siap", "w:pak", 1)] * 6
    items = [replace(reading(100 + k, *names, real=False), label=label) for k, (*names, label) in enumerate(written)]
    return [*lives, *items]


def weight_of(name: str, docs: list[Document], **changes: float) -> float:
    fitted = fit(docs, Settings(**changes))  # type: ignore[arg-type]
    return float(fitted.weights[fitted.vectoriser.vocabulary().index(name)])


def test_what_people_mean_by_a_word_counts_beside_what_authors_do_with_it() -> None:
    shares = [weight_of("w:hebat", borrowed(True), life_share=share) for share in (0.0, 0.5, 1.0)]
    assert shares[0] < 0 < shares[2] - shares[0]
    assert shares[1] == pytest.approx((shares[0] + shares[2]) / 2)


def test_a_word_that_no_real_post_holds_has_one_weight() -> None:
    assert weight_of("w:siap", borrowed(True), life_share=0.0) == weight_of("w:siap", borrowed(True), life_share=1.0)


def test_without_real_posts_there_is_no_second_weight() -> None:
    found = [fit(borrowed(False), Settings(life=life, life_share=life)) for life in (0.4, 1.0)]
    assert found[0].bias == found[1].bias
    assert found[0].weights.tolist() == found[1].weights.tolist()


def test_class_ratios_counted_by_hand() -> None:
    matrix = sparse.csr_matrix(np.array([[0.5, 0.0], [0.7, 0.2], [0.0, 0.9]]))
    found = class_ratios(matrix, np.array([1, 1, 0]), np.array([1.0, 0.5, 2.0]))
    support, rest = np.array([1.0 + 1.5, 1.0 + 0.5]), np.array([1.0, 1.0 + 2.0])
    assert found == pytest.approx(np.log((support / support.sum()) / (rest / rest.sum())))
    assert matrix.toarray()[0, 0] == 0.5


def tiny_documents() -> list[Document]:
    return documents(examples(), SETTINGS)


def test_fitting_is_deterministic() -> None:
    one, other = fit(tiny_documents(), SETTINGS), fit(tiny_documents(), SETTINGS)
    assert np.array_equal(one.weights, other.weights)
    assert one.bias == other.bias


def test_a_fitted_model_ranks_support_above_the_rest() -> None:
    docs = tiny_documents()
    odds = fit(docs, SETTINGS).log_odds([doc.features for doc in docs])
    support, rest = (np.array([o for o, d in zip(odds, docs, strict=True) if d.label == c]) for c in (1, 0))
    assert support.mean() > rest.mean() + 0.5


def test_a_heavier_example_counts_more() -> None:
    docs = tiny_documents()
    told = [replace(doc, label=1) if "w:hujan" in doc.features else doc for doc in docs]
    louder = [replace(doc, weight=10 * doc.weight) if "w:hujan" in doc.features else doc for doc in told]
    odds = [fit(rows, SETTINGS).log_odds([["w:hujan"]])[0] for rows in (docs, told, louder)]
    assert odds == sorted(odds)
    assert len(set(odds)) == 3


@pytest.mark.parametrize("scale", [(1.0, 0.0), (2.5, -0.75), (0.1, 3.0)])
def test_plain_arrays_score_as_the_fitted_model_with_the_calibration_folded_in(scale: tuple[float, float]) -> None:
    docs = tiny_documents()
    fitted = fit(docs, SETTINGS)
    model = to_model(fitted, scale, replace(SETTINGS, decimals=12))
    for doc, odds in zip(docs, fitted.log_odds([d.features for d in docs]), strict=True):
        found = model.log_odds(*model.vector(Counter(doc.features)))
        assert found == pytest.approx(scale[0] * odds + scale[1], abs=1e-8)


def test_plain_arrays_are_rounded_to_a_grid() -> None:
    docs = tiny_documents()
    model = to_model(fit(docs, SETTINGS), (1.0, 0.0), replace(SETTINGS, decimals=3))
    for array in (model.idf, model.weights, model.kind_bias):
        assert np.array_equal(array, np.round(array, 3))
    assert model.bias == round(model.bias, 3)
    assert model.kinds.dtype == np.float32
    assert np.allclose(model.kinds, np.round(model.kinds, 3), atol=1e-6)


# -- acts on a target -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def content() -> LinearModel:
    docs = tiny_documents()
    return to_model(fit(docs, SETTINGS), (2.0, 0.0), SETTINGS)


@pytest.mark.parametrize("flag", [0.2, 0.5, 0.9])
def test_even_odds_are_moved_to_the_flag_threshold(content: LinearModel, flag: float) -> None:
    rows = [row for row in examples() if is_act(row)]
    even, moved = (fit_context(rows, Seen(content), limit) for limit in (0.5, flag))
    assert moved.bias - even.bias == pytest.approx(np.log(flag / (1 - flag)), abs=2e-5)
    assert np.array_equal(even.agreeing, moved.agreeing)
    assert (even.own, even.target, even.gate) == (moved.own, moved.target, moved.gate)


@pytest.mark.parametrize("flag", [0.0, 1.0])
def test_a_threshold_that_nothing_reaches_still_gives_a_model(content: LinearModel, flag: float) -> None:
    rows = [row for row in examples() if is_act(row)]
    assert np.isfinite(fit_context(rows, Seen(content), flag).bias)


def test_replies_are_scored_by_what_they_answer(content: LinearModel) -> None:
    rows = [row for row in examples() if is_act(row)]
    context = fit_context(rows, Seen(content), 0.5)
    hits = 0
    for row in rows:
        own, target = (read(content, analyse(text, default_matcher())) for text in (row.text, row.target_text))
        hits += (probability(read_act(context, content, own, target).log_odds) >= 0.5) == bool(row.label)
    assert hits == len(rows)
