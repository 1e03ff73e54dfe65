"""The queue of acts that people look at: list, take, decide, take back, and the file that a case leaves with."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Path, Query, Request
from sqlalchemy.orm import Session

from app.access.gate import caller_of
from app.access.service import secrets_of, store_of
from app.api.body import JsonRoute
from app.api.examples import answered
from app.api.runtime import runtime_of
from app.policy.wording import INDICATION
from app.problems import (
    BodyTooLarge,
    Busy,
    InternalError,
    InvalidRequest,
    MalformedJson,
    ModelUnavailable,
    NotFound,
    UnsupportedMediaType,
    WatchlistsUnavailable,
    documented,
    language_of,
)
from app.review.casefile import complete, handed_out, material
from app.review.decisions import Judgement, ask_second, decide, undo
from app.review.desk import Desk, desk_of
from app.review.examples import (
    CASE_ANSWER,
    DECISIONS,
    ITEM_ANSWER,
    ITEMS_ANSWER,
    NEXT_ANSWER,
    NEXT_REQUESTS,
    NOTHING,
)
from app.review.intake import Intake
from app.review.leases import claim, lease_of, leases_on
from app.review.listing import get_item, list_items
from app.review.problems import AlreadyDecided, ItemErased, ItemLeased, NothingToUndo, QueueOff
from app.review.schemas import (
    CaseOut,
    DecisionRequest,
    ItemAnswer,
    ItemsAnswer,
    ItemsQuery,
    NextAnswer,
    NextRequest,
    Nothing,
)
from app.review.tables import ReviewItem
from app.review.views import detail_of, summary_of

AcceptLanguage = Annotated[str | None, Header(description="`en` for an English notice; Indonesian otherwise.")]
ItemId = Annotated[str, Path(alias="id", max_length=64, description="As `GET /items` and `queued` give it.")]
_BODY = (MalformedJson, BodyTooLarge, UnsupportedMediaType)

reading = APIRouter(prefix="/items", tags=["review"])
writing = APIRouter(prefix="/items", tags=["review"], route_class=JsonRoute)


def desk_at(request: Request) -> Desk:
    """The desk of the app that serves ``request``."""
    return desk_of(runtime_of(request).settings, secrets_of(request))


def reviewer_at(request: Request) -> str:
    """Who reviews: the id of the caller's key."""
    return caller_of(request).key_id


def intake_at(request: Request, *, needed: bool) -> Intake | None:
    """Where the caller's acts are queued, if that is ``needed``. Raises ``QueueOff`` where nothing is."""
    if not needed:
        return None
    desk = desk_at(request)
    if not desk.keeps_texts:
        raise QueueOff
    return Intake(store_of(request), desk, reviewer_at(request))


@reading.get(
    "",
    name="list_items",
    summary="Items that people look at",
    response_model=ItemsAnswer,
    responses=answered(ITEMS_ANSWER) | documented(InvalidRequest, InternalError),
)
async def list_all(
    request: Request, query: Annotated[ItemsQuery, Query()], accept_language: AcceptLanguage = None
) -> dict[str, Any]:
    """By keyset: nothing is shown twice or left out while the queue changes."""
    desk, viewer = desk_at(request), reviewer_at(request)

    def page(tx: Session) -> dict[str, Any]:
        found = list_items(tx, query.filters(), query.order, query.cursor, query.limit)
        leases = leases_on(tx, desk, [item.id for item in found.items])
        lines = [summary_of(desk, item, leases.get(item.id), viewer) for item in found.items]
        return {"items": lines, "cursor": found.cursor}

    return {**await store_of(request).read_in_thread(page), **_notice(accept_language)}


@writing.post(
    "/next",
    name="next_item",
    summary="Take the next item",
    response_model=NextAnswer,
    responses=answered(NEXT_ANSWER) | documented(*_BODY, InvalidRequest, InternalError),
)
async def take_next(
    request: Request,
    wanted: Annotated[NextRequest, Body(openapi_examples=NEXT_REQUESTS)],
    accept_language: AcceptLanguage = None,
) -> dict[str, Any]:
    """Nobody else gets it until the caller decides or `held_until` is over. Asking again gives the same item."""
    desk, reviewer = desk_at(request), reviewer_at(request)

    def take(tx: Session) -> dict[str, Any] | None:
        item = claim(tx, desk, reviewer, wanted.filters(), wanted.order)
        return None if item is None else _detail(tx, desk, item, reviewer)

    return {"item": await store_of(request).write_in_thread(take), **_notice(accept_language)}


