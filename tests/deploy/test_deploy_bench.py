"""What `make bench` measures with, and what it makes of what it measured."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from app.text.pipeline import analyse
from app.watchlists.load import build_matcher
from scripts import bench, benchjobs, benchpaths, benchposts, benchreport

MEASURED: benchreport.Results = {
    "scoring": {
        "usual, warm": 1_000.0,
        "usual, cold": 100.0,
        "reference (scikit-learn), warm": 250.0,
        "fast path, warm": 2_000.0,
        "fast path, cold": 50.0,
        "words a post": 17.0,
    },
    "start": {"seconds to ready": 1.25, "megabytes": 200.0},
    "length": {"10": 50.0, "100": 80.0},
}


def test_posts_are_the_same_every_time_and_hardly_any_comes_twice() -> None:
    texts = benchposts.posts(3_000)
    assert texts == benchposts.posts(3_000)
    assert texts[:50] != benchposts.posts(50, seed=1)
    assert all(text.strip() for text in texts)
    assert len(set(texts)) > 0.6 * len(texts)


def test_some_halves_come_far_more_often_than_most() -> None:
    beginnings = Counter(" ".join(text.split(" ")[:2]) for text in benchposts.posts(5_000))
    most = [count for _, count in beginnings.most_common()]
    assert most[0] > 20 * most[len(most) // 2]


@pytest.mark.parametrize("chars", benchposts.LENGTHS)
def test_texts_of_a_length(chars: int) -> None:
    assert len(benchposts.of_length(["ayo coblos", "nomor dua"], chars)) == chars


def test_invented_contestants_are_found_in_texts() -> None:
    names = benchposts.names(7)
    assert len(set(names)) == 7
    matcher = build_matcher(benchposts.races(7), ())
    for name in names:
        assert "<nama>" in [token.form for token in analyse(f"ayo dukung {name} besok", matcher)]


def test_the_least_of_each_chunk_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    spent = iter([3.0, 10.0, 1.0, 20.0, 5.0, 30.0, 7.0, 25.0])
    monkeypatch.setattr(benchpaths, "seconds", lambda work: next(spent))
    found = benchpaths.side_by_side({"a": len, "b": len}, ["x"] * 4, chunk=2, rounds=2)
    assert found == {"a": 1.0 + 5.0, "b": 10.0 + 25.0}


def test_ratios_of_what_was_measured_and_of_nothing_else() -> None:
    found = benchreport.ratios(MEASURED)
    assert found["fast path / reference"] == 8.0
    assert found["fast path / usual, cold"] == 0.5
    assert found["seconds to ready"] == 1.25
    assert "two processes / one" not in found
    assert benchreport.ratios({}) == {}


def test_goals_not_met_are_told() -> None:
    lines = {line.split("|")[1].strip(): line for line in benchreport.table(MEASURED).splitlines() if "met" in line}
    assert "**not met**" in lines["fast path / usual, cold"]
    assert "**not met**" in lines["fast path / usual, warm"]
    assert lines["fast path / reference"].endswith("| met |")
    assert lines["seconds to ready"].endswith("| met |")


def test_every_goal_is_about_something_measured() -> None:
    everything = {name for name, _ in benchreport._ratios({})}
    assert {goal.name for goal in benchreport.GOALS} <= everything
    assert bench.GATE.keys() <= everything


def test_what_was_written_by_hand_stays(tmp_path: Path) -> None:
    benchreport.write(tmp_path, {"start": MEASURED["start"]})
    page = tmp_path / "README.md"
    page.write_text(page.read_text("utf-8") + "\nWhy it is so.\n", "utf-8")
    benchreport.write(tmp_path, MEASURED)
    assert page.read_text("utf-8").endswith("Why it is so.\n")
    assert "![length](length.svg)" in page.read_text("utf-8")
    assert {path.name for path in tmp_path.iterdir()} == {"README.md", "results.json", "scoring.svg", "length.svg"}


@pytest.mark.parametrize(("fast", "code"), [(2_000.0, 0), (10.0, 1)])
def test_the_gate_closes_when_a_ratio_is_far_below(
    fast: float, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rates = MEASURED["scoring"] | {
        "fast path, warm": fast,
        "verdicts, warm": 1_000.0,
        "verdicts with evidence and names, warm": 700.0,
    }
    monkeypatch.setattr(bench, "scoring", lambda texts, rounds: rates)
    assert bench.main(["--gate"]) == code
    assert ("too slow: fast path" in capsys.readouterr().out) == bool(code)


def test_the_start_that_counts_is_a_later_one(monkeypatch: pytest.MonkeyPatch) -> None:
    states: list[str] = []
    spent = iter([9.0, 2.0, 1.0, 3.0])

    def started(state: str) -> dict[str, float]:
        states.append(state)
        return {"seconds to ready": next(spent), "megabytes": 200.0}

    monkeypatch.setattr(benchjobs, "_started", started)
    found = benchjobs.starting()
    assert found == {"seconds to ready": 1.0, "megabytes": 200.0, "seconds to ready, very first start": 9.0}
    assert len(set(states)) == 1
