"""From what the service answered to what people look at: the acts of one request that somebody wants reviewed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.policy.policy import policy_answer
from app.policy.types import Policy
from app.review.acts import Act
from app.review.desk import Desk
from app.review.queue import Judged, Source, add_all
from app.scoring.types import Verdict
from app.store import Store


@dataclass(frozen=True, slots=True)
class Intake:
    """Queues acts for whoever called; ``actor`` is the id of their key."""

    store: Store
    desk: Desk
    actor: str

    def put(
        self,
        source: Source,
        acts: Sequence[Act | None],
        verdicts: Sequence[Verdict],
        policies: Sequence[Policy],
    ) -> list[str | None]:
        """Ids by act, all of them queued in one transaction; ``None`` for no act and for bands that nobody looks at.

        Verdicts need their evidence. Blocks; not for the event loop. Raises ``StoreUnavailable`` and ``QueueOff``.
        """
        wanted = [
            Judged(act, verdict, policy_answer(policy, "id"))
            for act, verdict, policy in zip(acts, verdicts, policies, strict=True)
            if act is not None
        ]
        if not wanted:
            return [None] * len(acts)
        with self.store.begin() as tx:
            ids = iter(add_all(tx, self.desk, source, wanted, actor=self.actor))
        return [None if act is None else next(ids) for act in acts]
