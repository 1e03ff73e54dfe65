"""The shipped watchlists: sound, complete, and nobody's everyday name taken for a contestant."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.text.pipeline import analyse, tokenise
from app.text.resources import function_words, given_names, kamus, regions, titles
from app.watchlists.load import (
    PAIRS_FILE,
    WATCHLIST_DIR,
    default_matcher,
    election_aliases,
    matcher_for,
    read_elections,
)
from app.watchlists.matcher import Alias
from app.watchlists.pairs import read_pairs
from app.watchlists.report import collisions
from app.watchlists.schema import check

FILES = sorted(path.name for path in WATCHLIST_DIR.glob("*.yaml"))
PAIRS = read_pairs(WATCHLIST_DIR / PAIRS_FILE)
ELECTIONS = read_elections()
#: Dictionary words that posts about elections hardly ever mean otherwise (see the head of presiden.yaml).
KNOWN_BY_ONE_WORD = {"ganjar", "anis"}
#: Words that stand before anyone's name; regional noble titles are part of names.
ADDRESS = {word for word, kind in titles().items() if kind == "sapaan"} - {"andi", "tb", "umi"}
EVERYDAY = ["ahmad", "agus", "dedi", "siti", "andi", "emil", "indah", "surya", "ida", "hidayat", "sandi", "risma"]


def written(name: str) -> list[Mapping[str, Any]]:
    content = yaml.safe_load((WATCHLIST_DIR / name).read_text(encoding="utf-8"))
    return content.get("elections", [])


HAND_WRITTEN = [election for name in FILES for election in written(name)]


def handles_of(elections: list[Mapping[str, Any]]) -> set[str]:
    return {
        handle.lower()
        for e in elections
        for c in e["contestants"]
        for person in c["people"]
        for handle in person.get("handles", ())
    }


def sure_aliases(elections: list[Mapping[str, Any]]) -> Iterator[Alias]:
    handles = handles_of(elections)
    for election in elections:
        yield from (a for a in election_aliases(election) if not a.ambiguous and a.words[0] not in handles)


def forms(text: str, election: str) -> list[str]:
    return [token.form for token in analyse(text, matcher_for(election))]


@pytest.mark.parametrize("name", FILES)
def test_file_validates(name: str) -> None:
    assert check(name, yaml.safe_load((WATCHLIST_DIR / name).read_text(encoding="utf-8")))


def test_template_is_an_empty_watchlist() -> None:
    text = (WATCHLIST_DIR / "template.yaml.example").read_text(encoding="utf-8")
    assert check("template", yaml.safe_load(text)) == {"elections": [], "parties": []}


def test_example_in_the_template_validates() -> None:
    lines = (WATCHLIST_DIR / "template.yaml.example").read_text(encoding="utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("# - id:"))
    stop = next(i for i in range(start, len(lines)) if lines[i] == "#")
    example = yaml.safe_load("\n".join(line[2:] for line in lines[start:stop]))
    assert check("template", {"elections": example})["elections"][0]["contestants"][0]["people"][0]["ambiguous"]


def test_table_opens_with_its_columns_and_source_and_is_sorted() -> None:
    columns, source, *rows = (WATCHLIST_DIR / PAIRS_FILE).read_text(encoding="utf-8").splitlines()
    assert columns.startswith("# code\t")
    assert source.startswith("# Source: KPU")
    keys = [(row.split("\t")[1] != "provinsi", row.split("\t")[0], int(row.split("\t")[4])) for row in rows]
    assert keys == sorted(keys)


def test_all_races_and_pairs_of_2024() -> None:
    assert len(PAIRS) == 545
    assert sum(len(e["contestants"]) for e in PAIRS) == 1594
    assert Counter(e["level"] for e in PAIRS) == {"gubernur": 37, "bupati": 415, "wali kota": 93}


def test_level_agrees_with_the_code_of_the_area() -> None:
    rows = [line.split("\t") for line in (WATCHLIST_DIR / PAIRS_FILE).read_text(encoding="utf-8").splitlines()[2:]]
    found = {(row[1], "provinsi" if len(row[0]) == 2 else "kota" if row[0][2] == "7" else "kabupaten") for row in rows}
    assert all(listed == expected for listed, expected in found)


def test_ids_are_unique_and_former_ids_are_nobody_elses() -> None:
    names = [name for e in ELECTIONS for name in (e["id"], *e.get("also", ()))]
    assert [name for name, times in Counter(names).items() if times > 1] == []


@pytest.mark.parametrize(
    "election", [e for e in HAND_WRITTEN if e["id"].startswith("pilkada-2024-")], ids=lambda e: e["id"]
)
def test_everyday_names_of_2024_meet_the_generated_pairs(election: Mapping[str, Any]) -> None:
    generated = next(e for e in PAIRS if e["id"] == election["id"])
    assert generated["level"] == election["level"]
    assert generated["region"] == election["region"]
    listed = {c["number"]: c["people"] for c in generated["contestants"]}
    for contestant in election["contestants"]:
        for person, other in zip(contestant["people"], listed[contestant["number"]], strict=True):
            assert _alike(person["name"], other["name"]), (person["name"], other["name"])


def _alike(name: str, printed: str) -> bool:
    """Whether two spellings share a word or most of its letters (``Gitalis Dwi Natarina``, ``Gitalis Dwinatarina``)."""
    return bool(set(re.findall(r"\w{3,}", name.lower())) & set(re.findall(r"\w{3,}", printed.lower())))


@pytest.mark.parametrize("election", HAND_WRITTEN, ids=lambda e: e["id"])
def test_calendar_runs_forward(election: Mapping[str, Any]) -> None:
    order = ("pendaftaran", "penetapan", "nomor", "kampanye", "tenang", "pemungutan", "putaran_kedua")
    days: list[date] = []
    for step in order:
        period = election["calendar"].get(step, [])
        days.extend(period if isinstance(period, list) else [period])
    assert days
    assert days == sorted(days)


@pytest.mark.parametrize("election", HAND_WRITTEN, ids=lambda e: e["id"])
def test_entry_names_its_source(election: Mapping[str, Any]) -> None:
    assert election["sure"] in "BSG"
    assert election["source"]


@pytest.mark.parametrize("election", HAND_WRITTEN, ids=lambda e: e["id"])
def test_numbers_are_given_for_all_or_for_none(election: Mapping[str, Any]) -> None:
    numbers = [c.get("number") for c in election["contestants"]]
    assert numbers == [None] * len(numbers) or numbers == sorted(numbers)


def test_no_sure_single_word_is_a_common_name_or_word() -> None:
    common = given_names() | kamus() | function_words() | set(regions()) | set(EVERYDAY)
    single = {alias.words[0] for alias in sure_aliases(ELECTIONS) if len(alias.words) == 1}
    assert len(single) > 100
    assert single & common <= KNOWN_BY_ONE_WORD


def test_no_sure_alias_is_an_abbreviation_of_two_letters() -> None:
    assert [a.words for a in sure_aliases(ELECTIONS) if len("".join(a.words)) < 3] == []


def test_form_of_address_with_a_common_name_is_never_sure() -> None:
    names = given_names() | {word for word in kamus() if word not in KNOWN_BY_ONE_WORD}
    pairs = [a.words for a in sure_aliases(HAND_WRITTEN) if len(a.words) == 2]
    assert [words for words in pairs if words[0] in ADDRESS and words[1] in names] == []


def test_no_function_word_is_an_alias_of_any_kind() -> None:
    single = {a.words[0] for e in ELECTIONS for a in election_aliases(e) if len(a.words) == 1}
    assert single & function_words() == set()


def test_no_sure_alias_is_shared_within_a_race() -> None:
    assert [c.text for c in collisions(ELECTIONS) if c.same_race and not c.ambiguous] == []


@pytest.mark.parametrize("election", HAND_WRITTEN, ids=lambda e: e["id"])
def test_no_hashtag_is_shared_within_a_race(election: Mapping[str, Any]) -> None:
    tags = [t if isinstance(t, str) else t["text"] for c in election["contestants"] for t in c.get("hashtags", ())]
    assert [tag for tag, times in Counter(tags).items() if times > 1] == []


def sure_full_names(contestant: Mapping[str, Any]) -> list[str]:
    return [p["name"].strip("'") for p in contestant["people"] if not p.get("ambiguous")]


SAMPLED = [e for e in PAIRS[::9] if all(sure_full_names(c) for c in e["contestants"][:2])]


@pytest.mark.parametrize("election", SAMPLED, ids=lambda e: e["id"])
def test_swapping_full_names_changes_no_token(election: Mapping[str, Any]) -> None:
    one, two = (sure_full_names(c)[0] for c in election["contestants"][:2])
    for text in ("saya pilih {} besok pagi, bukan {}", "ayo dukung {}, jangan {}!"):
        first, second = text.format(one.lower(), two.lower()), text.format(two.lower(), one.lower())
        seen = forms(first, election["id"])
        assert seen == forms(second, election["id"])
        assert seen.count("<nama>") == 2


@pytest.mark.parametrize("election", HAND_WRITTEN[::3], ids=lambda e: e["id"])
def test_swapping_hand_written_names_changes_no_token(election: Mapping[str, Any]) -> None:
    names = [sure_full_names(c)[0] for c in election["contestants"] if sure_full_names(c)]
    seen = {tuple(forms(f"saya pilih {name.lower()} besok pagi", election["id"])) for name in names}
    assert len(seen) == 1
    assert "<nama>" in seen.pop()


SURE = {" ".join(a.words) for e in ELECTIONS for a in election_aliases(e) if not a.ambiguous}
AMBIGUOUS = sorted({c.text for c in collisions(HAND_WRITTEN) if c.ambiguous} - SURE)
ORDINARY = [
    "kolom kosong harap diisi",
    "kotak kosong dibuang",
    "amin ya allah",
    "inimi yang dicari",
    "jangan bagikan kata sandi",
    "surya terbit indah sekali",
    "dilan dan rindu",
    "siap pak agus, terima kasih bu indah",
    "mk bisa membatalkan",
    "bayar pajak pbb, sidang umum PBB",
    "pda saat itu",
    "berkarya terus anak muda",
]


@pytest.mark.parametrize("text", AMBIGUOUS[::4])
def test_ambiguous_alias_alone_never_matches(text: str) -> None:
    """Nothing of it matches but shorter runs that are sure by themselves (``sandi uno`` in ``bang sandi uno``)."""
    tokens = tokenise(text, default_matcher())
    spans = [" ".join(t.surface for t in tokens[a:b]) for a, b, _ in default_matcher().match(tokens)]
    assert set(spans) <= SURE


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_phrases_are_left_alone(text: str) -> None:
    assert default_matcher().match(tokenise(text, default_matcher())) == []


@pytest.mark.parametrize("handle", ["@dedimulyadi71", "@DannyPomanto", "@bobbynst", "@prabowo08", "@kyai_marufamin"])
def test_official_handles_are_known(handle: str) -> None:
    assert [t.form for t in analyse(handle, default_matcher())] == ["<akun_calon>"]


@pytest.mark.parametrize("tag", ["#indonesiamaju", "#jabarjuara", "#rindu", "#adilmakmur"])
def test_slogans_of_government_and_everyday_tags_are_not_campaign_tags(tag: str) -> None:
    assert tag[1:] not in default_matcher().tags


def test_pair_names_are_names_and_not_slogans() -> None:
    matcher = matcher_for("pilpres-2024")
    assert [kind for _, _, kind in matcher.match(tokenise("ganjar-mahfud", matcher))] == ["name"]


def best_of(times: int, texts: list[str], *elections: Any) -> list[float]:
    """Shortest time over the texts for each matcher, taken in turn so that a busy machine slows all alike."""
    best = [float("inf")] * len(elections)
    for _ in range(times):
        for i, matcher in enumerate(elections):
            start = time.perf_counter()
            for text in texts:
                analyse(text, matcher)
            best[i] = min(best[i], time.perf_counter() - start)
    return best


def test_template_is_not_read() -> None:
    assert not any(Path(name).name.startswith("template") for name in FILES)
