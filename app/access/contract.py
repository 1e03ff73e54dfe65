"""What the OpenAPI document says of keys."""

from __future__ import annotations

from typing import Any, Final

from app.access.routes import all_routes
from app.problems import (
    MEDIA_TYPE,
    URN,
    KeyMissing,
    KeyRefused,
    Problem,
    QuotaSpent,
    RateLimited,
    ScopeMissing,
    StoreDown,
)

SCHEME: Final = "ApiKey"
_PROBLEMS: Final[tuple[type[Problem], ...]] = (KeyMissing, KeyRefused, ScopeMissing, RateLimited, QuotaSpent, StoreDown)


def with_keys(document: dict[str, Any]) -> dict[str, Any]:
    """``document`` with the key's scheme, the scope of each operation, and the problems a key may meet."""
    components = document.setdefault("components", {})
    components["securitySchemes"] = {SCHEME: {"type": "apiKey", "in": "header", "name": "X-API-Key"}}
    routes = all_routes()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            need = routes.need(method.upper(), path)
            if need != "open":
                operation["security"] = [{SCHEME: [] if need in (None, "any") else [need]}]
                _add_problems(operation["responses"])
    return document


def _add_problems(responses: dict[str, Any]) -> None:
    for kind in _PROBLEMS:
        entry = responses.setdefault(str(kind.status), {"description": "", "content": {}})
        content = entry["content"].setdefault(MEDIA_TYPE, {"schema": {"$ref": "#/components/schemas/ProblemBody"}})
        example = {"type": URN + kind.slug, "title": kind.title_id, "status": kind.status}
        content.setdefault("examples", {})[kind.slug] = {"summary": kind.title_en, "value": example}
        entry["description"] = "; ".join(shown["summary"] for shown in content["examples"].values())
