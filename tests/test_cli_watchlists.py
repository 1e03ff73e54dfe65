"""``netra watchlist``, and what ``score`` and ``classify`` say about who is named and which rules to look at."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from fakes import FICTIONAL, FakeScorer
from typer.testing import CliRunner

from app import cli
from app.cli import common
from app.cli.watchlists import MAX_SHOWN
from app.policy.errors import RulesInvalid
from app.scoring.types import NOTICE
from app.watchlists.load import WATCHLIST_DIR, shipped

runner = CliRunner()
CITY = "pilkada-kota-uji-2031"
OWN = str(FICTIONAL / "uji.yaml")


@pytest.fixture(autouse=True)
def fictional_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(common, "load_scorer", lambda name=None, en=False: FakeScorer())
    monkeypatch.setenv("NETRA_WATCHLISTS_DIR", str(FICTIONAL))


def run(*arguments: str) -> str:
    result = runner.invoke(cli.app, list(arguments))
    assert result.exit_code == 0, result.output
    return result.output


def run_json(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*arguments))
    return found


# check


def test_check_counts_and_reports() -> None:
    lines = run("watchlist", "check", OWN).splitlines()
    assert lines[0].startswith("sah · versi ")
    assert lines[0].endswith(" · pemilihan 3 · calon 5 · partai 1")
    assert "Sebutan pasti yang sama dalam satu pemilihan: 0" in lines
    assert "Sebutan pasti yang sama di beberapa pemilihan: 4" in lines
    assert "  mas wiratmo: pilkada-kabupaten-rawa-2031/1, pilkada-kota-uji-2031/1" in lines
    assert "Bermakna ganda (ambiguous): 2" in lines
    assert f"  lesmana: {CITY}/1" in lines


def test_check_reports_what_two_of_one_race_share(tmp_path: Path) -> None:
    path = tmp_path / "uji.yaml"
    people = "contestants: [{people: [{name: Sekar Arum}]}, {people: [{name: Sekar Arum}]}]"
    path.write_text(f"elections: [{{id: x, name: X, level: bupati, region: X, {people}}}]", encoding="utf-8")
    assert "dalam satu pemilihan: 1\n  sekar arum: x/-1, x/-2\n" in run("watchlist", "check", str(path))


def test_check_without_files_checks_the_lists_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "pemilihan 3" in run("watchlist", "check")
    monkeypatch.setenv("NETRA_WATCHLISTS_DIR", str(WATCHLIST_DIR))
    long = run("watchlist", "check")
    assert "lagi (--json menampilkan semua)" in long
    assert len(long.splitlines()) <= 4 + 3 * (MAX_SHOWN + 1)


def test_check_as_json_is_complete() -> None:
    found = run_json("watchlist", "check", OWN, "--json")
    assert (found["pemilihan"], found["calon"], found["partai"]) == (3, 5, 1)
    texts = {c["text"]: (c["ambiguous"], c["same_race"], len(c["entities"])) for c in found["collisions"]}
    assert texts["mas wiratmo"] == (False, False, 2)
    assert texts["kemuning"] == (True, False, 1)
    assert len(texts) == 6


def test_check_names_every_fault_in_indonesian_and_ends_with_3(tmp_path: Path) -> None:
    (tmp_path / "rusak.yaml").write_text("elections: [{id: x, warna: rahasia}]", encoding="utf-8")
    (tmp_path / "bukan.yaml").write_text("parties:\n- {name", encoding="utf-8")
    paths = [str(tmp_path / name) for name in ("rusak.yaml", "bukan.yaml", "tidak-ada.yaml")]
    result = runner.invoke(cli.app, ["watchlist", "check", OWN, *paths])
    assert result.exit_code == common.BAD_FILE == 3
    assert "rusak.yaml: elections[0] (x) › name: wajib diisi" in result.output
    assert "rusak.yaml: elections[0] (x) › warna: kunci tidak dikenal" in result.output
    assert re.search(r"^bukan\.yaml, baris \d: bukan YAML yang sah$", result.output, re.MULTILINE)
    assert "tidak-ada.yaml: tidak ada atau tidak dapat dibaca" in result.output
    assert "rahasia" not in result.output


# list and show


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        ([], 3),
        (["--region", "Kab. Rawa"], 2),
        (["--level", "wali kota"], 1),
        (["--level", "bupati", "--region", "Kota Uji"], 0),
        (["--region", "Kota Lain"], 0),
    ],
)
def test_list(arguments: list[str], count: int) -> None:
    result = runner.invoke(cli.app, ["watchlist", "list", *arguments])
    assert (result.exit_code, len(result.stdout.splitlines())) == (0, count)
    assert result.stderr == ("" if count else "Tidak ada pemilihan pada daftar pantau yang cocok.\n")
    assert len(run_json("watchlist", "list", *arguments, "--json")["elections"]) == count


def test_a_line_of_the_list() -> None:
    assert f"{CITY}\twali kota\tKota Uji\t2031-11-26\t2\n" in run("watchlist", "list")


def test_an_unknown_level_is_refused_in_indonesian() -> None:
    result = runner.invoke(cli.app, ["watchlist", "list", "--level", "camat"])
    assert result.exit_code == common.BAD_USAGE
    assert "--level harus salah satu dari: presiden, gubernur, bupati, wali kota, legislatif" in result.output


def test_show_tells_everything() -> None:
    shown = run("watchlist", "show", "pilwalkot-uji-2031")
    for line in (
        CITY,
        "  kampanye: 2031-09-25 sampai 2031-11-22",
        "nomor 2 (petahana)",
        "  Wiratmo Lesmana: mas wiratmo, lesmana?, @wiratmo_uji",
        "  slogan: uji melaju bersama",
        "  tagar: gendisbrama, ujihebat?",
    ):
        assert line in shown.splitlines()


def test_show_as_json_is_what_the_service_shows() -> None:
    from app.api.examples import WATCHLIST_ANSWER

    assert run_json("watchlist", "show", CITY, "--json") == WATCHLIST_ANSWER


def test_show_parties() -> None:
    assert run("watchlist", "show", "partai") == "7\tPartai Uji Bersama\tpub, @partai_uji\n"
    assert run_json("watchlist", "show", "partai", "--json")["parties"][0]["number"] == 7


def test_show_of_nothing_ends_with_3() -> None:
    result = runner.invoke(cli.app, ["watchlist", "show", "rahasia"])
    assert result.exit_code == common.BAD_FILE
    assert "tidak ada dalam daftar pantau" in result.output
    assert "rahasia" not in result.output


# classify


def test_classify_says_who_is_named_and_which_rules_to_look_at() -> None:
    words = run("classify", "coblos bu gendis", "--election", CITY, "--posted-at", "2031-11-03")
    assert "  disebut: Gendis Wulandanti (calon, nomor 2)\n" in words
    assert "  tahap masa kampanye, aturan untuk dilihat: " in words
    assert words.endswith(NOTICE + "\n")


def test_classify_as_json_has_everything_the_service_answers() -> None:
    answer = run_json("classify", "coblos mas wiratmo", "--region", "Kota Uji", "--json")
    assert [e["name"] for e in answer["entities"]] == ["Wiratmo Lesmana"]
    assert {"evidence", "reasons", "decided_by", "policy", "model", "watchlist", "notice"} <= set(answer)
    assert answer["watchlist"]["version"] == run_json("watchlist", "list", "--json")["version"]
    assert answer["policy"]["rules"]


FACTS: list[tuple[list[str], dict[str, Any]]] = [
    (["--action", "follow", "--author", "@gendis_w"], {"reasons": ["needs_target", "contestant_account"]}),
    (["--election", "tidak-ada", "pagi"], {"reasons": ["unknown_election"], "band": "clear"}),
    (["--media", "AYO COBLOS"], {"band": "flag"}),
    (["--action", "like", "--media", "coblos bu gendis"], {"band": "flag"}),
]


@pytest.mark.parametrize(("arguments", "expected"), FACTS)
def test_classify_takes_the_facts_of_an_act(arguments: list[str], expected: dict[str, Any]) -> None:
    answer = run_json("classify", *arguments, "--json")
    assert {key: answer[key] for key in expected} == expected


@pytest.mark.parametrize("option", ["--account-kind", "--subject-status"])
def test_unknown_facts_are_refused_in_indonesian(option: str) -> None:
    result = runner.invoke(cli.app, ["classify", "x", option, "zqx"])
    assert result.exit_code == common.BAD_USAGE
    assert f"{option} harus salah satu dari: " in result.output


def test_status_changes_the_rules_and_nothing_else() -> None:
    one, other = (run_json("classify", "coblos", "--subject-status", s, "--json") for s in ("PNS", "PPPK"))
    assert one.pop("policy") != other.pop("policy")
    assert one == other


# Own watchlists


def test_an_own_file_narrows_what_may_match(tmp_path: Path) -> None:
    path = tmp_path / "sendiri.yaml"
    entry = (
        "{id: x, name: X, level: bupati, region: Kabupaten X, contestants: [{number: 4, people: [{name: Dirga Pra}]}]}"
    )
    path.write_text(f"elections: [{entry}]", encoding="utf-8")
    text = "coblos dirga pra, bu gendis, golkar"
    answer = run_json("classify", text, "--watchlist", str(path), "--json")
    assert [(e["name"], e["number"]) for e in answer["entities"]] == [("Dirga Pra", 4), ("Partai Golongan Karya", 4)]
    both = run_json("classify", text, "--watchlist", str(path), "--watchlist", OWN, "--json")
    assert [e["name"] for e in both["entities"]] == ["Dirga Pra", "Gendis Wulandanti"]
    known = run_json("classify", text, "--watchlist", str(path), "--election", CITY, "--json")
    assert known["reasons"] == ["unknown_election"]


@pytest.mark.parametrize("command", [["classify", "x"], ["score", "a.csv", "-o", "b.csv"]])
def test_an_unsound_own_file_ends_with_3_before_anything_is_read(tmp_path: Path, command: list[str]) -> None:
    path = tmp_path / "rusak.yaml"
    path.write_text("elections: 3", encoding="utf-8")
    result = runner.invoke(cli.app, [*command, "--watchlist", str(path)])
    assert result.exit_code == common.BAD_FILE
    assert "Daftar pantau tidak dapat dipakai:\nrusak.yaml: " in result.output


def test_without_a_setting_the_shipped_lists_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NETRA_WATCHLISTS_DIR")
    assert common.watchlists() is shipped()


def test_unusable_rules_end_with_3(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RulesInvalid("10-uji.yaml: baris uji-1: wajib diisi")

    monkeypatch.setattr(common, "load_rules", fail)
    result = runner.invoke(cli.app, ["classify", "x"])
    assert result.exit_code == common.BAD_FILE
    assert "Berkas aturan tidak dapat dipakai:\n10-uji.yaml" in result.output


# score


def test_score_appends_entities_and_rules(tmp_path: Path) -> None:
    path, out = tmp_path / "a.csv", tmp_path / "k.jsonl"
    path.write_text("text\ncoblos mas wiratmo\npagi\n", encoding="utf-8")
    run("score", str(path), "-o", str(out), "--election", CITY)
    first, second = map(json.loads, out.read_text(encoding="utf-8").splitlines())
    assert [e["name"] for e in json.loads(first["netra_entities"])] == ["Wiratmo Lesmana"]
    assert "SKB-" in first["netra_policy"]
    assert (second["netra_entities"], second["netra_policy"]) == ("[]", None)


def test_score_need_not_look_for_anybody(tmp_path: Path) -> None:
    path, out = tmp_path / "a.csv", tmp_path / "k.jsonl"
    path.write_text("text\ncoblos bu gendis\n", encoding="utf-8")
    run("score", str(path), "-o", str(out), "--no-entities")
    assert json.loads(out.read_text(encoding="utf-8"))["netra_entities"] is None
