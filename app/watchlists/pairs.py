"""The generated list of all pairs of Pilkada 2024 as election entries, and joining entries of the same race."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from app.text.resources import DATA_DIR, function_words, kamus
from app.watchlists.schema import WatchlistError

PREFIX = "pilkada-2024"
EMPTY_BOX = "Kolom Kosong"
CALENDAR_FILE = DATA_DIR / "watchlists" / "kalender.tsv"
_LEVELS = {"provinsi": "gubernur", "kabupaten": "bupati", "kota": "wali kota"}
_OFFICES = {
    "provinsi": "Gubernur dan Wakil Gubernur",
    "kabupaten": "Bupati dan Wakil Bupati",
    "kota": "Wali Kota dan Wakil Wali Kota",
}
_NUMBER, _NO_SLUG = re.compile(r"[1-9][0-9]?", re.ASCII), re.compile(r"[^a-z0-9]+")
_ALIAS = re.compile(r"\s+alias\s+", re.IGNORECASE)
_COLUMNS = 7
_CALENDAR_COLUMNS = 6
#: Titles and marks of pilgrimage that the list prints as part of a name.
_TITLES = frozenset(
    "letjen jenderal haji hajah hi hj drs dra drg drh dr ir prof pdt ust ustad ustadz tgh kh hc hm pnt".split()  # noqa: SIM905
)
_SHORTEST_PART = 3
_NUMERALS = frozenset(("satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh"))


class CalendarDay(NamedTuple):
    """One border of one step of a listed calendar; ``edge`` is hari, mulai or selesai, ``sure`` B, S, U or G."""

    calendar: str
    step: str
    edge: str
    day: date
    sure: str
    source: str


@lru_cache(maxsize=8)
def calendar_days(path: Path = CALENDAR_FILE) -> tuple[CalendarDay, ...]:
    """Every line of the table of calendars, in its order. Raises ``WatchlistError`` naming file and line."""
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    return tuple(_calendar_day(path.name, n, line) for n, line in lines if line and not line.startswith("#"))


@lru_cache(maxsize=8)
def calendar_of(name: str) -> Mapping[str, date | list[date]]:
    """A listed calendar as an election carries it: a day, or first and last day, by step; empty when not listed."""
    found: dict[str, dict[str, date]] = {}
    for row in calendar_days():
        if row.calendar == name:
            found.setdefault(row.step, {})[row.edge] = row.day
    return {step: days["hari"] if "hari" in days else [days["mulai"], days["selesai"]] for step, days in found.items()}


def _calendar_day(file_name: str, number: int, line: str) -> CalendarDay:
    cells = line.split("\t")
    if len(cells) != _CALENDAR_COLUMNS:
        raise WatchlistError(f"{file_name}, baris {number}: harus punya {_CALENDAR_COLUMNS} kolom")
    try:
        day = date.fromisoformat(cells[3])
    except ValueError:
        raise WatchlistError(f"{file_name}, baris {number}: tanggal harus berbentuk 2029-11-27") from None
    calendar, step, edge, _, sure, source = cells
    return CalendarDay(calendar, step, edge, day, sure, source)


def read_pairs(path: Path) -> list[dict[str, Any]]:
    """One election entry per race of the table, in the order of the table (sorted by code)."""
    return read_table(path.name, path.read_bytes())


def read_table(file_name: str, raw: bytes) -> list[dict[str, Any]]:
    """Like ``read_pairs`` for a file that was read already. Raises ``WatchlistError`` with every bad line."""
    try:
        lines = enumerate(raw.decode("utf-8").splitlines(), 1)
    except UnicodeDecodeError:
        raise WatchlistError(f"{file_name}: bukan UTF-8") from None
    rows = [(number, line.split("\t")) for number, line in lines if line and not line.startswith("#")]
    faults = [f"{file_name}, baris {number}: {why}" for number, row in rows if (why := _row_fault(row))]
    if faults:
        raise WatchlistError("\n".join(faults))
    return [_race(list(same)) for _, same in groupby((row for _, row in rows), key=lambda row: row[0])]


def _row_fault(row: list[str]) -> str | None:
    """What is wrong with one line of the table, without its text."""
    if len(row) != _COLUMNS:
        return f"harus punya {_COLUMNS} kolom"
    if row[1] not in _LEVELS:
        return "tingkat harus provinsi, kabupaten, atau kota"
    if not _NUMBER.fullmatch(row[4]):
        return "nomor urut harus 1 sampai 99"
    return None if slug(row[3]) and row[5].strip() else "wilayah dan nama calon wajib diisi"


def slug(text: str) -> str:
    """Lower case, everything but letters and digits one hyphen: ``Kota Palu`` → ``kota-palu``."""
    return _NO_SLUG.sub("-", text.casefold()).strip("-")


def name_forms(printed: str) -> list[str]:
    """A printed name without titles, then without initials; both names of ``… Alias …``.

    ``Letjen Jeffry A Rahawarin`` → ``["Jeffry A Rahawarin", "Jeffry Rahawarin"]``.
    """
    forms: list[str] = []
    for name in _ALIAS.split(printed):
        words = name.split()
        while len(words) > 1 and words[0].casefold() in _TITLES:
            words.pop(0)
        forms.append(" ".join(words))
        forms.append(" ".join(word for word in words if len(word) > 1) or forms[-1])
    return list(dict.fromkeys(forms))


def merge(elections: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Entries with the same id joined, at the place of the first; what comes later adds to it or takes its place."""
    found: dict[str, Mapping[str, Any]] = {}
    for election in elections:
        earlier = found.get(election["id"])
        found[election["id"]] = _joined(earlier, election) if earlier else election
    return list(found.values())


