"""JSON arrays, wrapped arrays, JSON lines; a broken element costs itself and nothing else."""

from __future__ import annotations

import io
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.batch import jsonrows, mending
from app.batch.columns import ColumnFinder
from app.batch.errors import (
    DamagedInputError,
    InputTooLargeError,
    NoObjectsError,
    NoTextColumnError,
    NoTextKeyError,
)
from app.batch.jsonrows import Cursor
from app.batch.readers import open_table
from tests.batch.batchkit import Put, Score

ITEMS = [
    {"id": 1701112445056762189, "text": "pagi", "suka": 1.5, "tag": ["a", {"b": None}], "benar": True},
    {"id": "2", "text": 'ayo "coblos" {[\n\\]} nomor 2 🌾'},
    {"full_text": "pakai nama lain", "lebih": {"dalam": [1, 2]}},
]


def shapes() -> dict[str, tuple[str, str]]:
    """Name of the shape: file name and content, all holding ``ITEMS``."""
    lines = "\n".join(json.dumps(item, ensure_ascii=False) for item in ITEMS)
    wrapped = {"meta": {"items": [1], "n": 3}, "kosong": [], "items": ITEMS, "sisa": "tidak dibaca"}
    return {
        "array": ("a.json", json.dumps(ITEMS)),
        "indented array": ("a.json", json.dumps(ITEMS, indent=4, ensure_ascii=False)),
        "array with mark": ("a.json", "\ufeff" + json.dumps(ITEMS)),
        "array with two marks": ("a", "\ufeff\ufeff" + json.dumps(ITEMS)),
        "items": ("a.json", json.dumps(wrapped)),
        "data, indented": ("a.json", json.dumps({"data": ITEMS}, indent=2)),
        "lines": ("a.jsonl", lines),
        "lines, CRLF and blank": ("a.ndjson", lines.replace("\n", "\r\n\r\n") + "\r\n"),
        "lines named json": ("a.json", lines),
        "lines named csv": ("a.csv", lines),
        "lines without a name": ("a", lines),
        "objects one after another": ("a.json", "\n".join(json.dumps(item, indent=1) for item in ITEMS)),
    }


@pytest.mark.parametrize("shape", shapes())
def test_every_shape_gives_the_same_rows_untouched(score: Score, shape: str) -> None:
    name, content = shapes()[shape]
    done = score(content, name)
    own = [{key: value for key, value in row.items() if not key.startswith("netra_")} for row in done.rows]
    assert own == ITEMS
    assert done.column("netra_band") == ["clear", "flag", "clear"]


def test_a_single_object_is_a_single_row(score: Score) -> None:
    assert score('{"text": "coblos", "data": 5}', "satu.json").column("netra_flagged") == [True]
    assert score('{\n "text": "coblos"\n}\n', "satu.json").column("netra_flagged") == [True]


@pytest.mark.parametrize(("name", "content"), [("a.json", "[]"), ("a.json", " [ ] "), ("a.json", '{"items": []}')])
def test_no_items_is_an_empty_table(score: Score, name: str, content: str) -> None:
    assert score(content, name).summary.read == 0


def test_bad_lines_are_told_by_number_and_the_others_live(score: Score) -> None:
    lines = ['{"text": "coblos"}', '{"text": "potong', "[1, 2]", '"teks saja"', "", '{"text": "ya"}', "null"]
    done = score("\n".join(lines), "a.jsonl")
    assert done.column("netra_band") == ["flag", None, None, None, "clear", None]
    assert [error and error.split(":")[0] for error in done.column("netra_error")] == [
        None,
        "baris 2",
        "baris 3",
        "baris 4",
        None,
        "baris 7",
    ]
    assert done.summary.rejections == {"bad_json": 1, "not_an_object": 3}


