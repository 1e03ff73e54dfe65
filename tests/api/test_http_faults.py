"""A database that is locked, full or read-only while the service runs: what is asked of it fails whole, the rest goes on."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from databases import opened, settings_of
from http_client import Api, make_api, problem
from sqlalchemy import Connection, event

from app.access.keys import create_key
from app.store import engine as engine_module

Fault = Callable[[Api, Path], object]


@contextmanager
def locked(api: Api, file: Path) -> Iterator[None]:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


@contextmanager
def limited(api: Api, pragma: str) -> Iterator[None]:
    """Every transaction begins with ``pragma``; afterwards connections are made anew."""
    engine = api.app.state.store.engine

    def limit(connection: Connection) -> None:
        connection.exec_driver_sql(pragma)

    event.listen(engine, "begin", limit)
    yield
    event.remove(engine, "begin", limit)
    engine.dispose()


@contextmanager
def full(api: Api, file: Path) -> Iterator[None]:
    with limited(api, "PRAGMA max_page_count = 1"):  # never less than there are
        yield


@contextmanager
def read_only(api: Api, file: Path) -> Iterator[None]:
    with limited(api, "PRAGMA query_only = 1"):
        yield


def queued(file: Path) -> int:
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return int(connection.execute("SELECT count(*) FROM review_item").fetchone()[0])


@pytest.mark.parametrize("fault", [locked, full, read_only])
def test_scoring_goes_on_and_what_was_accepted_is_all_there(
    fault: Fault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "LOCK_SECONDS", 0)
    settings = settings_of(tmp_path)
    with opened(settings) as store, store.begin() as tx:
        key = create_key(tx, "uji", ["classify"])
    file = settings.state_dir / "netra.db"

    def queue(api: Api, text: str) -> int:
        # Long enough that a full file has no page left for it.
        body = {"text": f"coblos {text} " + "z" * 9_000, "queue": True}
        return api.post("/classify", body, X_API_Key=key).status_code

    with make_api(state_dir=settings.state_dir, secret_key=settings.secret_key) as api:
        assert queue(api, "satu") == 200
        with fault(api, file):  # type: ignore[attr-defined]
            refused = api.post("/classify", {"text": "coblos " + "y" * 9_000, "queue": True}, X_API_Key=key)
            assert (refused.status_code, problem(refused)["slug"]) == (503, "store-down")
            assert int(refused.headers["retry-after"]) > 0
            assert api.post("/classify", {"text": "coblos"}, X_API_Key=key).json()["flagged"] is True
            assert api.get("/health/live").status_code == 200
        assert queued(file) == 1
        assert queue(api, "dua") == 200
    assert queued(file) == 2
