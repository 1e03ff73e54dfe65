"""Uploads sent through a console, and runs of theirs that wait or are over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import anyio.to_thread
import httpx
from web.uploadkit import PATIENCE, Halting
from webkit import Console, Page

from app.web.uploads_service import Uploads

PATH = "/konsol/unggahan"


def upload(console: Console, content: bytes, name: str = "unggahan.csv", token: str | None = None) -> Page:
    """Send a file as a browser does: the token stands before it."""
    sent = console.token() if token is None else token
    parts: list[tuple[str, Any]] = [("token", (None, sent)), ("berkas", (name, content, "text/csv"))]
    return Page(console.api.run(console.api.client.post(PATH, files=parts)))


def uploads(console: Console) -> Uploads:
    found: Uploads = console.api.app.state.uploads
    return found


def started(console: Console, content: bytes, name: str = "unggahan.csv", **choices: str) -> str:
    """The address of an upload whose scoring was begun as its page offers."""
    path = upload(console, content, name).to
    page = console.get(path)
    answer = console.submit_on(page, f"{path}/mulai", **choices)
    assert (answer.status, answer.to) == (303, path)
    return path


def done(console: Console, path: str) -> Page:
    """The page of an upload once its run is over."""
    wait(console)
    return console.get(path)


def wait(console: Console) -> None:
    """Until no run is under way; not on the loop, which a run needs to count its rows."""
    console.api.run(anyio.to_thread.run_sync(uploads(console).runner.wait, PATIENCE))


def scored(console: Console, content: bytes, **choices: str) -> Page:
    return done(console, started(console, content, **choices))


@contextmanager
def halted(console: Console) -> Iterator[Halting]:
    """A run that waits: whoever leaves lets it go on."""
    scorer = Halting()
    before = console.api.app.state.runtime
    console.api.app.state.runtime = replace(before, scorer=scorer)
    try:
        yield scorer
    finally:
        scorer.go_on.set()
        console.api.app.state.runtime = before


def download(console: Console, path: str) -> httpx.Response:
    return console.api.get(f"{path}/hasil")
