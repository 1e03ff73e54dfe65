"""Posts to measure with: made of halves of corpus posts, which are drawn by Zipf's law; always the same for a seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

from app.text.resources import DATA_DIR
from training.examples import Example, read_corpus

ROOT = Path(__file__).resolve().parents[1]
SEED, EXPONENT = 20_261_122, 1.1
#: Characters of the texts that cost is measured over.
LENGTHS = (10, 30, 100, 300, 1_000, 3_000, 10_000)
#: Contestants on the watchlists that cost is measured over.
CONTESTANTS = (1, 10, 100, 300, 1_000, 3_000)
_SYLLABLES = [c + v for c in "bdgjklmnprstwyz" for v in "aiueo"]


@lru_cache(maxsize=1)
def corpus() -> list[Example]:
    """Posts of the corpus that are no answers to others."""
    return [e for e in read_corpus(DATA_DIR / "corpus") if e.text.strip() and not e.target_text]


def posts(count: int, seed: int = SEED) -> list[str]:
    """``count`` texts. Few are alike, but words and phrases come as often as Zipf's law has it."""
    chance = random.Random(seed)
    texts = [e.text for e in corpus()]
    chance.shuffle(texts)
    weights = list(accumulate((rank + 1) ** -EXPONENT for rank in range(len(texts))))
    heads, tails = (chance.choices(texts, cum_weights=weights, k=count) for _ in range(2))
    return [_joined(head.split(" "), tail.split(" ")) for head, tail in zip(heads, tails, strict=True)]


def _joined(head: Sequence[str], tail: Sequence[str]) -> str:
    """The first half of one post and the second of another."""
    return " ".join([*head[: (len(head) + 1) // 2], *tail[len(tail) // 2 :]])


def of_length(texts: Sequence[str], chars: int) -> str:
    """One text of so many characters."""
    joined = " ".join(texts)
    while len(joined) < chars:
        joined += " " + joined
    return joined[:chars]


def names(count: int) -> list[str]:
    """``count`` different invented names of two words."""
    chance = random.Random(SEED)
    words = ["".join(chance.choices(_SYLLABLES, k=4)).capitalize() for _ in range(2 * count)]
    return [f"{first} {second}" for first, second in zip(words[::2], words[1::2], strict=True)]


def races(count: int) -> list[dict[str, object]]:
    """Races of three invented contestants each, ``count`` contestants in all."""
    people = [{"number": n % 3 + 1, "people": [{"name": name}]} for n, name in enumerate(names(count))]
    groups = [people[at : at + 3] for at in range(0, count, 3)]
    return [{"id": f"uji-{n}", "contestants": group} for n, group in enumerate(groups)]


def written(path: Path, texts: Sequence[str]) -> Path:
    """The texts as a file of JSON lines with an id and a time each."""
    import orjson

    rows = ({"id": str(n), "created_at": "2031-11-03T19:05:00+07:00", "text": text} for n, text in enumerate(texts))
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return path
