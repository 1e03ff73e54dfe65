"""Columns about who is named and which rules to look at, and the facts of an act that a file may hold."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from app.advice import Adviser
from app.batch.answers import entities_text
from app.batch.columns import ColumnFinder, item_of
from app.batch.run import ScoreOptions, score_files
from app.batch.table import Row, label_columns
from app.policy.rules import load_rules
from app.scoring.types import Entity, Item
from app.watchlists.load import shipped
from tests.batch.batchkit import as_csv, read_csv, read_jsonl
from tests.fakes import FakeScorer, fictional

CITY = "pilkada-kota-uji-2031"
LISTS = fictional()
HEADER = ["text", "aksi", "target_text", "election", "akun_target", "created_at"]
ROWS = [
    HEADER,
    ["ayo coblos bu gendis", "", "", "", "", "2031-11-03"],
    ["mas wiratmo", "", "", CITY, "", ""],
    ["", "suka", "", "", "@gendis_w", ""],
    ["pagi", "", "", "tak ada", "", ""],
    ["", "", "", "", "", ""],
]


def scored(tmp_path: Path, name: str = "k.jsonl", **options: Any) -> Path:
    path, output = tmp_path / "masuk.csv", tmp_path / name
    path.write_text(as_csv(ROWS), encoding="utf-8")
    score_files([path], output, FakeScorer().with_watchlists(LISTS), ScoreOptions(**options))
    return output


def test_entities_are_a_json_list_in_every_scored_row(tmp_path: Path) -> None:
    rows = read_jsonl(scored(tmp_path))
    assert rows[4]["netra_entities"] is None
    found = [json.loads(row["netra_entities"]) for row in rows[:4]]
    assert [[entity["name"] for entity in entities] for entities in found] == [
        ["Gendis Wulandanti"],
        ["Wiratmo Lesmana"],
        ["Gendis Wulandanti"],
        [],
    ]
    assert found[0][0] == {
        "name": "Gendis Wulandanti",
        "role": "calon",
        "number": 2,
        "election": CITY,
        "field": "text",
        "start": 11,
        "end": 20,
    }


def test_the_same_in_a_delimited_file(tmp_path: Path) -> None:
    header, first, *_ = read_csv(scored(tmp_path, "k.csv"))
    [entity] = json.loads(first[header.index("netra_entities")])
    assert entity["name"] == "Gendis Wulandanti"


def test_nobody_is_looked_for_when_nobody_wants_to_know(tmp_path: Path) -> None:
    rows = read_jsonl(scored(tmp_path, entities=False))
    assert [row["netra_entities"] for row in rows] == [None] * 5
    assert [row["netra_score"] for row in rows] == [row["netra_score"] for row in read_jsonl(scored(tmp_path))]


def test_rules_are_ids_with_commas_where_a_person_should_look(tmp_path: Path) -> None:
    rows = read_jsonl(scored(tmp_path, advise=Adviser(LISTS), default_election=CITY))
    ids = rows[0]["netra_policy"].split(",")
    known = [rule.row.id for rule in load_rules().rows]
    assert ids == [name for name in known if name in ids]
    assert "SKB-B6" in ids
    assert [row["netra_policy"] for row in rows[1:]] == [None] * 4


def test_the_shipped_lists_are_not_sent_to_a_process_that_has_them() -> None:
    sent = pickle.dumps(Adviser(shipped()))
    assert len(sent) < 200  # what does not fit into a pipe keeps the sender waiting until the process has started
    assert pickle.loads(sent).lists is shipped()


def test_lists_of_ones_own_are_sent_along() -> None:
    arrived = pickle.loads(pickle.dumps(Adviser(LISTS))).lists
    assert (arrived.version, arrived.elections) == (LISTS.version, LISTS.elections)


def test_without_an_adviser_no_rules_are_named(tmp_path: Path) -> None:
    assert [row["netra_policy"] for row in read_jsonl(scored(tmp_path))] == [None] * 5


def test_the_default_election_is_that_of_rows_without_one(tmp_path: Path) -> None:
    rows = read_jsonl(scored(tmp_path, default_election="lain"))
    assert ["unknown_election" in (row["netra_reasons"] or "") for row in rows] == [True, False, True, True, False]


def test_reasons_are_said_in_words(tmp_path: Path) -> None:
    reasons = [row["netra_reasons"] for row in read_jsonl(scored(tmp_path))]
    assert reasons[2] == (
        "perlu isi unggahan sasaran (needs_target); sasaran adalah akun peserta pemilihan (contestant_account)"
    )
    assert reasons[3] == "pemilihan atau wilayah tidak ada dalam daftar pantau (unknown_election)"


def test_entities_as_text() -> None:
    entity = Entity("Ny. Ayu “É”", "calon", None, None, "text", 0, 3)
    assert json.loads(entities_text([entity]))[0]["name"] == "Ny. Ayu “É”"
    assert "\n" not in entities_text([entity] * 3)
    assert entities_text([]) == "[]"


@pytest.mark.parametrize(
    ("header", "purpose"),
    [
        ("region", "region"),
        ("Daerah Pemilihan", "region"),
        ("parent_author", "parent_author"),
        ("in_reply_to_screen_name", "parent_author"),
        ("media-text", "media_text"),
        ("OCR text", "media_text"),
        ("alt_text", "media_text"),
        ("Jenis Akun", "account_kind"),
        ("status ASN", "subject_status"),
    ],
)
def test_columns_of_facts(header: str, purpose: str) -> None:
    found = ColumnFinder().find(label_columns(["text", header]))
    assert getattr(found, purpose) == (header,)


FACTS = ColumnFinder().find(
    label_columns(["text", "aksi", "region", "parent_author", "media_text", "account_kind", "subject_status"])
)
CELLS = [
    ({}, {}),
    ({"region": "Kota Uji", "parent_author": "@a"}, {"region": "Kota Uji", "parent_author": "@a"}),
    ({"media_text": "POSTER"}, {"media_text": "POSTER"}),
    ({"account_kind": " Pribadi ", "subject_status": "pns"}, {"account_kind": "pribadi", "subject_status": "PNS"}),
    ({"account_kind": "Dinas", "subject_status": "P3K"}, {"account_kind": "instansi", "subject_status": "PPPK"}),
    ({"account_kind": "bot", "subject_status": "honorer"}, {}),
    ({"account_kind": None, "subject_status": float("nan"), "region": ""}, {}),
    ({"account_kind": 1, "subject_status": True}, {}),
]


@pytest.mark.parametrize(("cells", "known"), CELLS)
def test_facts_of_a_row(cells: dict[str, Any], known: dict[str, Any]) -> None:
    assert item_of(Row(1, {"text": "a", **cells}), FACTS) == Item("a", **known)


@pytest.mark.parametrize(("action", "expected"), [("post", "post"), ("suka", "like")])
def test_words_in_a_picture_are_text_enough(action: str, expected: Any) -> None:
    row = Row(1, {"text": "", "aksi": action, "media_text": "ayo coblos"})
    assert item_of(row, FACTS) == Item("", expected, media_text="ayo coblos")
    assert item_of(Row(1, {"text": "", "media_text": " \n"}), FACTS) == "missing_text"
    assert item_of(Row(1, {"text": "a", "media_text": ["b"]}), FACTS) == "text_not_a_string"


def test_a_file_of_pictures_alone_is_scored(tmp_path: Path) -> None:
    path = tmp_path / "gambar.csv"
    path.write_text("id,alt_text\n1,AYO COBLOS BU GENDIS\n", encoding="utf-8")
    score_files([path], tmp_path / "k.jsonl", FakeScorer().with_watchlists(LISTS))
    [row] = read_jsonl(tmp_path / "k.jsonl")
    assert (row["netra_band"], json.loads(row["netra_entities"])[0]["field"]) == ("flag", "media_text")
