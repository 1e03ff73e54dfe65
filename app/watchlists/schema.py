"""What a watchlist file may contain; errors name the file, the entry and the key in Indonesian."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

_HANDLE = re.compile(r"\A[A-Za-z0-9_.]+\Z")
_TAG = re.compile(r"\A[^\W_A-Z][^\WA-Z]*\Z")
_REASONS = {
    "missing": "wajib diisi",
    "extra_forbidden": "kunci tidak dikenal",
    "string_too_short": "tidak boleh kosong",
    "too_short": "tidak boleh kosong",
    "string_pattern_mismatch": "bentuknya tidak sah",
    "literal_error": "pilihan tidak dikenal",
}


class WatchlistError(ValueError):
    """A watchlist file cannot be used; the message names file and entry, never the entry's text."""


def _handle(text: str) -> str:
    if not _HANDLE.match(text):
        raise ValueError("akun ditulis tanpa '@' dan tanpa spasi")
    return text


def _tag(text: str) -> str:
    if not _TAG.match(text):
        raise ValueError("tagar ditulis dengan huruf kecil, tanpa '#' dan tanpa spasi")
    return text


def _period(value: date | list[date]) -> date | list[date]:
    if isinstance(value, list) and (len(value) != 2 or value[0] > value[1]):
        raise ValueError("jangka waktu ditulis [tanggal awal, tanggal akhir]")
    return value


Text = Annotated[str, StringConstraints(min_length=1, pattern=r"\S")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Handle = Annotated[Text, AfterValidator(_handle)]
Tag = Annotated[Text, AfterValidator(_tag)]
Period = Annotated[date | list[date], AfterValidator(_period)]
#: As what somebody is named: head or deputy of a pair, both at once, a party, or by slogan, hashtag or account.
Role = Literal["calon", "wakil", "pasangan", "partai", "slogan", "tagar", "akun"]
Level = Literal["presiden", "gubernur", "bupati", "wali kota", "legislatif"]
Step = Literal["pendaftaran", "penetapan", "nomor", "kampanye", "tenang", "pemungutan", "putaran_kedua"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Marked(_Strict):
    """A way to write something that may also mean something else."""

    text: Text
    ambiguous: bool = False


class MarkedTag(Marked):
    """A hashtag that others use too; kept for the record, never read as a whole."""

    text: Tag


class Person(_Strict):
    """One person of a pair; ``ambiguous`` says that the name alone may be anybody's."""

    name: Text
    ambiguous: bool = False
    aliases: list[Text | Marked] = Field(default_factory=list)
    handles: list[Handle] = Field(default_factory=list)


class Contestant(_Strict):
    """A pair, or a single person before candidacy, with what their campaign says.

    ``aliases`` are names of the pair: its acronym and both everyday names in one.
    """

    number: Annotated[int, Field(ge=1, le=99)] | None = None
    incumbent: bool = False
    people: Annotated[list[Person], Field(min_length=1, max_length=2)]
    aliases: list[Text | Marked] = Field(default_factory=list)
    slogans: list[Text | Marked] = Field(default_factory=list)
    hashtags: list[Tag | MarkedTag] = Field(default_factory=list)


def _numbered_once(contestants: list[Contestant]) -> list[Contestant]:
    times = Counter(c.number for c in contestants if c.number is not None)
    if any(n > 1 for n in times.values()):
        raise ValueError("nomor urut yang sama dipakai dua kali")
    return contestants


class Election(_Strict):
    """One race: who stands, where and when."""

    id: Slug
    name: Text
    level: Level
    region: Text
    also: list[Slug] = Field(default_factory=list)
    status: Literal["calon", "bakal calon"] = "calon"
    sure: Literal["B", "S", "G"] = "G"
    source: Text | None = None
    calendar: dict[Step, Period] = Field(default_factory=dict)
    contestants: Annotated[list[Contestant], AfterValidator(_numbered_once)]


class Party(_Strict):
    """A party; ``number`` is the one of its last election."""

    name: Text
    number: int | None = None
    aliases: list[Text | Marked] = Field(default_factory=list)
    handles: list[Handle] = Field(default_factory=list)
    sure: Literal["B", "S", "G"] | None = None


class WatchlistFile(_Strict):
    """A whole file."""

    source: Text | None = None
    elections: list[Election] = Field(default_factory=list)
    parties: list[Party] = Field(default_factory=list)


def check(file_name: str, content: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the file holds
    """``content`` unchanged if it is a sound watchlist (``None``: an empty file, gives ``{}``).

    Raises ``WatchlistError`` with every fault, one a line.
    """
    if content is None:
        return {}
    try:
        WatchlistFile.model_validate(content)
    except ValidationError as error:
        faults = [_fault(file_name, content, e["loc"], e["type"], e["msg"]) for e in error.errors(include_input=False)]
        raise WatchlistError("\n".join(dict.fromkeys(faults))) from None
    return dict(content)


def _fault(file_name: str, content: Any, loc: tuple[int | str, ...], kind: str, message: str) -> str:  # noqa: ANN401
    """``kota.yaml: elections[2] (pilkada-kota-palu-2024) › contestants[0] › people: wajib diisi``."""
    steps: list[str] = []
    for step in loc:
        content = _inside(content, step)
        if isinstance(step, int) and steps:
            steps[-1] += f"[{step}]" + (f" ({content['id']})" if _has_id(content) else "")
        elif _is_key(step):
            steps.append(str(step))
    reason = message.removeprefix("Value error, ") if kind == "value_error" else _REASONS.get(kind, "isinya tidak sah")
    return f"{file_name}: {' › '.join(steps) or 'berkas'}: {reason}"


def _is_key(step: int | str) -> bool:
    """Whether a step is a key of the file, not the name of an alternative type (``Marked``, ``constrained-str``)."""
    return isinstance(step, str) and re.fullmatch(r"[a-z_]{1,30}", step) is not None and step not in ("str", "date")


def _has_id(content: Any) -> bool:  # noqa: ANN401
    return isinstance(content, dict) and isinstance(content.get("id"), str)


def _inside(content: Any, step: int | str) -> Any:  # noqa: ANN401
    """What lies under one step of an error's place; the content itself where the step names a type."""
    if isinstance(content, dict) and step in content:
        return content[step]
    if isinstance(content, list) and isinstance(step, int) and step < len(content):
        return content[step]
    return content
