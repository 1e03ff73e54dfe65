"""Read watchlist files and build matchers from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from app.text.resources import DATA_DIR
from app.watchlists.matcher import Alias, Matcher, fold_name
from app.watchlists.pairs import merge, read_pairs, slug
from app.watchlists.schema import WatchlistError, check

WATCHLIST_DIR = DATA_DIR / "watchlists"
PAIRS_FILE = "pilkada-2024.tsv"
#: Matchers of single races and regions that are kept; what callers ask for beyond the lists is never kept.
_KEPT_MATCHERS = 128
_LONGEST_KEY = 128
_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_elections(folder: Path = WATCHLIST_DIR) -> list[Mapping[str, Any]]:
    """Every election of ``folder``: the table of Pilkada 2024, then the YAML files in name order.

    Entries of one race (same id) are joined. Raises ``WatchlistError`` naming file and entry.
    """
    return list(_elections(folder))


def read_parties(folder: Path = WATCHLIST_DIR) -> list[Mapping[str, Any]]:
    """Every party of every file in ``folder``. Raises ``WatchlistError`` naming file and entry."""
    return [party for path in sorted(folder.glob("*.yaml")) for party in _parse(path).get("parties") or ()]


@lru_cache(maxsize=8)
def _elections(folder: Path) -> tuple[Mapping[str, Any], ...]:
    found: list[Mapping[str, Any]] = list(read_pairs(folder / PAIRS_FILE)) if (folder / PAIRS_FILE).exists() else []
    for path in sorted(folder.glob("*.yaml")):
        found.extend(_parse(path).get("elections") or ())
    return tuple(merge(found))


@lru_cache(maxsize=64)
def _parse(path: Path) -> dict[str, Any]:
    try:
        loaded = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path.name}, baris {mark.line + 1}" if mark else path.name
        raise WatchlistError(f"{where}: bukan YAML yang sah") from None
    return check(path.name, loaded)


@lru_cache(maxsize=8)
def default_matcher(without: frozenset[str] = frozenset()) -> Matcher:
    """Matcher over all shipped watchlists, elections named in ``without`` left out (by id or former id)."""
    elections = [e for e in _elections(WATCHLIST_DIR) if without.isdisjoint((e["id"], *e.get("also", ())))]
    return build_matcher(elections, read_parties())


def matcher_for(election: str | None) -> Matcher:
    """Matcher for one listed election (and the parties); all shipped watchlists when it is not listed or not given.

    ``election`` is an id, a former id or the name of a region (then all its races), whatever its case.
    """
    key = _key(election or "")
    return _listed_matcher(key) if key in _index() else default_matcher()


@lru_cache(maxsize=1)
def _index() -> dict[str, list[Mapping[str, Any]]]:
    """Elections by id, former id and region, each as ``_key`` writes it."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for election in _elections(WATCHLIST_DIR):
        for name in {_key(name) for name in (election["id"], *election.get("also", ()), election["region"])}:
            found.setdefault(name, []).append(election)
    return found


@lru_cache(maxsize=_KEPT_MATCHERS)
def _listed_matcher(key: str) -> Matcher:
    return build_matcher(_index()[key], read_parties())


def _key(name: str) -> str:
    """How ids and regions are compared; names too long to be listed give the empty key, which nothing has."""
    if len(name) > _LONGEST_KEY:
        return ""
    key = slug(name)
    return "kabupaten-" + key.removeprefix("kab-") if key.startswith("kab-") else key


def build_matcher(elections: Iterable[Mapping[str, Any]], parties: Iterable[Mapping[str, Any]]) -> Matcher:
    """Matcher over the names, slogans, hashtags and handles of elections and parties."""
    elections, parties = list(elections), list(parties)
    aliases = [a for election in elections for a in election_aliases(election)]
    aliases += [a for party in parties for a in _party_aliases(party)]
    return Matcher(_unique(aliases), _tags(elections).items())


def election_aliases(election: Mapping[str, Any]) -> Iterator[Alias]:
    """Every way to write the contestants of one race; of entries with the same words the last one counts."""
    for place, contestant in enumerate(election["contestants"], 1):
        entity = f"{election['id']}/{contestant.get('number') or f'-{place}'}"
        for person in contestant["people"]:
            yield from _person_aliases(person, entity)
        for kind, key in (("name", "aliases"), ("slogan", "slogans")):
            for text in contestant.get(key) or ():
                yield _alias(text, kind, entity)


def _person_aliases(person: Mapping[str, Any], entity: str) -> Iterator[Alias]:
    yield _alias({"text": person["name"], "ambiguous": person.get("ambiguous")}, "name", entity)
    for text in person.get("aliases") or ():
        yield _alias(text, "name", entity)
    for handle in person.get("handles") or ():
        yield _handle(handle, "name", entity)


def _party_aliases(party: Mapping[str, Any]) -> Iterator[Alias]:
    entity = f"partai/{party['name']}"
    for text in (party["name"], *party.get("aliases", ())):
        yield _alias(text, "party", entity)
    for handle in party.get("handles", ()):
        yield _handle(handle, "party", entity)


def _alias(entry: str | Mapping[str, Any], kind: str, entity: str) -> Alias:
    text, ambiguous = (entry, False) if isinstance(entry, str) else (entry["text"], bool(entry.get("ambiguous")))
    words = tuple(fold_name(word) for word in text.replace("-", " ").replace(".", " ").split())
    return Alias(words, kind, entity, ambiguous)


def _handle(handle: str, kind: str, entity: str) -> Alias:
    """A handle stays one word as written: its digits are no letters in disguise."""
    return Alias((handle.lower(),), kind, entity, False)


def _tags(elections: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Hashtags that nobody but a campaign uses; ambiguous ones are cut into words like any other."""
    found = (tag for e in elections for c in e["contestants"] for tag in c.get("hashtags") or ())
    sure = (tag if isinstance(tag, str) else tag["text"] for tag in found if not _is_ambiguous(tag))
    return dict.fromkeys(sure, "slogan")


def _is_ambiguous(entry: str | Mapping[str, Any]) -> bool:
    return not isinstance(entry, str) and bool(entry.get("ambiguous"))


def _unique(aliases: Iterable[Alias]) -> list[Alias]:
    """Each alias once per contestant, the last one given; where somebody bears it for sure, unsure bearers go.

    Without that a mention of the one would vouch for the other's everyday names.
    """
    latest = {(a.words, a.kind, a.entity): a for a in aliases}.values()
    sure = {a.words for a in latest if not a.ambiguous}
    return [a for a in latest if not a.ambiguous or a.words not in sure]
