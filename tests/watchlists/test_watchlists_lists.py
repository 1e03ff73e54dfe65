"""What may match when an election or a region is named, and who is meant by what is found."""

from __future__ import annotations

import gc
import pickle
import weakref
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.text.pipeline import tokenise
from app.watchlists.aliases import Bearer, borne_in, pair_name, party_aliases, voting_day
from app.watchlists.lists import KEPT_SCOPES, Scope, Watchlists
from app.watchlists.load import list_files, read_files, read_folder
from app.watchlists.schema import WatchlistError
from tests.fakes import FICTIONAL, fictional

LISTS = fictional()
CITY, REGENCY, EARLIER = "pilkada-kota-uji-2031", "pilkada-kabupaten-rawa-2031", "pilkada-kabupaten-rawa-2026"


def races(scope: Scope) -> list[str]:
    return [election["id"] for election in scope.elections]


NARROWED = [
    (None, None, [CITY, REGENCY, EARLIER]),
    ("", " ", [CITY, REGENCY, EARLIER]),
    (CITY, None, [CITY]),
    (CITY.upper(), None, [CITY]),
    ("pilwalkot-uji-2031", None, [CITY]),
    ("Kota Uji", None, [CITY]),
    ("Kabupaten Rawa", None, [REGENCY, EARLIER]),
    ("KAB. RAWA", None, [REGENCY, EARLIER]),
    (None, "kab rawa", [REGENCY, EARLIER]),
    (None, "  Kota   Uji ", [CITY]),
    (None, CITY, [CITY, REGENCY, EARLIER]),
    (CITY, "Kabupaten Rawa", [CITY]),
    ("tidak-ada", "Kabupaten Rawa", [REGENCY, EARLIER]),
    ("tidak-ada", "Kota Lain", [CITY, REGENCY, EARLIER]),
    (EARLIER, "Kota Lain", [EARLIER]),
    ("x" * 10_000, "\u0000", [CITY, REGENCY, EARLIER]),
]


@pytest.mark.parametrize(("election", "region", "expected"), NARROWED)
def test_election_narrows_before_region_and_neither_when_unknown(
    election: str | None, region: str | None, expected: list[str]
) -> None:
    assert races(LISTS.scope(election, region)) == expected


KNOWN = [
    (None, None, True),
    ("", "  ", True),
    (CITY, None, True),
    ("Kota Uji", "Kota Uji", True),
    ("tidak-ada", None, False),
    (CITY, "Kota Lain", False),
    (None, CITY, False),
    ("tidak-ada", "Kota Uji", False),
    ("-", None, False),
    ("x" * 10_000, None, False),
]


@pytest.mark.parametrize(("election", "region", "known"), KNOWN)
def test_what_is_given_is_known_or_not(election: str | None, region: str | None, known: bool) -> None:
    assert LISTS.knows(election, region) is known


@pytest.mark.parametrize(
    ("election", "region", "expected"),
    [
        (CITY, None, CITY),
        ("Kota Uji", None, CITY),
        ("Kabupaten Rawa", None, None),
        (None, "Kota Uji", CITY),
        (None, "Kabupaten Rawa", None),
        (EARLIER, "Kota Uji", EARLIER),
        ("tidak-ada", None, None),
        (None, None, None),
    ],
)
def test_the_one_race_that_is_named(election: str | None, region: str | None, expected: str | None) -> None:
    found = LISTS.only(election, region)
    assert (found and found["id"]) == expected


def test_all_races_that_may_be_meant() -> None:
    both = ["pilkada-kabupaten-rawa-2031", "pilkada-kabupaten-rawa-2026"]
    assert [race["id"] for race in LISTS.fitting(None, "Kabupaten Rawa")] == both
    assert [race["id"] for race in LISTS.fitting("tidak-ada", "Kota Uji")] == [CITY]
    assert LISTS.fitting(None, None) == LISTS.fitting("tidak-ada", "-") == ()


