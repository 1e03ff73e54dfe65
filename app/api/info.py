"""GET /info: what this service is, what it runs, and what it accepts."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from app import __version__
from app.api.classify import model_out
from app.api.runtime import runtime_of
from app.api.schemas import InfoOut, LimitsOut
from app.problems import LANGUAGES
from app.scoring.types import ACTIONS

router = APIRouter(tags=["info"])


@router.get("/info", summary="What this service is and accepts", response_model=InfoOut)
async def info(request: Request) -> dict[str, Any]:
    """Name, version, model, watchlists, limits and languages; answers without a model too."""
    runtime = runtime_of(request)
    return {
        "name": "netra",
        "version": __version__,
        "model": model_out(runtime.scorer.info) if runtime.scorer else None,
        "watchlist": {"version": runtime.watchlists.version} if runtime.watchlists else None,
        "limits": {name: getattr(runtime.settings, name) for name in LimitsOut.model_fields},
        "languages": list(LANGUAGES),
        "actions": list(ACTIONS),
    }
