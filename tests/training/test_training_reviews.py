"""Reviewers' labels: what is taken in, what is kept out, which batches are not to be trusted, and what never leaks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.scoring.types import Entity, Verdict
from tests.scoring.tinybundle import examples
from tests.training.challengekit import part_of_corpus, put
from training import train as training
from training.examples import Example, ExampleError
from training.reviews import (
    BATCH_BOUND,
    HELD_OUT,
    LEAST_SURE,
    PART_BOUND,
    Contradictions,
    Review,
    contradictions,
    is_held_out,
    read_reviews,
    wilson_low,
)

ROW = {
    "id": "u1",
    "action": "comment",
    "text": "siap pak",
    "target_text": "ayo coblos nomor dua",
    "media_text": "",
    "label": 1,
    "kind": "endorsement",
    "sure": 1,
    "election": "uji-2031",
    "source": "tinjauan-tiktok",
    "readers": 2,
    "reviewers": ["p-2", "p-1"],
    "model_version": "1",
    "score": 0.7,
}


def read(path: Path, *rows: dict[str, Any]) -> Any:
    return read_reviews(put(path / "label.jsonl", [dict(row) for row in rows]))


# -- reading --------------------------------------------------------------------------------------------------------


def test_a_row_of_the_export_is_taken_in(tmp_path: Path) -> None:
    [row] = read(tmp_path, ROW).rows
    assert row.reviewers == ("p-1", "p-2")
    found = row.example
    assert (found.text, found.target_text, found.action) == ("siap pak", "ayo coblos nomor dua", "comment")
    assert (found.label, found.kind, found.doubtful, found.group) == (1, "endorsement", False, "uji-2031")
    assert (found.source, found.real) == ("tinjauan-tiktok", True)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"reviewers": ["a", "b"]}, ("a", "b")),
        ({"reviewers": "a"}, ("a",)),
        ({"reviewers": None, "reviewer": "a"}, ("a",)),
        ({"reviewers": None}, ()),
        ({"reviewers": 7}, ()),
    ],
)
def test_pseudonyms(tmp_path: Path, given: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert read(tmp_path, ROW | given).rows[0].reviewers == expected


@pytest.mark.parametrize(("sure", "doubtful"), [(1, False), (0, True), (True, False), (False, True), ("0", True)])
def test_doubt(tmp_path: Path, sure: object, doubtful: bool) -> None:
    assert read(tmp_path, ROW | {"sure": sure}).rows[0].example.doubtful == doubtful


def test_rows_without_any_words_teach_nothing(tmp_path: Path) -> None:
    found = read(tmp_path, ROW, ROW | {"text": " ", "target_text": ""})
    assert (len(found.rows), found.empty) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "labels", "conflicting"),
    [
        ({"label": 1}, [1], 0),
        ({"label": 0}, [], 1),
        ({"label": 0, "sure": 0}, [1], 0),
        ({"label": 0, "text": "SIAP  pak"}, [], 1),
        ({"label": 0, "text": "siap pak 😡"}, [1, 0], 0),
        ({"label": 0, "target_text": "jalan rusak"}, [1, 0], 0),
    ],
)
def test_the_same_words_have_one_label_or_none(
    tmp_path: Path, changes: dict[str, Any], labels: list[int], conflicting: int
) -> None:
    found = read(tmp_path, ROW, ROW | changes)
    assert [row.example.label for row in found.rows] == labels
    assert found.conflicting == conflicting


@pytest.mark.parametrize(
    "row", [{"label": 1}, {"text": "rahasia"}, {"text": "rahasia", "label": 2}, {"text": 3, "label": 1}]
)
def test_a_row_that_cannot_be_used_is_named_by_its_line(tmp_path: Path, row: dict[str, Any]) -> None:
    with pytest.raises(ExampleError, match=r"label\.jsonl:2") as caught:
        read(tmp_path, ROW, row)
    assert "rahasia" not in str(caught.value)


# -- the held-out fifth ---------------------------------------------------------------------------------------------


def act(text: str, target: str = "", **changes: Any) -> Example:
    return replace(Example("x", text, 1, None, "", target_text=target), **changes)


def test_about_a_fifth_is_kept_out() -> None:
    kept_out = sum(is_held_out(act(f"unggahan nomor {k} tentang desa")) for k in range(2000))
    assert kept_out == pytest.approx(2000 / HELD_OUT, rel=0.1)


@given(st.text(), st.text(min_size=1), st.sampled_from(["post", "like", "comment"]), st.integers(0, 1))
@settings(deadline=None, max_examples=50)
def test_what_is_kept_out_depends_on_the_words_alone(text: str, target: str, action: str, label: int) -> None:
    same = act(text, target, action=action, label=label, group="lain", doubtful=bool(label), id="y")
    assert is_held_out(same) == is_held_out(act(text, target))
    assert is_held_out(act(text.upper() + " @siapa")) == is_held_out(act(text.upper()))


def test_acts_on_one_target_stay_together() -> None:
    for k in range(50):
        target = f"deklarasi relawan nomor {k}"
        assert len({is_held_out(act(reply, target)) for reply in ("siap", "gas", "", "tidak")}) == 1


def test_learned_and_held_out_share_no_near_duplicate(tmp_path: Path) -> None:
    base = "kami warga satu kampung sudah sepakat mendukung penuh calon nomor dua demi perubahan di desa kita"
    rows = [
        ROW | {"text": f"{base} {word}", "target_text": ""} for word in ("ya", "dong", "lho", "pak", "bu", "gan", "sis")
    ]
    other = ROW | {"text": "pagi ini hujan deras", "target_text": ""}
    found = read(tmp_path, *rows, other)
    sides = {is_held_out(row.example) for row in found.rows if "sepakat" in row.example.text}
    assert sides == {True, False}, "choose other words: both sides are needed"
    assert not [row for row in found.learned if "sepakat" in row.example.text]
    assert {row.example.text for row in found.rows} == {row["text"] for row in [*rows, other]}


def test_reviewers_posts_are_real_posts(tmp_path: Path) -> None:
    rows = [ROW | {"text": f"unggahan {k}", "target_text": ""} for k in range(10)]
    found = read(tmp_path, *rows).examples
    assert found
    assert all(example.real for example in found)


# -- labels against a sure model ------------------------------------------------------------------------------------


def verdict(score: float | None, *names: str) -> Verdict:
    entities = tuple(Entity(name, "calon", 1, "uji-2031", "text", 0, 1) for name in names)
    return Verdict(False, score, "clear", None, entities=entities)


def judge(rows: Sequence[tuple[int, float | None, str]], **changes: Any) -> dict[str, Contradictions]:
    reviews = [Review(act("x", label=label, **changes), ("p-1",)) for label, _, _ in rows]
    found = contradictions(reviews, [verdict(score, *filter(None, [name])) for _, score, name in rows])
    return {one.part: one for one in found}


def test_only_sure_scores_and_sure_labels_count() -> None:
    rows = [(1, 0.95, ""), (0, 0.95, ""), (1, 0.05, ""), (0, 0.05, ""), (1, 0.5, ""), (0, 0.89, ""), (1, None, "")]
    found = judge(rows)["semua"]
    assert (found.sure, found.against) == (4, 2)
    assert judge(rows, doubtful=True)["semua"].sure == 0


def test_parts_are_reviewers_elections_and_whoever_is_named() -> None:
    rows = [(1, 0.95, "Gendis")] * LEAST_SURE + [(1, 0.95, "Tirta")] * (LEAST_SURE - 1)
    found = judge(rows, group="uji-2031")
    assert set(found) == {"semua", "peninjau p-1", "pemilihan uji-2031", "disebut Gendis"}
    assert found["semua"].bound == BATCH_BOUND
    assert {one.bound for part, one in found.items() if part != "semua"} == {PART_BOUND}


def test_the_whole_batch_comes_first_and_is_always_there() -> None:
    assert [one.part for one in contradictions([], [])] == ["semua"]
    assert contradictions([], [])[0].holds


@pytest.mark.parametrize(
    ("against", "of", "holds"), [(0, 200, True), (10, 200, True), (20, 200, True), (40, 200, False), (4, 10, False)]
)
def test_a_batch_holds_while_chance_can_explain_it(against: int, of: int, holds: bool) -> None:
    rows = [(0, 0.95, "")] * against + [(1, 0.95, "")] * (of - against)
    assert judge(rows)["semua"].holds == holds


def test_flips_against_one_contestant_show_in_a_small_part_of_the_batch() -> None:
    fair = [(1, 0.95, "Tirta")] * 950 + [(0, 0.05, "Gendis")] * 20
    targeted = [(0, 0.95, "Gendis")] * 30
    found = judge([*fair, *targeted])
    assert found["semua"].holds
    assert not found["disebut Gendis"].holds
    assert found["disebut Tirta"].holds


@pytest.mark.parametrize(("hits", "trials", "low"), [(0, 0, 0.0), (0, 50, 0.0), (10, 50, 0.1124), (50, 50, 0.9287)])
def test_wilson_interval_against_published_values(hits: int, trials: int, low: float) -> None:
    assert wilson_low(hits, trials) == pytest.approx(low, abs=1e-4)


# -- training from reviews ------------------------------------------------------------------------------------------

SECRET = ("zirkonia", "plasentik", "umbrusala")
#: Two posts and two replies, each on the side that is learned from.
SECRET_ROWS = [
    ROW | {"text": "zirkonia plasentik umbrusala rabu pagi hujan deras", "target_text": ""},
    ROW | {"text": "besok kamis zirkonia umbrusala dan plasentik menang", "target_text": ""},
    ROW | {"text": "siap zirkonia", "target_text": "ayo coblos nomor tiga"},
    ROW | {"text": "gas plasentik", "target_text": "ayo coblos nomor lima"},
    ROW | {"text": "gas zirkonia", "target_text": "pengumuman jadwal posyandu"},
]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, Any]]:
    """A bundle of a part of the corpus and reviewers' labels with words that nobody else uses."""
    folder = tmp_path_factory.mktemp("tinjauan")
    corpus = part_of_corpus(40)
    put(folder / "corpus" / "a.jsonl", corpus)
    posts = [e for e in examples() if not e.target_text]
    rows = [ROW | {"text": f"{e.text} wadidaw", "target_text": "", "label": e.label} for e in posts]
    labels = put(folder / "label-peninjau.jsonl", [*rows, *SECRET_ROWS])
    before = training.DATA_DIR
    training.DATA_DIR = folder  # type: ignore[misc]
    try:
        manifest = training.train(folder / "b", "1", reviews=labels)
    finally:
        training.DATA_DIR = before  # type: ignore[misc]
    return folder / "b", labels, manifest


