"""The public shapes of requests and answers. Output shapes have no defaults: every field is always there."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetCoreSchemaHandler, model_validator
from pydantic_core import PydanticCustomError, core_schema

from app.policy.types import Phase, SanctionClass, Sure
from app.problems import Language, ProblemBody
from app.review.acts import FIRST_YEAR, LAST_YEAR, Act, moment
from app.scoring.types import TARGETED, AccountKind, Action, Band, Item, NamedField, Side, SubjectStatus
from app.scoring.types import Field as TextField
from app.text.repair import is_readable
from app.watchlists.schema import Role

MAX_ID_CHARS = 200
#: Fields that are read; `/info` names their greatest length.
TEXTS = ("text", "target_text", "media_text")

_YEARS = f", of the years {FIRST_YEAR} to {LAST_YEAR}"
_ISO_8601 = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
                       r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?")  # fmt: skip


def _iso_8601(value: str) -> str:
    if not _names_a_time(value):
        raise PydanticCustomError("not_iso_8601", "not an ISO 8601 date or date and time")
    if moment(value) is None:
        raise PydanticCustomError("year_out_of_range", "a year that no act can be of")
    return value


def _names_a_time(value: str) -> bool:
    with suppress(ValueError):
        return bool(_ISO_8601.fullmatch(value) and datetime.fromisoformat(value))
    return False


IsoText = Annotated[str, AfterValidator(_iso_8601)]


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class ClassifyRequest(_Input):
    """One act on social media. Unless it is a like, share or follow, one of the three texts must say something."""

    id: str | None = Field(default=None, max_length=MAX_ID_CHARS, description="Echoed in the answer.")
    action: Action = Field(default="post", description="What the person did.")
    text: str | None = Field(
        default=None, description="What the person wrote. `/info` names the greatest length, in code points."
    )
    target_text: str | None = Field(
        default=None, description="What was commented on, shared, liked or followed. Same greatest length."
    )
    posted_at: IsoText | None = Field(
        default=None, description=f"ISO 8601 date, or date and time{_YEARS}.", examples=["2031-11-03T19:05:00+07:00"]
    )
    platform: str | None = Field(default=None, max_length=64, description="Where it happened, in the caller's words.")
    election: str | None = Field(default=None, max_length=128, description="Id of the election on the watchlists.")
    region: str | None = Field(
        default=None, max_length=128, description="Region as the watchlists write it; counts where `election` does not."
    )
    parent_author: str | None = Field(
        default=None, max_length=100, description="Handle of whoever wrote the target; never makes a score."
    )
    media_text: str | None = Field(
        default=None,
        description="Words in the picture (OCR or alt text): of the own post, or of the target of any other act.",
    )
    account_kind: AccountKind | None = Field(default=None, description="Whose account the act came from.")
    subject_status: SubjectStatus | None = Field(default=None, description="Status of the person, as far as known.")
    queue: bool | None = Field(
        default=None, strict=True, description="Have people look at it, if it is flagged or for review; see /items."
    )
    author_id: str | None = Field(
        default=None, max_length=200, description="Whose act it is. Kept as a keyed pseudonym only, and only if queued."
    )
    captured_at: IsoText | None = Field(default=None, description=f"When the act was recorded{_YEARS}; for the queue.")
    known_at: IsoText | None = Field(
        default=None,
        description=f"When the office came to know of the act{_YEARS}: its days count from here. For the queue.",
    )

    @model_validator(mode="after")
    def _says_something(self) -> ClassifyRequest:
        if self.is_bare and self.action not in TARGETED:
            raise PydanticCustomError("needs_text", "text, target_text or media_text must not be empty")
        return self

    @cached_property
    def is_bare(self) -> bool:
        """Whether no text has anything to read."""
        return not any(is_readable(getattr(self, name) or "") for name in TEXTS)

    @property
    def says_nothing(self) -> bool:
        """Whether there is not even anything to look up on the watchlists."""
        return self.is_bare and not (self.election or self.region or self.parent_author)

    @cached_property
    def chars(self) -> int:
        """Code points of all texts together."""
        return sum([len(getattr(self, name) or "") for name in TEXTS])

    def to_act(self) -> Act:
        """The act as people look at it."""
        return Act(self.to_item(), self.author_id, self.captured_at, self.known_at)

    def to_item(self) -> Item:
        """The act as the scorer takes it."""
        return Item(
            text=self.text or "",
            action=self.action,
            target_text=self.target_text or "",
            id=self.id,
            posted_at=self.posted_at,
            platform=self.platform,
            election=self.election,
            region=self.region,
            parent_author=self.parent_author,
            media_text=self.media_text or "",
            account_kind=self.account_kind or "tidak_diketahui",
            subject_status=self.subject_status or "tidak_diketahui",
        )


class _ShownAs:
    """Lets any parsed value in, but shows ``model`` in the schema: items are checked one by one, not all or none."""

    def __init__(self, model: type[BaseModel]) -> None:
        self.model = model

    def __get_pydantic_core_schema__(self, _: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        # The first half makes the JSON schema; values come in through the second, as bodies are parsed before.
        return core_schema.json_or_python_schema(handler.generate_schema(self.model), core_schema.any_schema())


class BatchRequest(_Input):
    """Many acts at once. A bad one is reported in its place and does not stop the rest."""

    items: list[Annotated[Any, _ShownAs(ClassifyRequest)]] = Field(description="`/info` names the greatest number.")
    explain: bool = Field(default=True, strict=True, description="Whether to give `evidence`; without it is faster.")
    queue: bool = Field(
        default=False,
        strict=True,
        description="`queue` for all items that do not say `false`; then there is `evidence` too.",
    )


class EvidenceOut(BaseModel):
    """A span that moved the score."""

    field: TextField = Field(description="Which of the texts.")
    start: int = Field(description="First code point of the span in the text as sent.")
    end: int = Field(description="Code point after the last.")
    surface: str = Field(description="The span itself.")
    weight: float = Field(description="Log-odds; positive speaks for campaign support.")


class EntityOut(BaseModel):
    """A contestant or party of the watchlists, and where it is named."""

    name: str = Field(description="The person, the pair or the party.")
    role: Role = Field(description="As what it is named there.")
    number: int | None = Field(description="Ballot number, where the election is certain.")
    election: str | None = Field(description="Id of the election; null for parties and where it is not certain.")
    field: NamedField
    start: int = Field(description="First code point of the span in the field as sent.")
    end: int = Field(description="Code point after the last.")


class RuleOut(BaseModel):
    """A row of the rules that a person should look at. Not a decision, nor is its class of sanction."""

    id: str
    group: str | None = Field(description="Joins rows that are one behaviour in different phases.")
    instrument: str
    article: str
    text: str
    indication: str
    sanction_class: SanctionClass | None = Field(description="What the table says.")
    sure: Sure = Field(description="B: two or more independent pages, S: one, D: pages disagree, U: unconfirmed.")
    note: str | None = Field(description="What must be established first, and where sources disagree.")
    sources: list[str]


class PolicyOut(BaseModel):
    """Which rules to look at, by act, account, status and phase."""

    version: str
    phase: Phase
    reason: str | None = Field(description="Why there are no rules to look at.")
    notes: list[str] = Field(description="What holds for all the rules.")
    rules: list[RuleOut]


class WatchlistOut(BaseModel):
    """The watchlists behind an answer."""

    version: str = Field(description="Short hash of the files.")


class ModelOut(BaseModel):
    """The model behind an answer."""

    name: str
    version: str
    threshold: float = Field(description="Scores from here on are flagged.")
    review_threshold: float = Field(description="Scores from here on are for a person to look at.")


class VerdictOut(BaseModel):
    """What the model says of one act."""

    id: str | None = Field(description="As sent.")
    flagged: bool
    score: float | None = Field(ge=0, le=1, description="Probability of campaign support; null when undecided.")
    band: Band
    kind: str | None = Field(description="The kind of the labelling guide that fits best.")
    kind_score: float | None = Field(
        ge=0, le=1, description="Probability of `kind` among the kinds that go with the band; it never moves `score`."
    )
    evidence: list[EvidenceOut]
    rest: float = Field(description="With the weights of `evidence` it adds up to the log-odds of `score`.")
    reasons: list[str] = Field(description="Short machine words, such as `needs_target`.")
    decided_by: Side | None = Field(description="Side of an act on a target that settled the band.")
    entities: list[EntityOut]
    policy: PolicyOut
    queued: str | None = Field(description="Id of the item that people look at; null when nobody is to.")


class ClassifyAnswer(VerdictOut):
    """A verdict, the model and the watchlists behind it, and what it is not."""

    model: ModelOut
    watchlist: WatchlistOut
    notice: str


class BatchVerdict(VerdictOut):
    """The verdict for the item at `index`."""

    index: int


class BatchError(BaseModel):
    """The item at `index` was not scored."""

    index: int
    id: str | None = Field(description="As sent, if it was a text of acceptable length.")
    error: ProblemBody


class BatchAnswer(BaseModel):
    """One result per item, in the order sent."""

    results: list[BatchVerdict | BatchError]
    model: ModelOut
    watchlist: WatchlistOut
    notice: str


class LiveOut(BaseModel):
    """The process is up."""

    status: Literal["live"]


class WarningOut(BaseModel):
    """Something that a person should look at although the service answers."""

    name: Literal["activation-refused"] = Field(
        description="The model that was activated last is not used; the one before goes on."
    )
    bundle: str | None = Field(description="The bundle that was activated, if it can be named.")
    reason: str = Field(description="Why it is not used, as in `reason` of `model-unavailable`.")


class ReadyOut(BaseModel):
    """The service can answer."""

    status: Literal["ready"]
    model: ModelOut
    warnings: list[WarningOut]


class LimitsOut(BaseModel):
    """More than this is answered 413."""

    max_batch_items: int
    max_text_chars: int
    max_body_bytes: int


class InfoOut(BaseModel):
    """What this service is, what it runs, and what it accepts."""

    name: str
    version: str
    model: ModelOut | None = Field(description="Null while no model is ready.")
    watchlist: WatchlistOut | None = Field(description="Null while none could be read.")
    limits: LimitsOut
    languages: list[Language] = Field(description="Languages of notices and problem titles.")
    actions: list[Action]
