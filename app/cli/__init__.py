"""The ``netra`` command. What it says is Indonesian first; ``--en`` gives error messages in English."""

from __future__ import annotations

from typing import Annotated

import typer

from app import __version__
from app.cli import models, scoring, serving, training

app = typer.Typer(
    name="netra",
    help="Indikasi dukungan kampanye pada unggahan media sosial. Hanya indikasi; petugas yang memutuskan.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (scoring.score, scoring.classify, training.evaluate, training.train, serving.serve):
    app.command()(command)
app.add_typer(models.app, name="model")


def main() -> None:
    """Entry point of the console script."""
    app()


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Tampilkan versi.")] = False) -> None:
    if version:
        typer.echo(f"netra {__version__}")
        raise typer.Exit
