"""What an officer reads in the reasons column."""

from __future__ import annotations

import pytest

from app.batch.answers import APPENDED, reason_told, reasons_text
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


def test_appended_columns_are_the_ones_promised() -> None:
    assert APPENDED == NETRA


@pytest.mark.parametrize("code", FAMILIES["reason"])
def test_every_reason_has_words(code: str) -> None:
    assert reason_told(code).endswith(f" ({code})")
