"""Items as answers and pages show them. A reader who is to judge alone is not told what others said."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from app.review.casefile import decision_answer
from app.review.deadlines import deadlines
from app.review.desk import Desk
from app.review.settling import is_blind
from app.review.tables import ReviewItem, ReviewLease

#: Code points of a text that lists show.
EXCERPT = 140


def summary_of(desk: Desk, item: ReviewItem, lease: ReviewLease | None, viewer: str) -> dict[str, Any]:
    """One line of a list. ``held`` says whether the lease in force is the viewer's, somebody else's, or nobody's."""
    return {
        "id": item.id,
        "band": item.band,
        "score": item.score,
        "uncertainty": item.uncertainty,
        "kind": item.kind,
        "action": item.action,
        "platform": item.platform,
        "election": item.election,
        "region": item.region,
        "posted_at": _iso(item.posted_at),
        "known_at": _iso(item.known_at),
        "queued_at": _iso(item.queued_at),
        "days_left": deadlines(item.known_at, desk.now()).days_left,
        "state": item.state,
        "outcome": item.outcome,
        "held": "nobody" if lease is None else "me" if lease.reviewer == viewer else "other",
        "excerpt": excerpt(item),
        "model_version": item.model_version,
    }


def detail_of(desk: Desk, item: ReviewItem, lease: ReviewLease | None, viewer: str) -> dict[str, Any]:
    """Everything about one item that ``viewer`` may see."""
    verdict, last = item.verdict, deadlines(item.known_at, desk.now())
    blind = is_blind(item, viewer)
    return {
        **summary_of(desk, item, lease, viewer),
        "held_until": _iso(lease.expires_at) if lease is not None else None,
        "act": item.act,
        "author": item.author,
        "content_hash": item.content_hash,
        "captured_at": _iso(item.captured_at),
        "finding_until": last.finding_until.isoformat(),
        "report_until": last.report_until.isoformat(),
        "evidence": verdict["evidence"],
        "rest": verdict["rest"],
        "reasons": verdict["reasons"],
        "decided_by": verdict["decided_by"],
        "entities": verdict["entities"],
        "policy": item.policy,
        "model": {
            "name": item.model_name,
            "version": item.model_version,
            "manifest_hash": item.manifest_hash,
            "threshold": verdict["threshold"],
            "review_threshold": verdict["review_threshold"],
        },
        "watchlist": {"version": item.watchlist_version},
        # Also where doubt is why: whoever judges alone would know by a `False` what the first one said.
        "second": item.second or item.state == "second",
        "blind": blind,
        "decisions": [] if blind else [decision_answer(desk, made) for made in item.decisions],
    }


def excerpt(item: ReviewItem) -> str | None:
    """The beginning of the first text that says something, in one line; ``None`` once it is erased."""
    given = item.act or {}
    for name in ("text", "target_text", "media_text"):
        words = " ".join((given.get(name) or "").split())
        if words:
            return words if len(words) <= EXCERPT else words[: EXCERPT - 1] + "…"
    return None


def _iso(when: datetime | None) -> str | None:
    return None if when is None else when.astimezone(UTC).isoformat()
