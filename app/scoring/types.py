"""What goes into the scorer and what comes out; shared by service, batch, console and training."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from app.watchlists.schema import Role

if TYPE_CHECKING:
    from app.watchlists.lists import Watchlists

Action = Literal["post", "comment", "share", "like", "follow"]
ACTIONS: tuple[Action, ...] = ("post", "comment", "share", "like", "follow")
#: Acts that say something without any words; when not even their target has some they are ``undecided``.
TARGETED: frozenset[Action] = frozenset(("like", "share", "follow"))

#: ``flag``: looks like campaign support; ``review``: a person should look; ``clear``: no sign of it;
#: ``undecided``: cannot be scored (a like whose target was not given).
Band = Literal["flag", "review", "clear", "undecided"]
EVERY_BAND: tuple[Band, ...] = ("flag", "review", "clear", "undecided")
#: Whether verdicts come with evidence; bands stand for the verdicts of these bands only.
Explain = bool | Collection[Band]
Field = Literal["text", "target_text", "media_text"]
#: Which of the two sides of an act on a target settled its band; the words in a picture belong to one of them.
Side = Literal["text", "target_text"]
#: Where somebody on the watchlists can be named.
NamedField = Literal["text", "target_text", "media_text", "parent_author"]

AccountKind = Literal["pribadi", "instansi", "tidak_diketahui"]
ACCOUNT_KINDS: tuple[AccountKind, ...] = ("pribadi", "instansi", "tidak_diketahui")
SubjectStatus = Literal["PNS", "PPPK", "tidak_diketahui"]
SUBJECT_STATUSES: tuple[SubjectStatus, ...] = ("PNS", "PPPK", "tidak_diketahui")

NOTICE = "Hanya indikasi, bukan putusan: petugas yang berwenang memeriksa dan memutuskan."


@dataclass(frozen=True, slots=True)
class Item:
    """One act on social media, as handed in by the caller. Texts are any Unicode string.

    ``media_text`` holds the words in the picture of the own post, or of the target when the act is not a post.
    ``parent_author`` is the handle of the target's author. ``election`` and ``region`` narrow which watchlists may
    match. ``account_kind`` and ``subject_status`` never move a score: they say which rules may apply.
    """

    text: str = ""
    action: Action = "post"
    target_text: str = ""
    id: str | None = None
    posted_at: str | None = None
    platform: str | None = None
    election: str | None = None
    region: str | None = None
    parent_author: str | None = None
    media_text: str = ""
    account_kind: AccountKind = "tidak_diketahui"
    subject_status: SubjectStatus = "tidak_diketahui"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span that moved the score: code points ``[start, end)`` of ``field`` as sent.

    ``weight`` is in log-odds; positive speaks for campaign support.
    """

    field: Field
    start: int
    end: int
    surface: str
    weight: float


@dataclass(frozen=True, slots=True)
class Entity:
    """A contestant or party of the watchlists, named at code points ``[start, end)`` of ``field`` as sent.

    ``name`` is the person's, the pair's or the party's. ``election`` and ``number`` are ``None`` when the person is
    certain but stood in several elections; a party has no election.
    """

    name: str
    role: Role
    number: int | None
    election: str | None
    field: NamedField
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """Answer for one item.

    ``score`` is the calibrated probability of campaign support in [0, 1], ``None`` when undecided.
    ``kind`` is the guide's kind that fits best, or ``None``, and ``kind_score`` its probability among the kinds that
    go with the band; neither ever moves the score. ``reasons`` are short machine words such as ``needs_target``.
    The weights of ``evidence`` plus ``rest`` equal the log-odds of ``score`` (``rest`` holds the intercept and
    everything not shown). ``entities`` never move the score. ``decided_by`` is the side of an act on a target that
    settled its band, ``None`` when it took both or there is no such act.
    """

    flagged: bool
    score: float | None
    band: Band
    kind: str | None
    evidence: tuple[Evidence, ...] = ()
    rest: float = 0.0
    reasons: tuple[str, ...] = ()
    entities: tuple[Entity, ...] = ()
    decided_by: Side | None = None
    kind_score: float | None = None


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What an answer says of the model behind it."""

    name: str
    version: str
    threshold: float
    review_threshold: float


def score_shown(score: float) -> float:
    """A score for people to read with three decimals: never 0.000 or 1.000, which would say that there is no doubt."""
    return min(max(score, 0.001), 0.999)


class Scorer(Protocol):
    """Scores items; implementations are safe to share between threads and never raise on any string."""

    @property
    def info(self) -> ModelInfo: ...

    def score(self, items: Sequence[Item], *, explain: Explain = False, entities: bool = False) -> list[Verdict]:
        """One verdict per item, in order. Evidence is filled only with ``explain``, entities with ``entities``."""
        ...

    def with_watchlists(self, lists: Watchlists) -> Scorer:
        """The same model reading with other watchlists; this scorer stays as it is."""
        ...
