"""The pages that stand in the navigation, in order: a new one is added here and in ``app.access.routes``."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from app.access.keys import Caller
from app.access.scopes import Scope


class NavPage(NamedTuple):
    """``word`` is its key in ``data/console``; ``need`` is what ``app.access.routes.CONSOLE`` says of its path.

    ``below`` is where the pages begin that belong to it.
    """

    path: str
    word: str
    need: Scope | Literal["any"]
    below: str = ""

    def holds(self, path: str) -> bool:
        """Whether ``path`` is this page or one that belongs to it."""
        return path == self.path or path.startswith(f"{self.below or self.path}/")


NAVIGATION: Final = (
    NavPage("/konsol/antrean", "nav.queue", "review", "/konsol/butir"),
    NavPage("/konsol/beda", "nav.disputes", "review"),
    NavPage("/konsol/coba", "nav.trial", "classify"),
    NavPage("/konsol/unggahan", "nav.uploads", "classify"),
    NavPage("/konsol/dasbor", "nav.board", "review"),
    NavPage("/konsol/model", "nav.model", "any"),
    NavPage("/konsol/bantuan", "nav.help", "any"),
)


def pages_for(caller: Caller) -> list[NavPage]:
    """What ``caller`` may open."""
    return [page for page in NAVIGATION if page.need == "any" or page.need in caller.scopes]
