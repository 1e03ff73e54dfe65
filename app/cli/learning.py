"""``netra challenge`` and ``netra shadow``: what a new model is worth, before it may bite."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli import common
from app.scoring.errors import ModelError

#: Exit code: a gate was not passed.
NOT_PASSED = 1
_VERDICTS = {"holds": "LULUS", "fails": "GAGAL", "not_judged": "tidak dinilai"}
Name = Annotated[str, typer.Argument(help="Nama bundel penantang.")]


def challenge(
    name: Name,
    dev: Annotated[list[Path] | None, typer.Option(help="Berkas berlabel yang dibekukan; boleh diulang.")] = None,
    holdout: Annotated[Path | None, typer.Option(help="Berkas label peninjau (netra labels export).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Laporan lengkap sebagai JSON.")] = False,
    en: common.English = False,
) -> None:
    """Bandingkan model penantang dengan yang aktif; kode keluar 1 bila ada gerbang yang gagal."""
    from training.challenge import challenge as run

    lists = common.watchlists()
    with _said_plainly(en):
        report = run(common.models_dir(), name, lists, dev or [], holdout)
    typer.echo(json.dumps(report, ensure_ascii=False, indent=1) if as_json else _table(report))
    if not report["passed"]:
        raise typer.Exit(NOT_PASSED)


def shadow(
    name: Name,
    inputs: Annotated[list[Path], typer.Argument(help="Berkas unggahan tersimpan, apa pun formatnya.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="CSV baris yang berubah pita.")],
    with_text: Annotated[bool, typer.Option("--with-text", help="Sertakan teks unggahan.")] = False,
    text_column: Annotated[str | None, typer.Option(help="Nama kolom teks bila tidak ditemukan sendiri.")] = None,
    en: common.English = False,
) -> None:
    """Nilai berkas dengan model aktif dan penantang, lalu tulis baris yang berubah pita."""
    from training.shadow import shadow as run

    lists = common.watchlists()
    champion, challenger = (common.load_scorer(one, en).with_watchlists(lists) for one in (None, name))
    with _said_plainly(en):
        found = run(inputs, output, champion, challenger, text_column=text_column, with_text=with_text)
    typer.echo(f"dibaca {found.read} · ditolak {found.rejected} · berubah {found.flips}")
    for (one, other), count in sorted(found.transitions.items(), key=lambda entry: (-entry[1], entry[0])):
        typer.echo(f"{'  ' if one == other else '* '}{one} > {other}: {count}")


@contextmanager
def _said_plainly(en: bool) -> Iterator[None]:
    """Turns what can be wrong with models and files into a message and an exit code; never shows a row."""
    from app.batch.errors import BatchError
    from training.challenge import ChallengeError, NoChampion
    from training.examples import ExampleError

    try:
        yield
    except ModelError as error:
        common.fail_for_model(error, en)
    except ChallengeError as error:
        code = common.BAD_MODEL if isinstance(error, NoChampion) else common.BAD_USAGE
        common.fail(error.english if en else str(error), code)
    except BatchError as error:
        common.fail(error.english if en else str(error), common.BAD_FILE)
    except ExampleError as error:
        start = "The labelled file cannot be used" if en else "Berkas berlabel tidak dapat dipakai"
        common.fail(f"{start}: {error.english if en else error}", common.BAD_FILE)
    except (OSError, UnicodeDecodeError) as error:
        common.fail_for_file(error, common.NO_READING, en)


def _table(report: Mapping[str, Any]) -> str:
    """One line a gate: figures of champion and challenger, difference with its interval, margin, verdict."""
    lines = [f"{who} {report[key]['name']}" for who, key in (("aktif    ", "champion"), ("penantang", "challenger"))]
    if not report["champion"]["golden"]:
        lines.append("catatan: model aktif tidak lagi menghasilkan prediksi acuannya dengan program ini")
    lines += [_line(gate) for gate in report["gates"]]
    return "\n".join([*lines, "LULUS" if report["passed"] else "GAGAL"])


def _line(gate: Mapping[str, Any]) -> str:
    ends = f"[{_figure(gate['low'])}, {_figure(gate['high'])}]"
    figures = f"{_figure(gate['champion'])} -> {_figure(gate['challenger'])}  beda {_figure(gate['difference'])} {ends}"
    return f"{_VERDICTS[gate['verdict']]:13s} {gate['gate']} {gate['figure']}: {figures}  batas {gate['margin']:.3f}"


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)
