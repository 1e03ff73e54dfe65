"""What a policy is asked and what it answers. Every word here is an indication; a person decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from app.scoring.types import Action, Band

Phase = Literal[
    "sebelum_penetapan", "sesudah_penetapan", "kampanye", "masa_tenang", "sesudah_pemungutan", "tidak_diketahui"
]
#: Phases that a date can fall into, in the order of time.
PHASES: tuple[Phase, ...] = (
    "sebelum_penetapan",
    "sesudah_penetapan",
    "kampanye",
    "masa_tenang",
    "sesudah_pemungutan",
)
AccountKind = Literal["pribadi", "instansi", "tidak_diketahui"]
ACCOUNT_KINDS: tuple[AccountKind, ...] = ("pribadi", "instansi", "tidak_diketahui")
SubjectStatus = Literal["PNS", "PPPK", "tidak_diketahui"]
SUBJECT_STATUSES: tuple[SubjectStatus, ...] = ("PNS", "PPPK", "tidak_diketahui")
#: ``pemilu``: president and legislature (UU 7/2017); ``pilkada``: heads of regions (UU 10/2016).
Contest = Literal["pemilu", "pilkada", "tidak_diketahui"]
CONTESTS: tuple[Contest, ...] = ("pemilu", "pilkada", "tidak_diketahui")
ContestantStatus = Literal["bakal_calon", "calon", "tidak_diketahui"]
SanctionClass = Literal[
    "moral", "sedang", "berat", "sedang_atau_berat", "ptdh", "pemutusan", "pemutusan_tidak_hormat", "pidana"
]
#: B two independent pages, S one, D pages disagree, U unconfirmed.
Sure = Literal["B", "S", "D", "U"]
Language = Literal["id", "en"]

Kind = Literal[
    "vote_call",
    "endorsement",
    "slogan",
    "promotion",
    "activity",
    "news",
    "neutral_info",
    "criticism",
    "praise_office",
    "question",
    "report",
    "off_topic",
]
SUPPORT_KINDS: tuple[Kind, ...] = ("vote_call", "endorsement", "slogan", "promotion", "activity")
KINDS: tuple[Kind, ...] = (
    *SUPPORT_KINDS,
    "news",
    "neutral_info",
    "criticism",
    "praise_office",
    "question",
    "report",
    "off_topic",
)


class Words(NamedTuple):
    """One wording in Indonesian and in English."""

    id: str
    en: str

    def to(self, language: Language) -> str:
        """The wording in ``language``."""
        return self.en if language == "en" else self.id


@dataclass(frozen=True, slots=True)
class PhaseReading:
    """The phase of one moment.

    ``possible`` holds the phases that cannot be ruled out, in the order of time; ``phase`` is the one that is left,
    or ``tidak_diketahui``. ``day`` is the day in WIB, ``None`` when unknown. ``remarks`` are keys of
    ``wording.REMARKS``. ``elections`` holds id and phase of each that was read together.
    """

    phase: Phase
    possible: tuple[Phase, ...]
    day: date | None = None
    remarks: tuple[str, ...] = ()
    elections: tuple[tuple[str, Phase], ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one act. What nobody knows stays ``tidak_diketahui`` and is never guessed.

    ``kind`` is the guide's kind or ``None``; any other string counts as ``None``. Without ``possible`` the phase alone
    counts, and all phases when it is unknown. ``day`` leaves out rules that were not in force; ``remarks`` are keys of
    ``wording.REMARKS`` to hand on; ``elections`` are those of a ``PhaseReading`` where several fit.
    """

    action: Action
    kind: str | None
    band: Band
    account_kind: AccountKind = "tidak_diketahui"
    phase: Phase = "tidak_diketahui"
    subject_status: SubjectStatus = "tidak_diketahui"
    contest: Contest = "tidak_diketahui"
    possible: tuple[Phase, ...] = ()
    day: date | None = None
    remarks: tuple[str, ...] = ()
    elections: tuple[tuple[str, Phase], ...] = ()

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases that cannot be ruled out; never empty, never ``tidak_diketahui``."""
        if self.phase != "tidak_diketahui":
            return (self.phase,)
        return self.possible or PHASES

    @property
    def contestant(self) -> ContestantStatus:
        """What the contestant was by the phase: ``bakal_calon`` before the fixing, ``calon`` from then on."""
        before = {phase == "sebelum_penetapan" for phase in self.phases}
        return "tidak_diketahui" if len(before) > 1 else "bakal_calon" if before.pop() else "calon"


@dataclass(frozen=True, slots=True)
class RuleHit:
    """A row of the rules to look at; ``indication`` begins with “Indikasi”, ``sources`` are ids of ``Rules.sources``.

    ``sanction_class`` is what the table says, never a decision; ``note`` says what must be established first and
    where sources disagree.
    """

    id: str
    group: str | None
    instrument: Words
    article: str
    text: Words
    indication: Words
    sanction_class: SanctionClass | None
    sure: Sure
    note: Words | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """The rows to look at, in the order of the rule files, under the rules of ``version``.

    ``reason`` says why there are none, and is ``None`` when there are; ``notes`` hold for all rows.
    """

    version: str
    phase: Phase
    rules: tuple[RuleHit, ...]
    reason: Words | None = None
    notes: tuple[Words, ...] = ()