@pytest.mark.parametrize(
    ("row", "repeats"),
    [
        ('{"text": "ayo coblos", "text": "x"}', True),
        ('{"text" : "x", "text"\t:"x"}', True),
        ('{"text": "x", "te\\u0078t": "x"}', True),
        ('{"text": "x", "n": {"a": 1, "a": 1}}', True),
        ('{"text": "x", "n": [[{"a": 1}, {"a": 1, "b": 2, "a": 3}]]}', True),
        ('{"text": "x", "n": {"a": 1, "b": 2}, "n": 3}', True),
        ('{"text": "\\":", "text": "x", "n": NaN}', True),
        ('{"text": "x", "n": {"text": "x"}, "m": [{"text": "x"}, {"text": "x"}]}', False),
        ('{"text": "dia bilang \\": \\" :", "n": "\\":"}', False),
        ('{"text": "x", "n": 1e400, "m": NaN, "k": 12345678901234567890123}', False),
    ],
)
@pytest.mark.parametrize(
    ("name", "frame", "place"),
    [
        ("a.jsonl", '{{"text": "ya"}}\n{}\n{{"text": "coblos"}}', "baris 2"),
        ("a.json", '[{{"text": "ya"}}, {}, {{"text": "coblos"}}]', "butir 2"),
        ("satu.json", "{}", "butir 1"),
    ],
)
def test_a_row_that_has_a_key_twice_is_refused_in_its_place(
    score: Score, row: str, repeats: bool, name: str, frame: str, place: str
) -> None:
    done = score(frame.format(row), name)
    message = f"{place}: kunci JSON berulang dalam satu objek (repeated_key)"
    told = [None] * len(done.rows)
    told[min(1, len(told) - 1)] = message if repeats else None
    assert done.column("netra_error") == told
    assert done.summary.rejections == ({"repeated_key": 1} if repeats else {})


@pytest.mark.parametrize(
    ("content", "bands"),
    [
        ('[{"text": "ya"}, {"text": salah}, {"text": "coblos"}]', ["clear", None, "flag"]),
        ('[{"text": "ya"}, {"text": "potong}, {"text": "coblos"}]', ["clear", None, "flag"]),
        ('[{"text": "a}, {"text": "b}, {"text": "coblos"}]', [None, None, "flag"]),
        ('[{"text": "ya"},\n{"text": "potong},\n{"text": "coblos"}\n]', ["clear", None, "flag"]),
        ('[{"text": "ya"}, 7, "teks", null, {"text": "coblos"}]', ["clear", None, None, None, "flag"]),
        ('[{"text": "ya"}, {"text": "coblos"}', ["clear", "flag"]),
        ('[{"text": "ya"}, {"text": "coblos", "n": [1', ["clear", None]),
        ('[{"text": "ya"},, {"text": "coblos"},]', ["clear", "flag"]),
        ('[{"text": "ya"} {"text": "coblos"}]', ["clear", "flag"]),
        ('[{"text": "ya"}}, {"text": "coblos"}]', ["clear", None, "flag"]),
        ('[{"a": [{"b": 1}, {"c": 2}], "text": salah}, {"text": "coblos"}]', None),
        ('{"items": [{"text": "ya"}, {"text" "x"}, {"text": "coblos"}], "n": 3}', ["clear", None, "flag"]),
        ('[{"text": "ya"}, {"text": "a", "b": ]}, {"text": "coblos"}]', ["clear", None, "flag"]),
    ],
    ids=[
        "bare word",
        "unclosed string",
        "two unclosed strings",
        "unclosed string, own line",
        "no objects",
        "array not closed",
        "cut off",
        "spare commas",
        "comma missing",
        "spare brace",
        "objects inside the broken one",
        "in a wrapper",
        "unbalanced brackets",
    ],
)
def test_broken_elements(score: Score, content: str, bands: list[str | None] | None) -> None:
    done = score(content, "a.json")
    assert done.summary.read == done.summary.scored + done.summary.rejected
    assert done.rows[-1]["netra_band"] == ("flag" if bands is None else bands[-1])
    assert bands is None or done.column("netra_band") == bands


