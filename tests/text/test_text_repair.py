"""What scrapers, keyboards and disguises do to text is undone, and every character knows where it stood."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.text.repair import MAX_CHARS, MAX_LAYERS, Repaired, _fold, is_readable, repair
from tests.text.strategies import PLAIN, TROUBLE

GARBLED = [
    ("selamat ya ðŸ™\x8f", "selamat ya 🙏"),
    ("mantap ðŸ‘\x8dðŸ‘\x8d", "mantap 👍👍"),
    ("ketawa ðŸ˜‚ðŸ˜‚ðŸ˜‚", "ketawa 😂😂😂"),
    ("latin satu ð\x9f\x98\x8a", "latin satu 😊"),
    ("latin satu ð\x9f\x99\x8f\x81", "latin satu 🙏"),
    ("kata â€œsiapâ€\x9d", 'kata "siap"'),
    ("kata â€œsiapâ€ bu", 'kata "siap" bu'),
    ("ma\u00e2\u20ac\u2122af", "ma'af"),
    ("tunggu â€¦ ya", "tunggu ... ya"),
    ("2019â€“2024", "2019-2024"),
    ("cafÃ© kita", "cafe kita"),
    ("cafÃ©” kita", 'cafe" kita'),
    ("Ã©Ã¨Ãª", "eee"),
    ("spasiÂ\xa0aneh", "spasi aneh"),
    ("âœŒ\ufe0f salam", "✌ salam"),
    ("potong ðŸ˜", "potong �"),
    ("potong ðŸ", "potong �"),
    ("potong ð\x9f", "potong �"),
    ("potong ðŸ˜ lalu ðŸ™\x8f utuh", "potong � lalu 🙏 utuh"),
    ("ðŸ™\x8fðŸ˜", "🙏�"),
    ("dua lapis Ã¢â‚¬â„¢", "dua lapis '"),
    ("dua lapis Ã\x83Â©", "dua lapis e"),
    ("à la carte", "a la carte"),
    ("Ã sendiri", "A sendiri"),
    ("â sendiri", "a sendiri"),
    ("ð sendiri", "ð sendiri"),
]
MARKUP = [
    ("a &amp; b", "a & b"),
    ("a &amp;amp; b", "a & b"),
    ("a &amp;amp;amp;amp;amp;amp; b", "a & b"),
    ("&lt;3 kalian", "<3 kalian"),
    ("&amp;lt;3 kalian", "<3 kalian"),
    ("kata &quot;siap&quot;", 'kata "siap"'),
    ("ma&#39;af", "ma'af"),
    ("ma&#x27;af", "ma'af"),
    ("ma&amp;#39;af", "ma'af"),
    ("ma&apos;af", "ma'af"),
    ("spasi&nbsp;keras", "spasi keras"),
    ("&#128591; amin", "🙏 amin"),
    ("&#x1F64F; amin", "🙏 amin"),
    ("&hellip;", "..."),
    ("&bukan; entitas", "&bukan; entitas"),
    ("R&D; ilmu", "R&D; ilmu"),
    ("R&D", "R&D"),
    ("a & b", "a & b"),
    ("&;", "&;"),
    ("&#0;", "�"),
    ("&#9999999;", "�"),
    ("satu<br>dua", "satu\ndua"),
    ("satu<br/>dua", "satu\ndua"),
    ("satu<br />dua", "satu\ndua"),
    ("satu<BR>dua", "satu\ndua"),
    ("satu&lt;br&gt;dua", "satu\ndua"),
    ("satu\\u003cbr\\u003edua", "satu\ndua"),
    ("<p>isi</p>", " isi "),
    ('<p class="a b">isi</p>', " isi "),
    ("<strong>coblos</strong>", " coblos "),
    ('<a href="x.id">sini</a>', " sini "),
    ("<div>isi<span>lagi</span></div>", " isi lagi  "),
    ("2 < 3 dan 3 > 2", "2 < 3 dan 3 > 2"),
    ("<pilih> aku", "<pilih> aku"),
    ("<3 <3", "<3 <3"),
]
ESCAPES = [
    ("baris\\nbaru", "baris\nbaru"),
    ("tab\\tini", "tab\nini"),
    ("\\r\\n", "\n\n"),
    ("\\xf0\\x9f\\x99\\x8f amin", "🙏 amin"),
    ("caf\\xc3\\xa9", "cafe"),
    ("rusak \\xff", "rusak �"),
    ("\\u0070ilih", "pilih"),
    ("\\u0070\\u0069lih", "pilih"),
    ("\\ud83d\\ude4f amin", "🙏 amin"),
    ("\\uD83D\\uDE4F amin", "🙏 amin"),
    ("\\ud83d sendiri", " sendiri"),
    ("\\ude4f\\ud83d terbalik", " terbalik"),
    ("\\U0001f64f amin", "🙏 amin"),
    ("\\Uffffffff di luar", "� di luar"),
    ("\\u200bpi\\u200blih", "pilih"),
    ("C:\\data", "C:\\data"),
    ("\\u12", "\\u12"),
    ("\\x4", "\\x4"),
    ("\\", "\\"),
    ("¯\\_(ツ)_/¯", " \\_(ツ)_/ "),
]
LETTERS = [
    ("𝐩𝐢𝐥𝐢𝐡 𝑛𝑜𝑚𝑜𝑟 𝟐", "pilih nomor 2"),
    ("𝓹𝓲𝓵𝓲𝓱", "pilih"),
    ("𝔭𝔦𝔩𝔦𝔥", "pilih"),
    ("𝕡𝕚𝕝𝕚𝕙", "pilih"),
    ("𝚙𝚒𝚕𝚒𝚑", "pilih"),
    ("𝗖𝗢𝗕𝗟𝗢𝗦", "COBLOS"),
    ("ｃｏｂｌｏｓ　２", "coblos 2"),
    ("ⓒⓞⓑⓛⓞⓢ", "coblos"),
    ("ᶜᵒᵇˡᵒˢ", "coblos"),
    ("🅒🅞🅑🅛🅞🅢", "COBLOS"),
    ("ᴄᴏʙʟᴏꜱ", "coblos"),
    ("сoblоs", "coblos"),
    ("Сoblоѕ", "Coblos"),
    ("рilih", "pilih"),
    ("cοblοs", "coblos"),
    ("ρilih", "pilih"),
    ("ΑΒΕ", "ABE"),
    ("c̶o̶b̶l̶o̶s̶", "coblos"),
    ("p̲ilih", "pilih"),
    ("pílíh", "pilih"),
    ("Pílìh ñ ü", "Pilih n u"),
    ("p͜͡ilih", "pilih"),
    ("cøblos łagi đong", "coblos lagi dong"),
    ("ﬁnal", "final"),
    ("ⅷ", "viii"),
    ("x²", "x2"),
    ("№ 2", "No 2"),
    ("٢٠٢٤", "2024"),
    ("०२", "02"),
    ("①②", "12"),
    ("“kutip” ‘satu’", "\"kutip\" 'satu'"),
    ("a–b—c‑d−e", "a-b-c-d-e"),
    ("apa？ wah！", "apa? wah!"),
    ("hmm…", "hmm..."),
    ("漢字 テスト", "漢字 テスト"),
]
INVISIBLE = [
    ("pi\u200blih", "pilih"),
    ("pi\u200c\u200d\u2060lih", "pilih"),
    ("\ufeffpilih", "pilih"),
    ("pi\u00adlih", "pilih"),
    ("pi\u034flih", "pilih"),
    ("pi\u3164lih", "pilih"),
    ("\u202epilih\u202c", "pilih"),
    ("\u2066pilih\u2069 \u200fya", "pilih ya"),
    ("pi\x00lih\x07", "pilih"),
    ("pi\ud800lih", "pilih"),
    ("\udfff", ""),
    ("pi\ue000lih", "pilih"),
    ("pi\u0378lih", "pilih"),
    ("a\tb\rc\x0bd", "a b c d"),
    ("a\u2003b\u3000c\u2028d\x85e", "a b c d e"),
    ("tag\U000e0041\U000e007f", "tag"),
    ("a\nb", "a\nb"),
    ("&\u200bamp;", "&"),
    ("＆lt；", "<"),
]
PICTURES = [
    ("👍🏽", "👍🏽"),
    ("✌️", "✌"),
    ("✌🏿️", "✌🏿"),
    ("❤️‍🔥", "❤🔥"),
    ("👨‍👩‍👧", "👨👩👧"),
    ("🇮🇩", "🇮🇩"),
    ("2️⃣", "2\u20e3"),
    ("0️⃣2️⃣", "0\u20e32\u20e3"),
    ("#️⃣", "#\u20e3"),
    ("☝️🏻", "☝🏻"),
]


@pytest.mark.parametrize(("raw", "expected"), GARBLED + MARKUP + ESCAPES + LETTERS + INVISIBLE + PICTURES)
def test_text_comes_out_plain(raw: str, expected: str) -> None:
    assert repair(raw).text == expected


@pytest.mark.parametrize(
    ("raw", "word", "surface"),
    [
        ("a &amp; coblos", "coblos", "coblos"),
        ("a &amp; coblos", "&", "&amp;"),
        ("ðŸ™\x8f siap", "🙏", "ðŸ™\x8f"),
        ("ðŸ™\x8f siap", "siap", "siap"),
        ("pi\u200blih dua", "pilih", "pi\u200blih"),
        ("pi\u200blih\u200b dua", "pilih", "pi\u200blih"),
        ("𝐩𝐢𝐥𝐢𝐡 dua", "pilih", "𝐩𝐢𝐥𝐢𝐡"),
        ("\\ud83d\\ude4f siap", "🙏", "\\ud83d\\ude4f"),
        ("satu&lt;br&gt;dua", "\n", "&lt;br&gt;"),
        ("satu&lt;br&gt;dua", "dua", "dua"),
        ("Ã¢â‚¬â„¢ siap", "'", "Ã¢â‚¬â„¢"),
        ("tunggu … siap", "...", "…"),
        ("tunggu … siap", "..", "…"),
        ("ma&amp;#39;af", "ma'af", "ma&amp;#39;af"),
        ("c̶o̶b̶l̶o̶s̶ lah", "coblos", "c̶o̶b̶l̶o̶s"),
    ],
)
def test_a_repaired_word_knows_its_place_in_the_original(raw: str, word: str, surface: str) -> None:
    repaired = repair(raw)
    at = repaired.text.index(word)
    start, end = repaired.span(at, at + len(word))
    assert raw[start:end] == surface


def test_characters_of_one_piece_share_its_span() -> None:
    repaired = repair("x…y")
    assert (repaired.starts, repaired.ends) == ((0, 1, 1, 1, 2), (1, 2, 2, 2, 3))


def test_plain_text_carries_no_map() -> None:
    assert repair("pilih nomor 2!") == Repaired("pilih nomor 2!")


def test_longer_text_is_cut_and_says_so() -> None:
    repaired = repair("a" * (MAX_CHARS + 1))
    assert (len(repaired.text), repaired.cut) == (MAX_CHARS, True)
    assert not repair("a" * MAX_CHARS).cut
    assert repair("é" * 30, limit=20) == Repaired("e" * 20, tuple(range(20)), tuple(range(1, 21)), cut=True)


def test_layers_are_bounded() -> None:
    nested = "&#38;" + "#38;" * 400 + "lt;"
    assert len(repair(nested).text) >= len(nested) - 5 * MAX_LAYERS**2


def test_every_character_is_in_its_plainest_form_after_one_step() -> None:
    fold = _fold.__wrapped__
    changed = ((c, fold(c)) for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(c) not in ("Cn", "Co"))
    assert [c for c, plain in changed if plain != c and "".join(map(fold, plain)) != plain] == []


@given(TROUBLE)
@settings(deadline=None, max_examples=400)
def test_any_text_is_repaired_with_ordered_spans_inside_it(raw: str) -> None:
    repaired = repair(raw)
    spans = [repaired.span(k, k + 1) for k in range(len(repaired.text))]
    assert all(0 <= start < end <= len(raw) for start, end in spans)
    assert spans == sorted(spans)
    assert [end for _, end in spans] == sorted(end for _, end in spans)


@given(TROUBLE)
@settings(deadline=None, max_examples=400)
def test_repaired_text_needs_no_repair(raw: str) -> None:
    text = repair(raw).text
    assert repair(text) == Repaired(text)


@given(TROUBLE, st.integers(0, 12))
@settings(deadline=None)
def test_only_the_first_characters_count(raw: str, limit: int) -> None:
    assert repair(raw, limit).text == repair(raw[:limit]).text
    assert repair(raw, limit).cut == (len(raw) > limit)


@given(PLAIN)
def test_what_a_keyboard_writes_stays_as_it_is(raw: str) -> None:
    assert repair(raw) == Repaired(raw)


@pytest.mark.parametrize("raw", [
    *("", " \n\t", "\u200b", "\ufeff", "\x00", "\u3164", "\u00ad\u2060", "\ufe0f", "\u2800", "\u202e \u200d", "\ud83d"),
    *("&nbsp;", "&#8203;", "<br>", "<p></p>", "\\u200b", "\\n", "\uff06nbsp;", " " * MAX_CHARS + "a"),
])  # fmt: skip
def test_what_has_nothing_to_read(raw: str) -> None:
    assert not is_readable(raw)


@pytest.mark.parametrize("raw", [
    *("a", " 2", "?", "&", "<", "\\", "\u200bya", "<b>ya</b>", "&#97;", "\x00" * 99 + "a"),
    *("🙏", "👍🏽", "2️⃣", "🇮🇩", "✌️", "👨‍👩‍👧", "❤️"),
    *("ꦥꦶꦭꦶꦃ", "ᮕᮤᮜᮤᮂ", "اختار", "選挙", "выбор", "เลือก", "투표", "ᯂ᯲"),
])  # fmt: skip
def test_what_has_something_to_read(raw: str) -> None:
    assert is_readable(raw)


@given(TROUBLE)
@settings(deadline=None)
def test_a_text_is_readable_when_something_is_left_of_it(raw: str) -> None:
    assert is_readable(raw) == bool(repair(raw).text.strip())
