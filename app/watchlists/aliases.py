"""Every way to write the contestants and parties of the lists, and who is meant by each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from app.watchlists.matcher import Alias, Matcher, fold_name
from app.watchlists.schema import Role

_HEAD_AND_DEPUTY: tuple[Role, Role] = ("calon", "wakil")
_OF_PAIRS: tuple[tuple[Role, str, str], ...] = (("pasangan", "name", "aliases"), ("slogan", "slogan", "slogans"))


class Bearer(NamedTuple):
    """Whom an alias, a hashtag or a handle points to; ``election`` and ``day`` (of the vote) are ``None`` for parties.

    ``entity`` is what matchers call the contestant or party.
    """

    name: str
    role: Role
    number: int | None
    election: str | None
    day: date | None
    entity: str


class Borne(NamedTuple):
    """An alias and its bearer."""

    alias: Alias
    bearer: Bearer


def election_aliases(election: Mapping[str, Any]) -> Iterator[Alias]:
    """Every way to write the contestants of one race; of entries with the same words the last one counts."""
    return (borne.alias for borne in borne_in(election))


def borne_in(election: Mapping[str, Any]) -> Iterator[Borne]:
    """Aliases of one race with their bearers, handles among them, whole hashtags not."""
    for contestant, pair in _pairs(election):
        for role, person in zip(_HEAD_AND_DEPUTY, contestant["people"], strict=False):
            bearer = Bearer(person["name"], role, *pair[2:])  # `_replace` takes four times as long
            yield from (Borne(alias, bearer) for alias in _person_aliases(person, pair.entity))
            yield from _handles(person, "name", bearer)
        for role, kind, key in _OF_PAIRS:
            bearer = Bearer(pair.name, role, *pair[2:])
            yield from (Borne(_alias(text, kind, pair.entity), bearer) for text in contestant.get(key) or ())


def party_aliases(party: Mapping[str, Any]) -> Iterator[Borne]:
    """Aliases of one party with their bearers, handles among them."""
    bearer = Bearer(party["name"], "partai", party.get("number"), None, None, f"partai/{party['name']}")
    for text in (party["name"], *party.get("aliases", ())):
        yield Borne(_alias(text, "party", bearer.entity), bearer)
    yield from _handles(party, "party", bearer)


def tags_of(elections: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, Bearer]]:
    """Hashtags that nobody but a campaign uses; ambiguous ones are cut into words like any other."""
    tagged = (e for e in elections if any("hashtags" in contestant for contestant in e["contestants"]))
    for contestant, pair in (found for election in tagged for found in _pairs(election)):
        for tag in contestant.get("hashtags") or ():
            if not _is_ambiguous(tag):
                yield (tag if isinstance(tag, str) else tag["text"]), pair._replace(role="tagar")


def _pairs(election: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Bearer]]:
    """Contestants of a race, each as the bearer of what names the pair."""
    day = voting_day(election)
    for place, contestant in enumerate(election["contestants"], 1):
        number = contestant.get("number")
        entity = f"{election['id']}/{number or f'-{place}'}"
        yield contestant, Bearer(pair_name(contestant), "pasangan", number, election["id"], day, entity)


def pair_name(contestant: Mapping[str, Any]) -> str:
    """``Wiratmo Lesmana & Laras Puspaningtyas``; one name where one person stands."""
    return " & ".join(person["name"] for person in contestant["people"])


def build_matcher(elections: Iterable[Mapping[str, Any]], parties: Iterable[Mapping[str, Any]]) -> Matcher:
    """Matcher over the names, slogans, hashtags and handles of elections and parties."""
    elections = list(elections)
    borne = [b for election in elections for b in borne_in(election)]
    borne += [b for party in parties for b in party_aliases(party)]
    return matcher_of(borne, elections)


def matcher_of(borne: Iterable[Borne], elections: Iterable[Mapping[str, Any]]) -> Matcher:
    """Matcher over aliases that were listed already, and the hashtags of their elections."""
    tags = dict.fromkeys((tag for tag, _ in tags_of(elections)), "slogan")
    return Matcher(_unique(b.alias for b in borne), tags.items())


def voting_day(election: Mapping[str, Any]) -> date | None:
    """First day of the vote, where the calendar has one."""
    day = (election.get("calendar") or {}).get("pemungutan")
    return day[0] if isinstance(day, list) else day


def _person_aliases(person: Mapping[str, Any], entity: str) -> Iterator[Alias]:
    yield _alias({"text": person["name"], "ambiguous": person.get("ambiguous")}, "name", entity)
    for text in person.get("aliases") or ():
        yield _alias(text, "name", entity)


def _handles(owner: Mapping[str, Any], kind: str, bearer: Bearer) -> Iterator[Borne]:
    """Handles stay one word as written: their digits are no letters in disguise."""
    for handle in owner.get("handles") or ():
        yield Borne(Alias((handle.lower(),), kind, bearer.entity, False), bearer._replace(role="akun"))


def _alias(entry: str | Mapping[str, Any], kind: str, entity: str) -> Alias:
    text, ambiguous = (entry, False) if isinstance(entry, str) else (entry["text"], bool(entry.get("ambiguous")))
    words = tuple([fold_name(word) for word in text.replace("-", " ").replace(".", " ").split()])
    return Alias(words, kind, entity, ambiguous)


def _is_ambiguous(entry: str | Mapping[str, Any]) -> bool:
    return not isinstance(entry, str) and bool(entry.get("ambiguous"))


def _unique(aliases: Iterable[Alias]) -> list[Alias]:
    """Each alias once per contestant, the last one given; where somebody bears it for sure, unsure bearers go.

    Without that a mention of the one would vouch for the other's everyday names.
    """
    latest = {(a.words, a.kind, a.entity): a for a in aliases}.values()
    sure = {a.words for a in latest if not a.ambiguous}
    return [a for a in latest if not a.ambiguous or a.words not in sure]
