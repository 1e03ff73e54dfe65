"""GET /health/live and /health/ready: is the process up, and can it answer."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request

from app.api.classify import model_out
from app.api.runtime import runtime_of
from app.api.schemas import LiveOut, ReadyOut
from app.problems import ModelUnavailable, documented

router = APIRouter(prefix="/health", tags=["health"])


@router.head("/live", include_in_schema=False)  # what some balancers ask; GET is in the contract
@router.get("/live", summary="Is the process up", response_model=LiveOut)
async def live() -> dict[str, Any]:
    """Does no work, so it answers even while everything else is busy."""
    return {"status": "live"}


@router.head("/ready", include_in_schema=False)
@router.get("/ready", summary="Can it answer", response_model=ReadyOut, responses=documented(ModelUnavailable))
async def ready(request: Request) -> dict[str, Any]:
    """200 with the model that answers and what to look at, or 503 with the reason why there is none."""
    runtime = runtime_of(request)
    model, refused = model_out(runtime.need_scorer().info), runtime.activations.standing
    warnings = [{"name": "activation-refused", **asdict(refused)}] if refused else []
    return {"status": "ready", "model": model, "warnings": warnings}
