"""Near duplicates by MinHash: texts that share most of their letters in a row."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

#: Share of common shingles (Jaccard) from which on two texts count as near duplicates.
NEAR = 0.8
#: Letters in a shingle; texts shorter than this are only compared whole.
SHINGLE = 5
#: Hash functions, in bands of rows: pairs at 0.8 meet in one of 16 bands of 4 with probability 0.9998.
BANDS, ROWS = 16, 4
_PRIME = (1 << 61) - 1
_LINK = re.compile(r"https?://\S+|@\w+")
_SPACE = re.compile(r"\W+")


def plain(text: str) -> str:
    """Text as duplicates are judged: lower case, without links, accounts and punctuation."""
    return _SPACE.sub(" ", _LINK.sub(" ", text).lower()).strip()


def shingles(text: str) -> frozenset[str]:
    """Runs of five letters of the plain text, or the text itself if it is shorter."""
    bare = plain(text)
    return frozenset(bare[k : k + SHINGLE] for k in range(len(bare) - SHINGLE + 1)) or frozenset((bare,))


def near_duplicates(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs ``(i, j)``, ``i < j``, of texts that share at least 0.8 of their shingles, in order.

    Of a group of equal texts each is paired with the first only. Texts without a letter are never paired.
    """
    sets = [shingles(text) for text in texts]
    first: dict[str, int] = {}
    same = [(first.setdefault(plain(text), i), i) for i, text in enumerate(texts) if plain(text)]
    fresh = sorted({i for i, _ in same})
    close = (pair for pair in _candidates(fresh, sets) if _jaccard(sets[pair[0]], sets[pair[1]]) >= NEAR)
    return sorted({(i, j) for i, j in same if i != j} | set(close))


def clusters(texts: Sequence[str]) -> list[int]:
    """Per text the index of the first text of its group of near duplicates (of itself where it has none)."""
    root = list(range(len(texts)))
    for i, j in near_duplicates(texts):
        a, b = sorted((_find(root, i), _find(root, j)))
        root[b] = a
    return [_find(root, i) for i in range(len(texts))]


def _find(root: list[int], i: int) -> int:
    while root[i] != i:
        root[i] = root[root[i]]
        i = root[i]
    return i


def _candidates(indices: Sequence[int], sets: Sequence[frozenset[str]]) -> Iterator[tuple[int, int]]:
    """Pairs that agree in a whole band of their MinHash signatures."""
    signatures = {i: _signature(sets[i]) for i in indices}
    for band in range(BANDS):
        buckets: dict[bytes, list[int]] = defaultdict(list)
        for i in indices:
            buckets[signatures[i][band * ROWS : (band + 1) * ROWS].tobytes()].append(i)
        for bucket in buckets.values():
            yield from ((bucket[a], bucket[b]) for a in range(len(bucket)) for b in range(a + 1, len(bucket)))


def _signature(shingled: Iterable[str]) -> NDArray[np.uint64]:
    hashes = np.fromiter((_hash(s) for s in shingled), dtype=np.uint64)
    a, b = _PERMUTATIONS
    mixed = (hashes[:, None] >> np.uint64(3)) * a[None, :] + b[None, :]  # wraps around, which mixes well enough
    return np.asarray(mixed.min(axis=0))


def _hash(shingle: str) -> int:
    return int.from_bytes(hashlib.blake2b(shingle.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _permutations() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    numbers = np.random.default_rng(20241127)
    a = numbers.integers(1, _PRIME, BANDS * ROWS, dtype=np.uint64) | np.uint64(1)
    return a, numbers.integers(0, _PRIME, BANDS * ROWS, dtype=np.uint64)


def _jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b)


_PERMUTATIONS = _permutations()
