"""Which rules a person should look at for an act that was scored: verdict, act and watchlists brought together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.policy.policy import facts_for, policy_for
from app.policy.rules import Rules, load_rules
from app.policy.types import Policy
from app.scoring.types import Item, Verdict
from app.watchlists.lists import Watchlists
from app.watchlists.load import shipped


def advise(item: Item, verdict: Verdict, lists: Watchlists, rules: Rules) -> Policy:
    """The policy for one act; its phase comes from ``posted_at`` and the calendars of the races the item names."""
    facts = facts_for(
        action=item.action,
        kind=verdict.kind,
        band=verdict.band,
        posted_at=item.posted_at,
        elections=lists.fitting(item.election, item.region),
        account_kind=item.account_kind,
        subject_status=item.subject_status,
    )
    return policy_for(facts, rules)


@dataclass(frozen=True, slots=True)
class Adviser:
    """Ids of the rules to look at, for files of acts; can be sent to another process, which has the shipped lists."""

    lists: Watchlists

    def __reduce__(self) -> tuple[Callable[..., Adviser], tuple[Watchlists, ...]]:
        return (_with_shipped, ()) if self.lists is shipped() else (Adviser, (self.lists,))

    def __call__(self, item: Item, verdict: Verdict) -> list[str]:
        """Ids in the order of the rules. Raises ``RulesError`` when the rules cannot be read."""
        if verdict.band not in ("flag", "review"):
            return []
        return [rule.id for rule in advise(item, verdict, self.lists, load_rules()).rules]


def _with_shipped() -> Adviser:
    return Adviser(shipped())
