"""Broken rule files: each stops the reading with its file and row, and nothing is guessed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.policy.errors import RulesError, RulesInconsistent, RulesInvalid, RulesMissing, RulesUnreadable
from app.policy.rules import COVERAGE_FILE, RULES_DIR, SOURCES_FILE, load_rules
from tests.policy.policykit import changed, copied

SKB, PP94 = "10-skb-2022.yaml", "20-pp-94-2021.yaml"


Change = Callable[[Any], Any]


def row_change(**values: Any) -> Change:
    """Change row SKB-A2; ``None`` takes a key away."""

    def change(content: Any) -> None:
        row = content["rows"][1]
        for key, value in values.items():
            row[key] = value
            if value is None:
                del row[key]

    return change


def inside(*path: str | int, value: Any) -> Change:
    def change(content: Any) -> None:
        for step in path[:-1]:
            content = content[step]
        content[path[-1]] = value

    return change


A2 = f"{SKB}: rows[1] (SKB-A2)"
FAULTS: list[tuple[str, Change, type[RulesError], str]] = [
    (SKB, row_change(sources=None), RulesInvalid, f"{A2} › sources: wajib diisi"),
    (SKB, row_change(sources=[]), RulesInvalid, f"{A2} › sources: tidak boleh kosong"),
    (SKB, row_change(sources=["s12", "s12"]), RulesInvalid, f"{A2} › sources: isi yang sama tertulis dua kali"),
    (SKB, row_change(sources=["buku"]), RulesInvalid, f"{A2} › sources[0]: bentuknya tidak sah"),
    (SKB, row_change(sources="s12"), RulesInvalid, f"{A2} › sources: isinya tidak sah"),
    (SKB, row_change(putusan="x"), RulesInvalid, f"{A2} › putusan: kunci tidak dikenal"),
    (SKB, row_change(sure="X"), RulesInvalid, f"{A2} › sure: pilihan tidak dikenal"),
    (SKB, row_change(sure=True), RulesInvalid, f"{A2} › sure: pilihan tidak dikenal"),
    (SKB, row_change(id="skb a2"), RulesInvalid, "› id: bentuknya tidak sah"),
    (SKB, row_change(article="   "), RulesInvalid, f"{A2} › article: bentuknya tidak sah"),
    (SKB, row_change(text="satu bahasa"), RulesInvalid, f"{A2} › text: harus berisi 'id' dan 'en', tidak lain"),
    (SKB, row_change(text={"id": "a", "en": 3}), RulesInvalid, f"{A2} › text: 'id' dan 'en' harus berupa teks"),
    (
        SKB,
        row_change(indication={"id": "Sudah pasti", "en": "Indication of"}),
        RulesInvalid,
        f"{A2} › indication: harus diawali 'Indikasi' dan 'Indication'",
    ),
    (
        SKB,
        row_change(indication={"id": "Indikasi melanggar", "en": "Indication of"}),
        RulesInvalid,
        f"{A2} › indication: hanya indikasi: tidak boleh memakai kata yang memutuskan",
    ),
    (
        SKB,
        row_change(condition={"id": "Orang ini terbukti.", "en": "This."}),
        RulesInvalid,
        f"{A2} › condition: hanya indikasi: tidak boleh memakai kata yang memutuskan",
    ),
    (
        SKB,
        row_change(notes=[{"id": "Catatan.", "en": "Is guilty."}]),
        RulesInvalid,
        f"{A2} › notes[0]: hanya indikasi: tidak boleh memakai kata yang memutuskan",
    ),
    (SKB, row_change(covers_after_vote="ya"), RulesInvalid, f"{A2} › covers_after_vote: isinya tidak sah"),
    (
        SKB,
        inside("rows", 1, "applies", "phases", value=["kampanye raya"]),
        RulesInvalid,
        f"{A2} › applies › phases[0]: pilihan tidak dikenal",
    ),
    (
        SKB,
        inside("rows", 1, "applies", "phases", value=["tidak_diketahui"]),
        RulesInvalid,
        f"{A2} › applies › phases[0]: pilihan tidak dikenal",
    ),
    (
        SKB,
        inside("rows", 1, "applies", "actions", value=[]),
        RulesInvalid,
        f"{A2} › applies › actions: tidak boleh kosong",
    ),
    (
        SKB,
        inside("rows", 1, "applies", "kinds", value=["dukungan"]),
        RulesInvalid,
        f"{A2} › applies › kinds[0]: pilihan tidak dikenal",
    ),
    (
        SKB,
        inside("rows", 1, "sanction", "class", value="penjara"),
        RulesInvalid,
        f"{A2} › sanction › class: pilihan tidak",
    ),
    (
        SKB,
        inside("rows", 1, "sanction", "sure", value="D"),
        RulesInvalid,
        f"{A2} › sanction: 'sedang_atau_berat' dan tanda D harus dipakai bersama",
    ),
    (
        SKB,
        inside("instrument", "effective", "since", value="dulu"),
        RulesInvalid,
        f"{SKB}: instrument › effective › since: ",
    ),
    (
        SKB,
        inside("instrument", "effective", "since", value=12),
        RulesInvalid,
        f"{SKB}: instrument › effective",
    ),
    (SKB, lambda content: content.pop("instrument"), RulesInvalid, f"{SKB}: instrument: wajib diisi"),
    (SKB, inside("rows", value=[]), RulesInvalid, f"{SKB}: rows: tidak boleh kosong"),
    (
        SKB,
        inside("rows", 1, "sources", value=["s999"]),
        RulesInconsistent,
        f"{SKB}: SKB-A2 › sources: sumber s999 tidak ada",
    ),
    (
        SKB,
        inside("rows", 3, "notes", 0, "sources", value=["s999"]),
        RulesInconsistent,
        f"{SKB}: SKB-A4 › notes › sources: sumber s999 tidak ada",
    ),
    (
        SKB,
        inside("instrument", "sources", value=["s999"]),
        RulesInconsistent,
        f"{SKB}: SKB-2022 › sources: sumber s999 tidak ada",
    ),
    (SKB, inside("rows", 1, "id", value="SKB-A1"), RulesInconsistent, f"{SKB}: SKB-A1: id ini sudah dipakai"),
    (PP94, inside("rows", 0, "id", value="SKB-A1"), RulesInconsistent, f"{PP94}: SKB-A1: id ini sudah dipakai"),
    (PP94, inside("instrument", "id", value="SKB-2022"), RulesInconsistent, f"{PP94}: SKB-2022: id ini sudah dipakai"),
    (
        COVERAGE_FILE,
        inside("not_covered", 0, "id", value="SKB-A1"),
        RulesInconsistent,
        f"{COVERAGE_FILE}: SKB-A1: id ini sudah dipakai",
    ),
    (
        COVERAGE_FILE,
        inside("behaviours", 2, "rows", value=["SKB-Z9"]),
        RulesInconsistent,
        f"{COVERAGE_FILE}: behaviours (3) › rows: baris SKB-Z9 tidak ada",
    ),
    (
        COVERAGE_FILE,
        lambda content: content["behaviours"].pop(),
        RulesInconsistent,
        f"{COVERAGE_FILE}: behaviours: harus bernomor 1 sampai 9",
    ),
    (COVERAGE_FILE, lambda content: content.pop("revised"), RulesInvalid, f"{COVERAGE_FILE}: revised: wajib diisi"),
    (
        SOURCES_FILE,
        lambda content: content["sources"].append(content["sources"][0]),
        RulesInconsistent,
        f"{SOURCES_FILE}: s1: id ini sudah dipakai",
    ),
    (SOURCES_FILE, inside("sources", 0, "title", value=""), RulesInvalid, f"{SOURCES_FILE}: sources[0] (s1) › title: "),
]


@pytest.mark.parametrize(("name", "change", "error", "message"), FAULTS, ids=[fault[3] for fault in FAULTS])
def test_fault_names_file_row_and_key(
    name: str, change: Change, error: type[RulesError], message: str, tmp_path: Path
) -> None:
    folder = changed(tmp_path / "aturan", name, change)
    with pytest.raises(error) as caught:
        load_rules(folder)
    assert message in str(caught.value)


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    def change(content: Any) -> None:
        content["rows"][0]["sure"] = "X"
        content["rows"][2]["lain"] = 1

    with pytest.raises(RulesInvalid) as caught:
        load_rules(changed(tmp_path / "aturan", SKB, change))
    assert len(str(caught.value).splitlines()) == 2


@pytest.mark.parametrize("content", [b"", b"[]\n", b"teks\n", b"3\n", b"null\n"])
def test_file_of_another_kind_is_refused(content: bytes, tmp_path: Path) -> None:
    folder = copied(tmp_path / "aturan")
    (folder / SKB).write_bytes(content)
    with pytest.raises(RulesInvalid, match=re.escape(f"{SKB}: berkas: isinya tidak sah")):
        load_rules(folder)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"rows: [a\n", r"baris \d+: bukan YAML yang sah"),
        (b"\xff\xfe", "bukan YAML yang sah"),
        (b"revised: 2026-13-45\n", "bukan YAML yang sah"),
        (b"a: !!python/object:os.system x\n", "bukan YAML yang sah"),
        (b"rows: []\nrows: []\n", "baris 1: kunci tertulis dua kali"),
        (b"rows:\n- id: a\n  sure: B\n  sure: S\n", "baris 2: kunci tertulis dua kali"),
    ],
)
def test_unreadable_file_is_named(content: bytes, message: str, tmp_path: Path) -> None:
    folder = copied(tmp_path / "aturan")
    (folder / PP94).write_bytes(content)
    with pytest.raises(RulesUnreadable, match=rf"{re.escape(PP94)}.*{message}"):
        load_rules(folder)


@pytest.mark.parametrize("name", [COVERAGE_FILE, SOURCES_FILE])
def test_missing_file_is_named(name: str, tmp_path: Path) -> None:
    folder = copied(tmp_path / "aturan")
    (folder / name).unlink()
    with pytest.raises(RulesMissing, match=name):
        load_rules(folder)


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RulesMissing, match=COVERAGE_FILE):
        load_rules(tmp_path / "tidak-ada")


def test_file_that_cannot_be_opened(tmp_path: Path) -> None:
    folder = copied(tmp_path / "aturan")
    (folder / PP94).unlink()
    (folder / PP94).mkdir()
    with pytest.raises(RulesMissing, match=PP94):
        load_rules(folder)


def test_rules_without_any_row_are_refused(tmp_path: Path) -> None:
    folder = copied(tmp_path / "aturan")
    for path in folder.glob("[1-8]*.yaml"):
        path.unlink()
    with pytest.raises(RulesInconsistent, match="tidak ada berkas aturan"):
        load_rules(folder)


def test_broken_rules_are_read_again_once_mended(tmp_path: Path) -> None:
    folder = changed(tmp_path / "aturan", SKB, row_change(sure="X"))
    with pytest.raises(RulesInvalid):
        load_rules(folder)
    shutil.copy(RULES_DIR / SKB, folder / SKB)
    assert load_rules(folder).rows
