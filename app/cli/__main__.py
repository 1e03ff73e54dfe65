"""``python -m app.cli`` is ``netra``."""

from app.cli import main

main()
