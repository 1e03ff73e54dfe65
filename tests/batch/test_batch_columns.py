"""Which column is the text, what a row's act was, what makes an item."""

from __future__ import annotations

import datetime
from typing import Any, get_args

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.batch.answers import _PROBLEMS
from app.batch.columns import ColumnFinder, Columns, fold_name, item_of, read_action
from app.batch.errors import ColumnMissingError, NoTextColumnError, NoTextInHeaderError, NoTextKeyError, OneColumnError
from app.batch.readers import open_table
from app.batch.sources import Kind
from app.batch.table import Problem, Row, as_json, as_text, label_columns
from app.policy.phase import moment_of
from app.review.acts import moment
from app.scoring.types import ACTIONS, Item
from tests.batch.batchkit import Put, Score
from tests.batch.test_batch_readers import parquet_bytes, xlsx_bytes


def find(*header: str, text_column: str | None = None) -> Columns:
    return ColumnFinder(text_column).find(label_columns(header))


TEXT_NAMES = (
    "full_text text tweet comment comments content caption teks isi komentar status message body review unggahan"
)


@pytest.mark.parametrize("name", TEXT_NAMES.split())
def test_names_of_the_text_column(name: str) -> None:
    for written in (name, name.upper(), f" {name.title()} ", f'"{name}"', "\ufeff" + name, name.replace("_", "-")):
        assert find("nomor", written, "suka").text == (written,)


@pytest.mark.parametrize(
    ("header", "text"),
    [
        (["status", "text"], "text"),
        (["text", "full_text"], "full_text"),
        (["comment", "Text"], "Text"),
        (["teks", "isi", "caption"], "caption"),
        (["judul", "textual", "subtext"], None),
    ],
)
def test_the_surest_name_wins_and_similar_names_do_not_count(header: list[str], text: str | None) -> None:
    found = find(*header).text
    assert (found[0] if found else None) == text


def test_a_text_column_that_is_named_beats_all_known_names() -> None:
    assert find("text", "Ujaran Warga", text_column="ujaran-warga").text == ("Ujaran Warga",)
    assert find("text", text_column="ujaran").text == ()


@pytest.mark.parametrize(
    ("header", "purpose"),
    [
        ("id_str", "id"),
        ("ID", "id"),
        ("Aksi", "action"),
        ("action", "action"),
        ("target_text", "target_text"),
        ("Teks Target", "target_text"),
        ("created_at", "posted_at"),
        ("posted_at", "posted_at"),
        ("platform", "platform"),
        ("election", "election"),
    ],
)
def test_other_columns(header: str, purpose: str) -> None:
    assert getattr(find("text", header), purpose) == (header,)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Full-Text", "full_text"),
        ("\u200bte\u00adxt\u2060", "text"),
        ("  isi   unggahan ", "isi_unggahan"),
        ("\ufeff'Teks'", "teks"),
        ("", ""),
    ],
)
def test_folding_names(written: str, folded: str) -> None:
    assert fold_name(written) == folded


WORDS = {
    "post": "post unggah posting unggahan",
    "comment": "comment komentar komen reply replied_to balas",
    "share": "share bagikan repost retweet retweeted quoted membagikan",
    "like": "like suka menyukai",
    "follow": "follow ikuti mengikuti",
}


@pytest.mark.parametrize(
    ("word", "action"), [(word, action) for action, words in WORDS.items() for word in words.split()]
)
def test_words_for_actions(word: str, action: str) -> None:
    assert read_action(word) == read_action(f"  {word.upper()} ") == action


@pytest.mark.parametrize(
    ("written", "action"),
    [
        ("Membagikan ulang", "share"),
        ("bagikan-ulang", "share"),
        ("Balasan Komentar", "comment"),
        ("Quote tweet", "share"),
    ],
)
def test_actions_of_two_words(written: str, action: str) -> None:
    assert read_action(written) == action


