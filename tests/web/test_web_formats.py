"""Figures as a reader of either language has them."""

from __future__ import annotations

import pytest

from app.scoring.types import score_shown
from app.web.formats import Formats


@pytest.mark.parametrize(
    ("score", "indonesian", "english"),
    [
        (0.5, "0,500", "0.500"),
        (0.98549, "0,985", "0.985"),
        (0.9989, "0,999", "0.999"),
        (0.99951, "0,999", "0.999"),
        (1.0, "0,999", "0.999"),
        (0.0004, "0,001", "0.001"),
        (0.0, "0,001", "0.001"),
    ],
)
def test_no_score_is_shown_without_a_doubt(score: float, indonesian: str, english: str) -> None:
    assert Formats("id").score(score) == indonesian
    assert Formats("en").score(score) == english


@pytest.mark.parametrize("score", [0.001, 0.0123, 0.4555, 0.999])
def test_other_scores_are_shown_as_they_are(score: float) -> None:
    assert score_shown(score) == score
