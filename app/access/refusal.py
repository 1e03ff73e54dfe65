"""Why Netra does not start."""

from __future__ import annotations


class Refusal(Exception):
    """``str(error)`` is Indonesian, ``error.english`` the same in English. Neither holds the value of a setting."""

    def __init__(self, indonesian: str, english: str) -> None:
        super().__init__(indonesian)
        self.english = english
