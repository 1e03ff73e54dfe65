"""What the commands share: exit codes, how they fail, and the model they use."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from app.scoring.errors import ModelError
from app.scoring.types import Scorer
from app.settings import Settings

English = Annotated[bool, typer.Option("--en", help="Pesan galat dalam bahasa Inggris.")]

#: Exit codes: the command line was wrong (2), an input or output cannot be used (3), no model can be trusted (4).
BAD_USAGE, BAD_FILE, BAD_MODEL = 2, 3, 4


def fail(message: str, code: int) -> NoReturn:
    """Say why on stderr and leave with ``code``."""
    typer.echo(message, err=True)
    sys.exit(code)


def models_dir() -> Path:
    """The models folder of the settings; a relative one that is not here is looked for beside the code."""
    folder = Settings().models_dir
    return folder if folder.is_absolute() or folder.is_dir() else Path(__file__).resolve().parents[2] / folder


def active_name(folder: Path) -> str | None:
    """Name of the bundle that ``folder``/ACTIVE points to, or ``None``."""
    from app.scoring.bundle import ACTIVE

    pointer = folder / ACTIVE
    return pointer.read_text(encoding="ascii").split()[0] if pointer.is_file() else None


def load_scorer(name: str | None = None) -> Scorer:
    """Scorer of the named or the active bundle; leaves with ``BAD_MODEL`` when it cannot be trusted."""
    from app.scoring.bundle import load_active

    try:
        return load_active(models_dir(), name or Settings().model)
    except ModelError as error:
        fail(f"Model tidak dapat dipakai ({error.slug}): {error}", BAD_MODEL)
