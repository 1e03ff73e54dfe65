"""``netra model``: list, show and choose model bundles."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from app.cli import common
from app.scoring.errors import ModelError

app = typer.Typer(help="Lihat dan pilih model.", no_args_is_help=True)


@app.command("list")
def model_list() -> None:
    """Daftar bundel model; yang aktif bertanda *."""
    folder = common.models_dir()
    active = common.active_name(folder)
    for manifest in sorted(folder.glob("*/manifest.json")):
        name = manifest.parent.name
        typer.echo(f"{'*' if name == active else ' '} {name}")


@app.command("show")
def model_show(name: Annotated[str | None, typer.Argument(help="Nama bundel; kosong: yang aktif.")] = None) -> None:
    """Periksa bundel secara penuh dan tampilkan manifesnya."""
    from app.scoring.bundle import read_manifest

    folder = common.models_dir()
    common.load_scorer(name)
    manifest = read_manifest(folder / (name or common.active_name(folder) or ""))
    typer.echo(json.dumps({k: v for k, v in manifest.items() if k != "files"}, ensure_ascii=False, indent=1))


@app.command("activate")
def model_activate(name: Annotated[str, typer.Argument(help="Nama bundel.")]) -> None:
    """Periksa bundel lalu jadikan yang aktif."""
    from app.scoring.bundle import activate

    try:
        activate(common.models_dir(), name)
    except ModelError as error:
        common.fail(f"Model ditolak ({error.slug}): {error}", common.BAD_MODEL)
    typer.echo(f"aktif: {name}")
