"""Fit TF-IDF and logistic regression on examples, and fold everything into plain arrays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from app.scoring.model import LinearModel
from app.text.features import BLOCKS, features
from app.text.pipeline import analyse
from app.text.token import Token
from app.watchlists.load import default_matcher
from training.duplicates import clusters
from training.examples import DOUBTFUL_WEIGHT, Example
from training.kinds import KINDS, KindWeights, fit_kinds, kind_of
from training.likeness import likeness
from training.lived import Life, Vectors, fit_lived
from training.weighing import AS_IT_IS, Evidence, Weighed, evidence_of

Floats = NDArray[np.float64]
#: The block that tells how a text is written.
_SHAPE = "h"
#: Items of our own corpus that a feature needs; nobody real wrote them.
OWN_ITEMS = 2


@dataclass(frozen=True, slots=True)
class Settings:
    """What was tuned by leave-one-election-out; the model card says what each choice was worth."""

    regularisation: float = 5.0
    kind_regularisation: float = 1.0
    kind_share: float = 1.2
    least_posts: int = 3
    least_pairs: int = 5
    corpus_weight: float = 0.6
    block_weights: tuple[float, ...] = (1.0, 0.9, 0.9, 0.5, 0.3, 0.7)
    life: float = 0.4
    life_share: float = 0.7
    decimals: int = 5


@dataclass(frozen=True, slots=True)
class Document:
    """Features of one reading of an example; several readings of one example share its weight.

    ``election`` is a real election or a fictional race, ``source`` what never stands on both sides of a fold;
    ``post`` is the same number for all readings of a post and of its near duplicates; ``listed`` tells the reading
    with the contestants known from the one without.
    """

    features: list[str]
    label: int
    kind: str | None
    weight: float
    election: str
    source: str
    real: bool
    sure: bool
    post: int
    listed: bool = True


def documents(examples: Sequence[Example], settings: Settings) -> list[Document]:
    """Two readings of each example, with and without its contestants known.

    The second is what an election without a watchlist looks like (name dropout). Corpus items that are more
    like real posts weigh more (``training.likeness``).
    """
    read = [(example, text) for example in examples if (text := content(example)) is not None]
    posts = clusters([text for _, text in read])
    found = [d for (e, text), post in zip(read, posts, strict=True) for d in _readings(e, text, post, settings)]
    return _weighted(found)


def _readings(example: Example, text: str, post: int, settings: Settings) -> list[Document]:
    base = DOUBTFUL_WEIGHT if example.doubtful else 1.0
    weight = (base if example.real else base * settings.corpus_weight) / 2
    listed, unlisted = _as_read(example, text)
    return [_document(example, listed, weight, post, True), _document(example, unlisted, weight, post, False)]


def _as_read(example: Example, text: str) -> tuple[list[str], list[str]]:
    """Features with the contestants known and without: by watchlist for a real post, by annotation for an item."""
    if example.real:
        known, unknown = analyse(text, default_matcher()), analyse(text)
    else:
        spans = example.spans(content_field(example) or "text")
        known, unknown = analyse(text, default_matcher(), spans), analyse(text, default_matcher())
    return feature_names(known), feature_names(unknown)


def feature_names(tokens: Sequence[Token]) -> list[str]:
    """What a vectoriser counts of a text."""
    return [feature.name for feature in features(tokens)]


def _document(example: Example, names: list[str], weight: float, post: int, listed: bool) -> Document:
    return Document(
        features=names,
        label=example.label,
        kind=example.kind,
        weight=weight,
        election=example.group,
        source=source_of(example),
        real=example.real,
        sure=not example.doubtful,
        post=post,
        listed=listed,
    )


def source_of(example: Example) -> str:
    """What never stands on both sides of a fold: a data source of real posts, a fictional race of items."""
    return (example.real and example.source) or example.group or example.id


def _weighted(docs: Sequence[Document]) -> list[Document]:
    """The documents with every corpus item's weight multiplied by its likeness to the real posts."""
    unlisted = {doc.post: doc.features for doc in docs if not (doc.real or doc.listed)}
    factors = likeness(list(unlisted.values()), [doc.features for doc in docs if doc.real and doc.listed])
    factor = dict(zip(unlisted, factors.tolist(), strict=True))
    return [doc if doc.real else replace(doc, weight=doc.weight * factor[doc.post]) for doc in docs]


def content(example: Example) -> str | None:
    """The words that alone decide the label, or ``None`` where there are none."""
    field = content_field(example)
    return None if field is None else example.words(field)


def content_field(example: Example) -> str | None:
    """Field whose words alone decide the label: own words without a target, or the target of a bare like or share.

    A reply under a target is judged together with it and teaches the content model nothing (``None``).
    """
    if not example.target_text.strip():
        return "text"
    return None if example.text.strip() else "target_text"


def _block(features_of: list[str], prefix: str) -> list[str]:
    return [name for name in features_of if name[0] == prefix]


