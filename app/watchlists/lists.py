"""One state of the watchlists, and what of it may match when an election or a region is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache, partial
from typing import Any

from app.watchlists.aliases import borne_in, matcher_of, party_aliases
from app.watchlists.pairs import slug
from app.watchlists.roster import Roster

#: Matchers of single races and regions that are kept; what callers ask for beyond the lists is never kept.
KEPT_SCOPES = 128
_LONGEST_KEY = 128
#: Ways to write the kind of a region, and how the lists have it.
_PREFIXES = (("kab-", "kabupaten-"), ("provinsi-", ""), ("prov-", ""))

Entry = Mapping[str, Any]


class Scope:
    """What may match: some elections and the parties. Immutable, safe to share between threads."""

    def __init__(self, elections: Iterable[Entry], parties: Iterable[Entry]) -> None:
        self.elections = tuple(elections)
        borne = [b for election in self.elections for b in borne_in(election)]
        borne += [b for party in parties for b in party_aliases(party)]
        self.matcher = matcher_of(borne, self.elections)
        self.roster = Roster(borne, self.elections)


class Watchlists:
    """Elections and parties as they were read at one time; whoever holds them is not touched by a later reload.

    ``version`` is a short hash of the files they came from.
    """

    def __init__(self, elections: Iterable[Entry], parties: Iterable[Entry], version: str) -> None:
        self.elections = tuple(elections)
        self.parties = tuple(parties)
        self.version = version
        self._entries = {election["id"]: election for election in self.elections}
        self._in_region = _index((election["region"], election["id"]) for election in self.elections)
        self._ids = _index((name, election["id"]) for election in self.elections for name in names_of(election))
        # Not a method of its own: lists that refer to themselves would be held until the collector comes by.
        self.narrowed = lru_cache(maxsize=KEPT_SCOPES)(partial(_narrowed, self._entries, self.parties))

    def __reduce__(self) -> tuple[type[Watchlists], tuple[object, ...]]:
        """Another process gets the lists alone and builds its matchers itself."""
        return Watchlists, (self.elections, self.parties, self.version)

    @cached_property
    def everything(self) -> Scope:
        """All elections and parties."""
        return Scope(self.elections, self.parties)

    def scope(self, election: str | None = None, region: str | None = None) -> Scope:
        """The races that ``election`` (else ``region``) names, and the parties; everything when neither is known.

        ``election`` is an id, a former id or, like ``region``, a region with all its races; case does not matter.
        """
        races = self._races(election) or self._in_region.get(_key(region))
        return self.narrowed(races) if races else self.everything

    def knows(self, election: str | None, region: str | None) -> bool:
        """Whether what is given of the two is on the lists; nothing and blanks count as not given."""
        known = not _given(election) or self._races(election) is not None
        return known and (not _given(region) or _key(region) in self._in_region)

    def find(self, name: str) -> Entry | None:
        """The election with this id or former id."""
        races = self._ids.get(_key(name))
        return self._entries[races[0]] if races else None

    def only(self, election: str | None, region: str | None) -> Entry | None:
        """The one race that ``election`` (else ``region``) names; ``None`` when they name several or none."""
        races = self.fitting(election, region)
        return races[0] if len(races) == 1 else None

    def fitting(self, election: str | None, region: str | None) -> tuple[Entry, ...]:
        """The races that ``election`` (else ``region``) names, in the order of the lists; empty when it names none."""
        races = self._races(election) or self._in_region.get(_key(region), ())
        return tuple(self._entries[race] for race in races)

    def in_region(self, region: str) -> list[Entry]:
        """Elections of exactly this region, in the order of the lists."""
        return [self._entries[race] for race in self._in_region.get(_key(region), ())]

    def _races(self, name: str | None) -> tuple[str, ...] | None:
        key = _key(name)
        return self._ids.get(key) or self._in_region.get(key)


def _narrowed(entries: Mapping[str, Entry], parties: Iterable[Entry], races: tuple[str, ...]) -> Scope:
    return Scope((entries[race] for race in races), parties)


def names_of(election: Entry) -> tuple[str, ...]:
    """Id and former ids."""
    return (election["id"], *election.get("also", ()))


def _index(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Ids by name as ``_key`` writes it, each once, in the order given."""
    found: dict[str, dict[str, None]] = {}
    for name, election in pairs:
        found.setdefault(_key(name), {})[election] = None
    return {name: tuple(elections) for name, elections in found.items() if name}


def _given(name: str | None) -> bool:
    return bool(name and name.strip())


def _key(name: str | None) -> str:
    """How ids and regions are compared; names too long to be listed give the empty key, which nothing has."""
    if not name or len(name) > _LONGEST_KEY:
        return ""
    key = slug(name)
    for short, full in _PREFIXES:
        if key.startswith(short):
            return full + key.removeprefix(short)
    return key
