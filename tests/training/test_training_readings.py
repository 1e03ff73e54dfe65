"""Readings of posts that are not in the repository, put together with the posts."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from training import readings
from training.examples import ExampleError, read_labelled
from training.readings import COLUMNS, KEY, READINGS, key_of, labelled, posts_in, read_readings, scraped, written

POSTS = ("dukung Pak Wiratmo,\nsampai menang", "jalan rusak lagi", 'siapa "Ulbrem" itu?', "Qertino 🙏")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Scraped files of several kinds, and what is none."""
    files = tmp_path / "unduhan"
    files.mkdir()
    with (files / "b.csv").open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([["id", "full_text"], ["1", POSTS[0]], ["2", ""], ["3", POSTS[1]]])
    rows = [json.dumps({"comments": text}) for text in POSTS[2:]]
    (files / "a.jsonl").write_text("\n".join(rows), encoding="utf-8")
    (files / "catatan.md").write_text("bukan tabel\n", encoding="utf-8")
    (files / "angka.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    return files


@pytest.fixture
def known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Readings of three of the posts."""
    kept = tmp_path / "readings"
    kept.mkdir()
    lines = ["# key\tlabel"]
    for text, label, kind in ((POSTS[1], "0", "criticism"), (POSTS[0], "1", "endorsement"), (POSTS[3], "0", "other")):
        lines.append("\t".join([key_of(text), label, "1", kind, "pilkada-x-2031", "twitter", "b"]))
    (kept / "b.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    monkeypatch.setattr(readings, "read_readings", lambda: read_readings(kept))
    return kept


def test_posts_are_those_of_every_file_that_can_be_read(folder: Path) -> None:
    assert list(posts_in(folder)) == [POSTS[2], POSTS[3], POSTS[0], "", POSTS[1]]


def test_labelled_posts_come_in_the_order_of_their_readings(folder: Path, known: Path) -> None:
    found = scraped(folder)
    assert [(e.text, e.label, e.kind) for e in found] == [
        (POSTS[1], 0, "criticism"),
        (POSTS[0], 1, "endorsement"),
        (POSTS[3], 0, None),  # none of the kinds
    ]
    assert {(e.real, e.doubtful, e.group, e.source, e.platform) for e in found} == {
        (True, False, "pilkada-x-2031", "b", "twitter")
    }


def test_what_is_written_is_what_training_reads(folder: Path, known: Path, tmp_path: Path) -> None:
    once, again = written(folder, tmp_path / "sekali.csv"), written(folder, tmp_path / "lagi.csv")
    assert once.read_bytes() == again.read_bytes()
    assert [e.text for e in read_labelled(once)] == [e.text for e in scraped(folder)]


def test_a_post_that_is_not_there_is_an_error_without_any_text(folder: Path, known: Path, tmp_path: Path) -> None:
    (folder / "a.jsonl").unlink()
    with pytest.raises(ExampleError, match="1 / 3") as error:
        labelled(folder, read_readings(known))
    assert error.value.english == "unduhan: labelled posts not found: 1 / 3"
    with pytest.raises(ExampleError):
        written(folder, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_the_readings_of_this_repository_hold_no_text() -> None:
    found = read_readings()
    assert len(found) > 1_500
    assert len({reading["key"] for reading in found}) == len(found)
    for reading in found:
        assert tuple(reading) == COLUMNS
        assert re.fullmatch(f"[0-9a-f]{{{KEY}}}", reading["key"])
        assert {reading["label"], reading["sure"]} <= {"0", "1"}
        assert all(re.fullmatch(r"[a-z0-9_-]+", reading[name]) for name in COLUMNS[3:])
    assert all(path.suffix == ".tsv" for path in READINGS.iterdir())
