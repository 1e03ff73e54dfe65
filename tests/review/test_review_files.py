"""Files go into the queue as they are scored: which columns say what, and what one bad row does to the others."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from fakes import FakeScorer
from reviewkit import RACE, desk_with, lists, source
from sqlalchemy import func, select

from app.batch.errors import BatchError
from app.policy.rules import load_rules
from app.review.audit import last_rows
from app.review.desk import Desk
from app.review.files import FileIntake
from app.review.problems import QueueOff
from app.review.tables import ReviewItem
from app.store import Store


def intake(store: Store, desk: Desk, **given: object) -> FileIntake:
    scorer = FakeScorer().with_watchlists(lists())
    return FileIntake(store, desk, source(), scorer, load_rules(), **given)  # type: ignore[arg-type]


def put(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    raw = content.encode()
    path.write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    return path


def items(store: Store) -> list[ReviewItem]:
    with store.read() as tx:
        return list(tx.scalars(select(ReviewItem).order_by(ReviewItem.queued_at, ReviewItem.id)))


FORMS = {
    "a.csv": "teks,akun\nayo coblos,uji-1\n",
    "a.tsv": "teks\takun\nayo coblos\tuji-1\n",
    "a.jsonl": '{"teks": "ayo coblos", "akun": "uji-1"}\n',
    "a.json": '[{"teks": "ayo coblos", "akun": "uji-1"}]',
    "a.csv.gz": "teks,akun\nayo coblos,uji-1\n",
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_of_file_gives_the_same_item(store: Store, desk: Desk, tmp_path: Path, name: str) -> None:
    assert intake(store, desk).queue([put(tmp_path, name, FORMS[name])]) == 1
    [item] = items(store)
    assert (item.author, item.action, item.band) == (desk.author("uji-1"), "post", "flag")
    assert item.act is not None
    assert item.act["text"] == "ayo coblos"


def test_the_same_rows_in_two_files_are_one_item(store: Store, desk: Desk, tmp_path: Path) -> None:
    paths = [put(tmp_path, name, FORMS[name]) for name in ("a.csv", "a.jsonl")]
    assert intake(store, desk).queue(paths) == 2
    assert len(items(store)) == 1


@pytest.mark.parametrize(
    ("columns", "best"),
    [
        ("username,author_id", "b"),
        ("author_id,username", "a"),
        ("User-ID-Str,akun", "a"),
        ("penulis,screen_name", "b"),
        ("suka,bagikan", None),
    ],
)
def test_the_most_telling_column_names_the_author(
    store: Store, desk: Desk, tmp_path: Path, columns: str, best: str | None
) -> None:
    intake(store, desk).queue([put(tmp_path, "a.csv", f"teks,{columns}\ncoblos,a,b\n")])
    assert items(store)[0].author == desk.author(best)


def test_times_that_only_people_need_are_found(store: Store, desk: Desk, tmp_path: Path) -> None:
    header = "teks,created_at,waktu tangkap,waktu_diketahui"
    row = "coblos,2031-11-03T10:00:00+07:00,2031-11-04,2031-11-05T08:00:00+07:00"
    intake(store, desk).queue([put(tmp_path, "a.csv", f"{header}\n{row}\n")])
    [item] = items(store)
    moments = (item.posted_at, item.captured_at, item.known_at)
    assert [when and when.isoformat() for when in moments] == [
        "2031-11-03T03:00:00+00:00",
        "2031-11-03T17:00:00+00:00",
        "2031-11-05T01:00:00+00:00",
    ]


def test_what_rows_do_not_say_is_taken_from_the_options(store: Store, desk: Desk, tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "isi lain,target_text,aksi\nragu,coblos,\nmantap,coblos 2,suka\n")
    told = {"text_column": "isi lain", "default_action": "comment", "default_election": RACE}
    assert intake(store, desk, **told).queue([path]) == 2
    assert {item.action for item in items(store)} == {"comment", "like"}
    assert {item.election for item in items(store)} == {RACE}


def test_rows_that_hold_no_act_do_not_stop_the_others(store: Store, desk: Desk, tmp_path: Path) -> None:
    lines = ['{"teks": "coblos 1"}', "rusak", '{"teks": ""}', '{"teks": 7}', '{"teks": "coblos 2", "aksi": "terbang"}']
    path = put(tmp_path, "a.jsonl", "\n".join([*lines, '{"teks": "coblos 3"}', '{"teks": "pagi"}']) + "\n")
    assert intake(store, desk).queue([path]) == 2
    assert {json.dumps(item.act and item.act["text"]) for item in items(store)} == {'"coblos 1"', '"coblos 3"'}


def test_a_file_of_nothing_suspicious_writes_nothing(store: Store, desk: Desk, tmp_path: Path) -> None:
    assert intake(store, desk).queue([put(tmp_path, "a.csv", "teks\npagi\nsiang\n")]) == 0
    with store.read() as tx:
        assert last_rows(tx) == []


def test_chunks_are_transactions_of_their_own(store: Store, desk: Desk, tmp_path: Path) -> None:
    """Where the second file cannot be read, the first one waits already; doing it again adds what is missing."""
    good = put(tmp_path, "a.csv", "teks\n" + "".join(f"coblos {k}\n" for k in range(1200)))
    bad = put(tmp_path, "b.csv", "")
    with pytest.raises(BatchError):
        intake(store, desk).queue([good, put(tmp_path, "c.bin", "\x00\x01\x02"), bad])
    with store.read() as tx:
        assert tx.scalar(select(func.count()).select_from(ReviewItem)) == 1200
    assert intake(store, desk).queue([good]) == 1200
    with store.read() as tx:
        assert tx.scalar(select(func.count()).select_from(ReviewItem)) == 1200


def test_nothing_is_queued_where_no_texts_are_kept(store: Store, tmp_path: Path) -> None:
    from reviewkit import Clock

    with pytest.raises(QueueOff):
        intake(store, desk_with(Clock(), keeps_texts=False)).queue([put(tmp_path, "a.csv", "teks\ncoblos\n")])
