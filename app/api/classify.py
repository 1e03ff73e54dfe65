"""POST /classify and /classify/batch: verdicts, each with its evidence and the model behind it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Body, Header, Request, Response
from pydantic import ValidationError

from app.access.gate import CountedItems
from app.advice import advise
from app.api.body import ActRoute
from app.api.examples import BATCH_ANSWER, BATCH_REQUESTS, CLASSIFY_ANSWER, CLASSIFY_REQUESTS, answered
from app.api.items import intake_at
from app.api.lanes import run_in_lane
from app.api.output import json_answer, policy_out, verdict_out
from app.api.runtime import Runtime, runtime_of
from app.api.schemas import MAX_ID_CHARS, TEXTS, BatchAnswer, BatchRequest, ClassifyAnswer, ClassifyRequest
from app.faults import faults_in
from app.memory import undisturbed
from app.observe.watch import Notes, notes_of
from app.policy.wording import INDICATION
from app.problems import (
    BodyTooLarge,
    Busy,
    InternalError,
    InvalidRequest,
    Language,
    MalformedJson,
    ModelUnavailable,
    Problem,
    TextTooLong,
    TooManyItems,
    UnsupportedMediaType,
    documented,
    language_of,
)
from app.review.intake import Intake
from app.review.problems import QueueOff
from app.review.queue import Source
from app.scoring.types import Item, ModelInfo, Scorer, Verdict

NEEDS_TARGET = Verdict(flagged=False, score=None, band="undecided", kind=None, reasons=("needs_target",))

AcceptLanguage = Annotated[str | None, Header(description="`en` for an English notice; Indonesian otherwise.")]
_INPUT_PROBLEMS = (MalformedJson, BodyTooLarge, UnsupportedMediaType, InvalidRequest)
_SERVICE_PROBLEMS = (QueueOff, InternalError, ModelUnavailable, Busy)

router = APIRouter(route_class=ActRoute, tags=["classify"], generate_unique_id_function=lambda route: route.name)


@router.post(
    "/classify",
    summary="Score one act",
    response_model=ClassifyAnswer,
    responses=answered(CLASSIFY_ANSWER) | documented(*_INPUT_PROBLEMS, TextTooLong, *_SERVICE_PROBLEMS),
)
async def classify(
    request: Request,
    act: Annotated[ClassifyRequest, Body(openapi_examples=CLASSIFY_REQUESTS)],
    accept_language: AcceptLanguage = None,
) -> Response:
    """Says how likely the act is campaign support, why, and by which model. An officer decides."""
    return json_answer(await answer_to(request, act, language_of(accept_language)))


async def answer_to(request: Request, act: ClassifyRequest, language: Language) -> dict[str, object]:
    """The answer for one act, counted on the caller's day and queued if they want. Raises as ``classify`` says."""
    runtime = runtime_of(request)
    check_lengths(act, runtime.settings.max_text_chars)
    runtime.need_scorer()
    intake = intake_at(request, needed=bool(act.queue))
    work = partial(_answers, runtime, [act], language, notes_of(request), intake, explain=True)
    async with CountedItems(request, 1):
        [answer] = await run_in_lane(runtime, act, work, writes=intake is not None)
    return {**answer, **_colophon(runtime, language)}


@router.post(
    "/classify/batch",
    summary="Score many acts",
    response_model=BatchAnswer,
    responses=answered(BATCH_ANSWER) | documented(*_INPUT_PROBLEMS, TooManyItems, *_SERVICE_PROBLEMS),
)
async def classify_batch(
    request: Request,
    batch: Annotated[BatchRequest, Body(openapi_examples=BATCH_REQUESTS)],
    accept_language: AcceptLanguage = None,
) -> Response:
    """One result per item, in order. A bad item is reported in its place and does not stop the rest."""
    runtime = runtime_of(request)
    limit = runtime.settings.max_batch_items
    if len(batch.items) > limit:
        raise TooManyItems(field="items", reason="too_many", limit=limit)
    runtime.need_scorer()
    intake = intake_at(request, needed=batch.queue or any(_is_to_be_queued(raw) for raw in batch.items))
    work = partial(_answer_batch, runtime, batch, language_of(accept_language), notes_of(request), intake)
    async with CountedItems(request, len(batch.items)):
        return await runtime.workers.run(work)


