"""Every command of ``netra``. What they say is Indonesian first, their help too; ``--en``, before the command or
behind it, gives help and error messages in English.
"""

from __future__ import annotations

from typing import Annotated

import typer

from app import __version__
from app.cli import cases, database, drift, keys, learning, models, review, scoring, serving, training, watchlists
from app.cli.common import BAD_USAGE
from app.cli.usage import IndonesianGroup, asked_for

app = typer.Typer(
    name="netra",
    cls=IndonesianGroup,
    help="Indikasi dukungan kampanye pada unggahan media sosial. Hanya indikasi; petugas yang memutuskan.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (scoring.score, scoring.classify, training.evaluate, training.train, training.behave, serving.serve):
    app.command()(command)
app.command()(learning.challenge)
app.command()(learning.shadow)
app.command()(drift.drift)
for of_review in (review.sample, review.agreement, cases.evidence, cases.replay, cases.purge, cases.forget):
    app.command()(of_review)
app.add_typer(review.audit_app, name="audit")
app.add_typer(review.labels_app, name="labels")
app.add_typer(models.app, name="model")
app.add_typer(watchlists.app, name="watchlist")
app.add_typer(keys.app, name="key")
app.add_typer(database.app, name="db")


@app.callback(invoke_without_command=True)
def _root(
    ctx: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Tampilkan versi.")] = False,
    en: Annotated[bool, typer.Option("--en", help="Bantuan dan pesan dalam bahasa Inggris.")] = False,
) -> None:
    if version:
        typer.echo(f"netra {__version__}")
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())
        raise typer.Exit(BAD_USAGE)
    ctx.default_map = asked_for(ctx.command, {"en": en})
