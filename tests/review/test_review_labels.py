"""Labels for training, samples for people, and tables that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st
from reviewkit import ANNA, BUDI, CITRA, RACE, REASON, Clock, desk_with, get, judged, numbered, queued, say, texts

from app.review.desk import CLI, Desk
from app.review.exports import cell, csv_text
from app.review.filters import Filters
from app.review.labels import exported, label_rows, line, without_label
from app.review.leases import claim
from app.review.sampling import diverse, mark, sample
from app.review.verify import verify
from app.review.words import Label
from app.store import Store
from training.examples import ExampleError, read_labelled


def test_labels_are_what_training_reads(store: Store, desk: Desk, tmp_path: Path) -> None:
    comment = judged("coblos 1\u2028\n", action="comment", target_text="isi sasaran", platform="X")
    support, other = queued(store, desk, comment, judged("saya ragu \ud83d", election=None))
    say(store, desk, ANNA, support, "dukungan", kind="slogan")
    say(store, desk, ANNA, other, "bukan", kind="question")
    path = tmp_path / "labels.jsonl"
    with store.read() as tx:
        path.write_text("".join(map(line, label_rows(tx, desk))), encoding="utf-8", newline="\n")
    first, second = sorted(read_labelled(path), key=lambda example: -example.label)
    assert (first.id, first.text, first.target_text) == (support, "coblos 1\u2028\n", "isi sasaran")
    assert (first.label, first.kind, first.action, first.group) == (1, "slogan", "comment", RACE)
    assert (first.doubtful, first.source, first.real) == (False, "tinjauan-x", True)
    assert (second.label, second.kind, second.group, second.text) == (0, "question", "", "saya ragu ?")
    assert second.source == "tinjauan-lain"


@pytest.mark.parametrize(
    ("labels", "label", "sure"),
    [
        (["dukungan"], 1, 1),
        (["bukan"], 0, 1),
        (["dukungan", "dukungan"], 1, 1),
        (["dukungan", "ragu"], 1, 0),
        (["bukan", "ragu"], 0, 0),
        (["dukungan", "bukan", "dukungan"], 1, 0),
        (["dukungan", "bukan", "bukan"], 0, 0),
    ],
)
def test_doubt_goes_along(store: Store, clock: Clock, labels: list[Label], label: int, sure: int) -> None:
    desk = desk_with(clock, second_percent=100)
    [item_id] = queued(store, desk, judged())
    for reviewer, said in zip((ANNA, BUDI, CITRA), labels, strict=False):
        say(store, desk, reviewer, item_id, said)
    with store.read() as tx:
        [row] = label_rows(tx, desk)
    assert (row["label"], row["sure"], row["readers"]) == (label, sure, len(labels))
    assert row["reviewers"] == [desk.reviewer(who) for who in (ANNA, BUDI, CITRA)[: len(labels)]]
    assert row["kind"] is None


@pytest.mark.parametrize("labels", [["ragu"], ["ragu", "ragu"], ["dukungan", "bukan"], ["bukan", "dukungan", "ragu"]])
def test_no_label_is_made_up_where_readers_give_none(store: Store, clock: Clock, labels: list[Label]) -> None:
    desk = desk_with(clock, second_percent=100)
    item_id, decided, _ = queued(store, desk, *numbered(3))
    for reviewer, said in zip((ANNA, BUDI, CITRA), labels, strict=False):
        say(store, desk, reviewer, item_id, said)
    say(store, desk, ANNA, decided, "bukan")
    with store.read() as tx:
        assert [row["id"] for row in label_rows(tx, desk)] == [decided]
        assert without_label(tx) == 1
        assert without_label(tx, Filters(election="tidak-ada")) == 0


def test_the_kind_is_that_of_most_readers_who_are_right(store: Store, clock: Clock) -> None:
    desk = desk_with(clock, second_percent=100)
    [item_id] = queued(store, desk, judged())
    for who, said, kind in ((ANNA, "dukungan", "slogan"), (BUDI, "bukan", "news"), (CITRA, "dukungan", "promotion")):
        say(store, desk, who, item_id, said, kind=kind)
    with store.read() as tx:
        [row] = label_rows(tx, desk)
    assert row["kind"] in ("promotion", "slogan")


def test_ids_alone_hold_no_words(store: Store, desk: Desk, tmp_path: Path) -> None:
    [item_id, *_] = queued(store, desk, judged("coblos rahasia-uji", author="penulis-uji"), judged("coblos lagi"))
    say(store, desk, ANNA, item_id, "dukungan", "alasan-uji yang jelas")
    with store.begin() as tx:
        rows = list(label_rows(tx, desk, with_text=False))
        exported(tx, desk, CLI, len(rows), with_text=False)
        assert verify(tx, desk.secrets).whole
    written = "".join(map(line, rows))
    assert [row["id"] for row in rows] == [item_id]
    assert not [word for word in ("rahasia-uji", "penulis-uji", "alasan-uji", ANNA) if word in written]
    path = tmp_path / "ids.jsonl"
    path.write_text(written, encoding="utf-8")
    with pytest.raises(ExampleError):
        read_labelled(path)


def test_filters_narrow_labels(store: Store, desk: Desk) -> None:
    ids = queued(store, desk, judged("coblos"), judged("saya ragu"))
    for item_id in ids:
        say(store, desk, ANNA, item_id, "bukan")
    with store.read() as tx:
        assert [row["id"] for row in label_rows(tx, desk, Filters(band="review"))] == [ids[1]]


SLOGANS = ["coblos nomor dua", "pilih bu gendis", "menangkan padma", "salam satu jari"]


def test_a_sample_is_uncertain_and_no_two_of_it_alike(store: Store, desk: Desk) -> None:
    copies = [judged(f"coblos nomor dua {'!' * k}", score=0.5 + k / 1000) for k in range(30)]
    others = [judged(f"{words} coblos", score=0.7) for words in SLOGANS[1:]]
    ids = queued(store, desk, *copies, *others)
    with store.read() as tx:
        found = texts(sample(tx, 4))
    assert {words.removesuffix(" coblos") for words in found[1:]} == set(SLOGANS[1:])
    assert found[0] == "coblos nomor dua "
    say(store, desk, ANNA, ids[0], "dukungan")
    with store.read() as tx:
        assert "coblos nomor dua " not in texts(sample(tx, 4))


def test_a_marked_sample_can_be_claimed(store: Store, desk: Desk) -> None:
    queued(store, desk, *numbered(6))
    with store.begin() as tx:
        mark(tx, desk, CLI, sample(tx, 5))
        mark(tx, desk, CLI, sample(tx, 2))
    given_out = []
    with store.begin() as tx:
        while item := claim(tx, desk, f"orang {len(given_out)}", Filters(sampled=True)):
            given_out.append(item.score)
    assert given_out == [get(store, one).score for one in []] + sorted(given_out, reverse=True)
    assert len(given_out) == 2


def test_nothing_waits_so_nothing_is_sampled(store: Store) -> None:
    with store.read() as tx:
        assert sample(tx, 5) == []


@given_settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.sampled_from(["", " ", *SLOGANS, "a", "!!"]), st.floats(0, 1)), max_size=20),
    st.integers(1, 8),
)
def test_a_sample_is_as_large_as_it_can_be_and_in_order(found: list[tuple[str, float]], size: int) -> None:
    words, doubt = [text for text, _ in found], [value for _, value in found]
    chosen = diverse(words, doubt, size)
    assert len(chosen) == len(set(chosen)) == min(size, len(found))
    assert [doubt[k] for k in chosen] == sorted((doubt[k] for k in chosen), reverse=True)
    assert diverse(words, doubt, size) == chosen


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "\t=", "＝", "＋"])
def test_no_text_begins_as_a_formula(start: str) -> None:
    found = cell(f"{start}HYPERLINK(A1)")
    assert isinstance(found, str)
    assert found.startswith("'")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        (-1.5, -1.5),
        (3, 3),
        (True, True),
        ("wajar", "wajar"),
        (["a", "b"], "a b"),
        (["=a"], "'=a"),
        ("a\x00b", "ab"),
    ],
)
def test_cells(value: object, expected: object) -> None:
    assert cell(value) == expected


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_tables_are_read_back_guarded(values: list[str]) -> None:
    columns = [f"k{k}" for k in range(len(values))]
    written = csv_text(columns, [dict(zip(columns, values, strict=True))])
    header, row = csv.reader(io.StringIO(written, newline=""), strict=True)
    assert header == columns
    assert not [value for value in row if value.lstrip()[:1] in ("=", "+", "-", "@")]


def test_a_line_is_one_line_of_json() -> None:
    written = line({"text": "a\nb\u2028", "reviewers": []})
    assert written.count("\n") == 1
    assert json.loads(written) == {"text": "a\nb\u2028", "reviewers": []}
    assert REASON not in written