@reading.get(
    "/{id}",
    name="show_item",
    summary="One item",
    response_model=ItemAnswer,
    responses=answered(ITEM_ANSWER) | documented(NotFound, InvalidRequest, InternalError),
)
async def show(request: Request, item_id: ItemId, accept_language: AcceptLanguage = None) -> dict[str, Any]:
    """An erased item is shown without its act."""
    desk, viewer = desk_at(request), reviewer_at(request)
    work = partial(_shown, desk=desk, viewer=viewer, item_id=item_id)
    return {"item": await store_of(request).read_in_thread(work), **_notice(accept_language)}


@writing.post(
    "/{id}/decisions",
    name="decide_item",
    summary="Decide on an item",
    response_model=ItemAnswer,
    responses=answered(ITEM_ANSWER)
    | documented(*_BODY, NotFound, ItemLeased, AlreadyDecided, ItemErased, InvalidRequest, InternalError),
)
async def decide_item(
    request: Request,
    item_id: ItemId,
    decision: Annotated[DecisionRequest, Body(openapi_examples=DECISIONS)],
    accept_language: AcceptLanguage = None,
) -> dict[str, Any]:
    """Ends the caller's lease. Nobody decides twice, nor what somebody else holds."""
    judgement = Judgement(decision.label, decision.reason, decision.kind)
    return await _step(request, item_id, partial(decide, judgement=judgement), accept_language)


@writing.post(
    "/{id}/undo",
    name="undo_decision",
    summary="Take back one's last decision on an item",
    response_model=ItemAnswer,
    responses=answered(ITEM_ANSWER)
    | documented(*_BODY, NotFound, NothingToUndo, ItemErased, InvalidRequest, InternalError),
)
async def undo_decision(
    request: Request,
    item_id: ItemId,
    nothing: Annotated[Nothing, Body(openapi_examples=NOTHING)],
    accept_language: AcceptLanguage = None,
) -> dict[str, Any]:
    """The item is then the caller's again, if nobody else has it. The decision stays on record as undone."""
    return await _step(request, item_id, undo, accept_language)


@writing.post(
    "/{id}/second",
    name="ask_second_reader",
    summary="Have a second person read an item",
    response_model=ItemAnswer,
    responses=answered(ITEM_ANSWER) | documented(*_BODY, NotFound, ItemErased, InvalidRequest, InternalError),
)
async def ask_second_reader(
    request: Request,
    item_id: ItemId,
    nothing: Annotated[Nothing, Body(openapi_examples=NOTHING)],
    accept_language: AcceptLanguage = None,
) -> dict[str, Any]:
    """Asking again changes nothing."""
    return await _step(request, item_id, ask_second, accept_language)


@reading.get(
    "/{id}/evidence",
    name="item_evidence",
    summary="The case file of an item",
    response_model=CaseOut,
    responses=answered(CASE_ANSWER)
    | documented(NotFound, ItemErased, InvalidRequest, InternalError, ModelUnavailable, WatchlistsUnavailable, Busy),
)
async def evidence(request: Request, item_id: ItemId) -> dict[str, Any]:
    """Everything about one item in one bundle; who took it along is logged. `netra replay` works it out again."""
    return await case_at(request, item_id)


async def case_at(request: Request, item_id: str) -> dict[str, Any]:
    """The case file of an item, handed out to the caller and logged. Raises what ``evidence`` documents."""
    runtime, desk, store, viewer = runtime_of(request), desk_at(request), store_of(request), reviewer_at(request)
    lists, rules = runtime.need_watchlists(), runtime.need_rules()
    found = await store.read_in_thread(partial(material, desk=desk, item_id=item_id, viewer=viewer))
    case = await runtime.workers.run(partial(complete, found, runtime.settings.models_dir, lists, rules))
    await store.write_in_thread(partial(handed_out, desk=desk, actor=viewer, case=case))
    return case


Step = Callable[[Session, Desk, str, str], ReviewItem]


async def _step(request: Request, item_id: str, step: Step, accept_language: str | None) -> dict[str, Any]:
    """Do one thing to an item in one transaction and show what became of it."""
    desk, reviewer = desk_at(request), reviewer_at(request)

    def work(tx: Session) -> dict[str, Any]:
        return _detail(tx, desk, step(tx, desk, reviewer, item_id), reviewer)

    return {"item": await store_of(request).write_in_thread(work), **_notice(accept_language)}


def _shown(tx: Session, desk: Desk, viewer: str, item_id: str) -> dict[str, Any]:
    return _detail(tx, desk, get_item(tx, item_id), viewer)


def _detail(tx: Session, desk: Desk, item: ReviewItem, viewer: str) -> dict[str, Any]:
    return detail_of(desk, item, lease_of(tx, desk, item.id), viewer)


def _notice(accept_language: str | None) -> dict[str, Any]:
    return {"notice": INDICATION.to(language_of(accept_language))}