def check_lengths(act: ClassifyRequest, limit: int) -> None:
    """Raises ``TextTooLong`` when one of the texts has more than ``limit`` code points."""
    for field in TEXTS:
        if len(getattr(act, field) or "") > limit:
            raise TextTooLong(field=field, reason="too_long", limit=limit)


@undisturbed()  # a thousand posts make a million objects and no cycle
def _answer_batch(
    runtime: Runtime, batch: BatchRequest, language: Language, notes: Notes, intake: Intake | None
) -> Response:
    acts = [_read(raw, runtime.settings.max_text_chars) for raw in batch.items]
    good = [act for act in acts if isinstance(act, ClassifyRequest)]
    if batch.queue:
        good = [act if act.queue is False else act.model_copy(update={"queue": True}) for act in good]
    answers = iter(_answers(runtime, good, language, notes, intake, explain=batch.explain or intake is not None))
    results: list[dict[str, object]] = []
    for index, (raw, act) in enumerate(zip(batch.items, acts, strict=True)):
        if isinstance(act, Problem):
            results.append({"index": index, "id": _id_of(raw), "error": act.body(language)})
        else:
            results.append({"index": index, **next(answers)})
    return json_answer({"results": results, **_colophon(runtime, language)})


def _read(raw: object, max_chars: int) -> ClassifyRequest | Problem:
    try:
        act = ClassifyRequest.model_validate(raw)
        check_lengths(act, max_chars)
    except ValidationError as error:
        return InvalidRequest(faults_in(error))
    except TextTooLong as problem:
        return problem
    return act


def _is_to_be_queued(raw: object) -> bool:
    return isinstance(raw, dict) and raw.get("queue") is True


def _id_of(raw: object) -> str | None:
    given = raw.get("id") if isinstance(raw, dict) else None
    return given if isinstance(given, str) and len(given) <= MAX_ID_CHARS else None


def _answers(
    runtime: Runtime,
    acts: Sequence[ClassifyRequest],
    language: Language,
    notes: Notes,
    intake: Intake | None,
    *,
    explain: bool,
) -> list[dict[str, object]]:
    """Verdict and policy of each act, by the model, watchlists and rules of one moment; queued if that is wanted."""
    items = [act.to_item() for act in acts]
    verdicts = _verdicts(runtime.need_scorer(), acts, items, explain)
    notes.judged(runtime, items, verdicts)
    lists, rules = runtime.need_watchlists(), runtime.need_rules()
    policies = [advise(item, verdict, lists, rules) for item, verdict in zip(items, verdicts, strict=True)]
    queued: Sequence[str | None] = [None] * len(items)
    if intake is not None:
        to_queue = [act.to_act() if act.queue else None for act in acts]
        source = Source(runtime.need_scorer().info, runtime.manifest, lists)
        queued = intake.put(source, to_queue, verdicts, policies)
    return [
        {**verdict_out(item.id, verdict), "policy": policy_out(policy, language), "queued": item_id}
        for item, verdict, policy, item_id in zip(items, verdicts, policies, queued, strict=True)
    ]


def _verdicts(scorer: Scorer, acts: Sequence[ClassifyRequest], items: Sequence[Item], explain: bool) -> list[Verdict]:
    """One verdict per act; an act without any text is never scored, whatever the scorer would make of nothing."""
    asked = [item for act, item in zip(acts, items, strict=True) if not act.says_nothing]
    scored = scorer.score(asked, explain=explain, entities=True) if asked else []
    if len(scored) != len(asked):
        raise RuntimeError("the scorer lost count of its items")
    verdicts = iter(scored)
    found = [NEEDS_TARGET if act.says_nothing else next(verdicts) for act in acts]
    if any(act.is_bare and verdict.score is not None for act, verdict in zip(acts, found, strict=True)):
        raise RuntimeError("the scorer scored an act without any text")
    return found


def _colophon(runtime: Runtime, language: Language) -> dict[str, object]:
    return {
        "model": model_out(runtime.need_scorer().info),
        "watchlist": {"version": runtime.need_watchlists().version},
        "notice": INDICATION.to(language),
    }


def model_out(info: ModelInfo) -> dict[str, object]:
    """What answers say of the model."""
    return {
        "name": info.name,
        "version": info.version,
        "threshold": info.threshold,
        "review_threshold": info.review_threshold,
    }