def common(docs: Sequence[Document], least: int, least_pairs: int = 0) -> list[str]:
    """Features of at least ``least`` distinct posts, or of two items of our own corpus, sorted.

    Several readings or near duplicates count as one post. What only real people wrote needs ``least`` of them, so
    that no single person's words are in a bundle.
    """
    by_post: dict[int, set[str]] = {}
    for doc in docs:
        by_post.setdefault(doc.post, set()).update(doc.features)
    ours = {doc.post for doc in docs if not doc.real}
    times = Counter(name for names in by_post.values() for name in names)
    written = Counter(name for post, names in by_post.items() if post in ours for name in names)
    kept = (name for name, n in times.items() if n >= least or written[name] >= min(least, OWN_ITEMS))
    return sorted(name for name in kept if name[0] != "p" or times[name] >= least_pairs)


class Vectoriser:
    """One scikit-learn ``TfidfVectorizer`` per feature block of a given vocabulary, each scaled to length one.

    Of a text's shape every slot counts alike, as each text has all of them: document frequencies say nothing there.
    """

    def __init__(self, vocabulary: Sequence[str], block_weights: Sequence[float]) -> None:
        found = [(b, weight, _block(list(vocabulary), b)) for b, weight in zip(BLOCKS, block_weights, strict=True)]
        blocks = [one for one in found if one[2]]  # a few posts may have no pair in common
        self.block_weights = tuple(weight for _, weight, _ in blocks)
        self._blocks = [
            TfidfVectorizer(
                analyzer=partial(_block, prefix=b),
                vocabulary=names,
                lowercase=False,
                sublinear_tf=True,
                use_idf=b != _SHAPE,
            )
            for b, _, names in blocks
        ]

    def fit(self, docs: Sequence[list[str]]) -> Vectoriser:
        """Learn document frequencies."""
        for block in self._blocks:
            block.fit(docs)
        return self

    def transform(self, docs: Sequence[list[str]]) -> sparse.csr_matrix:
        """Document-by-feature matrix."""
        return sparse.hstack([block.transform(docs) for block in self._blocks]).tocsr()

    def scale(self) -> Floats:
        """How much each column counts when weights are fitted: its block's weight."""
        sizes = [len(block.vocabulary_) for block in self._blocks]
        return np.repeat(np.asarray(self.block_weights, dtype=float), sizes)

    def vocabulary(self) -> list[str]:
        """Features in column order."""
        return [str(name) for block in self._blocks for name in block.get_feature_names_out()]

    def idf(self) -> Floats:
        """Inverse document frequency per column."""
        return np.concatenate(
            [block.idf_ if block.use_idf else np.ones(len(block.vocabulary_)) for block in self._blocks]
        )


@dataclass(frozen=True, slots=True)
class Fitted:
    """An uncalibrated model: ``weights`` already carry the class ratios, ``weighed`` says how much they count, and
    ``kind_share`` how much what the ``kinds`` say does."""

    vectoriser: Vectoriser
    weights: Floats
    bias: float
    kinds: KindWeights
    kind_share: float
    weighed: Weighed = AS_IT_IS

    def evidence(self, docs: Sequence[list[str]]) -> Evidence:
        """What the model finds in each document."""
        matrix = self.vectoriser.transform(docs)
        contrast = self.kinds.contrast(matrix, self.kind_share)
        return evidence_of(matrix, self.vectoriser.vocabulary(), self.weights, self.bias, contrast)

    def log_odds(self, docs: Sequence[list[str]]) -> Floats:
        """Log-odds of each document, before calibration."""
        return self.weighed.log_odds(self.evidence(docs))


def fit(docs: Sequence[Document], settings: Settings) -> Fitted:
    """TF-IDF, then logistic regression as in :mod:`training.lived`; the kinds are fitted on the same vectors."""
    texts = [doc.features for doc in docs]
    vectoriser = Vectoriser(common(docs, settings.least_posts, settings.least_pairs), settings.block_weights).fit(texts)
    counted, lives = np.array([doc.weight for doc in docs]), np.array([doc.real for doc in docs])
    vectors = Vectors(vectoriser.transform(texts), vectoriser.scale(), counted, lives)
    life = Life(settings.life, settings.life_share)
    model = LogisticRegression(
        C=settings.regularisation, solver="liblinear", class_weight="balanced", max_iter=300, random_state=0
    )
    weights, bias = fit_lived(model, vectors, np.array([doc.label for doc in docs]), life)
    kinds = fit_kinds(vectors, [kind_of(doc.kind, doc.label) for doc in docs], settings.kind_regularisation, life)
    return Fitted(vectoriser, weights, bias, kinds, settings.kind_share)


def to_model(fitted: Fitted, scale: tuple[float, float], settings: Settings) -> LinearModel:
    """Plain arrays with the calibration ``slope × log-odds + shift`` folded in and rounded to a fixed grid."""
    slope, shift = scale
    names = fitted.vectoriser.vocabulary()
    bias = fitted.bias if fitted.weighed.bias is None else fitted.weighed.bias
    return LinearModel(
        vocabulary={name: row for row, name in enumerate(names)},
        idf=np.round(fitted.vectoriser.idf(), settings.decimals),
        weights=np.round(fitted.weights, settings.decimals),
        bias=round(bias * slope + shift, settings.decimals),
        kind_names=KINDS,
        kinds=fitted.kinds.weights,
        kind_bias=fitted.kinds.bias,
        weighing=fitted.weighed.weighing.scaled(slope, settings.decimals),
        kind_share=round(fitted.kind_share * slope, settings.decimals),
    )
