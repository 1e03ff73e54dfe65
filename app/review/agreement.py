"""How far readers agree: Cohen's kappa over pairs of decisions on one item."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.review.filters import Filters
from app.review.tables import ReviewDecision, ReviewItem
from app.review.words import Label

Pair = tuple[Label, Label]


@dataclass(frozen=True, slots=True)
class Kappa:
    """``observed`` share of agreement in ``pairs`` pairs, ``expected`` by chance, ``kappa`` between -1 and 1.

    Without pairs all three are ``None``; so is ``kappa`` when everybody only ever says one thing.
    """

    pairs: int
    observed: float | None
    expected: float | None
    kappa: float | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """Earlier against later reader over all items, and for each two reviewers (ids of keys, in order)."""

    overall: Kappa
    by_pair: dict[tuple[str, str], Kappa]
    disputed: int


def kappa(pairs: Sequence[Pair]) -> Kappa:
    """Cohen's kappa of ``(first reader, second reader)`` labels."""
    if not pairs:
        return Kappa(0, None, None, None)
    total = len(pairs)
    observed = sum(a == b for a, b in pairs) / total
    first, second = (Counter(side) for side in zip(*pairs, strict=True))
    expected = sum(first[label] * second[label] for label in first) / total**2
    return Kappa(total, observed, expected, None if expected == 1.0 else (observed - expected) / (1.0 - expected))


def agreement(tx: Session, filters: Filters | None = None) -> Agreement:
    """Agreement on items that pass, over every two readers of an item; skips and undone decisions do not count."""
    overall: list[Pair] = []
    by_pair: defaultdict[tuple[str, str], list[Pair]] = defaultdict(list)
    disputed = 0
    for made in _readings(tx, filters or Filters()):
        disputed += len({label for _, label in made}) > 1
        for (one, one_says), (other, other_says) in combinations(made, 2):
            overall.append((one_says, other_says))
            # In one order for each two people, whoever was first.
            pair = (one_says, other_says) if one < other else (other_says, one_says)
            by_pair[min(one, other), max(one, other)].append(pair)
    return Agreement(kappa(overall), {two: kappa(pairs) for two, pairs in sorted(by_pair.items())}, disputed)


def _readings(tx: Session, filters: Filters) -> Iterable[list[tuple[str, Label]]]:
    """Reviewer and label of all decisions that stand, item by item, the earliest first."""
    query = (
        select(ReviewDecision.item_id, ReviewDecision.reviewer, ReviewDecision.label)
        .join(ReviewItem, ReviewItem.id == ReviewDecision.item_id)
        .where(ReviewDecision.undone_at.is_(None), ReviewDecision.label != "lewati", *filters.conditions())
        .order_by(ReviewDecision.item_id, ReviewDecision.number)
    )
    by_item: defaultdict[str, list[tuple[str, Label]]] = defaultdict(list)
    for item_id, reviewer, label in tx.execute(query):
        by_item[item_id].append((reviewer, label))
    return by_item.values()
