"""``netra audit``, ``labels``, ``sample`` and ``agreement``: what people decided, and the proof of it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli import common, words
from app.cli.common import read_settings
from app.cli.database import opened_store, said_plainly
from app.policy.types import Words
from app.settings import Settings

if TYPE_CHECKING:  # what needs the database takes half a second to import
    from app.access.secret import Secrets
    from app.review.agreement import Kappa
    from app.review.audit import Anchor
    from app.review.desk import Desk
    from app.review.verify import Fault
    from app.store import Store

audit_app = typer.Typer(help="Catatan jejak yang hanya dapat bertambah.", no_args_is_help=True)
labels_app = typer.Typer(help="Label dari para pemeriksa.", no_args_is_help=True)

#: Exit code: something is not as it was.
DIFFERS = 1
_FAULTS = {
    "altered": Words(
        "baris diubah, dipindahkan, atau disisipkan tanpa kunci", "the row was changed, moved or put in without a key"
    ),
    "missing": Words("ada baris yang hilang sebelum baris ini", "rows before this one are gone"),
    "broken_link": Words("baris tidak menyambung ke baris sebelumnya", "the row does not follow the one before it"),
    "unknown_key": Words("dibuat dengan kunci yang tidak dikenal", "made with a key that is not known"),
    "cut_off": Words("akhir catatan dipotong", "the end of the log was cut off"),
    "head": Words("penanda akhir catatan tidak asli", "the mark of the log's end is not genuine"),
    "anchor": Words("jangkar tidak cocok", "the anchor does not fit"),
    "item": Words("isi butir berbeda dari yang tercatat", "the item is not what was logged"),
    "decision": Words("keputusan berbeda dari yang tercatat", "the decision is not what was logged"),
    "unreadable": Words(
        "ada nilai yang tidak terbaca; sesudahnya tidak diperiksa",
        "a value cannot be read; what follows it was not checked",
    ),
}
_VERIFIED = {
    True: Words("utuh: {} baris, jangkar {}", "whole: {} rows, anchor {}"),
    False: Words("TIDAK UTUH: {} baris, jangkar {}", "NOT WHOLE: {} rows, anchor {}"),
}
_OF_ROW, _OF_ITEM, _OF_LOG = Words("baris {}", "row {}"), Words("butir {}", "item {}"), Words("catatan", "log")
_EXPORTED = Words(
    "label {} · tidak ditulis karena belum ada mayoritas {}", "labels {} · not written for want of a majority {}"
)
_KAPPA = Words("pasangan {}\tsama {}\tkappa {}", "pairs {}\tequal {}\tkappa {}")
_DISPUTED = Words("berbeda pendapat\t{} butir", "disputed\t{} items")
_NOISE = Words("label\t{}\tperkiraan keliru {}", "labels\t{}\testimated to be wrong {}")
_SUSPECT = {
    True: Words("periksa lagi\t{}\tdukungan\tskor {}", "look again\t{}\tsupport\tscore {}"),
    False: Words("periksa lagi\t{}\tbukan\tskor {}", "look again\t{}\tnot support\tscore {}"),
}
_SHOWN_FAULTS = 20
_BAD_ANCHOR = Words(
    "--anchor: URUTAN:SIDIK seperti dari `netra audit anchor`",
    "--anchor: NUMBER:DIGEST as from `netra audit anchor`",
)
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Berkas hasil; kosong: keluaran baku.")]


@audit_app.command("verify")
def audit_verify(
    anchor: Annotated[list[str] | None, typer.Option(help="Jangkar URUTAN:SIDIK yang pernah dicatat.")] = None,
    en: common.AllInEnglish = False,
) -> None:
    """Periksa apakah catatan jejak utuh dan tabel masih sama dengan yang tercatat; kode keluar 1 bila tidak."""
    from app.review.verify import verify

    anchors = [_anchor(text) for text in anchor or ()]
    with at_desk(en) as (store, desk), store.read() as tx:
        found = verify(tx, desk.secrets, anchors)
    for fault in found.faults[:_SHOWN_FAULTS]:
        typer.echo(f"{_place(fault)}: {common.said(_FAULTS[fault.kind])} ({fault.kind})")
    typer.echo(common.said(_VERIFIED[found.whole]).format(found.rows, found.head))
    if not found.whole:
        raise typer.Exit(DIFFERS)


def _place(fault: Fault) -> str:
    if fault.sequence is not None:
        return common.said(_OF_ROW).format(fault.sequence)
    return common.said(_OF_ITEM).format(fault.item_id) if fault.item_id else common.said(_OF_LOG)


@audit_app.command("anchor")
def audit_anchor(en: common.English = False) -> None:
    """Tulis jangkar: baris terakhir dan sidiknya. Simpan di luar komputer ini."""
    from app.review.audit import anchor

    with at_desk(en) as (store, _), store.read() as tx:
        typer.echo(anchor(tx))


@labels_app.command("export")
def labels_export(
    output: Output = None,
    with_text: Annotated[bool, typer.Option("--with-text/--ids", help="Dengan teks, atau id dan label saja.")] = True,
    en: common.AllInEnglish = False,
) -> None:
    """Tulis label sebagai JSONL yang dibaca `netra train`; pemeriksa tampil sebagai samaran."""
    from app.review.desk import CLI
    from app.review.labels import exported, label_rows, line, without_label

    with at_desk(en) as (store, desk), store.begin() as tx:
        lines = [line(row) for row in label_rows(tx, desk, with_text=with_text)]
        left_out = without_label(tx)
        exported(tx, desk, CLI, len(lines), with_text=with_text)
        write_out(output, "".join(lines), en)
    common.warn(common.said(_EXPORTED).format(len(lines), left_out))


def sample(
    size: Annotated[int, typer.Option("--size", "-n", min=1, max=200, help="Banyaknya butir.")] = 50,
    output: Output = None,
    with_text: Annotated[bool, typer.Option("--with-text", help="Sertakan teks.")] = False,
    mark: Annotated[bool, typer.Option("--mark", help="Tandai butirnya agar dapat disaring di antrean.")] = False,
    en: common.English = False,
) -> None:
    """Pilih butir yang paling berguna dinilai: model ragu, dan isinya tidak saling mirip. Keluaran CSV atau JSONL."""
    from app.review import sampling
    from app.review.desk import CLI

    with at_desk(en) as (store, desk), store.begin() as tx:
        found = sampling.sample(tx, size)
        if mark:
            sampling.mark(tx, desk, CLI, found)
        rows = [
            {name: getattr(item, name) for name in ("id", "band", "score", "uncertainty", "kind")} for item in found
        ]
    if with_text:
        texts = ("text", "target_text", "media_text")
        rows = [{**row, **{n: (item.act or {}).get(n) for n in texts}} for row, item in zip(rows, found, strict=True)]
    write_out(output, _table(rows, jsonl=output is not None and output.suffix == ".jsonl"), en)


def agreement(
    as_json: Annotated[bool, typer.Option("--json", help="Semua angka sebagai JSON.")] = False,
    en: common.AllInEnglish = False,
) -> None:
    """Kesepakatan pemeriksa (kappa Cohen) dan label yang patut diperiksa lagi."""
    from app.review.agreement import agreement as measure
    from app.review.labelerrors import label_errors, labelled_items

    with at_desk(en) as (store, desk), store.read() as tx:
        found, errors = measure(tx), label_errors(labelled_items(tx))
        pairs = {f"{desk.reviewer(a)} {desk.reviewer(b)}": k for (a, b), k in found.by_pair.items()}
    if as_json:
        by_pair = {name: asdict(k) for name, k in pairs.items()}
        content = {"overall": asdict(found.overall), "by_pair": by_pair, "disputed": found.disputed}
        typer.echo(json.dumps({**content, "label_errors": asdict(errors)}, indent=1))
        return
    for name, k in {common.said(common.ALL): found.overall, **pairs}.items():
        typer.echo(f"{name}\t{_kappa(k)}")
    typer.echo(common.said(_DISPUTED).format(found.disputed))
    typer.echo(common.said(_NOISE).format(errors.labelled, common.figure(errors.noise)))
    for suspect in errors.suspects[:_SHOWN_FAULTS]:
        typer.echo(common.said(_SUSPECT[bool(suspect.label)]).format(suspect.id, common.figure(suspect.probability)))


@contextmanager
def at_desk(en: bool) -> Iterator[tuple[Store, Desk]]:
    """The store and the desk of the settings; leaves with what is wrong, which never holds a word of an act."""
    from app.problems import Problem
    from app.review.desk import desk_of
    from app.review.problems import QueueOff

    settings = read_settings()
    with opened_store(en) as store, said_plainly(en):
        try:
            yield store, desk_of(settings, _secrets(settings))
        except Problem as problem:
            code = common.BAD_USAGE if isinstance(problem, QueueOff) else common.BAD_FILE  # a setting, or an item
            common.fail(words.of_problem(problem, en), code)


def _secrets(settings: Settings) -> Secrets:
    from app.access.secret import read_secrets
    from app.store.opening import is_local, store_url

    return read_secrets(settings, local=is_local(store_url(settings)))


def write_out(output: Path | None, text: str, en: bool = False) -> None:
    """To standard output, or into a file of its owner alone that appears complete; leaves with why it cannot be."""
    if output is None:
        typer.echo(text, nl=False)
        return
    draft = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        with open(
            os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8", newline=""
        ) as file:
            file.write(text)
        draft.replace(output)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        common.fail_for_file(error, Words("Berkas hasil tidak dapat ditulis", "The output cannot be written"), en)


def _table(rows: Sequence[dict[str, Any]], *, jsonl: bool) -> str:
    from app.review.exports import csv_text
    from app.review.labels import line

    if jsonl:
        return "".join(map(line, rows))
    return csv_text(list(rows[0]) if rows else ["id"], rows)


def _anchor(text: str) -> Anchor:
    from app.review.audit import Anchor

    sequence, _, found = text.partition(":")
    if not (sequence.isascii() and sequence.isdigit() and len(sequence) < 19 and len(found) == 64):
        common.fail(_BAD_ANCHOR, common.BAD_USAGE)
    return Anchor(int(sequence), found)


def _kappa(found: Kappa) -> str:
    return common.said(_KAPPA).format(found.pairs, common.figure(found.observed), common.figure(found.kappa))
