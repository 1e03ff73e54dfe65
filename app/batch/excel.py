"""What a cell of an XLSX sheet can hold, and how such values wait in a part file."""

from __future__ import annotations

import datetime
import math
import re

from app.batch.table import as_text

#: Characters of an XLSX cell; longer strings are cut there, as every program does.
MAX_XLSX_CELL = 32_767
_EXACT_INTEGERS = 10**15
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TIMES: dict[str, type[datetime.datetime] | type[datetime.date] | type[datetime.time]] = {
    "datetime": datetime.datetime,
    "date": datetime.date,
    "time": datetime.time,
}


def excel_value(value: object) -> object:
    """A value that JSON and, after ``from_part``, a sheet can hold; numbers that Excel would round become text."""
    if value is None or isinstance(value, bool) or _is_exact_number(value):
        return value
    for name, kind in _TIMES.items():
        if isinstance(value, kind):
            return as_text(value) if getattr(value, "tzinfo", None) else [name, value.isoformat()]
    return _NOT_IN_XML.sub("\ufffd", as_text(value))[:MAX_XLSX_CELL]


def is_cut(value: object) -> bool:
    """Whether ``excel_value`` keeps only the beginning of a value."""
    return isinstance(value, (str, bytes, list, dict)) and len(as_text(value)) > MAX_XLSX_CELL


def _is_exact_number(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and abs(value) < _EXACT_INTEGERS


def from_part(value: object) -> object:
    """The value again: dates and times were kept as ``[kind, ISO 8601]``."""
    return _TIMES[value[0]].fromisoformat(value[1]) if isinstance(value, list) else value
