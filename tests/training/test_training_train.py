"""From labelled files to a checked bundle, and back to figures on labelled files."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from app.scoring.bundle import load, read_manifest
from app.scoring.types import ACTIONS
from tests.fakes import FakeScorer
from tests.scoring.tinybundle import SETTINGS, examples
from tests.training.challengekit import suite
from training import train as training
from training.evaluate import evaluate
from training.examples import Example, ExampleError
from training.train import golden, train


def as_row(example: Example) -> dict[str, Any]:
    row = asdict(example)
    keys = ("field", "start", "end", "kind")
    return row | {"election": row.pop("group"), "names": [dict(zip(keys, n, strict=True)) for n in example.names]}


def put(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose corpus is three times the tiny one, in nine races."""
    folder = tmp_path_factory.mktemp("data")
    rows = [
        as_row(example) | {"election": f"race{(k + turn) % 9}", "id": f"{turn}-{example.id}"}
        for turn in range(3)
        for k, example in enumerate(examples())
    ]
    put(folder / "corpus" / "a.jsonl", rows[::2])
    put(folder / "corpus" / "b.jsonl", rows[1::2])
    return folder


@pytest.fixture(autouse=True)
def _tiny_corpus(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "DATA_DIR", data_dir)


@pytest.fixture(scope="module")
def real_posts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [
        {"text": f"{example.text} {turn}", "label": example.label, "election": f"e{k % 2}", "source": f"s{k % 6}"}
        for turn in range(2)
        for k, example in enumerate(examples())
        if not example.target_text
    ]
    return put(tmp_path_factory.mktemp("nyata") / "nyata.jsonl", rows)


def test_training_on_the_corpus_alone_gives_a_bundle_that_loads(tmp_path: Path) -> None:
    manifest = train(tmp_path / "b", "1.2.3", settings=SETTINGS)
    scorer = load(tmp_path / "b")
    assert (scorer.info.name, scorer.info.version) == (training.NAME, "1.2.3")
    assert (scorer.info.threshold, scorer.info.review_threshold) == tuple(manifest["thresholds"].values())
    assert manifest["counts"]["extra"] == 0
    assert manifest["held_out"]["by_election"] == {}
    assert manifest["held_out"]["by_source"]["pooled"]["n"] > 100
    assert sorted(manifest["inputs"]["corpus"]) == ["a.jsonl", "b.jsonl"]
    assert (tmp_path / "b" / "CARD.md").read_text(encoding="utf-8").startswith(f"# Model card: {training.NAME} 1.2.3")


@pytest.mark.parametrize("enough", [True, False])
def test_training_with_real_posts_judges_by_them_when_there_are_enough(
    tmp_path: Path, real_posts: Path, monkeypatch: pytest.MonkeyPatch, enough: bool
) -> None:
    lines = real_posts.read_text(encoding="utf-8").splitlines()
    monkeypatch.setattr(training, "LEAST_REAL", len(lines) + (not enough))
    manifest = train(tmp_path / "b", "1", [real_posts], SETTINGS)
    assert manifest["counts"]["extra"] == len(lines)
    judged = manifest["held_out"]["by_source"]["pooled"]["n"]
    assert judged == len(lines) if enough else judged > 100 + len(lines)
    assert list(manifest["inputs"]["extra"]) == ["nyata.jsonl"]


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("satu", "dua"):
        train(tmp_path / name, "1", settings=SETTINGS)
    one, other = ({p.name: p.read_bytes() for p in (tmp_path / name).iterdir()} for name in ("satu", "dua"))
    assert one == other


def test_the_returned_manifest_is_the_one_written(tmp_path: Path) -> None:
    manifest = train(tmp_path / "b", "1", settings=SETTINGS)
    written = read_manifest(tmp_path / "b")
    assert json.loads(json.dumps(manifest)) == {key: written[key] for key in manifest}


def test_nothing_is_written_when_an_input_is_wrong(tmp_path: Path) -> None:
    wrong = put(tmp_path / "salah.jsonl", [{"text": "rahasia", "label": 7}])
    with pytest.raises(ExampleError, match=r"salah\.jsonl:1"):
        train(tmp_path / "b", "1", [wrong], SETTINGS)
    assert not (tmp_path / "b").exists()


ROW = {"text": "rahasia", "label": 1}


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([], "tidak ada baris"),
        ([ROW | {"text": " "}], "tanpa teks"),
        ([ROW, ROW | {"label": 0}], "berlabel lain"),
    ],
)
def test_labels_of_which_nothing_can_be_learned_are_refused(tmp_path: Path, rows: list[Any], told: str) -> None:
    labels = put(tmp_path / "label.jsonl", rows)
    with pytest.raises(ExampleError, match=rf"^label\.jsonl: .*{told}") as caught:
        train(tmp_path / "b", "1", settings=SETTINGS, reviews=labels)
    assert "rahasia" not in caught.value.english
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize("name", ["kosong.jsonl", "kosong.csv", "judul.csv"])
def test_a_labelled_file_without_rows_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("text,label\n" if name == "judul.csv" else "", encoding="utf-8")
    with pytest.raises(ExampleError, match=f"^{name}: tidak ada baris$"):
        train(tmp_path / "b", "1", [tmp_path / name], SETTINGS)


