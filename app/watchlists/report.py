"""Which ways to write a contestant are shared or mean something else: what a team reads before it trusts a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from app.watchlists.load import election_aliases
from app.watchlists.matcher import Alias


class Collision(NamedTuple):
    """An alias that does not point to one contestant for certain.

    ``text`` is folded; ``entities`` are ``<election id>/<number>``, sorted; ``ambiguous`` whether any entry marks it;
    ``same_race`` whether two contestants of one race share it.
    """

    text: str
    entities: tuple[str, ...]
    ambiguous: bool
    same_race: bool


def collisions(elections: Iterable[Mapping[str, Any]]) -> list[Collision]:
    """Aliases shared by several contestants and ambiguous ones, sorted by text."""
    found: dict[tuple[str, ...], list[Alias]] = {}
    for election in elections:
        for alias in election_aliases(election):
            found.setdefault(alias.words, []).append(alias)
    listed = (_collision(words, aliases) for words, aliases in sorted(found.items()))
    return [c for c in listed if c.ambiguous or len(c.entities) > 1]


def _collision(words: tuple[str, ...], aliases: list[Alias]) -> Collision:
    entities = tuple(sorted({alias.entity for alias in aliases}))
    races = {entity.rpartition("/")[0] for entity in entities}
    return Collision(" ".join(words), entities, any(a.ambiguous for a in aliases), len(races) < len(entities))
