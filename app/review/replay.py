"""Work out the score of a case file again, to the last bit, or say exactly what differs."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from app.advice import advise
from app.policy.rules import Rules
from app.review.acts import content_hash, item_of
from app.review.bundles import find_bundle, load_once
from app.review.columns import canonical
from app.scoring.errors import ModelError
from app.scoring.pointer import manifest_hash
from app.scoring.types import Item, Verdict
from app.watchlists.lists import Watchlists

#: ``file``: its digest does not fit, so something in it was changed; ``content``: nor does the hash of the act;
#: ``model_missing``, ``model_unusable``, ``manifest``: another or no bundle of that version is here; ``watchlists``,
#: ``policy``: other versions are here; ``score``, ``verdict``, ``rules``: something else came out.
DifferenceKind = Literal[
    "file",
    "content",
    "model_missing",
    "model_unusable",
    "manifest",
    "watchlists",
    "policy",
    "score",
    "verdict",
    "rules",
]
#: What may differ without the score being another one.
REMARKS: frozenset[DifferenceKind] = frozenset({"watchlists", "policy", "rules"})
#: What of a verdict the watchlists alone settle.
_BY_LISTS = frozenset({"entities", "reasons"})


_ITEM = TypeAdapter(Item)


class CaseUnreadable(ValueError):
    """Not a case file of Netra; the message holds nothing of what it is instead."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same: what the file says, and what is here. Never words of the act."""

    kind: DifferenceKind
    file: str
    here: str


@dataclass(frozen=True, slots=True)
class Replay:
    """``score`` is the one worked out here, ``None`` without a usable model."""

    item_id: str
    score: float | None
    differences: tuple[Difference, ...]

    @property
    def reproduced(self) -> bool:
        """Whether the file is whole, its model is here, and the score came out the same to the last bit."""
        return self.score is not None and all(found.kind in REMARKS for found in self.differences)


class _Model(BaseModel):
    name: str
    version: str
    manifest_hash: str | None


class _Version(BaseModel):
    version: str


class _Row(BaseModel):
    id: str


class _Policy(_Version):
    rules: list[_Row]


class _Verdict(BaseModel):
    model_config = ConfigDict(extra="allow")

    score_bits: str
    band: str


class _Case(BaseModel):
    """What a replay reads of a case file."""

    id: str
    digest: str
    content_hash: str
    act: dict[str, Any]
    verdict: _Verdict
    model: _Model
    watchlist: _Version
    policy: _Policy


def read_case(raw: bytes) -> dict[str, Any]:
    """The content of a case file. Raises ``CaseUnreadable``."""
    try:
        found = json.loads(raw.decode("utf-8"))
        case = _Case.model_validate(found)
        _ITEM.validate_python(asdict(item_of(case.act)))
        float.fromhex(case.verdict.score_bits)
        canonical(found)
    except (ValidationError, ValueError, TypeError, OverflowError, RecursionError):
        raise CaseUnreadable("not a case file of Netra") from None
    return dict(found)


def digest_of(case: dict[str, Any]) -> str:
    """SHA-256 of everything in a case file but its ``digest``."""
    return hashlib.sha256(canonical({k: v for k, v in case.items() if k != "digest"}).encode("ascii")).hexdigest()


def replay(content: dict[str, Any], models_dir: Path, lists: Watchlists, rules: Rules) -> Replay:
    """Score the act of a case file, read by ``read_case``, with its own model and what else is here."""
    case = _Case.model_validate(content)
    differences = [
        *_if_other("file", case.digest, digest_of(content)),
        *_if_other("content", case.content_hash, content_hash(case.act)),
        *_if_other("watchlists", case.watchlist.version, lists.version),
        *_if_other("policy", case.policy.version, rules.version),
    ]
    folder = find_bundle(models_dir, case.model.version)
    if folder is None:
        missing = Difference("model_missing", case.model.version, "-")
        return Replay(case.id, None, (*differences, missing))
    manifest = manifest_hash(folder)
    differences += _if_other("manifest", case.model.manifest_hash or "-", manifest or "-")
    try:
        scorer = load_once(folder, manifest).with_watchlists(lists)
    except ModelError as error:
        return Replay(case.id, None, (*differences, Difference("model_unusable", case.model.version, error.slug)))
    item = item_of(case.act)
    verdict = scorer.score([item], explain=True, entities=True)[0]
    found = [
        *differences,
        *_compared(case, verdict, case.watchlist.version == lists.version),
        *_rules(case, item, verdict, lists, rules),
    ]
    return Replay(case.id, verdict.score, tuple(found))


def _if_other(kind: DifferenceKind, file: str, here: str) -> list[Difference]:
    return [] if file == here else [Difference(kind, file, here)]


def _compared(case: _Case, verdict: Verdict, same_lists: bool) -> list[Difference]:
    """Score by bits; of the rest only whether it is the same, as it quotes the act."""
    score = math.nan if verdict.score is None else verdict.score
    found = _if_other("score", case.verdict.score_bits, score.hex())
    stored = case.verdict.model_dump()
    now = json.loads(canonical(asdict(verdict)))
    skipped = {"score"} if same_lists else {"score", *_BY_LISTS}
    other = [name for name in now if name not in skipped and stored.get(name) != now[name]]
    return found + [Difference("verdict", name, name) for name in other]


def _rules(case: _Case, item: Item, verdict: Verdict, lists: Watchlists, rules: Rules) -> list[Difference]:
    here = [rule.id for rule in advise(item, verdict, lists, rules).rules]
    return _if_other("rules", ",".join(row.id for row in case.policy.rules), ",".join(here))
