"""A table finds what was put into it and nothing else, whatever the keys."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scoring.lookup import Lookup

KEYS = st.integers(0, 2**63 - 1) | st.integers(0, 40)


def table(keys: list[int]) -> Lookup:
    return Lookup(np.array(keys, np.int64), np.arange(len(keys), dtype=np.int64) + 7)


@given(st.lists(KEYS, unique=True, max_size=60), st.lists(KEYS, max_size=60))
def test_what_was_put_in_is_found_and_nothing_else(keys: list[int], others: list[int]) -> None:
    wanted = keys + others
    expected = [keys.index(key) + 7 if key in keys else -1 for key in wanted]
    assert table(keys).columns(np.array(wanted, np.int64)).tolist() == expected


def alike(lookup: Lookup, count: int) -> list[int]:
    """Keys that all want the same place."""
    found, k = list[int](), 0
    first = int(lookup._first(np.array([0]))[0])
    while len(found) < count:
        if int(lookup._first(np.array([k]))[0]) == first:
            found.append(k)
        k += 1
    return found


@pytest.mark.parametrize("count", [2, 3, 8, 14])
def test_keys_that_want_one_place_stand_one_behind_the_other(count: int) -> None:
    keys = alike(table(list(range(count))), count + 1)
    lookup = table(keys[:-1])
    assert lookup.columns(np.array(keys)).tolist() == [*(k + 7 for k in range(count)), -1]


def last(lookup: Lookup, count: int) -> list[int]:
    """Keys that all want the last place."""
    rows = np.arange(200_000)
    places = lookup._first(rows)
    return [int(row) for row in rows[places == places.max()][:count]]


def test_the_table_goes_on_behind_its_last_place() -> None:
    keys = last(table([0, 1, 2]), 4)
    assert table(keys[:3]).columns(np.array(keys)).tolist() == [7, 8, 9, -1]


def test_nothing_asked_and_nothing_known() -> None:
    assert table([]).columns(np.array([], np.int64)).tolist() == []
    assert table([]).columns(np.array([0, 5, 2**62])).tolist() == [-1, -1, -1]
    assert table([5]).columns(np.array([], np.int64)).tolist() == []


def test_many_keys_are_all_found() -> None:
    keys = np.unique(np.random.default_rng(4).integers(0, 2**62, 50_000))
    lookup = Lookup(keys, np.arange(len(keys)))
    assert np.array_equal(lookup.columns(keys), np.arange(len(keys)))
    assert not (lookup.columns(keys + 1)[~np.isin(keys + 1, keys)] >= 0).any()
