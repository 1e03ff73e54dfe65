"""The case file: everything about one item in one bundle, to be handed on, printed and worked out again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from app import __version__
from app.policy.rules import Rules
from app.review import details
from app.review.acts import item_of, moment
from app.review.audit import Entry, history, record
from app.review.bundles import find_bundle, load_once
from app.review.contributions import derive
from app.review.deadlines import NOTE, SOURCES, deadlines
from app.review.desk import CLI, Desk
from app.review.listing import get_item
from app.review.problems import ItemErased
from app.review.replay import digest_of
from app.review.settling import is_blind
from app.review.tables import AuditRow, ReviewDecision, ReviewItem
from app.scoring.errors import ModelError
from app.scoring.pointer import manifest_hash
from app.scoring.scorer import BundleScorer
from app.scoring.types import NOTICE
from app.watchlists.lists import Watchlists

FORMAT: Final = "netra-berkas-kasus/1"
#: Steps from whose presence or absence a second reader could tell what the first one said.
_TELLING: Final = frozenset((details.DECIDE, details.UNDO, details.SECOND))
#: Why a file has no tokens and features.
NO_BUNDLE, OTHER_BUNDLE, UNUSABLE_BUNDLE = "model_missing", "manifest", "model_unusable"


def material(tx: Session, desk: Desk, item_id: str, viewer: str = CLI) -> dict[str, Any]:
    """What the store knows of an item, for ``complete``. Raises ``NotFound`` and ``ItemErased``.

    Whoever may still become its second reader is not handed what the first one said, nor the rows of the log that
    would give it away; ``blind`` says so.
    """
    item = get_item(tx, item_id)
    blind = viewer != CLI and is_blind(item, viewer)
    if item.state == "erased" or item.act is None:
        raise ItemErased
    return {
        "format": FORMAT,
        "netra": __version__,
        "id": item.id,
        "made_at": _iso(desk.now()),
        "content_hash": item.content_hash,
        "act": item.act,
        "account": _account(item),
        "times": _times(item, desk.now()),
        "verdict": {**item.verdict, "score_bits": item.score.hex()},
        "model": {"name": item.model_name, "version": item.model_version, "manifest_hash": item.manifest_hash},
        "policy": item.policy,
        "watchlist": {"version": item.watchlist_version},
        "review": {
            "state": item.state,
            "outcome": item.outcome,
            "blind": blind,
            "decisions": [] if blind else [decision_answer(desk, made) for made in item.decisions],
        },
        "audit": [_logged(row) for row in history(tx, item.id) if not (blind and row.action in _TELLING)],
        "notice": NOTICE,
    }


def complete(found: dict[str, Any], models_dir: Path, lists: Watchlists, rules: Rules) -> dict[str, Any]:
    """The case file of ``material``: with how the score came about, and a digest. Loads a model, so no transaction.

    Without the very bundle of the verdict ``derivation`` says why there are no features, and nothing is guessed.
    """
    case = {**found, "derivation": _derivation(found, models_dir, lists), "sources": _sources(found, rules)}
    return {**case, "digest": digest_of(case)}


def handed_out(tx: Session, desk: Desk, actor: str, case: dict[str, Any]) -> None:
    """Log that ``actor`` took a case file along."""
    record(tx, desk, Entry(actor, details.EVIDENCE, case["id"], case["digest"]))


def decision_answer(desk: Desk, made: ReviewDecision) -> dict[str, Any]:
    """A decision as it leaves the store: its reviewers by pseudonym."""
    return {
        "number": made.number,
        "reviewer": desk.reviewer(made.reviewer),
        "label": made.label,
        "kind": made.kind,
        "reason": made.reason,
        "decided_at": _iso(made.decided_at),
        "undone_at": _iso(made.undone_at),
        "undone_by": desk.reviewer(made.undone_by) if made.undone_by else None,
    }


def _account(item: ReviewItem) -> dict[str, Any]:
    given = item.act or {}
    named = ("id", "platform", "account_kind", "subject_status", "parent_author")
    return {"author": item.author, **{name: given.get(name) for name in named}}


def _times(item: ReviewItem, now: datetime) -> dict[str, Any]:
    """Moments in UTC, ``None`` where nobody said or nobody could read it; the last days of the office."""
    last = deadlines(item.known_at, now)
    return {
        "posted_at": _iso(item.posted_at),
        "captured_at": _iso(item.captured_at),
        "known_at": _iso(item.known_at),
        "known_at_given": moment((item.act or {}).get("known_at")) is not None,
        "queued_at": _iso(item.queued_at),
        "known_on": last.known_on.isoformat(),
        "finding_until": last.finding_until.isoformat(),
        "report_until": last.report_until.isoformat(),
        "days_left": last.days_left,
        "note": NOTE.id,
        "sources": list(SOURCES),
    }


def _logged(row: AuditRow) -> dict[str, Any]:
    return {
        "sequence": row.sequence,
        "at": _iso(row.at),
        "actor": row.actor,
        "action": row.action,
        "details": row.details,
        "hash": row.hash,
    }


def _derivation(found: dict[str, Any], models_dir: Path, lists: Watchlists) -> dict[str, Any]:
    nothing: dict[str, Any] = {"tokens": {}, "features": [], "watchlist_version": lists.version}
    scorer = _scorer(found["model"], models_dir)
    if isinstance(scorer, str):
        return {"missing": scorer, **nothing}
    return {"missing": None, **nothing, **derive(item_of(found["act"]), scorer, lists).as_dict()}


def _scorer(model: dict[str, Any], models_dir: Path) -> BundleScorer | str:
    """The bundle of a verdict, or why it cannot be used."""
    folder = find_bundle(models_dir, model["version"])
    if folder is None:
        return NO_BUNDLE
    if manifest_hash(folder) != model["manifest_hash"]:
        return OTHER_BUNDLE
    try:
        return load_once(folder, model["manifest_hash"])
    except ModelError:
        return UNUSABLE_BUNDLE


def _sources(found: dict[str, Any], rules: Rules) -> list[dict[str, str]]:
    """Title and address of every source that is named, as far as today's rules know it."""
    named = [source for rule in found["policy"]["rules"] for source in rule["sources"]]
    wanted = dict.fromkeys([*named, *found["times"]["sources"]])
    return [rules.sources[source].model_dump() for source in wanted if source in rules.sources]


def _iso(when: datetime | None) -> str | None:
    return None if when is None else when.astimezone(UTC).isoformat()
