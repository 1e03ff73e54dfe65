"""``netra train`` and ``netra evaluate``."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer

from app.cli import common
from app.filefaults import why_not
from app.policy.types import Words

_SURE: Final = Words("yakin", "sure")
_BAD_VERSION: Final = Words(
    "--version: 1 sampai 100 huruf, angka, titik, tanda hubung, atau garis bawah, diawali huruf atau angka",
    "--version: 1 to 100 letters, digits, dots, dashes or underscores, beginning with a letter or a digit",
)
_NEEDED: Final = Words(
    "--version: model bernama itu sedang atau pernah aktif, dan berkas kasus serta jalan kembali memerlukannya; "
    "pilih versi lain",
    "--version: the model of that name is or was active, and case files and the way back need it; choose another",
)


def train(
    version: Annotated[str, typer.Option(help="Nama versi bundel baru, mis. 2026.12.0.")],
    extra: Annotated[
        list[Path] | None, typer.Option(help="Berkas berlabel tambahan (CSV/JSONL); boleh diulang.")
    ] = None,
    from_reviews: Annotated[
        Path | None, typer.Option("--from-reviews", help="Label peninjau (netra labels export).")
    ] = None,
    en: common.English = False,
) -> None:
    """Latih bundel model baru dari data/corpus, berkas tambahan dan label peninjau; tidak mengaktifkannya."""
    from training.examples import ExampleError
    from training.train import train as train_bundle

    folder = _folder_for(version)
    try:
        manifest = train_bundle(folder, version, extra or [], reviews=from_reviews, full_card=True)
    except ExampleError as error:
        _fail_for_labels(error.english if en else str(error))
    except (OSError, UnicodeDecodeError) as error:
        common.fail_for_file(error, common.NO_READING, en)
    typer.echo(json.dumps(manifest["held_out"], indent=1))


def _folder_for(version: str) -> Path:
    """Where a new bundle goes; leaves with ``BAD_USAGE`` before a minute is spent on one that may not be written."""
    from app.scoring.bundle import is_name

    folder = common.models_dir() / version
    if not is_name(version) or folder.is_file():
        common.fail(_BAD_VERSION, common.BAD_USAGE)
    if folder.exists() and (folder == common.bundle_folder() or version in _once_active(folder.parent)):
        common.fail(_NEEDED, common.BAD_USAGE)
    return folder


def _once_active(models_dir: Path) -> set[str]:
    """Names of the bundles that the history of a models folder tells of, as far as it can be read."""
    from app.scoring.errors import DamagedModel
    from app.scoring.history import History

    with suppress(DamagedModel, OSError):
        noted = History(models_dir, common.read_settings().state_dir).entries()
        return {one.name for entry in noted for one in (entry.before, entry.after) if one is not None}
    return set()


def evaluate(
    path: Annotated[Path, typer.Argument(help="CSV atau JSONL berlabel: text, label, sure, election, …")],
    as_json: Annotated[bool, typer.Option("--json", help="Semua angka sebagai JSON.")] = False,
    en: common.AllInEnglish = False,
) -> None:
    """Ukur model pada berkas berlabel."""
    from training.evaluate import evaluate as measure_file
    from training.examples import ExampleError

    try:
        found = measure_file(path, common.load_scorer(en=en))
    except ExampleError as error:
        _fail_for_labels(error.english if en else str(error))
    except UnicodeDecodeError as error:
        _fail_for_labels(f"{common.said(why_not(error))}.")
    except OSError as error:
        common.fail_for_file(error, Words("Berkas berlabel tidak dapat dibaca", "The labelled file cannot be read"), en)
    if as_json:
        typer.echo(json.dumps(found, indent=1))
        return
    groups = {common.said(common.ALL): found["all"], common.said(_SURE): found["sure"]} | found["elections"]
    for name, row in groups.items():
        figures = "  ".join(
            f"{key} {common.plain_figure(row[key])}" for key in ("n", "precision", "recall", "f1", "roc_auc")
        )
        typer.echo(f"{name:24s} {figures}")


def _fail_for_labels(why: str) -> NoReturn:
    common.fail(f"{common.said(common.NO_LABELS)}: {why}", common.BAD_FILE)


def behave(
    as_json: Annotated[bool, typer.Option("--json", help="Semua angka sebagai JSON.")] = False,
    name: Annotated[str | None, typer.Option("--model", help="Nama bundel; kosong: yang aktif.")] = None,
    en: common.English = False,
) -> None:
    """Jalankan rangkaian uji perilaku; kode keluar 1 bila ada batas yang tidak dipenuhi."""
    from dataclasses import asdict

    from training.behave import run, table

    report = run(common.load_scorer(name, en))
    typer.echo(json.dumps(asdict(report), indent=1, ensure_ascii=False) if as_json else table(report))
    for failure in report.failures():
        typer.echo(f"{'NOT KEPT' if en else 'TIDAK DIPENUHI'}  {failure}", err=True)
    if report.failures():
        raise typer.Exit(1)
