"""What of a request does not fit: Pydantic's errors as a place in our own schema and a reason out of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

#: Most faults that are listed of one request.
MAX_FAULTS = 20

REASONS = {
    "missing": "required",
    "extra_forbidden": "unknown_field",
    "string_type": "not_text",
    "string_too_long": "too_long",
    "literal_error": "not_allowed",
    "list_type": "not_list",
    "bool_type": "not_boolean",
    "model_type": "not_object",
    "model_attributes_type": "not_object",
    "needs_text": "needs_text",
    "not_iso_8601": "not_iso_8601",
    "not_whole_number": "not_whole_number",
    "year_out_of_range": "out_of_range",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "repeated": "repeated",
}


def faults_of(errors: Sequence[Mapping[str, Any]]) -> list[dict[str, object]]:
    """Pydantic's errors as ``{field, reason}``, without input, context or message. Never empty."""
    return [_fault(error) for error in errors[:MAX_FAULTS]] or [{"field": "body", "reason": "invalid"}]


def faults_in(error: ValidationError) -> list[dict[str, object]]:
    """The faults of a body that FastAPI did not read. Its own keys are never taken for where it stands in a request."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return faults_of([{**fault, "loc": ("body", *fault["loc"])} for fault in found])


def _fault(error: Mapping[str, Any]) -> dict[str, object]:
    reason = REASONS.get(error["type"], "invalid")
    place = list(error["loc"])
    root = "query" if place[:1] == ["query"] else "body"
    if place[:1] == [root]:
        del place[0]
    if reason == "unknown_field":
        place.pop()  # the name itself was chosen by the caller and may be the very text
    if reason == "needs_text":
        place.append("text")
    return {"field": _path(place) or root, "reason": reason}


def _path(place: Sequence[str | int]) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return path.removeprefix(".")
