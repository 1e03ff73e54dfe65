"""Read watchlist files, one by one or a folder at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from app.filefaults import name_of
from app.text.resources import DATA_DIR
from app.watchlists.aliases import build_matcher, election_aliases
from app.watchlists.lists import Watchlists, names_of
from app.watchlists.matcher import Matcher
from app.watchlists.pairs import merge, read_table
from app.watchlists.schema import WatchlistError, check

__all__ = ["build_matcher", "default_matcher", "election_aliases", "matcher_for", "read_files", "read_folder"]

WATCHLIST_DIR = DATA_DIR / "watchlists"
PAIRS_FILE = "pilkada-2024.tsv"
_VERSION_DIGITS = 12
_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def list_files(folder: Path) -> list[Path]:
    """The files that count: the table of Pilkada 2024, then the YAML files in name order."""
    table = folder / PAIRS_FILE
    return [*([table] if table.exists() else []), *sorted(folder.glob("*.yaml"))]


def read_folder(folder: Path) -> Watchlists:
    """Everything in ``folder``; entries of one race (same id) are joined.

    Raises ``WatchlistError`` with every fault of every file, or when there is no file at all.
    """
    files = list_files(folder)
    if not files:
        raise WatchlistError("folder daftar pantau tidak ada atau kosong")
    return read_files(files)


def read_files(paths: Sequence[Path], parties: Iterable[Mapping[str, Any]] = ()) -> Watchlists:
    """The files as one set of lists; ``parties`` stand in where the files have none.

    Raises ``WatchlistError`` with every fault of every file.
    """
    digest, contents, faults = hashlib.sha256(), [], []
    for path in paths:
        try:
            raw = _read(path)
            contents.append(_parse(path.name, raw))
        except WatchlistError as error:
            faults.append(str(error))
        else:
            _count_in(digest, path, raw)
    elections = merge(entry for content in contents for entry in content.get("elections") or ())
    faults += _shared_names(elections)
    if faults:
        raise WatchlistError("\n".join(faults))
    listed = [party for content in contents for party in content.get("parties") or ()]
    return Watchlists(elections, listed or parties, digest.hexdigest()[:_VERSION_DIGITS])


@lru_cache(maxsize=1)
def shipped() -> Watchlists:
    """The lists that come with Netra, as they were when first asked for."""
    return read_folder(WATCHLIST_DIR)


def as_shipped(folder: Path) -> Watchlists | None:
    """The lists of :func:`shipped` where ``folder`` holds the very same files now; ``None`` otherwise.

    Whoever needs both then builds neither lists nor matcher twice. Raises whatever reading the shipped ones does.
    """
    if folder.resolve() != WATCHLIST_DIR:
        return None
    lists = shipped()
    return lists if lists.version == _version(list_files(folder)) else None


def _version(paths: Iterable[Path]) -> str | None:
    """The version of lists made of these files as they are now; ``None`` where one cannot be read."""
    digest = hashlib.sha256()
    try:
        for path in paths:
            _count_in(digest, path, path.read_bytes())
    except OSError:
        return None
    return digest.hexdigest()[:_VERSION_DIGITS]


def _count_in(digest: hashlib._Hash, path: Path, raw: bytes) -> None:
    digest.update(path.name.encode() + b"\0" + hashlib.sha256(raw).digest())


def read_elections(folder: Path = WATCHLIST_DIR) -> list[Mapping[str, Any]]:
    """Every election of ``folder``. Raises ``WatchlistError`` naming file and entry."""
    return list(_kept(folder).elections)


def read_parties(folder: Path = WATCHLIST_DIR) -> list[Mapping[str, Any]]:
    """Every party of every file in ``folder``. Raises ``WatchlistError`` naming file and entry."""
    return list(_kept(folder).parties)


@lru_cache(maxsize=8)
def _kept(folder: Path) -> Watchlists:
    return shipped() if folder == WATCHLIST_DIR else read_folder(folder)


@lru_cache(maxsize=8)
def default_matcher(without: frozenset[str] = frozenset()) -> Matcher:
    """Matcher over all shipped watchlists, elections named in ``without`` left out (by id or former id)."""
    lists = shipped()
    if not without:
        return lists.everything.matcher
    return build_matcher((e for e in lists.elections if without.isdisjoint(names_of(e))), lists.parties)


def matcher_for(election: str | None) -> Matcher:
    """Matcher for one shipped election (and the parties); all of them when it is not listed or not given."""
    return shipped().scope(election).matcher


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise WatchlistError(f"{name_of(path)}: tidak ada atau tidak dapat dibaca") from error


def _parse(name: str, raw: bytes) -> dict[str, Any]:
    """Content of one file: the table of pairs by its ending, YAML otherwise."""
    try:
        if name.endswith(".tsv"):
            return {"elections": read_table(name, raw)}
    except ValueError as error:  # its own faults and those of the table of calendars; both name file and line
        raise WatchlistError(str(error)) from None
    try:
        loaded = yaml.load(raw.decode("utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}, baris {mark.line + 1}" if mark else name
        raise WatchlistError(f"{where}: bukan YAML yang sah") from None
    return check(name, loaded)


def _shared_names(elections: Iterable[Mapping[str, Any]]) -> list[str]:
    """A fault for every id or former id that two elections bear."""
    owners: dict[str, str] = {}
    faults = []
    for election in elections:
        for name in names_of(election):
            other = owners.setdefault(name, election["id"])
            if other != election["id"]:
                faults.append(f"{name}: id atau id lama yang sama dipakai {other} dan {election['id']}")
    return faults
