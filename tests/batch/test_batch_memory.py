"""Memory does not grow with the input."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FEW, MANY = 20_000, 200_000
#: What ten times the rows may cost more, in KiB; held in memory, they would cost several times that.
SLACK = 60_000


@pytest.mark.parametrize(("source", "output"), [("a.jsonl", "k.parquet"), ("a.csv", "k.csv.gz")])
def test_ten_times_the_rows_take_the_same_memory(tmp_path: Path, source: str, output: str) -> None:
    few, many = (peak(tmp_path / str(rows), source, output, rows) for rows in (FEW, MANY))
    assert many - few < SLACK


def peak(folder: Path, source: str, output: str, rows: int) -> int:
    """KiB that a process of its own took at most."""
    folder.mkdir()
    with (folder / source).open("w") as lines:
        if source == "a.csv":
            lines.write("n,text\n")
        form = '{{"n": {0}, "text": "kabar panen ke {0}"}}\n' if source == "a.jsonl" else "{0},kabar panen ke {0}\n"
        lines.writelines(form.format(number) for number in range(rows))
    command = [sys.executable, "-m", "tests.batch.appetite", str(folder / source), str(folder / output)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=300, text=True, check=True)
    return int(ended.stdout)
