"""Settings come from the environment, are bounded, and are all documented."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from app.api import contract
from app.settings import Settings, default_settings, settings_table
from app.text.repair import MAX_CHARS

PAGE = (contract.DOCS / "settings.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", Settings.model_fields)
def test_the_page_names_every_setting_with_its_description(name: str) -> None:
    description = Settings.model_fields[name].description
    assert description
    assert f"| `NETRA_{name.upper()}` | " in PAGE
    assert f" | {description} |\n" in PAGE


def test_the_table_of_the_page_is_up_to_date() -> None:
    assert contract.with_settings_table(PAGE) == PAGE, "run: python -m app.api.contract"
    assert settings_table() in PAGE


FROM_ENVIRONMENT = [
    ("state_dir", "/srv/netra", Path("/srv/netra")),
    ("database_url", "sqlite:////srv/netra.db", SecretStr("sqlite:////srv/netra.db")),
    ("secret_key", "a", SecretStr("a")),
    ("old_secret_keys", "a b", SecretStr("a b")),
    ("auth", "off", "off"),
    ("auth_off_acknowledged", "yes", "yes"),
    ("behind_tls_proxy", "yes", "yes"),
    ("trusted_hosts", "netra.example.id,*.example.id", "netra.example.id,*.example.id"),
    ("session_hours", "8", 8),
    ("requests_per_minute", "0", 0),
    ("items_per_day", "7", 7),
    ("models_dir", "lain", Path("lain")),
    ("model", "dasar-1", "dasar-1"),
    ("model_poll_seconds", "0.5", 0.5),
    ("shadow_model", "dasar-2", "dasar-2"),
    ("shadow_share", "0.5", 0.5),
    ("watchlists_dir", "/srv/daftar", Path("/srv/daftar")),
    ("max_batch_items", "7", 7),
    ("max_text_chars", "10000", 10_000),
    ("max_body_bytes", "2048", 2048),
    ("workers", "3", 3),
    ("max_waiting", "0", 0),
    ("keep_texts", "off", "off"),
    ("retention_days", "30", 30),
    ("lease_minutes", "5", 5),
    ("second_read_percent", "0", 0),
    ("upload_max_bytes", "0", 0),
    ("upload_jobs", "3", 3),
    ("upload_days", "30", 30),
    ("log_level", "WARNING", "WARNING"),
    ("traces", "on", "on"),
    ("docs_enabled", "true", True),
]


@pytest.mark.parametrize(("name", "value", "expected"), FROM_ENVIRONMENT)
def test_a_setting_is_read_from_the_environment(
    name: str, value: str, expected: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"NETRA_{name.upper()}", value)
    assert getattr(Settings(), name) == expected
    assert getattr(default_settings(), name) != expected or name == "max_text_chars"


def test_the_table_above_has_every_setting() -> None:
    assert [row[0] for row in FROM_ENVIRONMENT] == list(Settings.model_fields)


OUT_OF_BOUNDS = [
    ("model", ""),
    ("max_batch_items", "0"),
    ("max_batch_items", "zqx"),
    ("max_text_chars", "10001"),
    ("max_body_bytes", "1"),
    ("workers", "0"),
    ("workers", "1000"),
    ("max_waiting", "-1"),
    ("log_level", "zqx"),
    ("auth", "zqx"),
    ("auth_off_acknowledged", "zqx"),
    ("behind_tls_proxy", "zqx"),
    ("trusted_hosts", ""),
    ("trusted_hosts", "zqx zqx"),
    ("trusted_hosts", "https://zqx"),
    ("requests_per_minute", "-1"),
    ("items_per_day", "-1"),
    ("docs_enabled", "zqx"),
]


@pytest.mark.parametrize(("name", "value"), OUT_OF_BOUNDS)
def test_a_setting_out_of_bounds_stops_the_start_without_showing_the_value(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"NETRA_{name.upper()}", value)
    with pytest.raises(ValidationError) as caught:
        Settings()
    assert name in str(caught.value)
    assert "zqx" not in str(caught.value)


def test_settings_cannot_be_changed_later() -> None:
    with pytest.raises(ValidationError):
        Settings().workers = 5


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"max_batch_item": 5})


def test_no_text_that_is_accepted_is_cut_by_the_scorer() -> None:
    bound = next(m.le for m in Settings.model_fields["max_text_chars"].metadata if hasattr(m, "le"))
    assert bound == MAX_CHARS


def test_the_default_limits() -> None:
    chosen = default_settings()
    assert (chosen.max_batch_items, chosen.max_text_chars, chosen.max_body_bytes) == (1000, 10_000, 8 * 1024 * 1024)
    assert (chosen.model, chosen.docs_enabled) == (None, False)


def test_what_must_stay_secret_is_not_shown() -> None:
    secret = {"database_url": "postgresql://zqx:zqx@zqx/zqx", "secret_key": "zqx", "old_secret_keys": "zqx"}
    assert "zqx" not in repr(Settings.model_validate(secret))


def test_the_default_is_to_ask_for_keys_on_this_host_only() -> None:
    chosen = default_settings()
    assert (chosen.auth, chosen.auth_off_acknowledged, chosen.behind_tls_proxy) == ("on", "no", "no")
    assert chosen.trusted_hosts == "localhost,127.0.0.1,[::1]"
