"""``netra challenge`` and ``netra shadow``: what a new model is worth, before it may bite."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli import common
from app.policy.types import Words
from app.scoring.errors import ModelError

#: Exit code: a gate was not passed.
NOT_PASSED = 1
_PASSED, _FAILED = Words("LULUS", "PASSED"), Words("GAGAL", "FAILED")
_VERDICTS = {"holds": _PASSED, "fails": _FAILED, "not_judged": Words("tidak dinilai", "not judged")}
_SIDES = {"champion": Words("aktif    ", "active    "), "challenger": Words("penantang", "challenger")}
_NOT_GOLDEN = Words(
    "catatan: model aktif tidak lagi menghasilkan prediksi acuannya dengan program ini",
    "note: with this program the active model does not give its reference predictions any more",
)
_GATE = Words(
    "{verdict:13s} {gate} {figure}: {champion} -> {challenger}  beda {difference} [{low}, {high}]  batas {margin:.3f}",
    "{verdict:13s} {gate} {figure}: {champion} -> {challenger}  difference {difference} [{low}, {high}]"
    "  margin {margin:.3f}",
)
_FIGURES = ("champion", "challenger", "difference", "low", "high")
_COUNTED = Words("dibaca {} · ditolak {} · berubah {}", "read {} · rejected {} · changed {}")
Name = Annotated[str, typer.Argument(help="Nama bundel penantang.")]


def challenge(
    name: Name,
    dev: Annotated[list[Path] | None, typer.Option(help="Berkas berlabel yang dibekukan; boleh diulang.")] = None,
    holdout: Annotated[Path | None, typer.Option(help="Berkas label peninjau (netra labels export).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Laporan lengkap sebagai JSON.")] = False,
    en: common.AllInEnglish = False,
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
    en: common.AllInEnglish = False,
) -> None:
    """Nilai berkas dengan model aktif dan penantang, lalu tulis baris yang berubah pita."""
    from training.shadow import shadow as run

    lists = common.watchlists()
    champion, challenger = (common.load_scorer(one, en).with_watchlists(lists) for one in (None, name))
    with _said_plainly(en):
        found = run(inputs, output, champion, challenger, text_column=text_column, with_text=with_text)
    typer.echo(common.said(_COUNTED).format(found.read, found.rejected, found.flips))
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
        common.fail(f"{common.said(common.NO_LABELS)}: {error.english if en else error}", common.BAD_FILE)
    except (OSError, UnicodeDecodeError) as error:
        common.fail_for_file(error, common.NO_READING, en)


def _table(report: Mapping[str, Any]) -> str:
    """One line a gate: figures of champion and challenger, difference with its interval, margin, verdict."""
    lines = [f"{common.said(who)} {report[key]['name']}" for key, who in _SIDES.items()]
    if not report["champion"]["golden"]:
        lines.append(common.said(_NOT_GOLDEN))
    lines += [_line(gate) for gate in report["gates"]]
    return "\n".join([*lines, common.said(_PASSED if report["passed"] else _FAILED)])


def _line(gate: Mapping[str, Any]) -> str:
    told = {name: common.plain_figure(gate[name]) for name in _FIGURES}
    return common.said(_GATE).format_map({**gate, **told, "verdict": common.said(_VERDICTS[gate["verdict"]])})
