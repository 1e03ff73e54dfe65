"""Facts, elections and rule folders for tests; every name is made up."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from app.policy.rules import RULES_DIR
from app.policy.types import Facts

CALENDAR: dict[str, Any] = {
    "pendaftaran": [date(2032, 8, 27), date(2032, 8, 29)],
    "penetapan": date(2032, 9, 22),
    "nomor": date(2032, 9, 23),
    "kampanye": [date(2032, 9, 25), date(2032, 11, 23)],
    "tenang": [date(2032, 11, 24), date(2032, 11, 26)],
    "pemungutan": date(2032, 11, 27),
}


def race(calendar: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """A made-up race for mayor in a year that no shipped calendar has."""
    entry = {"id": "uji", "name": "Uji", "level": "wali kota", "region": "Kota Rawa Indah", "contestants": []}
    return {**entry, "calendar": CALENDAR if calendar is None else calendar, **changes}


def facts(**changes: Any) -> Facts:
    """An act about which everything is known but its day."""
    known: dict[str, Any] = {
        "action": "post",
        "kind": "vote_call",
        "band": "flag",
        "account_kind": "pribadi",
        "phase": "kampanye",
        "subject_status": "PNS",
        "contest": "pilkada",
    }
    return Facts(**{**known, **changes})


def changed(folder: Path, name: str, change: Callable[[Any], Any]) -> Path:
    """``folder`` as a copy of the shipped rules in which ``change`` was made to one file, in place."""
    shutil.copytree(RULES_DIR, folder, dirs_exist_ok=True)
    content = yaml.safe_load((folder / name).read_text(encoding="utf-8"))
    change(content)
    (folder / name).write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return folder


def copied(folder: Path) -> Path:
    """The shipped rules once more, to be changed."""
    shutil.copytree(RULES_DIR, folder)
    return folder