@pytest.mark.parametrize("content", ['{"text"', '{"items" [1]}', '{"a": 1', '{"a": 1; "b": 2}', '{"items": '])
def test_a_file_whose_frame_is_broken_is_damaged(score: Score, content: str) -> None:
    with pytest.raises(DamagedInputError):
        score(content, "a.json")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", "rahasia"),
        ("a.json", '"rahasia"'),
        ("a.json", '"rahasia"\n"rahasia"\n'),
        ("a.json", "12"),
        ("a.json", '["rahasia", "rahasia"]'),
        ("a", '["rahasia"]'),
        ("a.json", '{"items": ["rahasia", 1, null]}'),
        ("a.json", '[["text"], ["rahasia"]]'),
        ("a.jsonl", '"rahasia"\n\n12\n'),
    ],
)
def test_json_without_any_object_is_told_what_is_expected(score: Score, name: str, content: str) -> None:
    with pytest.raises(NoObjectsError) as caught:
        score(content, name)
    for message in (str(caught.value), caught.value.english):
        assert name in message
        assert '{"text": "' in message
        assert not any(word in message for word in ("rahasia", "rusak", "damaged", "--text-column"))
        assert all(wrapper in message for wrapper in jsonrows.WRAPPERS)


@pytest.mark.parametrize(
    ("name", "content", "problems"),
    [
        ("a.json", '["rahasia", {"text": "ya"}]', {"not_an_object": 1}),
        ("a.json", '["rahasia", {}]', {"not_an_object": 1, "missing_text": 1}),
        ("a.json", '["rahasia", {"text": salah}]', {"not_an_object": 1, "bad_json": 1}),
        ("a.jsonl", '"rahasia"\n{"text": "ya"}\n', {"not_an_object": 1}),
        ("a.jsonl", '"rahasia"\n{\n', {"not_an_object": 1, "bad_json": 1}),
        ("a.json", "[]", {}),
    ],
)
def test_beside_an_object_a_bare_value_costs_itself_alone(
    score: Score, name: str, content: str, problems: dict[str, int]
) -> None:
    assert score(content, name).summary.rejections == problems


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("NaN", None),
        ("-Infinity", None),
        ("1e400", "1e400"),
        ("12345678901234567890123", 12345678901234567890123),
        ("0.1", 0.1),
        ('"\\ud83d"', "\ud83d"),
        ('"\\ud83c\\udf3e"', "🌾"),
        ('"\\u0000"', "\0"),
        ('"a\tb"', "a\tb"),
        ('{"a": [NaN]}', {"a": [None]}),
    ],
)
def test_values_that_other_programs_trip_over(score: Score, value: str, kept: Any) -> None:
    done = score(f'{{"text": "coblos", "n": {value}}}', "a.jsonl")
    assert done.column("n") == [kept]
    assert done.column("netra_flagged") == [True]


@pytest.mark.parametrize("text", ["[" * 100_000, '{"text": ' + "9" * 5_000 + "}"])
def test_json_that_exhausts_the_parser_is_a_bad_row(score: Score, text: str) -> None:
    done = score('{"text": "ya"}\n' + text, "a.jsonl")
    assert done.summary.rejections == {"bad_json": 1}
    assert done.summary.scored == 1


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("true", "text_not_a_string"),
        ('{"a": 1}', "text_not_a_string"),
        ('["a"]', "text_not_a_string"),
        ("null", "missing_text"),
        ('"  "', "missing_text"),
        ("7", None),
    ],
)
def test_texts_that_are_not_strings(score: Score, value: str, problem: str | None) -> None:
    done = score(f'{{"text": {value}}}', "a.jsonl")
    assert list(done.summary.rejections) == ([problem] if problem else [])


def test_a_file_without_any_text_key_is_refused(score: Score) -> None:
    with pytest.raises(NoTextColumnError):
        score('{"judul": "rahasia"}\n{"nomor": 1}', "a.jsonl")


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.json", '{"statuses": [{"text": "rahasia"}]}'), ("a.json", '[{"judul": "rahasia"}]'), ("a.jsonl", '{"n": 1}')],
)
def test_json_without_any_text_key_is_told_in_the_words_of_json(score: Score, name: str, content: str) -> None:
    with pytest.raises(NoTextKeyError) as caught:
        score(content, name)
    for message in (str(caught.value), caught.value.english):
        assert not any(word in message for word in ("Baris pertama", "first line", "rahasia"))
        assert all(wrapper in message for wrapper in jsonrows.WRAPPERS)


