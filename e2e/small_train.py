"""``netra`` with a small corpus, so that a model is trained in half a minute: ``python -m e2e.small_train DATA …``."""

from __future__ import annotations

import sys
from pathlib import Path

from app.cli import main
from training import train


def run() -> None:
    """The command line, reading ``DATA/corpus`` where it would read that of the repository."""
    train.DATA_DIR = Path(sys.argv.pop(1))
    main()


if __name__ == "__main__":
    run()
