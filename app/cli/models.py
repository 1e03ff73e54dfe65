"""``netra model``: list, show and choose model bundles."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import common, words
from app.cli.common import read_settings
from app.cli.words import BROKEN_HISTORY, NO_WAY_BACK
from app.policy.types import Words
from app.scoring.errors import ModelError

if TYPE_CHECKING:
    from app.scoring.history import Entry

app = typer.Typer(help="Lihat dan pilih model.", no_args_is_help=True)

#: Exit code: the gates do not let the model become active.
NOT_EARNED = 7
_NO_BUNDLE = Words("Tidak ada bundel model di folder {folder}.", "There is no model bundle in folder {folder}.")


@app.command("list")
def model_list(en: common.English = False) -> None:
    """Daftar bundel model; yang aktif bertanda *."""
    folder = common.models_dir()
    _require_readable(folder, en)
    active = common.active_name(folder)
    names = sorted(manifest.parent.name for manifest in folder.glob("*/manifest.json"))
    for name in names:
        typer.echo(f"{'*' if name == active else ' '} {name}")
    if not names:
        common.warn(common.said(_NO_BUNDLE).format(folder=folder))


def _require_readable(folder: Path, en: bool) -> None:
    try:
        next(folder.iterdir(), None)  # glob finds nothing in a folder that is not there
    except OSError as error:
        told = (f"Folder model {folder} tidak dapat dibaca", f"The models folder {folder} cannot be read")
        common.fail_for_file(error, Words(*told), en)


@app.command("show")
def model_show(
    name: Annotated[str | None, typer.Argument(help="Nama bundel; kosong: yang aktif.")] = None,
    en: common.English = False,
) -> None:
    """Periksa bundel secara penuh dan tampilkan manifesnya."""
    from app.scoring.bundle import read_manifest

    common.load_scorer(name, en)
    manifest = read_manifest(common.bundle_folder(name) or common.models_dir())
    typer.echo(json.dumps({k: v for k, v in manifest.items() if k != "files"}, ensure_ascii=False, indent=1))


@app.command("activate")
def model_activate(
    name: Annotated[str, typer.Argument(help="Nama bundel.")],
    override: Annotated[
        str | None, typer.Option(help="Alasan tertulis untuk melewati gerbang (paling sedikit 20 huruf); dicatat.")
    ] = None,
    en: common.English = False,
) -> None:
    """Jadikan bundel yang aktif; ditolak tanpa laporan `netra challenge` bahwa ia tidak lebih buruk."""
    from app.scoring.promotion import promote

    with _said_plainly(en):
        promote(common.models_dir(), read_settings().state_dir, name, override)
    typer.echo(f"aktif: {name}")


@app.command("rollback")
def model_rollback(
    reason: Annotated[str | None, typer.Option(help="Alasan; dicatat.")] = None, en: common.English = False
) -> None:
    """Kembali ke model yang aktif sebelumnya, juga bila yang sekarang rusak."""
    from app.scoring.promotion import rollback

    with _said_plainly(en, NO_WAY_BACK):
        entry = rollback(common.models_dir(), read_settings().state_dir, reason)
    typer.echo(f"aktif: {entry.after.name}")


@app.command("history")
def model_history(
    as_json: Annotated[bool, typer.Option("--json", help="Satu baris JSON per perubahan.")] = False,
    en: common.English = False,
) -> None:
    """Tampilkan kapan model mana diaktifkan dan alasannya; riwayat yang diubah orang ditolak."""
    from app.scoring.history import History

    with _said_plainly(en, BROKEN_HISTORY):
        entries = History(common.models_dir(), read_settings().state_dir).entries()
    for entry in entries:
        typer.echo(json.dumps(asdict(entry), ensure_ascii=False) if as_json else _told(entry))


def _told(entry: Entry) -> str:
    before = entry.before.name if entry.before else "-"
    why = entry.reason or ("lulus uji" if entry.report else "")
    return f"{entry.time}  {entry.act}  {before} > {entry.after.name}  {why}".rstrip()


@contextmanager
def _said_plainly(en: bool, instead: Mapping[str, str] | None = None) -> Iterator[None]:
    from app.scoring.promotion import ReasonTooShort, Refused

    start = "Model refused" if en else "Model ditolak"

    try:
        yield
    except ModelError as error:
        common.fail(f"{start}: {words.of_model(error, en, instead)}", common.BAD_MODEL)
    except Refused as error:
        code = common.BAD_USAGE if isinstance(error, ReasonTooShort) else NOT_EARNED
        common.fail(f"{start}: {error.english if en else error}", code)
    except OSError as error:
        common.fail_for_file(
            error, Words("Folder model tidak dapat ditulis", "The models folder cannot be written"), en
        )
