"""``netra watchlist``: check, list and show who stands in which election."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from app.cli import common
from app.policy.types import Words
from app.watchlists.lists import Watchlists
from app.watchlists.report import Collision, collisions, detail_of, party_of, summary_of
from app.watchlists.schema import Level

app = typer.Typer(help="Periksa dan lihat daftar pantau.", no_args_is_help=True)

#: Most aliases of one group that are shown as text.
MAX_SHOWN, MAX_BEARERS = 20, 4
PARTIES = "partai"
_LEVELS = ", ".join(get_args(Level))
_BAD_LEVEL = Words(f"--level harus salah satu dari: {_LEVELS}", f"--level must be one of: {_LEVELS}")
_NOTHING_FITS = Words(
    "Tidak ada pemilihan pada daftar pantau yang cocok.", "No election on the watchlists is like that."
)
_NO_ELECTION = Words(
    "Pemilihan itu tidak ada dalam daftar pantau; lihat 'netra watchlist list'.",
    "This election is not on the watchlists; see 'netra watchlist list'.",
)
AsJson = Annotated[bool, typer.Option("--json", help="Sebagai JSON, lengkap.")]


@app.command("check")
def watchlist_check(
    files: Annotated[list[Path] | None, typer.Argument(help="Berkas YAML; kosong: daftar yang dipakai.")] = None,
    as_json: AsJson = False,
) -> None:
    """Periksa berkas, lalu laporkan sebutan yang dipakai bersama dan yang bermakna ganda."""
    lists = common.watchlists(files)
    found = collisions(lists.elections)
    if as_json:
        _print_json({**_counts(lists), "collisions": [c._asdict() for c in found]})
        return
    typer.echo("sah · " + " · ".join(f"{name} {value}" for name, value in _counts(lists).items()))
    sure = [c for c in found if not c.ambiguous]
    _report("Sebutan pasti yang sama dalam satu pemilihan", [c for c in sure if c.same_race])
    _report("Sebutan pasti yang sama di beberapa pemilihan", [c for c in sure if not c.same_race])
    _report("Bermakna ganda (ambiguous)", [c for c in found if c.ambiguous])


@app.command("list")
def watchlist_list(
    region: Annotated[str | None, typer.Option(help="Hanya wilayah ini, mis. 'Kota Palu'.")] = None,
    level: Annotated[str | None, typer.Option(help=f"Hanya tingkat ini: {_LEVELS}.")] = None,
    as_json: AsJson = False,
) -> None:
    """Daftar pemilihan: id, tingkat, wilayah, hari pemungutan suara, jumlah calon."""
    if level is not None and level not in get_args(Level):
        common.fail(_BAD_LEVEL, common.BAD_USAGE)
    lists = common.watchlists()
    races = lists.elections if region is None else lists.in_region(region)
    found = [summary_of(race) for race in races if level in (None, race["level"])]
    if as_json:
        _print_json({"version": lists.version, "elections": found})
        return
    if not found:
        common.warn(_NOTHING_FITS)
    for race in found:
        day = race["voting_day"] or "-"
        typer.echo(f"{race['id']}\t{race['level']}\t{race['region']}\t{day}\t{race['contestants']}")


@app.command("show")
def watchlist_show(
    election: Annotated[str, typer.Argument(metavar="ID", help="Id pemilihan, id lama, atau 'partai'.")],
    as_json: AsJson = False,
) -> None:
    """Tampilkan satu pemilihan, atau semua partai, dengan semua sebutannya."""
    lists = common.watchlists()
    if election == PARTIES:
        _show_parties(lists, as_json)
        return
    race = lists.find(election)
    if race is None:
        common.fail(_NO_ELECTION, common.BAD_FILE)
    detail = detail_of(race)
    if as_json:
        _print_json({"version": lists.version, **detail})
        return
    typer.echo(f"{detail['id']}\n{detail['name']} · {detail['level']} · {detail['region']} · {detail['status']}")
    typer.echo(f"sumber ({detail['sure']}): {detail['source'] or '-'}")
    for step, day in detail["calendar"].items():
        typer.echo(f"  {step}: {' sampai '.join(map(str, day)) if isinstance(day, list) else day}")
    for contestant in detail["contestants"]:
        typer.echo("\n".join(_contestant_lines(contestant)))


def _show_parties(lists: Watchlists, as_json: bool) -> None:
    parties = [party_of(party) for party in lists.parties]
    if as_json:
        _print_json({"version": lists.version, "parties": parties})
        return
    for party in parties:
        typer.echo(f"{party['number'] or '-'}\t{party['name']}\t{_words(party)}")


def _contestant_lines(contestant: Mapping[str, Any]) -> list[str]:
    lines = [f"nomor {contestant['number'] or '-'}{' (petahana)' if contestant['incumbent'] else ''}"]
    lines += [f"  {_marked(person, 'name')}: {_words(person)}" for person in contestant["people"]]
    for key, label in (("aliases", "pasangan"), ("slogans", "slogan"), ("hashtags", "tagar")):
        if contestant[key]:
            lines.append(f"  {label}: {', '.join(_marked(alias, 'text') for alias in contestant[key])}")
    return lines


def _words(owner: Mapping[str, Any]) -> str:
    """Aliases and handles; what is marked with ``?`` is ambiguous."""
    words = [_marked(alias, "text") for alias in owner["aliases"]] + [f"@{handle}" for handle in owner["handles"]]
    return ", ".join(words) or "-"


def _marked(entry: Mapping[str, Any], key: str) -> str:
    return f"{entry[key]}{'?' if entry['ambiguous'] else ''}"


def _counts(lists: Watchlists) -> dict[str, int | str]:
    contestants = sum(len(race["contestants"]) for race in lists.elections)
    return {
        "versi": lists.version,
        "pemilihan": len(lists.elections),
        "calon": contestants,
        "partai": len(lists.parties),
    }


def _report(title: str, found: Sequence[Collision]) -> None:
    typer.echo(f"{title}: {len(found)}")
    for collision in found[:MAX_SHOWN]:
        bearers, further = collision.entities[:MAX_BEARERS], len(collision.entities) - MAX_BEARERS
        typer.echo(f"  {collision.text}: {', '.join(bearers)}{f' dan {further} lagi' if further > 0 else ''}")
    if len(found) > MAX_SHOWN:
        typer.echo(f"  … {len(found) - MAX_SHOWN} lagi (--json menampilkan semua)")


def _print_json(content: Mapping[str, Any]) -> None:
    typer.echo(json.dumps(content, ensure_ascii=False, indent=1, default=str))
