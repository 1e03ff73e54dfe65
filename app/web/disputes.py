"""Where readers differ: what each of them said, and how far they agree over all."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.access.service import store_of
from app.api.items import desk_at, reviewer_at
from app.review.agreement import agreement
from app.review.desk import Desk
from app.review.filters import Filters
from app.review.leases import leases_on
from app.review.listing import list_items
from app.review.views import detail_of
from app.web.render import page

_MOST: Final = 50


async def disputes_page(request: Request) -> Response:
    """Items that wait for a third reader, the most uncertain first; whoever must judge alone is not told."""
    work = partial(_read, desk=desk_at(request), viewer=reviewer_at(request))
    return page(request, "disputes.html", **await store_of(request).read_in_thread(work))


def _read(tx: Session, desk: Desk, viewer: str) -> dict[str, Any]:
    found = list_items(tx, Filters(state="disagreement"), "uncertainty", limit=_MOST)
    leases = leases_on(tx, desk, [item.id for item in found.items])
    items = [detail_of(desk, item, leases.get(item.id), viewer) for item in found.items]
    return {"items": items, "more": found.cursor is not None, "agreement": agreement(tx), "me": desk.reviewer(viewer)}
