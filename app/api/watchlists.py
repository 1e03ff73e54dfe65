"""GET /watchlists and /watchlists/{id}: who stands where, as the service reads it at this moment."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from app.api.examples import WATCHLIST_ANSWER, WATCHLISTS_ANSWER, answered
from app.api.runtime import runtime_of
from app.faults import faults_of
from app.problems import InvalidRequest, NotFound, WatchlistsUnavailable, documented
from app.watchlists.report import detail_of, party_of, summary_of
from app.watchlists.schema import Level, Step

PAGE, LARGEST_PAGE, MAX_OFFSET = 50, 200, 1_000_000
_MAX_DIGITS = 7

router = APIRouter(prefix="/watchlists", tags=["watchlists"])


class AliasOut(BaseModel):
    """A way to write somebody. An ambiguous one counts only beside a sure one of the same contestant."""

    text: str
    ambiguous: bool


class PersonOut(BaseModel):
    """One person of a pair."""

    name: str
    ambiguous: bool = Field(description="Whether the name alone may be anybody's.")
    aliases: list[AliasOut]
    handles: list[str]


class ContestantOut(BaseModel):
    """A pair, or a single person."""

    number: int | None
    incumbent: bool
    people: list[PersonOut]
    aliases: list[AliasOut]
    slogans: list[AliasOut]
    hashtags: list[AliasOut]


class PartyOut(BaseModel):
    """A party and its ballot number."""

    name: str
    number: int | None
    aliases: list[AliasOut]
    handles: list[str]


class ElectionOut(BaseModel):
    """One race."""

    id: str
    name: str
    level: Level
    region: str
    status: Literal["calon", "bakal calon"]
    sure: Literal["B", "S", "G"] = Field(description="B: two sources, S: one, G: general knowledge.")
    voting_day: date | None
    contestants: int = Field(description="How many.")


class WatchlistsAnswer(BaseModel):
    """A page of elections. The parties belong to all of them and do not depend on the filters."""

    version: str = Field(description="Short hash of the files; another one means that the lists changed.")
    total: int = Field(description="Elections that pass the filters.")
    offset: int
    limit: int
    elections: list[ElectionOut]
    parties: list[PartyOut]


class WatchlistAnswer(BaseModel):
    """Everything that is listed of one race."""

    version: str
    id: str
    also: list[str] = Field(description="Former ids, which work too.")
    name: str
    level: Level
    region: str
    status: Literal["calon", "bakal calon"]
    sure: Literal["B", "S", "G"]
    source: str | None
    calendar: dict[Step, date | list[date]] = Field(description="A day, or first and last day.")
    contestants: list[ContestantOut]


def _whole(value: object) -> object:
    """Plain digits as a number; Python's ``int`` would take ``1_000`` and digits of other scripts too."""
    if isinstance(value, str):
        if not (value.isascii() and value.isdigit() and len(value) <= _MAX_DIGITS):
            raise PydanticCustomError("not_whole_number", "not a whole number")
        return int(value)
    return value


Count = Annotated[int, BeforeValidator(_whole)]
# Bounds stand before the validator, or the contract would not show them.
_Limit = Annotated[int, Field(ge=1, le=LARGEST_PAGE), BeforeValidator(_whole)]
_Offset = Annotated[int, Field(ge=0, le=MAX_OFFSET), BeforeValidator(_whole)]
_PARAMETERS = ("level", "region", "limit", "offset")


def only_known_parameters(request: Request) -> None:
    """Raises ``InvalidRequest`` for parameters that do not exist or come twice."""
    times = Counter(name for name, _ in request.query_params.multi_items())
    faults = [{"type": "repeated", "loc": ("query", name)} for name in _PARAMETERS if times[name] > 1]
    faults += [{"type": "extra_forbidden", "loc": ("query", name)} for name in times.keys() - set(_PARAMETERS)]
    if faults:
        raise InvalidRequest(faults_of(faults))


@router.get(
    "",
    name="list_watchlists",
    summary="Elections and parties that texts are matched against",
    response_model=WatchlistsAnswer,
    responses=answered(WATCHLISTS_ANSWER) | documented(InvalidRequest, WatchlistsUnavailable),
    dependencies=[Depends(only_known_parameters)],
)
async def list_watchlists(
    request: Request,
    level: Annotated[Level | None, Query(description="Only races of this level.")] = None,
    region: Annotated[str | None, Query(max_length=128, description="Only races of exactly this region.")] = None,
    limit: Annotated[_Limit, Query(description="Most elections of a page.")] = PAGE,
    offset: Annotated[_Offset, Query(description="Elections to skip.")] = 0,
) -> dict[str, Any]:
    """In the order of the lists: a page is stable as long as `version` is the same."""
    lists = runtime_of(request).need_watchlists()
    races = lists.elections if region is None else lists.in_region(region)
    wanted = [race for race in races if level in (None, race["level"])]
    return {
        "version": lists.version,
        "total": len(wanted),
        "offset": offset,
        "limit": limit,
        "elections": [summary_of(race) for race in wanted[offset : offset + limit]],
        "parties": [party_of(party) for party in lists.parties],
    }


@router.get(
    "/{id}",
    name="show_watchlist",
    summary="One election with everything listed of it",
    response_model=WatchlistAnswer,
    responses=answered(WATCHLIST_ANSWER) | documented(NotFound, WatchlistsUnavailable),
)
async def show_watchlist(
    request: Request, election: Annotated[str, Path(alias="id", description="Id or former id.")]
) -> dict[str, Any]:
    """Names, aliases, slogans, hashtags and handles of all contestants, and the calendar."""
    lists = runtime_of(request).need_watchlists()
    race = lists.find(election)
    if race is None:
        raise NotFound(reason="unknown_election")
    return {"version": lists.version, **detail_of(race)}
