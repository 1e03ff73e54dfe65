"""A memo works every argument out once and never holds more than its limit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.text.memo import Memo


def test_work_is_done_once() -> None:
    asked: list[str] = []

    def length(text: str) -> int:
        asked.append(text)
        return len(text)

    memo = Memo(length, 10)
    assert [memo["ab"], memo["ab"], memo["c"]] == [2, 2, 1]
    assert asked == ["ab", "c"]


@given(st.lists(st.text(max_size=2)), st.integers(1, 5))
def test_memory_is_bounded_and_answers_stay_right(texts: list[str], limit: int) -> None:
    memo = Memo(str.upper, limit)
    for text in texts:
        assert memo[text] == text.upper()
        assert len(memo) <= limit