def test_only_broken_lines_are_all_rejected(score: Score) -> None:
    assert score("{\n{\n", "a.jsonl").summary.rejected == 2


def test_too_many_keys_are_data(score: Score, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonrows, "MAX_KEYS", 10)
    with pytest.raises(InputTooLargeError):
        score("\n".join(json.dumps({"text": "a", f"k{i}": 1}) for i in range(20)), "a.jsonl")


def test_a_line_beyond_the_limit_is_rejected(score: Score, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mending, "MAX_LINE", 500)
    lines = ['{"text": "ya"}', json.dumps({"text": "a" * 2_000}), '{"text": "coblos"}']
    done = score("\n".join(lines), "a.jsonl")
    assert done.summary.rejections == {"row_too_long": 1}
    assert done.column("netra_band") == ["clear", None, "flag"]


@pytest.mark.parametrize("huge", ['{"text": "' + "a" * 5_000 + '"}', "1" * 5_000])
def test_an_element_beyond_the_limit_is_rejected(score: Score, monkeypatch: pytest.MonkeyPatch, huge: str) -> None:
    monkeypatch.setattr(jsonrows, "MAX_ELEMENT", 500)
    monkeypatch.setattr(jsonrows, "_CHUNK", 100)
    done = score('[{"text": "ya"}, ' + huge + ', {"text": "a"}, {"text": "coblos"}]', "a.json")
    assert done.rows[0]["netra_band"] == "clear"
    assert done.rows[-1]["netra_band"] == "flag"
    assert done.summary.rejected >= 1


def test_columns_are_all_keys_in_order_of_appearance(put: Put) -> None:
    table = open_table(put("a.jsonl", '{"b": 1, "text": "x"}\n{"a": 2, "b": 3}\n'), ColumnFinder())
    assert list(table.names) == ["b", "text", "a"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


class Trickle(io.StringIO):
    """Gives at most a few characters a read, so that every value straddles a border."""

    def read(self, size: int | None = -1, /) -> str:
        return super().read(3)


@given(st.lists(json_values, min_size=1, max_size=6), st.sampled_from([None, 1]), st.booleans())
def test_the_cursor_takes_values_as_json_reads_them(values: list[Any], indent: int | None, escaped: bool) -> None:
    text = json.dumps(values, indent=indent, ensure_ascii=escaped)
    cursor = Cursor(Trickle(text))
    assert cursor.peek() == "["
    cursor.at += 1
    taken = []
    while cursor.peek() != "]":
        found = cursor.take()
        assert found is not None
        taken.append(json.loads(found))
        if cursor.peek() == ",":
            cursor.at += 1
    assert taken == values


@given(st.lists(json_values, max_size=6).map(json.dumps), st.integers(min_value=0), st.integers(min_value=0))
def test_any_cut_or_hole_in_an_array_ends_in_rows(text: str, cut: int, hole: int) -> None:
    cut %= len(text) + 1
    hole %= len(text) + 1
    broken = "[" + text[:hole] + text[cut:]
    rows = [row for row, _ in jsonrows._elements(Trickle(broken), "a.json")]
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))


LINES = st.one_of(
    st.dictionaries(st.sampled_from("abcd"), st.none() | st.text(max_size=3) | st.floats()).map(json.dumps),
    st.sampled_from(
        ['{"text": 1e400, "e": 2}', '{"f": "\ta"}', '{"a": 1, "g": 1, "a": 2}', "[1]", "{", '"a"', '{"h": {"i": NaN}}']
    ),
)


@given(st.lists(LINES))
def test_the_columns_of_lines_are_the_keys_of_their_rows(lines: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.jsonl")
        path.write_text("\n".join(['{"text": "ya"}', *lines]), encoding="utf-8")
        table = open_table(path, ColumnFinder())
        keys = [key for row in table.rows() for key in row.cells]
    assert list(table.names) == list(dict.fromkeys(keys))
