"""Templates that escape everything and stop at a name nobody gave them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


def environment_of(folder: Path) -> Environment:
    """An environment for the templates in ``folder``."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # with the first page, not with every start

    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
