"""``netra serve``."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Mapping
from typing import Annotated, Final

import typer

from app.access.hosts import is_loopback
from app.access.scopes import Scope
from app.cli import common
from app.cli.common import read_settings
from app.cli.database import opened_store, said_plainly
from app.memory import settle, untroubled
from app.policy.types import Words

#: What the key of ``--local-key`` may do, and for how long.
LOCAL_SCOPES: tuple[Scope, ...] = ("classify", "review", "admin")
LOCAL_DAYS = 1
_NOT_LOCAL: Final = Words(
    "--local-key hanya untuk alamat komputer ini sendiri (127.0.0.1)",
    "--local-key is only for addresses of this very computer (127.0.0.1)",
)
_MODELS_DIR: Final = "NETRA_MODELS_DIR"
_CANNOT_LISTEN: Final[Mapping[int, Words]] = {
    errno.EADDRINUSE: Words(
        "--port: porta itu sedang dipakai program lain; hentikan dahulu, atau pilih nomor lain.",
        "--port: another program uses this port; stop that one, or choose another number.",
    ),
    errno.EACCES: Words(
        "--port: tidak ada izin untuk porta itu; pilih nomor mulai 1024.",
        "--port: no permission for this port; choose a number from 1024 on.",
    ),
}
_NO_SUCH_ADDRESS: Final = Words(
    "--host: komputer ini tidak punya alamat itu.", "--host: this host has no such address."
)


def serve(
    host: Annotated[str, typer.Option(help="Alamat yang didengarkan.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Nomor porta.")] = 8000,
    workers: Annotated[int | None, typer.Option(min=1, help="Jumlah proses; kosong: satu per inti prosesor.")] = None,
    local_key: Annotated[
        bool, typer.Option("--local-key", help="Tulis kunci satu hari ke keluaran baku; hanya di komputer ini.")
    ] = False,
    en: common.English = False,
) -> None:
    """Jalankan layanan POST /classify."""
    untroubled()
    from app.access.preflight import check_start

    settings = read_settings()
    if local_key and not is_loopback(host):
        common.fail(_NOT_LOCAL, common.BAD_USAGE)
    with said_plainly(en):
        check_start(settings, host)
    _require_free(host, port)
    os.environ[_MODELS_DIR] = str(common.models_dir())  # of the processes to come: what the other commands would take
    if local_key:
        _print_local_key(en)
    _run(host, port, workers or cores(), settings.log_level.lower())


def _require_free(host: str, port: int) -> None:
    """Leaves with ``BAD_FILE`` where nobody could listen: before a model is loaded, and before there is a key."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.create_server((host, port), family=family):
            pass
    except OSError as error:
        common.fail(_CANNOT_LISTEN.get(error.errno or 0, _NO_SUCH_ADDRESS), common.BAD_FILE)


def _print_local_key(en: bool) -> None:
    from app.access.keys import create_key

    with opened_store(en) as store, store.begin() as tx:
        key = create_key(tx, "lokal", LOCAL_SCOPES, days=LOCAL_DAYS, requests_per_minute=0, items_per_day=0)
    typer.echo(f"Kunci satu hari untuk header X-API-Key, hak {','.join(LOCAL_SCOPES)}:", err=True)
    typer.echo(key)  # ends with a flush, so that whoever started us can read it at once


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _run(host: str, port: int, workers: int, log_level: str) -> None:
    import uvicorn

    if workers > 1:
        settle()  # this process only watches over those that serve
    uvicorn.run(
        "app.server:application",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # nothing here depends on who the caller's proxy says the caller is
        timeout_worker_healthcheck=30,  # a process that loads a model on a busy host is slow, not dead
        log_level=log_level,
    )
