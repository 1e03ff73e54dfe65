"""Millions of texts that nobody would write: does the text chain keep its promises on each of them?

``python -m scripts.fuzz --seconds 60``, nightly with ``--inputs 200000``. Exit code 1 with the seed of the first text
that broke one: it raised, a token stood outside the text or out of order, reading it run by run differed from reading
it whole, or it took longer than ``LONGEST`` seconds. The text itself is not printed; ``--seed`` brings it back.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from app.text.build import build
from app.text.masking import mask
from app.text.pipeline import tokenise
from app.text.repair import repair
from app.text.split import split
from app.text.token import Token
from app.watchlists.load import default_matcher

CORPUS = Path(__file__).resolve().parents[1] / "data" / "corpus"
#: Processor seconds that one text of 10,000 characters may take.
LONGEST = 3.0
#: What texts are glued from: markup, escapes, garbled bytes, disguises, affixes and signs that the rules look for.
# fmt: off
PIECES = (
    "&amp;", "&lt;", "&#38;", "&", ";", "<br/>", "<p ", "</div>", "\\n", "\\u0026", "\\ud83d", "\\xf0\\x9f",
    "\\", "ðŸ™", "â€", "Ã©", "Ã", "\u200b", "\u200d", "\ufe0f", "\u20e3", "\u202e", "\u0301", "\ud83d",
    "\udc00", "\x00", "\u2028", "𝐩𝐢𝐥𝐢𝐡", "сoblоs", "½", "…", "ﷺ", "٢", "ß", "İ", "2️⃣", "✌🏽", "👨‍👩‍👧", "🇮🇩",
    "🙏", "c o b l o s", "p.i.l.i.h", "p*l*h", "m3nang", "orang2nya", "duuukung", "jum'at", "@akun", "@", "#",
    "#LanjutDuaPeriode", "#2", "RT ", "https://x.id/a", "www.", "pak ", "Wiratmo", "-", "nomor ", "02",
    "pilih ", "tidak ", "jari ", "1.000,5", "50%", "mem", "meng", "kan", "nya", "an", "a", "A", "1", "!", "?",
    "...", ".", ",", " ", " ", " ", "\n", "'", "_", "*", "+", "$", "gas", "coblos", "menang",
)
# fmt: on


def main(words: Sequence[str] | None = None) -> int:
    """Try texts until the time or the number is reached; 1 when one broke a promise."""
    given = _options(words)
    until = time.monotonic() + given.seconds
    tried = 0
    while tried < given.inputs and time.monotonic() < until:
        broken = fault(text_of(given.seed + tried))
        if broken:
            print(f"fuzz: FAILED at --seed {given.seed + tried} --inputs 1: {broken}")
            return 1
        tried += 1
    print(f"fuzz: {tried} texts, no promise broken")
    return 0


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__, allow_abbrev=False)
    parser.add_argument("--seconds", type=float, default=3_600.0, help="at most")
    parser.add_argument("--inputs", type=int, default=200_000, help="at most")
    parser.add_argument("--seed", type=int, default=0, help="of the first text; each has one of its own")
    return parser.parse_args(words)


def text_of(seed: int) -> str:
    """The text of a seed, always the same: glued, bent out of a real shape, of any characters, or very long."""
    chance = random.Random(seed)
    make: Callable[[random.Random], str] = chance.choices((_glued, _bent, _any, _long), (50, 40, 9, 1))[0]
    return make(chance)


def _glued(chance: random.Random) -> str:
    return "".join(chance.choices(PIECES, k=chance.randint(0, 30)))


def _bent(chance: random.Random) -> str:
    """A post of the corpus with a few pieces put in, taken out and doubled."""
    text = chance.choice(_posts())
    for _ in range(chance.randint(1, 5)):
        at, size = chance.randint(0, len(text)), chance.randint(0, 6)
        text = (
            text[:at]
            + chance.choice((chance.choice(PIECES), text[at : at + size], ""))
            + text[at + chance.randint(0, size) :]
        )
    return text


def _any(chance: random.Random) -> str:
    return "".join(chr(chance.randint(0, 0x10FFFF)) for _ in range(chance.randint(0, 40)))


def _long(chance: random.Random) -> str:
    few = chance.choices(PIECES, k=chance.randint(1, 4))
    return "".join(chance.choices(few, k=chance.randint(100, 4_000)))[:10_000]


@cache
def _posts() -> list[str]:
    path = min(CORPUS.glob("*.jsonl"))
    return [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()]


def fault(text: str) -> str | None:
    """Which promise a text breaks, ``None`` when it breaks none."""
    matcher = default_matcher()
    began = time.process_time()
    try:
        tokens = tokenise(text, matcher)
        masked = mask(tokens, matcher)
    except Exception as error:
        return f"raised {type(error).__name__}"
    if time.process_time() - began > LONGEST:
        return "too slow"
    repaired = repair(text)
    if tokens != build(split(repaired.text), repaired, matcher):
        return "run by run is not the whole"
    return next((name for name, found in (("tokens", tokens), ("masked", masked)) if not _in_order(found, text)), None)


def _in_order(tokens: Sequence[Token], text: str) -> bool:
    """Whether every token stands in the text, none before the one that comes before it, and can be written down."""
    # The end of a hashtag is no character: it stands behind a sign that was read as several words.
    starts = [token.start for token in tokens if token.form != "</tagar>"]
    inside = all(0 <= token.start <= token.end <= len(text) for token in tokens)
    return inside and starts == sorted(starts) and all(token.form for token in tokens)


if __name__ == "__main__":
    sys.exit(main())