def test_every_action_has_its_own_name() -> None:
    assert [read_action(action) for action in ACTIONS] == list(ACTIONS)


@pytest.mark.parametrize(("word", "default", "action"), [("", "post", "post"), (" ", "comment", "comment")])
def test_no_word_is_the_default(word: str, default: Any, action: str) -> None:
    assert read_action(word, default) == action


@pytest.mark.parametrize("word", ["menari", "posts!", "0", "like,share"])
def test_other_words_are_no_action(word: str) -> None:
    assert read_action(word, "like") is None


COLUMNS = find("text", "action", "target_text", "id", "created_at", "platform", "election")


@pytest.mark.parametrize(
    ("cells", "item"),
    [
        ({"text": "pagi"}, Item("pagi")),
        ({"text": " pagi "}, Item(" pagi ")),
        ({"text": 2024}, Item("2024")),
        ({"text": "ya", "action": "Komentar", "target_text": "induk"}, Item("ya", "comment", "induk")),
        ({"text": "", "action": "suka", "target_text": "induk"}, Item("", "like", "induk")),
        ({"text": None, "action": "bagikan", "target_text": "induk"}, Item("", "share", "induk")),
        ({"text": float("nan"), "action": "ikuti"}, Item("", "follow")),
        ({"text": "", "action": "like"}, Item("", "like")),
        ({"text": "", "action": "share"}, Item("", "share")),
        ({"text": " ", "action": "bagikan", "target_text": ""}, Item("", "share")),
        ({"text": "a", "id": 12, "platform": "", "election": "x"}, Item("a", id="12", election="x")),
        (
            {"text": "a", "created_at": datetime.datetime(2033, 1, 2, 3, 4), "platform": "fb"},
            Item("a", posted_at="2033-01-02T03:04:00", platform="fb"),
        ),
        (
            {"text": "a", "created_at": "Sun Jan 02 20:04:05 +0000 2033"},
            Item("a", posted_at="2033-01-02T20:04:05+00:00"),
        ),
    ],
)
def test_rows_that_are_items(cells: dict[str, Any], item: Item) -> None:
    assert item_of(Row(1, cells), COLUMNS) == item


@given(
    st.datetimes(datetime.datetime(2006, 3, 21), datetime.datetime(2099, 12, 31)).map(
        lambda d: d.replace(microsecond=0)
    ),
    st.integers(-12 * 60, 14 * 60).map(lambda m: datetime.timezone(datetime.timedelta(minutes=m))),
)
def test_a_time_as_x_writes_it_names_the_same_moment(when: datetime.datetime, zone: datetime.timezone) -> None:
    meant = when.replace(tzinfo=zone)
    item = item_of(Row(1, {"text": "a", "created_at": f"{meant:%a %b %d %H:%M:%S %z %Y}"}), COLUMNS)
    assert isinstance(item, Item)
    assert moment(item.posted_at) == meant
    assert moment_of(item.posted_at) == moment_of(meant.isoformat())


@pytest.mark.parametrize(
    "text",
    [
        *("Sun Xyz 02 20:04:05 +0000 2033", "Sun Jan 2 20:04:05 2033", "sun jan 02 20:04:05 +0000 2033"),
        *("Sun Jan 02 20:04:05 +0000 2033 x", "2033-01-02", "1988150645", "kemarin"),
    ],
)
def test_any_other_time_stays_as_it_was_written(text: str) -> None:
    item = item_of(Row(1, {"text": "a", "created_at": text}), COLUMNS)
    assert isinstance(item, Item)
    assert item.posted_at == text


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({}, "missing_text"),
        ({"text": ""}, "missing_text"),
        ({"text": " \n\t", "target_text": " "}, "missing_text"),
        ({"text": "\u200b", "target_text": "\ufeff\x00"}, "missing_text"),
        ({"text": "\u3164", "action": "comment"}, "missing_text"),
        ({"text": None, "action": "comment"}, "missing_text"),
        ({"text": "#NAME?", "media_text": "#N/A"}, "missing_text"),
        ({"text": "ya", "action": "menari"}, "unknown_action"),
        ({"text": True}, "text_not_a_string"),
        ({"text": ["a"]}, "text_not_a_string"),
        ({"text": "a", "target_text": {"b": 1}}, "text_not_a_string"),
    ],
)
def test_rows_that_are_none(cells: dict[str, Any], problem: Problem) -> None:
    assert item_of(Row(1, cells), COLUMNS) == problem


