"""How much a corpus item is like real posts, as a weight for training.

The corpus holds more disguises, jokes and regional lines than life does. Without correction the model expects them
everywhere; weighting each item by the (damped) odds that it is a real post moves the corpus towards life while
nothing in it is lost. It is the density-ratio form of covariate-shift correction (Shimodaira 2000).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

Floats = NDArray[np.float64]
#: The odds enter with this power, within these bounds; chosen by leave-one-election-out.
POWER, LEAST, MOST = 0.5, 0.2, 3.0
_LEAST_POSTS = 5


def likeness(items: Sequence[list[str]], real: Sequence[list[str]]) -> Floats:
    """One weight per corpus item (their mean is 1), from the feature lists of items and real posts.

    All weights are 1 where there are too few real posts to compare with.
    """
    if min(len(items), len(real)) < 10 * _LEAST_POSTS:
        return np.ones(len(items))
    vectoriser = TfidfVectorizer(analyzer=partial(_blocks, kept="wc"), min_df=_LEAST_POSTS, sublinear_tf=True)
    matrix = vectoriser.fit_transform([*items, *real])
    is_real = np.repeat([0, 1], [len(items), len(real)])
    model = LogisticRegression(C=1.0, solver="liblinear", class_weight="balanced", random_state=0)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    found = cross_val_predict(model, matrix, is_real, cv=folds, method="predict_proba")[: len(items), 1]
    odds = found / (1.0 - found)
    weights = np.clip((odds / np.median(odds)) ** POWER, LEAST, MOST)
    return np.asarray(weights / weights.mean())


def _blocks(features: list[str], kept: str) -> list[str]:
    return [name for name in features if name[0] in kept]
