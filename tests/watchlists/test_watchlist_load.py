"""Reading, joining and validating watchlist files, and choosing a matcher."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.text.pipeline import analyse, tokenise
from app.watchlists import load
from app.watchlists.lists import KEPT_SCOPES
from app.watchlists.load import build_matcher, default_matcher, matcher_for, read_elections, read_parties
from app.watchlists.matcher import Matcher
from app.watchlists.pairs import merge, name_forms, read_pairs, slug
from app.watchlists.report import Collision, collisions
from app.watchlists.schema import WatchlistError, check

HEAD = "# columns\n# source\n"
ROWS = (
    "9901\tkota\tCONTOH\tRAWA INDAH\t1\tHi Wiratmo Lesmana\tLaras S Puspaningtyas\n"
    "9901\tkota\tCONTOH\tRAWA INDAH\t2\tKolom Kosong\t\n"
    "9902\tkabupaten\tCONTOH\tRAWA INDAH\t1\tJenderal Brama Sakethi\tSuwarno\n"
    "9902\tkabupaten\tCONTOH\tRAWA INDAH\t2\tGendis Wulandanti\tPrakasa Dirga\n"
)
ENRICHED = """
elections:
- id: pilkada-2024-kota-rawa-indah
  also: [pilkada-rawa-2024]
  name: Rawa Indah
  level: wali kota
  region: Kota Rawa Indah
  contestants:
  - number: 1
    people:
    - {name: Wiratmo Lesmana, aliases: [wiratmoko, {text: lesmana, ambiguous: true}], handles: [Wira71]}
    aliases: [wiralaras]
    slogans: [rawa tetap indah]
    hashtags: [wiralaras1, {text: rawaindah, ambiguous: true}]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pilkada-2024.tsv").write_text(HEAD + ROWS, encoding="utf-8")
    (tmp_path / "kota.yaml").write_text(ENRICHED, encoding="utf-8")
    return tmp_path


