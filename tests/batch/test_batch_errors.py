"""The exception tree is as drawn, and every message is there in both languages."""

from __future__ import annotations

import inspect
import re
import string
from collections.abc import Iterator

import pytest

from app.batch import errors
from app.batch.errors import BatchError


def classes() -> dict[str, type[BatchError]]:
    found = dict(inspect.getmembers(errors, lambda member: inspect.isclass(member) and issubclass(member, BatchError)))
    assert len(found) > 10
    return found


def drawn() -> Iterator[tuple[str, str | None]]:
    """Name and parent of every class in the drawing of the module docstring."""
    branch: dict[int, str] = {}
    for line in (errors.__doc__ or "").splitlines():
        match = re.match(r"    ([│├└─ ]*)(\w+Error)\b", line)
        if match:
            depth = len(match.group(1)) // 4
            branch[depth] = match.group(2)
            yield match.group(2), branch.get(depth - 1)


def test_the_drawing_is_the_tree() -> None:
    tree = {
        name: kind.__base__.__name__ for name, kind in classes().items() if kind is not BatchError and kind.__base__
    }
    assert {name: parent for name, parent in drawn() if parent} == tree
    assert [name for name, parent in drawn() if parent is None] == ["BatchError"]


def leaves() -> list[type[BatchError]]:
    return [kind for kind in classes().values() if not kind.__subclasses__()]


@pytest.mark.parametrize("kind", leaves(), ids=lambda kind: kind.__name__)
def test_every_leaf_has_its_own_words_with_the_same_blanks(kind: type[BatchError]) -> None:
    assert "indonesian" in vars(kind)
    assert "english_template" in vars(kind)
    assert blanks(kind.indonesian) == blanks(kind.english_template)


def blanks(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("kind", leaves(), ids=lambda kind: kind.__name__)
def test_messages_fill_in_their_fields_and_nothing_that_looks_like_one(kind: type[BatchError]) -> None:
    fields = {name: f"<{name} {{aneh}}>" for name in blanks(kind.indonesian)}
    error = kind(**fields)
    for value in fields.values():
        assert value in str(error)
        assert value in error.english
    assert error.fields == fields
