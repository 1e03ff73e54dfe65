"""A text cut into what counted and what did not: the one way pages and case files show evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple


class Segment(NamedTuple):
    """A piece of a text; ``weight`` is in log-odds, ``None`` where nothing counted."""

    text: str
    weight: float | None


def segments(text: str, evidence: Iterable[Mapping[str, Any]], field: str) -> list[Segment]:
    """``text`` whole, in order, cut at the spans of ``evidence`` that are about ``field``.

    Spans are ``{field, start, end, weight}`` in code points, as verdicts have them; what overlaps an earlier span or
    lies outside the text is left out.
    """
    found: list[Segment] = []
    at = 0
    for span in sorted((e for e in evidence if e["field"] == field), key=lambda e: (e["start"], e["end"])):
        start, end = span["start"], span["end"]
        if not at <= start < end <= len(text):
            continue
        found += [Segment(text[at:start], None)] if start > at else []
        found.append(Segment(text[start:end], span["weight"]))
        at = end
    return [*found, Segment(text[at:], None)] if at < len(text) else found
