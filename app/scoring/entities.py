"""Which contestants and parties of the watchlists are named where; nothing of it moves a score."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from app.scoring.texts import Part, sides
from app.scoring.types import Entity, Item, NamedField
from app.watchlists.aliases import Bearer
from app.watchlists.lists import Scope, Watchlists

#: Most entities of one item.
MAX_ENTITIES = 50
CONTESTANT_ACCOUNT, UNKNOWN_ELECTION = "contestant_account", "unknown_election"


class Named(NamedTuple):
    """A span that names somebody, and everybody who may be meant."""

    field: NamedField
    start: int
    end: int
    bearers: Sequence[Bearer]


def entities_of(item: Item, lists: Watchlists) -> tuple[Entity, ...]:
    """Entities of an item, in the order of its fields and of their texts."""
    scope = lists.scope(item.election, item.region)
    own, target = sides(item, scope.matcher)
    return entities_in([*own, *target], item.parent_author, scope)


def entities_in(parts: Iterable[Part], author: str | None, scope: Scope) -> tuple[Entity, ...]:
    """The same for fields that were read already, with the matcher of ``scope``."""
    named = [found for part in parts for found in _named(part, scope)]
    named += _author(author or "", scope)
    return tuple(_decided(named))[:MAX_ENTITIES]


def reasons_of(item: Item, lists: Watchlists) -> tuple[str, ...]:
    """What the watchlists say of an item beside its score, as machine words."""
    reasons = []
    if item.parent_author and lists.scope(item.election, item.region).roster.of_handle(item.parent_author):
        reasons.append(CONTESTANT_ACCOUNT)
    if not lists.knows(item.election, item.region):
        reasons.append(UNKNOWN_ELECTION)
    return tuple(reasons)


def _named(part: Part, scope: Scope) -> list[Named]:
    """Everything in one field that names somebody, in reading order."""
    found, naming = list[Named](), part.read.naming
    if not (naming or part.mentions):
        return found
    tokens, spans = part.read.found, part.read.found_spans
    for mention in part.mentions:
        end = max([end for _, end in spans[mention.first : mention.last]])
        bearers = scope.roster.of_alias(mention.alias.words, mention.entities)
        found.append(Named(part.field, spans[mention.first][0], end, bearers))
    for k in naming:
        surface, whole = tokens[k].surface, tokens[k].kind == "slogan"
        bearers = scope.roster.of_tag(surface[1:]) if whole else scope.roster.of_handle(surface)
        found.append(Named(part.field, *spans[k], bearers))
    return sorted(found, key=lambda named: named.start)


def _author(author: str, scope: Scope) -> list[Named]:
    bare = author.strip()
    start = author.find(bare)
    bearers = scope.roster.of_handle(bare)
    return [Named("parent_author", start, start + len(bare), bearers)] if bearers else []


def _decided(named: Sequence[Named]) -> Iterator[Entity]:
    """One entity for each span whose bearer is certain."""
    sole = {found.bearers[0].election for found in named if len(found.bearers) == 1} - {None}
    for field, start, end, bearers in named:
        bearer = _bearer(bearers, sole)
        if bearer is not None and end > start:
            yield Entity(bearer.name, bearer.role, bearer.number, bearer.election, field, start, end)


def _bearer(bearers: Sequence[Bearer], races: set[str | None]) -> Bearer | None:
    """The only one there is, else the only one in the races that the item names for certain, else one person."""
    if len(bearers) == 1:
        return bearers[0]
    there = [bearer for bearer in bearers if bearer.election in races]
    return there[0] if len(there) == 1 else _one_person(bearers)


def _one_person(bearers: Sequence[Bearer]) -> Bearer | None:
    """Bearers of one full name on different voting days are one person, whose race is then left open.

    Nobody stands twice on one day, so there they are namesakes.
    """
    days = {bearer.day or bearer.election for bearer in bearers}
    if len({bearer.name.casefold() for bearer in bearers}) != 1 or len(days) != len(bearers):
        return None
    roles = {bearer.role for bearer in bearers}
    return bearers[0]._replace(number=None, election=None, role=bearers[0].role if len(roles) == 1 else "calon")
