"""Names that no watchlist has, among words that look like them."""

from __future__ import annotations

import pytest

from app.text.pipeline import analyse
from app.watchlists.matcher import Matcher

#: A matcher of no watchlist.
NOBODY = Matcher()


def forms(raw: str) -> str:
    return " ".join(token.form for token in analyse(raw, NOBODY))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        # names that are words too, whatever their case
        ("budi menang", "<nama> menang"),
        ("semangat guntur", "semangat <nama>"),
        ("wahyu pilihanku", "<nama> pilihan"),
        ("#SalamGuntur", "<tagar> salam <nama> </tagar>"),
        # ... unless a neighbour says that it is the word
        ("budi pekerti", "budi pekerti"),
        ("balas budi", "balas budi"),
        ("suara guntur", "suara guntur"),
        ("panel surya murah", "panel surya murah"),
        ("Ketut-Made menang", "<nama> menang"),
        ("made in china", "made in cina"),
        ("selawat nabi muhammad", "selawat nabi muhammad"),
        # a title that is a name too
        ("kata andi begitu", "kata <nama> begitu"),
        ("Andi Xandrowi datang", "<nama> datang"),
        # a name that is an everyday word has a capital that nothing but a name asks for
        ("turut senang, Agung, dilantik jadi wakil", "turut senang , <nama> , lantik jadi wakil"),
        ("ayo dukung Fajar", "ayo dukung <nama>"),
        ("ayo dukung Fajar Xandrowi", "ayo dukung <nama>"),
        ("ayo dukung Fajar Teguh", "ayo dukung <nama>"),
        ("coblos 2 Satria ya", "coblos <nomor> <nama> ya"),
        ("hari ini fajar menyingsing", "hari ini fajar singsing"),
        ("Fajar menyingsing", "fajar singsing"),
        ("sudah pagi. Fajar menyingsing", "sudah pagi . fajar singsing"),
        ("sudah pagi 😂 Fajar menyingsing", "sudah pagi emoji_tawa fajar singsing"),
        ("kemarin di Masjid Agung kami", "kemarin di masjid agung kami"),
        ("sambut Fajar Harapan kita", "sambut fajar harap kita"),
        ("Warga Desa Kami Sambut Fajar Pagi", "warga desa kami sambut fajar pagi"),
        ("SALAM DARI KAMI UNTUK FAJAR", "salam dari kami untuk fajar"),
        # in a headline a capital does not make a name longer
        ("Xandrowi Siap Menangkan Lomba Desa Kita", "<nama> siap menangkan lomba desa kita"),
        ("kemarin ada Xandrowi Laut di sini juga", "kemarin ada <nama> di sini juga"),
        # ... and a campaign word never does
        ("kemarin Xandrowi Siap di sini juga", "kemarin <nama> siap di sini juga"),
        # ... nor what is no root in its standard spelling, a number, or a word that often stands beside names
        ("Xandrowi Aja", "<nama> saja"),
        ("Xandrowi Melejit", "<nama> lejit"),
        ("Xandrowi Satu", "<nama> <bil>"),
        ("Xandrowi Oke", "<nama> oke"),
        ("Xandrowi Legowo", "<nama>"),
        # a title borne with a name is part of it
        ("Teuku Xandrowi datang", "<nama> datang"),
        ("kata H. Xandrowi begitu", "kata <nama> begitu"),
        ("prof mantap", "prof mantap"),
        # a ballot number stands before a name that no list knows
        ("pilih dua Xandrowi", "pilih <nomor> <nama>"),
    ],
)
def test_names_that_look_like_words_and_words_that_look_like_names(raw: str, expected: str) -> None:
    assert forms(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        # an unknown word is a name where campaign words put one, and then everywhere in the text
        ("gaspol qertino", "gas <nama>"),
        ("qertino menang", "<nama> menang"),
        ("qertino qertino juara", "<nama> juara"),
        ("qertino yess", "<nama> yes"),
        ("qertino gubernurku", "<nama> pemimpinku"),
        ("bravo qertino", "bravo <nama>"),
        ("pendukung qertino dari Aceh", "pendukung <nama> dari <daerah>"),
        ("tim qertino kumpul, ayo dukung qertino", "tim <nama> kumpul , ayo dukung <nama>"),
        ("relawan Qertino hadir, semangat qertino", "relawan <nama> hadir , semangat <nama>"),
        # ... and elsewhere just an unknown word
        ("gue mah qertino", "saya mah <nama>"),
        ("makan qertino", "makan qertino"),
        ("dukung qe", "dukung qe"),
    ],
)
def test_unknown_words_where_names_stand(raw: str, expected: str) -> None:
    assert forms(raw) == expected
