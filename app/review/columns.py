"""How the review tables keep structured values and free words, the same way in SQLite and PostgreSQL."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Dialect, Text, TypeDecorator


class JsonText(TypeDecorator[dict[str, Any]]):
    """JSON as plain ASCII: neither database refuses a NUL or a lone surrogate, and numbers come back bit for bit."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> str | None:
        """As JSON with sorted keys; ``None`` stays NULL. Raises ``ValueError`` for NaN and infinities."""
        return None if value is None else canonical(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> dict[str, Any] | None:
        """As it was put in; ``{}`` for what somebody else put there that is no JSON object."""
        if value is None:
            return None
        try:
            found = json.loads(value)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}


def canonical(value: object) -> str:
    """The one way to write ``value`` as JSON: ASCII, sorted keys, no white space. What digests are made of."""
    return json.dumps(value, ensure_ascii=True, sort_keys=True, allow_nan=False, separators=(",", ":"))


def plain(text: str | None, limit: int) -> str | None:
    """``text`` as a column to filter and count by: printable, stripped, cut to ``limit``; ``None`` when empty."""
    kept = "".join(c for c in text or "" if c.isprintable() and not "\ud800" <= c <= "\udfff")
    return kept.strip()[:limit].strip() or None
