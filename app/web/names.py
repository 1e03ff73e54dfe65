"""How the machine's words read to people: one name for every member of every vocabulary that pages show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, get_args

from app.policy.types import Sure, Words
from app.policy.wording import PHASE_NAMES, SANCTIONS
from app.problems import Language
from app.review.words import ACTION_NAMES, BAND_NAMES, KIND_NAMES, LABEL_NAMES, LABELS, ORDERS, STATE_NAMES
from app.scoring.types import ACCOUNT_KINDS, SUBJECT_STATUSES, NamedField
from app.watchlists.schema import Role
from app.web.wordbook import say

#: Vocabularies that other capabilities name in both languages.
NAMED: Final[Mapping[str, Mapping[Any, Words]]] = {
    "action": ACTION_NAMES,
    "band": BAND_NAMES,
    "kind": KIND_NAMES,
    "label": LABEL_NAMES,
    "phase": PHASE_NAMES,
    "sanction": SANCTIONS,
    "state": STATE_NAMES,
}
#: Vocabularies whose names are in ``data/console``, under ``<family>.<member>``.
FAMILIES: Final[Mapping[str, tuple[str, ...]]] = {
    "account": ACCOUNT_KINDS,
    "choice": LABELS,
    "fault": ("required", "too_short", "too_long", "not_allowed", "not_iso_8601", "out_of_range", "needs_text"),
    "field": get_args(NamedField),
    "order": ORDERS,
    "reason": (
        "needs_target",
        "no_text",
        "from_target",
        "in_context",
        "contestant_account",
        "unknown_election",
    ),
    "role": get_args(Role),
    "status": SUBJECT_STATUSES,
    "sure": get_args(Sure),
}


def name_of(language: Language, family: str, member: str | None) -> str:
    """The name of a member; what nobody named, or is ``None``, is not known. Raises ``KeyError`` for a family."""
    if family in NAMED:
        words = NAMED[family].get(member)
        return words.to(language) if words else say(language, "site.unknown")
    return say(language, f"{family}.{member}" if member in FAMILIES[family] else "site.unknown")
