"""Reviewers' labels as training reads them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.review import details
from app.review.audit import Entry, record
from app.review.desk import Desk
from app.review.filters import Filters
from app.review.settling import is_sure, outcome_of, standing
from app.review.tables import ReviewItem
from app.review.words import Label

_CHUNK = 500


def label_rows(
    tx: Session, desk: Desk, filters: Filters | None = None, *, with_text: bool = True
) -> Iterator[dict[str, Any]]:
    """One row an item that has a label, in the order queued, as ``training.examples.read_labelled`` takes them.

    The label is what most readers said; ``without_label`` counts items on which as many say the one as the other.
    Where readers differ, or one is in doubt, an item is not ``sure``. ``kind`` is what most readers said, never the
    machine's. Without text only ids and labels are given.
    """
    return (_row(desk, item, with_text) for item in _read(tx, filters) if _outcome(item) != "ragu")


def without_label(tx: Session, filters: Filters | None = None) -> int:
    """How many items that somebody read have no label: all readers are in doubt, or no side has more of them."""
    return sum(_outcome(item) == "ragu" for item in _read(tx, filters))


def exported(tx: Session, desk: Desk, actor: str, rows: int, *, with_text: bool) -> None:
    """Log that ``actor`` took labels along."""
    record(tx, desk, Entry(actor, details.LABELS, None, {"rows": rows, "with_text": with_text}))


def line(row: dict[str, Any]) -> str:
    """A row as a line of JSONL; a lone surrogate becomes ``?``."""
    return json.dumps(row, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8") + "\n"


def _read(tx: Session, filters: Filters | None) -> Iterator[ReviewItem]:
    """Items of which at least one reader said something."""
    query = select(ReviewItem).where(ReviewItem.state.in_(("done", "disagreement", "second")))
    query = query.where(*(filters or Filters()).conditions()).order_by(ReviewItem.queued_at, ReviewItem.id)
    return (item for item in tx.scalars(query.execution_options(yield_per=_CHUNK)) if standing(item))


def _outcome(item: ReviewItem) -> Label:
    return outcome_of([made.label for made in standing(item)])


def _row(desk: Desk, item: ReviewItem, with_text: bool) -> dict[str, Any]:
    made = standing(item)
    label = _outcome(item) == "dukungan"
    kinds = [one.kind for one in made if one.kind and (one.label == "dukungan") == label]
    row = {
        "id": item.id,
        "action": item.action,
        "label": int(label),
        "kind": max(sorted(set(kinds)), key=kinds.count) if kinds else None,
        "sure": int(is_sure(item)),
        "election": item.election or "",
        "source": f"tinjauan-{item.platform or 'lain'}",
        "readers": len(made),
        "reviewers": [desk.reviewer(one.reviewer) for one in made],
        "model_version": item.model_version,
        "score": item.score,
    }
    return {**row, **_texts(item)} if with_text else row


def _texts(item: ReviewItem) -> dict[str, str]:
    given = item.act or {}
    return {name: given.get(name) or "" for name in ("text", "target_text", "media_text")}
