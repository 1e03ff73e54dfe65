"""``netra key``: give, list and take back API keys."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from app.access.scopes import SCOPES, Scope
from app.cli import common
from app.cli.database import opened_store
from app.policy.types import Words

if TYPE_CHECKING:
    from app.access.tables import ApiKey

app = typer.Typer(help="Kunci API: buat, lihat, cabut.", no_args_is_help=True)

MAX_NAME_CHARS, MAX_DAYS = 80, 3650
_NO_KEY = Words("Tidak ada kunci dengan id itu.", "There is no key with this id.")
_BAD_NAME = Words(
    f"--name: 1 sampai {MAX_NAME_CHARS} huruf yang dapat dicetak",
    f"--name: 1 to {MAX_NAME_CHARS} characters that can be printed",
)
_ALL_SCOPES = ", ".join(SCOPES)
_BAD_SCOPES = Words(
    f"--scopes: hanya {_ALL_SCOPES}, dipisah koma", f"--scopes: only {_ALL_SCOPES}, separated by commas"
)
_LIMIT = "0: tanpa batas. Kosong: menurut pengaturan."


@app.command("create")
def key_create(
    scopes: Annotated[str, typer.Option(help=f"Hak, dipisah koma: {_ALL_SCOPES}.")],
    name: Annotated[str, typer.Option(help="Untuk siapa kunci ini.")] = "-",
    days: Annotated[int, typer.Option(min=1, max=MAX_DAYS, help="Masa berlaku dalam hari.")] = 365,
    requests_per_minute: Annotated[int | None, typer.Option(min=0, help=f"Permintaan per menit. {_LIMIT}")] = None,
    items_per_day: Annotated[int | None, typer.Option(min=0, help=f"Butir dinilai per hari. {_LIMIT}")] = None,
    en: common.English = False,
) -> None:
    """Buat kunci; hanya kuncinya yang ditulis ke keluaran baku, dan hanya sekali ini."""
    from app.access.keys import create_key

    wanted = _scopes(scopes)
    if not name.isprintable() or not 0 < len(name) <= MAX_NAME_CHARS:
        common.fail(_BAD_NAME, common.BAD_USAGE)
    with opened_store(en) as store, store.begin() as tx:
        key = create_key(
            tx, name, wanted, days=days, requests_per_minute=requests_per_minute, items_per_day=items_per_day
        )
    typer.echo(f"kunci {id_of(key)} · hak {','.join(wanted)} · berlaku {days} hari · simpan baik-baik", err=True)
    typer.echo(key)


@app.command("list")
def key_list(en: common.English = False) -> None:
    """Daftar kunci: id, keadaan, hak, berlaku sampai, nama. Kuncinya sendiri tidak tersimpan."""
    from app.access.keys import all_keys

    with opened_store(en) as store, store.read() as tx:
        rows = all_keys(tx)
    for row in rows:
        typer.echo("\t".join([row.id, state_of(row, datetime.now(UTC)), row.scopes, _until(row), row.name]))


@app.command("revoke")
def key_revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="Id kunci, seperti pada `netra key list`.")],
    en: common.English = False,
) -> None:
    """Cabut kunci untuk selamanya; berlaku di semua proses dalam beberapa detik."""
    from app.access.keys import revoke_key

    with opened_store(en) as store, store.begin() as tx:
        found = revoke_key(tx, key_id)
    if not found:
        common.fail(_NO_KEY, common.BAD_FILE)
    typer.echo(f"dicabut: {key_id}", err=True)


def id_of(key: str) -> str:
    """The id within a whole key."""
    return key.split("_", 2)[1]


def state_of(row: ApiKey, now: datetime) -> str:
    """``dicabut``, ``habis`` or ``berlaku``."""
    if row.revoked_at is not None:
        return "dicabut"
    return "habis" if row.expires_at is not None and row.expires_at <= now else "berlaku"


def _until(row: ApiKey) -> str:
    return "-" if row.expires_at is None else row.expires_at.strftime("%Y-%m-%dT%H:%MZ")


def _scopes(words: str) -> list[Scope]:
    """The scopes named, each once; leaves with ``BAD_USAGE`` when one is not known."""
    named = [word.strip() for word in words.split(",")]
    if not set(named) <= set(SCOPES):
        common.fail(_BAD_SCOPES, common.BAD_USAGE)
    return [scope for scope in SCOPES if scope in named]
