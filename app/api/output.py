"""Verdicts and policies as JSON: what many answers share is written once."""

from __future__ import annotations

from dataclasses import asdict, is_dataclass
from functools import lru_cache
from math import isfinite
from typing import Any

import orjson
from fastapi import Response

from app.policy.policy import policy_answer
from app.policy.types import Language, Policy
from app.scoring.types import Verdict

#: Policies whose JSON is kept, up to 16 kB each; acts of one day have a few dozen.
_KEPT = 256


def verdict_out(item_id: str | None, verdict: Verdict) -> dict[str, object]:
    """A verdict as the contract has it. Raises ``ValueError`` for numbers that are none."""
    numbers = (verdict.score or 0.0, verdict.rest, *(evidence.weight for evidence in verdict.evidence))
    if not all(map(isfinite, numbers)):
        raise ValueError("a verdict holds something else than finite numbers")
    return {
        "id": item_id,
        "flagged": verdict.flagged,
        "score": verdict.score,
        "band": verdict.band,
        "kind": verdict.kind,
        "kind_score": verdict.kind_score,
        "evidence": verdict.evidence,
        "rest": verdict.rest,
        "reasons": verdict.reasons,
        "decided_by": verdict.decided_by,
        "entities": verdict.entities,
    }


def policy_out(policy: Policy, language: Language) -> orjson.Fragment:
    """A policy as the contract has it, ready to be put into an answer."""
    return orjson.Fragment(_written(_Kept(policy), language))


class _Kept:
    """A policy by identity: acts that share one share the object, and comparing texts of rules would cost more."""

    __slots__ = ("policy",)

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Kept) and other.policy is self.policy

    def __hash__(self) -> int:
        return id(self.policy)


@lru_cache(maxsize=_KEPT)
def _written(kept: _Kept, language: Language) -> bytes:
    return orjson.dumps(policy_answer(kept.policy, language))


def json_answer(content: dict[str, Any]) -> Response:
    """Plain and always encodable: a lone surrogate becomes ``?``."""
    try:
        body = orjson.dumps(content)
    except TypeError:  # half a character pair, in a text that did not come as JSON
        body = orjson.dumps(_encodable(content))
    return Response(body, media_type="application/json")


def _encodable(value: Any) -> Any:  # noqa: ANN401 - whatever an answer holds
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {key: _encodable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_encodable(inner) for inner in value]
    return _encodable(asdict(value)) if is_dataclass(value) and not isinstance(value, type) else value
