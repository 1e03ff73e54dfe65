"""Apps that ``make bench`` serves beside Netra, in the same server: one that does nothing, and the usual pipeline."""

from __future__ import annotations

from fastapi import FastAPI
from pydantic import BaseModel

from app.scoring.types import ACTIONS


class One(BaseModel):
    """One post."""

    text: str


class Many(BaseModel):
    """Many posts."""

    items: list[One]


def plain() -> FastAPI:
    """A POST that reads a post and answers nothing: what the framework costs."""
    app = FastAPI()

    @app.post("/")
    async def nothing(post: One) -> dict[str, bool]:
        return {"read": post.text in ACTIONS}

    @app.get("/")
    async def ready() -> dict[str, bool]:
        return {"ready": True}

    return app


def usual() -> FastAPI:
    """The usual pipeline behind it: a score for each of many posts."""
    from scripts.benchpaths import Usual

    pipeline, app = Usual(), FastAPI()

    @app.post("/")
    def score(many: Many) -> list[float]:
        return [float(row[1]) for row in pipeline([one.text for one in many.items])]

    @app.get("/")
    async def ready() -> dict[str, bool]:
        return {"ready": True}

    return app
