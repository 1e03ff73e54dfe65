"""The service for ``netra serve``, in a process of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.hurry import unbuilt
from app.memory import untroubled

if TYPE_CHECKING:  # importing is what is to be hurried
    from fastapi import FastAPI


def application() -> FastAPI:
    """The app of :mod:`app.main`, imported without looking for cycles, which begins when it is ready."""
    untroubled()
    with unbuilt():  # FastAPI's own models are those of OpenAPI documents, which hardly anybody asks a service for
        import fastapi  # noqa: F401
    from app.main import create_app

    return create_app()
