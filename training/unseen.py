"""Log-odds of texts by models that saw nothing of their source: what a text of an unknown election would get.

The model of acts learns how far to trust the content model. From texts that this one learned by heart, as it did the
targets that are corpus items of their own, it would learn to trust it too far.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from training.examples import Example
from training.fit import Fitted, source_of
from training.select import Gathered
from training.weighing import Weighed

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Unseen:
    """``models`` by fold and ``folds`` by source; the log-odds of each are calibrated by ``scale``, slope and shift."""

    models: Mapping[int, Fitted]
    folds: Mapping[str, int]
    scale: tuple[float, float]

    def log_odds(self, examples: Sequence[Example], texts: Sequence[list[str]]) -> Floats:
        """Calibrated log-odds of one text of each example, from its features; of unknown sources by any model."""
        folds = np.array([self.folds.get(source_of(example), min(self.models)) for example in examples], dtype=int)
        found = np.zeros(len(texts))
        for fold in sorted(set(folds.tolist())):
            rows = np.flatnonzero(folds == fold)
            found[rows] = self.models[fold].log_odds([texts[k] for k in rows.tolist()])
        slope, shift = self.scale
        return slope * found + shift


def unseen(gathered: Gathered, every: Fitted, weighed: Weighed, scale: tuple[float, float]) -> Unseen:
    """The models of all folds, evidence ``weighed``; for a fold that has none the one fitted on ``every`` document."""
    folds = {doc.source: fold for doc, fold in zip(gathered.docs, gathered.folds.tolist(), strict=True)}
    fitted = {fold: gathered.fits.get(fold, every) for fold in sorted({0, *folds.values()})}
    return Unseen({fold: replace(model, weighed=weighed) for fold, model in fitted.items()}, folds, scale)
