"""``netra serve``."""

from __future__ import annotations

from typing import Annotated

import typer

from app.settings import Settings


def serve(
    host: Annotated[str, typer.Option(help="Alamat yang didengarkan.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Porta.")] = 8000,
    workers: Annotated[int, typer.Option(help="Jumlah proses.")] = 1,
) -> None:
    """Jalankan layanan POST /classify."""
    import uvicorn

    uvicorn.run(
        "app.main:create_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        access_log=False,
        server_header=False,
        log_level=Settings().log_level.lower(),
    )
