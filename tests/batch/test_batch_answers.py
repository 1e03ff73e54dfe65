"""What an officer reads in the reasons column."""

from __future__ import annotations

from typing import get_args

import pytest

from app.batch.answers import APPENDED, problem_told, reason_told, reasons_text, rejections_told
from app.batch.table import Place, Problem
from app.policy.types import Language
from app.scoring.types import Evidence, Verdict
from app.web.names import FAMILIES
from tests.batch.batchkit import NETRA

EVIDENCE = (
    Evidence("text", 0, 6, "coblos", 1.54),
    Evidence("text", 7, 14, "nomor\n 2", 0.8),
    Evidence("text", 20, 26, "jangan", -2.26),
)


@pytest.mark.parametrize(
    ("verdict", "note", "text"),
    [
        (
            Verdict(True, 0.9, "flag", "vote_call", EVIDENCE),
            None,
            "mendukung: “coblos” (+1,5), “nomor 2” (+0,8); melawan: “jangan” (-2,3)",
        ),
        (Verdict(False, 0.4, "review", None, EVIDENCE[:1]), None, "mendukung: “coblos” (+1,5)"),
        (Verdict(False, 0.1, "clear", None, EVIDENCE), None, ""),
        (
            Verdict(False, 0.1, "clear", None, EVIDENCE),
            "ragged_row",
            "jumlah sel tidak sama dengan judul kolom (ragged_row)",
        ),
        (
            Verdict(False, None, "undecided", None, (), 0.0, ("needs_target",)),
            None,
            "perlu isi unggahan sasaran (needs_target)",
        ),
        (
            Verdict(True, 0.9, "flag", None, EVIDENCE[:1], 0.0, ("text_cut",)),
            None,
            "mendukung: “coblos” (+1,5); text_cut",
        ),
        (Verdict(True, 0.9, "flag", None), None, ""),
    ],
)
def test_reasons(verdict: Verdict, note: str | None, text: str) -> None:
    assert reasons_text(verdict, note) == text


def test_reasons_are_few_and_short() -> None:
    evidence = tuple(Evidence("text", n, n + 1, "panjang sekali " * 20, float(n)) for n in range(1, 30))
    text = reasons_text(Verdict(True, 0.9, "flag", None, evidence))
    assert text.count("“") == 5
    assert "(+29,0)" in text
    assert len(text) < 400


EMPTY, EMPTY_EN = "teks kosong dan tidak ada teks sasaran", "the text is empty, and no target has one"
THIRD = Place(source=None, unit="baris", number=3)
SECOND = Place(source="b.json", unit="butir", number=2)


@pytest.mark.parametrize(
    ("counts", "first", "language", "told"),
    [
        ({}, {}, "id", []),
        ({"missing_text": 2}, {"missing_text": THIRD}, "id", [(2, f"{EMPTY} (missing_text) · pertama: baris 3")]),
        ({"missing_text": 2}, {"missing_text": THIRD}, "en", [(2, f"{EMPTY_EN} (missing_text) · first: line 3")]),
        (
            {"missing_text": 2},
            {"missing_text": SECOND},
            "id",
            [(2, f"{EMPTY} (missing_text) · pertama: b.json butir 2")],
        ),
        (
            {"missing_text": 2},
            {"missing_text": SECOND},
            "en",
            [(2, f"{EMPTY_EN} (missing_text) · first: b.json item 2")],
        ),
        ({"missing_text": 1234}, {}, "id", [(1234, f"{EMPTY} (missing_text)")]),
        (
            {"row_too_long": 1, "missing_text": 1, "bad_json": 12},
            {"row_too_long": THIRD},
            "id",
            [
                (12, "JSON tidak sah (bad_json)"),
                (1, f"{EMPTY} (missing_text)"),
                (1, "baris terlalu panjang (row_too_long) · pertama: baris 3"),
            ],
        ),
    ],
)
def test_rejections_are_told_by_reason_the_most_frequent_first(
    counts: dict[Problem, int], first: dict[Problem, Place], language: Language, told: list[tuple[int, str]]
) -> None:
    assert list(rejections_told(counts, first, language)) == told


@pytest.mark.parametrize("problem", get_args(Problem))
def test_every_problem_has_words_of_its_own_in_both_languages(problem: Problem) -> None:
    told = {problem_told(problem, language) for language in get_args(Language)}
    assert len(told) == 2
    assert all(words.endswith(f" ({problem})") for words in told)
    assert all(len(words) > len(f" ({problem})") for words in told)


def test_appended_columns_are_the_ones_promised() -> None:
    assert APPENDED == NETRA


@pytest.mark.parametrize("code", FAMILIES["reason"])
def test_every_reason_has_words(code: str) -> None:
    assert reason_told(code).endswith(f" ({code})")
