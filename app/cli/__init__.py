"""The ``netra`` command."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from app.memory import undisturbed, unhurried

if TYPE_CHECKING:
    import typer


def main() -> None:
    """Entry point of the console script."""
    with undisturbed():
        from app.cli.commands import app

        gc.freeze()  # what was imported stays, so nobody looks through it, nor when looking begins again
    unhurried()
    app()


def __getattr__(name: str) -> typer.Typer:
    """``app``, the commands, for whoever looks at them without starting one."""
    if name != "app":
        raise AttributeError(name)
    from app.cli.commands import app

    return app
