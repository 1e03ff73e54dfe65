"""Files go into the queue as they are scored: which columns say what, and what one bad row does to the others."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from fakes import FakeScorer
from reviewkit import RACE, Clock, desk_with, lists, source
from sqlalchemy import func, select

from app.batch.draft import rows_kept
from app.batch.errors import BatchError, OtherOptionsError
from app.batch.job import Pick
from app.batch.run import ScoreOptions, Summary, score_files
from app.policy.rules import load_rules
from app.review.audit import last_rows
from app.review.desk import Desk
from app.review.files import FileIntake
from app.review.problems import QueueOff
from app.review.tables import ReviewItem
from app.scoring.types import Item, Verdict
from app.store import Store


def queue(store: Store, desk: Desk, *paths: Path, output: str = "hasil.jsonl", **given: Any) -> Summary:
    """Score files into the queue."""
    scorer = FakeScorer().with_watchlists(lists())
    intake = FileIntake(store, desk, source(), scorer, load_rules())
    options = ScoreOptions(intake=intake, **given)
    return score_files(paths, paths[0].with_name(output), scorer, options)


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
    assert queue(store, desk, put(tmp_path, name, FORMS[name])).flagged == 1
    [item] = items(store)
    assert (item.author, item.action, item.band) == (desk.author("uji-1"), "post", "flag")
    assert item.act is not None
    assert item.act["text"] == "ayo coblos"


def test_the_same_rows_in_two_files_are_one_item(store: Store, desk: Desk, tmp_path: Path) -> None:
    paths = [put(tmp_path, name, FORMS[name]) for name in ("a.csv", "a.jsonl")]
    assert queue(store, desk, *paths).flagged == 2
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
    queue(store, desk, put(tmp_path, "a.csv", f"teks,{columns}\ncoblos,a,b\n"))
    assert items(store)[0].author == desk.author(best)


def test_times_that_only_people_need_are_found(store: Store, desk: Desk, tmp_path: Path) -> None:
    header = "teks,created_at,waktu tangkap,waktu_diketahui"
    row = "coblos,2031-11-03T10:00:00+07:00,2031-11-04,2031-11-05T08:00:00+07:00"
    queue(store, desk, put(tmp_path, "a.csv", f"{header}\n{row}\n"))
    [item] = items(store)
    moments = (item.posted_at, item.captured_at, item.known_at)
    assert [when and when.isoformat() for when in moments] == [
        "2031-11-03T03:00:00+00:00",
        "2031-11-03T17:00:00+00:00",
        "2031-11-05T01:00:00+00:00",
    ]


def test_a_file_scraped_from_x_says_when_its_acts_were_posted(store: Store, desk: Desk, tmp_path: Path) -> None:
    """So that the phase is known, days can be filtered, and a case file tells the time."""
    row = "coblos nomor 2,Mon Nov 03 18:30:00 +0000 2031"
    queue(store, desk, put(tmp_path, "a.csv", f"full_text,created_at\n{row}\n"), default_election=RACE)
    [item] = items(store)
    assert item.posted_at is not None
    assert (item.posted_at.isoformat(), item.act_day.isoformat()) == ("2031-11-03T18:30:00+00:00", "2031-11-04")
    assert item.policy["phase"] != "tidak_diketahui"


def test_what_rows_do_not_say_is_taken_from_the_options(store: Store, desk: Desk, tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "isi lain,target_text,aksi\nragu,coblos,\nmantap,coblos 2,suka\n")
    told = {"text_column": "isi lain", "default_action": "comment", "default_election": RACE, "default_platform": "X"}
    found = queue(store, desk, path, **told)
    assert (found.flagged, found.review) == (2, 0)
    assert {item.action for item in items(store)} == {"comment", "like"}
    assert {(item.election, item.platform) for item in items(store)} == {(RACE, "x")}


def test_rows_that_hold_no_act_do_not_stop_the_others(store: Store, desk: Desk, tmp_path: Path) -> None:
    lines = ['{"teks": "coblos 1"}', "rusak", '{"teks": ""}', '{"teks": 7}', '{"teks": "coblos 2", "aksi": "terbang"}']
    path = put(tmp_path, "a.jsonl", "\n".join([*lines, '{"teks": "coblos 3"}', '{"teks": "pagi"}']) + "\n")
    assert queue(store, desk, path).flagged == 2
    assert {json.dumps(item.act and item.act["text"]) for item in items(store)} == {'"coblos 1"', '"coblos 3"'}


def test_a_file_of_nothing_suspicious_writes_nothing(store: Store, desk: Desk, tmp_path: Path) -> None:
    assert queue(store, desk, put(tmp_path, "a.csv", "teks\npagi\nsiang\n")).read == 2
    with store.read() as tx:
        assert last_rows(tx) == []


@pytest.mark.parametrize("output", ["hasil.jsonl", "hasil.parquet"])
def test_columns_of_any_type_are_read_from_parquet(store: Store, desk: Desk, tmp_path: Path, output: str) -> None:
    """Where nobody needs a column it is passed on unread; what only people need is read all the same."""
    path = tmp_path / "a.parquet"
    pd.DataFrame({"teks": ["ayo coblos"], "lain": [1.5], "user_id": [77], "known_at": ["2031-11-05"]}).to_parquet(path)
    queue(store, desk, path, output=output)
    [item] = items(store)
    assert item.author == desk.author("77")
    assert item.act is not None
    assert item.act["known_at"] == "2031-11-05"


def test_a_file_is_read_and_scored_once(store: Store, desk: Desk, tmp_path: Path) -> None:
    """What is queued is scored again by the intake alone."""
    seen: list[str] = []

    class Counting(FakeScorer):
        def score(self, items: Sequence[Item], **given: bool) -> list[Verdict]:
            seen.extend(item.text for item in items)
            return super().score(items, **given)

    path = put(tmp_path, "a.csv", "teks\npagi\nayo coblos\nsiang\n")
    intake = FileIntake(store, desk, source(), FakeScorer(), load_rules())
    score_files([path], tmp_path / "b.csv", Counting().with_watchlists(lists()), ScoreOptions(intake=intake))
    assert seen == ["pagi", "ayo coblos", "siang"]
    assert len(items(store)) == 1


class Interrupted(Exception):
    pass


@dataclass
class Cutting:
    """Hands on what it gets, and fails with the chunk ``at``: before it was handed on, or after."""

    intake: FileIntake
    at: int
    after: bool
    chunks: int = 0

    def labels(self, names: Mapping[str, str]) -> Mapping[str, str]:
        return self.intake.labels(names)

    def take(self, picks: Sequence[Pick]) -> None:
        self.chunks += 1
        if self.chunks == self.at and not self.after:
            raise Interrupted
        self.intake.take(picks)
        if self.chunks == self.at:
            raise Interrupted


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", [1, 3])
def test_a_run_that_was_cut_short_queues_the_rest_when_it_goes_on(
    store: Store, desk: Desk, tmp_path: Path, at: int, after: bool
) -> None:
    """Whenever it was cut, each act waits once, and the output is that of an undisturbed run."""
    path = put(tmp_path, "a.csv", "teks\n" + "".join(f"coblos {k}\npagi {k}\n" for k in range(20)))
    intake = FileIntake(store, desk, source(), FakeScorer().with_watchlists(lists()), load_rules())
    told: dict[str, Any] = {"chunk_rows": 8, "leftover": "resume"}
    output = tmp_path / "hasil.csv"
    with pytest.raises(Interrupted):
        score_files([path], output, FakeScorer(), ScoreOptions(intake=Cutting(intake, at, after), **told))
    assert len(items(store)) == 4 * (at - 1 + after)
    found = score_files([path], output, FakeScorer(), ScoreOptions(intake=intake, **told))
    assert (found.read, found.flagged) == (40, 20)
    assert len(items(store)) == 20
    score_files([path], tmp_path / "utuh.csv", FakeScorer())
    assert output.read_bytes() == (tmp_path / "utuh.csv").read_bytes()


def test_a_run_that_queued_nothing_is_not_gone_on_with_as_one_that_does(
    store: Store, desk: Desk, tmp_path: Path
) -> None:
    """What it did before would be missing in the queue."""
    path = put(tmp_path, "a.csv", "teks\n" + "coblos\n" * 20)
    intake = FileIntake(store, desk, source(), FakeScorer().with_watchlists(lists()), load_rules())
    with pytest.raises(Interrupted):
        score_files([path], tmp_path / "b.csv", FakeScorer(), ScoreOptions(chunk_rows=8, watcher=Stopping(2)))
    told: dict[str, Any] = {"chunk_rows": 8, "leftover": "resume", "intake": intake}
    with pytest.raises(OtherOptionsError):
        score_files([path], tmp_path / "b.csv", FakeScorer(), ScoreOptions(**told))
    assert items(store) == []


@dataclass
class Stopping:
    """A watcher that ends the run with its chunk ``at``."""

    at: int
    told: list[tuple[int, float]] = field(default_factory=list)
    closed: bool = False

    def go_on_from(self, rows: int, part: float) -> None:
        self.told.append((rows, part))

    def update(self, rows: int, part: float) -> None:
        self.told.append((rows, part))
        if len(self.told) == self.at:
            raise Interrupted

    def close(self) -> None:
        self.closed = True


def test_a_watcher_is_told_what_is_kept_and_can_end_the_run(tmp_path: Path) -> None:
    path, output = put(tmp_path, "a.csv", "teks\n" + "coblos\n" * 20), tmp_path / "b.csv"
    watcher = Stopping(2)
    with pytest.raises(Interrupted):
        score_files([path], output, FakeScorer(), ScoreOptions(chunk_rows=8, watcher=watcher))
    assert [rows for rows, _ in watcher.told] == [8, 16]
    assert rows_kept(output) == 16
    assert watcher.closed
    again = Stopping(9)
    score_files([path], output, FakeScorer(), ScoreOptions(chunk_rows=8, watcher=again, leftover="resume"))
    assert [rows for rows, _ in again.told] == [16, 20]
    assert [part for _, part in again.told] == [1.0, 1.0]  # a small file is read at once
    assert again.closed


def test_many_acts_of_one_chunk_are_several_transactions(store: Store, desk: Desk, tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "teks\n" + "".join(f"coblos {k}\n" for k in range(1200)))
    for _ in range(2):
        assert queue(store, desk, path, leftover="restart").flagged == 1200
        with store.read() as tx:
            assert tx.scalar(select(func.count()).select_from(ReviewItem)) == 1200


def test_nothing_is_queued_of_files_of_which_one_cannot_be_read(store: Store, desk: Desk, tmp_path: Path) -> None:
    good, bad = put(tmp_path, "a.csv", "teks\ncoblos\n"), put(tmp_path, "c.bin", "\x00\x01\x02")
    with pytest.raises(BatchError):
        queue(store, desk, good, bad)
    assert items(store) == []


def test_nothing_is_queued_where_no_texts_are_kept(store: Store, tmp_path: Path) -> None:
    with pytest.raises(QueueOff):
        queue(store, desk_with(Clock(), keeps_texts=False), put(tmp_path, "a.csv", "teks\ncoblos\n"))
