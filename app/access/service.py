"""Store, keys and limits of a running service: from its start to its end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from app.access.contract import with_keys
from app.access.gate import Access
from app.access.keys import known_keys
from app.access.limits import Limiter, Limits, grant
from app.access.login import in_memory
from app.access.ring import KeyRing
from app.access.secret import Secrets, read_secrets
from app.access.session import Sessions
from app.problems import StoreDown, answer
from app.settings import Settings
from app.store import Store, StoreError, open_store
from app.store.opening import is_local, store_url


@asynccontextmanager
async def serving(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    """Open what ``app`` needs and close it at the end. Raises ``StoreError`` or ``Refusal``: then it must not serve."""
    app.state.secrets = read_secrets(settings, local=is_local(store_url(settings)))
    store = open_store(settings)
    access = _access(store, settings, app.state.secrets)
    app.state.store, app.state.access = store, access
    try:
        with store.read() as tx:
            access.ring.fill(known_keys(tx))
        yield
    finally:
        await access.ring.close()
        await access.limiter.close()
        store.close()


def _access(store: Store, settings: Settings, secrets: Secrets) -> Access:
    return Access(
        KeyRing(partial(store.read_in_thread, known_keys)),
        Limiter(lambda wish: store.write_in_thread(lambda tx: grant(tx, wish))),
        Limits(settings.requests_per_minute, settings.items_per_day),
        Sessions(secrets.current, settings.session_hours, secure=settings.behind_tls_proxy == "yes"),
        Limiter(in_memory()),
    )


def install(app: FastAPI) -> None:
    """Describe the keys in the app's OpenAPI document, and answer a store that fails with a problem."""
    plain = app.openapi
    app.openapi = lambda: with_keys(plain())  # type: ignore[method-assign]
    app.exception_handler(StoreError)(_on_store_error)


async def _on_store_error(request: Request, error: StoreError) -> Response:
    return answer(StoreDown(), request.headers)


def store_of(connection: HTTPConnection) -> Store:
    """The store of the app that serves ``connection``."""
    store: Store = connection.app.state.store
    return store


def secrets_of(connection: HTTPConnection) -> Secrets:
    """The secrets of the app that serves ``connection``."""
    secrets: Secrets = connection.app.state.secrets
    return secrets
