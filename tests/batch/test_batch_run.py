"""The run as a whole: counts, order, chunks, several inputs, and what the scorer is asked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from app.batch.errors import (
    InputIsFolderError,
    InputMissingError,
    NoInputError,
    NoTextColumnError,
    OutputIsInputError,
    OutputWriteError,
)
from app.batch.progress import Progress
from app.batch.run import ScoreOptions, Summary, score_files, write_summary
from app.scoring.types import Explain, Item, ModelInfo, Verdict
from tests.batch.batchkit import NETRA, Put, Score, as_csv, read_csv, read_jsonl
from tests.fakes import FakeScorer


class Listener(FakeScorer):
    """Remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[list[Item], Explain]] = []

    def score(self, items: Sequence[Item], *, explain: Explain = False, entities: bool = False) -> list[Verdict]:
        self.asked.append((list(items), explain))
        return super().score(items, explain=explain, entities=entities)


MIXED = as_csv(
    [
        ["text", "aksi", "target_text"],
        ["ayo coblos", "", ""],
        ["", "", ""],
        ["masih ragu", "", ""],
        ["ya", "menari", ""],
        ["", "suka", ""],
        ["", "suka", "ayo coblos"],
        ["biasa", "unggah", ""],
    ]
)


def test_the_summary_counts_every_row_once(score: Score) -> None:
    summary = score(MIXED).summary
    assert summary.read == summary.scored + summary.rejected == 7
    assert (summary.scored, summary.rejected) == (5, 2)
    assert (summary.flagged, summary.review, summary.undecided) == (2, 1, 1)
    assert summary.rejections == {"missing_text": 1, "unknown_action": 1}


def test_an_undecided_row_is_scored_with_an_empty_score(score: Score) -> None:
    row = score(MIXED).rows[4]
    assert row["netra_band"] == "undecided"
    assert row["netra_score"] is None
    assert row["netra_flagged"] is False
    assert row["netra_error"] is None
    assert "needs_target" in row["netra_reasons"]


def test_a_rejected_row_says_where_and_why_and_keeps_its_cells(score: Score) -> None:
    row = score(MIXED).rows[3]
    assert row["text"] == "ya"
    assert row["netra_error"] == "baris 5: kata aksi tidak dikenal (unknown_action)"
    assert [row[name] for name in NETRA[:-1]] == [None] * 7


def test_errors_never_echo_the_row(score: Score) -> None:
    done = score('text,aksi\n"","rahasia"\nrahasia,rahasia\n')
    assert done.summary.rejected == 2
    assert all("rahasia" not in error for error in done.column("netra_error"))


def test_reasons_hold_the_evidence_of_flagged_rows(score: Score) -> None:
    assert score(MIXED).rows[0]["netra_reasons"] == "mendukung: “coblos” (+1,5)"


@pytest.mark.parametrize(("rows", "size", "chunks"), [(7, 3, [3, 3, 1]), (6, 3, [3, 3]), (2, 3, [2]), (0, 3, [])])
def test_the_scorer_is_asked_in_chunks(put: Put, tmp_path: Path, rows: int, size: int, chunks: list[int]) -> None:
    scorer = Listener()
    source = put("a.csv", "text,n\n" + "".join(f"kabar {n},{n}\n" for n in range(rows)))
    score_files([source], tmp_path / "k.jsonl", scorer, ScoreOptions(chunk_rows=size))
    assert [len(items) for items, _ in scorer.asked] == chunks
    assert [row["n"] for row in read_jsonl(tmp_path / "k.jsonl")] == [str(n) for n in range(rows)]


def test_evidence_is_asked_for_only_where_it_is_shown(put: Put, tmp_path: Path) -> None:
    scorer = Listener()
    score_files([put("a.csv", MIXED)], tmp_path / "k.jsonl", scorer)
    assert [(len(items), explain) for items, explain in scorer.asked] == [(5, ("flag", "review"))]


def test_a_chunk_is_two_thousand_rows_unless_told_otherwise() -> None:
    assert ScoreOptions().chunk_rows == 2_000


def test_a_chunk_with_much_text_ends_early(put: Put, tmp_path: Path) -> None:
    scorer = Listener()
    source = put("a.csv", "text,n\n" + "".join(f"{n}" + "x" * 399 + ",1\n" for n in range(7)))
    score_files([source], tmp_path / "k.jsonl", scorer, ScoreOptions(chunk_chars=1_000))
    assert [len(items) for items, _ in scorer.asked] == [3, 3, 1]


