"""Which bundle may become active, what is noted of it, and the way back."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from app.scoring.bundle import ACTIVE, activate, load_active
from app.scoring.errors import DamagedModel, ModelError, NoModel
from app.scoring.history import IN_STATE, NAME, Entry, History, Named, now
from app.scoring.promotion import (
    LEAST_REASON,
    REPORT,
    REPORT_FORMAT,
    NotEarned,
    ReasonTooShort,
    Refused,
    bundle_named,
    champion,
    promote,
    rollback,
)
from tests.scoring import tinybundle
from tests.scoring.tinybundle import edit_manifest

REASON = "laporan uji hilang, model lama rusak"


@pytest.fixture
def several(models: Path) -> Path:
    """Three bundles, none of them active: the tiny one and two copies of another version."""
    for name in ("dua", "tiga"):
        shutil.copytree(models / tinybundle.NAME, models / name)
        edit_manifest(models / name, version=name)
    (models / tinybundle.NAME).rename(models / "satu")
    return models


@pytest.fixture
def go(several: Path, tmp_path: Path) -> Callable[..., Entry]:
    """``promote`` with a clock that ticks once a call."""
    ticks = count()
    return lambda name, override=None: promote(several, tmp_path / "state", name, override, lambda: f"t{next(ticks)}")


def report(models: Path, ours: str, theirs: str, **changes: Any) -> Path:
    """A report as ``netra challenge`` writes it, as far as activation reads it."""
    content = {
        "format": REPORT_FORMAT,
        "champion": {"name": ours, "manifest": bundle_named(models, ours).manifest},
        "challenger": {"name": theirs, "manifest": bundle_named(models, theirs).manifest},
        "gates": [{"gate": "dev:a", "figure": "f1", "verdict": "holds"}],
        "passed": True,
    }
    path = models / theirs / REPORT
    path.write_text(json.dumps(content | changes), encoding="utf-8")
    return path


def active(models: Path) -> str:
    return (models / ACTIVE).read_text(encoding="ascii").split()[0]


# -- activation -----------------------------------------------------------------------------------------------------


def test_the_first_activation_needs_no_report(several: Path, go: Callable[..., Entry]) -> None:
    entry = go("satu")
    assert active(several) == "satu"
    assert entry == Entry("t0", "activate", None, bundle_named(several, "satu"))
    assert load_active(several).info.version == tinybundle.INFO.version


def test_a_second_one_needs_a_report(several: Path, go: Callable[..., Entry]) -> None:
    go("satu")
    with pytest.raises(NotEarned, match="netra challenge"):
        go("dua")
    assert active(several) == "satu"
    report(several, "satu", "dua")
    assert go("dua").before == bundle_named(several, "satu")
    assert active(several) == "dua"
    assert len(History(several, several).entries()) == 2


def test_the_report_that_allowed_it_is_noted(several: Path, go: Callable[..., Entry]) -> None:
    go("satu")
    path = report(several, "satu", "dua")
    assert go("dua").report == hashlib.sha256(path.read_bytes()).hexdigest()


def test_activating_the_active_one_again_changes_nothing(several: Path, go: Callable[..., Entry]) -> None:
    go("satu")
    go("satu")
    assert active(several) == "satu"
    assert History(several, several).previous() is None


@pytest.mark.parametrize(
    "changes",
    [
        {"passed": False},
        {"passed": "true"},
        {"gates": [{"gate": "holdout", "figure": "precision", "verdict": "fails"}]},
        {"gates": [{"gate": "holdout"}]},
        {"gates": None},
        {"format": 0},
        {"champion": {"manifest": "0" * 64}},
        {"challenger": {"manifest": "0" * 64}},
        {"champion": None},
    ],
)
def test_a_report_that_does_not_say_so_is_not_enough(
    several: Path, go: Callable[..., Entry], changes: dict[str, Any]
) -> None:
    go("satu")
    report(several, "satu", "dua", **changes)
    with pytest.raises(NotEarned):
        go("dua")
    assert active(several) == "satu"
    assert len(History(several, several).entries()) == 1


@pytest.mark.parametrize("content", ["", "[]", "{}", "null", '{"format": 1}', "bukan json"])
def test_a_report_that_cannot_be_read_is_none(several: Path, go: Callable[..., Entry], content: str) -> None:
    go("satu")
    (several / "dua" / REPORT).write_text(content, encoding="utf-8")
    with pytest.raises(NotEarned):
        go("dua")


def test_a_failed_gate_is_named(several: Path, go: Callable[..., Entry]) -> None:
    go("satu")
    report(several, "satu", "dua", gates=[{"gate": "holdout", "figure": "f1", "verdict": "fails"}], passed=False)
    with pytest.raises(NotEarned, match=r"holdout \(f1\)") as caught:
        go("dua")
    assert "worse than the active model: holdout (f1)" in caught.value.english


def test_a_report_grows_stale_with_either_bundle(several: Path, go: Callable[..., Entry]) -> None:
    go("satu")
    report(several, "satu", "dua")
    report(several, "satu", "tiga")
    go("dua")
    with pytest.raises(NotEarned, match="bukan tentang kedua model ini"):
        go("tiga")
    report(several, "dua", "tiga")
    edit_manifest(several / "tiga", version="tiga, dilatih ulang")
    with pytest.raises(NotEarned, match="bukan tentang kedua model ini"):
        go("tiga")


def test_a_bundle_that_cannot_be_trusted_is_not_activated_whatever_the_report(
    several: Path, go: Callable[..., Entry]
) -> None:
    go("satu")
    report(several, "satu", "dua")
    (several / "dua" / "weights.npy").write_bytes(b"rusak")
    for override in (None, REASON):
        with pytest.raises(DamagedModel):
            go("dua", override)
    assert active(several) == "satu"
    assert len(History(several, several).entries()) == 1


@pytest.mark.parametrize("name", ["tidak-ada", "../satu", "", "."])
def test_an_unknown_name_is_refused(several: Path, go: Callable[..., Entry], name: str) -> None:
    with pytest.raises(NoModel):
        go(name)
    assert not (several / ACTIVE).exists()


def test_an_unreadable_pointer_is_no_first_activation(several: Path, go: Callable[..., Entry]) -> None:
    (several / ACTIVE).write_text("entah", encoding="ascii")
    with pytest.raises(DamagedModel):
        go("satu")
    assert go("satu", REASON).before is None
    assert active(several) == "satu"


# -- override -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["", "darurat", " " * 40, "a" + " " * 30 + "b", "x" * (LEAST_REASON - 1)])
def test_an_override_needs_a_reason_in_writing(several: Path, go: Callable[..., Entry], reason: str) -> None:
    go("satu")
    with pytest.raises(ReasonTooShort):
        go("dua", reason)
    assert active(several) == "satu"


def test_an_override_is_noted_with_its_reason(several: Path, go: Callable[..., Entry]) -> None:
    go("satu")
    report(several, "satu", "dua", passed=False)
    go("dua", REASON)
    assert active(several) == "dua"
    last = History(several, several).entries()[-1]
    assert (last.reason, last.report, last.before) == (REASON, None, bundle_named(several, "satu"))


def test_refusals_speak_both_languages() -> None:
    error: Refused = NotEarned("belum", "not yet")
    assert (str(error), error.english) == ("belum", "not yet")
    assert not issubclass(NotEarned, ModelError)


# -- rollback -------------------------------------------------------------------------------------------------------


@pytest.fixture
def three_steps(several: Path, go: Callable[..., Entry]) -> Path:
    go("satu")
    go("dua", REASON)
    go("tiga", REASON)
    return several


def back(models: Path) -> str:
    return rollback(models, models / "state", None, lambda: "t").after.name


def test_rollback_goes_back_step_by_step(three_steps: Path) -> None:
    assert [back(three_steps), back(three_steps)] == ["dua", "satu"]
    with pytest.raises(NoModel):
        back(three_steps)
    assert active(three_steps) == "satu"
    assert [e.act for e in History(three_steps, three_steps).entries()] == ["activate"] * 3 + ["rollback"] * 2


def test_after_a_rollback_a_new_one_follows_on_what_is_active(three_steps: Path, go: Callable[..., Entry]) -> None:
    back(three_steps)
    go("tiga", REASON)
    assert back(three_steps) == "dua"


@pytest.mark.parametrize("damage", ["weights.npy", "manifest.json", ACTIVE, None])
def test_rollback_works_when_the_present_model_is_damaged(three_steps: Path, damage: str | None) -> None:
    if damage is None:
        shutil.rmtree(three_steps / "tiga")
    else:
        (three_steps / ("" if damage == ACTIVE else "tiga") / damage).write_bytes(b"\xff rusak")
    assert back(three_steps) == "dua"
    assert load_active(three_steps).info.version == "dua"


def test_rollback_checks_what_it_goes_back_to(three_steps: Path) -> None:
    (three_steps / "dua" / "weights.npy").write_bytes(b"rusak")
    with pytest.raises(DamagedModel):
        back(three_steps)
    edit_manifest(three_steps / "dua", version="lain")
    with pytest.raises(DamagedModel, match="manifest has changed"):
        back(three_steps)
    assert active(three_steps) == "tiga"


def test_rollback_reaches_a_model_from_before_there_was_a_history(several: Path, go: Callable[..., Entry]) -> None:
    activate(several, "satu")
    report(several, "satu", "dua")
    go("dua")
    assert back(several) == "satu"


# -- history --------------------------------------------------------------------------------------------------------

ENTRY = Entry("t", "activate", None, Named("a", "0" * 64), reason="baris\u2028dan\nlagi")


def test_entries_come_back_as_they_were_written(tmp_path: Path) -> None:
    history = History(tmp_path, tmp_path)
    written = [ENTRY, replace(ENTRY, act="rollback", before=Named("b", "1" * 64)), replace(ENTRY, report="2" * 64)]
    for entry in written:
        history.append(entry)
    assert history.entries() == written
    assert history.path == tmp_path / NAME


def test_entries_are_only_ever_added(tmp_path: Path) -> None:
    history = History(tmp_path, tmp_path)
    history.append(ENTRY)
    before = history.path.read_bytes()
    history.append(ENTRY)
    assert history.path.read_bytes().startswith(before)


@pytest.mark.parametrize(
    "tamper",
    [
        lambda lines: lines[1:],
        lambda lines: [lines[0], *lines[2:]],
        lambda lines: [lines[1], lines[0], lines[2]],
        lambda lines: [lines[0].replace('"a"', '"b"'), *lines[1:]],
        lambda lines: [lines[0], "{}", *lines[1:]],
        lambda lines: [lines[0], "[]", *lines[1:]],
        lambda lines: [*lines, lines[-1][:20]],
    ],
)
def test_a_changed_history_shows(tmp_path: Path, tamper: Callable[[list[str]], list[str]]) -> None:
    history = History(tmp_path, tmp_path)
    for turn in range(3):
        history.append(replace(ENTRY, time=str(turn)))
    lines = history.path.read_text(encoding="utf-8").split("\n")[:-1]
    history.path.write_text("".join(f"{line}\n" for line in tamper(lines)), encoding="utf-8")
    for use in (history.entries, history.previous, history.check_writable, lambda: history.append(ENTRY)):
        with pytest.raises(DamagedModel, match="history of models"):
            use()


def test_a_broken_history_stops_an_activation_before_it_switches(three_steps: Path, go: Callable[..., Entry]) -> None:
    path = History(three_steps, three_steps).path
    path.write_text(path.read_text(encoding="utf-8").replace("t1", "t9"), encoding="utf-8")
    for act in (lambda: go("satu", REASON), lambda: back(three_steps)):
        with pytest.raises(DamagedModel):
            act()
    assert active(three_steps) == "tiga"


def test_where_models_may_only_be_read_the_history_lies_in_the_state_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    history = History(tmp_path / "models", tmp_path / "state")
    history.check_writable()
    history.append(ENTRY)
    assert history.path == tmp_path / "state" / IN_STATE
    assert history.entries() == [ENTRY]


def test_the_time_is_told_in_utc() -> None:
    assert now().endswith("+00:00")
    assert len(now()) == len("2026-11-22T05:00:00+00:00")


def test_the_champion_is_what_the_pointer_names(several: Path) -> None:
    assert champion(several) is None
    activate(several, "dua")
    assert champion(several) == bundle_named(several, "dua")
