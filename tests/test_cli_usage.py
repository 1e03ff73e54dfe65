"""A command line that was typed wrong, as its user meets it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from app import cli
from app.cli import common, helping, helpwords, usage

runner = CliRunner()
#: Wide enough that no word of a table is broken.
WIDE = {"COLUMNS": "300"}
ENGLISH = re.compile(r"\b(Usage|Options?|Arguments?|Commands?|OPTIONS|COMMAND|ARGS|required|default|Show this)\b")


def commands(command: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command and group, by the words that are typed for it."""
    found = command or typer.main.get_command(cli.app)
    yield path, found
    for name, below in getattr(found, "commands", {}).items():
        yield from commands(below, (*path, name))


def ours() -> set[str]:
    """Everything that help says in our words."""
    found = [command for _, command in commands()]
    return {one.help for command in found for one in (command, *command.params)}


def parameters() -> list[tuple[str, str]]:
    """What every option and argument is for, by where it stands."""
    return [(" ".join((*path, one.name)), one.help or "") for path, command in commands() for one in command.params]


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


@pytest.mark.parametrize("path", [path for path, _ in commands()], ids=" ".join)
def test_help_is_indonesian(path: tuple[str, ...]) -> None:
    told = runner.invoke(cli.app, [*path, "--help"], prog_name="netra", env=WIDE)
    assert (told.exit_code, told.stderr, ENGLISH.findall(told.stdout)) == (0, "", [])
    assert told.stdout.split()[:2] == ["Pemakaian:", "netra"]
    assert "Tampilkan bantuan ini." in told.stdout


@pytest.mark.parametrize("front", [True, False])
@pytest.mark.parametrize("path", [path for path, _ in commands()], ids=" ".join)
def test_help_is_english_for_those_who_ask_before_or_behind_the_command(path: tuple[str, ...], front: bool) -> None:
    words = ["--en", *path] if front else [*path, "--en"]
    told = runner.invoke(cli.app, [*words, "--help"], prog_name="netra", env=WIDE)
    assert (told.exit_code, told.stderr) == (0, "")
    assert {"Usage", "OPTIONS", "Options", "Show this"} <= set(ENGLISH.findall(told.stdout))
    assert [one for one in (*ours(), "Tampilkan bantuan ini.") if one in told.stdout] == []


def test_english_help_says_neither_less_nor_more_than_indonesian_help() -> None:
    assert ours() == set(helpwords.ENGLISH)
    for told in helpwords.ENGLISH.values():
        assert re.fullmatch(r"[A-Z].*[.…]", told)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--en"], "Usage: netra"),
        (["--en", "model"], "Usage: netra model"),
        (["model", "--en", "show", "tidak-ada"], "The model cannot be used: "),
        (["--en", "score", "a.csv", "-o", "b.csv", "--action", "x"], "--action must be one of: post, "),
        (["classify", "x", "--action", "x", "--en"], "--action must be one of: post, "),
        (["classify", "--action", "x", "--", "--en"], "--action harus salah satu dari: post, "),
    ],
)
def test_en_holds_wherever_it_stands_but_for_a_text(words: list[str], told: str) -> None:
    result = runner.invoke(cli.app, words, prog_name="netra")
    assert result.exit_code != 0
    assert result.output.strip().startswith(told)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ([], ["[PILIHAN] PERINTAH [ARGUMEN]...", "─ Perintah ─", "─ Pilihan ─"]),
        (["score"], ["─ Argumen ─", "[wajib]", "[bawaan: post]", "post, comment, share, like, follow."]),
        (["classify"], ["Status kepegawaian: PNS, PPPK, tidak_diketahui.", "[bawaan: tidak_diketahui]"]),
    ],
)
def test_what_stands_around_our_words_is_ours(path: list[str], told: list[str]) -> None:
    help_text = runner.invoke(cli.app, [*path, "--help"], env=WIDE).stdout
    assert [one for one in told if one not in help_text] == []


def test_a_version_of_the_library_without_some_of_its_words_still_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helping, "_FRAME", {**helping._FRAME, "RAHASIA_TITLE": "x"})
    result = runner.invoke(cli.app, ["model", "--help"])
    assert (result.exit_code, "Pilihan" in result.stdout) == (0, True)


@pytest.mark.parametrize(("place", "told"), parameters(), ids=[place for place, _ in parameters()])
def test_every_option_says_what_it_is_for_in_a_sentence(place: str, told: str) -> None:
    assert re.fullmatch(r"[A-Z0-9].* .*[.…]", told)


@pytest.mark.parametrize("words", [[], ["model"], ["key"]])
def test_without_a_command_the_help_is_shown(words: list[str]) -> None:
    result = runner.invoke(cli.app, words)
    assert result.exit_code == common.BAD_USAGE
    assert "--help" in result.output
    assert ENGLISH.findall(result.output) == []
    assert "tidak dapat dipahami" not in result.output


def test_words_that_nobody_knows_yet_are_not_shown() -> None:
    assert usage.in_indonesian("Something rahasia happened.") == "Perintah tidak dapat dipahami."
