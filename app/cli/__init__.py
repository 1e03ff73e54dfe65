"""The ``netra`` command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.memory import unhurried

if TYPE_CHECKING:
    import typer


def main() -> None:
    """Entry point of the console script."""
    unhurried()
    from app.cli.commands import app

    app()


def __getattr__(name: str) -> typer.Typer:
    """``app``, the commands, for whoever looks at them without starting one."""
    if name != "app":
        raise AttributeError(name)
    from app.cli.commands import app

    return app
