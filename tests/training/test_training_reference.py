"""Training leaves a reference for drift: of posts held out, with the scores they got while they were."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from app.observe.profile import FILE, Profile, read
from app.scoring.bundle import load
from tests.fakes import FakeScorer
from tests.scoring.tinybundle import SETTINGS
from tests.training.test_training_train import data_dir, real_posts  # noqa: F401 - fixtures
from training import train as training
from training.examples import Example
from training.intervals import Scored
from training.reference import held_out_reference
from training.study import Judged
from training.train import train


@pytest.fixture
def _tiny_corpus(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr(training, "DATA_DIR", data_dir)


def test_scores_are_the_held_out_ones_and_the_rest_is_read_anew() -> None:
    rows = [Example(str(k), text, 0, None, "") for k, text in enumerate(["coblos dua"] * 3 + ["makan siang di warung"])]
    scores, none = np.array([0.003, 0.3, 0.45, 1.0]), np.zeros(4, bool)
    found = Profile.from_dict(
        held_out_reference(FakeScorer(), Judged(tuple(rows), Scored(np.zeros(4, int), scores, none, none)))
    )
    assert [at for at, count in enumerate(found.scores) for _ in range(count)] == [0, 4, 6, 13]
    assert (found.items, sum(found.lengths), found.model) == (4, 4, {"name": "palsu", "version": "0"})
    assert found.kinds == {"vote_call": 3}


@pytest.mark.usefixtures("_tiny_corpus")
@pytest.mark.parametrize("with_real", [False, True])
def test_a_trained_bundle_has_a_reference_of_its_own(tmp_path: Path, real_posts: Path, with_real: bool) -> None:  # noqa: F811
    extra = [real_posts] if with_real else []
    manifest = train(tmp_path / "b", "1", extra, SETTINGS)
    found = read(tmp_path / "b")
    assert found is not None
    held = manifest["held_out"]["by_source"]["pooled"]["n"]
    assert found.items == sum(found.scores) + found.undecided == held
    assert found.model == {"name": training.NAME, "version": "1"}
    assert load(tmp_path / "b").info.version == "1"  # it is no part of what the hashes cover


@pytest.mark.usefixtures("_tiny_corpus")
def test_no_word_of_a_post_is_in_a_reference(tmp_path: Path, real_posts: Path) -> None:  # noqa: F811
    train(tmp_path / "b", "1", [real_posts], SETTINGS)
    words = {
        word.lower() for line in real_posts.read_text("utf-8").splitlines() for word in json.loads(line)["text"].split()
    }
    told = json.loads((tmp_path / "b" / FILE).read_text("utf-8"))
    assert len(words) > 50
    assert words.isdisjoint(told["forms"])
