"""Sessions of the console: a signed cookie that names a key and never holds it.

Nothing is kept on the server, so any process can answer. A session ends when its time is over, when its key ends, or
when the service's secret changes; the key is looked up anew at each request.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from itsdangerous import BadData, URLSafeSerializer
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Scope

from app.access.secret import derived
from app.problems import FormRefused

#: Where in the ASGI scope the session is noted.
SESSION: Final = "netra.session"
#: Everything that a session opens, and nothing that a key does.
ROOT: Final = "/konsol"
_HOUR = 3600
_MARK_BYTES = 16


@dataclass(frozen=True, slots=True)
class Session:
    """``mark`` is random and tells sessions of one key apart; ``begun`` is in seconds since 1970."""

    key_id: str
    mark: str
    begun: int


#: Where no keys are asked for. Its forms still carry a token that no other site can know.
EVERYBODYS: Final = Session("-", "-", 0)


class Sessions:
    """Makes and recognises sessions under one secret. ``secure``: the cookie travels over TLS only."""

    def __init__(self, secret: bytes, hours: int, *, secure: bool, now: Callable[[], float] = time.time) -> None:
        self._signer = URLSafeSerializer(derived(secret, "session"), salt="netra.session")
        self._forms = derived(secret, "form")
        self._seconds, self._now = hours * _HOUR, now
        self.secure = secure
        self.cookie = "__Secure-netra" if secure else "netra"

    def begin(self, key_id: str) -> Session:
        """A new session of a key that was just shown."""
        return Session(key_id, secrets.token_urlsafe(_MARK_BYTES), int(self._now()))

    def of(self, connection: HTTPConnection) -> Session | None:
        """The session of a request, ``None`` when there is none or its time is over."""
        try:
            key_id, mark, begun = self._signer.loads(connection.cookies.get(self.cookie, ""))
        except (BadData, ValueError, TypeError):
            return None
        return Session(key_id, mark, begun) if 0 <= self._now() - begun < self._seconds else None

    def give(self, response: Response, session: Session) -> None:
        """Set the cookie of a session."""
        value = str(self._signer.dumps([session.key_id, session.mark, session.begun]))
        self._set(response, value, self._seconds)

    def take(self, response: Response) -> None:
        """Remove the cookie of a session."""
        self._set(response, "", 0)

    def token(self, session: Session) -> str:
        """What every form of a session carries."""
        return hmac.digest(self._forms, session.mark.encode(), "sha256").hex()

    def check(self, session: Session, token: str) -> None:
        """Raises ``FormRefused`` unless ``token`` is the session's."""
        if not hmac.compare_digest(self.token(session).encode(), token.encode("utf-8", "replace")):
            raise FormRefused

    def _set(self, response: Response, value: str, seconds: int) -> None:
        response.set_cookie(
            self.cookie, value, seconds, path=ROOT, secure=self.secure, httponly=True, samesite="strict"
        )


def session_of(scope: Scope) -> Session | None:
    """The session that a request was let in with."""
    session: Session | None = scope.get(SESSION)
    return session


def is_console(path: str) -> bool:
    """Whether sessions, and no keys, open ``path``."""
    return path == ROOT or path.startswith(f"{ROOT}/")
