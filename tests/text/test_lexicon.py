"""The lexicon files: their form, their agreement with one another, and what they do to real spellings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from app.text.lexeme import lexeme
from app.text.pipeline import analyse
from app.text.resources import (
    DATA_DIR,
    emoji_words,
    given_names,
    kamus,
    names_over_words,
    negators,
    protected,
    read_rows,
    regions,
    slang,
    titles,
)
from app.text.stem import is_known, stem

COLUMNS = {
    "campaign.tsv": 2,
    "emoji.tsv": 2,
    "names.tsv": 1,
    "negators.tsv": 1,
    "protected.tsv": 2,
    "slang.tsv": 2,
    "titles.tsv": 2,
    "words.tsv": 1,
}
LEAST_ENTRIES = {
    "campaign.tsv": 900,
    "emoji.tsv": 250,
    "names.tsv": 1_800,
    "protected.tsv": 250,
    "slang.tsv": 2_700,
    "words.tsv": 1_500,
}
MAY_BE_EMPTY = {"protected.tsv"}
FILES = sorted(COLUMNS)
CAMPAIGN_CLASSES = {"ajakan", "harap", "puji", "cela", "tawa", "lapor", "berita", "kontes", "jabat", "aktif"}
TITLE_CLASSES = {"sapaan", "gelar", "jabatan", "calon"}


def keys(name: str) -> list[str]:
    return [row[0] for row in read_rows(name)]


def text_of(name: str) -> str:
    return (DATA_DIR / "lexicon" / name).read_text(encoding="utf-8")


def norms(surface: str) -> str:
    return " ".join(part.norm for part in lexeme(surface))


def forms(text: str) -> list[str]:
    return [token.form for token in analyse(text)]


def listed_persons(level: str) -> Iterator[str]:
    """Names and unambiguous everyday names of the contestants of one watchlist, lower case."""
    path = Path(DATA_DIR) / "watchlists" / f"{level}.yaml"
    for election in yaml.safe_load(path.read_text(encoding="utf-8"))["elections"]:
        for contestant in election["contestants"]:
            for person in contestant.get("people", []):
                yield person["name"].lower()
                yield from (alias for alias in person.get("aliases", []) if isinstance(alias, str))


@pytest.mark.parametrize("name", FILES)
def test_file_opens_with_its_columns_and_how_it_was_made(name: str) -> None:
    columns, made, *_ = text_of(name).splitlines()
    assert columns.startswith("# ")
    assert made.startswith("# ")
    assert columns.count("\t") == COLUMNS[name] - 1


@pytest.mark.parametrize("name", FILES)
def test_rows_have_their_columns_and_no_stray_space(name: str) -> None:
    needed = 1 if name in MAY_BE_EMPTY else COLUMNS[name]
    for row in read_rows(name):
        assert needed <= len(row) <= COLUMNS[name], row
        assert all(cell and cell == " ".join(cell.split()) for cell in row), row


@pytest.mark.parametrize("name", FILES)
def test_keys_are_lower_case_unique_and_sorted(name: str) -> None:
    found = keys(name)
    assert found == sorted(set(found))
    assert [key for key in found if key != key.lower()] == []


@pytest.mark.parametrize(("name", "least"), LEAST_ENTRIES.items())
def test_file_is_as_large_as_promised(name: str, least: int) -> None:
    assert len(keys(name)) >= least


@pytest.mark.parametrize("name", ["names.tsv", "words.tsv", "titles.tsv", "protected.tsv"])
def test_word_lists_hold_single_words(name: str) -> None:
    assert [key for key in keys(name) if not key.isalnum()] == []


def test_slang_leads_to_known_words_regions_or_placeholders() -> None:
    unknown = {
        (key, word)
        for key, words in slang().items()
        for word in words
        if not (word[0] == "<" and word[-1] == ">") and not is_known(word) and word not in regions()
    }
    assert unknown == set()


def test_slang_changes_every_word_it_lists() -> None:
    assert [key for key, words in slang().items() if words == (key,)] == []


def test_slang_needs_one_step_only() -> None:
    assert {key for key, words in slang().items() if any(word in slang() for word in words)} == set()


@pytest.mark.parametrize("name", ["protected.tsv", "words.tsv", "names.tsv"])
def test_slang_is_in_no_other_list(name: str) -> None:
    assert set(slang()) & set(keys(name)) == set()


def test_names_are_neither_regions_nor_words_unless_it_is_told_how() -> None:
    assert given_names() & set(keys("words.tsv")) <= set(names_over_words())
    assert given_names() & set(regions()) == set()


def test_names_over_words_are_words_and_their_neighbours_standard_spellings() -> None:
    assert set(names_over_words()) <= kamus() & given_names()
    neighbours = set().union(*names_over_words().values())
    assert {word for word in neighbours if norms(word) != word} == set()


def test_added_words_are_missing_from_the_root_dictionary() -> None:
    own = keys("words.tsv")
    assert set(own) <= kamus()
    assert len(kamus()) - len(own) > 28_000


def test_protected_words_would_be_stemmed_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    import app.text.stem as module

    fixed = protected()
    monkeypatch.setattr(module, "protected", dict)
    unchanged = {word for word, form in fixed.items() if stem.__wrapped__(word) == form and word in kamus()}
    assert unchanged == set()


def test_protected_forms_are_words() -> None:
    assert {form for form in protected().values() if not is_known(form)} == set()


@pytest.mark.parametrize("name", ["slang.tsv", "words.tsv", "titles.tsv", "protected.tsv", "campaign.tsv"])
@pytest.mark.parametrize("level", ["presiden", "gubernur"])
def test_no_contestant_of_a_watchlist_is_listed(name: str, level: str) -> None:
    assert set(keys(name)) & set(listed_persons(level)) == set()


def test_no_presidential_contestant_is_a_given_name() -> None:
    assert given_names() & set(listed_persons("presiden")) == set()


def test_slang_never_leads_to_a_contestant() -> None:
    reached = {word for words in slang().values() for word in words}
    assert reached & set(listed_persons("presiden")) == set()


def test_title_classes() -> None:
    assert set(titles().values()) == TITLE_CLASSES


def test_abbreviated_titles_stand_for_titles() -> None:
    address = {word for word, kind in titles().items() if kind in ("sapaan", "gelar") and word in slang()}
    assert {word for word in address if slang()[word][0] not in titles()} == set()


@pytest.mark.parametrize("word", sorted(negators()))
def test_negators_are_standard_forms(word: str) -> None:
    assert forms(word) == [word]


@pytest.mark.parametrize(
    "surface",
    ["gak", "kagak", "tdk", "ora", "teu", "kada", "indak", "seng", "sonde", "idak", "mboten", "tusing", "jgn", "unang"],
)
def test_negations_of_every_region_reach_a_negator(surface: str) -> None:
    assert negators() & set(forms(surface))


def test_emoji_are_single_characters_that_the_chain_knows() -> None:
    wrong = {emoji for emoji, word in emoji_words().items() if forms(f"ya {emoji}") != ["ya", word]}
    assert wrong == set()


def test_every_campaign_class_is_used() -> None:
    assert {row[1] for row in read_rows("campaign.tsv")} == CAMPAIGN_CLASSES


def test_campaign_stems_are_what_the_chain_emits() -> None:
    emoji = set(emoji_words().values())
    assert [key for key in keys("campaign.tsv") if key not in emoji and forms(key) != [key]] == []


@pytest.mark.parametrize(
    ("surface", "expected"),
    [
        ("dicoblos", "ajakan"),
        ("semoga", "harap"),
        ("cerdaskan", "puji"),
        ("pembohong", "cela"),
        ("ngakak", "tawa"),
        ("melaporkan", "lapor"),
        ("dilansir", "berita"),
        ("debat", "kontes"),
        ("dilantik", "jabat"),
        ("dideklarasikan", "aktif"),
    ],
)
def test_campaign_class_of_a_written_word(surface: str, expected: str) -> None:
    classes = {row[0]: row[1] for row in read_rows("campaign.tsv")}
    assert [classes[form] for form in forms(surface)] == [expected]


# Spellings as written, an arrow, the standard words; a bar gives each spelling its own.
NORMALISED = """
yg yng → yang ; dgn dg dngn → dengan ; utk unt tuk utuk → untuk ; krn krna karna → karena ;
klo kl klau kalo → kalau ; tdk gak ga nggak kagak engga ngak ogak → tidak ; blm blom blum belom → belum ;
jgn jngn jng → jangan ; sdh udh udah dah → sudah ; hrs hrus → harus ; bgt bngt buanget → banget ;
bnr bener → benar ; bs bsa → bisa ; dpt dapet → dapat ; gmn gimana gmna → bagaimana ; knp knpa napa → kenapa ;
emg emang emng → memang ; org orng → orang ; sy sya gw gue gua → saya ; lo lu loe elo → kamu ; km → km ;
sma → sma ; kaya → kaya ; tp tpi → tapi ; sm ama → sama ; trs trus → terus ; skrg skrang skr → sekarang ;
ntar nnt ntr → nanti ; pake → pakai ; kyk kayak kek → seperti ; gitu gtu → begitu ; gini → begini ;
makasih trims nuhun suwun mauliate → terima kasih ; tolonglah → tolonglah ; pls please plis tlg → tolong ;
bpk bapa2 → bapak ; pk pa → pak ; gamau → tidak mau ; gabisa → tidak bisa ; gausah gausa → tidak usah ;
gatau → tidak tahu ; gada → tidak ada ; yaudah yasudah → ya sudah ; dmn dimana → di mana ;
kmana kemana → ke mana ; capres → calon presiden ; cawapres → calon wakil presiden ; cagub → calon gubernur ;
walikota walkot → wali kota ; persiden ptesiden presideb → presiden ; gubenur gurbernur → gubernur ;
pemilul pmilu → pemilu ; pilpres → pilpres ; mentri → menteri ; pslon → paslon ; dukungg dukg → dukung ;
ngedukung → dukung ; milih pilh pylih p1l1h p!lih → pilih ; memilh → memilih ; nyoblos coblo c0bl0s → coblos ;
mnang menangg mnank m3nang → menang ; lanjut2 lanjoott lnjut → lanjut ; lanjutin → lanjutkan ;
gaskeun gaspol gass → gas ; mantab mantul mntap jos joss → mantap ; kerenn krenn → keren ; hbt hebatt → hebat ;
pinter → pintar ; terbaikk trbaik tebaik → terbaik ; smangat semngat semangaad → semangat ;
smoga smg mugi moga → semoga ; amiin aamiin amien → amin ; bismilah → bismillah ; alhamdulilah → alhamdulillah ;
inshaallah insyallah → insyaallah ; sholat solat shalat → salat ; ramadhan → ramadan ;
wkwk wkwkwk haha hehe xixi awokwok → haha ; anjir njir anjay → anjing ; goblog gblk guoblok → goblok ;
bego bodo → bodoh ; plonga planga → plongo ; hoax → hoaks ; surve survey surpei polling → survei ;
elektabilitasnya → elektabilitas ; dibohongin → dibohongi ; ngomongin → bicara ; nyalahin → menyalahkan ;
dijelasin → dijelaskan ; nunggu → tunggu ; nyari → cari ; liat ngeliat → lihat ; faham → paham ; ijin → izin ;
resiko → resiko ; negri negera → negeri|negara ; rakyat2 rkyt rakyar → rakyat ; masyrakat masy → masyarakat ;
pemimipin peminpin pmmpin → pemimpin ; sing yen → yang|kalau ; iki → ini ; arep → akan ; kudu → harus ;
kabeh → semua ; sopo sape siapo → siapa ; dudu → bukan ; ora mboten → tidak ; geus → sudah ; urang → kita ;
hayu → ayo ; euweuh → tidak ada ; moal → tidak akan ; henteu teu → tidak ; indak → tidak ; nan → yang ;
kada → tidak ; ulun → saya ; sidin → beliau ; seng sonde tra → tidak ; torang katong kitong → kita ;
dorang → mereka ; kase → beri ; so su → sudah ; beta → saya ; tena → tidak ; tusing nenten → tidak ;
unang → jangan ; hita → kita ; dong → dong ; awak → awak ; ulah → ulah ; good nice → bagus ; love → cinta ;
best → best ; thanks → terima kasih ; leader → pemimpin ; kpk → kpk ; bumn → bumn ; asn → asn ;
bawaslu → bawaslu ; apbd → apbd ; rp → <rp> ; rt → <rt> ; 2periode → dua periode ; gubernurx → gubernur ;
orang2 → orang ; sooooo → sudah
"""
ROWS = [
    (surface, expected.split("|")[min(i, expected.count("|"))].strip())
    for entry in NORMALISED.split(";")
    for left, expected in [entry.split("→")]
    for i, surface in enumerate(left.split())
]


def test_table_is_long_enough() -> None:
    assert len(ROWS) >= 120


@pytest.mark.parametrize(("surface", "expected"), ROWS)
def test_normalised_spelling(surface: str, expected: str) -> None:
    assert norms(surface) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("menangis", "tangis"),
        ("pemilu", "pemilu"),
        ("relawannya", "relawan"),
        ("gerakannya", "gerakan"),
        ("bekasi", "bekasi"),
        ("penyanyi", "nyanyi"),
        ("berikan", "beri"),
        ("bersihkan", "bersih"),
        ("setidaknya", "setidaknya"),
        ("sebelumnya", "sebelum"),
        ("setuju", "setuju"),
        ("setara", "setara"),
        ("menemani", "teman"),
        ("mengurangi", "kurang"),
        ("memerangi", "perang"),
        ("memenangi", "menang"),
        ("mengakui", "mengaku"),
        ("pengalaman", "pengalaman"),
        ("perbankan", "bank"),
        ("penculikan", "culik"),
        ("perampasan", "rampas"),
        ("teriakan", "teriak"),
        ("kelulusan", "lulus"),
        ("keburukan", "buruk"),
        ("memilah", "pilah"),
        ("kejagung", "kejagung"),
        ("memasuki", "masuk"),
        ("dukungannya", "dukungan"),
        ("pendukungnya", "pendukung"),
        ("terpilihnya", "terpilih"),
        ("takkan", "tidak"),
    ],
)
def test_word_the_stemmer_used_to_take_apart(word: str, expected: str) -> None:
    assert stem(word) == expected
