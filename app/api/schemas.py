"""The public shapes of requests and answers. Output shapes have no defaults: every field is always there."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetCoreSchemaHandler, model_validator
from pydantic_core import PydanticCustomError, core_schema

from app.problems import Language, ProblemBody
from app.scoring.types import NOTICE, Action, Band, Item
from app.scoring.types import Field as TextField

NOTICES: dict[Language, str] = {
    "id": NOTICE,
    "en": "An indication, not a ruling: an authorised officer examines and decides.",
}
MAX_ID_CHARS = 200
#: Acts whose text may be missing: they are then answered ``undecided``.
TARGETED: frozenset[Action] = frozenset({"like", "share", "follow"})

_ISO_8601 = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
                       r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?")  # fmt: skip


def _iso_8601(value: str) -> str:
    if _ISO_8601.fullmatch(value):
        with suppress(ValueError):
            datetime.fromisoformat(value)
            return value
    raise PydanticCustomError("not_iso_8601", "not an ISO 8601 date or date and time")


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class ClassifyRequest(_Input):
    """One act on social media. Unless it is a like, share or follow, `text` or `target_text` must say something."""

    id: str | None = Field(default=None, max_length=MAX_ID_CHARS, description="Echoed in the answer.")
    action: Action = Field(default="post", description="What the person did.")
    text: str | None = Field(
        default=None, description="What the person wrote. `/info` names the greatest length, in code points."
    )
    target_text: str | None = Field(
        default=None, description="What was commented on, shared, liked or followed. Same greatest length."
    )
    posted_at: Annotated[str, AfterValidator(_iso_8601)] | None = Field(
        default=None, description="ISO 8601 date, or date and time.", examples=["2031-11-03T19:05:00+07:00"]
    )
    platform: str | None = Field(default=None, max_length=64, description="Where it happened, in the caller's words.")
    election: str | None = Field(default=None, max_length=128, description="Id of the election on the watchlists.")

    @model_validator(mode="after")
    def _says_something(self) -> ClassifyRequest:
        if self.is_bare and self.action not in TARGETED:
            raise PydanticCustomError("needs_text", "text or target_text must not be empty")
        return self

    @property
    def is_bare(self) -> bool:
        """Whether neither text holds anything but white space."""
        return not (self.text or "").strip() and not (self.target_text or "").strip()

    @property
    def chars(self) -> int:
        """Code points of both texts together."""
        return len(self.text or "") + len(self.target_text or "")

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


class EvidenceOut(BaseModel):
    """A span that moved the score."""

    field: TextField = Field(description="Which of the texts.")
    start: int = Field(description="First code point of the span in the text as sent.")
    end: int = Field(description="Code point after the last.")
    surface: str = Field(description="The span itself.")
    weight: float = Field(description="Log-odds; positive speaks for campaign support.")


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
    evidence: list[EvidenceOut]
    rest: float = Field(description="With the weights of `evidence` it adds up to the log-odds of `score`.")
    reasons: list[str] = Field(description="Short machine words, such as `needs_target`.")


class ClassifyAnswer(VerdictOut):
    """A verdict, the model that gave it, and what it is not."""

    model: ModelOut
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
    notice: str


class LiveOut(BaseModel):
    """The process is up."""

    status: Literal["live"]


class ReadyOut(BaseModel):
    """The service can answer."""

    status: Literal["ready"]
    model: ModelOut


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
    limits: LimitsOut
    languages: list[Language] = Field(description="Languages of notices and problem titles.")
    actions: list[Action]
