"""What goes into the scorer and what comes out; shared by service, batch, console and training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Action = Literal["post", "comment", "share", "like", "follow"]
ACTIONS: tuple[Action, ...] = ("post", "comment", "share", "like", "follow")

#: ``flag``: looks like campaign support; ``review``: a person should look; ``clear``: no sign of it;
#: ``undecided``: cannot be scored (a like whose target was not given).
Band = Literal["flag", "review", "clear", "undecided"]
Field = Literal["text", "target_text"]

NOTICE = "Hanya indikasi, bukan putusan: petugas yang berwenang memeriksa dan memutuskan."


@dataclass(frozen=True, slots=True)
class Item:
    """One act on social media, as handed in by the caller. Texts are any Unicode string."""

    text: str = ""
    action: Action = "post"
    target_text: str = ""
    id: str | None = None
    posted_at: str | None = None
    platform: str | None = None
    election: str | None = None


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
class Verdict:
    """Answer for one item.

    ``score`` is the calibrated probability of campaign support in [0, 1], ``None`` when undecided.
    ``kind`` is the guide's kind that fits best, or ``None``. ``reasons`` are short machine words such as
    ``needs_target``. The weights of ``evidence`` plus ``rest`` equal the log-odds of ``score``
    (``rest`` holds the intercept and everything not shown).
    """

    flagged: bool
    score: float | None
    band: Band
    kind: str | None
    evidence: tuple[Evidence, ...] = ()
    rest: float = 0.0
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What an answer says of the model behind it."""

    name: str
    version: str
    threshold: float
    review_threshold: float


class Scorer(Protocol):
    """Scores items; implementations are safe to share between threads and never raise on any string."""

    @property
    def info(self) -> ModelInfo: ...

    def score(self, items: Sequence[Item], *, explain: bool = False) -> list[Verdict]:
        """One verdict per item, in order. Evidence is filled only with ``explain``."""
        ...
