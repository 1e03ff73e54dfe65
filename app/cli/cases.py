"""``netra evidence``, ``replay``, ``purge`` and ``forget``: case files that leave, and people who are let go of."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import common
from app.cli.common import read_settings
from app.cli.review import DIFFERS, Output, at_desk, write_out
from app.policy.types import Words

if TYPE_CHECKING:  # what needs the database takes half a second to import
    from sqlalchemy.orm import Session

    from app.review.files import FileIntake
    from app.scoring.types import Scorer
    from app.store import Store
    from app.watchlists.lists import Watchlists

_NO_CASE = Words(
    "Ini bukan berkas kasus Netra, atau isinya rusak. Berikan berkas JSON dari `netra evidence ID -o kasus.json`.",
    "This is no case file of Netra, or it is damaged. Give the JSON file of `netra evidence ID -o case.json`.",
)
_DIFFERENCES = {
    "file": "berkas ini telah diubah (sidiknya tidak cocok)",
    "content": "isi tindakan telah diubah (sidik isi tidak cocok)",
    "model_missing": "model versi itu tidak ada di sini",
    "model_unusable": "model versi itu tidak dapat dipakai",
    "manifest": "model versi itu di sini punya manifes lain",
    "watchlists": "versi daftar pantau berbeda",
    "policy": "versi aturan berbeda",
    "score": "skor berbeda",
    "verdict": "bagian indikasi berbeda",
    "rules": "baris aturan berbeda",
}


def evidence(
    item_id: Annotated[str, typer.Argument(metavar="ID", help="Id butir.")],
    output: Output = None,
    en: common.English = False,
) -> None:
    """Tulis berkas kasus: JSON, atau halaman siap cetak bila nama berkasnya .html."""
    from app.review.casefile import complete, handed_out, material
    from app.review.casehtml import case_html
    from app.review.desk import CLI

    lists, rules = common.watchlists(), common.rules()
    with at_desk(en) as (store, desk):
        with store.read() as tx:
            found = material(tx, desk, item_id)
        case = complete(found, common.models_dir(), lists, rules)
        with store.begin() as tx:
            handed_out(tx, desk, CLI, case)
            as_page = output is not None and output.suffix.lower() in (".html", ".htm")
            write_out(output, case_html(case) if as_page else json.dumps(case, indent=1) + "\n", en)


def replay(
    file: Annotated[Path, typer.Argument(help="Berkas kasus JSON dari `netra evidence`.")],
    watchlist: common.OwnLists = None,
    en: common.English = False,
) -> None:
    """Hitung ulang skor sebuah berkas kasus sampai bit terakhir; kode keluar 1 bila tidak sama."""
    from app.review.replay import CaseUnreadable, read_case
    from app.review.replay import replay as again

    try:
        case = read_case(file.read_bytes())
    except OSError as error:
        common.fail_for_file(error, Words("Berkas kasus tidak dapat dibaca", "The case file cannot be read"), en)
    except CaseUnreadable:
        common.fail(_NO_CASE, common.BAD_FILE)
    found = again(case, common.models_dir(), common.watchlists(watchlist), common.rules())
    for one in found.differences:
        here = "" if one.kind == "verdict" else f"; di sini {one.here}"
        typer.echo(f"{_DIFFERENCES[one.kind]}: berkas {one.file}{here} ({one.kind})")
    shown = "-" if found.score is None else f"{found.score!r} ({found.score.hex()})"
    typer.echo(f"{'SAMA' if found.reproduced else 'TIDAK SAMA'}: butir {found.item_id}, skor {shown}")
    if not found.reproduced:
        raise typer.Exit(DIFFERS)


def purge(
    days: Annotated[int | None, typer.Option(min=1, help="Umur dalam hari; kosong: NETRA_RETENTION_DAYS.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Hanya hitung, jangan hapus.")] = False,
    en: common.English = False,
) -> None:
    """Hapus isi butir yang sudah melewati masa simpan; angka tanpa isi tetap ada."""
    from app.review import erasure
    from app.review.desk import CLI

    settings = read_settings()
    with at_desk(en) as (store, desk):
        before = erasure.retention_ends(desk, days or settings.retention_days)
        if dry_run:
            with store.read() as tx:
                typer.echo(f"akan dihapus {erasure.due(tx, before)}")
            return
        _erase(store, lambda tx: erasure.purge(tx, desk, CLI, before))


def forget(
    author: Annotated[str, typer.Option(help="Id akun persis seperti dikirim; - untuk membacanya dari masukan baku.")],
    en: common.English = False,
) -> None:
    """Hapus isi semua tindakan satu orang dan tindakan atas unggahannya."""
    from app.review import erasure
    from app.review.desk import CLI

    author_id = sys.stdin.readline().rstrip("\r\n") if author == "-" else author
    if not author_id:
        common.fail(Words("--author tidak boleh kosong", "--author must not be empty"), common.BAD_USAGE)
    with at_desk(en) as (store, desk):
        _erase(store, lambda tx: erasure.forget(tx, desk, CLI, author_id))


@contextmanager
def file_intake(scorer: Scorer, lists: Watchlists, *, wanted: bool, en: bool) -> Iterator[FileIntake | None]:
    """What queues files while they are scored; ``None`` unless ``wanted``. Leaves at once when it cannot work."""
    if not wanted:
        yield None
        return
    from app.review.bundles import served_manifest_hash
    from app.review.files import FileIntake
    from app.review.problems import QueueOff
    from app.review.queue import Source

    with at_desk(en) as (store, desk):
        if not desk.keeps_texts:
            raise QueueOff
        manifest = served_manifest_hash(common.models_dir(), read_settings().model, scorer.info.version)
        yield FileIntake(store, desk, Source(scorer.info, manifest, lists), scorer, common.rules())


def _erase(store: Store, step: Callable[[Session], int]) -> None:
    """Do it until nothing is left, a transaction a time."""
    from app.review.erasure import compact

    total = 0
    while True:
        with store.begin() as tx:
            erased = step(tx)
        if not erased:
            break
        total += erased
    typer.echo(f"dihapus {total}")
    if total and not compact(store):
        typer.echo("Berkas basis data sedang dipakai; jalankan lagi nanti agar bekas hapusannya hilang.", err=True)
