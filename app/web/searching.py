"""Which items a reader works through: the filters of the queue, carried from page to page in addresses and forms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl, urlencode

from pydantic import ValidationError

from app.faults import faults_in
from app.problems import InvalidRequest
from app.review.schemas import ItemsQuery, NextRequest

_Query = TypeVar("_Query", NextRequest, ItemsQuery)
#: Fields of the filters, as the API names them.
FILTERS: Final = tuple(NextRequest.model_fields)
QUEUE: Final = "/konsol/antrean"
#: Field of a form that holds the filters; of an address, the item decided last, and whether nothing was left to take.
TRAIL, DONE, NOTHING = "saring", "usai", "kosong"
_LONGEST: Final = 2000
_ID: Final = re.compile(r"[a-z0-9]{1,16}")


def filters_in(fields: Mapping[str, str]) -> dict[str, str]:
    """The filters among ``fields`` that say something, as they were sent."""
    return {name: fields[name] for name in FILTERS if fields.get(name)}


def wanted(fields: Mapping[str, str]) -> NextRequest:
    """What to give out next under the filters in ``fields``. Raises ``InvalidRequest``."""
    return _read(NextRequest, filters_in(fields))


def listed(fields: Mapping[str, str]) -> ItemsQuery:
    """What to list: what still needs a reader, unless a state is asked for. Raises ``InvalidRequest``."""
    found = filters_in(fields) if fields.get("state") else {**filters_in(fields), "waiting": "true"}
    return _read(ItemsQuery, {**found, **({"cursor": fields["cursor"]} if fields.get("cursor") else {})})


def trail(fields: Mapping[str, str]) -> str:
    """The filters in ``fields`` as part of an address; empty without any."""
    return urlencode(filters_in(fields))


def followed(sent: str) -> dict[str, str]:
    """The filters that ``trail`` wrote; anything else in it is left out."""
    return filters_in(dict(parse_qsl(sent[:_LONGEST])))


def done_in(fields: Mapping[str, str]) -> str | None:
    """The item decided last, if ``fields`` name what can be one."""
    given = fields.get(DONE, "")
    return given if _ID.fullmatch(given) else None


def item_place(item_id: str, fields: Mapping[str, str], done: str | None = None) -> str:
    """Address of an item, under filters; ``done`` is the item decided just before."""
    query = urlencode({**filters_in(fields), **({DONE: done} if done else {})})
    return f"/konsol/butir/{item_id}" + (f"?{query}" if query else "")


def queue_place(fields: Mapping[str, str], done: str | None = None, *, nothing: bool = False) -> str:
    """Address of the queue, under filters; ``nothing`` when somebody asked for an item and there was none."""
    told = {**({DONE: done} if done else {}), **({NOTHING: "ya"} if nothing else {})}
    query = urlencode({**filters_in(fields), **told})
    return QUEUE + (f"?{query}" if query else "")


def _read(kind: type[_Query], fields: Mapping[str, Any]) -> _Query:
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        raise InvalidRequest(faults_in(error)) from None
