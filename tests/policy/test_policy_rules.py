"""The rule files: what is shipped is sound, and whatever is broken stops the reading with file and row."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from app.policy.policy import policy_for, sources_answer
from app.policy.rules import COVERAGE_FILE, RULES_DIR, Rules, load_rules
from app.policy.schema import Row
from tests.policy.policykit import changed, copied, facts

SKB, PP94 = "10-skb-2022.yaml", "20-pp-94-2021.yaml"
BEHAVIOURS = (
    "Memposting, membagikan, mengomentari, atau menyukai konten kampanye",
    "Menghadiri deklarasi pasangan calon",
    "Menjadi panitia atau pelaksana kegiatan kampanye",
    "Berkampanye dengan atribut ASN",
    "Berkampanye dengan fasilitas negara",
    "Menghadiri kegiatan partai politik",
    "Menghadiri penyerahan dukungan partai politik",
    "Kegiatan yang mengarah kepada keberpihakan",
    "Memberikan dukungan KTP kepada calon perseorangan",
)


# -- what is shipped ------------------------------------------------------------------------------------------------


def rows(rules: Rules) -> list[Row]:
    return [rule.row for rule in rules.rows]


def test_instruments_and_articles(rules: Rules) -> None:
    found = {rule.instrument.id: 0 for rule in rules.rows}
    for rule in rules.rows:
        found[rule.instrument.id] += 1
    assert found == {
        "SKB-2022": 19,
        "PP-94-2021": 7,
        "UU-20-2023": 3,
        "PP-42-2004": 1,
        "PP-49-2018": 4,
        "UU-7-2017": 4,
        "UU-10-2016": 2,
        "SE-B71-2017": 3,
        "SE-PASANGAN": 1,
    }


def test_nine_behaviours_each_with_rows(rules: Rules) -> None:
    assert tuple(behaviour.name.id for behaviour in rules.behaviours) == BEHAVIOURS
    assert all(behaviour.rows for behaviour in rules.behaviours)


def test_behaviour_example_shows_a_row_of_its_behaviour(rules: Rules) -> None:
    for behaviour in rules.behaviours:
        acts = [
            facts(action=behaviour.example["action"], kind=None, phase="tidak_diketahui", contest="tidak_diketahui")
        ]
        shown = {hit.id for act in acts for hit in policy_for(act, rules).rules}
        assert shown & set(behaviour.rows)


def test_what_is_not_covered_says_so(rules: Rules) -> None:
    assert [entry.name.en for entry in rules.not_covered] == ["Hate speech", "Hoaxes", "Money politics"]
    assert all(entry.text.id.startswith("Netra tidak ") for entry in rules.not_covered)


def test_every_source_is_used_and_every_row_has_one(rules: Rules) -> None:
    used = {source for rule in rules.rows for source in (*rule.instrument.sources, *rule.row.sources)}
    used |= {source for row in rows(rules) for note in row.notes for source in note.sources}
    assert used == set(rules.sources)
    assert all(row.sources for row in rows(rules))


def test_sources_are_answered_with_title_and_address(rules: Rules) -> None:
    assert [source["id"] for source in sources_answer(rules)] == list(rules.sources)
    (one,) = sources_answer(rules, ["s61"])
    assert one["address"].startswith("https://")
    with pytest.raises(KeyError):
        sources_answer(rules, ["s0"])


def test_table_a_is_ethics_of_would_be_candidates_and_table_b_is_not(rules: Rules) -> None:
    for row in rows(rules):
        if row.id.startswith("SKB-A"):
            assert row.applies.phases == ("sebelum_penetapan",)
            assert row.sanction is not None
            assert row.sanction.class_ == "moral"
        if row.id.startswith("SKB-B"):
            assert row.sanction is not None
            assert row.sanction.class_ in ("sedang", "berat", "sedang_atau_berat", "ptdh")
            assert row.sanction.statuses == ("PNS",)


def test_rows_of_both_tables_share_their_group(rules: Rules) -> None:
    groups = {row.id: row.group for row in rows(rules) if row.group}
    for before, after in (("SKB-A1", "SKB-B1"), ("SKB-A2", "SKB-B2"), ("SKB-A4", "SKB-B6"), ("SKB-A5", "SKB-B7")):
        assert groups[before] == groups[after]
    assert len(set(groups.values())) == 5


def test_notes_are_sentences(rules: Rules) -> None:
    for row in rows(rules):
        told = [note.words for note in row.notes] + ([row.condition] if row.condition else [])
        assert all(text.endswith(".") for words in told for text in words), row.id
        assert not any(text.endswith(".") for text in (*row.text, *row.indication)), row.id


def test_no_row_names_whom_to_send_to(rules: Rules) -> None:
    """KASN is gone: it may be named as a party to the decree or in what it once said, never as whom to send to."""
    texts = [text for row in rows(rules) for text in (*row.text, *row.indication, *(row.condition or ()))]
    assert not any("KASN" in text for text in texts)


def test_version_is_the_day_and_a_hash(rules: Rules) -> None:
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}-[0-9a-f]{8}", rules.version)
    assert rules.version.startswith(rules.revised.isoformat())


def test_rules_are_read_once() -> None:
    assert load_rules() is load_rules()


# -- versions -------------------------------------------------------------------------------------------------------


def test_version_follows_every_file_but_not_line_ends(tmp_path: Path, rules: Rules) -> None:
    versions = []
    for name in sorted(path.name for path in RULES_DIR.glob("*.yaml")):
        folder = copied(tmp_path / name)
        (folder / name).write_bytes((folder / name).read_bytes() + b"# lain\n")
        versions.append(load_rules(folder).version)
    assert len({rules.version, *versions}) == len(versions) + 1
    windows = copied(tmp_path / "windows")
    for path in windows.iterdir():
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_rules(windows).version == rules.version


def test_version_names_the_day_of_revision(tmp_path: Path) -> None:
    folder = changed(tmp_path / "aturan", COVERAGE_FILE, lambda content: content.update(revised=date(2031, 5, 2)))
    assert load_rules(folder).version.startswith("2031-05-02-")
