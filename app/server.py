"""The service for ``netra serve``, in a process of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.memory import untroubled

if TYPE_CHECKING:  # importing is what is to be hurried
    from fastapi import FastAPI


def application() -> FastAPI:
    """The app of :mod:`app.main`, imported without looking for cycles, which begins when it is ready."""
    untroubled()
    from app.main import create_app

    return create_app()
