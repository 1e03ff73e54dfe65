"""Before anything else is done with a request: who calls, may they, and how often. Plain ASGI."""

from __future__ import annotations

from dataclasses import dataclass
from time import time
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from app.access.hosts import TrustedHosts, is_loopback
from app.access.keys import Caller
from app.access.limits import ITEMS, REQUESTS, Allowance, Lease, Limiter, Limits, rate_headers
from app.access.ring import KeyRing
from app.access.routes import all_routes
from app.access.scopes import SCOPES
from app.access.session import EVERYBODYS, SESSION, Sessions, is_console
from app.problems import HostRefused, KeyMissing, Problem, ScopeMissing, SessionMissing, StoreDown, answer
from app.settings import Settings

HEADER: Final = b"x-api-key"
#: Where in the ASGI scope the caller and what is left of their allowances are noted.
CALLER, LEASES = "netra.caller", "netra.leases"
#: Probes call a process by the address it has today, which no setting could name.
ANY_HOST: Final = "/health/"
#: Requests refused with a body of more bytes, or of unknown length, lose their connection, not our time. Not behind a
#: proxy: it would meet the reset before the answer and call the service down. The proxy ends such bodies itself, and
#: what it still sends is thrown away unread.
SMALL_BODY = 64 * 1024

#: Who calls where no keys are asked for.
EVERYBODY: Final = Caller("-", "-", frozenset(SCOPES), requests_per_minute=0, items_per_day=0)


@dataclass(frozen=True, slots=True)
class Access:
    """What the gate needs of a running service; at ``app.state.access`` from the start on."""

    ring: KeyRing
    limiter: Limiter
    limits: Limits
    sessions: Sessions
    strangers: Limiter

    async def spend(self, scope: Scope, caller: Caller, allowance: Allowance, units: int) -> Lease | None:
        """Take ``units`` of the caller's allowance and note what is left. Raises the allowance's problem."""
        limit = self._limit(caller, allowance)
        if not limit or not units:
            return None
        lease = await self.limiter.take(caller.key_id, allowance, limit, units)
        scope.setdefault(LEASES, {})[allowance.name] = lease
        return lease

    def _limit(self, caller: Caller, allowance: Allowance) -> int:
        if allowance is REQUESTS:
            own, usual = caller.requests_per_minute, self.limits.requests_per_minute
        else:
            own, usual = caller.items_per_day, self.limits.items_per_day
        return usual if own is None else own


class Gate:
    """Lets through what ``app.access.routes`` allows the holder of the key sent; everything else is a problem.

    Under ``/konsol`` a session takes the place of the key, and only there.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._routes = all_routes()
        self._hosts = TrustedHosts(settings.trusted_hosts)
        self._asks = settings.auth == "on"
        self._hangs_up = settings.behind_tls_proxy != "yes"
        self._loopback_only = settings.auth_off_acknowledged != "yes"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with its caller noted, or answer why not."""
        if scope["type"] == "http":
            try:
                refused = await self._refusal(scope)
            except Problem as problem:
                refused = problem, {}
            if refused:
                await self._refuse(scope, receive, send, *refused)
                return
        await self.app(scope, receive, send)

    async def _refusal(self, scope: Scope) -> tuple[Problem, dict[str, str]] | None:
        host, key = _host_and_key(scope)
        path = scope["path"]
        if not self._hosts.trust(host) and not path.startswith(ANY_HOST):
            raise HostRefused
        if not self._asks:
            self._let_everybody(scope)
            return None
        need = self._routes.need(scope["method"], path)
        if need == "open":
            return None
        caller = scope[CALLER] = await (_by_session(scope) if is_console(path) else _by_key(scope, key))
        await access_of(scope).spend(scope, caller, REQUESTS, 1)
        if need is None:
            return self._routes.absence(path)
        if need != "any" and need not in caller.scopes:
            raise ScopeMissing(scope=need)
        return None

    async def _refuse(
        self, scope: Scope, receive: Receive, send: Send, problem: Problem, headers: dict[str, str]
    ) -> None:
        sent = Headers(scope=scope)
        if self._hangs_up and not _is_small(sent):
            headers = {**headers, "Connection": "close"}
        await answer(problem, sent, headers)(scope, receive, send)

    def _let_everybody(self, scope: Scope) -> None:
        # Whatever started the server, and wherever it listens: without keys, only this host is answered.
        server = scope.get("server")
        if self._loopback_only and not (server and is_loopback(server[0])):
            raise HostRefused
        scope[CALLER] = EVERYBODY
        scope[SESSION] = EVERYBODYS


async def _by_key(scope: Scope, key: bytes | None) -> Caller:
    if key is None:
        raise KeyMissing
    return await access_of(scope).ring.admit(key.decode("latin-1"))


async def _by_session(scope: Scope) -> Caller:
    access = access_of(scope)
    session = access.sessions.of(HTTPConnection(scope))
    if session is None:
        raise SessionMissing
    caller = await access.ring.readmit(session.key_id)
    scope[SESSION] = session  # noted whatever follows: also the page of a refusal has its reader's navigation
    return caller


def access_of(scope: Scope) -> Access:
    """The access control of the app that serves ``scope``; raises ``StoreDown`` before its start."""
    access: Access | None = getattr(scope["app"].state, "access", None)
    if access is None:
        raise StoreDown
    return access


def caller_of(connection: HTTPConnection) -> Caller:
    """Who calls. Raises ``KeyError`` on a route that is open to anybody."""
    caller: Caller = connection.scope[CALLER]
    return caller


class CountedItems:
    """Counts ``items`` acts on the caller's day, unless what is done meanwhile fails.

    Entering raises ``QuotaSpent``, none counted, if not as many are left.
    """

    __slots__ = ("_connection", "_items", "_lease")

    def __init__(self, connection: HTTPConnection, items: int) -> None:
        self._connection, self._items = connection, items
        self._lease: Lease | None = None

    async def __aenter__(self) -> None:
        scope = self._connection.scope
        self._lease = await access_of(scope).spend(scope, caller_of(self._connection), ITEMS, self._items)

    async def __aexit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is not None and self._lease is not None:
            self._lease.left += self._items


def allowances_left(scope: Scope) -> dict[str, str]:
    """Headers that tell a caller who has limits what is left of them."""
    leases = scope.get(LEASES)
    return rate_headers(leases.values(), time()) if leases else {}


def _host_and_key(scope: Scope) -> tuple[bytes, bytes | None]:
    host, key = b"", None
    for name, value in scope["headers"]:
        if name == b"host":
            host = value
        elif name == HEADER:
            key = value
    return host, key


def _is_small(sent: Headers) -> bool:
    """Whether the body that follows is known to be small."""
    length = sent.get("content-length", "0")
    return "transfer-encoding" not in sent and length.isdecimal() and len(length) < 9 and int(length) <= SMALL_BODY
