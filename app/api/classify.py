"""POST /classify and /classify/batch: verdicts, each with its evidence and the model behind it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Body, Header, Request, Response
from pydantic import ValidationError

from app.api.body import JsonRoute
from app.api.examples import BATCH_ANSWER, BATCH_REQUESTS, CLASSIFY_ANSWER, CLASSIFY_REQUESTS, answered
from app.api.runtime import Runtime, runtime_of
from app.api.schemas import MAX_ID_CHARS, NOTICES, BatchAnswer, BatchRequest, ClassifyAnswer, ClassifyRequest
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
    faults_of,
    language_of,
)
from app.scoring.types import ModelInfo, Scorer, Verdict

#: Texts up to this length are scored on the event loop (under a millisecond), longer ones in a worker.
INLINE_CHARS = 2_000
NEEDS_TARGET = Verdict(flagged=False, score=None, band="undecided", kind=None, reasons=("needs_target",))

AcceptLanguage = Annotated[str | None, Header(description="`en` for an English notice; Indonesian otherwise.")]
_INPUT_PROBLEMS = (MalformedJson, BodyTooLarge, UnsupportedMediaType, InvalidRequest)
_SERVICE_PROBLEMS = (InternalError, ModelUnavailable, Busy)

router = APIRouter(route_class=JsonRoute, tags=["classify"])


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
    runtime = runtime_of(request)
    check_lengths(act, runtime.settings.max_text_chars)
    scorer = runtime.need_scorer()
    work = partial(_verdicts, scorer, [act], explain=True)
    [verdict] = work() if act.chars <= INLINE_CHARS else await runtime.workers.run(work)
    return _json({**_verdict(act.id, verdict), **_colophon(scorer.info, language_of(accept_language))})


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
    scorer = runtime.need_scorer()
    work = partial(_answer_batch, runtime, scorer, batch, language_of(accept_language))
    return await runtime.workers.run(work)


def check_lengths(act: ClassifyRequest, limit: int) -> None:
    """Raises ``TextTooLong`` when one of the texts has more than ``limit`` code points."""
    for field in ("text", "target_text"):
        if len(getattr(act, field) or "") > limit:
            raise TextTooLong(field=field, reason="too_long", limit=limit)


def _answer_batch(runtime: Runtime, scorer: Scorer, batch: BatchRequest, language: Language) -> Response:
    acts = [_read(raw, runtime.settings.max_text_chars) for raw in batch.items]
    good = [act for act in acts if isinstance(act, ClassifyRequest)]
    verdicts = iter(_verdicts(scorer, good, explain=batch.explain))
    results: list[dict[str, object]] = []
    for index, (raw, act) in enumerate(zip(batch.items, acts, strict=True)):
        if isinstance(act, Problem):
            results.append({"index": index, "id": _id_of(raw), "error": act.body(language)})
        else:
            results.append({"index": index, **_verdict(act.id, next(verdicts))})
    return _json({"results": results, **_colophon(scorer.info, language)})


def _read(raw: object, max_chars: int) -> ClassifyRequest | Problem:
    try:
        act = ClassifyRequest.model_validate(raw)
        check_lengths(act, max_chars)
    except ValidationError as error:
        return InvalidRequest(faults_of(error.errors(include_url=False, include_context=False, include_input=False)))
    except TextTooLong as problem:
        return problem
    return act


def _id_of(raw: object) -> str | None:
    given = raw.get("id") if isinstance(raw, dict) else None
    return given if isinstance(given, str) and len(given) <= MAX_ID_CHARS else None


def _verdicts(scorer: Scorer, acts: Sequence[ClassifyRequest], *, explain: bool) -> list[Verdict]:
    """One verdict per act; acts without any text are undecided, whatever the scorer would make of nothing."""
    items = [act.to_item() for act in acts if not act.is_bare]
    scored = scorer.score(items, explain=explain) if items else []
    if len(scored) != len(items):
        raise RuntimeError("the scorer lost count of its items")
    verdicts = iter(scored)
    return [NEEDS_TARGET if act.is_bare else next(verdicts) for act in acts]


def _verdict(item_id: str | None, verdict: Verdict) -> dict[str, object]:
    return {
        "id": item_id,
        "flagged": verdict.flagged,
        "score": verdict.score,
        "band": verdict.band,
        "kind": verdict.kind,
        "evidence": [
            {"field": e.field, "start": e.start, "end": e.end, "surface": e.surface, "weight": e.weight}
            for e in verdict.evidence
        ],
        "rest": verdict.rest,
        "reasons": list(verdict.reasons),
    }


def _colophon(info: ModelInfo, language: Language) -> dict[str, object]:
    return {"model": model_out(info), "notice": NOTICES[language]}


def model_out(info: ModelInfo) -> dict[str, object]:
    """What answers say of the model."""
    return {
        "name": info.name,
        "version": info.version,
        "threshold": info.threshold,
        "review_threshold": info.review_threshold,
    }


def _json(content: dict[str, object]) -> Response:
    """Plain and always encodable: a lone surrogate becomes ``?``, NaN is an error and never an answer."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Response(text.encode("utf-8", "replace"), media_type="application/json")
