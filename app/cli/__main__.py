"""``python -m app.cli`` is ``netra``."""

from app.cli import main

if __name__ == "__main__":  # the processes of a service that has several read this too
    main()