@pytest.mark.parametrize(
    ("name", "expected"),
    [(CITY, CITY), ("PILWALKOT-uji-2031", CITY), ("Kota Uji", None), ("", None), ("tidak-ada", None)],
)
def test_an_election_is_found_by_id_and_former_id_alone(name: str, expected: str | None) -> None:
    found = LISTS.find(name)
    assert (found and found["id"]) == expected


@pytest.mark.parametrize("written", ["Provinsi Contoh", "Prov. Contoh", "contoh"])
def test_a_province_may_be_called_one(written: str) -> None:
    province = {"id": "x", "name": "X", "level": "gubernur", "region": "Contoh", "contestants": []}
    assert [e["id"] for e in Watchlists([province], [], "1").in_region(written)] == ["x"]


def test_scopes_are_kept_and_what_is_not_listed_never_is() -> None:
    lists = fictional()
    assert lists.scope(CITY) is lists.scope(None, "Kota Uji") is lists.scope("Kota Uji")
    for i in range(KEPT_SCOPES + 5):
        assert lists.scope(f"tidak-ada-{i}") is lists.everything
    assert lists.narrowed.cache_info().currsize == 1


def test_lists_nobody_holds_are_gone_at_once() -> None:
    lists = fictional()
    lists.scope(CITY)
    gone = [weakref.ref(lists), weakref.ref(lists.everything), weakref.ref(lists.scope(CITY))]
    gc.disable()
    try:
        del lists
        assert [ref() for ref in gone] == [None] * 3
    finally:
        gc.enable()


def test_parties_match_in_every_scope() -> None:
    for election in (None, CITY, EARLIER):
        scope = LISTS.scope(election)
        assert [m.alias.kind for m in scope.matcher.mentions(tokenise("pub", scope.matcher))] == ["party"]


def test_lists_can_be_sent_to_another_process() -> None:
    lists = fictional()
    _ = lists.everything
    there = pickle.loads(pickle.dumps(lists))
    assert (there.version, there.elections, there.parties) == (lists.version, lists.elections, lists.parties)
    assert races(there.scope(CITY)) == [CITY]


@given(st.text(max_size=200), st.text(max_size=200))
@settings(deadline=None)
def test_any_two_names_give_a_scope_that_agrees_with_what_is_known(election: str, region: str) -> None:
    scope = LISTS.scope(election, region)
    if LISTS.only(election, region) is not None:
        assert len(scope.elections) == 1
    if scope is LISTS.everything and (election.strip() or region.strip()):
        assert not LISTS.knows(election, region)


# Who is meant


def bearers(words: str, *entities: str, lists: Watchlists = LISTS) -> list[Bearer]:
    return lists.everything.roster.of_alias(tuple(words.split()), entities or set(entities_of(lists)))


def entities_of(lists: Watchlists) -> list[str]:
    borne = [b for e in lists.elections for b in borne_in(e)] + [b for p in lists.parties for b in party_aliases(p)]
    return [b.alias.entity for b in borne]


ROLES = [
    ("wiratmo lesmana", "Wiratmo Lesmana", "calon", 1),
    ("lesmana", "Wiratmo Lesmana", "calon", 1),
    ("laras puspa", "Laras Puspaningtyas", "wakil", 1),
    ("wiratmo laras", "Wiratmo Lesmana & Laras Puspaningtyas", "pasangan", 1),
    ("uji melaju bersama", "Wiratmo Lesmana & Laras Puspaningtyas", "slogan", 1),
    ("wiratmo_uji", "Wiratmo Lesmana", "akun", 1),
    ("pub", "Partai Uji Bersama", "partai", 7),
    ("partai uji bersama", "Partai Uji Bersama", "partai", 7),
    ("partai_uji", "Partai Uji Bersama", "akun", 7),
    ("qertino zabrel", "Qertino Zabrel", "calon", 2),
]


