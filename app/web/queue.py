"""What waits for people: the list with its filters, and taking the next item."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.access.service import store_of
from app.api.items import desk_at, reviewer_at
from app.policy.types import KINDS
from app.review.desk import Desk
from app.review.leases import claim, leases_on
from app.review.listing import count_items, list_items
from app.review.schemas import ItemsQuery
from app.review.stats import backlog, by
from app.review.tables import ReviewItem
from app.review.views import summary_of
from app.review.words import ORDERS, STATES
from app.scoring.types import ACTIONS
from app.web.forms import form_of
from app.web.render import page
from app.web.searching import (
    NOTHING,
    TRAIL,
    done_in,
    filters_in,
    followed,
    item_place,
    listed,
    queue_place,
    trail,
    wanted,
)

#: Bands that anything in the queue can have.
_BANDS: Final = ("flag", "review")
#: Elections and platforms to choose from, the most frequent ones.
_MOST_CHOICES: Final = 200


async def queue_page(request: Request) -> Response:
    """A page of items under the filters of the address. Raises ``InvalidRequest``."""
    query = listed(request.query_params)
    work = partial(_read, desk=desk_at(request), viewer=reviewer_at(request), query=query)
    shown = await store_of(request).read_in_thread(work)
    given = filters_in(request.query_params)
    values: dict[str, Any] = {
        "query": query,
        "given": given,
        "trail": trail(given),
        "done": done_in(request.query_params),
        "nothing": NOTHING in request.query_params,
    }
    return page(request, "queue.html", **shown, **values)


async def take_next(request: Request) -> Response:
    """Take the next item under the filters of the form; at the queue again when nothing waits."""
    fields = followed(form_of(request).get(TRAIL, ""))
    desk, reviewer, query = desk_at(request), reviewer_at(request), wanted(fields)
    work = partial(claim, desk=desk, reviewer=reviewer, filters=query.filters(), order=query.order)
    return RedirectResponse(place_after(await store_of(request).write_in_thread(work), fields), 303)


def place_after(found: ReviewItem | None, fields: dict[str, str], done: str | None = None) -> str:
    """Where a reader goes on: at the item that was taken for them, or at the queue when nothing waits."""
    return queue_place(fields, done, nothing=True) if found is None else item_place(found.id, fields, done)


def _read(tx: Session, desk: Desk, viewer: str, query: ItemsQuery) -> dict[str, Any]:
    found = list_items(tx, query.filters(), query.order, query.cursor, query.limit)
    leases = leases_on(tx, desk, [item.id for item in found.items])
    return {
        "items": [summary_of(desk, item, leases.get(item.id), viewer) for item in found.items],
        "cursor": found.cursor,
        "total": count_items(tx, query.filters()),
        "backlog": backlog(tx),
        "choices": {"band": _BANDS, "kind": KINDS, "action": ACTIONS, "state": STATES, "order": ORDERS},
        "elections": [name for name in by(tx, "election") if name][:_MOST_CHOICES],
        "platforms": [name for name in by(tx, "platform") if name][:_MOST_CHOICES],
    }
