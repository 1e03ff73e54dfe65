"""What can be wrong with a step of a review; answered by the service as problems, said by pages and commands.

    Problem
    ├── NotFound                404  reason ``unknown_item``
    ├── Conflict
    │   ├── QueueOff            409  this service keeps no texts, so there is nothing to review
    │   ├── ItemLeased          409  somebody else is looking at the item
    │   ├── AlreadyDecided      409  by this reviewer, or for good
    │   └── NothingToUndo       409  this reviewer decided nothing that still stands
    ├── ItemErased              410  its act was erased
    └── InvalidRequest          422  a reason is missing, a cursor is none

``title_id`` and ``title_en`` are for people. None of them holds anything of an act or of what was written about it.
"""

from __future__ import annotations

from app.problems import InvalidRequest, Problem


class Conflict(Problem):
    """The item is not in the state that this step needs."""

    status = 409


class QueueOff(Conflict):
    """``NETRA_KEEP_TEXTS=off``."""

    slug = "queue-off"
    title_id = "Layanan ini tidak menyimpan teks, jadi tidak ada antrean pemeriksaan"
    title_en = "This service keeps no texts, so there is no review queue"


class ItemLeased(Conflict):
    """Until the lease ends, or its holder decides."""

    slug = "item-leased"
    title_id = "Butir ini sedang diperiksa orang lain"
    title_en = "Somebody else is looking at this item"


class AlreadyDecided(Conflict):
    """A reviewer decides an item once; undo comes first. A decided item takes no more readers."""

    slug = "already-decided"
    title_id = "Butir ini sudah Anda putuskan atau sudah selesai"
    title_en = "You have decided this item already, or it is done"


class NothingToUndo(Conflict):
    """Only one's own decisions can be undone."""

    slug = "nothing-to-undo"
    title_id = "Tidak ada keputusan Anda yang dapat dibatalkan pada butir ini"
    title_en = "There is no decision of yours to undo on this item"


class ItemErased(Problem):
    """By retention or at the wish of a person; the figures are left."""

    status, slug = 410, "item-erased"
    title_id = "Isi butir ini sudah dihapus"
    title_en = "The content of this item was erased"


def invalid(field: str, reason: str) -> InvalidRequest:
    """The problem of one field."""
    return InvalidRequest([{"field": field, "reason": reason}])
