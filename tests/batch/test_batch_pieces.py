"""How Parquet files are cut into pieces, and what it takes to do one."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.batch.pieces import FEWEST_ROWS, PIECE_ROWS, piece_rows, pieces_of


@pytest.mark.parametrize(
    ("total", "most"),
    [
        (0, FEWEST_ROWS),
        (200_000, 25_000),
        (1_600_000, 25_000),
        (1_600_001, 25_001),
        (3_200_000, 50_000),
        (6_400_000, 100_000),
        (10**9, PIECE_ROWS),
    ],
)
def test_pieces_of_large_inputs_are_larger_and_those_of_small_ones_many(total: int, most: int) -> None:
    assert piece_rows(total) == most


@given(st.lists(st.integers(0, 30)), st.integers(1, 40))
def test_pieces_are_the_whole_file_in_order(groups: list[int], most: int) -> None:
    pieces = list(pieces_of("a.parquet", tuple(groups), None, most))
    assert [place for piece in pieces for place in piece.groups] == list(range(len(groups)))
    first = 0
    for piece in pieces:
        assert (piece.first, piece.rows) == (first, sum(groups[place] for place in piece.groups))
        first += piece.rows
    assert all(most <= piece.rows < most + 30 for piece in pieces[:-1])


def test_a_file_without_rows_is_one_piece() -> None:
    (piece,) = pieces_of("a.parquet", (), "a", 10)
    assert (piece.groups, piece.rows, piece.source) == ((), 0, "a")


def test_neither_the_command_nor_a_worker_waits_for_data_frames() -> None:
    """Importing pandas, and more so Dask's own frames, takes seconds at the first start and 50 MB at any."""
    program = "import sys, app.batch.cluster; sys.exit(bool({'pandas', 'dask.dataframe'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
