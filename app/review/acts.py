"""The act that is reviewed: its fields as given, its times, and what identifies it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime
from typing import Any

from app.policy.phase import WIB
from app.review.columns import canonical
from app.scoring.types import Item

#: Fields of an act that say when somebody saw it: the same act seen twice is one act.
_SEEN = ("captured_at", "known_at")
_ITEM_FIELDS = tuple(field.name for field in fields(Item))
#: Years that an act can be of. Others are slips or made up, and days cannot be counted from the last that there are.
FIRST_YEAR, LAST_YEAR = 1970, 2099
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SHAPE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ].+)?")


@dataclass(frozen=True, slots=True)
class Act:
    """An item of the scorer with what only a review needs.

    ``author_id`` is never stored as it is. ``captured_at`` says when the act was recorded, ``known_at`` when the
    office came to know of it; both ISO 8601, like ``posted_at``.
    """

    item: Item
    author_id: str | None = None
    captured_at: str | None = None
    known_at: str | None = None

    def as_given(self) -> dict[str, Any]:
        """Every field but the author's id: what is kept, hashed and shown in a case file."""
        return {**asdict(self.item), "captured_at": self.captured_at, "known_at": self.known_at}


def item_of(given: dict[str, Any]) -> Item:
    """The scorer's item within the fields of an act as given. Raises ``TypeError`` for fields that are none."""
    return Item(**{name: given[name] for name in _ITEM_FIELDS if name in given})


def content_hash(given: dict[str, Any]) -> str:
    """SHA-256 of an act's fields as given."""
    return hashlib.sha256(canonical(given).encode("ascii")).hexdigest()


def fingerprint(given: dict[str, Any], author: str | None) -> str:
    """The same for the same act of the same author, whenever it was seen."""
    same = {name: value for name, value in given.items() if name not in _SEEN}
    return hashlib.sha256(canonical([same, author]).encode("ascii")).hexdigest()


def is_day(given: str | None) -> bool:
    """Whether a time as given names a day alone: then nobody said at what time of it."""
    return _DAY.fullmatch((given or "").strip()) is not None


def moment(text: str | None) -> datetime | None:
    """The moment that an ISO 8601 text names, in UTC; without a zone it is WIB, without a time its midnight.

    ``None`` for anything else, a year before 1970 or after 2099 included.
    """
    given = (text or "").strip()
    if not _SHAPE.fullmatch(given):
        return None
    try:
        when = datetime.fromisoformat(given)
    except ValueError:
        return None
    if not FIRST_YEAR <= when.year <= LAST_YEAR:
        return None
    return (when if when.tzinfo else when.replace(tzinfo=WIB)).astimezone(UTC)


def day_in_wib(when: datetime) -> date:
    """The day of a moment in western Indonesia."""
    return to_wib(when).date()


def to_wib(when: datetime) -> datetime:
    """A moment in western Indonesia; the last hours that there are, which have no name there, as they are."""
    try:
        return when.astimezone(WIB)
    except OverflowError:
        return when
