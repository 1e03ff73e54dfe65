"""The page to try things out: paste an act and see the very answer that the API gives."""

from __future__ import annotations

import json
from typing import Any, Final

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.api.classify import answer_to
from app.api.output import json_answer
from app.api.runtime import runtime_of
from app.api.schemas import ClassifyRequest
from app.faults import faults_in
from app.problems import InvalidRequest, TextTooLong
from app.scoring.types import ACCOUNT_KINDS, ACTIONS, SUBJECT_STATUSES
from app.web.forms import Form, form_of
from app.web.render import page
from app.web.wordbook import language_at

#: What the form asks for, as the API names it.
FIELDS: Final = (
    "text",
    "target_text",
    "media_text",
    "action",
    "posted_at",
    "platform",
    "election",
    "region",
    "parent_author",
    "account_kind",
    "subject_status",
)
_EMPTY: Final[Form] = {"action": "post"}


async def trial_page(request: Request) -> Response:
    """The empty form."""
    return _page(request, _EMPTY)


async def trial(request: Request) -> Response:
    """The answer to what was filled in, above the form; what does not fit is shown again with its fault."""
    form = form_of(request)
    sent = sent_to_api(form)
    try:
        act = ClassifyRequest.model_validate(sent)
        answer = json.loads(bytes(json_answer(await answer_to(request, act, language_at(request))).body))
    except ValidationError as error:
        return _page(request, form, fault=InvalidRequest(faults_in(error)))
    except TextTooLong as fault:
        return _page(request, form, fault=fault)
    return _page(request, form, sent=sent, answer=answer)


def sent_to_api(form: Form) -> dict[str, Any]:
    """The body that ``POST /classify`` would take for the same answer."""
    given: dict[str, Any] = {name: form[name] for name in FIELDS if form.get(name)}
    return {**given, "queue": True} if form.get("queue") else given


def _page(
    request: Request,
    form: Form,
    fault: InvalidRequest | TextTooLong | None = None,
    sent: dict[str, Any] | None = None,
    answer: dict[str, Any] | None = None,
) -> Response:
    runtime = runtime_of(request)
    values: dict[str, Any] = {
        "form": form,
        "fault": fault.members if fault else None,
        "answer": answer,
        "act": sent,
        "as_sent": _pretty(sent),
        "as_answered": _pretty(answer),
        "sources": runtime.rules.sources if runtime.rules else {},
        "elections": [(race["id"], race["name"]) for race in runtime.watchlists.elections]
        if runtime.watchlists
        else [],
        "actions": ACTIONS,
        "accounts": ACCOUNT_KINDS,
        "statuses": SUBJECT_STATUSES,
        "keeps_texts": runtime.settings.keep_texts == "review",
        "max_chars": runtime.settings.max_text_chars,
    }
    return page(request, "trial.html", status=fault.status if fault else 200, **values)


def _pretty(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, indent=2)
