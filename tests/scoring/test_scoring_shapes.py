"""The shapes of many texts at once are those of each, in the vocabulary's columns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.scoring.counts import flat_of
from app.scoring.shapes import ShapeColumns, values_of
from app.text import shape as definition
from app.text.pipeline import analyse
from tests.text.strategies import TROUBLE

NAMES = [definition.name_of(slot, value) for slot, most in zip(definition.SLOTS, definition.VALUES, strict=True)
         for value in range(most)]  # fmt: skip
WRITTEN = st.lists(
    st.sampled_from(
        ("Hujan", "DERAS", "lagi", "?", "!!", "...", '"', "\n", "#Banjir", "@a", "https://x.id", "🙏", "7")
    ),
    max_size=40,
).map(" ".join)


@given(st.lists(TROUBLE | WRITTEN, max_size=6))
@settings(deadline=None, max_examples=300)
def test_shapes_of_many_are_those_of_each(raws: list[str]) -> None:
    texts = [analyse(raw) for raw in raws]
    found = values_of(flat_of(texts))
    for k, tokens in enumerate(texts):
        if tokens:
            assert found[k].tolist() == definition.values_of(tokens)


@pytest.mark.parametrize("known", [NAMES, NAMES[::3], NAMES[:1], []])
def test_columns_are_the_vocabularys(known: list[str]) -> None:
    vocabulary = {name: 7 + column for column, name in enumerate(known)}
    columns = ShapeColumns(vocabulary)
    texts = [analyse(raw) for raw in ("Hujan deras!", "", "KPU: apa kabar? https://x.id")]
    expected = [[vocabulary.get(name, -1) for name in definition.shape(tokens)] for tokens in texts if tokens]
    assert [columns.of_one(tokens) for tokens in texts if tokens] == expected
    assert columns.of_many(flat_of(texts), np.array([0, 2])).tolist() == expected
    assert columns.none is not bool(known)
