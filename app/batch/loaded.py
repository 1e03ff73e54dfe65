"""The one model that a process of somebody else's engine holds."""

from __future__ import annotations

import threading

from app.batch.workers import Model
from app.scoring.types import Scorer

_loading = threading.Lock()
_loaded: dict[str, Scorer] = {}


def scorer_of(scorer: Scorer | Model) -> Scorer:
    """The scorer itself, or that of a model, which this process loads only once."""
    if not isinstance(scorer, Model):
        return scorer
    with _loading:
        if scorer.digest not in _loaded:
            keep_loaded(scorer.digest, scorer.load())
        return _loaded[scorer.digest]


def keep_loaded(digest: str, scorer: Scorer) -> None:
    """Make this the model that the process holds, the only one: nothing in it is larger."""
    _loaded.clear()
    _loaded[digest] = scorer
