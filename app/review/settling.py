"""From what readers said to what holds: pure functions, so that anybody can work it out again.

One reader is enough unless the item wants a second one, or the first is in doubt. Two that differ call for a third, and
then most votes count; without a majority the item stays in doubt. Whoever skips an item says nothing about it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from app.review.tables import ReviewDecision, ReviewItem
from app.review.words import Label, State

#: Readers after whom nobody else is asked.
MOST_READERS = 3


def standing(item: ReviewItem) -> list[ReviewDecision]:
    """Decisions that were neither undone nor skips, oldest first."""
    return [made for made in item.decisions if made.undone_at is None and made.label != "lewati"]


def is_blind(item: ReviewItem, viewer: str) -> bool:
    """Whether ``viewer`` may still become its second reader, who must not know what the first one said."""
    return item.state == "second" and viewer not in {made.reviewer for made in standing(item)}


def settle(item: ReviewItem) -> tuple[State, Label | None]:
    """State and outcome of an item that is not erased; there is an outcome exactly when it is ``done``."""
    labels = [made.label for made in standing(item)]
    state = _state(labels, item.second)
    return state, outcome_of(labels) if state == "done" else None


def outcome_of(labels: Sequence[Label]) -> Label:
    """What most readers say; ``ragu`` when as many say the one as the other."""
    support, other = labels.count("dukungan"), labels.count("bukan")
    return "dukungan" if support > other else "bukan" if other > support else "ragu"


def is_sure(item: ReviewItem) -> bool:
    """Whether every reader says the same, and none is in doubt."""
    labels = {made.label for made in standing(item)}
    return len(labels) == 1 and "ragu" not in labels


def wants_second(item_id: str, percent: int) -> bool:
    """Whether an item is one of the ``percent`` in a hundred that two people read; chosen by its id, so by nobody."""
    return int.from_bytes(hashlib.sha256(item_id.encode("ascii")).digest()[:4]) % 100 < percent


def _state(labels: Sequence[Label], second: bool) -> State:
    if not labels:
        return "open"
    if len(labels) == 1:
        return "second" if second or labels[0] == "ragu" else "done"
    if len(labels) < MOST_READERS and len(set(labels)) > 1:
        return "disagreement"
    return "done"
