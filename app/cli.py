"""The ``netra`` command. What it says is Indonesian first; ``--en`` gives error messages in English."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn, get_args

import typer

from app import __version__
from app.batch.errors import BatchError
from app.scoring.errors import ModelError
from app.scoring.types import NOTICE, Action, Item, Scorer, Verdict
from app.settings import Settings

app = typer.Typer(
    name="netra",
    help="Indikasi dukungan kampanye pada unggahan media sosial. Hanya indikasi; petugas yang memutuskan.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
model_app = typer.Typer(help="Lihat dan pilih model.", no_args_is_help=True)
app.add_typer(model_app, name="model")

English = Annotated[bool, typer.Option("--en", help="Pesan galat dalam bahasa Inggris.")]
BAND_NAMES = {"flag": "TANDAI", "review": "PERIKSA", "clear": "BERSIH", "undecided": "TAK DAPAT DINILAI"}

#: Exit codes: the command line was wrong (2), an input or output cannot be used (3), no model can be trusted (4).
BAD_USAGE, BAD_FILE, BAD_MODEL = 2, 3, 4


def main() -> None:
    """Entry point of the console script."""
    app()


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Tampilkan versi.")] = False) -> None:
    if version:
        typer.echo(f"netra {__version__}")
        raise typer.Exit


@app.command()
def score(
    inputs: Annotated[list[Path], typer.Argument(help="Berkas CSV, TSV, JSON, JSONL, Parquet, XLSX, .gz atau .zst.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Berkas hasil; akhirannya menentukan format.")],
    text_column: Annotated[str | None, typer.Option(help="Nama kolom teks bila tidak ditemukan sendiri.")] = None,
    action: Annotated[str, typer.Option(help="Tindakan bila baris tidak menyebutnya.")] = "post",
    summary: Annotated[Path | None, typer.Option(help="Tulis ringkasan JSON ke berkas ini.")] = None,
    progress: Annotated[bool | None, typer.Option(help="Paksa atau matikan tampilan kemajuan.")] = None,
    en: English = False,
) -> None:
    """Nilai berkas unggahan hasil pengumpulan; semua kolom masukan dipertahankan."""
    from app.batch.run import ScoreOptions, score_files, write_summary

    if action not in get_args(Action):
        _fail(f"--action harus salah satu dari: {', '.join(get_args(Action))}", BAD_USAGE)
    options = ScoreOptions(text_column=text_column, default_action=action, progress=progress)  # type: ignore[arg-type]
    scorer = _scorer()
    try:
        result = score_files(inputs, output, scorer, options)
        if summary is not None:
            write_summary(result, summary)
    except BatchError as error:
        _fail(error.english if en else str(error), BAD_FILE)
    typer.echo(
        f"dibaca {result.read} · dinilai {result.scored} · ditolak {result.rejected} · "
        f"ditandai {result.flagged} · perlu diperiksa {result.review}",
        err=True,
    )
    typer.echo(NOTICE, err=True)


@app.command()
def classify(
    text: Annotated[str, typer.Argument(help="Teks unggahan atau komentar; kosong untuk suka tanpa kata.")] = "",
    target: Annotated[str, typer.Option(help="Teks yang disukai, dibagikan, atau dikomentari.")] = "",
    action: Annotated[str, typer.Option(help="post, comment, share, like, follow")] = "post",
    as_json: Annotated[bool, typer.Option("--json", help="Jawaban sebagai JSON.")] = False,
) -> None:
    """Nilai satu teks dan tunjukkan kata yang menentukan."""
    if action not in get_args(Action):
        _fail(f"--action harus salah satu dari: {', '.join(get_args(Action))}", BAD_USAGE)
    scorer = _scorer()
    verdict = scorer.score([Item(text, action, target)], explain=True)[0]  # type: ignore[arg-type]
    typer.echo(json.dumps(_answer(scorer, verdict), ensure_ascii=False, indent=1) if as_json else _words(verdict))


@app.command()
def evaluate(
    path: Annotated[Path, typer.Argument(help="CSV atau JSONL berlabel: text, label, sure, election, …")],
    as_json: Annotated[bool, typer.Option("--json", help="Semua angka sebagai JSON.")] = False,
) -> None:
    """Ukur model pada berkas berlabel."""
    from training.evaluate import evaluate as measure_file
    from training.examples import ExampleError

    try:
        found = measure_file(path, _scorer())
    except (ExampleError, OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        _fail(f"Berkas berlabel tidak dapat dipakai: {type(error).__name__}", BAD_FILE)
    if as_json:
        typer.echo(json.dumps(found, indent=1))
        return
    groups = {"semua": found["all"], "yakin": found["sure"]} | found["elections"]
    for name, row in groups.items():
        figures = "  ".join(f"{key} {_figure(row[key])}" for key in ("n", "precision", "recall", "f1", "roc_auc"))
        typer.echo(f"{name:24s} {figures}")


@app.command()
def train(
    version: Annotated[str, typer.Option(help="Nama versi bundel baru, mis. 2026.12.0.")],
    extra: Annotated[
        list[Path] | None, typer.Option(help="Berkas berlabel tambahan (CSV/JSONL); boleh diulang.")
    ] = None,
) -> None:
    """Latih bundel model baru dari data/corpus dan berkas tambahan; tidak mengaktifkannya."""
    from training.train import train as train_bundle

    manifest = train_bundle(_models_dir() / Path(version).name, version, extra or [])
    typer.echo(json.dumps(manifest["held_out"], indent=1))


@app.command()
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


@model_app.command("list")
def model_list() -> None:
    """Daftar bundel model; yang aktif bertanda *."""
    folder = _models_dir()
    active = _active_name(folder)
    for manifest in sorted(folder.glob("*/manifest.json")):
        name = manifest.parent.name
        typer.echo(f"{'*' if name == active else ' '} {name}")


@model_app.command("show")
def model_show(name: Annotated[str | None, typer.Argument(help="Nama bundel; kosong: yang aktif.")] = None) -> None:
    """Periksa bundel secara penuh dan tampilkan manifesnya."""
    from app.scoring.bundle import read_manifest

    folder = _models_dir()
    _scorer(name)
    manifest = read_manifest(folder / (name or _active_name(folder) or ""))
    typer.echo(json.dumps({k: v for k, v in manifest.items() if k != "files"}, ensure_ascii=False, indent=1))


@model_app.command("activate")
def model_activate(name: Annotated[str, typer.Argument(help="Nama bundel.")]) -> None:
    """Periksa bundel lalu jadikan yang aktif."""
    from app.scoring.bundle import activate

    try:
        activate(_models_dir(), name)
    except ModelError as error:
        _fail(f"Model ditolak ({error.slug}): {error}", BAD_MODEL)
    typer.echo(f"aktif: {name}")


def _models_dir() -> Path:
    """The models folder of the settings; a relative one that is not here is looked for beside the code."""
    folder = Settings().models_dir
    return folder if folder.is_absolute() or folder.is_dir() else Path(__file__).resolve().parents[1] / folder


def _active_name(folder: Path) -> str | None:
    from app.scoring.bundle import ACTIVE

    pointer = folder / ACTIVE
    return pointer.read_text(encoding="ascii").split()[0] if pointer.is_file() else None


def _scorer(name: str | None = None) -> Scorer:
    from app.scoring.bundle import load_active

    try:
        return load_active(_models_dir(), name or Settings().model)
    except ModelError as error:
        _fail(f"Model tidak dapat dipakai ({error.slug}): {error}", BAD_MODEL)


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


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)


def _fail(message: str, code: int) -> NoReturn:
    typer.echo(message, err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