def test_a_readers_problem_stands() -> None:
    assert item_of(Row(1, {"text": "ya"}, problem="row_too_long"), COLUMNS) == "row_too_long"


def test_every_problem_has_words_for_the_officer() -> None:
    assert set(_PROBLEMS) == set(get_args(Problem))


def test_objects_of_one_file_may_name_their_text_differently() -> None:
    columns = find("text", "full_text", "comment")
    rows = [{"text": "a"}, {"comment": "b"}, {"full_text": "c", "text": "d"}]
    assert [item_of(Row(1, dict(row)), columns) for row in rows] == [Item("a"), Item("b"), Item("c")]


@pytest.mark.parametrize(
    "empty", ["", " \t", None, float("nan"), "\u200b\ufeff", " \u3164&nbsp;", b"", b"\xe2\x80\x8b", "#REF!"]
)
@pytest.mark.parametrize(
    ("cells", "item"),
    [
        ({"full_text": None, "text": "a"}, Item("a")),
        ({"full_text": None, "text": None, "caption": "a"}, Item("a")),
        ({"full_text": None, "text": "7 b"}, Item("7 b")),
        ({"text": "a", "target_text": None, "quoted_text": "b"}, Item("a", target_text="b")),
        ({"text": "a", "media_text": None, "ocr_text": "b"}, Item("a", media_text="b")),
        ({"text": "a", "action": None, "aksi": "komentar"}, Item("a", "comment")),
        ({"text": "a", "id": None, "id_str": 7}, Item("a", id="7")),
        ({"text": "a", "posted_at": None, "tanggal": "2033-01-02"}, Item("a", posted_at="2033-01-02")),
    ],
)
def test_an_empty_cell_lets_the_next_column_of_the_same_meaning_speak(
    empty: object, cells: dict[str, Any], item: Item
) -> None:
    written = {name: empty if value is None else value for name, value in cells.items()}
    assert item_of(Row(1, written), find(*cells)) == item


@pytest.mark.parametrize(
    "beside",
    [{"status": "terbit"}, {"description": "akun warga"}, {"comments": "1.204"}, {"comments": 3}, {"comments": ["a"]}],
)
def test_an_empty_text_is_not_filled_from_what_is_none(beside: dict[str, Any]) -> None:
    columns = find("text", "media_text", *beside)
    assert item_of(Row(1, {"text": "", **beside}), columns) == "missing_text"
    assert item_of(Row(1, {"text": "", "media_text": "a", **beside}), columns) == Item(media_text="a")


def test_a_share_of_nothing_is_undecided_as_the_service_has_it(score: Score) -> None:
    done = score("id,text,action,target_text\n3,,share,\n4,,like,\n5,,comment,\n")
    assert done.column("netra_band") == ["undecided", "undecided", None]
    assert "needs_target" in done.rows[0]["netra_reasons"]
    assert done.summary.rejections == {"missing_text": 1}


@pytest.mark.parametrize(
    ("content", "column", "error"),
    [
        ("judul,n\na,1\n", None, NoTextColumnError),
        ("text,n\na,1\n", "ujaran", ColumnMissingError),
    ],
)
def test_files_without_the_column(put: Put, content: str, column: str | None, error: type[Exception]) -> None:
    finder = ColumnFinder(column)
    with pytest.raises(error):
        finder.require(open_table(put("a.csv", content), finder))


