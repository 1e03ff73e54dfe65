"""What the console says, in Indonesian and in English: one file each in ``data/console``, with the same keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml
from starlette.requests import HTTPConnection

from app.problems import LANGUAGES, Language
from app.text.resources import DATA_DIR

CONSOLE_DIR: Final = DATA_DIR / "console"
#: Cookie with the language that somebody chose; Indonesian without one, whatever the browser prefers.
COOKIE: Final = "netra_bahasa"


@lru_cache(maxsize=len(LANGUAGES))
def words(language: Language) -> Mapping[str, str]:
    """All words of a language by dotted key, such as ``queue.title``."""
    return dict(_flat("", yaml.safe_load(file_of(language).read_text(encoding="utf-8"))))


def file_of(language: Language) -> Path:
    """The file of a language."""
    return CONSOLE_DIR / f"{language}.yaml"


def say(language: Language, key: str, **values: object) -> str:
    """The words of ``key``, with ``values`` in their places. Raises ``KeyError`` for an unknown key or place."""
    return words(language)[key].format(**values)


def language_at(connection: HTTPConnection) -> Language:
    """The language that a reader chose."""
    return "en" if connection.cookies.get(COOKIE) == "en" else "id"


def _flat(prefix: str, found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in found.items():
        if isinstance(value, Mapping):
            yield from _flat(f"{prefix}{name}.", value)
        else:
            yield f"{prefix}{name}", str(value)