@pytest.fixture
def shipped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The fictional folder in place of the shipped one."""
    caches = (load.default_matcher, load.shipped, load._kept)
    for cache in caches:
        cache.cache_clear()
    monkeypatch.setattr(load, "WATCHLIST_DIR", folder)
    yield folder
    for cache in caches:
        cache.cache_clear()


def forms(text: str, elections: Any) -> list[str]:
    return [token.form for token in analyse(text, build_matcher(elections, []))]


def named(text: str, matcher: Matcher) -> list[str]:
    """What the watchlists alone find, without what masking knows of common names."""
    tokens = tokenise(text, matcher)
    return [" ".join(t.surface for t in tokens[a:b]) for a, b, _ in matcher.match(tokens)]


def found_in(text: str, elections: Any) -> list[str]:
    return named(text, build_matcher(elections, []))


def race(**changes: Any) -> dict[str, Any]:
    people = [{"name": "Wiratmo Lesmana"}]
    base = {"id": "uji", "name": "Uji", "level": "bupati", "region": "Kabupaten Uji"}
    return {**base, "contestants": [{"people": people}], **changes}


def test_table_becomes_one_race_per_area(folder: Path) -> None:
    found = read_pairs(folder / "pilkada-2024.tsv")
    assert [e["id"] for e in found] == ["pilkada-2024-kota-rawa-indah", "pilkada-2024-kabupaten-rawa-indah"]
    assert [e["level"] for e in found] == ["wali kota", "bupati"]
    assert [e["region"] for e in found] == ["Kota Rawa Indah", "Kabupaten Rawa Indah"]
    assert all(check("pilkada-2024.tsv", {"elections": [e]}) for e in found)


def test_table_with_a_missing_column_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pilkada-2024.tsv"
    path.write_text(HEAD + "9901\tkota\tCONTOH\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"pilkada-2024\.tsv"):
        read_pairs(path)


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("Wiratmo Lesmana", ["Wiratmo Lesmana"]),
        ("Letjen Wiratmo A Lesmana", ["Wiratmo A Lesmana", "Wiratmo Lesmana"]),
        ("Hi Haji Wiratmo", ["Wiratmo"]),
        ("M Wiratmo", ["M Wiratmo", "Wiratmo"]),
        ("Laras Puspa Alias Gendis", ["Laras Puspa", "Gendis"]),
        ("Haji", ["Haji"]),
    ],
)
def test_name_forms(printed: str, expected: list[str]) -> None:
    assert name_forms(printed) == expected


@given(st.lists(st.from_regex(r"[A-Z][a-z]{0,7}", fullmatch=True), min_size=1, max_size=6))
def test_name_forms_are_never_empty_and_end_like_the_name(words: list[str]) -> None:
    found = name_forms(" ".join(words))
    assert found
    assert all(found)
    if not any(word.lower() == "alias" for word in words):
        assert found[0].split() == words[-len(found[0].split()) :]


@given(st.text(max_size=40))
def test_slug_is_stable(text: str) -> None:
    assert slug(slug(text)) == slug(text)


def test_full_names_are_sure_and_parts_are_not(folder: Path) -> None:
    races = read_pairs(folder / "pilkada-2024.tsv")
    assert found_in("wiratmo lesmana hadir", races) == ["wiratmo lesmana"]
    assert found_in("laras puspaningtyas hadir", races) == ["laras puspaningtyas"]
    assert found_in("wiratmo hadir", races) == []
    assert found_in("suwarno hadir", races) == []


def test_parts_count_beside_a_full_name_of_their_pair(folder: Path) -> None:
    races = read_pairs(folder / "pilkada-2024.tsv")
    assert found_in("brama sakethi lalu suwarno", races) == ["brama sakethi", "suwarno"]
    assert found_in("wiratmo lesmana lalu suwarno", races) == ["wiratmo lesmana"]


def test_name_of_dictionary_words_is_never_sure(tmp_path: Path) -> None:
    path = tmp_path / "pilkada-2024.tsv"
    path.write_text(HEAD + "9901\tkota\tCONTOH\tRAWA\t1\tUntung Jaya\tA Lesmana\n", encoding="utf-8")
    races = read_pairs(path)
    assert found_in("untung jaya lalu a lesmana", races) == []


def test_empty_box_is_no_name(folder: Path) -> None:
    assert found_in("kolom kosong atau kotak kosong", read_pairs(folder / "pilkada-2024.tsv")) == []


def test_entries_of_one_race_are_joined_by_number(folder: Path) -> None:
    found = {e["id"]: e for e in read_elections(folder)}
    joined = found["pilkada-2024-kota-rawa-indah"]
    assert len(found) == 2
    assert [c["number"] for c in joined["contestants"]] == [1, 2]
    assert [p["name"] for p in joined["contestants"][0]["people"]] == ["Wiratmo Lesmana", "Laras S Puspaningtyas"]
    assert joined["calendar"]["pemungutan"].isoformat() == "2024-11-27"


def test_joined_race_knows_both_everyday_and_generated_names(folder: Path) -> None:
    races = read_elections(folder)
    for text in ("wiratmoko", "wiralaras", "laras puspaningtyas"):
        assert forms(text, races) == ["<nama>"]
    assert forms("rawa tetap indah", races) == ["<slogan>"]
    assert forms("@Wira71", races) == ["<akun_calon>"]


def test_later_entry_decides_what_is_ambiguous() -> None:
    def entry(alias: Any) -> dict[str, Any]:
        return race(contestants=[{"number": 1, "people": [{"name": "Wiratmo Lesmana", "aliases": [alias]}]}])

    sure, unsure = entry("suwarno"), entry({"text": "suwarno", "ambiguous": True})
    assert found_in("suwarno", merge([unsure, sure])) == ["suwarno"]
    assert found_in("suwarno", merge([sure, unsure])) == []


def test_ambiguous_hashtags_are_not_read_whole(folder: Path) -> None:
    tags = build_matcher(read_elections(folder), []).tags
    assert "wiralaras1" in tags
    assert "rawaindah" not in tags


def test_contestants_added_by_the_later_entry_are_kept() -> None:
    unnumbered = {"people": [{"name": "Dirga Pra"}]}
    later = race(contestants=[{"number": 2, "people": [{"name": "Gendis Wulandanti"}]}, unnumbered])
    first = race(contestants=[{"number": 1, "people": [{"name": "Wiratmo Lesmana"}]}])
    assert [c.get("number") for c in merge([first, later])[0]["contestants"]] == [1, 2, None]


def test_contestants_without_number_do_not_vouch_for_each_other() -> None:
    unsure = {"people": [{"name": "Gendis Wulandanti", "aliases": [{"text": "gendis", "ambiguous": True}]}]}
    listed = [race(contestants=[{"people": [{"name": "Wiratmo Lesmana"}]}, unsure])]
    assert found_in("wiratmo lesmana dan gendis", listed) == ["wiratmo lesmana"]


def test_sure_name_does_not_vouch_for_another_bearer() -> None:
    bearer = {"number": 2, "people": [{"name": "Gendis Sakethi", "aliases": ["gendisku"]}]}
    other_aliases = [{"text": "gendisku", "ambiguous": True}, {"text": "padma", "ambiguous": True}]
    other = {"number": 1, "people": [{"name": "Brama Wulan", "aliases": other_aliases}]}
    assert found_in("gendisku padma", [race(contestants=[other, bearer])]) == ["gendisku"]


FAULTS = [
    (race(id="Uji Coba"), "uji.yaml: elections[0] (Uji Coba) › id: bentuknya tidak sah"),
    (race(level="camat"), "uji.yaml: elections[0] (uji) › level: pilihan tidak dikenal"),
    (race(tanggal=1), "uji.yaml: elections[0] (uji) › tanggal: kunci tidak dikenal"),
    (race(contestants=[{"people": []}]), "uji.yaml: elections[0] (uji) › contestants[0] › people: tidak boleh kosong"),
    (
        race(contestants=[{"people": [{"name": "Wira", "handles": ["@wira"]}]}]),
        "uji.yaml: elections[0] (uji) › contestants[0] › people[0] › handles[0]: "
        "akun ditulis tanpa '@' dan tanpa spasi",
    ),
    (
        race(contestants=[{"number": 1, "people": [{"name": "Wira"}]}, {"number": 1, "people": [{"name": "Gendis"}]}]),
        "uji.yaml: elections[0] (uji) › contestants: nomor urut yang sama dipakai dua kali",
    ),
]


@pytest.mark.parametrize(("election", "message"), FAULTS)
def test_fault_names_file_entry_and_key(election: dict[str, Any], message: str) -> None:
    with pytest.raises(WatchlistError) as caught:
        check("uji.yaml", {"elections": [election]})
    assert message in str(caught.value).splitlines()


@pytest.mark.parametrize(
    "change",
    [
        {"calendar": {"kampanye": ["2029-02-02", "2029-01-01"]}},
        {"calendar": {"libur": "2029-01-01"}},
        {"sure": "X"},
        {"contestants": [{"number": 0, "people": [{"name": "Wira"}]}]},
        {"contestants": [{"people": [{"name": ""}]}]},
        {"contestants": [{"people": [{"name": "Wira", "aliases": [True]}]}]},
        {"contestants": [{"people": [{"name": "Wira"}], "hashtags": ["#wira"]}]},
        {"contestants": [{"people": [{"name": "Wira"}], "hashtags": ["WiraMaju"]}]},
    ],
)
def test_unsound_entry_is_refused_without_its_text(change: dict[str, Any]) -> None:
    with pytest.raises(WatchlistError, match=r"uji\.yaml: elections\[0\] \(uji\)") as caught:
        check("uji.yaml", {"elections": [race(**change)]})
    assert "Wira" not in str(caught.value)


@pytest.mark.parametrize("content", [[], "teks", 3, {"elections": 3}, {"lain": []}])
def test_file_of_another_kind_is_refused(content: Any) -> None:
    with pytest.raises(WatchlistError, match=r"uji\.yaml"):
        check("uji.yaml", content)


def test_empty_file_is_an_empty_watchlist(tmp_path: Path) -> None:
    (tmp_path / "kosong.yaml").write_text("# nothing yet\n", encoding="utf-8")
    assert read_elections(tmp_path) == []
    assert read_parties(tmp_path) == []


def test_broken_yaml_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "rusak.yaml").write_text("elections:\n- id: [a\n", encoding="utf-8")
    with pytest.raises(WatchlistError, match=r"rusak\.yaml, baris \d+: bukan YAML yang sah"):
        read_elections(tmp_path)


@pytest.mark.parametrize("key", ["pilkada-2024-kota-rawa-indah", "PILKADA-RAWA-2024", "Kota Rawa Indah"])
def test_race_is_found_by_id_former_id_and_region(shipped: Path, key: str) -> None:
    assert named("wiratmoko dan brama sakethi", matcher_for(key)) == ["wiratmoko"]


@pytest.mark.parametrize("key", ["Kab. Rawa Indah", "kabupaten rawa indah"])
def test_regency_and_city_of_one_name_are_apart(shipped: Path, key: str) -> None:
    matcher = matcher_for(key)
    assert named("brama sakethi dan wiratmo lesmana", matcher) == ["brama sakethi"]


@pytest.mark.parametrize("key", [None, "", "tidak-ada", "Rawa", "x" * 100_000, "\u0000", "-", "kab-"])
def test_unlisted_election_gets_all_races(shipped: Path, key: str | None) -> None:
    assert matcher_for(key) is default_matcher()


def test_matcher_is_kept_and_files_are_not_read_again(shipped: Path) -> None:
    first = matcher_for("Kota Rawa Indah")
    default_matcher()
    for path in shipped.iterdir():
        path.unlink()
    assert matcher_for("kota-rawa-indah") is first
    assert named("brama sakethi", matcher_for("pilkada-2024-kabupaten-rawa-indah")) == ["brama sakethi"]


def test_arbitrary_keys_are_never_kept(shipped: Path) -> None:
    matcher_for("Kota Rawa Indah")
    kept = load.shipped().narrowed
    before = kept.cache_info().currsize
    for i in range(500):
        matcher_for(f"tidak-ada-{i}")
    assert kept.cache_info().currsize == before == 1
    assert kept.cache_info().maxsize == KEPT_SCOPES


@given(st.text(max_size=300))
@settings(deadline=None)  # the first call reads the files
def test_any_key_gives_a_matcher(key: str) -> None:
    assert matcher_for(key).is_name("ganjar") in (True, False)


def test_election_left_out_is_not_matched(shipped: Path) -> None:
    for name in ("pilkada-2024-kota-rawa-indah", "pilkada-rawa-2024"):
        assert named("wiratmo lesmana", default_matcher(frozenset((name,)))) == []
    assert named("wiratmo lesmana", default_matcher()) == ["wiratmo lesmana"]


def test_collisions_name_shared_and_ambiguous_aliases() -> None:
    one = {"number": 1, "people": [{"name": "Wiratmo Lesmana", "aliases": ["lesmana kecil"]}]}
    unsure = [{"text": "gendis", "ambiguous": True}, "lesmana kecil"]
    two = {"number": 2, "people": [{"name": "Gendis Wulandanti", "aliases": unsure}]}
    elsewhere = race(id="lain", contestants=[{"number": 5, "people": [{"name": "Wiratmo Lesmana"}]}])
    assert collisions([race(contestants=[one, two]), elsewhere]) == [
        Collision("gendis", ("uji/2",), True, False),
        Collision("lesmana kecil", ("uji/1", "uji/2"), False, True),
        Collision("wiratmo lesmana", ("lain/5", "uji/1"), False, False),
    ]
