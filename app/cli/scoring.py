"""``netra score`` and ``netra classify``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.advice import Adviser, advise
from app.batch.answers import reason_told, rejections_told
from app.cli import cases, common
from app.policy.policy import policy_answer
from app.policy.types import Language, Policy, Words
from app.policy.wording import INDICATION, PHASE_NAMES
from app.scoring.types import ACCOUNT_KINDS, ACTIONS, SUBJECT_STATUSES, Entity, Item, Verdict, score_shown
from app.watchlists.lists import Watchlists

if TYPE_CHECKING:
    from app.batch.summary import Summary

_ACTIONS = ", ".join(ACTIONS)
_NO_ROWS = Words("dibaca 0 · tidak ada baris data dalam masukan", "read 0 · there are no rows in the input")
_COUNTED = {
    "read": Words("dibaca", "read"),
    "scored": Words("dinilai", "scored"),
    "rejected": Words("ditolak", "rejected"),
    "flagged": Words("ditandai", "flagged"),
    "review": Words("perlu diperiksa", "for review"),
    "undecided": Words("tidak dapat dinilai", "undecided"),
    "queued": Words("dalam antrean", "in the queue"),
}
_BANDS = {
    "flag": Words("TANDAI", "FLAG"),
    "review": Words("PERIKSA", "REVIEW"),
    "clear": Words("BERSIH", "CLEAR"),
    "undecided": Words("TAK DAPAT DINILAI", "UNDECIDED"),
}
_VERDICT = Words("{}  skor {}  jenis {}", "{}  score {}  kind {}")
_REASONS = Words("  alasan: {}", "  reasons: {}")
_NAMED = Words("  disebut: {}", "  named: {}")
_NUMBER = Words("nomor {}", "number {}")
_RULES = Words("  tahap {}, aturan untuk dilihat: {}", "  phase: {}; rules to look at: {}")
_NOTE = Words("  catatan: {}", "  note: {}")

_NOT_ALLOWED = Words("{} harus salah satu dari: {}", "{} must be one of: {}")
_NOT_TOGETHER = Words("{} dan {} tidak dapat dipakai bersama.", "{} and {} cannot be used together.")
_UNKNOWN_ELECTION = Words(
    "Peringatan: pemilihan yang disebut dengan --election tidak ada dalam daftar pantau; lihat netra watchlist list.",
    "Warning: the election given by --election is not in the watchlists; see netra watchlist list.",
)


def score(
    inputs: Annotated[list[str], typer.Argument(help="Berkas CSV, TSV, JSON, JSONL, Parquet, XLSX, .gz atau .zst.")],
    output: Annotated[str, typer.Option("--output", "-o", help="Berkas hasil; akhirannya menentukan format.")],
    text_column: Annotated[str | None, typer.Option(help="Nama kolom teks bila tidak ditemukan sendiri.")] = None,
    action: Annotated[str, typer.Option(help=f"Tindakan bila baris tidak menyebutnya: {_ACTIONS}.")] = "post",
    election: common.Election = None,
    platform: Annotated[str | None, typer.Option(help="Platform bila baris tidak menyebutnya, misalnya x.")] = None,
    watchlist: common.OwnLists = None,
    entities: Annotated[bool, typer.Option(help="Cari calon dan partai yang disebut (kolom netra_entities).")] = True,
    summary: Annotated[Path | None, typer.Option(help="Tulis ringkasan JSON ke berkas ini.")] = None,
    progress: Annotated[bool | None, typer.Option(help="Paksa atau matikan tampilan kemajuan.")] = None,
    queue: Annotated[bool, typer.Option("--queue", help="Masukkan yang perlu diperiksa orang ke antrean.")] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Jumlah proses penilai; kosong: jumlah inti.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Lanjutkan pekerjaan yang terhenti.")] = False,
    restart: Annotated[bool, typer.Option("--restart", help="Buang pekerjaan yang terhenti, mulai lagi.")] = False,
    dask: Annotated[str | None, typer.Option(help="Penjadwal Dask; masukan Parquet, hasil folder.")] = None,
    en: common.AllInEnglish = False,
) -> None:
    """Nilai berkas unggahan hasil pengumpulan; semua kolom masukan dipertahankan."""
    from app.batch.run import ScoreOptions, write_summary
    from app.batch.summary import check_summary
    from app.cli.running import carry_out

    told = common.language(en)
    _require("--action", action, ACTIONS, told)
    _refuse_both({"--resume": resume, "--restart": restart}, told)
    _refuse_both({"--queue": queue, "--dask": dask is not None}, told)
    if summary is not None:
        with common.said_of_files(en):
            check_summary(summary, [Path(name) for name in inputs], Path(output))
    lists = common.watchlists(watchlist)
    common.rules()
    _warn_of_election(election, lists)
    options = ScoreOptions(
        text_column=text_column,
        default_action=action,  # type: ignore[arg-type]
        default_election=election,
        default_platform=platform,
        entities=entities,
        advise=Adviser(lists),
        progress=progress,
        workers=workers,
        leftover="resume" if resume else "restart" if restart else "refuse",
    )
    scorer = common.load_scorer(en=en).with_watchlists(lists)
    with cases.file_intake(scorer, lists, wanted=queue, en=en) as intake:
        result = carry_out(inputs, output, scorer, lists, replace(options, intake=intake), dask, en)
    if summary is not None:
        with common.said_of_files(en):
            write_summary(result, summary)
    for sheet in result.sheets:
        typer.echo(sheet.told().to(told), err=True)
    for line in (_counts(result, queue, told), *_rejections(result, told), INDICATION.to(told)):
        typer.echo(line, err=True)


def _counts(result: Summary, queue: bool, language: Language) -> str:
    """What became of the rows, in one line; what was not asked for or did not happen is left out."""
    if not result.read:
        return _NO_ROWS.to(language)
    figures = {name: getattr(result, name) for name in ("read", "scored", "rejected", "flagged", "review")}
    figures |= {"undecided": result.undecided} if result.undecided else {}
    figures |= {"queued": result.flagged + result.review} if queue else {}
    return " · ".join(f"{_COUNTED[name].to(language)} {count}" for name, count in figures.items())


def _rejections(result: Summary, language: Language) -> Iterator[str]:
    """Why rows were rejected, a line for each reason."""
    for count, told in rejections_told(result.rejections, result.first_rejected, language):
        yield f"  {count} × {told}"


def _warn_of_election(election: str | None, lists: Watchlists) -> None:
    """Every row will say so too, but only once all of them are scored."""
    if election and not lists.knows(election, None):
        common.warn(_UNKNOWN_ELECTION)


def _refuse_both(given: Mapping[str, bool], language: Language) -> None:
    if all(given.values()):
        common.fail(_NOT_TOGETHER.to(language).format(*given), common.BAD_USAGE)


def classify(
    text: Annotated[
        str,
        typer.Argument(
            help="Teks unggahan atau komentar; kosong untuk suka tanpa kata; - membacanya dari masukan baku."
        ),
    ] = "",
    target: Annotated[str, typer.Option(help="Teks yang disukai, dibagikan, atau dikomentari.")] = "",
    media: Annotated[str, typer.Option(help="Kata dalam gambar (OCR, teks alternatif).")] = "",
    action: Annotated[str, typer.Option(help=f"Tindakan: {_ACTIONS}.")] = "post",
    author: Annotated[str | None, typer.Option(help="Akun pemilik sasaran.")] = None,
    posted_at: Annotated[str | None, typer.Option(help="Waktu tindakan, ISO 8601; menentukan tahap.")] = None,
    election: common.Election = None,
    region: Annotated[str | None, typer.Option(help="Wilayah; berlaku bila pemilihan tidak diketahui.")] = None,
    watchlist: common.OwnLists = None,
    account_kind: Annotated[str, typer.Option(help=f"Jenis akun: {', '.join(ACCOUNT_KINDS)}.")] = "tidak_diketahui",
    subject_status: Annotated[
        str, typer.Option(help=f"Status kepegawaian: {', '.join(SUBJECT_STATUSES)}.")
    ] = "tidak_diketahui",
    as_json: Annotated[bool, typer.Option("--json", help="Jawaban sebagai JSON.")] = False,
    en: common.AllInEnglish = False,
) -> None:
    """Nilai satu teks dan tunjukkan kata yang menentukan."""
    told = common.language(en)
    _require("--action", action, ACTIONS, told)
    _require("--account-kind", account_kind, ACCOUNT_KINDS, told)
    _require("--subject-status", subject_status, SUBJECT_STATUSES, told)
    item = Item(
        text=_piped() if text == "-" else text,
        action=action,  # type: ignore[arg-type]
        target_text=target,
        posted_at=posted_at,
        election=election,
        region=region,
        parent_author=author,
        media_text=media,
        account_kind=account_kind,  # type: ignore[arg-type]
        subject_status=subject_status,  # type: ignore[arg-type]
    )
    lists, rules = common.watchlists(watchlist), common.rules()
    scorer = common.load_scorer(en=en).with_watchlists(lists)
    verdict = scorer.score([item], explain=True, entities=True)[0]
    policy = advise(item, verdict, lists, rules)
    if as_json:
        answer = {**asdict(verdict), "policy": policy_answer(policy, told), "model": asdict(scorer.info)}
        answer |= {"watchlist": {"version": lists.version}, "notice": INDICATION.to(told)}
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        typer.echo(_words(verdict, policy, told))


def _piped() -> str:
    """What stands on standard input, which no shell keeps in its history."""
    return sys.stdin.buffer.read().decode("utf-8", "replace").removesuffix("\n")


def _require(option: str, value: str, allowed: Sequence[str], language: Language) -> None:
    if value not in allowed:
        common.fail(_NOT_ALLOWED.to(language).format(option, ", ".join(allowed)), common.BAD_USAGE)


def _words(verdict: Verdict, policy: Policy, language: Language) -> str:
    """The verdict in a few lines."""
    shown = "-" if verdict.score is None else f"{score_shown(verdict.score):.3f}"
    band = _BANDS[verdict.band].to(language)
    lines = [_VERDICT.to(language).format(band, shown, verdict.kind or "-")]
    lines += [f"  {e.weight:+.2f}  {e.surface}" for e in sorted(verdict.evidence, key=lambda e: -abs(e.weight))]
    if verdict.reasons:
        lines.append(_REASONS.to(language).format("; ".join(reason_told(code, language) for code in verdict.reasons)))
    if verdict.entities:
        names = dict.fromkeys(_named(entity, language) for entity in verdict.entities)
        lines.append(_NAMED.to(language).format(", ".join(names)))
    return "\n".join([*lines, *_policy_words(policy, language), INDICATION.to(language)])


def _policy_words(policy: Policy, language: Language) -> Iterator[str]:
    """Phase and ids of the rules, or why there are none; then what a person must establish first."""
    if policy.rules:
        ids = ", ".join(rule.id for rule in policy.rules)
        yield _RULES.to(language).format(PHASE_NAMES[policy.phase].to(language), ids)
    elif policy.reason:
        yield f"  {policy.reason.to(language)}"
    yield from (_NOTE.to(language).format(note.to(language)) for note in policy.notes)


def _named(entity: Entity, language: Language) -> str:
    number = f", {_NUMBER.to(language).format(entity.number)}" if entity.number else ""
    return f"{entity.name} ({entity.role}{number})"
