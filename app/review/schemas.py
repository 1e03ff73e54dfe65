"""The public shapes of the review. Output shapes have no defaults: every field is always there."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool
from pydantic_core import PydanticCustomError

from app.api.schemas import EntityOut, EvidenceOut, PolicyOut, WatchlistOut
from app.api.watchlists import Count
from app.review.decisions import MOST_REASON
from app.review.filters import Filters
from app.review.listing import LARGEST_PAGE, MAX_CURSOR, PAGE
from app.review.words import Label, Order, State
from app.scoring.types import Action, Band, Side


def _iso_day(value: object) -> object:
    """A day as ISO 8601 has it; pydantic would take a number for seconds since 1970."""
    if value is None or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise PydanticCustomError("not_iso_8601", "not an ISO 8601 date")


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
Day = Annotated[date, BeforeValidator(_iso_day)]


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class _Wanted(_Input):
    band: Band | None = None
    kind: str | None = Field(default=None, max_length=32)
    election: str | None = Field(default=None, max_length=128, description="Id on the watchlists.")
    platform: str | None = Field(default=None, max_length=64)
    action: Action | None = None
    since: Day | None = Field(default=None, description="First day of the act, in WIB.")
    until: Day | None = Field(default=None, description="Last day of the act, in WIB.")
    state: State | None = Field(default=None, description="`second` for items that wait for a second reader.")
    model_version: str | None = Field(default=None, max_length=100)
    sampled: bool | None = Field(default=None, description="`true`: only the last sample.")
    waiting: bool | None = Field(default=None, description="`true`: only what still needs a reader.")
    order: Order = Field(default="score", description="Most pressing first.")

    def filters(self) -> Filters:
        """The same as the queue takes it."""
        return Filters(**{name: getattr(self, name) for name in _FILTERS})


_FILTERS = tuple(field.name for field in fields(Filters))


class NextRequest(_Wanted):
    """Which item to give out; everything that is not null has to hold."""

    sampled: StrictBool | None = Field(default=None, description="`true`: only the last sample.")
    waiting: StrictBool | None = Field(default=None, description="`true`: only what still needs a reader.")


class ItemsQuery(_Wanted):
    """Which items to list, and which page of them."""

    cursor: str | None = Field(default=None, max_length=MAX_CURSOR, description="As the last page gave it.")
    limit: Count = Field(default=PAGE, ge=1, le=LARGEST_PAGE, description="Most items of a page.")


class DecisionRequest(_Input):
    """What a reviewer finds. A reason is needed for `dukungan`, and for `bukan` on a flagged item."""

    label: Label
    reason: str | None = Field(default=None, max_length=MOST_REASON)
    kind: str | None = Field(default=None, max_length=32, description="The kind that the reviewer finds right.")


class Nothing(_Input):
    """An empty object."""


class DecisionOut(BaseModel):
    """What one reviewer found."""

    number: int = Field(description="1 for the first of its item.")
    reviewer: str = Field(description="Pseudonym.")
    label: Label
    kind: str | None
    reason: str | None = Field(description="Null also once the item is erased.")
    decided_at: datetime
    undone_at: datetime | None
    undone_by: str | None


class ItemOut(BaseModel):
    """One line of the queue."""

    id: str
    band: Band
    score: float
    uncertainty: float = Field(description="1 at a score of 0.5, 0 at 0 and 1.")
    kind: str | None
    action: Action
    platform: str | None
    election: str | None = Field(description="Id on the watchlists where they know it, else as sent.")
    region: str | None
    posted_at: datetime | None
    known_at: datetime = Field(description="When the office came to know of it; when it was queued, if nobody said.")
    queued_at: datetime
    days_left: int = Field(description="Of the 7 days for a finding; negative once they are over.")
    state: State
    outcome: Label | None = Field(description="What holds; null until the item is done.")
    held: Literal["nobody", "me", "other"]
    excerpt: str | None
    model_version: str


class ReviewModelOut(BaseModel):
    """The model behind the verdict."""

    name: str
    version: str
    manifest_hash: str | None = Field(description="SHA-256 of the bundle's manifest.")
    threshold: float
    review_threshold: float


class ItemDetail(ItemOut):
    """One item with everything that the caller may see."""

    held_until: datetime | None
    act: dict[str, Any] | None = Field(description="The fields as sent; null once erased.")
    author: str | None = Field(description="Pseudonym of the author.")
    content_hash: str | None = Field(description="SHA-256 of `act`.")
    captured_at: datetime | None
    finding_until: date
    report_until: date
    evidence: list[EvidenceOut]
    rest: float
    reasons: list[str]
    decided_by: Side | None
    entities: list[EntityOut]
    policy: PolicyOut
    model: ReviewModelOut
    watchlist: WatchlistOut
    second: bool = Field(description="Whether two people are to read it.")
    blind: bool = Field(description="Whether `decisions` are kept from the caller, who may become the second reader.")
    decisions: list[DecisionOut]


class ItemAnswer(BaseModel):
    """An item, and what a verdict is not."""

    item: ItemDetail
    notice: str


class NextAnswer(BaseModel):
    """The item given out, null when nothing waits."""

    item: ItemDetail | None
    notice: str


class ItemsAnswer(BaseModel):
    """A page of items."""

    items: list[ItemOut]
    cursor: str | None = Field(description="Where the next page begins; null on the last.")
    notice: str


class CaseOut(BaseModel):
    """A case file; docs/review.md tells its members."""

    model_config = ConfigDict(extra="allow")

    format: str
    id: str
    content_hash: str
    digest: str = Field(description="SHA-256 of everything else.")
    notice: str