def test_what_stands_twice_in_a_chunk_is_scored_once_and_answered_twice(put: Put, tmp_path: Path) -> None:
    scorer = Listener()
    acts = ["a,coblos,post", "b,coblos,post", "c,ragu,post", "d,coblos,comment", "e,coblos,post"]
    source = put("a.csv", "id,text,action\n" + "\n".join(acts) + "\n")
    score_files([source], tmp_path / "k.jsonl", scorer)
    assert [[(item.text, item.action) for item in items] for items, _ in scorer.asked] == [
        [("coblos", "post"), ("ragu", "post"), ("coblos", "comment")]
    ]
    rows = read_jsonl(tmp_path / "k.jsonl")
    assert [(row["id"], row["netra_band"]) for row in rows] == [
        ("a", "flag"), ("b", "flag"), ("c", "review"), ("d", "flag"), ("e", "flag"),
    ]  # fmt: skip


@pytest.mark.parametrize("column", ["text", "target_text", "media_text", "parent_author", "election", "region"])
def test_acts_that_differ_in_what_a_verdict_depends_on_are_scored_each(put: Put, tmp_path: Path, column: str) -> None:
    scorer = Listener()
    source = put("a.csv", f"teks,{column}\nkabar,satu\nkabar,dua\n" if column != "text" else "text\nsatu\ndua\n")
    score_files([source], tmp_path / "k.jsonl", scorer)
    assert [len(items) for items, _ in scorer.asked] == [2]


def test_a_chunk_of_bad_rows_is_not_sent(put: Put, tmp_path: Path) -> None:
    scorer = Listener()
    score_files([put("a.csv", "text,n\n,1\n,2\n")], tmp_path / "k.jsonl", scorer)
    assert scorer.asked == []


def test_a_scorer_that_answers_too_little_is_an_error_not_a_shift(put: Put, tmp_path: Path) -> None:
    class Short(FakeScorer):
        def score(self, items: Sequence[Item], *, explain: bool = False, entities: bool = False) -> list[Verdict]:
            return super().score(items, explain=explain, entities=entities)[:-1]

    with pytest.raises(ValueError, match="shorter"):
        score_files([put("a.csv", "text,n\nya,1\nya,2\n")], tmp_path / "k.jsonl", Short())
    assert not (tmp_path / "k.jsonl").exists()


# Several inputs


def test_inputs_are_joined_in_order_with_their_source(put: Put, tmp_path: Path) -> None:
    inputs = [put("satu.csv", "id,text\n1,ayo coblos\n"), put("dua.jsonl", '{"komentar": "ya", "n": 5}\n{x\n')]
    summary = score_files(inputs, tmp_path / "k.csv", FakeScorer())
    rows = read_csv(tmp_path / "k.csv")
    assert rows[0] == ["id", "text", "komentar", "n", *NETRA, "netra_source"]
    assert [row[:4] for row in rows[1:]] == [["1", "ayo coblos", "", ""], ["", "", "ya", "5"], ["", "", "", ""]]
    assert [row[-1] for row in rows[1:]] == ["satu.csv", "dua.jsonl", "dua.jsonl"]
    assert (summary.read, summary.scored, summary.rejected) == (3, 2, 1)


def test_one_input_has_no_source_column(score: Score) -> None:
    assert "netra_source" not in score("text\nya\n").rows[0]


def test_json_rows_of_several_inputs_carry_only_their_own_keys(put: Put, tmp_path: Path) -> None:
    inputs = [put("a.jsonl", '{"text": "ya", "a": 1}'), put("b.jsonl", '{"text": "ya", "b": [2]}')]
    score_files(inputs, tmp_path / "k.jsonl", FakeScorer())
    rows = read_jsonl(tmp_path / "k.jsonl")
    assert [set(row) - set(NETRA) for row in rows] == [{"text", "a", "netra_source"}, {"text", "b", "netra_source"}]


def test_inputs_of_the_same_name_are_told_apart(tmp_path: Path) -> None:
    inputs = [tmp_path / folder / "a.csv" for folder in ("x", "y")]
    for path in inputs:
        path.parent.mkdir()
        path.write_text("text\nya\n")
    score_files(inputs, tmp_path / "k.jsonl", FakeScorer())
    sources = [row["netra_source"] for row in read_jsonl(tmp_path / "k.jsonl")]
    assert sources == [str(path) for path in inputs]


