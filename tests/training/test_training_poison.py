"""A poisoned batch of labels on a part of the shipped corpus: what the gates make of it."""

from __future__ import annotations

import random
from typing import Any

import pytest

from app.scoring.bundle import activate
from app.watchlists.load import read_folder
from tests.fakes import FICTIONAL
from tests.training.challengekit import (
    Row,
    against,
    at_random,
    labels,
    part_of_corpus,
    put,
    relabelled,
    suite,
    write_bundle,
)
from training import challenge as module
from training.examples import Example, digest, read_corpus
from training.fit import Settings, content, documents
from training.reviews import read_reviews

POISON, TARGET = 0.2, "Gendis Wulandanti"


def naming_the_target(rows: list[Row]) -> list[Row]:
    """A quarter of the rows are made to name one contestant in the place of whoever they named."""
    turn = random.Random(3)
    return [_renamed(row) if turn.random() < 0.6 else row for row in rows]


def _renamed(row: Row) -> Row:
    for name in row["names"]:
        if (name["field"], name["kind"]) == ("text", "name"):
            return row | {"text": row["text"][: name["start"]] + TARGET + row["text"][name["end"] :]}
    return row


def flipped_places(clean: list[Example], given: list[Example]) -> set[int]:
    """Readings, two a post, of the posts whose label differs."""
    judged = {(e.text, e.target_text): e.label for e in given}
    spoken = [e for e in clean if content(e) is not None]
    return {2 * k + n for k, e in enumerate(spoken) if judged[e.text, e.target_text] != e.label for n in (0, 1)}


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Reports of challengers of clean and poisoned labels. Texts are read once, labels and weights are new each time."""
    folder = tmp_path_factory.mktemp("racun")
    own, reviewed = part_of_corpus(16), naming_the_target(part_of_corpus(24, 20))
    examples = read_corpus(put(folder / "corpus" / "a.jsonl", own).parent)
    learned = read_reviews(put(folder / "label.jsonl", labels(reviewed))).examples
    docs = documents([*examples, *learned], Settings())
    aside = read_corpus(put(folder / "lain" / "a.jsonl", part_of_corpus(15, 7)).parent)
    others = [doc for doc in documents(aside, Settings()) if doc.listed and doc.sure]
    first = 2 * sum(content(example) is not None for example in examples)
    dev = put(folder / "dev.jsonl", [row | {"sure": int(not row["doubtful"])} for row in part_of_corpus(15, 8)])
    models, count = folder / "models", len(reviewed)
    write_bundle(models / "juara", docs[:first], examples, others, {})
    activate(models, "juara")
    flips = {"acak": at_random(POISON, count), "sasaran": against(TARGET, round(POISON * count))}
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "read_suite", suite)
        for name in ("bersih", *flips):
            rows = labels(reviewed, flips[name]) if name in flips else labels(reviewed)
            batch = put(folder / f"{name}.jsonl", rows)
            places = {first + k for k in flipped_places(learned, read_reviews(batch).examples)}
            told = {"reviews": digest([batch])}
            write_bundle(models / name, relabelled(docs, places), examples, others, told)
            found[name] = module.challenge(models, name, read_folder(FICTIONAL), [dev], batch)
    return found


def failed(report: dict[str, Any]) -> set[tuple[str, str]]:
    return {(gate["gate"], gate["figure"]) for gate in report["gates"] if gate["verdict"] == "fails"}


def test_clean_labels_pass(reports: dict[str, dict[str, Any]]) -> None:
    assert failed(reports["bersih"]) == set()
    assert reports["bersih"]["passed"] is True


@pytest.mark.parametrize("name", ["acak", "sasaran"])
def test_a_fifth_of_flipped_labels_is_caught(reports: dict[str, dict[str, Any]], name: str) -> None:
    assert reports[name]["passed"] is False
    assert ("labels", "semua") in failed(reports[name])


def test_flips_against_one_contestant_are_laid_at_the_contestants_door(reports: dict[str, dict[str, Any]]) -> None:
    assert ("labels", f"disebut {TARGET}") in failed(reports["sasaran"])
    assert ("labels", f"disebut {TARGET}") not in failed(reports["acak"])
