"""docs/hardening.md and SECURITY.md speak of nothing that no test shows."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "hardening.md").read_text(encoding="utf-8")
TABLES = [section for section in re.split(r"(?m)^## ", PAGE) if section.startswith(("The usual parts", "Faults"))]
ROWS = [line for table in TABLES for line in table.splitlines() if line.startswith("| ") and "---" not in line]
ROWS = [row for row in ROWS if not row.endswith("| test |")]


@cache
def functions_of(path: str) -> set[str]:
    tree = ast.parse((ROOT / "tests" / path).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("row", ROWS)
def test_every_row_ends_with_tests_that_exist(row: str) -> None:
    cells = [cell.strip() for cell in row.strip("|").split(" | ")]
    assert len(cells) == 4
    assert all(cells[:3])
    links = cells[3].split(", ")
    assert links
    for link in links:
        found = re.fullmatch(r"`([a-z/_]+\.py)::(test_\w+)`", link)
        assert found
        assert found[2] in functions_of(found[1])


def test_both_tables_are_whole() -> None:
    assert len(TABLES) == 2
    assert len(ROWS) >= 40
    assert len(set(ROWS)) == len(ROWS)


@pytest.mark.parametrize("target", sorted(set(re.findall(r"`make (\w+)`", PAGE))))
def test_every_command_is_a_target(target: str) -> None:
    assert re.search(rf"(?m)^{target}: ", (ROOT / "Makefile").read_text("utf-8"))


def test_every_test_of_the_usual_parts_is_named() -> None:
    assert all(name in PAGE for name in functions_of("test_default_stack.py") if name.startswith("test_"))


def test_the_page_can_be_found() -> None:
    assert "docs/hardening.md" in (ROOT / "README.md").read_text("utf-8")
    assert "docs/hardening.md" in (ROOT / "SECURITY.md").read_text("utf-8")
