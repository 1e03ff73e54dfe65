"""Held-out predictions for the card, the learning curve, and pictures that are the same every time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from tests.training.challengekit import corpus, posts, put, suite
from tests.training.test_training_gates import Scripted, sound
from training import plots
from training.behave import measure
from training.examples import Example, read_corpus, read_labelled
from training.fit import Document, Settings, documents
from training.intervals import Interval, Scored, by_thresholds
from training.plots import draw, learning_curve, precision_recall, reliability
from training.select import folds_of, gather, leave_sources_out
from training.study import FOLDS, SHARES, CurvePoint, Judged, Limits, Study, judged, study
from training.weighing import AS_IT_IS

SETTINGS = Settings(least_posts=2)
LIMITS = Limits((2.0, 0.0), 0.6, 0.3)


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> list[Example]:
    """Corpus items and real posts of six sources on two platforms."""
    folder = tmp_path_factory.mktemp("telaah")
    real = [row | {"source": f"s{k % 6}", "platform": f"p{k % 2}"} for k, row in enumerate(posts(120, seed=4))]
    own = read_corpus(put(folder / "corpus" / "a.jsonl", corpus(160)).parent)
    return [*own, *read_labelled(put(folder / "nyata.jsonl", real))]


@pytest.fixture(scope="module")
def docs(examples: list[Example]) -> list[Document]:
    return documents(examples, SETTINGS)


@pytest.fixture(scope="module")
def found(examples: list[Example], docs: list[Document]) -> Iterator[Study]:
    with pytest.MonkeyPatch.context() as patch:
        report = measure(suite(), Scripted(sound).score, Scripted(sound).score)
        patch.setattr("training.study.run", lambda scorer: report)
        scorer: object = object()
        yield study(docs, examples, leave_sources_out(gather(docs, SETTINGS)), AS_IT_IS, LIMITS, SETTINGS, scorer)  # type: ignore[arg-type]


# -- held-out predictions -------------------------------------------------------------------------------------------


def test_every_prediction_finds_its_post(docs: list[Document], examples: list[Example]) -> None:
    held = leave_sources_out(gather(docs, SETTINGS))
    found = judged(docs, examples, held.places, held.log_odds, LIMITS)
    assert [e.label for e in found.examples] == held.labels.tolist()
    assert {e.id for e in found.examples} == {e.id for e in examples if e.real}
    assert found.scored.scores == pytest.approx(1 / (1 + np.exp(-2.0 * held.log_odds)))
    assert np.array_equal(found.scored.flagged, found.scored.scores >= 0.6)
    assert np.array_equal(found.scored.caught, found.scored.scores >= 0.3)


def test_posts_are_grouped_largest_first_and_without_a_key_left_out() -> None:
    rows = [replace(Example(str(k), "x", k % 2, None, ""), platform=name) for k, name in enumerate("bbaac" + "c" * 3)]
    rows.append(Example("9", "x", 0, None, ""))
    scored = by_thresholds(np.array([e.label for e in rows]), np.linspace(0, 1, len(rows)), 0.5, 0.3)
    groups = Judged(tuple(rows), scored).by(lambda example: example.platform)
    assert {name: len(group) for name, group in groups.items()} == {"c": 4, "a": 2, "b": 2}
    assert list(groups) == ["c", "a", "b"]
    assert groups["a"].scores.tolist() == scored.scores[2:4].tolist()


def test_the_study_holds_real_posts_and_the_corpus(found: Study, docs: list[Document]) -> None:
    assert {example.real for example in found.real.examples} == {True}
    assert {example.real for example in found.corpus.examples} == {False}
    assert len(found.real.scored) == 120
    assert len(found.corpus.scored) == sum(doc.listed and doc.sure and not doc.real for doc in docs)
    assert set(found.real.by(lambda example: example.platform)) == {"p0", "p1"}


def test_the_learning_curve_rises_with_the_posts(found: Study, docs: list[Document]) -> None:
    assert tuple(point.share for point in found.curve) == SHARES
    assert [point.posts for point in found.curve] == [round(s * len({d.post for d in docs})) for s in SHARES]
    first, last = found.curve[0].roc_auc.value, found.curve[-1].roc_auc.value
    assert first is not None
    assert last is not None
    assert first < last > 0.8


def test_folds_are_of_whole_sources() -> None:
    rows = [Document(["w:a"], 0, None, 1.0, "e", f"s{k % 7}", k % 2 == 0, True, k) for k in range(40)]
    folds = folds_of(rows, FOLDS)
    assert set(folds) == set(range(FOLDS))
    for real in (True, False):
        places = {(row.source, fold) for row, fold in zip(rows, folds, strict=True) if row.real == real}
        assert len(places) == len({source for source, _ in places})


# -- pictures -------------------------------------------------------------------------------------------------------


def sample(rows: int = 500) -> Scored:
    random = np.random.default_rng(1)
    labels = random.integers(0, 2, rows)
    return by_thresholds(labels, np.clip(labels * 0.3 + random.random(rows) * 0.7, 0, 1), 0.5, 0.3)


EMPTY = by_thresholds(np.array([], dtype=int), np.array([]), 0.5, 0.3)
POINTS = (
    CurvePoint(0.1, 10, Interval(0.8, 0.7, 0.9), Interval(None, None, None)),
    CurvePoint(1.0, 100, Interval(0.9, 0.85, 0.95), Interval(0.8, 0.7, 0.9)),
)


@pytest.mark.parametrize("scored", [sample(), EMPTY, sample(3), by_thresholds(np.ones(4, int), np.ones(4), 0.5, 0.3)])
@pytest.mark.parametrize("picture", [reliability, precision_recall])
def test_pictures_are_svg_whatever_is_drawn(picture: object, scored: Scored) -> None:
    root = ElementTree.fromstring(picture(scored))  # type: ignore[operator]
    assert root.tag == "{http://www.w3.org/2000/svg}svg"


def test_the_same_figures_give_the_same_bytes() -> None:
    for drawn in (lambda: reliability(sample()), lambda: precision_recall(sample()), lambda: learning_curve(POINTS)):
        assert drawn() == drawn()


def test_pictures_name_no_day_and_no_program() -> None:
    text = reliability(sample()).decode("utf-8")
    assert not re.search(r"20\d\d-\d\d|Matplotlib v", text)
    assert "share of support" in text


def test_whatever_is_set_up_on_this_machine_is_not_used() -> None:
    import matplotlib as mpl

    before = reliability(sample())
    with mpl.rc_context({"font.size": 30, "lines.linewidth": 9, "axes.facecolor": "red"}):
        assert reliability(sample()) == before
        assert mpl.rcParams["font.size"] == 30


def test_the_curve_goes_through_the_flag() -> None:
    scored = sample()
    recall, precision = plots._curve(scored)
    assert len(recall) <= 200
    assert (np.diff(recall) >= 0).all()
    assert recall[-1] == 1.0
    hits = int(scored.labels[scored.flagged].sum())
    at = np.interp(hits / scored.labels.sum(), recall, precision)
    assert at == pytest.approx(hits / scored.flagged.sum(), abs=0.01)


def test_drawing_writes_one_file_a_picture(found: Study, tmp_path: Path) -> None:
    names = draw(found, tmp_path)
    assert sorted(names) == sorted(path.name for path in tmp_path.iterdir())
    assert all(name.endswith(".svg") for name in names)


def test_without_matplotlib_nothing_is_drawn(found: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plots, "find_spec", lambda name: None)
    assert draw(found, tmp_path) == ()
    assert not list(tmp_path.iterdir())