@pytest.mark.parametrize(("name", "told"), [("a.csv", True), ("a.xlsx", True), ("a.parquet", False)])
def test_only_files_whose_first_line_names_the_columns_are_told_so(score: Score, name: str, told: bool) -> None:
    content = {
        "a.csv": "judul,n\na,1\n",
        "a.xlsx": xlsx_bytes(["judul", "n"], ["a", 1]),
        "a.parquet": parquet_bytes(pa.table({"judul": ["a"], "n": [1]})),
    }
    with pytest.raises(NoTextColumnError, match="di antara 2 kolom") as caught:
        score(content[name], name)
    assert ("Baris pertama" in str(caught.value), "first line" in caught.value.english) == (told, told)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("id~isi\n1~coblos nomor 2\n", OneColumnError),
        ("cuitan saya\ncoblos\n", OneColumnError),
        ("judul,n\na,1\n", NoTextInHeaderError),
    ],
)
def test_one_column_may_be_of_an_unknown_delimiter(score: Score, content: str, error: type[Exception]) -> None:
    with pytest.raises(NoTextInHeaderError) as caught:
        score(content, "a.csv")
    assert type(caught.value) is error
    assert "coblos" not in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (None, NoTextColumnError),
        ("parquet", NoTextColumnError),
        ("delimited", NoTextInHeaderError),
        ("xlsx", NoTextInHeaderError),
        ("json", NoTextKeyError),
        ("jsonl", NoTextKeyError),
    ],
)
def test_what_is_said_of_no_text_depends_on_the_kind_of_file(
    put: Put, kind: Kind | None, error: type[NoTextColumnError]
) -> None:
    table = open_table(put("a.csv", "judul,n\na,1\n"), ColumnFinder())
    with pytest.raises(NoTextColumnError) as caught:
        ColumnFinder().require(table, kind)
    assert type(caught.value) is error


def test_a_target_column_alone_is_enough(score: Score) -> None:
    done = score("aksi,target_text\nsuka,ayo coblos\nsuka,\n")
    assert done.column("netra_band") == ["flag", "undecided"]


def test_the_default_action_can_be_set(score: Score) -> None:
    done = score("text,n\n,1\n", default_action="like")
    assert done.column("netra_band") == ["undecided"]


@pytest.mark.parametrize(
    ("header", "labels"),
    [
        (["a", "b"], ["a", "b"]),
        (["a", "a", "a"], ["a", "a_2", "a_3"]),
        (["a", "a", "a_2"], ["a", "a_3", "a_2"]),
        (["", "a", ""], ["kolom_1", "a", "kolom_3"]),
        (["kolom_2", ""], ["kolom_2", "kolom_2_2"]),
        ([], []),
    ],
)
def test_labels_are_unique(header: list[str], labels: list[str]) -> None:
    assert list(label_columns(header)) == labels
    assert list(label_columns(header).values()) == header


WHEN = datetime.datetime(2033, 1, 2, 3, 4, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("value", "text", "json_value"),
    [
        ("a", "a", "a"),
        (None, "", None),
        (float("nan"), "", None),
        (float("inf"), "inf", None),
        (True, "true", True),
        (10**20, "1" + "0" * 20, 10**20),
        (1.5, "1.5", 1.5),
        (b"caf\xc3\xa9", "café", "café"),
        (b"\xff", "\\xff", "\\xff"),
        ([1, None], "[1, null]", [1, None]),
        ({"a": "é"}, '{"a": "é"}', {"a": "é"}),
        (WHEN, "2033-01-02T03:04:00+00:00", "2033-01-02T03:04:00+00:00"),
        (WHEN.date(), "2033-01-02", "2033-01-02"),
        (datetime.timedelta(seconds=3), "0:00:03", "0:00:03"),
        ({"a": WHEN.date()}, '{"a": "2033-01-02"}', {"a": "2033-01-02"}),
    ],
)
def test_values_as_text_and_as_json(value: object, text: str, json_value: object) -> None:
    assert as_text(value) == text
    assert as_json(value) == json_value