@pytest.mark.parametrize(("words", "name", "role", "number"), ROLES)
def test_each_way_to_write_somebody_has_a_role(words: str, name: str, role: str, number: int) -> None:
    [bearer] = bearers(words)
    assert (bearer.name, bearer.role, bearer.number) == (name, role, number)
    assert bearer.election == (None if "Partai" in name else REGENCY if name == "Qertino Zabrel" else CITY)


def test_bearers_are_those_of_the_entities_asked_for() -> None:
    assert {b.entity for b in bearers("mas wiratmo")} == {f"{CITY}/1", f"{REGENCY}/1"}
    assert [b.name for b in bearers("mas wiratmo", f"{REGENCY}/1")] == ["Surojo Kertapati"]
    assert bearers("mas wiratmo", "lain/1") == bearers("tidak ada") == []


def test_a_word_of_both_means_the_pair_and_a_handle_of_both_stays_an_account() -> None:
    def person(name: str) -> dict[str, object]:
        return {"name": name, "aliases": ["sekar"], "handles": ["duo_uji"]}

    people = [person("Sekar Arum"), person("Sekar Wangi")]
    race = {"id": "x", "name": "X", "level": "bupati", "region": "X", "contestants": [{"people": people}]}
    roster = Watchlists([race], [], "1").everything.roster
    [both] = roster.of_alias(("sekar",), {"x/-1"})
    [account] = roster.of_handle("@Duo_Uji")
    assert (both.name, both.role, both.number) == ("Sekar Arum & Sekar Wangi", "pasangan", None)
    assert (account.name, account.role) == ("Sekar Arum & Sekar Wangi", "akun")


@pytest.mark.parametrize("handle", ["wiratmo_uji", "@wiratmo_uji", " @Wiratmo_Uji "])
def test_handles_are_compared_whole_and_in_any_case(handle: str) -> None:
    assert [b.name for b in LISTS.everything.roster.of_handle(handle)] == ["Wiratmo Lesmana"]


@pytest.mark.parametrize("handle", ["", "@", "wiratmo", "wiratmo_uji2", "@@wiratmo_uji", "wiratmo lesmana"])
def test_handles_that_only_resemble_are_nobodys(handle: str) -> None:
    assert LISTS.everything.roster.of_handle(handle) == []


def test_only_sure_tags_have_bearers() -> None:
    roster = LISTS.everything.roster
    assert [(b.role, b.number) for b in roster.of_tag("GendisBrama")] == [("tagar", 2)]
    assert roster.of_tag("ujihebat") == []


@pytest.mark.parametrize(
    ("calendar", "day"),
    [({}, None), (None, None), ({"pemungutan": 5}, 5), ({"pemungutan": [3, 4]}, 3), ({"kampanye": 1}, None)],
)
def test_the_day_of_the_vote(calendar: dict[str, object] | None, day: object) -> None:
    assert voting_day({"calendar": calendar}) == day


def test_the_name_of_a_pair() -> None:
    assert pair_name({"people": [{"name": "A"}, {"name": "B"}]}) == "A & B"
    assert pair_name({"people": [{"name": "A"}]}) == "A"


# Files


def write(folder: Path, **files: str) -> Path:
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(content, encoding="utf-8")
    return folder


def test_the_version_is_that_of_the_content(tmp_path: Path) -> None:
    content = (FICTIONAL / "uji.yaml").read_text(encoding="utf-8")
    assert read_folder(write(tmp_path, uji=content)).version == LISTS.version
    assert read_folder(write(tmp_path, uji=content + "# x\n")).version != LISTS.version
    assert read_folder(write(tmp_path, uji=content, lain="")).version != LISTS.version


