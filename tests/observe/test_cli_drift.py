"""``netra drift`` as an officer meets it, with a scorer of fixed rules behind it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from fakes import FakeScorer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from app import cli
from app.cli import common
from app.cli.drift import NAMES, thinned
from app.observe.drift import LIMITS
from app.observe.profile import FILE, read
from app.scoring.types import Item

runner = CliRunner()
USUAL = ["selamat pagi semua", "masih ragu", "ayo coblos", "rumah besar"] * 60
OTHER = ["ayo coblos zqxwv qwzxk @zqxakun"] * 240


@pytest.fixture(autouse=True)
def fake_model(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(common, "load_scorer", lambda name=None, en=False: FakeScorer())
    monkeypatch.setenv("NETRA_MODELS_DIR", str(models))


def put(path: Path, texts: list[str], header: str = "teks") -> str:
    path.write_text("\n".join([header, *texts]) + "\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def usual(tmp_path: Path) -> str:
    return put(tmp_path / "biasa.csv", USUAL)


@pytest.fixture
def other(tmp_path: Path) -> str:
    return put(tmp_path / "lain.csv", OTHER)


def drift(*words: str) -> Any:
    return runner.invoke(cli.app, ["drift", *words])


def test_sheets_that_are_not_read_are_said(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for sheet in (book.worksheets[0], book.create_sheet("Lain")):
        for text in ["teks", *USUAL]:
            sheet.append([text])
    book.save(tmp_path / "a.xlsx")
    made = drift(str(tmp_path / "a.xlsx"), "--baseline")
    assert made.stdout == "acuan model palsu: 240 butir\n"
    assert made.stderr.startswith("Dari buku kerja a.xlsx hanya lembar “Sheet” yang dibaca; 1 lembar lain ")


def test_a_reference_is_made_of_files_and_they_are_within_its_bounds(models: Path, usual: str) -> None:
    made = drift(usual, "--baseline")
    assert (made.exit_code, made.output) == (0, "acuan model palsu: 240 butir\n")
    assert drift(usual, "--baseline", "--en").output == "reference of model palsu: 240 acts\n"
    assert read(models / "palsu").items == 240  # type: ignore[union-attr]
    result = drift(usual)
    assert result.exit_code == 0
    assert result.output.endswith("\nDalam batas.\n")
    assert "LUAR" not in result.output
    assert drift(usual, "--en").output.endswith("\nWithin the limits.\n")


def test_acts_of_another_kind_are_beyond_the_bounds_and_it_is_said_in_what(usual: str, other: str) -> None:
    drift(usual, "--baseline")
    result = drift(other)
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[0] == "dibandingkan 240 butir dengan acuan 240 butir"
    assert lines[-1].startswith("DI LUAR BATAS: sebaran skor (PSI), sebaran skor (KS), kata tak dikenal (selisih)")
    assert sum(line.endswith("  DI LUAR BATAS") for line in lines) == lines[-1].count(",") + 1
    assert [line for line in lines if re.fullmatch(r"  bagian kata tak dikenal: 0,\d{3} \(acuan 0,\d{3}\)", line)]
    assert "zqx" not in result.output


def test_the_comparison_in_english(usual: str, other: str) -> None:
    drift(usual, "--baseline")
    lines = drift(other, "--en").output.splitlines()
    assert lines[0] == "compared 240 acts with a reference of 240"
    assert lines[-1].startswith("BEYOND THE LIMIT: spread of scores (PSI), spread of scores (KS), unknown words")
    assert sum(line.endswith("  BEYOND THE LIMIT") for line in lines) == lines[-1].count(",") + 1
    assert [line for line in lines if re.fullmatch(r"  share of unknown words: 0\.\d{3} \(reference 0\.\d{3}\)", line)]


def test_the_figures_as_json(usual: str, other: str) -> None:
    drift(usual, "--baseline")
    found = {path: json.loads(drift(path, "--json").output) for path in (usual, other)}
    assert [found[path]["within"] for path in (usual, other)] == [True, False]
    assert [measure["name"] for measure in found[other]["measures"]] == list(LIMITS)
    for measure in found[other]["measures"]:
        assert measure["within"] is (measure["value"] <= measure["limit"])


def test_several_files_of_any_format_are_one_set(tmp_path: Path, usual: str) -> None:
    drift(usual, "--baseline")
    lines = tmp_path / "lagi.jsonl"
    lines.write_text("".join(json.dumps({"full_text": text}) + "\n" for text in USUAL))
    result = drift(usual, str(lines))
    assert result.exit_code == 0
    assert result.output.startswith("dibandingkan 480 butir")


def test_bad_rows_and_acts_without_a_score_do_not_count(tmp_path: Path, usual: str) -> None:
    drift(usual, "--baseline")
    rows = [*(f"post,{text}" for text in USUAL), "like,", "post,", "terbang,a"]
    result = drift(put(tmp_path / "rusak.csv", rows, "aksi,teks"))
    assert result.exit_code == 0
    assert result.output.startswith("dibandingkan 241 butir")


def test_the_text_column_can_be_named(tmp_path: Path, usual: str) -> None:
    drift(usual, "--baseline")
    path = put(tmp_path / "asing.csv", [f"a,{text}" for text in USUAL], "satu,dua")
    assert drift(path, "--text-column", "dua").exit_code == 0
    assert drift(path).exit_code == common.BAD_FILE


def test_a_model_can_be_named(models: Path, usual: str) -> None:
    (models / "lain").mkdir()
    assert drift(usual, "--baseline", "--model", "lain").output == "acuan model lain: 240 butir\n"
    assert read(models / "palsu") is None
    assert drift(usual, "--model", "lain").exit_code == 0


def test_the_corpus_is_the_reference_when_no_file_is_given(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.cli.drift._corpus", lambda: map(Item, USUAL))
    assert drift("--baseline").exit_code == 0
    assert read(models / "palsu").items == 240  # type: ignore[union-attr]


def test_the_corpus_is_read_as_acts() -> None:
    from app.cli.drift import _corpus

    acts = [item for _, item in zip(range(4000), _corpus(), strict=False)]
    assert all(item.text or item.target_text for item in acts)
    assert any(item.target_text for item in acts)


def test_at_most_so_many_are_scored(usual: str) -> None:
    drift(usual, "--baseline", "--most", "100")
    assert drift(usual, "--most", "100").output.startswith("dibandingkan 120 butir dengan acuan 120 butir")


def test_without_files_it_says_what_to_do() -> None:
    result = drift()
    assert result.exit_code == common.BAD_USAGE
    assert "--baseline" in result.stderr


def test_without_a_reference_it_says_what_to_do(usual: str) -> None:
    result = drift(usual)
    assert result.exit_code == common.BAD_FILE
    assert "--baseline" in result.stderr


def test_a_damaged_reference_is_not_used(models: Path, usual: str) -> None:
    (models / "palsu" / FILE).write_text('{"zqx": 1}')
    result = drift(usual)
    assert (result.exit_code, "rusak" in result.stderr, "zqx" in result.stderr) == (common.BAD_FILE, True, False)


@pytest.mark.parametrize("count", [1, 99])
def test_a_few_acts_are_not_compared(tmp_path: Path, usual: str, count: int) -> None:
    drift(usual, "--baseline")
    result = drift(put(tmp_path / "sedikit.csv", USUAL[:count]))
    assert (result.exit_code, "100" in result.stderr) == (common.BAD_FILE, True)


def test_a_few_acts_are_no_reference(models: Path, tmp_path: Path) -> None:
    assert drift(put(tmp_path / "sedikit.csv", USUAL[:99]), "--baseline").exit_code == common.BAD_FILE
    assert read(models / "palsu") is None


def test_a_reference_that_cannot_be_written_is_said(usual: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    result = drift(usual, "--baseline")
    assert (result.exit_code, "tidak dapat ditulis" in result.stderr) == (common.BAD_FILE, True)


@pytest.mark.parametrize(("flag", "words"), [([], "tidak ada atau tidak boleh"), (["--en"], "does not exist")])
def test_a_file_that_is_not_there_is_said_in_both_languages(
    tmp_path: Path, usual: str, flag: list[str], words: str
) -> None:
    drift(usual, "--baseline")
    result = drift(str(tmp_path / "tidak-ada.csv"), *flag)
    assert (result.exit_code, words in result.stderr) == (common.BAD_FILE, True)


def test_every_measure_has_an_indonesian_name() -> None:
    assert set(NAMES) == set(LIMITS)


@given(st.integers(0, 2000), st.integers(1, 50))
def test_thinning_keeps_enough_at_equal_distances_from_the_first_on(count: int, most: int) -> None:
    items = [Item(str(number)) for number in range(count)]
    kept = [int(item.text) for item in thinned(iter(items), most)]
    assert min(count, most) <= len(kept) < 2 * most
    if len(kept) > 1:
        step = kept[1] - kept[0]
        assert kept == list(range(0, count, step))
