"""What the rule files may contain; errors name the file, the row and the key in Indonesian."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    Strict,
    StringConstraints,
    ValidationError,
    model_validator,
)

from app.policy.errors import RulesInvalid
from app.policy.types import Kind, SanctionClass, Sure, Words
from app.scoring.types import Action

_REASONS = {
    "missing": "wajib diisi",
    "extra_forbidden": "kunci tidak dikenal",
    "string_too_short": "tidak boleh kosong",
    "too_short": "tidak boleh kosong",
    "string_pattern_mismatch": "bentuknya tidak sah",
    "literal_error": "pilihan tidak dikenal",
}
#: Words that pass judgement; rules quote prohibitions, answers never say that one was broken.
_VERDICT = re.compile(r"\b(?:melanggar|terbukti|bersalah|violat\w+|guilty)\b", re.IGNORECASE)
_T = TypeVar("_T")
_Model = TypeVar("_Model", bound=BaseModel)


def _words(value: object) -> Words:
    if not isinstance(value, dict) or set(value) != {"id", "en"}:
        raise ValueError("harus berisi 'id' dan 'en', tidak lain")
    if not all(isinstance(text, str) and text.strip() for text in value.values()):
        raise ValueError("'id' dan 'en' harus berupa teks")
    return Words(value["id"], value["en"])


def _no_verdict(words: Words) -> Words:
    if any(_VERDICT.search(text) for text in words):
        raise ValueError("hanya indikasi: tidak boleh memakai kata yang memutuskan")
    return words


def _indication(words: Words) -> Words:
    if not (words.id.startswith("Indikasi ") and words.en.startswith("Indication ")):
        raise ValueError("harus diawali 'Indikasi' dan 'Indication'")
    return _no_verdict(words)


def _once(values: tuple[_T, ...]) -> tuple[_T, ...]:
    if len(set(values)) != len(values):
        raise ValueError("isi yang sama tertulis dua kali")
    return values


Text = Annotated[str, StringConstraints(min_length=1, pattern=r"\S")]
RowId = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]+(-[A-Z0-9]+)*$")]
SourceId = Annotated[str, StringConstraints(pattern=r"^s[0-9]+$")]
Year = Annotated[int, Field(ge=1945, le=2999)]
Bilingual = Annotated[Words, PlainValidator(_words)]
Remark = Annotated[Bilingual, AfterValidator(_no_verdict)]
Indication = Annotated[Bilingual, AfterValidator(_indication)]
#: A list without repetitions; YAML gives lists where the models hold tuples.
Several = Annotated[tuple[_T, ...], Strict(False), AfterValidator(_once)]
Some = Annotated[tuple[_T, ...], Strict(False), Field(min_length=1), AfterValidator(_once)]
KnownPhase = Literal["sebelum_penetapan", "sesudah_penetapan", "kampanye", "masa_tenang", "sesudah_pemungutan"]
KnownAccount = Literal["pribadi", "instansi"]
KnownStatus = Literal["PNS", "PPPK"]
KnownContest = Literal["pemilu", "pilkada"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Effective(_Strict):
    """When an instrument is in force: days, or years where no day is known; ``until: null`` while no end is known."""

    since: date | Year
    until: date | Year | None


class Instrument(_Strict):
    """The law, regulation, decree or circular that rows stand in."""

    id: RowId
    type: Literal["law", "government_regulation", "joint_decree", "circular"]
    name: Bilingual
    short: Text
    effective: Effective
    sure: Sure
    sources: Some[SourceId]
    note: Remark | None


class Applies(_Strict):
    """The acts a row is about; several values are alternatives, left out means every one."""

    actions: Some[Action]
    kinds: Literal["all"] | Some[Kind]
    phases: Some[KnownPhase]
    accounts: Some[KnownAccount] = ("pribadi", "instansi")
    statuses: Some[KnownStatus] = ("PNS", "PPPK")
    contests: Some[KnownContest] = ("pemilu", "pilkada")


class Sanction(_Strict):
    """The class a table names, and for whom; ``sedang_atau_berat`` where sources disagree."""

    class_: SanctionClass = Field(alias="class")
    basis: Text | None
    sure: Sure
    statuses: Some[KnownStatus] = ("PNS", "PPPK")

    @model_validator(mode="after")
    def _doubt_is_marked(self) -> Sanction:
        if (self.class_ == "sedang_atau_berat") != (self.sure == "D"):
            raise ValueError("'sedang_atau_berat' dan tanda D harus dipakai bersama")
        return self


class When(_Strict):
    """The acts a note is about; what is left out does not matter."""

    actions: Several[Action] = ()
    kinds: Several[Kind] = ()
    phases: Several[KnownPhase] = ()
    statuses: Several[KnownStatus] = ()


class Note(_Strict):
    """What a person should know besides the row, such as where sources disagree."""

    when: When = When()
    id: Text
    en: Text
    sources: Several[SourceId] = ()

    @model_validator(mode="after")
    def _judges_nobody(self) -> Note:
        _no_verdict(self.words)
        return self

    @property
    def words(self) -> Words:
        """The note in both languages."""
        return Words(self.id, self.en)


class Row(_Strict):
    """One behaviour of one article.

    ``condition`` says what Netra cannot see and a person must establish first; ``covers_after_vote`` that the row is
    not tied to the time before the vote.
    """

    id: RowId
    group: RowId | None = None
    article: Text
    text: Bilingual
    indication: Indication
    condition: Remark | None = None
    applies: Applies
    covers_after_vote: bool = False
    sanction: Sanction | None
    notes: Annotated[tuple[Note, ...], Strict(False)] = ()
    sure: Sure
    sources: Some[SourceId]


class RulesFile(_Strict):
    """One instrument with its rows."""

    instrument: Instrument
    rows: Annotated[tuple[Row, ...], Strict(False), Field(min_length=1)]


class Behaviour(_Strict):
    """One of the behaviours that officials forbid; ``example`` is a request."""

    number: Annotated[int, Field(ge=1, le=9)]
    name: Bilingual
    rows: Some[RowId]
    sees: Bilingual
    misses: Bilingual
    note: Remark | None
    sure: Sure
    example: dict[Literal["action", "text", "target_text", "posted_at"], str]


class NotCovered(_Strict):
    """What Netra does not look for; never part of an answer about an act."""

    id: RowId
    name: Bilingual
    text: Remark


class CoverageFile(_Strict):
    """What Netra covers; ``revised`` is the day the rule files were last revised."""

    revised: date
    behaviours: Annotated[tuple[Behaviour, ...], Strict(False), Field(min_length=1)]
    not_covered: Annotated[tuple[NotCovered, ...], Strict(False), Field(min_length=1)]


class Source(_Strict):
    """A page that a row was taken from."""

    id: SourceId
    title: Text
    address: Text


class SourcesFile(_Strict):
    """Every page that rows name."""

    sources: Annotated[tuple[Source, ...], Strict(False), Field(min_length=1)]


def parsed(model: type[_Model], file_name: str, content: object) -> _Model:
    """``content`` as ``model``. Raises ``RulesInvalid`` with every fault, one a line, never with the text at fault."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        faults = [_fault(file_name, content, e["loc"], e["type"], e["msg"]) for e in error.errors(include_input=False)]
        raise RulesInvalid("\n".join(dict.fromkeys(faults))) from None