def test_every_fault_of_every_file_is_named_at_once(tmp_path: Path) -> None:
    write(tmp_path, a="elections: [{id: rahasia!}]", b="[", c="parties: [{name: Uji, warna: merah}]")
    with pytest.raises(WatchlistError) as caught:
        read_folder(tmp_path)
    lines = str(caught.value).splitlines()
    assert [line.split(":")[0].split(",")[0] for line in lines] == ["a.yaml"] * 5 + ["b.yaml", "c.yaml"]
    assert "merah" not in str(caught.value)


RACE = "- {{id: {id}, also: [{also}], name: X, level: bupati, region: X, contestants: []}}\n"


def test_an_id_of_two_elections_is_a_fault(tmp_path: Path) -> None:
    entries = RACE.format(id="satu", also="lama") + RACE.format(id="dua", also="lama, satu")
    with pytest.raises(WatchlistError) as caught:
        read_folder(write(tmp_path, a="elections:\n" + entries))
    assert str(caught.value).splitlines() == [
        "lama: id atau id lama yang sama dipakai satu dan dua",
        "satu: id atau id lama yang sama dipakai satu dan dua",
    ]


def test_a_folder_without_files_is_no_watchlist(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "tidak-ada"):
        with pytest.raises(WatchlistError, match="tidak ada atau kosong"):
            read_folder(folder)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a: 2031-13-45", b"? [" * 3000, b"a: *b", b"\x00"])
def test_what_is_no_yaml_is_said_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.yaml").write_bytes(content)
    with pytest.raises(WatchlistError, match=r"^x\.yaml(, baris \d+)?: bukan YAML yang sah$"):
        read_folder(tmp_path)


def test_a_folder_in_the_place_of_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").mkdir()
    with pytest.raises(WatchlistError, match=r"x\.yaml: tidak ada atau tidak dapat dibaca"):
        read_folder(tmp_path)


GOOD_ROW = "9901\tkota\tCONTOH\tRAWA INDAH\t1\tWiratmo Lesmana\tLaras"
BAD_ROWS = [
    ("9901\tkota", "harus punya 7 kolom"),
    (GOOD_ROW.replace("kota", "desa"), "tingkat harus"),
    (GOOD_ROW.replace("\t1\t", "\t0\t"), "nomor urut"),
    (GOOD_ROW.replace("\t1\t", "\t100\t"), "nomor urut"),
    (GOOD_ROW.replace("\t1\t", "\t١\t"), "nomor urut"),
    (GOOD_ROW.replace("\t1\t", "\tsatu\t"), "nomor urut"),
    (GOOD_ROW.replace("Wiratmo Lesmana", " "), "wajib diisi"),
    (GOOD_ROW.replace("RAWA INDAH", "—"), "wajib diisi"),
]


@pytest.mark.parametrize(("row", "why"), BAD_ROWS)
def test_a_bad_line_of_a_table_is_named_without_its_text(tmp_path: Path, row: str, why: str) -> None:
    path = tmp_path / "pilkada-2024.tsv"
    path.write_text(f"# kolom\n{GOOD_ROW}\n{row}\n", encoding="utf-8")
    with pytest.raises(WatchlistError, match=rf"pilkada-2024\.tsv, baris 3: .*{why}") as caught:
        read_files([path])
    assert "Laras" not in str(caught.value)


def test_the_table_is_read_before_the_files_that_add_to_it(tmp_path: Path) -> None:
    write(tmp_path, b="", a="")
    (tmp_path / "pilkada-2024.tsv").write_text(GOOD_ROW, encoding="utf-8")
    (tmp_path / "catatan.txt").write_text("x", encoding="utf-8")
    assert [path.name for path in list_files(tmp_path)] == ["pilkada-2024.tsv", "a.yaml", "b.yaml"]


def test_other_parties_stand_in_only_where_the_files_have_none(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("elections: []\n", encoding="utf-8")
    assert read_files([path], LISTS.parties).parties == LISTS.parties
    path.write_text("parties: [{name: Partai Lain}]\n", encoding="utf-8")
    assert [p["name"] for p in read_files([path], LISTS.parties).parties] == ["Partai Lain"]
