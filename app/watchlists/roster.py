"""Who is meant by the aliases, hashtags and handles that a text holds."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Any, TypeVar

from app.watchlists.aliases import Bearer, Borne, tags_of
from app.watchlists.schema import Role

_Key = TypeVar("_Key")
_Table = dict[_Key, dict[str, Bearer]]


class Roster:
    """Bearers by alias, by hashtag and by handle; immutable after construction, safe to share between threads."""

    def __init__(self, borne: Iterable[Borne], elections: Iterable[Mapping[str, Any]]) -> None:
        """``borne`` are the aliases of ``elections`` and of parties."""
        self._aliases: _Table[tuple[str, ...]] = {}
        self._handles: _Table[str] = {}
        self._tags: _Table[str] = {}
        for alias, bearer in borne:
            _add(self._aliases, alias.words, bearer)
            if bearer.role == "akun":
                _add(self._handles, alias.words[0], bearer)
        for tag, bearer in tags_of(elections):
            _add(self._tags, tag, bearer)

    def of_alias(self, words: tuple[str, ...], entities: Container[str]) -> list[Bearer]:
        """Bearers of folded words among the matcher's ``entities``, one per contestant or party."""
        return [bearer for entity, bearer in self._aliases.get(words, {}).items() if entity in entities]

    def of_tag(self, body: str) -> list[Bearer]:
        """Bearers of a whole hashtag, written without ``#`` in any case."""
        return list(self._tags.get(body.lower(), {}).values())

    def of_handle(self, handle: str) -> list[Bearer]:
        """Bearers of a handle, with or without ``@``, in any case."""
        return list(self._handles.get(handle.strip().removeprefix("@").lower(), {}).values())


def _add(table: _Table[_Key], key: _Key, bearer: Bearer) -> None:
    """One bearer per contestant; what head and deputy share means the pair."""
    found = table.setdefault(key, {})
    earlier = found.setdefault(bearer.entity, bearer)
    if earlier.name != bearer.name and {earlier.role, bearer.role} in ({"calon", "wakil"}, {"akun"}):
        role: Role = "pasangan" if bearer.role != earlier.role else "akun"
        found[bearer.entity] = earlier._replace(name=f"{earlier.name} & {bearer.name}", role=role)
