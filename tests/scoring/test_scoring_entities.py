"""Who is named where: certain mentions only, at exact places, and never with an effect on the score."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.scoring.entities import CONTESTANT_ACCOUNT, MAX_ENTITIES, UNKNOWN_ELECTION, entities_of, reasons_of
from app.scoring.types import ACTIONS, Entity, Item
from app.watchlists.lists import Watchlists
from tests.fakes import fictional
from tests.scoring.tinybundle import Tiny
from tests.text.strategies import TROUBLE

LISTS = fictional()
CITY, REGENCY = "pilkada-kota-uji-2031", "pilkada-kabupaten-rawa-2031"
PAIR = "Wiratmo Lesmana & Laras Puspaningtyas"


def named(text: str, **known: Any) -> list[tuple[str, str, str, int | None, str | None]]:
    """Surface, name, role, number and election of each entity of a text."""
    found = entities_of(Item(text, **known), LISTS)
    return [(text[e.start : e.end], e.name, e.role, e.number, e.election) for e in found]


MENTIONS = [
    ("dukung Wiratmo Lesmana!", [("Wiratmo Lesmana", "Wiratmo Lesmana", "calon", 1, CITY)]),
    ("laras puspa hebat", [("laras puspa", "Laras Puspaningtyas", "wakil", 1, CITY)]),
    ("Wiratmo-Laras", [("Wiratmo-Laras", PAIR, "pasangan", 1, CITY)]),
    ("uji melaju bersama", [("uji melaju bersama", PAIR, "slogan", 1, CITY)]),
    ("#WiratmoLaras", [("#WiratmoLaras", PAIR, "tagar", 1, CITY)]),
    ("kata @Gendis_W tadi", [("@Gendis_W", "Gendis Wulandanti", "akun", 2, CITY)]),
    ("kader PUB", [("PUB", "Partai Uji Bersama", "partai", 7, None)]),
    ("@partai_uji", [("@partai_uji", "Partai Uji Bersama", "akun", 7, None)]),
    ("🙏🙏 bu gendis", [("bu gendis", "Gendis Wulandanti", "calon", 2, CITY)]),
    ("bu gendisnya", [("bu gendisnya", "Gendis Wulandanti", "calon", 2, CITY)]),
    ("g3ndis wulandanti", [("g3ndis wulandanti", "Gendis Wulandanti", "calon", 2, CITY)]),
    ("#GendisWulandantiMenang", [("GendisWulandanti", "Gendis Wulandanti", "calon", 2, CITY)]),
    ("@kawan_gendis_w", []),
    ("https://x.id/gendis_w", []),
    ("#ujihebat", []),
    ("gendis", []),
    ("", []),
]


@pytest.mark.parametrize(("text", "expected"), MENTIONS)
def test_mentions_of_each_role(text: str, expected: list[Any]) -> None:
    assert named(text) == expected


def names(text: str, **known: Any) -> list[tuple[str, str | None]]:
    return [(name, election) for _, name, _, _, election in named(text, **known)]


AMBIGUOUS = [
    ("lesmana", {}, []),
    ("lesmana dan kemuning", {"election": CITY}, []),
    ("wiratmo lesmana, lesmana", {}, [("Wiratmo Lesmana", CITY)] * 2),
    ("wiratmo lesmana, kemuning", {}, [("Wiratmo Lesmana", CITY)]),
]
SEVERAL_RACES = [
    ("mas wiratmo", {}, []),
    ("mas wiratmo", {"election": CITY}, [("Wiratmo Lesmana", CITY)]),
    ("mas wiratmo", {"region": "Kota Uji"}, [("Wiratmo Lesmana", CITY)]),
    ("mas wiratmo", {"region": "Kabupaten Rawa"}, [("Surojo Kertapati", REGENCY)]),
    ("mas wiratmo", {"region": "Kota Lain"}, []),
    ("mas wiratmo", {"election": "tidak-ada"}, []),
    ("mas wiratmo lawan bu gendis", {}, [("Wiratmo Lesmana", CITY), ("Gendis Wulandanti", CITY)]),
    ("mas wiratmo lawan qertino zabrel", {}, [("Surojo Kertapati", REGENCY), ("Qertino Zabrel", REGENCY)]),
    (
        "mas wiratmo, bu gendis, qertino zabrel",
        {},
        [("Gendis Wulandanti", CITY), ("Qertino Zabrel", REGENCY)],
    ),
    ("mas wiratmo di partai uji bersama", {}, [("Partai Uji Bersama", None)]),
]
SAME_PERSON = [
    ("Padma Nirwasita", {}, [("Padma Nirwasita", None)]),
    ("bu padma", {}, [("Padma Nirwasita", None)]),
    ("Padma Nirwasita", {"election": REGENCY}, [("Padma Nirwasita", REGENCY)]),
    ("bu padma lawan qertino zabrel", {}, [("Padma Nirwasita", REGENCY), ("Qertino Zabrel", REGENCY)]),
]


@pytest.mark.parametrize(("text", "known", "expected"), [*AMBIGUOUS, *SEVERAL_RACES, *SAME_PERSON])
def test_nobody_is_listed_on_a_guess(text: str, known: dict[str, Any], expected: list[Any]) -> None:
    assert names(text, **known) == expected


def test_a_person_of_several_elections_has_no_number_and_the_open_role() -> None:
    [entity] = entities_of(Item("Padma Nirwasita"), LISTS)
    assert (entity.role, entity.number, entity.election) == ("calon", None, None)
    [entity] = entities_of(Item("Padma Nirwasita", election="pilkada-kabupaten-rawa-2026"), LISTS)
    assert (entity.role, entity.number) == ("wakil", 3)


@pytest.mark.parametrize(("days", "count"), [((5, 5), 0), ((5, 6), 1), ((None, None), 1), ((None, 5), 1)])
def test_namesakes_stand_on_one_day_and_one_person_on_several(days: tuple[Any, Any], count: int) -> None:
    def race(name: str, day: object) -> dict[str, Any]:
        calendar = {"pemungutan": day} if day else {}
        person = {"people": [{"name": "Dirga Pra"}]}
        base = {"id": name, "name": "X", "level": "bupati", "region": name, "calendar": calendar}
        return {**base, "contestants": [person]}

    lists = Watchlists([race("a", days[0]), race("b", days[1])], [], "1")
    assert len(entities_of(Item("dirga pra"), lists)) == count


def test_each_field_is_searched_and_named() -> None:
    item = Item("bu gendis", "comment", "wiratmo lesmana", media_text="PUB", parent_author=" @GENDIS_W ")
    found = entities_of(item, LISTS)
    assert [(e.field, e.role, e.start, e.end) for e in found] == [
        ("text", "calon", 0, 9),
        ("target_text", "calon", 0, 15),
        ("media_text", "partai", 0, 3),
        ("parent_author", "akun", 1, 10),
    ]


def test_the_picture_of_a_post_comes_before_the_target() -> None:
    found = entities_of(Item("", "post", "pub", media_text="pub"), LISTS)
    assert [e.field for e in found] == ["media_text", "target_text"]


def test_the_target_decides_who_is_meant_in_a_comment() -> None:
    [target, own] = sorted(
        entities_of(Item("mas wiratmo siap", "comment", "Gendis Wulandanti hadir"), LISTS),
        key=lambda e: e.field == "text",
    )
    assert (target.name, own.name, own.election) == ("Gendis Wulandanti", "Wiratmo Lesmana", CITY)


def test_entities_are_bounded() -> None:
    assert len(entities_of(Item("bu gendis " * 200), LISTS)) == MAX_ENTITIES


ITEMS = st.builds(
    Item,
    st.tuples(TROUBLE, st.sampled_from(["", " bu gendis ", "#WiratmoLaras", "@gendis_w"]), TROUBLE).map("".join),
    st.sampled_from(ACTIONS),
    TROUBLE,
    media_text=TROUBLE,
    parent_author=st.none() | TROUBLE | st.just("@wiratmo_uji"),
    election=st.sampled_from([None, CITY, "tak ada"]),
    region=st.sampled_from([None, "Kota Uji", "\u0000"]),
)


@given(item=ITEMS)
@settings(deadline=None, max_examples=200)
def test_entities_are_places_of_the_fields_as_sent_in_order(item: Item) -> None:
    found = entities_of(item, LISTS)
    for entity in found:
        raw = getattr(item, entity.field)
        assert 0 <= entity.start < entity.end <= len(raw)
        assert entity.election is None or LISTS.find(entity.election)
    for field in {e.field for e in found}:
        starts = [e.start for e in found if e.field == field]
        assert starts == sorted(starts)


# Reasons

REASONS: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({}, ()),
    ({"parent_author": "@wiratmo_uji"}, (CONTESTANT_ACCOUNT,)),
    ({"parent_author": "partai_uji"}, (CONTESTANT_ACCOUNT,)),
    ({"parent_author": "wiratmo lesmana"}, ()),
    ({"parent_author": "@kawan_wiratmo_uji"}, ()),
    ({"parent_author": ""}, ()),
    ({"parent_author": "@wiratmo_uji", "election": REGENCY}, ()),
    ({"election": CITY, "region": "Kota Uji"}, ()),
    ({"election": "tak ada"}, (UNKNOWN_ELECTION,)),
    ({"region": "tak ada", "election": CITY}, (UNKNOWN_ELECTION,)),
    ({"parent_author": "gendis_w", "election": "tak ada"}, (CONTESTANT_ACCOUNT, UNKNOWN_ELECTION)),
]


@pytest.mark.parametrize(("known", "reasons"), REASONS)
def test_what_the_watchlists_say_beside_the_score(known: dict[str, Any], reasons: tuple[str, ...]) -> None:
    assert reasons_of(Item("apa saja", "comment", **known), LISTS) == reasons


@pytest.mark.parametrize("action", ["follow", "like", "share"])
def test_a_contestants_account_alone_makes_no_score(tiny: Tiny, action: Any) -> None:
    scorer = tiny.scorer.with_watchlists(LISTS)
    [verdict] = scorer.score([Item("", action, parent_author="@gendis_w")], explain=True, entities=True)
    assert (verdict.band, verdict.score, verdict.flagged) == ("undecided", None, False)
    assert verdict.reasons == ("needs_target", CONTESTANT_ACCOUNT)
    assert verdict.entities == (Entity("Gendis Wulandanti", "akun", 2, CITY, "parent_author", 0, 9),)


def test_the_scorer_says_what_the_lists_say(tiny: Tiny) -> None:
    scorer = tiny.scorer.with_watchlists(LISTS)
    item = Item("ayo pilih bu gendis", "comment", "wiratmo lesmana", parent_author="gendis_w", election="tak ada")
    [verdict] = scorer.score([item], entities=True)
    assert verdict.entities == entities_of(item, LISTS)
    assert verdict.reasons == ("in_context", CONTESTANT_ACCOUNT, UNKNOWN_ELECTION)


@given(item=ITEMS)
@settings(deadline=None, max_examples=100)
def test_looking_for_entities_changes_nothing_else(tiny: Tiny, item: Item) -> None:
    scorer = tiny.scorer.with_watchlists(LISTS)
    [plain], [full] = scorer.score([item]), scorer.score([item], entities=True)
    assert plain.entities == ()
    assert replace(full, entities=()) == plain


@given(item=ITEMS, author=st.sampled_from(["@gendis_w", "partai_uji", "x"]))
@settings(deadline=None, max_examples=100)
def test_who_acts_and_on_whose_account_moves_no_score(tiny: Tiny, item: Item, author: str) -> None:
    scorer = tiny.scorer.with_watchlists(LISTS)
    other = replace(item, parent_author=author, account_kind="instansi", subject_status="PPPK", posted_at="2031-11-03")
    [one], [two] = scorer.score([item], explain=True), scorer.score([other], explain=True)
    assert (one.score, one.band, one.kind, one.evidence) == (two.score, two.band, two.kind, two.evidence)


def test_other_lists_make_another_scorer(tiny: Tiny) -> None:
    item = Item("bu gendis", election=CITY)
    other = tiny.scorer.with_watchlists(LISTS)
    assert other.info == tiny.scorer.info
    assert tiny.scorer.score([item], entities=True)[0].entities == ()
    assert len(other.score([item], entities=True)[0].entities) == 1


def test_scorers_with_other_lists_share_what_they_remember(tiny: Tiny) -> None:
    other = tiny.scorer.with_watchlists(LISTS)
    assert other._fast is tiny.scorer._fast


# An ambiguous alias alone never raises a score

UNSURE = [{"text": word, "ambiguous": True} for word in ("kemuning", "sekar arum", "juang", "pelita", "ratna")]


def race_with(aliases: list[dict[str, Any]]) -> Watchlists:
    contestants = [{"number": 1, "people": [{"name": "Qertino Zabrel", "aliases": aliases}], "slogans": aliases}]
    race = {"id": "x", "name": "X", "level": "bupati", "region": "X", "contestants": contestants}
    return Watchlists([race], [], "1")


SENTENCES = (
    "ayo pilih {}",
    "coblos {} besok",
    "{} menang",
    "saya dukung {} sampai menang",
    "{}",
    "hadir di {} hari ini",
)


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("alias", UNSURE, ids=lambda alias: alias["text"])
@pytest.mark.parametrize("action", ["post", "like"])
def test_an_ambiguous_alias_alone_lists_nobody_and_moves_no_score(
    tiny: Tiny, sentence: str, alias: dict[str, Any], action: Any
) -> None:
    text = sentence.format(alias["text"])
    item = Item(text) if action == "post" else Item("", action, text)
    with_it, without = (tiny.scorer.with_watchlists(race_with(aliases)) for aliases in (UNSURE, []))
    for election in (None, "x"):
        asked = replace(item, election=election)
        [found], [plain] = with_it.score([asked], entities=True), without.score([asked], entities=True)
        assert found == plain
        assert found.entities == ()


def test_beside_a_sure_name_it_does_count(tiny: Tiny) -> None:
    scorer = tiny.scorer.with_watchlists(race_with(UNSURE))
    [verdict] = scorer.score([Item("qertino zabrel, kemuning")], entities=True)
    assert [e.role for e in verdict.entities] == ["calon", "calon"]
