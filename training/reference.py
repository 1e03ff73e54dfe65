"""What drift is told from: acts as the model will meet them, with scores by models that had not seen them."""

from __future__ import annotations

from typing import Any

from app.observe.bins import bin_of, counted
from app.observe.drift import reference
from app.scoring.types import Item, Scorer
from training.study import Judged


def held_out_reference(scorer: Scorer, held: Judged) -> dict[str, Any]:
    """The reference of ``scorer`` over held-out posts, for ``app.observe.profile.write``.

    Lengths, forms and kinds are as ``scorer`` reads the posts. The scores are the held-out ones: on posts that it
    learned from, its own lie further out than on any other.
    """
    items = [Item(e.text, e.action, e.target_text) for e in held.examples]  # type: ignore[arg-type]
    return {**reference(scorer, items), "scores": counted(map(bin_of, held.scored.scores.tolist()))}
