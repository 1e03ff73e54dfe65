"""One item: what was written and which words counted, what the machine says, and what people decide."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final, TypeVar

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.access.service import store_of
from app.api.items import desk_at, reviewer_at
from app.api.runtime import runtime_of
from app.policy.types import KINDS, SUPPORT_KINDS
from app.problems import InvalidRequest
from app.review.decisions import (
    MOST_REASON,
    Judgement,
    ask_second,
    decide,
    decide_and_claim,
    known_id,
    needs_reason,
    steps_for,
    take,
    undo,
)
from app.review.desk import Desk
from app.review.leases import lease_of, release
from app.review.listing import get_item
from app.review.problems import invalid
from app.review.tables import ReviewItem
from app.review.views import detail_of
from app.review.words import LABELS
from app.web.forms import Form, form_of
from app.web.queue import place_after
from app.web.render import page
from app.web.searching import TRAIL, done_in, filters_in, followed, item_place, queue_place, trail, wanted

#: Letters of the keyboard for each label, first letters but for the last: ``l`` as in *lewati*.
LABEL_KEYS: Final = {"dukungan": "d", "bukan": "b", "ragu": "r", "lewati": "l"}
_STAY: Final = "tetap"

T = TypeVar("T")
Step = Callable[[Session, Desk, str, str], ReviewItem]


async def item_page(request: Request) -> Response:
    """An item as its reader may see it. Raises ``NotFound``."""
    given = filters_in(request.query_params)
    return await _shown(request, given, {}, None, done=done_in(request.query_params))


async def decide_item(request: Request) -> Response:
    """Keep a decision and go on to the next item; a decision that does not fit is shown again with its fault.

    Raises what ``app.review.decisions.decide`` does, and ``InvalidRequest`` for filters that are none.
    """
    form, item_id = form_of(request), _id(request)
    fields = followed(form.get(TRAIL, ""))
    query = wanted(fields)  # filters that are none are refused before anything is kept
    try:
        judgement = _judgement(form)
        if form.get("lanjut") == _STAY:
            await _do(request, partial(decide, judgement=judgement))
            return RedirectResponse(item_place(item_id, fields), 303)
        onwards = partial(decide_and_claim, judgement=judgement, filters=query.filters(), order=query.order)
        found = await _do(request, onwards)
    except InvalidRequest as fault:
        return await _shown(request, fields, form, fault)
    return RedirectResponse(place_after(found, fields, item_id), 303)


async def take_item(request: Request) -> Response:
    """Hold this very item."""
    return await _step(request, take)


async def undo_decision(request: Request) -> Response:
    """Take back one's last decision on the item."""
    return await _step(request, undo)


async def ask_second_reader(request: Request) -> Response:
    """Have somebody else read the item too."""
    return await _step(request, ask_second)


async def let_go(request: Request) -> Response:
    """Leave this item to others and go to the queue; what was taken in another window stays. Raises ``NotFound``."""
    given_up = partial(release, reviewer=reviewer_at(request), item_id=known_id(_id(request)))
    await store_of(request).write_in_thread(given_up)
    return RedirectResponse(queue_place(followed(form_of(request).get(TRAIL, ""))), 303)


async def _step(request: Request, step: Step) -> Response:
    await _do(request, step)
    return RedirectResponse(item_place(_id(request), followed(form_of(request).get(TRAIL, ""))), 303)


async def _do(request: Request, step: Callable[[Session, Desk, str, str], T]) -> T:
    """What one step on the item gives, in one transaction."""
    desk, reviewer, item_id = desk_at(request), reviewer_at(request), _id(request)
    return await store_of(request).write_in_thread(lambda tx: step(tx, desk, reviewer, item_id))


def _judgement(form: Form) -> Judgement:
    label = next((label for label in LABELS if label == form.get("label")), None)
    if label is None:
        raise invalid("label", "required")
    return Judgement(label, form.get("reason") or None, form.get("kind") or None)


async def _shown(
    request: Request, given: dict[str, str], form: Form, fault: InvalidRequest | None, done: str | None = None
) -> Response:
    """The item's page, after a decision that does not fit with what was filled in."""
    desk, viewer = desk_at(request), reviewer_at(request)
    shown = await store_of(request).read_in_thread(partial(_read, desk=desk, viewer=viewer, item_id=_id(request)))
    rules = runtime_of(request).rules
    values: dict[str, Any] = {
        "sources": rules.sources if rules else {},
        "labels": {label: (LABEL_KEYS[label], needs_reason(label, shown["item"]["band"])) for label in LABELS},
        "support_kinds": SUPPORT_KINDS,
        "other_kinds": tuple(kind for kind in KINDS if kind not in SUPPORT_KINDS),
        "most_reason": MOST_REASON,
        "trail": trail(given),
        "form": form,
        "fault": fault.members if fault else None,
        "done": done,
    }
    return page(request, "item.html", status=fault.status if fault else 200, **shown, **values)


def _read(tx: Session, desk: Desk, viewer: str, item_id: str) -> dict[str, Any]:
    item = get_item(tx, item_id)
    lease = lease_of(tx, desk, item_id)
    shown = detail_of(desk, item, lease, viewer)
    return {"item": shown, "steps": steps_for(item, lease, viewer), "me": desk.reviewer(viewer)}


def _id(request: Request) -> str:
    return str(request.path_params["id"])
