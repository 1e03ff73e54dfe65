"""``netra score`` and ``netra classify``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from app.batch.errors import BatchError
from app.cli import common
from app.scoring.types import NOTICE, Action, Item, Scorer, Verdict

BAND_NAMES = {"flag": "TANDAI", "review": "PERIKSA", "clear": "BERSIH", "undecided": "TAK DAPAT DINILAI"}


def score(
    inputs: Annotated[list[Path], typer.Argument(help="Berkas CSV, TSV, JSON, JSONL, Parquet, XLSX, .gz atau .zst.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Berkas hasil; akhirannya menentukan format.")],
    text_column: Annotated[str | None, typer.Option(help="Nama kolom teks bila tidak ditemukan sendiri.")] = None,
    action: Annotated[str, typer.Option(help="Tindakan bila baris tidak menyebutnya.")] = "post",
    summary: Annotated[Path | None, typer.Option(help="Tulis ringkasan JSON ke berkas ini.")] = None,
    progress: Annotated[bool | None, typer.Option(help="Paksa atau matikan tampilan kemajuan.")] = None,
    en: common.English = False,
) -> None:
    """Nilai berkas unggahan hasil pengumpulan; semua kolom masukan dipertahankan."""
    from app.batch.run import ScoreOptions, score_files, write_summary

    if action not in get_args(Action):
        common.fail(f"--action harus salah satu dari: {', '.join(get_args(Action))}", common.BAD_USAGE)
    options = ScoreOptions(text_column=text_column, default_action=action, progress=progress)  # type: ignore[arg-type]
    scorer = common.load_scorer()
    try:
        result = score_files(inputs, output, scorer, options)
        if summary is not None:
            write_summary(result, summary)
    except BatchError as error:
        common.fail(error.english if en else str(error), common.BAD_FILE)
    typer.echo(
        f"dibaca {result.read} · dinilai {result.scored} · ditolak {result.rejected} · "
        f"ditandai {result.flagged} · perlu diperiksa {result.review}",
        err=True,
    )
    typer.echo(NOTICE, err=True)


def classify(
    text: Annotated[str, typer.Argument(help="Teks unggahan atau komentar; kosong untuk suka tanpa kata.")] = "",
    target: Annotated[str, typer.Option(help="Teks yang disukai, dibagikan, atau dikomentari.")] = "",
    action: Annotated[str, typer.Option(help="post, comment, share, like, follow")] = "post",
    as_json: Annotated[bool, typer.Option("--json", help="Jawaban sebagai JSON.")] = False,
) -> None:
    """Nilai satu teks dan tunjukkan kata yang menentukan."""
    if action not in get_args(Action):
        common.fail(f"--action harus salah satu dari: {', '.join(get_args(Action))}", common.BAD_USAGE)
    scorer = common.load_scorer()
    verdict = scorer.score([Item(text, action, target)], explain=True)[0]  # type: ignore[arg-type]
    typer.echo(json.dumps(_answer(scorer, verdict), ensure_ascii=False, indent=1) if as_json else _words(verdict))


def _answer(scorer: Scorer, verdict: Verdict) -> dict[str, Any]:
    from dataclasses import asdict

    return {**asdict(verdict), "model": asdict(scorer.info), "notice": NOTICE}


def _words(verdict: Verdict) -> str:
    """The verdict in a few Indonesian lines."""
    shown = "-" if verdict.score is None else f"{verdict.score:.3f}"
    lines = [f"{BAND_NAMES[verdict.band]}  skor {shown}  jenis {verdict.kind or '-'}"]
    lines += [f"  {e.weight:+.2f}  {e.surface}" for e in sorted(verdict.evidence, key=lambda e: -abs(e.weight))]
    if verdict.reasons:
        lines.append("  alasan: " + ", ".join(verdict.reasons))
    return "\n".join([*lines, NOTICE])