@pytest.mark.parametrize("row", [ROW | {"label": 0, "sure": 0}, ROW | {"text": "lagi"}])
def test_real_posts_of_one_label_cannot_be_judged_by_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: dict[str, Any]
) -> None:
    one = put(tmp_path / "satu.jsonl", [ROW, row])
    monkeypatch.setattr(training, "LEAST_REAL", 2)
    with pytest.raises(ExampleError, match=r"^satu\.jsonl: label 0 dan label 1") as caught:
        train(tmp_path / "b", "1", [one], SETTINGS)
    assert "rahasia" not in f"{caught.value}{caught.value.english}"
    monkeypatch.setattr(training, "LEAST_REAL", 3)  # judged with the corpus, which has both
    assert train(tmp_path / "b", "1", [one], SETTINGS)["counts"]["extra"] == 2


def test_golden_items_are_spread_over_the_corpus() -> None:
    rows = [Example(str(k), f"teks {k}", 0, None, "") for k in range(3 * training.GOLDEN_ITEMS)]
    found = golden(FakeScorer(), rows)  # type: ignore[arg-type]
    assert [row["text"] for row in found] == [f"teks {3 * k}" for k in range(training.GOLDEN_ITEMS)]
    assert all(set(row) == {"text", "action", "target_text", "score"} for row in found)
    assert len(golden(FakeScorer(), rows[:5])) == 5  # type: ignore[arg-type]


def test_a_full_card_has_pictures_beside_it_and_the_suite_in_it(
    tmp_path: Path, real_posts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.behave.read_suite", suite)
    for name in ("satu", "dua"):
        manifest = train(tmp_path / name, "1", [real_posts], SETTINGS, full_card=True)
    one, other = ({p.name: p.read_bytes() for p in (tmp_path / name).iterdir()} for name in ("satu", "dua"))
    assert one == other
    pictures = {name for name in one if name.endswith(".svg")}
    text = one["CARD.md"].decode("utf-8")
    assert len(pictures) == 3
    assert all(f"]({name})" in text for name in pictures)
    assert "| dukungan | 4 |" in text
    assert not pictures & set(read_manifest(tmp_path / "satu")["files"])
    assert manifest["held_out"]["by_source"]["pooled"]["intervals"]["f1"]


def test_a_bundle_is_retrained_in_its_place_whatever_lies_beside_it(tmp_path: Path) -> None:
    train(tmp_path / "b", "1", settings=SETTINGS)
    (tmp_path / "b" / "challenge.json").write_text("{}", encoding="utf-8")
    train(tmp_path / "b", "2", settings=SETTINGS)
    (tmp_path / "b" / "challenge.json").write_text("[]", encoding="utf-8")
    assert load(tmp_path / "b").info.version == "2"


# -- evaluation -----------------------------------------------------------------------------------------------------

LABELLED = [
    {"text": "ayo coblos", "label": 1, "election": "e1"},
    {"text": "jangan coblos dia", "label": 0, "election": "e1"},
    {"text": "saya dukung", "label": 1, "election": "e2", "sure": "0"},
    {"text": "hujan", "label": 0, "election": "e2"},
    {"text": "", "label": 1, "action": "like"},
]


def test_evaluation_counted_by_hand(tmp_path: Path) -> None:
    found = evaluate(put(tmp_path / "a.jsonl", LABELLED), FakeScorer())
    assert found["model"] == {"name": "palsu", "version": "0", "threshold": 0.5}
    everything, sure = found["all"], found["sure"]
    assert (everything["n"], everything["support"], everything["flagged"]) == (5, 3, 2)
    assert (everything["precision"], everything["recall"]) == (0.5, pytest.approx(1 / 3))
    assert (sure["n"], sure["support"], sure["recall"]) == (4, 2, 0.5)
    assert sorted(found["elections"]) == ["e1", "e2"]
    assert (found["elections"]["e1"]["precision"], found["elections"]["e2"]["n"]) == (0.5, 1)


def test_items_are_handed_over_with_their_act_and_election(tmp_path: Path) -> None:
    seen = []

    class Noting(FakeScorer):
        def score(self, items: Any, *, explain: bool = False) -> Any:
            seen.extend(items)
            return super().score(items, explain=explain)

    rows = [
        {"text": "siap", "target_text": "ayo", "label": 1, "action": "comment", "election": "e1"},
        {"text": "x", "label": 0, "action": "menari"},
    ]
    evaluate(put(tmp_path / "a.jsonl", rows), Noting())
    assert [(i.text, i.action, i.target_text, i.election) for i in seen] == [
        ("siap", "comment", "ayo", "e1"),
        ("x", "post", "", None),
    ]
    assert {i.action for i in seen} <= set(ACTIONS)


def test_a_file_without_rows_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(ExampleError, match=r"^a\.jsonl: tidak ada baris$"):
        evaluate(put(tmp_path / "a.jsonl", []), FakeScorer())


def test_nothing_sure_has_no_figures(tmp_path: Path) -> None:
    found = evaluate(put(tmp_path / "a.jsonl", [LABELLED[2]]), FakeScorer())
    assert (found["sure"]["n"], found["sure"]["precision"], found["sure_intervals"]["f1"]) == (0, None, [None, None])


def test_intervals_of_sure_rows_hold_their_figures(tmp_path: Path) -> None:
    found = evaluate(put(tmp_path / "a.jsonl", LABELLED * 20), FakeScorer())
    ends = found["sure_intervals"]
    assert set(ends) == {"precision", "recall", "f1", "caught", "roc_auc"}
    for name in ("precision", "recall", "f1", "roc_auc"):
        assert ends[name][0] < found["sure"][name] < ends[name][1]
