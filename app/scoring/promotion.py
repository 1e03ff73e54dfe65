"""Which bundle becomes active: one that a challenge report shows to be no worse, one that a person vouches for in
writing, or the one before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from app.policy.types import Words
from app.scoring.bundle import activate
from app.scoring.bundlewords import no_bundle
from app.scoring.errors import DamagedModel, NoModel
from app.scoring.history import Entry, History, Named, now
from app.scoring.pointer import MANIFEST, champion

REPORT = "challenge.json"
#: Format of the report; a report of another is not read.
REPORT_FORMAT = 1
#: Least length of the reason for which the gates are passed over, in characters.
LEAST_REASON = 20
_NO_WAY_BACK: Final = Words(
    "riwayat tidak mengenal model sebelum yang aktif", "the history knows no model before the active one"
)
_OTHER_BEFORE: Final = Words(
    "model sebelumnya bukan lagi yang dulu aktif: manifesnya berubah",
    "the model before is not the one that was active: its manifest has changed",
)


class Refused(Exception):
    """A bundle may not become active. ``str(error)`` is Indonesian, ``error.english`` the same in English."""

    def __init__(self, indonesian: str, english: str) -> None:
        super().__init__(indonesian)
        self.english = english


class NotEarned(Refused):
    """No current report shows that the bundle is at least as good as the active one."""


class ReasonTooShort(Refused):
    """Passing over the gates takes a reason in writing."""


def _no_report(indonesian: str, english: str) -> NotEarned:
    return NotEarned(f"{indonesian}; jalankan `netra challenge` dulu", f"{english}; run `netra challenge` first")


def bundle_named(models_dir: Path, name: str) -> Named:
    """The bundle as it lies there now. Raises ``NoModel``."""
    try:
        return Named(name, _digest(models_dir / Path(name).name / MANIFEST))
    except OSError as error:
        raise no_bundle(name) from error


def promote(
    models_dir: Path, state_dir: Path, name: str, override: str | None = None, clock: Callable[[], str] = now
) -> Entry:
    """Make a bundle the active one and note it in the history.

    Raises ``NotEarned`` without a report that allows it, unless ``override`` gives a reason, and any other
    ``ModelError`` when the bundle cannot be trusted. The first activation needs neither.
    """
    if override is not None and len(" ".join(override.split())) < LEAST_REASON:
        raise ReasonTooShort(
            f"alasan tertulis paling sedikit {LEAST_REASON} huruf", f"a reason has at least {LEAST_REASON} characters"
        )
    challenger = bundle_named(models_dir, name)
    before = _champion_or_none(models_dir) if override is not None else champion(models_dir)
    report = None
    if override is None and before not in (None, challenger):
        report = check_earned(models_dir, before, challenger)
    return _switch(models_dir, state_dir, Entry(clock(), "activate", before, challenger, report, override))


def _champion_or_none(models_dir: Path) -> Named | None:
    try:
        return champion(models_dir)
    except DamagedModel:
        return None


def check_earned(models_dir: Path, before: Named | None, challenger: Named) -> str:
    """Digest of the report that shows ``challenger`` to be no worse than ``before``; raises ``NotEarned``."""
    path = models_dir / Path(challenger.name).name / REPORT
    report = _read_report(path)
    pair = [None if one is None else one.manifest for one in (before, challenger)]
    if [_manifest(report, who) for who in ("champion", "challenger")] != pair:
        raise _no_report("laporan uji bukan tentang kedua model ini", "the report is about other bundles than these")
    failed = [f"{gate.get('gate')} ({gate.get('figure')})" for gate in report["gates"] if gate["verdict"] == "fails"]
    if failed or report.get("passed") is not True:
        names = ", ".join(failed)
        raise NotEarned(f"lebih buruk daripada model aktif: {names}", f"worse than the active model: {names}")
    return _digest(path)


def _read_report(path: Path) -> dict[str, Any]:
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
        sound = report["format"] == REPORT_FORMAT and all(isinstance(gate["verdict"], str) for gate in report["gates"])
    except OSError as error:
        raise _no_report("belum ada laporan uji", "there is no challenge report") from error
    except (ValueError, KeyError, TypeError) as error:
        raise _no_report("laporan uji tidak dapat dibaca", "the challenge report cannot be read") from error
    if not sound:
        raise _no_report("format laporan uji berbeda", "the challenge report has another format")
    return dict(report)


def _manifest(report: dict[str, Any], who: str) -> object:
    bundle = report.get(who)
    return bundle.get("manifest") if isinstance(bundle, dict) else None


def rollback(models_dir: Path, state_dir: Path, reason: str | None = None, clock: Callable[[], str] = now) -> Entry:
    """Go back to the bundle that was active before, whatever became of the present one.

    Raises ``NoModel`` when the history knows none, and ``DamagedModel`` when it is no longer the bundle that it was.
    """
    before = _champion_or_none(models_dir)
    target = History(models_dir, state_dir).previous(before)
    if target is None:
        raise NoModel(_NO_WAY_BACK)
    if bundle_named(models_dir, target.name) != target:
        raise DamagedModel(_OTHER_BEFORE)
    return _switch(models_dir, state_dir, Entry(clock(), "rollback", before, target, None, reason))


def _switch(models_dir: Path, state_dir: Path, entry: Entry) -> Entry:
    """Check and activate the bundle, then note it; a history that cannot be written stops it before."""
    history = History(models_dir, state_dir)
    history.check_writable()
    activate(models_dir, entry.after.name)
    history.append(entry)
    return entry


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
