"""Settings in the environment that do not fit, and variables that only look like settings."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from app import cli
from app.cli.environment import _FITTING, misspelt, unfit
from app.settings import PREFIX, Settings

runner = CliRunner()

UNFIT = [
    ("workers", "dua", "harus bilangan bulat", "a whole number"),
    ("workers", "1e3", "harus bilangan bulat", "a whole number"),
    ("workers", "0", "paling kecil 1", "at least 1"),
    ("workers", "65", "paling besar 64", "at most 64"),
    ("shadow_share", "sedikit", "harus bilangan", "a number"),
    ("shadow_share", "0", "lebih dari 0.0", "more than 0.0"),
    ("auth", "mati", "salah satu dari on, off", "one of on, off"),
    ("log_level", "info", "salah satu dari DEBUG, INFO, WARNING, ERROR", "one of DEBUG, INFO, WARNING, ERROR"),
    ("docs_enabled", "mungkin", "true atau false", "true or false"),
    ("model", "", "tidak boleh kosong", "not empty"),
    ("trusted_hosts", "a b", "nama host yang dipisahkan koma", "names of hosts, separated by commas"),
]


@pytest.mark.parametrize(("setting", "value", "indonesian", "english"), UNFIT)
def test_what_would_fit_is_said_without_the_value(
    monkeypatch: pytest.MonkeyPatch, setting: str, value: str, indonesian: str, english: str
) -> None:
    name = f"{PREFIX}{setting.upper()}"
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as found:
        Settings()
    assert unfit(found.value) == (
        f"Pengaturan tidak sesuai: {name} ({indonesian})",
        f"Settings that do not fit: {name} ({english})",
    )


def test_every_setting_that_does_not_fit_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETRA_WORKERS", "0")
    monkeypatch.setenv("NETRA_AUTH", "rahasia")
    with pytest.raises(ValidationError) as found:
        Settings()
    told = unfit(found.value).id
    assert "NETRA_WORKERS (paling kecil 1)" in told
    assert "NETRA_AUTH (salah satu dari on, off)" in told
    assert "rahasia" not in told


def test_every_way_not_to_fit_has_words() -> None:
    met = set()
    for setting, value, *_ in UNFIT:
        with pytest.raises(ValidationError) as found:
            Settings.model_validate({setting: value})
        met |= {fault["type"] for fault in found.value.errors()}
    assert met == _FITTING.keys()


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("NETRA_RETENTION_DAY", "NETRA_RETENTION_DAYS"),
        ("NETRA_MAX_WAITNG", "NETRA_MAX_WAITING"),
        ("NETRA_SECRETKEY", "NETRA_SECRET_KEY"),
        ("netra_worker", "NETRA_WORKERS"),
        ("NETRA_MODEL_DIR", "NETRA_MODELS_DIR"),
        ("NETRA_RETENTION", "NETRA_RETENTION_DAYS"),
        ("NETRA_DATABASE", "NETRA_DATABASE_URL"),
        ("NETRA_AUTH_OFF", "NETRA_AUTH_OFF_ACKNOWLEDGED"),
    ],
)
def test_a_variable_that_looks_like_a_setting_is_told_of(variable: str, meant: str) -> None:
    [told] = misspelt([variable])
    assert told.id == f"Peringatan: {variable.upper()} bukan pengaturan dan diabaikan; maksudnya {meant}?"
    assert told.en == f"Warning: {variable.upper()} is no setting and is ignored; was {meant} meant?"


@pytest.mark.parametrize(
    "variable",
    ["NETRA_API_KEY", "NETRA_PORT", "NETRA_SERVICE_HOST", "NETRA_PORT_8000_TCP_ADDR", "NETRA_", "WORKER", "PATH", ""],
)
def test_other_variables_are_let_be(variable: str) -> None:
    assert list(misspelt([variable])) == []


def test_no_setting_is_taken_for_another() -> None:
    assert list(misspelt(f"{PREFIX}{name}" for name in Settings.model_fields)) == []


@pytest.mark.parametrize(("flag", "told"), [([], "Peringatan: NETRA_WORKER "), (["--en"], "Warning: NETRA_WORKER ")])
def test_a_command_warns_and_goes_on(monkeypatch: pytest.MonkeyPatch, flag: list[str], told: str) -> None:
    monkeypatch.setenv("NETRA_WORKER", "rahasia")
    result = runner.invoke(cli.app, ["watchlist", "list", *flag])
    assert result.exit_code == 0
    assert result.stderr.startswith(told)
    assert result.stderr.count("\n") == 1
    assert "rahasia" not in result.output
