"""The corpus check finds every kind of fault, and the corpus in the repository has none."""

from __future__ import annotations

from typing import Any

import pytest

from training import corpus

GOOD: dict[str, Any] = {
    "id": "x-1",
    "action": "post",
    "text": "ayo pilih Qertino, warga desa sudah sepakat semua",
    "target_text": "",
    "label": 1,
    "kind": "vote_call",
    "names": [{"field": "text", "start": 10, "end": 17, "kind": "name"}],
    "election": "x-desa-2031",
    "level": "bupati",
    "region": "Kab. Contoh",
    "platform": "fb",
    "register": "informal",
    "voice": "citizen",
    "doubtful": False,
    "readers": 2,
}


def row(**changes: object) -> tuple[str, dict[str, Any]]:
    return "x.jsonl:1", GOOD | changes


def test_a_good_row_has_no_fault() -> None:
    assert corpus.faults([row()]) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"label": 2}, "label: literal_error"),
        ({"extra": 1}, "extra: extra_forbidden"),
        ({"platform": "koran"}, "platform: literal_error"),
        ({"register": "regional"}, "register: value_error"),
        ({"register": "formal:jawa"}, "register: value_error"),
        ({"voice": "rival"}, "voice: literal_error"),
        ({"readers": 0}, "readers: greater_than_equal"),
        ({"kind": "news"}, "kind does not go with the label"),
        ({"kind": "joke"}, "kind does not go with the label"),
        ({"text": " ", "names": []}, "no text"),
        ({"names": [{"field": "text", "start": 40, "end": 99, "kind": "name"}]}, "a name lies outside its text"),
        ({"names": [{"field": "text", "start": 9, "end": 10, "kind": "name"}]}, "a name is blank"),
        ({"names": [{"field": "text", "start": 1, "end": 3, "kind": "hero"}]}, "names.0.kind: literal_error"),
        (
            {"names": [{"field": "text", "start": a, "end": a + 5, "kind": "name"} for a in (0, 3)]},
            "a name lies outside its text or over another",
        ),
    ],
)
def test_a_faulty_row_is_named_with_its_fault_and_without_its_text(changes: dict[str, object], fault: str) -> None:
    [found] = corpus.faults([row(**changes)])
    assert found.startswith(f"x.jsonl:1: {fault}")
    assert "Qertino" not in found


def test_an_id_occurs_once() -> None:
    other = GOOD | {"text": "lain sekali bunyinya, tentang panen jagung", "names": [], "label": 0, "kind": "off_topic"}
    assert corpus.faults([row(), ("x.jsonl:2", other)]) == ["id x-1 occurs 2 times"]


def test_near_duplicates_are_faults() -> None:
    again = GOOD | {"id": "x-2", "text": GOOD["text"] + "!!"}
    assert corpus.faults([row(), ("x.jsonl:2", again)]) == ["x.jsonl:2: nearly the same as x.jsonl:1"]


def test_two_answers_to_one_post_are_no_duplicates() -> None:
    target = "Relawan kami mengajak semua warga desa untuk hadir di lapangan dan memilih Qertino hari Rabu"
    act = {"action": "comment", "names": [], "target_text": target}
    rows = [row(**act, text="siap"), ("x.jsonl:2", GOOD | act | {"id": "x-2", "text": "ogah"})]
    assert corpus.faults(rows) == []


def test_six_words_in_a_row_of_a_real_post_are_a_leak() -> None:
    assert corpus.leaks([row()], ["katanya Pilih qertino: WARGA desa sudah sepakat, semua diam"]) != []
    assert corpus.leaks([row()], ["warga desa sudah sepakat semua"]) == []
    assert corpus.leaks([row()], []) == []


def test_the_composition_counts_items_and_support() -> None:
    rows = [GOOD, GOOD | {"label": 0, "kind": "news", "doubtful": True, "readers": 1}]
    text = corpus.composition(rows)
    assert text.startswith(
        "2 items, 1 support (50.0%), 1 doubtful, 1 read twice, 1 fictional races, 0 acts on a target."
    )
    assert "| vote_call | 1 | 1 |" in text
    assert "| informal | 2 | 1 |" in text


@pytest.fixture(scope="module")
def shipped() -> list[tuple[str, dict[str, Any]]]:
    return list(corpus.read_rows())


def test_the_shipped_corpus_has_no_fault(shipped: list[tuple[str, dict[str, Any]]]) -> None:
    assert corpus.faults(shipped) == []


def test_the_shipped_corpus_is_large_varied_and_balanced(shipped: list[tuple[str, dict[str, Any]]]) -> None:
    rows = [r for _, r in shipped]
    regional = [r for r in rows if r["register"].startswith("regional:")]
    assert len(rows) >= 8_000
    assert corpus.BALANCE[0] <= sum(r["label"] for r in rows) / len(rows) <= corpus.BALANCE[1]
    assert len({r["election"] for r in rows}) >= 150
    assert sum(not r["label"] for r in rows) >= 2_500
    assert len(regional) >= 600
    assert len({r["register"] for r in regional}) >= 16
    assert sum(r["register"] == "obfuscated" for r in rows) >= 300
    assert sum(r["register"] == "formal" and r["voice"] in ("agency", "asn", "camat", "lurah") for r in rows) >= 400
    assert sum(bool(r["target_text"].strip()) for r in rows) >= 1_500
