"""What is read and handed on: the case file of an item, and the card of the model."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Final

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from app.api.cardpage import body, source_of
from app.api.items import case_at
from app.api.model import read_card
from app.api.runtime import runtime_of
from app.problems import NotFound
from app.review.casehtml import case_html
from app.scoring.types import ModelInfo
from app.web.forms import form_of
from app.web.render import page

_STYLE: Final = ("<style>", "</style>")


async def case_file(request: Request) -> Response:
    """The case file of an item, to print or, as ``bentuk=json``, to keep. Raises as ``GET /items/{id}/evidence``."""
    item_id = str(request.path_params["id"])
    case = await case_at(request, item_id)
    if form_of(request).get("bentuk") == "json":
        headers = {"Content-Disposition": f'attachment; filename="kasus-{case["id"]}.json"'}
        return Response(json.dumps(case, indent=1) + "\n", media_type="application/json", headers=headers)
    content = case_html(case)
    return HTMLResponse(content, headers={"Content-Security-Policy": _policy_of(content), "Content-Language": "id"})


async def card_page(request: Request) -> Response:
    """The card of the model in use, if its bundle has one. Raises ``ModelUnavailable``."""
    runtime = runtime_of(request)
    info = runtime.need_scorer().info
    card = await runtime.workers.run(partial(_card, runtime.folder, info))
    return page(request, "card.html", model=info, card=card)


def _card(folder: Path | None, info: ModelInfo) -> Markup | None:
    try:
        # Made by our own hand, and escaped there: see app.api.cardpage.
        return Markup(body(*read_card(folder, info)))  # noqa: S704
    except NotFound:
        return None


def _policy_of(content: str) -> str:
    """A policy under which the page's own style works and nothing else."""
    opens, closes = _STYLE
    styles = [rest.partition(closes)[0] for rest in content.split(opens)[1:]]
    allowed = " ".join(map(source_of, styles))
    return f"default-src 'none'; style-src {allowed}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
