"""What the page of an upload says of rows that were rejected: the words of the command line, and never a text."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from fakes import FakeScorer
from typer.testing import CliRunner
from web.uploadkit import lines
from web.uploadpages import done, download, started, uploads, wait
from webkit import Console

from app import cli
from app.cli import common
from app.problems import Language
from app.web.wordbook import COOKIE, words

EMPTY = "teks kosong dan tidak ada teks sasaran (missing_text)"
EMPTY_EN = "the text is empty, and no target has one (missing_text)"
BAD_ROWS = b"text,action\nrahasia satu,mengintip\n,post\nrahasia dua,post\n,post\n"


@pytest.mark.parametrize(
    ("content", "language", "told"),
    [
        (lines(4), "id", []),
        (
            BAD_ROWS,
            "id",
            [f"2 × {EMPTY} · pertama: baris 3", "1 × kata aksi tidak dikenal (unknown_action) · pertama: baris 2"],
        ),
        (
            BAD_ROWS,
            "en",
            [
                f"2 × {EMPTY_EN} · first: line 3",
                "1 × the word for the action is not known (unknown_action) · first: line 2",
            ],
        ),
        (b'[{"text": "rahasia"}, {"text": ""}]', "id", [f"1 × {EMPTY} · pertama: butir 2"]),
        (b"id,text\n0,rahasia\n" + b"1,\n" * 1200, "id", [f"1.200 × {EMPTY} · pertama: baris 3"]),
        (b"id,text\n0,rahasia\n" + b"1,\n" * 1200, "en", [f"1,200 × {EMPTY_EN} · first: line 3"]),
    ],
)
def test_why_rows_were_rejected_is_said_by_reason_and_never_with_a_text(
    console: Console, content: bytes, language: Language, told: list[str]
) -> None:
    path = started(console, content, "unggahan.json" if content.startswith(b"[") else "unggahan.csv")
    wait(console)
    if language == "en":
        console.api.client.cookies.set(COOKIE, "en")
    page = console.get(path)
    heading = words(language)["uploads.rejected"].capitalize()
    [result] = page.tree.xpath("//section[@aria-labelledby='hasil-judul']")
    assert result.xpath(".//h3/text()") == ([heading] if told else [])
    assert result.xpath(".//li/text()") == told
    assert "rahasia" not in page.text


def test_the_page_says_of_rejected_rows_what_the_command_line_and_the_result_say(
    console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = started(console, BAD_ROWS, bentuk=".csv")
    told = done(console, path).tree.xpath("//section[@aria-labelledby='hasil-judul']//li/text()")
    (tmp_path / "a.csv").write_bytes(BAD_ROWS)
    monkeypatch.setattr(common, "load_scorer", lambda name=None, en=False: FakeScorer())
    said = CliRunner().invoke(cli.app, ["score", str(tmp_path / "a.csv"), "-o", str(tmp_path / "b.csv")]).stderr
    assert [f"  {line}" for line in told] == [line for line in said.splitlines() if " × " in line]
    errors = [row["netra_error"] for row in csv.DictReader(io.StringIO(download(console, path).text))]
    for line in told:
        why, _, place = line.partition(" × ")[2].partition(" · pertama: ")
        assert f"{place}: {why}" in errors


def test_a_run_of_an_earlier_version_says_why_without_a_place(console: Console) -> None:
    path = started(console, BAD_ROWS)
    wait(console)
    folder = uploads(console).folder
    kept = folder.get(path[-32:])
    del kept.counts["first_rejected"]
    folder.put(kept)
    assert console.get(path).tree.xpath("//section//li/text()")[0] == f"2 × {EMPTY}"
