"""Acts are read by content models that saw nothing of their race."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.scoring.tinybundle import SETTINGS, examples
from training.examples import Example
from training.fit import Document, documents, fit, source_of
from training.select import FOLDS, Gathered, gather
from training.unseen import Unseen, unseen
from training.weighing import AS_IT_IS

SCALE = (2.0, -0.5)


@pytest.fixture(scope="module")
def docs() -> list[Document]:
    rows = [replace(row, group=f"balapan-{k % 7}") for k, row in enumerate(examples())]
    return documents(rows, SETTINGS)


@pytest.fixture(scope="module")
def gathered(docs: list[Document]) -> Gathered:
    return gather(docs, SETTINGS)


@pytest.fixture(scope="module")
def reader(docs: list[Document], gathered: Gathered) -> Unseen:
    return unseen(gathered, fit(docs, SETTINGS), AS_IT_IS, SCALE)


def of(race: str) -> Example:
    return replace(examples()[0], group=race)


def test_every_fold_has_its_model(gathered: Gathered) -> None:
    assert sorted(gathered.fits) == sorted(set(gathered.folds.tolist())) == list(range(FOLDS))


def test_a_race_is_read_by_the_model_of_its_own_fold(docs: list[Document], gathered: Gathered, reader: Unseen) -> None:
    read = [(doc, fold) for doc, fold in zip(docs, gathered.folds.tolist(), strict=True) if doc.listed]
    found = reader.log_odds([of(doc.election) for doc, _ in read], [doc.features for doc, _ in read])
    plain = [gathered.fits[fold].log_odds([doc.features])[0] for doc, fold in read]
    assert found == pytest.approx(SCALE[0] * np.array(plain) + SCALE[1])


def test_what_a_race_says_is_unknown_to_its_model(docs: list[Document], gathered: Gathered) -> None:
    for fold, model in gathered.fits.items():
        own = {doc.post for doc, place in zip(docs, gathered.folds.tolist(), strict=True) if place == fold}
        others = {name for doc in docs if doc.post not in own for name in doc.features}
        assert set(model.vectoriser.vocabulary()) <= others


def test_an_unknown_race_is_read_by_one_and_the_same_model(gathered: Gathered, reader: Unseen) -> None:
    text = ["w:coblos", "w:coblos nomor"]
    [found] = reader.log_odds([of("tak dikenal")], [text])
    assert found == pytest.approx(SCALE[0] * gathered.fits[0].log_odds([text])[0] + SCALE[1])


def test_a_fold_without_a_model_is_read_by_the_one_of_all_documents(docs: list[Document], gathered: Gathered) -> None:
    every = fit(docs, SETTINGS)
    bare = unseen(replace(gathered, fits={}), every, AS_IT_IS, (1.0, 0.0))
    texts = [doc.features for doc in docs[:9]]
    assert bare.log_odds([of(doc.election) for doc in docs[:9]], texts) == pytest.approx(every.log_odds(texts))


def test_the_order_of_examples_is_kept_and_none_is_none(reader: Unseen, docs: list[Document]) -> None:
    some = [doc for doc in docs if doc.listed][:12]
    both = [(of(doc.election), doc.features) for doc in some]
    together = reader.log_odds(*map(list, zip(*both, strict=True)))
    assert together.tolist() == pytest.approx([reader.log_odds([e], [t])[0] for e, t in both])
    assert reader.log_odds([], []).tolist() == []


@pytest.mark.parametrize(
    ("real", "source", "group", "expected"),
    [(True, "berkas", "pilpres", "berkas"), (True, "", "pilpres", "pilpres"), (False, "berkas", "balapan", "balapan")],
)
def test_the_source_is_what_never_stands_on_both_sides(real: bool, source: str, group: str, expected: str) -> None:
    assert source_of(replace(examples()[0], real=real, source=source, group=group)) == expected
