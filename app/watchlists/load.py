"""Read watchlist files and build matchers from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from app.text.resources import DATA_DIR
from app.watchlists.matcher import Alias, Matcher, fold_name

WATCHLIST_DIR = DATA_DIR / "watchlists"


def read_elections(folder: Path = WATCHLIST_DIR) -> list[Mapping[str, Any]]:
    """Every election of every file in ``folder``, in file and list order."""
    found: list[Mapping[str, Any]] = []
    for path in sorted(folder.glob("*.yaml")):
        found.extend(_parse(path).get("elections", ()))
    return found


def read_parties(folder: Path = WATCHLIST_DIR) -> list[Mapping[str, Any]]:
    """Every party of every file in ``folder``."""
    found: list[Mapping[str, Any]] = []
    for path in sorted(folder.glob("*.yaml")):
        found.extend(_parse(path).get("parties", ()))
    return found


@lru_cache(maxsize=64)
def _parse(path: Path) -> dict[str, Any]:
    loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded if isinstance(loaded, dict) else {}


@lru_cache(maxsize=64)
def default_matcher(without: frozenset[str] = frozenset()) -> Matcher:
    """Matcher over all shipped watchlists, elections named in ``without`` left out."""
    elections = [e for e in read_elections() if e["id"] not in without]
    return build_matcher(elections, read_parties())


@lru_cache(maxsize=1024)
def matcher_for(election: str | None) -> Matcher:
    """Matcher for one listed election (and the parties); all shipped watchlists when it is not listed or not given."""
    chosen = [e for e in read_elections() if e["id"] == election]
    return build_matcher(chosen, read_parties()) if chosen else default_matcher()


def build_matcher(elections: Iterable[Mapping[str, Any]], parties: Iterable[Mapping[str, Any]]) -> Matcher:
    """Matcher over the names, slogans, hashtags and handles of elections and parties."""
    elections, parties = list(elections), list(parties)
    aliases = [a for election in elections for a in _election_aliases(election)]
    aliases += [a for party in parties for a in _party_aliases(party)]
    tags = {tag: "slogan" for e in elections for c in e["contestants"] for tag in c.get("hashtags", ())}
    return Matcher(_unique(aliases), tags.items())


def _election_aliases(election: Mapping[str, Any]) -> Iterator[Alias]:
    for contestant in election["contestants"]:
        entity = f"{election['id']}/{contestant.get('number', 0)}"
        for person in contestant["people"]:
            for text in [person["name"], *person.get("aliases", ()), *person.get("handles", ())]:
                yield _alias(text, "name", entity)
        for text in contestant.get("slogans", ()):
            yield _alias(text, "slogan", entity)


def _party_aliases(party: Mapping[str, Any]) -> Iterator[Alias]:
    for text in [party["name"], *party.get("aliases", ()), *party.get("handles", ())]:
        yield _alias(text, "party", f"partai/{party['name']}")


def _alias(entry: str | Mapping[str, Any], kind: str, entity: str) -> Alias:
    text, ambiguous = (entry, False) if isinstance(entry, str) else (entry["text"], bool(entry.get("ambiguous")))
    words = tuple(fold_name(word) for word in text.replace("-", " ").replace(".", " ").split())
    return Alias(words, kind, entity, ambiguous)


def _unique(aliases: Iterable[Alias]) -> list[Alias]:
    return list({(a.words, a.kind, a.entity): a for a in aliases}.values())
