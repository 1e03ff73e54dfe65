"""What the audit log remembers of each step, as a digest: the same whenever it is worked out again."""

from __future__ import annotations

from datetime import UTC
from typing import Any, Final

from app.review.tables import ReviewDecision, ReviewItem

#: Steps whose traces in the tables are compared with the log.
QUEUE, DECIDE, UNDO = "queue", "decide", "undo"
CLAIM, SECOND, EVIDENCE, LABELS, SAMPLE, PURGE, FORGET = (
    "claim",
    "second",
    "evidence",
    "labels",
    "sample",
    "purge",
    "forget",
)
ACTIONS: Final = (QUEUE, CLAIM, DECIDE, UNDO, SECOND, EVIDENCE, LABELS, SAMPLE, PURGE, FORGET)


def of_item(item: ReviewItem) -> dict[str, Any]:
    """What was queued, and what the machine said of it; the score to the last bit."""
    return {
        "content": item.content_hash,
        "author": item.author,
        "times": [when.astimezone(UTC).isoformat() for when in (item.known_at, item.queued_at)],
        "band": item.band,
        "score": item.score.hex(),
        "kind": item.kind,
        "verdict": item.verdict,
        "policy": [item.policy_version, item.policy_digest],
        "model": [item.model_name, item.model_version, item.manifest_hash],
        "watchlist": item.watchlist_version,
    }


def of_decision(decision: ReviewDecision) -> dict[str, Any]:
    """Who decided what; of the reason its digest."""
    return {
        "number": decision.number,
        "reviewer": decision.reviewer,
        "label": decision.label,
        "kind": decision.kind,
        "reason": decision.reason_digest,
    }


def of_undo(decision: ReviewDecision) -> dict[str, Any]:
    """Which decision was taken back, and by whom."""
    return {"number": decision.number, "by": decision.undone_by}
