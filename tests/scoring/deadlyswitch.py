"""A program to kill: ``python -m tests.scoring.deadlyswitch MODELS STATE NAME POINT`` activates a bundle and dies there."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.scoring import history, promotion
from app.scoring.history import Entry, History

POINTS = ("begun", "checked", "pointer written", "switched", "half a note", "noted")
REASON = "pergantian yang sengaja dimatikan di tengah"


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def after(work: Callable[..., Any]) -> Callable[..., None]:
    def worked(*args: Any, **options: Any) -> None:
        work(*args, **options)
        die()

    return worked


def half_a_note(self: History, entry: Entry) -> None:
    with self.path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(entry))[:60])
    die()


def main(models: str, state: str, name: str, point: str) -> None:
    if point == "begun":
        promotion.bundle_named = die  # type: ignore[assignment]
    elif point == "checked":
        Path.write_text = die  # type: ignore[method-assign,assignment]
    elif point == "pointer written":
        Path.replace = die  # type: ignore[method-assign,assignment]
    elif point == "switched":
        promotion.activate = after(promotion.activate)
    elif point == "half a note":
        History.append = half_a_note  # type: ignore[method-assign]
    else:
        history.os.fsync = die  # type: ignore[assignment]
    promotion.promote(Path(models), Path(state), name, REASON)


if __name__ == "__main__":
    main(*sys.argv[1:])
