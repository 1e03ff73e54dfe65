"""Names, parties, slogans, ballot numbers and regions become placeholders; what only looks like them does not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.text.masking import mask
from app.text.pipeline import analyse, tokenise
from app.watchlists.matcher import Alias, Matcher
from tests.text.strategies import TROUBLE

#: A fictional race: Qertino (and Vexandra Ulkan) against Brumhild, whose nicknames also mean other things.
RACE = Matcher(
    [
        Alias(("qertino",), "name", "pilwalu/1", False),
        Alias(("qertino", "zabrel"), "name", "pilwalu/1", False),
        Alias(("vexandra", "ulkan"), "name", "pilwalu/1", False),
        Alias(("pak", "qer"), "name", "pilwalu/1", False),
        Alias(("kemuning",), "name", "pilwalu/1", True),
        Alias(("kota", "permata"), "slogan", "pilwalu/1", True),
        Alias(("brumhild",), "name", "pilwalu/2", False),
        Alias(("kembang", "desa"), "slogan", "pilwalu/2", False),
        Alias(("pzx",), "party", "partai/PZX", False),
        Alias(("partai", "zaitun"), "party", "partai/Zaitun", False),
    ],
    [("qertinolagi", "slogan"), ("qertinoulkan", "name")],
)


def forms(raw: str, matcher: Matcher = RACE) -> str:
    return " ".join(token.form for token in analyse(raw, matcher)).replace("\n", "⏎")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        # in each wording
        ("nomor 2", "nomor <nomor>"),
        ("nomor dua", "nomor <nomor>"),
        ("Nomor Dua!", "nomor <nomor> !"),
        ("nomer 2", "nomor <nomor>"),
        ("nmr 2", "nomor <nomor>"),
        ("no 2", "nomor <nomor>"),
        ("no2", "nomor <nomor>"),
        ("no.2", "nomor . <nomor>"),
        ("No. 2", "nomor . <nomor>"),
        ("nomor: 2", "nomor : <nomor>"),
        ("nomor2", "nomor <nomor>"),
        ("nomor urut 2", "nomor urut <nomor>"),
        ("no urut 2", "nomor urut <nomor>"),
        ("no. urut: 2", "nomor . urut : <nomor>"),
        ("paslon 2", "paslon <nomor>"),
        ("paslon nomor urut dua", "paslon nomor urut <nomor>"),
        ("pasangan 2", "pasang <nomor>"),
        ("coblos 1", "coblos <nomor>"),
        ("coblos1", "coblos <nomor>"),
        ("mencoblos nomor 3", "coblos nomor <nomor>"),
        ("tusuk 3", "tusuk <nomor>"),
        ("salam 2", "salam <nomor>"),
        ("salam dua jari", "salam <nomor> jari"),
        ("dua jari", "<nomor> jari"),
        ("3 jari", "<nomor> jari"),
        ("02", "<nomor>"),
        ("02 menang", "<nomor> menang"),
        ("pilih 02 ya", "pilih <nomor> ya"),
        ("2️⃣", "<nomor>"),
        ("nomor 2️⃣", "nomor <nomor>"),
        ("nomor 𝟐", "nomor <nomor>"),
        ("n0mor 2", "nomor <samar> <nomor>"),
        ("c0bl0s 2", "coblos <samar> <nomor>"),
        ("c o b l o s 2", "coblos <nomor>"),
        # "pilih" only where the thought ends or a name follows
        ("pilih 2", "pilih <nomor>"),
        ("pilih dua!", "pilih <nomor> !"),
        ("pilih dua. titik", "pilih <nomor> . titik"),
        ("pilih 2\nya", "pilih <nomor> ⏎ ya"),
        ("dukung 1", "dukung <nomor>"),
        ("pilih 2 qertino", "pilih <nomor> <nama>"),
        # in hashtags
        ("#2", "<tagar> <bil> </tagar>"),
        ("#02", "<tagar> <nomor> </tagar>"),
        ("#nomor2", "<tagar> nomor <nomor> </tagar>"),
        ("#Coblos2", "<tagar> coblos <nomor> </tagar>"),
        ("#pilih2", "<tagar> pilih <nomor> </tagar>"),
        ("#PilihNomorDua", "<tagar> pilih nomor <nomor> </tagar>"),
    ],
)
def test_ballot_numbers(raw: str, expected: str) -> None:
    assert forms(raw) == expected


@pytest.mark.parametrize(
    "raw",
    [
        "pilih dua baju",
        "pilih 2 baju",
        "pilih satu saja",
        "pilih salah satu",
        "dukung dua anak",
        "jersey nomor 7",
        "nomor punggung 7",
        "rumah nomor 2",
        "kursi nomor 3",
        "gang no. 4",
        "UU Nomor 5 Tahun 2014",
        "uu no. 5 tahun 2014",
        "surat edaran nomor 2",
        "nomor 9 tahun 2015",
        "coblos dua kali",
        "coblos 9 desember",
        "tanggal 2 coblos",
        "harga 2 ribu",
        "2 juta",
        "dua orang",
        "2 periode",
        "2 anak cukup",
        "skor 2-1",
        "jam 2",
        "juara 1",
        "nomor 12",
        "nomor 0",
        "nomor wahid",
        "08123456789",
        "14/2/2024",
        "1.000",
        "02.00",
    ],
)
def test_other_numbers_are_not_ballot_numbers(raw: str) -> None:
    assert "<nomor>" not in forms(raw)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("qertino menang", "<nama> menang"),
        ("Qertino menang", "<nama> menang"),
        ("QERTINO menang", "<nama> menang"),
        ("qertinoooo menang", "<nama> menang"),
        ("q3rtin0 menang", "<nama> menang"),
        ("qert1no menang", "<nama> menang"),
        ("q e r t i n o menang", "<nama> menang"),
        ("qer\u200btino menang", "<nama> menang"),
        ("𝐪𝐞𝐫𝐭𝐢𝐧𝐨 menang", "<nama> menang"),
        ("qertino zabrel menang", "<nama> menang"),
        ("qertino-zabrel menang", "<nama> menang"),
        ("qertino. zabrel menang", "<nama> menang"),
        ("qertino brumhild", "<nama>"),
        ("qertino-vexandra ulkan menang", "<nama> menang"),
        ("qertino - vexandra ulkan menang", "<nama> menang"),
        ("qertino & vexandra ulkan", "<nama> & <nama>"),
        ("vexandra ulkan", "<nama>"),
        ("vexandra saja", "vexandra saja"),
        ("ulkan", "ulkan"),
        # clitics
        ("qertinonya", "<nama>"),
        ("qertinokan", "<nama>"),
        ("qertinolah", "<nama>"),
        ("qertinoku", "<nama>"),
        ("qertinopun", "<nama>"),
        ("vexandra ulkannya", "<nama>"),
        ("qertino'nya", "<nama>"),
        ("qertinoan", "qertinoan"),
        # digits glued to a name stay
        ("qertino2periode", "<nama> <bil> periode"),
        # a form of address is no part of the name
        ("pak qer menang", "pak <nama> menang"),
        ("Pak Qer menang", "pak <nama> menang"),
        ("qer menang", "qer menang"),
        # parties and slogans
        ("pzx", "<partai>"),
        ("PZX menang", "<partai> menang"),
        ("partai zaitun menang", "<partai> menang"),
        ("zaitun", "zaitun"),
        ("kembang desa", "<slogan>"),
        # ambiguous ones need a sure match of the same side
        ("kemuning mekar", "kemuning mekar"),
        ("kota permata", "kota permata"),
        ("brumhild kemuning", "<nama> kemuning"),
        ("qertino kemuning", "<nama>"),
        ("kemuning itu qertino", "<nama> itu <nama>"),
        ("kota permata bersama qertino", "<slogan> bersama <nama>"),
        ("kota permata bersama brumhild", "kota permata bersama <nama>"),
        # in tags and handles
        ("#QertinoLagi", "<tagar> <slogan>"),
        ("#qertinoulkan", "<tagar> <nama>"),
        ("#qertinomenang", "<tagar> <nama> menang </tagar>"),
        ("#QertinoMenang", "<tagar> <nama> menang </tagar>"),
        ("#DukungQertinoZabrel", "<tagar> dukung <nama> </tagar>"),
        ("#vexandraulkanmenang", "<tagar> <nama> menang </tagar>"),
        ("@qertino2024", "<akun_calon>"),
        ("@kawan_QERTINO", "<akun_calon>"),
        ("@kawan_qer", "<akun>"),
        ("@pzx", "<akun>"),
        ("@kemuning", "<akun>"),
    ],
)
def test_listed_names(raw: str, expected: str) -> None:
    assert forms(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        # after a form of address
        ("pak Xandrowi datang", "pak <nama> datang"),
        ("pak xandrowi datang", "pak <nama> datang"),
        ("Bu Xandrowi datang", "bu <nama> datang"),
        ("bpk Xandrowi", "bapak <nama>"),
        ("bang Xandrowi", "bang <nama>"),
        ("mas xandrowi", "mas <nama>"),
        ("pak Xandrowi Ulbrem datang", "pak <nama> datang"),
        ("pak lurah datang", "pak lurah datang"),
        ("bu camat", "bu camat"),
        ("Pak Bupati", "pak bupati"),
        ("pak presiden", "pak presiden"),
        ("bapak ibu sekalian", "bapak ibu sekalian"),
        ("pak datang", "pak datang"),
        ("pak siapa", "pak siapa"),
        # capitals
        ("dukung Xandrowi", "dukung <nama>"),
        ("dukung xandrowi", "dukung <nama>"),
        ("Xandrowi Ulbrem menang", "<nama> menang"),
        ("Xandrowi-Ulbrem menang", "<nama> menang"),
        ("Xandrowi–Ulbrem menang", "<nama> menang"),
        ("Xandrowi - Ulbrem menang", "<nama> menang"),
        ("ini Rumah Besar", "ini rumah besar"),
        ("Pilih yang jujur", "pilih yang jujur"),
        # a word of every day may go on a pair
        ("Xandrowi-Laut menang", "<nama> menang"),
        ("Xandrowi - Laut tenang", "<nama> laut tenang"),
        ("#XandrowiMenang", "<tagar> <nama> menang </tagar>"),
        ("#DukungXandrowi", "<tagar> dukung <nama> </tagar>"),
        # acronyms
        ("DPRX dan BPKZ", "<singkatan> dan <singkatan>"),
        ("dukung XANDROWI dong", "dukung <singkatan> dong"),
        ("XANDROWIULBREM", "xandrowiulbrem"),
        ("TULLL", "betul"),
        ("XANDROWIII", "xandrowi"),
        # shouting: a capital says nothing
        ("SAYA DUKUNG XANDROWI SEKARANG JUGA", "saya dukung <nama> sekarang juga"),
        ("SAYA DUKUNG PAK XANDROWI SEKARANG", "saya dukung pak <nama> sekarang"),
    ],
)
def test_unlisted_persons(raw: str, expected: str) -> None:
    assert forms(raw, Matcher()) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("di Jakarta", "di <daerah>"),
        ("di jakarta", "di <daerah>"),
        ("kota Bandung maju", "kota <daerah> maju"),
        ("jawa barat juara", "<daerah> juara"),
        ("Jawa Barat Juara", "<daerah> juara"),
        ("aceh barat daya", "<daerah>"),
        ("aceh barat jaya", "<daerah> jaya"),
        ("jakarta bandung", "<daerah>"),
        ("#JawaBaratJuara", "<tagar> <daerah> juara </tagar>"),
        ("jawa itu pulau", "<daerah> itu pulau"),
    ],
)
def test_regions(raw: str, expected: str) -> None:
    assert forms(raw) == expected


@pytest.mark.parametrize(
    ("raw", "spans", "expected"),
    [
        ("dukung xulbrem ya", [(7, 14, "name")], "dukung <nama> ya"),
        ("dukung xulbrem vekna ya", [(7, 20, "name")], "dukung <nama> ya"),
        ("dukung xulbrem-vekna ya", [(7, 14, "name"), (15, 20, "name")], "dukung <nama> ya"),
        ("kami pzq", [(5, 8, "party")], "kami <partai>"),
        ("satu padu maju", [(0, 9, "slogan")], "<slogan> maju"),
        ("#DukungXulbrem", [(7, 14, "name")], "<tagar> dukung <nama> </tagar>"),
        ("ikut @xulbrem", [(5, 13, "name")], "ikut <akun_calon>"),
        ("bukan apa-apa", [(0, 5, "tak dikenal")], "bukan apa - apa"),
        ("bukan apa-apa", [(40, 45, "name")], "bukan apa - apa"),
        ("bukan", [(5, 5, "name")], "bukan"),
        ("nama 😂", [(0, 6, "name")], "<nama> emoji_tawa"),
    ],
)
def test_annotated_spans(raw: str, spans: list[tuple[int, int, str]], expected: str) -> None:
    found = " ".join(token.form for token in analyse(raw, Matcher(), spans))
    assert found == expected


def test_a_joined_name_covers_all_it_was_made_of() -> None:
    raw = "dukung Qertino-Zabrel dan vexandra ulkan!"
    names = [token for token in analyse(raw, RACE) if token.form == "<nama>"]
    assert [raw[token.start : token.end] for token in names] == ["Qertino-Zabrel", "vexandra ulkan"]


def test_a_name_in_a_tag_does_not_join_one_outside() -> None:
    assert forms("qertino #qertino qertino") == "<nama> <tagar> <nama> </tagar> <nama>"
    assert forms("#QertinoLagi kembang desa") == "<tagar> <slogan> <slogan>"


def test_neighbouring_accounts_are_one() -> None:
    assert forms("@a @b @c halo @d") == "<akun> halo <akun>"


def test_masking_leaves_its_input_alone() -> None:
    tokens = tokenise("qertino nomor 2", RACE)
    before = list(tokens)
    mask(tokens, RACE)
    assert tokens == before


@given(TROUBLE, st.lists(st.tuples(st.integers(-3, 40), st.integers(-3, 40), st.sampled_from(["name", "party", "x"]))))
@settings(deadline=None)
def test_masking_only_replaces_and_joins(raw: str, spans: list[tuple[int, int, str]]) -> None:
    before = tokenise(raw, RACE)
    after = mask(before, RACE, spans)
    assert len(after) <= len(before)
    assert {token.start for token in after} <= {token.start for token in before}
    assert {token.end for token in after} <= {token.end for token in before}


@pytest.mark.parametrize("number", ["satu", "dua", "tiga", "sepuluh", "1", "2", "10", "kedua", "ketiga"])
def test_every_small_number_that_is_no_ballots_reads_the_same(number: str) -> None:
    assert forms(f"ada {number} ekor ayam", Matcher()) == "ada <bil> ekor ayam"


@pytest.mark.parametrize("one", ["1", "2", "5", "satu", "dua"])
def test_a_ballot_number_reads_the_same_whatever_it_is(one: str) -> None:
    assert (
        forms(f"jangan ke {one}, coblos nomor {one} saja", Matcher()) == "jangan ke <bil> , coblos nomor <nomor> saja"
    )
