"""What commands say of models and items that cannot be used."""

from __future__ import annotations

import pytest

from app.cli import words
from app.problems import NotFound
from app.review.problems import QueueOff
from app.scoring import errors
from app.scoring.errors import ModelError

KINDS = [ModelError, *ModelError.__subclasses__()]


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_is_refused_in_indonesian_first(kind: type[ModelError]) -> None:
    first, detail = words.of_model(kind("the detail")).splitlines()
    assert first.endswith(f" ({kind.slug}).")
    assert "detail" not in first
    assert detail == "Rincian: the detail"
    assert words.of_model(kind("the detail"), en=True) == f"the detail ({kind.slug})"


def test_other_words_where_something_else_was_asked_for() -> None:
    assert words.of_model(errors.NoModel("x"), instead=words.NO_WAY_BACK).startswith("riwayat tidak mengenal")
    assert words.of_model(errors.OtherVersion("x"), instead=words.NO_WAY_BACK).startswith("dibuat untuk format")


def test_problems_are_told_as_the_service_does_but_for_addresses() -> None:
    assert words.of_problem(QueueOff()) == QueueOff.title_id
    assert words.of_problem(QueueOff(), en=True) == QueueOff.title_en
    assert words.of_problem(NotFound(reason="unknown_item")) == "Tidak ada butir dengan id itu"
