"""Everything that is logged, as one line of JSON each on standard error: our own events and those of libraries.

Our own loggers (``netra.*``) are trusted to say nothing of a post. Libraries are not: of their messages the beginning
is kept, before any text is filled in or quoted, of all errors the type and the places, never the message.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from functools import lru_cache
from time import time
from traceback import walk_tb
from types import TracebackType
from typing import Any, Final, cast

import orjson

from app.hurry import without
from app.settings import LogLevel

with without("rich"):  # for consoles; it would take as long as all of structlog, which writes lines of JSON here
    import structlog
    from structlog.typing import FilteringBoundLogger, Processor

STDERR: Final = 2
#: Attributes that our own records may carry beside their message.
FIELDS: Final = ("request_id",)
_OURS = "netra"
_UVICORN = ("uvicorn", "uvicorn.error")
_QUOTING = re.compile(r"[\n\"'<({=]")
_PLACES = 6


class Lines:
    """Writes each line at once and whole. A log that cannot be written, on a full disk say, stops nothing."""

    def msg(self, line: bytes) -> None:
        try:
            os.write(STDERR, line)
        except OSError:
            return

    debug = info = warning = error = critical = msg


def _dumps(event: Mapping[str, Any], **_: object) -> bytes:
    return orjson.dumps(event, default=_type_of, option=orjson.OPT_APPEND_NEWLINE)


def _type_of(value: object) -> str:
    return type(value).__name__


def _headed(_: object, level: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """When, how grave and what come first, for whoever reads the lines as they are."""
    now = time()
    when = f"{_second(int(now))}.{int(now % 1 * 1000):03d}Z"
    return {"timestamp": when, "level": level, "event": event.pop("event"), **event}


@lru_cache(maxsize=2)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


_PROCESSORS: Final[tuple[Processor, ...]] = (_headed, structlog.processors.JSONRenderer(serializer=_dumps))


def event_logger(name: str, level: LogLevel) -> FilteringBoundLogger:
    """A logger of events with fields that are safe to show; ``level`` is the least that is written."""
    wrapper = structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level])
    logger = structlog.wrap_logger(Lines(), processors=_PROCESSORS, wrapper_class=wrapper)
    return cast(FilteringBoundLogger, logger.bind(logger=name))


class LinesHandler(logging.Handler):
    """Takes what is logged by way of the standard library into the same lines."""

    def __init__(self) -> None:
        super().__init__()
        self._log = event_logger("-", "DEBUG")

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record; one that cannot be read is written by its level and logger alone."""
        try:
            fields = fields_of(record)
        except Exception:  # a wrong format string in a library must not break what it reports on
            fields = {"event": "unreadable"}
        self._log.log(_level(record.levelno), **{"logger": record.name, **fields})


def fields_of(record: logging.LogRecord) -> MutableMapping[str, Any]:
    """What is written of a record."""
    ours = record.name.partition(".")[0] == _OURS
    fields: dict[str, Any] = {"event": _encodable(record.getMessage() if ours else _without_texts(record))}
    fields |= {name: record.__dict__[name] for name in FIELDS if ours and name in record.__dict__}
    if record.exc_info and record.exc_info[1] is not None:
        fields["error"] = crash_of(record.exc_info[1])
    return fields


def crash_of(error: BaseException) -> str:
    """Type and places of an error for the log, without its message: that may quote a post.

    Of one of the operating system its own words for the number, too: they quote nothing.
    """
    kind = type(error).__name__
    if isinstance(error, OSError) and error.errno is not None:
        kind += f" ({os.strerror(error.errno)})"
    return f"{kind} at {' > '.join(_places(error.__traceback__)[-_PLACES:])}"


def _places(trace: TracebackType | None) -> list[str]:
    return [f"{frame.f_globals.get('__name__', '?')}:{line}" for frame, line in walk_tb(trace)]


def _without_texts(record: logging.LogRecord) -> str:
    """How a message begins, before anything but numbers was filled in or quoted."""
    message = str(record.msg)
    if isinstance(record.args, tuple) and all(isinstance(arg, int | float) for arg in record.args):
        message = record.getMessage()
    return _QUOTING.split(message, maxsplit=1)[0].strip()


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _level(number: int) -> int:
    """The nearest of the five levels at or below ``number``."""
    return min(50, max(10, number // 10 * 10))


def set_up(level: LogLevel) -> None:
    """Send all logging of this process into these lines; ``level`` is the least of our own that is written."""
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, LinesHandler)]:
        root.removeHandler(handler)
    root.addHandler(LinesHandler())
    logging.getLogger(_OURS).setLevel(level)
    for name in _UVICORN:
        theirs = logging.getLogger(name)
        theirs.handlers.clear()
        theirs.propagate = True
    # It prints whole addresses, and a caller may put a post into one; app.observe.watch logs requests instead.
    logging.getLogger("uvicorn.access").disabled = True
