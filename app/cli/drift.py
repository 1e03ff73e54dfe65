"""``netra drift``: are these acts still like those the model was measured on?"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import common
from app.policy.types import Words
from app.scoring.types import Item

if TYPE_CHECKING:
    from app.observe.drift import Measure, Name
    from app.observe.profile import Profile

_NO_FILES = Words(
    "Sebutkan berkas yang dibandingkan, atau pakai --baseline.", "Name the files to compare, or use --baseline."
)
_TOO_FEW = Words(
    "Terlalu sedikit: perlu paling sedikit {} butir yang dapat dinilai.",
    "Too few: it takes {} acts that can be scored.",
)
_BAD_REFERENCE = Words(
    "Acuan model ini rusak; buat lagi dengan `netra drift --baseline`.",
    "The reference of this model is damaged; make it anew with `netra drift --baseline`.",
)
_NO_REFERENCE = Words(
    "Model ini belum punya acuan; buat dengan `netra drift --baseline`.",
    "This model has no reference yet; make one with `netra drift --baseline`.",
)
_NOT_KEPT = Words(
    "Acuan tidak dapat ditulis ke folder model.", "The reference cannot be written into the model's folder."
)
NAMES: dict[Name, Words] = {
    "scores_psi": Words("sebaran skor (PSI)", "spread of scores (PSI)"),
    "scores_ks": Words("sebaran skor (KS)", "spread of scores (KS)"),
    "unknown_words": Words("kata tak dikenal (selisih)", "unknown words (difference)"),
    "forms_psi": Words("bentuk kata (PSI)", "forms of words (PSI)"),
}
_COMPARED = Words("dibandingkan {} butir dengan acuan {} butir", "compared {} acts with a reference of {}")
_MEASURE = Words("  {:28s}{}  batas {}  {}", "  {:28s}{}  limit {}  {}")
_UNKNOWN = Words("  bagian kata tak dikenal: {} (acuan {})", "  share of unknown words: {} (reference {})")
_WITHIN, _BEYOND = Words("dalam batas", "within the limit"), Words("DI LUAR BATAS", "BEYOND THE LIMIT")
_ALL_WITHIN = Words("Dalam batas.", "Within the limits.")
_KEPT = Words("acuan model {}: {} butir", "reference of model {}: {} acts")


def drift(
    inputs: Annotated[
        list[Path] | None, typer.Argument(help="Berkas unggahan, format apa pun yang dibaca `netra score`.")
    ] = None,
    baseline: Annotated[
        bool, typer.Option("--baseline", help="Simpan acuan dari berkas ini (tanpa berkas: dari data/corpus).")
    ] = False,
    name: Annotated[str | None, typer.Option("--model", help="Nama bundel; kosong: yang aktif.")] = None,
    text_column: Annotated[str | None, typer.Option(help="Nama kolom teks bila tidak ditemukan sendiri.")] = None,
    most: Annotated[int, typer.Option(min=100, help="Kira-kira paling banyak butir yang dinilai.")] = 20_000,
    as_json: Annotated[bool, typer.Option("--json", help="Semua angka sebagai JSON.")] = False,
    en: common.AllInEnglish = False,
) -> None:
    """Bandingkan skor dan kata pada berkas dengan acuan model; kode keluar 1 bila di luar batas."""
    from app.observe.drift import LEAST_ITEMS, compare, profile_of

    if not inputs and not baseline:
        common.fail(_NO_FILES, common.BAD_USAGE)
    scorer = common.load_scorer(name, en)
    folder = common.bundle_folder(name) or common.models_dir()
    expected = None if baseline else _reference(folder)
    found = profile_of(scorer, thinned(_items(inputs, text_column, en) if inputs else _corpus(), most))
    if found.items - found.undecided < LEAST_ITEMS:
        common.fail(Words(*(told.format(LEAST_ITEMS) for told in _TOO_FEW)), common.BAD_FILE)
    if expected is None:
        _keep(folder, found)
        return
    measures = compare(expected, found)
    typer.echo(_json(found, measures) if as_json else report(expected, found, measures))
    if not all(measure.within for measure in measures):
        raise typer.Exit(1)


def thinned(items: Iterable[Item], most: int) -> list[Item]:
    """Items at equal distances, at least ``most`` where there are as many and fewer than twice as many."""
    kept: list[Item] = []
    step = 1
    for number, item in enumerate(items):
        if number % step == 0:
            kept.append(item)
            if len(kept) == 2 * most:
                kept, step = kept[::2], 2 * step
    return kept


def report(expected: Profile, found: Profile, measures: Sequence[Measure]) -> str:
    """The comparison in a few lines, in the language that was asked for."""
    said, figure = common.said, common.figure
    lines = [said(_COMPARED).format(found.items, expected.items)]
    for one in measures:
        judged = said(_WITHIN if one.within else _BEYOND)
        lines.append(said(_MEASURE).format(said(NAMES[one.name]), figure(one.value), figure(one.limit), judged))
    shares = (figure(unknown / max(1, words)) for words, unknown in (found.words, expected.words))
    lines.append(said(_UNKNOWN).format(*shares))
    beyond = ", ".join(said(NAMES[one.name]) for one in measures if not one.within)
    lines.append(f"{said(_BEYOND)}: {beyond}" if beyond else said(_ALL_WITHIN))
    return "\n".join(lines)


def _json(found: Profile, measures: Sequence[Measure]) -> str:
    rows = [{**asdict(one), "within": one.within} for one in measures]
    content = {"items": found.items, "within": all(one.within for one in measures), "measures": rows}
    return json.dumps(content, indent=1)


def _items(paths: Sequence[Path], text_column: str | None, en: bool) -> Iterator[Item]:
    """The acts in files, bad rows left out; leaves with ``BAD_FILE`` when a file cannot be read."""
    from app.batch.columns import ColumnFinder, item_of
    from app.batch.readers import open_table

    finder = ColumnFinder(text_column)
    with common.said_of_files(en):
        for path in paths:
            table = open_table(path, finder)
            columns = finder.require(table, table.kind, table.sheet)
            if table.sheet and table.sheet.others:
                common.warn(table.sheet.told())
            with closing(table.rows()) as rows:
                yield from (item for row in rows if isinstance(item := item_of(row, columns), Item))


def _corpus() -> Iterator[Item]:
    from app.text.resources import DATA_DIR
    from training.examples import read_corpus

    for example in read_corpus(DATA_DIR / "corpus"):
        yield Item(example.text, example.action, example.target_text)  # type: ignore[arg-type]


def _reference(folder: Path) -> Profile:
    """The reference of a bundle; leaves with ``BAD_FILE`` when there is none that can be used."""
    from app.observe.profile import BadReference, read

    try:
        found = read(folder)
    except BadReference:
        common.fail(_BAD_REFERENCE, common.BAD_FILE)
    if found is None:
        common.fail(_NO_REFERENCE, common.BAD_FILE)
    return found


def _keep(folder: Path, found: Profile) -> None:
    from app.observe.profile import write

    try:
        write(folder, found.as_dict())
    except OSError:
        common.fail(_NOT_KEPT, common.BAD_FILE)
    typer.echo(common.said(_KEPT).format(folder.name, found.items))
