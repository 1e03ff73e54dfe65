"""``python -m app.store.draft NAME`` drafts the migration that the table classes need; read it before you keep it."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import URL

from app.store.engine import make_engine
from app.store.migrate import config, upgrade, versions


def draft(name: str) -> Path:
    """The new file in ``migrations/versions``: what lies between the newest version and the table classes."""
    from alembic import command
    from alembic.script import Script

    with TemporaryDirectory() as folder:
        url = URL.create("sqlite", database=f"{folder}/draft.db")
        if versions():
            upgrade(url)
        engine = make_engine(url)
        settings = config()
        number = f"{len(versions()) + 1:04d}"
        with engine.connect() as connection:
            settings.attributes["connection"] = connection
            made = command.revision(settings, name, autogenerate=True, rev_id=number)
        engine.dispose()
    if not isinstance(made, Script):
        raise TypeError("no migration was made")
    return Path(made.path)


if __name__ == "__main__":
    sys.stdout.write(f"{draft(sys.argv[1])}\n")
