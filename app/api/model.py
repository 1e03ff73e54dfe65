"""GET /model/card: what the model in use was made of, how good it is and what it must not be used for."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response

from app.api.cardpage import POLICY, page, pictures_of
from app.api.runtime import runtime_of
from app.problems import Busy, InternalError, ModelUnavailable, NotFound, documented
from app.scoring.types import ModelInfo

MARKDOWN, HTML = "text/markdown", "text/html"
CARD = "CARD.md"
_TEXT = {"schema": {"type": "string"}}
_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"description": "The card.", "content": {MARKDOWN: _TEXT, HTML: _TEXT}}
}

router = APIRouter(prefix="/model", tags=["model"])


@router.get(
    "/card",
    name="model_card",
    summary="The card of the model in use",
    response_class=Response,
    responses=_ANSWER | documented(NotFound, InternalError, ModelUnavailable, Busy),
)
async def model_card(
    request: Request,
    accept: Annotated[str | None, Header(description="`text/html` for a page; Markdown otherwise.")] = None,
) -> Response:
    """Generated with the model: data, figures with intervals, behaviour suite, what was tried, what it is not for."""
    runtime = runtime_of(request)
    info = runtime.need_scorer().info
    content, media_type = await runtime.workers.run(partial(card_of, runtime.folder, info, prefers_html(accept)))
    headers = {"Vary": "Accept"} | ({"Content-Security-Policy": POLICY} if media_type == HTML else {})
    return Response(content, media_type=f"{media_type}; charset=utf-8", headers=headers)


def card_of(folder: Path | None, info: ModelInfo, as_page: bool) -> tuple[str, str]:
    """The card, and its media type. Raises ``NotFound`` unless ``folder`` is the bundle of the model in use."""
    card, pictures = read_card(folder, info)
    return (page(card, pictures), HTML) if as_page else (card, MARKDOWN)


def read_card(folder: Path | None, info: ModelInfo) -> tuple[str, dict[str, bytes]]:
    """The card and its pictures by name. Raises ``NotFound`` unless ``folder`` is the bundle of the model in use."""
    if folder is None or not _is_of(folder, info):
        raise NotFound(reason="no_card")
    try:
        card = (folder / CARD).read_text(encoding="utf-8")
        return card, {name: (folder / name).read_bytes() for name in pictures_of(card) if (folder / name).is_file()}
    except (OSError, UnicodeDecodeError) as error:
        raise NotFound(reason="no_card") from error


def _is_of(folder: Path, info: ModelInfo) -> bool:
    """Another bundle may lie there since the model was loaded."""
    from app.scoring.bundle import read_manifest
    from app.scoring.errors import ModelError

    try:
        manifest: dict[str, Any] = read_manifest(folder)
    except ModelError:
        return False
    return (manifest.get("name"), manifest.get("version")) == (info.name, info.version)


def prefers_html(accept: str | None) -> bool:
    """Whether ``Accept`` weighs HTML above Markdown; what names neither gets Markdown."""
    weights = dict(_weighed(part) for part in (accept or "").split(","))
    anything = max(weights.get("text/*", 0.0), weights.get("*/*", 0.0))
    return weights.get(HTML, anything) > weights.get(MARKDOWN, anything)


def _weighed(part: str) -> tuple[str, float]:
    kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
    given = next((p[2:] for p in parameters if p.startswith("q=")), "1")
    try:
        return kind, min(1.0, max(0.0, float(given)))
    except ValueError:
        return kind, 0.0
