"""Every setting of the service: an environment variable ``NETRA_<NAME>``, a default and a description."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.scoring.pointer import bundle_at

#: What every variable begins with.
PREFIX: Final = "NETRA_"
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
Switch = Literal["on", "off"]
Acknowledged = Literal["yes", "no"]


class Settings(BaseSettings):
    """Read once at start; raises ``pydantic.ValidationError`` (without the values) when one does not fit."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True)

    state_dir: Path = Field(
        default=Path("state"), description="Folder for everything the service itself writes; must be writable."
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="`sqlite:///file` or `postgresql://user:password@host/name`. Unset: `netra.db` in `state_dir`.",
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description="At least 32 random bytes, for pseudonyms and sessions. Unset: made and kept in `state_dir`, "
        "which only a SQLite database allows.",
    )
    old_secret_keys: SecretStr | None = Field(
        default=None, description="Former values of `NETRA_SECRET_KEY`, separated by spaces: see docs/access.md."
    )
    auth: Switch = Field(
        default="on", description="`off`: no keys are asked for; only connections from this very host are answered."
    )
    auth_off_acknowledged: Acknowledged = Field(
        default="no", description="`yes`: with `NETRA_AUTH=off` answer any host; whoever reaches the port may do all."
    )
    behind_tls_proxy: Acknowledged = Field(
        default="no",
        description="`yes`: a proxy in front ends TLS, so `netra serve` may listen beyond loopback.",
    )
    trusted_hosts: str = Field(
        default="localhost,127.0.0.1,[::1]",
        pattern=r"^[A-Za-z0-9.:*\[\]_-]+(,[A-Za-z0-9.:*\[\]_-]+)*$",
        description="Names this service is called by, separated by commas; `*.example.id` for all below, `*` for any.",
    )
    session_hours: int = Field(
        default=10, ge=1, le=24, description="Hours after which somebody at the console has to log in again."
    )
    requests_per_minute: int = Field(
        default=6000, ge=0, description="Most requests of one key in a minute; more is answered 429. 0: no limit."
    )
    items_per_day: int = Field(
        default=1_000_000,
        ge=0,
        description="Most acts scored for one key in a day, which begins at 00:00 UTC (07.00 WIB). 0: no limit.",
    )
    models_dir: Path = Field(default=Path("models"), description="Folder of model bundles; only read.")
    model: str | None = Field(
        default=None,
        min_length=1,
        description="Bundle to serve: a name in `models_dir` or a path. Unset: the one that `models_dir`/ACTIVE names.",
    )
    model_poll_seconds: float = Field(
        default=3.0,
        ge=0.1,
        le=3600,
        description="Seconds between two looks for another active model; there are none where `NETRA_MODEL` names one.",
    )
    shadow_model: str | None = Field(
        default=None,
        min_length=1,
        description="Bundle that scores a sample along without answering: see docs/learning.md. Unset: none.",
    )
    shadow_share: float = Field(
        default=0.1, gt=0, le=1, description="Share of the acts that the shadow model scores too."
    )
    watchlists_dir: Path | None = Field(
        default=None,
        description="Folder of watchlists; read again when its files change. Unset: the ones that come with Netra.",
    )
    max_batch_items: int = Field(
        default=1000, ge=1, le=100_000, description="Most items in one call of /classify/batch; more is answered 413."
    )
    # The scorer reads no further than this upper bound (app.text.repair.MAX_CHARS); a test holds the two together.
    max_text_chars: int = Field(
        default=10_000,
        ge=1,
        le=10_000,
        description="Longest `text` and `target_text`, in code points; more is answered 413.",
    )
    max_body_bytes: int = Field(
        default=8 * 1024 * 1024, ge=1024, description="Largest request body in bytes; more is answered 413 unread."
    )
    workers: int = Field(
        default=2,
        ge=1,
        le=64,
        description="Threads for work too long for the event loop: batches, long texts, large bodies.",
    )
    max_waiting: int = Field(
        default=16,
        ge=0,
        description="Requests that may wait for such a thread; more is answered 503 with `Retry-After`.",
    )
    keep_texts: Literal["review", "off"] = Field(
        default="review",
        description="`review`: acts that are queued are kept with their texts until they are purged. `off`: nothing is "
        "kept, so nothing can be queued.",
    )
    retention_days: int = Field(
        default=365,
        ge=1,
        le=36_500,
        description="Days after which `netra purge` erases what nobody queued or decided anything of since.",
    )
    lease_minutes: int = Field(
        default=15, ge=1, le=1440, description="Minutes for which an item is with the reviewer who took it."
    )
    second_read_percent: int = Field(
        default=20, ge=0, le=100, description="Share of queued items that two people read, chosen by their ids."
    )
    upload_max_bytes: int = Field(
        default=64 * 1024 * 1024,
        ge=0,
        description="Largest file that can be uploaded at the console, in bytes; more is answered 413. 0: none can.",
    )
    upload_jobs: int = Field(
        default=1, ge=1, le=16, description="Uploaded files that are scored at once, all processes of a host together."
    )
    upload_days: int = Field(
        default=7, ge=1, le=365, description="Days after which an uploaded file that nobody touched is removed."
    )
    log_level: LogLevel = Field(default="INFO", description="Least level that is logged. Logs never carry post text.")
    traces: Switch = Field(
        default="off",
        description="`on`: one OpenTelemetry span for each request, sent as `OTEL_EXPORTER_OTLP_ENDPOINT` says; needs "
        "`netra[otel]`.",
    )
    docs_enabled: bool = Field(
        default=False, description="Serve /docs; the page loads its scripts from a public CDN, so it is off by default."
    )

    def bundle(self, name: str) -> Path:
        """Folder of the bundle that a setting names: a path of several parts, or else a name in ``models_dir``."""
        return bundle_at(self.models_dir, name)


def default_settings() -> Settings:
    """The settings as they are when the environment says nothing."""
    return Settings(**{name: field.default for name, field in Settings.model_fields.items()})


def variable_of(setting: str) -> str:
    """The environment variable that a setting is read from."""
    return f"{PREFIX}{setting.upper()}"


def settings_table() -> str:
    """Markdown table of every setting, as it stands in docs/settings.md."""
    rows = ["| Variable | Default | Meaning |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        default = "*(unset)*" if field.default is None else f"`{field.default}`"
        rows.append(f"| `{variable_of(name)}` | {default} | {field.description} |")
    return "\n".join(rows) + "\n"
