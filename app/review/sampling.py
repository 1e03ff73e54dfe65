"""Which items would teach the most: those the model is unsure of, no two of them alike.

The most uncertain waiting items are grouped by the words in them (k-means over TF-IDF vectors), and each group gives
its most uncertain one. A thousand copies of one slogan are one group.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.review import details
from app.review.audit import Entry, record
from app.review.desk import Desk
from app.review.filters import Filters
from app.review.tables import ReviewItem

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

#: Candidates for each item that is asked for, and at most: the time to cluster them grows with both.
PER_PLACE, MOST_CANDIDATES = 10, 2000
MOST_SAMPLED = 200
_NO_WORDS = "<kosong>"
_WORDS = re.compile(r"\w+")


def sample(tx: Session, size: int, filters: Filters | None = None) -> list[ReviewItem]:
    """At most ``size`` items that nobody decided yet, the most uncertain first."""
    query = (
        select(ReviewItem)
        .where(ReviewItem.state == "open", *(filters or Filters()).conditions())
        .order_by(ReviewItem.uncertainty.desc(), ReviewItem.id)
        .limit(min(size * PER_PLACE, MOST_CANDIDATES))
    )
    candidates = list(tx.scalars(query))
    chosen = diverse([_text(item) for item in candidates], [item.uncertainty for item in candidates], size)
    return [candidates[k] for k in chosen]


def mark(tx: Session, desk: Desk, actor: str, items: Sequence[ReviewItem]) -> None:
    """Put these items where the filter ``sampled`` finds them, and no others."""
    for item in tx.scalars(select(ReviewItem).where(ReviewItem.sampled)):
        item.sampled = False
    for item in items:
        item.sampled = True
    record(tx, desk, Entry(actor, details.SAMPLE, None, [item.id for item in items]))


def diverse(texts: Sequence[str], uncertainty: Sequence[float], size: int) -> list[int]:
    """Places of at most ``size`` texts: the most uncertain of each cluster, then the most uncertain of the rest.

    In descending uncertainty; the same input gives the same answer. Texts without any word count as one cluster.
    """
    groups = _clusters(texts, size) if texts else []
    order = sorted(range(len(texts)), key=lambda k: (-uncertainty[k], k))
    best: dict[int, int] = {}
    for k in order:
        best.setdefault(groups[k], k)
    firsts = set(best.values())
    chosen = [k for k in order if k in firsts][:size]
    chosen += [k for k in order if k not in firsts][: size - len(chosen)]
    return sorted(chosen, key=lambda k: (-uncertainty[k], k))


def _clusters(texts: Sequence[str], count: int) -> list[int]:
    """The number of each text's cluster; texts that look alike to the vectors are in one."""
    vectors = _vectors(texts)
    numbers: dict[bytes, int] = {}
    alike = [numbers.setdefault(_bytes(vectors, k), len(numbers)) for k in range(len(texts))]
    if len(numbers) <= count:
        return alike
    from sklearn.cluster import KMeans

    firsts = [alike.index(number) for number in range(len(numbers))]
    found = KMeans(n_clusters=count, n_init=3, max_iter=20, random_state=0).fit_predict(vectors[firsts])
    return [int(found[number]) for number in alike]


def _vectors(texts: Sequence[str]) -> csr_matrix:
    """TF-IDF over character n-grams within words, as a sparse matrix with a row a text."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    made = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), sublinear_tf=True, max_features=20_000)
    return made.fit_transform([_words_of(text) or _NO_WORDS for text in texts])


def _bytes(vectors: csr_matrix, row: int) -> bytes:
    place = slice(vectors.indptr[row], vectors.indptr[row + 1])
    return bytes(vectors.indices[place].tobytes() + vectors.data[place].tobytes())


def _words_of(text: str) -> str:
    """Letters and digits only: exclamation marks and emoji make no other text."""
    return " ".join(_WORDS.findall(text.casefold()))


def _text(item: ReviewItem) -> str:
    given = item.act or {}
    return "\n".join(given.get(name) or "" for name in ("text", "target_text", "media_text"))
