"""Strings that make trouble: every code point, and fragments of markup, escapes, names and disguises."""

from __future__ import annotations

from hypothesis import strategies as st

#: Any code point at all, lone surrogates, control characters and unassigned ones among them.
ANY_CHARACTER = st.integers(0, 0x10FFFF).map(chr)

FRAGMENTS = (
    "&amp;", "&lt;", "br", "&gt;", "&#38;", "&#x26;", "&nbsp;", "&", ";", "amp;", "<br/>", "<p class=a>", "</div>", "<",
    "\\n", "\\u0026", "\\ud83d", "\\ude4f", "\\xf0\\x9f\\x99\\x8f", "\\x", "\\U0001f64f", "\\",
    "ðŸ™", "\x8f", "â€", "œ", "Ã©", "Ã", "â€™", "ðŸ˜‚", "ð\x9f\x98\x82", "Ã¢â‚¬â„¢",
    "\u200b", "\u200d", "\ufe0f", "\u20e3", "\u202e", "\u2066", "\u0301", "\ud83d", "\udc00", "\x00", "\u2028", "\t", "\r",
    "𝐩𝐢𝐥𝐢𝐡", "ｃｏｂｌｏｓ", "сoblоs", "ⓟⓘⓛⓘⓗ", "½", "…", "ﷺ", "٢", "a٢", "〇", "x〇", "²", "ⅷ", "ß", "İ",
    "2️⃣", "✌🏽", "👨‍👩‍👧", "🇮🇩", "🙏",
    "c o b l o s", "p.i.l.i.h", "p*lih", "p1l1h", "c0bl0s", "m3nang", "orang2nya", "2periode", "duuukung", "jum'at",
    "@akun", "@", "#", "#LanjutDuaPeriode", "#gantilurah", "#2", "#m3nang", "RT", "http://", "https://x.id/a", "www.",
    "pak Wiratmo", "Wiratmo-Laras", "-", "nomor", " 2", "02", "pilih", "coblos", "tidak", "jari", "1.000,5", "50%",
    "a", "A", "1", "!", "?", "...", ".", ",", " ", "\n", "'", "_", "*", "+", "$",
)  # fmt: skip

#: Short texts glued from the fragments and from any characters.
TROUBLE = st.lists(st.sampled_from(FRAGMENTS) | ANY_CHARACTER, max_size=14).map("".join)

#: What a keyboard writes: printable ASCII without the three characters that start an encoding.
PLAIN = st.text(st.sampled_from([chr(c) for c in range(0x20, 0x7F) if chr(c) not in "&<\\"] + ["\n"]), max_size=60)
