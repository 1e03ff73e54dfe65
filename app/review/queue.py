"""Put acts that a machine finds suspicious before people."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.review import details
from app.review.acts import Act, content_hash, day_in_wib, fingerprint, moment
from app.review.audit import Entry, record
from app.review.columns import plain
from app.review.desk import Desk
from app.review.problems import QueueOff
from app.review.settling import wants_second
from app.review.tables import ReviewItem, ReviewPolicy
from app.scoring.types import ModelInfo, Verdict
from app.store import insert_if_absent, insert_into
from app.watchlists.lists import Watchlists

#: Only these bands wait for people; a clear act is nobody's business.
QUEUED_BANDS = frozenset({"flag", "review"})


@dataclass(frozen=True, slots=True)
class Source:
    """What verdicts were made with. ``manifest_hash`` is the SHA-256 of the model's manifest, if there is one."""

    model: ModelInfo
    manifest_hash: str | None
    lists: Watchlists


@dataclass(frozen=True, slots=True)
class Judged:
    """An act, what the machine says of it, and the rules to look at (``policy_answer`` in Indonesian)."""

    act: Act
    verdict: Verdict
    policy: dict[str, Any]


def add(tx: Session, desk: Desk, source: Source, judged: Judged, *, actor: str) -> str | None:
    """Queue one act; see ``add_all``."""
    return add_all(tx, desk, source, [judged], actor=actor)[0]


def add_all(tx: Session, desk: Desk, source: Source, judged: Sequence[Judged], *, actor: str) -> list[str | None]:
    """Queue the acts of a band that people look at; their ids in the order given, ``None`` for the others.

    An act that is in the queue already, or was decided, keeps its place, its verdict and its id. ``actor`` is the id
    of a key, or ``CLI``. Raises ``QueueOff``.
    """
    if not desk.keeps_texts:
        raise QueueOff
    wanted = [_row(desk, source, one) if one.verdict.band in QUEUED_BANDS else None for one in judged]
    # In one order everywhere, so that no two transactions wait for each other's acts.
    rows = sorted((row for row in wanted if row), key=lambda row: str(row["fingerprint"]))
    policies = {row["policy_digest"]: one.policy for row, one in zip(wanted, judged, strict=True) if row}
    for digest in sorted(policies):
        insert_if_absent(tx, ReviewPolicy, digest=digest, content=policies[digest])
    fresh = _insert(tx, rows)
    record(tx, desk, *(Entry(actor, details.QUEUE, row["id"], _logged(row)) for row in rows if row["id"] in fresh))
    ids = _ids(tx, [row["fingerprint"] for row in rows])
    return [ids[row["fingerprint"]] if row else None for row in wanted]


def _row(desk: Desk, source: Source, judged: Judged) -> dict[str, Any]:
    """The columns of a new item."""
    item, verdict, given = judged.act.item, judged.verdict, judged.act.as_given()
    now, author, item_id = desk.now(), desk.author(judged.act.author_id), secrets.token_hex(8)
    posted, known = moment(item.posted_at), moment(judged.act.known_at) or now
    race = source.lists.only(item.election, item.region)
    score = verdict.score or 0.0
    return {
        "id": item_id,
        "fingerprint": fingerprint(given, author),
        "content_hash": content_hash(given),
        "act": given,
        "author": author,
        "parent": desk.author(item.parent_author),
        "action": item.action,
        "election": race["id"] if race else plain(item.election, 128),
        "region": race["region"] if race else plain(item.region, 128),
        "platform": (plain(item.platform, 64) or "").casefold()[:64] or None,
        "posted_at": posted,
        "captured_at": moment(judged.act.captured_at),
        "known_at": known,
        "queued_at": now,
        "touched_at": now,
        "act_day": day_in_wib(posted or known),
        "queued_day": day_in_wib(now),
        "band": verdict.band,
        "score": score,
        "uncertainty": 1.0 - abs(2.0 * score - 1.0),
        "kind": verdict.kind,
        "verdict": _verdict(verdict, source.model),
        "policy_digest": content_hash(judged.policy),
        "model_name": source.model.name[:100],
        "model_version": source.model.version[:100],
        "manifest_hash": source.manifest_hash,
        "policy_version": judged.policy["version"],
        "watchlist_version": source.lists.version,
        "second": wants_second(item_id, desk.second_percent),
        "state": "open",
        "waiting": True,
        "sampled": False,
    }


def _verdict(verdict: Verdict, model: ModelInfo) -> dict[str, Any]:
    kept = asdict(verdict)
    return {**kept, "threshold": model.threshold, "review_threshold": model.review_threshold}


def _insert(tx: Session, rows: Sequence[dict[str, Any]]) -> set[str]:
    """Insert what is not there yet; ids of what was."""
    if not rows:
        return set()
    made = insert_into(tx, ReviewItem).on_conflict_do_nothing().returning(ReviewItem.__table__.c.id)
    return set(tx.connection().execute(made, rows).scalars())


def _logged(row: dict[str, Any]) -> dict[str, Any]:
    return details.of_item(ReviewItem(**row))


def _ids(tx: Session, fingerprints: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(fingerprints), 500):
        some = ReviewItem.fingerprint.in_(fingerprints[start : start + 500])
        query = select(ReviewItem.fingerprint, ReviewItem.id).where(some)
        found.update((mark, item) for mark, item in tx.execute(query) if mark)
    return found
