"""The flip list of stored traffic: every change is in it, nothing else, and no cell is run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.batch.errors import BatchError, InputMissingError
from app.scoring.types import Evidence, Item, Verdict
from tests.fakes import FakeScorer
from training.shadow import COLUMNS, TEXT_COLUMNS, ShadowResult, shadow

POSTS = "id,teks\n1,ayo coblos nomor 2\n2,masih ragu\n3,\n4,selamat pagi\n5,dukung dia\n"


class Stricter(FakeScorer):
    """As the fake scorer, and ``dukung`` is flagged, ``ragu`` is clear."""

    def _one(self, item: Item, explain: bool) -> Verdict:
        if "dukung" in item.text:
            at = item.text.index("dukung")
            why = (Evidence("text", at, at + 6, "dukung", 1.25),) if explain else ()
            return Verdict(True, 0.8, "flag", "endorsement", why)
        return Verdict(False, 0.2, "clear", "question") if "ragu" in item.text else super()._one(item, explain)


def run(path: Path, content: str, *, with_text: bool = False) -> tuple[ShadowResult, list[dict[str, str]]]:
    source, output = path / "unggahan.csv", path / "ubah.csv"
    source.write_bytes(content.encode("utf-8", "surrogatepass"))
    result = shadow([source], output, FakeScorer(), Stricter(), with_text=with_text)
    text = output.read_bytes().decode("utf-8")
    return result, list(csv.DictReader(io.StringIO(text, newline="")))


def test_flips_are_listed_with_bands_scores_and_evidence(tmp_path: Path) -> None:
    result, rows = run(tmp_path, POSTS)
    assert [(row["row"], row["id"], row["champion_band"], row["challenger_band"]) for row in rows] == [
        ("3", "2", "review", "clear"),
        ("6", "5", "clear", "flag"),
    ]
    assert rows[1] == {
        "file": "unggahan.csv",
        "row": "6",
        "id": "5",
        "champion_band": "clear",
        "challenger_band": "flag",
        "champion_score": "0.100000",
        "challenger_score": "0.800000",
        "champion_evidence": "",
        "challenger_evidence": "dukung (+1.25)",
    }
    assert (result.read, result.rejected, result.flips) == (5, 1, 2)


def test_all_transitions_are_counted(tmp_path: Path) -> None:
    result, _ = run(tmp_path, POSTS)
    assert dict(result.transitions) == {
        ("flag", "flag"): 1,
        ("review", "clear"): 1,
        ("clear", "clear"): 1,
        ("clear", "flag"): 1,
    }
    assert result.transitions.total() + result.rejected == result.read


@pytest.mark.parametrize("with_text", [False, True])
def test_texts_are_listed_only_when_asked_for(tmp_path: Path, with_text: bool) -> None:
    _, rows = run(tmp_path, POSTS, with_text=with_text)
    assert tuple(rows[0]) == ((*COLUMNS, *TEXT_COLUMNS) if with_text else COLUMNS)
    assert ("dukung dia" in str(rows)) == with_text


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_no_cell_is_run_as_a_formula(tmp_path: Path, start: str) -> None:
    _, [row] = run(tmp_path, f'id,teks\n"{start}1","{start}dukung dia"\n', with_text=True)
    assert (row["id"][0], row["text"][0]) == ("'", "'")
    assert not [cell for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@given(st.lists(st.text(st.characters(blacklist_categories=["Cs"]), max_size=30), max_size=12))
@settings(deadline=None, max_examples=30)
def test_every_row_is_accounted_for(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    content = io.StringIO(newline="")
    csv.writer(content).writerows([["teks"], *([f"dukung {text}"] for text in texts)])
    result, rows = run(tmp_path_factory.mktemp("semua"), content.getvalue(), with_text=True)
    assert result.read == result.transitions.total() + result.rejected
    assert len(rows) == result.flips


def test_rows_beyond_one_chunk_are_scored_too(tmp_path: Path) -> None:
    content = "teks\n" + "".join(f"dukung {k}\n" for k in range(1203))
    result, rows = run(tmp_path, content)
    assert (result.flips, len(rows), rows[-1]["row"]) == (1203, 1203, "1204")


def test_several_files_keep_their_names(tmp_path: Path) -> None:
    for name in ("a.csv", "b.jsonl"):
        content = "teks\ndukung\n" if name.endswith("csv") else '{"teks": "dukung"}\n'
        (tmp_path / name).write_text(content, encoding="utf-8")
    shadow([tmp_path / "a.csv", tmp_path / "b.jsonl"], tmp_path / "o.csv", FakeScorer(), Stricter())
    found = list(csv.DictReader(io.StringIO((tmp_path / "o.csv").read_text(encoding="utf-8"))))
    assert [row["file"] for row in found] == ["a.csv", "b.jsonl"]


def test_evidence_is_asked_of_flips_alone(tmp_path: Path) -> None:
    explained: list[str] = []

    class Noting(Stricter):
        def score(self, items: Sequence[Item], *, explain: bool = False, entities: bool = False) -> list[Verdict]:
            explained.extend(item.text for item in items if explain)
            return super().score(items, explain=explain)

    source = tmp_path / "a.csv"
    source.write_text(POSTS, encoding="utf-8")
    shadow([source], tmp_path / "o.csv", FakeScorer(), Noting())
    assert explained == ["masih ragu", "dukung dia"]


def test_what_cannot_be_read_leaves_no_list(tmp_path: Path) -> None:
    output = tmp_path / "o.csv"
    with pytest.raises(InputMissingError):
        shadow([tmp_path / "tidak-ada.csv"], output, FakeScorer(), Stricter())
    (tmp_path / "b.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(BatchError):
        shadow([tmp_path / "b.csv"], output, FakeScorer(), Stricter())
    assert not list(tmp_path.glob("*o.csv*"))


def test_long_evidence_is_cut_and_the_heaviest_comes_first(tmp_path: Path) -> None:
    class Wordy(Stricter):
        def _one(self, item: Item, explain: bool) -> Verdict:
            spans = [("kecil", 0.1), ("besar", -3.0), ("baris\nbaru", 2.0), ("x" * 100, 1.0)]
            why = tuple(Evidence("text", k, k + 1, word, weight) for k, (word, weight) in enumerate(spans))
            return Verdict(True, 0.8, "flag", "endorsement", why if explain else ())

    source = tmp_path / "a.csv"
    source.write_text("teks\nselamat pagi\n", encoding="utf-8")
    shadow([source], tmp_path / "o.csv", FakeScorer(), Wordy())
    [row] = csv.DictReader(io.StringIO((tmp_path / "o.csv").read_text(encoding="utf-8")))
    assert row["challenger_evidence"] == f"besar (-3.00), baris baru (+2.00), {'x' * 40} (+1.00)"