def _race(rows: list[list[str]]) -> dict[str, Any]:
    _, level, province, region = rows[0][:4]
    area = region.title() if level != "provinsi" else _province(province)
    place = area if level == "provinsi" else f"{level.title()} {area}"
    return {
        "id": f"{PREFIX}-{level}-{slug(region)}",
        "name": f"Pemilihan {_OFFICES[level]} {area} 2024",
        "level": _LEVELS[level],
        "region": place,
        "sure": "B",
        "source": "KPU, daftar pasangan calon Pilkada 2024",
        "calendar": calendar_of(PREFIX),
        "contestants": [_pair(int(row[4]), row[5:7]) for row in rows],
    }


def _province(name: str) -> str:
    return name.title().replace("Dki ", "DKI ")


def _pair(number: int, names: Iterable[str]) -> dict[str, Any]:
    return {"number": number, "people": [_person(name) for name in names if name]}


def _person(printed: str) -> dict[str, Any]:
    name, *others = name_forms(printed)
    if name == EMPTY_BOX:
        return {"name": name, "ambiguous": True, "aliases": [_unsure("kotak kosong")]}
    aliases: list[Any] = [other if _is_sure(other) else _unsure(other) for other in others]
    parts = dict.fromkeys(word for form in (name, *others) for word in form.split())
    aliases += [_unsure(part) for part in parts if _is_part(part) and part != name]
    return {"name": name, "ambiguous": not _is_sure(name), "aliases": aliases}


def _is_sure(name: str) -> bool:
    """Whether a name points to its bearer: two full words or more, not all of them in the dictionary."""
    words = [word.casefold() for word in name.split() if len(word) >= _SHORTEST_PART]
    return len(words) > 1 and not kamus().issuperset(words)


def _is_part(word: str) -> bool:
    low = word.casefold()
    return len(low) >= _SHORTEST_PART and low not in function_words() and low not in _NUMERALS


def _unsure(text: str) -> dict[str, Any]:
    return {"text": text, "ambiguous": True}


def _joined(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> dict[str, Any]:
    numbers = [c.get("number") for c in later["contestants"]]
    named = {c["number"]: c for c in later["contestants"] if c.get("number") is not None}
    kept = [_joined_pair(c, named.get(c.get("number"))) for c in earlier["contestants"]]
    have = {c.get("number") for c in earlier["contestants"]}
    added = [c for n, c in zip(numbers, later["contestants"], strict=True) if n is None or n not in have]
    return {**earlier, **later, "contestants": kept + added}


def _joined_pair(earlier: Mapping[str, Any], later: Mapping[str, Any] | None) -> Mapping[str, Any]:
    if later is None:
        return earlier
    people = [_joined_person(a, b) for a, b in zip(earlier["people"], later["people"], strict=False)]
    people += later["people"][len(people) :] or earlier["people"][len(people) :]
    both = {key: [*earlier.get(key, ()), *later.get(key, ())] for key in ("aliases", "slogans", "hashtags")}
    return {**earlier, **later, "people": people, **both}


def _joined_person(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> dict[str, Any]:
    """The later entry names the person; another spelling of the name in the earlier one becomes an alias."""
    spelling = {"text": earlier["name"], "ambiguous": bool(earlier.get("ambiguous"))}
    other = [spelling] if slug(earlier["name"]) != slug(later["name"]) else []
    aliases = [*other, *earlier.get("aliases", ()), *later.get("aliases", ())]
    handles = [*earlier.get("handles", ()), *later.get("handles", ())]
    return {**later, "aliases": aliases, "handles": handles}
