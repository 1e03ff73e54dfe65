"""Every setting of the service: an environment variable ``NETRA_<NAME>``, a default and a description."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


class Settings(BaseSettings):
    """Read once at start; raises ``pydantic.ValidationError`` (without the values) when one does not fit."""

    model_config = SettingsConfigDict(env_prefix="NETRA_", frozen=True, extra="forbid", hide_input_in_errors=True)

    state_dir: Path = Field(
        default=Path("state"), description="Folder for everything the service itself writes; must be writable."
    )
    models_dir: Path = Field(default=Path("models"), description="Folder of model bundles; only read.")
    model: str | None = Field(
        default=None,
        min_length=1,
        description="Bundle to serve: a name in `models_dir` or a path. Unset: the one that `models_dir`/ACTIVE names.",
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
    log_level: LogLevel = Field(default="INFO", description="Least level that is logged. Logs never carry post text.")
    docs_enabled: bool = Field(
        default=False, description="Serve /docs; the page loads its scripts from a public CDN, so it is off by default."
    )


def default_settings() -> Settings:
    """The settings as they are when the environment says nothing."""
    return Settings(**{name: field.default for name, field in Settings.model_fields.items()})


def settings_table() -> str:
    """Markdown table of every setting, as it stands in docs/settings.md."""
    rows = ["| Variable | Default | Meaning |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        default = "*(unset)*" if field.default is None else f"`{field.default}`"
        rows.append(f"| `NETRA_{name.upper()}` | {default} | {field.description} |")
    return "\n".join(rows) + "\n"
