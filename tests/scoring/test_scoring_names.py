"""Names kept as text are the names of the file, each with its row, and whatever is no list of names is refused."""

from __future__ import annotations

import json
import pickle
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.scoring import names as names_module
from app.scoring.names import NEGATED, STEMS, Names, as_names, read_names

TEXT = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=6)
NAME = st.tuples(st.sampled_from(["w:", "w:~", "c:", "s:", "p:", "n:"]), TEXT).map("".join)
LISTS = st.lists(NAME, unique=True, min_size=1)


def lines_of(names: Sequence[str]) -> bytes:
    return "".join(json.dumps(name, ensure_ascii=False) + "\n" for name in names).encode()


def read(names: Sequence[str]) -> Names:
    return read_names(lines_of(names), np.arange(len(names)) * 7)


@given(listed=LISTS)
@example(listed=["w:", "w:~", "c: a ", "w:b", "w:~b"])
@example(listed=['w:"', "w:\\n", "c:\x85"])
def test_every_name_has_the_row_of_its_line(listed: list[str]) -> None:
    found = read(listed)
    expected = {name: 7 * row for row, name in enumerate(listed)}
    assert {name: found[name] for name in listed} == expected
    assert dict(found) == expected
    assert len(found) == len(listed)
    assert "w:tak ada" not in found
    assert "x:" not in found


@given(listed=LISTS)
def test_a_mapping_has_the_same_blocks_as_its_file(listed: list[str]) -> None:
    found, same = read(listed), as_names({name: 7 * row for row, name in enumerate(listed)})
    for prefix in {*found.blocks, *same.blocks, "x:"}:
        assert dict(found.beginning(prefix)) == dict(same.beginning(prefix))
        assert found.rows(prefix).tolist() == same.rows(prefix).tolist()
    assert as_names(found) is found


@given(listed=LISTS, at_once=st.integers(1, 4))
def test_parts_of_any_size_hold_the_same(listed: list[str], at_once: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(names_module, "_AT_ONCE", at_once)
        parts = read(listed)
    assert dict(parts) == dict(read(listed))
    assert max(len(part.rows) for block in parts.blocks.values() for part in block) <= at_once


def test_negated_words_are_a_block_of_their_own() -> None:
    found = read(["w:coblos", "w:~coblos"])
    assert dict(found.beginning(STEMS)) == {"w:coblos": 0}
    assert dict(found.beginning(NEGATED)) == {"w:~coblos": 7}


def test_names_go_to_other_processes() -> None:
    found = read(["w:coblos", "c: co"])
    assert dict(pickle.loads(pickle.dumps(found))) == dict(found)


@pytest.mark.parametrize(
    "lines",
    [
        b"",
        b"\n",
        b'"w:a"',
        b'"w:a"\n\n',
        b'"w:a"\n"w:b"\n',
        b"w:a\n",
        b'"w:a\n',
        b'w:ab"\n',
        b'"w"a"\n',
        b'"wa"\n',
        b'"w:"a"\n',
        b'["w:a"]\n',
        b'"w:\ta"\n',
        b'"w:\xff"\n',
        b'"w:\\q"\n',
        b'"w:\\n"\n',
        b'["\\\\"]\n',
    ],
)
def test_what_is_not_one_name_on_each_line_is_refused(lines: bytes) -> None:
    with pytest.raises((ValueError, TypeError, AttributeError)):
        read_names(lines, np.arange(1))


def test_a_name_that_stands_twice_is_found_when_its_block_is_read() -> None:
    with pytest.raises(ValueError, match="twice"):
        read(["c:a", "c:b", "c:a"]).beginning("c:")


def test_a_feature_with_a_line_break_is_refused() -> None:
    with pytest.raises(ValueError, match="line break"):
        as_names({"w:a\nb": 0})


@given(listed=LISTS, seed=st.integers(0, 9))
def test_moved_names_have_the_places_of_their_rows(listed: list[str], seed: int) -> None:
    names = as_names({name: row for row, name in enumerate(listed)})
    places = np.random.default_rng(seed).permutation(len(listed))
    assert dict(names.moved(places)) == {name: places[row] for name, row in names.items()}
    assert dict(names) == {name: row for row, name in enumerate(listed)}
