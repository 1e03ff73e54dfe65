"""What commands say of models and items that cannot be used."""

from __future__ import annotations

import ast
import pickle
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli import words
from app.policy.types import Words
from app.problems import NotFound
from app.review.problems import QueueOff
from app.scoring.bundlewords import no_bundle, not_reproduced, other_format, other_library
from app.scoring.errors import GoldenMismatch, ModelError, NoModel, OtherVersion

ROOT = Path(__file__).parents[1]
KINDS = [ModelError, *ModelError.__subclasses__()]


DETAIL = Words("yang salah", "the detail")


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_is_refused_in_indonesian_first(kind: type[ModelError]) -> None:
    first, detail = words.of_model(kind(DETAIL)).splitlines()
    assert first.endswith(f" ({kind.slug}).")
    assert "yang salah" not in first
    assert detail == "Rincian: yang salah"
    assert words.of_model(kind(DETAIL), en=True) == f"the detail ({kind.slug})"


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_of_another_process_keeps_both_languages_and_logs_have_english(kind: type[ModelError]) -> None:
    error = pickle.loads(pickle.dumps(kind(DETAIL)))
    assert (type(error), str(error), error.english, error.indonesian) == (kind, "the detail", "the detail", DETAIL.id)


def wordings() -> Iterator[tuple[ast.expr, ast.expr]]:
    """Both sides of what the code says of models."""
    for path in [*(ROOT / "app" / "scoring").glob("*.py"), ROOT / "app" / "batch" / "shipping.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Words":
                yield node.args[0], node.args[1]


def filled_in(wording: ast.expr) -> list[str]:
    return sorted(ast.unparse(node.value) for node in ast.walk(wording) if isinstance(node, ast.FormattedValue))


def test_every_wording_fills_in_the_same_in_both_languages_and_none_is_english_twice() -> None:
    found = list(wordings())
    assert len(found) > 15
    assert [ast.unparse(id) for id, en in found if filled_in(id) != filled_in(en)] == []
    indonesian = [ast.unparse(id) for id, _ in found]
    assert [told for told in indonesian if re.search(r"\b(the|is|of|cannot)\b", told)] == []


@pytest.mark.parametrize(
    ("error", "indonesian", "english"),
    [
        (no_bundle("a b"), "tidak ada bundel model bernama 'a b'", "no model bundle named 'a b'"),
        (no_bundle("{0} {x}"), "tidak ada bundel model bernama '{0} {x}'", "no model bundle named '{0} {x}'"),
        (
            OtherVersion(other_library("numpy", "2.1", "2.2")),
            "model memerlukan numpy 2.1, yang terpasang 2.2",
            "the model needs numpy 2.1, installed is 2.2",
        ),
        (
            OtherVersion(other_format(3, 4)),
            "format model 3, sedangkan Netra ini membaca format 4",
            "the model has format 3, this Netra reads 4",
        ),
        (
            GoldenMismatch(not_reproduced(2, 60)),
            "2 dari 60 prediksi acuan tidak dihasilkan kembali",
            "2 of 60 golden predictions are not reproduced",
        ),
    ],
)
def test_what_a_detail_fills_in_stays_in_its_place(error: ModelError, indonesian: str, english: str) -> None:
    assert words.of_model(error).splitlines()[1] == f"Rincian: {indonesian}"
    assert words.of_model(error, en=True) == f"{english} ({error.slug})"


def test_other_words_where_something_else_was_asked_for() -> None:
    assert words.of_model(NoModel(DETAIL), instead=words.NO_WAY_BACK).startswith("riwayat tidak mengenal")
    assert words.of_model(OtherVersion(DETAIL), instead=words.NO_WAY_BACK).startswith("dibuat untuk format")


def test_problems_are_told_as_the_service_does_but_for_addresses() -> None:
    assert words.of_problem(QueueOff()) == QueueOff.title_id
    assert words.of_problem(QueueOff(), en=True) == QueueOff.title_en
    assert words.of_problem(NotFound(reason="unknown_item")) == "Tidak ada butir dengan id itu"
