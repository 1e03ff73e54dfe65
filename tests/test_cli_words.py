"""What commands say of models and items that cannot be used."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli import modeldetails, words
from app.problems import NotFound
from app.review.problems import QueueOff
from app.scoring import errors
from app.scoring.errors import ModelError

ROOT = Path(__file__).parents[1]
KINDS = [ModelError, *ModelError.__subclasses__()]


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_is_refused_in_indonesian_first(kind: type[ModelError]) -> None:
    first, detail = words.of_model(kind("the detail")).splitlines()
    assert first.endswith(f" ({kind.slug}).")
    assert "detail" not in first
    assert detail == "Rincian: the detail"
    assert words.of_model(kind("the detail"), en=True) == f"the detail ({kind.slug})"


def raised() -> Iterator[str]:
    """What the code says of models, with 1 for whatever is filled in."""
    names = {kind.__name__ for kind in KINDS}
    for path in [*(ROOT / "app").rglob("*.py"), *(ROOT / "training").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                yield said(node.args[0])


def said(words: ast.expr) -> str:
    if isinstance(words, ast.JoinedStr):
        return "".join(map(said, words.values))
    return str(words.value) if isinstance(words, ast.Constant) else "1"


def test_every_detail_is_known_in_indonesian_and_none_is_known_in_vain() -> None:
    details = sorted(set(raised()))
    assert len(details) > 15
    told = {detail: modeldetails.in_indonesian(detail) for detail in details}
    assert [detail for detail in details if told[detail] == detail] == []
    assert len(set(told.values())) == len(modeldetails._DETAILS)
    assert not [words for words in told.values() if re.search(r"\b(the|is|of|model's|cannot)\b", words)]


@pytest.mark.parametrize(
    ("detail", "told"),
    [
        ("no model bundle named 'a b'", "tidak ada bundel model bernama 'a b'"),
        ("the model needs numpy 2.1, installed is 2.2", "model memerlukan numpy 2.1, yang terpasang 2.2"),
        ("the model has format 3, this Netra reads 4", "format model 3, sedangkan Netra ini membaca format 4"),
        ("2 of 60 golden predictions are not reproduced", "2 dari 60 prediksi acuan tidak dihasilkan kembali"),
        ("no model bundle named '{0} {x}'", "tidak ada bundel model bernama '{0} {x}'"),
    ],
)
def test_what_a_detail_fills_in_stays_in_its_place(detail: str, told: str) -> None:
    assert words.of_model(errors.NoModel(detail)).splitlines()[1] == f"Rincian: {told}"


def test_other_words_where_something_else_was_asked_for() -> None:
    assert words.of_model(errors.NoModel("x"), instead=words.NO_WAY_BACK).startswith("riwayat tidak mengenal")
    assert words.of_model(errors.OtherVersion("x"), instead=words.NO_WAY_BACK).startswith("dibuat untuk format")


def test_problems_are_told_as_the_service_does_but_for_addresses() -> None:
    assert words.of_problem(QueueOff()) == QueueOff.title_id
    assert words.of_problem(QueueOff(), en=True) == QueueOff.title_en
    assert words.of_problem(NotFound(reason="unknown_item")) == "Tidak ada butir dengan id itu"
