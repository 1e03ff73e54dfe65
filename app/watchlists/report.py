"""What a team reads before it trusts a list: its entries in full, and aliases shared or meaning something else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from app.watchlists.aliases import election_aliases, voting_day
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


def summary_of(race: Mapping[str, Any]) -> dict[str, Any]:
    """An election in a line."""
    return {
        **{key: race[key] for key in ("id", "name", "level", "region")},
        **_trust(race),
        "voting_day": voting_day(race),
        "contestants": len(race["contestants"]),
    }


def detail_of(race: Mapping[str, Any]) -> dict[str, Any]:
    """An election with every key there is, whether the file gives it or not."""
    return {
        **{key: race[key] for key in ("id", "name", "level", "region")},
        **_trust(race),
        "also": list(race.get("also") or ()),
        "source": race.get("source"),
        "calendar": dict(race.get("calendar") or {}),
        "contestants": [_contestant(contestant) for contestant in race["contestants"]],
    }


def _trust(race: Mapping[str, Any]) -> dict[str, str]:
    return {"status": race.get("status", "calon"), "sure": race.get("sure", "G")}


def _contestant(contestant: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "number": contestant.get("number"),
        "incumbent": contestant.get("incumbent", False),
        "people": [_person(person) for person in contestant["people"]],
        **{key: _aliases(contestant, key) for key in ("aliases", "slogans", "hashtags")},
    }


def _person(person: Mapping[str, Any]) -> dict[str, Any]:
    names = {"name": person["name"], "ambiguous": bool(person.get("ambiguous"))}
    return {**names, "aliases": _aliases(person, "aliases"), "handles": list(person.get("handles") or ())}


def party_of(party: Mapping[str, Any]) -> dict[str, Any]:
    """A party with every key there is."""
    named = {"name": party["name"], "number": party.get("number")}
    return {**named, "aliases": _aliases(party, "aliases"), "handles": list(party.get("handles") or ())}


def _aliases(owner: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    entries = owner.get(key) or ()
    return [
        {"text": entry, "ambiguous": False}
        if isinstance(entry, str)
        else {"text": entry["text"], "ambiguous": bool(entry.get("ambiguous"))}
        for entry in entries
    ]
