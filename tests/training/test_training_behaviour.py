"""The behaviour suite: its files are sound, its contestants are swapped evenly, and its gate can fail."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.scoring.types import Item, Verdict
from training.behave import SWAP_LISTED, SWAP_UNLISTED, Report, measure, table
from training.behaviour import SUITE, BehaviourError, Case, Cast, Function, pool, read_suite


@pytest.fixture(scope="module")
def suite() -> dict[str, tuple[Function, list[Case]]]:
    return read_suite()


# -- the shipped suite ----------------------------------------------------------------------------------------------


def test_the_suite_has_its_functions_and_cases(suite: dict[str, tuple[Function, list[Case]]]) -> None:
    assert len(suite) >= 40
    assert all(len(cases) >= 10 for _, cases in suite.values())
    acts = [case for _, cases in suite.values() for case in cases if case.target_text]
    assert len(acts) >= 200


def test_labels_are_those_that_the_function_expects(suite: dict[str, tuple[Function, list[Case]]]) -> None:
    for name, (function, cases) in suite.items():
        labels = {case.label for case in cases}
        assert labels == ({0, 1} if function.expected == "mixed" else {function.expected}), name


def test_no_case_is_written_twice(suite: dict[str, tuple[Function, list[Case]]]) -> None:
    seen: dict[tuple[str, str], str] = {}
    for _, cases in suite.values():
        for case in cases:
            key = (case.text, case.target_text)
            assert key not in seen, (case.id, seen.get(key))
            seen[key] = case.id


def test_every_contestant_leads_one_cast_and_no_cast_has_one_twice() -> None:
    casts = pool().casts()
    assert [cast.players[0][0] for cast in casts] == pool().contestants
    for cast in casts:
        assert len({contestant.nick for contestant, _ in cast.players}) == 3
        assert len({number for _, number in cast.players}) == 3


def test_a_filled_case_has_no_slot_left(suite: dict[str, tuple[Function, list[Case]]]) -> None:
    for cast in pool().casts()[:2]:
        for _, cases in suite.values():
            for case in cases:
                item = cast.item(case)
                assert not re.search(r"\{\w*[.\w]*\}", item.text + item.target_text), case.id


def test_slots_say_what_they_stand_for() -> None:
    cast = pool().casts()[0]
    case = Case(id="x-1", action="post", text="{1} {1.low} {1.number} {1.word} {1.tag} {2.pair} {party1}", label=1)
    nick = pool().contestants[0].nick
    other = pool().contestants[1]
    expected = f"{nick} {nick.lower()} 1 satu #Menangkan{nick} {other.nick}-{other.deputy} {pool().parties[0]}"
    assert cast.item(case).text == expected


# -- files that cannot be used --------------------------------------------------------------------------------------

GOOD = {"id": "a-1", "action": "post", "text": "ayo {1}", "label": 1}


def written(folder: Path, rows: Sequence[object], functions: str = "a: {about: x, expected: 1, least: 0.5}\n") -> Path:
    (folder / "functions.yaml").write_text(functions, encoding="utf-8")
    (folder / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


def test_a_good_folder_is_read(tmp_path: Path) -> None:
    [(name, (function, [case]))] = read_suite(written(tmp_path, [GOOD])).items()
    assert (name, function.least, case.text) == ("a", 0.5, "ayo {1}")


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (GOOD | {"label": 2}, "a.jsonl:1: ValidationError"),
        (GOOD | {"more": 1}, "a.jsonl:1: ValidationError"),
        (GOOD | {"text": "rahasia {4}"}, "a.jsonl:1: unknown slot"),
        (GOOD | {"text": "rahasia {1.hair}"}, "a.jsonl:1: unknown slot"),
        (GOOD | {"text": " "}, "a.jsonl:1: unknown slot or act without a text"),
    ],
)
def test_a_bad_case_is_named_without_its_text(tmp_path: Path, row: dict[str, object], fault: str) -> None:
    with pytest.raises(BehaviourError, match=re.escape(fault)) as error:
        read_suite(written(tmp_path, [row]))
    assert "rahasia" not in str(error.value)


def test_ids_are_unique_and_every_file_has_a_function(tmp_path: Path) -> None:
    with pytest.raises(BehaviourError, match="twice"):
        read_suite(written(tmp_path, [GOOD, GOOD]))
    (tmp_path / "b.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(BehaviourError, match="b"):
        read_suite(written(tmp_path, [GOOD]))


# -- measuring ------------------------------------------------------------------------------------------------------


def verdict(score: float) -> Verdict:
    return Verdict(score >= 0.5, score, "flag" if score >= 0.5 else "clear", None)


CASES = {
    "ajakan": (
        Function(about="x", expected=1, least=0.9),
        [Case(id=f"c-{k}", action="post", text=f"ayo {k} {{1}}", label=1) for k in range(10)],
    ),
    "berita": (
        Function(about="x", expected=0, least=0.9),
        [Case(id=f"n-{k}", action="post", text=f"berita {k} {{1}}", label=0) for k in range(10)],
    ),
}


def even(items: Sequence[Item]) -> list[Verdict]:
    return [verdict(0.9 if item.text.startswith("ayo") else 0.1) for item in items]


def measured(**scores: object) -> Report:
    return measure(CASES, **({"listed": even, "unlisted": even} | scores))  # type: ignore[arg-type]


def test_a_model_that_is_right_and_even_passes() -> None:
    report = measured()
    assert report.failures() == []
    assert report.functions["ajakan"].right == 1.0
    assert report.listed.largest == report.unlisted.largest == 0.0
    assert "| ajakan | 10 | 1.00 | 0.90 |" in table(report)


def test_a_function_below_its_bound_fails_with_its_cases() -> None:
    def deaf(items: Sequence[Item]) -> list[Verdict]:
        return [verdict(0.1) for _ in items]

    report = measured(listed=deaf)
    assert report.functions["ajakan"].wrong == tuple(f"c-{k}" for k in range(10))
    assert [failure.split(":")[0] for failure in report.failures()] == ["ajakan"]


def favour(shift: float) -> object:
    favoured = pool().contestants[0].nick

    def score(items: Sequence[Item]) -> list[Verdict]:
        return [
            verdict((v.score or 0.0) + (shift if favoured in item.text else 0.0))
            for item, v in zip(items, even(items), strict=True)
        ]

    return score


@pytest.mark.parametrize(
    ("side", "bound", "name"),
    [("listed", SWAP_LISTED, "swap with watchlist"), ("unlisted", SWAP_UNLISTED, "swap without watchlist")],
)
def test_a_model_that_favours_somebody_fails(side: str, bound: float, name: str) -> None:
    assert measured(**{side: favour(bound * 0.9)}).failures() == []
    [failure] = measured(**{side: favour(bound * 1.1)}).failures()
    assert failure.startswith(name)


def test_uneven_false_alarms_fail() -> None:
    report = measured(unlisted=favour(0.45))
    assert report.unlisted.uneven == 1.0
    assert any(failure.startswith("false alarms without watchlist") for failure in report.failures())


def test_the_suite_folder_holds_nothing_else() -> None:
    assert {path.suffix for path in SUITE.iterdir()} == {".jsonl", ".yaml"}
    assert isinstance(pool().casts()[0], Cast)
