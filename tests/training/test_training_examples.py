"""Labelled files are read as they are, and what is wrong with them is said without their text."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.scoring.kinds import OTHER_KINDS, SUPPORT_KINDS
from training.examples import Example, ExampleError, digest, read_corpus, read_labelled

SECRET = "rahasia negara"


def jsonl(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def table(path: Path, *rows: dict[str, Any]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.DictWriter(lines, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_row_of_the_corpus(tmp_path: Path) -> None:
    jsonl(
        tmp_path / "a.jsonl",
        {
            "id": "x1",
            "action": "comment",
            "text": "siap pak Xandrowi",
            "target_text": "ayo coblos",
            "label": 1,
            "kind": "vote_call",
            "names": [
                {"field": "text", "start": 9, "end": 17, "kind": "name"},
                {"field": "target_text", "start": 0, "end": 3, "kind": "slogan"},
            ],
            "election": "race1",
            "register": "informal",
            "doubtful": True,
            "readers": 2,
        },
    )
    [example] = read_corpus(tmp_path)
    assert example == Example(
        id="x1",
        text="siap pak Xandrowi",
        label=1,
        kind="vote_call",
        group="race1",
        action="comment",
        target_text="ayo coblos",
        names=(("text", 9, 17, "name"), ("target_text", 0, 3, "slogan")),
        doubtful=True,
        real=False,
        register="informal",
        readers=2,
    )
    assert example.spans("text") == ((9, 17, "name"),)
    assert example.spans("target_text") == ((0, 3, "slogan"),)
    assert example.spans("lain") == ()


def test_the_corpus_comes_in_file_and_line_order(tmp_path: Path) -> None:
    for name, ids in (("b.jsonl", "34"), ("a.jsonl", "12")):
        jsonl(tmp_path / name, *({"id": i, "text": "x", "label": 0} for i in ids))
    (tmp_path / "catatan.txt").write_text("bukan data", encoding="utf-8")
    assert [example.id for example in read_corpus(tmp_path)] == ["1", "2", "3", "4"]


def test_a_table_of_real_posts(tmp_path: Path) -> None:
    path = table(
        tmp_path / "nyata.csv",
        {"text": "ayo\ncoblos", "label": 1, "sure": 1, "election": "e1", "source": "s1", "kind": "vote_call"},
        {"text": "hujan", "label": 0, "sure": 0, "election": "", "source": "", "kind": "tak dikenal"},
    )
    first, second = read_labelled(path)
    assert first == Example("nyata.csv:3", "ayo\ncoblos", 1, "vote_call", "e1", doubtful=False, real=True, source="s1")
    assert second == Example("nyata.csv:4", "hujan", 0, None, "", doubtful=True, real=True)


def test_a_table_with_a_byte_order_mark_and_the_two_columns_it_needs(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,label\nayo,1\n", encoding="utf-8-sig")
    [example] = read_labelled(path)
    assert (example.text, example.label, example.action, example.target_text) == ("ayo", 1, "post", "")


def test_lines_of_json_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"text": "ayo", "label": 1}\r\n')
    assert [(e.text, e.label) for e in read_labelled(path)] == [("ayo", 1)]


def test_labelled_lines_of_json_are_real_posts(tmp_path: Path) -> None:
    [example] = read_labelled(jsonl(tmp_path / "a.jsonl", {"text": "ayo", "label": "0", "group": "g", "sure": "0"}))
    assert (example.real, example.doubtful, example.group, example.label) == (True, True, "g", 0)


@pytest.mark.parametrize("odd", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\r"])
def test_only_a_line_feed_ends_a_line_of_json(tmp_path: Path, odd: str) -> None:
    row = {"text": f"ayo{odd}coblos", "label": 1}
    jsonl(tmp_path / "a.jsonl", row, row)
    assert [example.text for example in read_corpus(tmp_path)] == [row["text"]] * 2
    assert [example.text for example in read_labelled(tmp_path / "a.jsonl")] == [row["text"]] * 2


@pytest.mark.parametrize(
    "row",
    [
        {"label": 1},
        {"text": SECRET},
        {"text": SECRET, "label": 2},
        {"text": SECRET, "label": None},
        {"text": SECRET, "label": True},
        {"text": SECRET, "label": SECRET},
        {"text": SECRET, "label": ""},
        {"text": [SECRET], "label": 1},
        {"text": 5, "label": 1},
        {"text": "ayo", "target_text": {"x": SECRET}, "label": 1},
        {"text": "ayo", "label": 1, "election": [SECRET]},
        {"text": "ayo", "label": 1, "kind": {"x": SECRET}},
        {"text": "ayo", "label": 1, "action": [SECRET]},
        [SECRET],
        SECRET,
        5,
        None,
    ],
    ids=str,
)
def test_a_row_that_cannot_be_used_is_named_by_its_place_alone(tmp_path: Path, row: object) -> None:
    path = jsonl(tmp_path / "a.jsonl", {"text": "baik", "label": 1}, row)
    with pytest.raises(ExampleError, match=r"^a\.jsonl:2: ") as labelled:
        read_labelled(path)
    with pytest.raises(ExampleError, match=r"^a\.jsonl:2: ") as corpus:
        read_corpus(tmp_path)
    assert SECRET not in f"{labelled.value} {corpus.value}"


@pytest.mark.parametrize("line", [SECRET, "{" + SECRET, '{"text": "' + SECRET, "", "[" + SECRET + "]", "[" * 200_000])
def test_a_line_that_is_no_json_is_named_by_its_place_alone(tmp_path: Path, line: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f'{{"text": "baik", "label": 1}}\n{line}\n', encoding="utf-8")
    with pytest.raises(ExampleError, match=r"^a\.jsonl:2: ") as caught:
        read_labelled(path)
    assert SECRET not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_table_without_labels_is_refused(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", {"text": SECRET, "lain": 1})
    with pytest.raises(ExampleError, match=r"^a\.csv:1: tidak ada kolom label;") as caught:
        read_labelled(path)
    assert SECRET not in str(caught.value)


def test_a_table_of_semicolons_is_told_what_it_has_not(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"text;label\n{SECRET};1\n", encoding="utf-8")
    with pytest.raises(ExampleError) as caught:
        read_labelled(path)
    assert str(caught.value) == "a.csv:1: tidak ada kolom text dan label; koma memisahkan kolom"
    assert caught.value.english == "a.csv:1: no column text and no column label; commas separate columns"


@pytest.fixture
def limit() -> Iterator[int]:
    """The longest cell that the ``csv`` module takes if nobody says otherwise."""
    before = csv.field_size_limit(131_072)
    yield 131_072
    csv.field_size_limit(before)


def test_a_cell_longer_than_csv_takes_by_itself_is_read(tmp_path: Path, limit: int) -> None:
    [example] = read_labelled(table(tmp_path / "a.csv", {"text": "a" * (limit + 1), "label": 1}))
    assert len(example.text) == limit + 1


@pytest.mark.usefixtures("limit")
def test_a_cell_too_long_for_a_table_is_named_by_its_place_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.examples.MAX_LINE", 1_000)
    path = table(tmp_path / "a.csv", {"text": "ya", "label": 1}, {"text": SECRET * 100, "label": 1})
    with pytest.raises(ExampleError, match=r"^a\.csv:[23]: ") as caught:
        read_labelled(path)
    assert SECRET not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("kind", [*SUPPORT_KINDS, *OTHER_KINDS])
def test_every_kind_of_the_guide_is_read(tmp_path: Path, kind: str) -> None:
    [example] = read_labelled(jsonl(tmp_path / "a.jsonl", {"text": "x", "label": 1, "kind": kind}))
    assert example.kind == kind


def test_inputs_are_named_with_their_digests(tmp_path: Path) -> None:
    paths = [jsonl(tmp_path / name, {"n": name}) for name in ("b.jsonl", "a.jsonl")]
    found = digest(paths)
    assert list(found) == ["a.jsonl", "b.jsonl"]
    assert found["a.jsonl"] == hashlib.sha256((tmp_path / "a.jsonl").read_bytes()).hexdigest()


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), st.sampled_from([0, 1]))
@settings(deadline=None, max_examples=50)
def test_texts_survive_the_way_through_a_file(tmp_path_factory: pytest.TempPathFactory, text: str, label: int) -> None:
    path = jsonl(tmp_path_factory.mktemp("t") / "a.jsonl", {"text": text, "label": label})
    [example] = read_labelled(path)
    assert (example.text, example.label) == (text, label)