def test_a_source_column_of_an_earlier_run_is_replaced_only_by_a_new_one(put: Put, tmp_path: Path) -> None:
    one, two = put("a.csv", "text,netra_source\nya,lama\n"), put("b.csv", "text\nya\n")
    score_files([one], tmp_path / "k.csv", FakeScorer())
    assert read_csv(tmp_path / "k.csv")[1][1] == "lama"
    score_files([one, two], tmp_path / "k2.csv", FakeScorer())
    assert [row[-1] for row in read_csv(tmp_path / "k2.csv")] == ["netra_source", "a.csv", "b.csv"]


def test_all_inputs_are_looked_at_before_anything_is_scored(put: Put, tmp_path: Path) -> None:
    scorer = Listener()
    inputs = [put("a.csv", "text\nya\n"), put("b.csv", "judul,n\nya,1\n")]
    with pytest.raises(NoTextColumnError, match=r"b\.csv"):
        score_files(inputs, tmp_path / "k.csv", scorer)
    assert scorer.asked == []
    assert not (tmp_path / "k.csv").exists()


# Paths


def test_paths_that_do_not_serve(put: Put, tmp_path: Path) -> None:
    source = put("a.csv", "text\nya\n")
    (tmp_path / "folder.csv").mkdir()
    cases: list[tuple[list[Path], Path, type[Exception]]] = [
        ([], tmp_path / "k.csv", NoInputError),
        ([tmp_path / "tidak_ada.csv"], tmp_path / "k.csv", InputMissingError),
        ([source, tmp_path], tmp_path / "k.csv", InputIsFolderError),
        ([source], source, OutputIsInputError),
        ([source], tmp_path / ".." / tmp_path.name / "a.csv", OutputIsInputError),
        ([source], tmp_path / "folder.csv", OutputWriteError),
    ]
    for inputs, output, error in cases:
        with pytest.raises(error):
            score_files(inputs, output, FakeScorer())
    assert source.read_text() == "text\nya\n"


def test_a_link_to_an_input_is_that_input(put: Put, tmp_path: Path) -> None:
    source = put("a.csv", "text\nya\n")
    (tmp_path / "k.csv").symlink_to(source)
    with pytest.raises(OutputIsInputError):
        score_files([source], tmp_path / "k.csv", FakeScorer())


# Summary


def test_the_summary_file(put: Put, tmp_path: Path) -> None:
    summary = score_files([put("a.csv", MIXED)], tmp_path / "k.csv", FakeScorer())
    write_summary(summary, tmp_path / "ringkasan.json")
    stored: dict[str, Any] = json.loads((tmp_path / "ringkasan.json").read_text(encoding="utf-8"))
    assert stored.pop("seconds") >= 0
    assert stored.pop("rows_per_second") >= 0
    assert stored == {
        "model": {"name": "palsu", "version": "0", "threshold": 0.5, "review_threshold": 0.25},
        "read": 7,
        "scored": 5,
        "rejected": 2,
        "flagged": 2,
        "review": 1,
        "undecided": 1,
        "rejections": {"missing_text": 1, "unknown_action": 1},
        "first_rejected": {
            "missing_text": {"source": None, "unit": "baris", "number": 3},
            "unknown_action": {"source": None, "unit": "baris", "number": 5},
        },
        "notes": {},
        "sheets": [],
    }


def test_rates_of_a_summary() -> None:
    info = ModelInfo("palsu", "0", 0.5, 0.25)
    assert Summary(info, read=10, scored=10, seconds=4.0).rows_per_second == 2.5
    assert Summary(info).rows_per_second == 0.0


def test_a_summary_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputWriteError):
        write_summary(Summary(FakeScorer.info), tmp_path / "tidak_ada" / "r.json")


def test_progress_is_shown_when_asked_for(put: Put, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = put("a.csv", "text,n\nrahasia,1\n")
    score_files([source], tmp_path / "k.csv", FakeScorer())
    assert capsys.readouterr() == ("", "")
    score_files([source], tmp_path / "k.csv", FakeScorer(), ScoreOptions(progress=True))
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "rahasia" not in shown.err


def test_progress_is_told_rows_and_part(put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, float]] = []
    monkeypatch.setattr(Progress, "update", lambda self, rows, part: told.append((rows, part)))
    inputs = [put("a.csv", "text\n" + "kabar\n" * 6), put("b.jsonl", '{"text": "kabar"}\n' * 6)]
    score_files(inputs, tmp_path / "k.csv", FakeScorer(), ScoreOptions(chunk_rows=3))
    assert [rows for rows, _ in told] == [3, 6, 9, 12]
    parts = [part for _, part in told]
    assert parts == sorted(parts)
    assert 0 < parts[0] < 1
    assert parts[-1] == 1.0