def test_the_manifest_names_the_labels_by_digest_and_counts(trained: tuple[Path, Path, dict[str, Any]]) -> None:
    _, labels, manifest = trained
    batch = read_reviews(labels)
    assert list(manifest["inputs"]["reviews"]) == [labels.name]
    assert manifest["counts"]["reviews"] == len(batch.learned)
    assert manifest["counts"]["reviews_held_out"] == len(batch.held_out) > 0
    assert len(batch.learned) + len(batch.held_out) <= len(batch.rows)


def test_thresholds_are_not_chosen_on_a_handful_of_posts(trained: tuple[Path, Path, dict[str, Any]]) -> None:
    manifest = trained[2]
    assert manifest["held_out"]["by_source"]["pooled"]["n"] > 5 * manifest["counts"]["reviews"]


def test_enough_labels_are_judged_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    few = training._Inputs([], [], [act("x")], [], {}, {})
    assert few.few_real
    assert not replace(few, reviewed=[]).few_real
    assert not replace(few, real=[act("y")] * training.LEAST_REAL).few_real


def test_labels_change_the_model(trained: tuple[Path, Path, dict[str, Any]]) -> None:
    assert "wadidaw" in (trained[0] / "vocabulary.txt").read_text(encoding="utf-8")


def test_no_word_of_fewer_than_three_posts_of_a_reviewer_is_anywhere_in_the_bundle(
    trained: tuple[Path, Path, dict[str, Any]],
) -> None:
    learned = {row.example.text for row in read_reviews(trained[1]).learned}
    assert sum(SECRET[0] in text for text in learned if text.startswith(("siap", "gas"))) == 2
    assert sum(SECRET[1] in text for text in learned) >= 2
    for path in trained[0].iterdir():
        content = path.read_bytes().decode("utf-8", "replace")
        for secret in SECRET:
            assert secret not in content, path.name
            assert secret[:5] not in content, path.name


def test_golden_items_are_of_the_corpus_alone(trained: tuple[Path, Path, dict[str, Any]]) -> None:
    corpus = {(row["text"], row["target_text"]) for row in part_of_corpus(40)}
    lines = (trained[0] / "golden.jsonl").read_text(encoding="utf-8").splitlines()
    golden = {(row["text"], row["target_text"]) for row in map(json.loads, lines)}
    assert golden
    assert golden <= corpus


def test_no_text_of_a_reviewer_is_in_the_card(trained: tuple[Path, Path, dict[str, Any]]) -> None:
    text = (trained[0] / "CARD.md").read_text(encoding="utf-8")
    assert "labelled by reviewers" in text
    assert not [row.example.text for row in read_reviews(trained[1]).rows if row.example.text in text]