def _fault(file_name: str, content: Any, loc: tuple[int | str, ...], kind: str, message: str) -> str:  # noqa: ANN401
    """``10-skb-2022.yaml: rows[3] (SKB-A4) › sources: wajib diisi``."""
    steps: list[str] = []
    for number, step in enumerate(loc):
        inside = _inside(content, step)
        if isinstance(step, int) and steps:
            steps[-1] += f"[{step}]" + (f" ({inside['id']})" if _has_id(inside) else "")
        elif isinstance(content, dict) and (step in content or number == len(loc) - 1):
            steps.append(str(step))
        content = inside
    reason = message.removeprefix("Value error, ") if kind == "value_error" else _REASONS.get(kind, "isinya tidak sah")
    return f"{file_name}: {' › '.join(steps) or 'berkas'}: {reason}"


def _has_id(content: Any) -> bool:  # noqa: ANN401
    """Whether an entry has an id; ``id`` of a bilingual text is its Indonesian wording."""
    return isinstance(content, dict) and "en" not in content and isinstance(content.get("id"), str)


def _inside(content: Any, step: int | str) -> Any:  # noqa: ANN401
    """What lies under one step of an error's place; the content itself where the step names an alternative type."""
    if isinstance(content, dict) and step in content:
        return content[step]
    if isinstance(content, list) and isinstance(step, int) and step < len(content):
        return content[step]
    return content
