"""A command line that was typed wrong, as its user meets it."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from app import cli
from app.cli import common, usage

runner = CliRunner()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["score"], "Argumen inputs belum diisi.\nLihat: netra score --help\n"),
        (["score", "a.csv"], "Pilihan --output / -o wajib diisi.\nLihat: netra score --help\n"),
        (["score", "a.csv", "-o"], "Pilihan -o memerlukan nilai.\n"),
        (["scor"], "Perintah scor tidak ada. Maksudnya score?\nLihat: netra --help\n"),
        (["xyzzy"], "Perintah xyzzy tidak ada.\nLihat: netra --help\n"),
        (["model", "lst"], "Perintah lst tidak ada. Maksudnya list?\nLihat: netra model --help\n"),
        (["--versi"], "Pilihan --versi tidak ada. Maksudnya --version?\nLihat: netra --help\n"),
        (["classify", "--zzz"], "Pilihan --zzz tidak ada; teks yang diawali - ditulis setelah --.\n"),
        (["classify", "x", "--json=1"], "Pilihan --json tidak memakai nilai.\n"),
        (["score", "a", "-o", "b", "--workers", "0"], "Nilai untuk --workers tidak sesuai: paling kecil 1.\n"),
        (["score", "a", "-o", "b", "--workers", "x"], "Nilai untuk --workers tidak sesuai: harus bilangan bulat.\n"),
        (["serve", "--port", "65536"], "Nilai untuk --port tidak sesuai: paling besar 65535.\n"),
    ],
)
def test_what_was_typed_wrong_is_said_in_indonesian(words: list[str], told: str) -> None:
    result = runner.invoke(cli.app, words, prog_name="netra")
    assert (result.exit_code, result.stdout) == (common.BAD_USAGE, "")
    assert result.stderr.startswith(told)


@pytest.mark.parametrize(
    "words",
    [
        ["classify", "rahasia", "sekali rahasia"],
        ["classify", "--rahasia sekali"],
        ["classify", "-rahasia sekali"],
        ["rahasia sekali"],
        ["classify", "x", "--json=rahasia"],
        ["score", "a", "-o", "b", "--workers", "rahasia"],
    ],
)
def test_what_may_be_a_post_is_not_shown_again(words: list[str]) -> None:
    result = runner.invoke(cli.app, words, prog_name="netra")
    assert result.exit_code == common.BAD_USAGE
    assert result.stderr
    assert "rahasia" not in result.output


@pytest.mark.parametrize(
    ("words", "told"), [(["score", "--en"], "Missing argument"), (["scor", "--en"], "No such command")]
)
def test_english_is_left_to_those_who_ask_for_it(words: list[str], told: str) -> None:
    result = runner.invoke(cli.app, words)
    assert result.exit_code == common.BAD_USAGE
    assert told in result.output


@pytest.mark.parametrize("words", [[], ["model"], ["key"]])
def test_without_a_command_the_help_is_shown(words: list[str]) -> None:
    result = runner.invoke(cli.app, words)
    assert result.exit_code == common.BAD_USAGE
    assert "--help" in result.output
    assert "tidak dapat dipahami" not in result.output


def test_words_that_nobody_knows_yet_are_not_shown() -> None:
    assert usage.in_indonesian("Something rahasia happened.") == "Perintah tidak dapat dipahami."
