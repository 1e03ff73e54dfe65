"""What has to be true before the service listens."""

from __future__ import annotations

from app.access.hosts import is_loopback
from app.access.refusal import Refusal
from app.access.secret import read_secrets
from app.settings import Settings
from app.store.opening import is_local, open_store, store_url


def check_start(settings: Settings, host: str) -> None:
    """Raises ``Refusal`` or ``StoreError`` unless it is safe to listen on ``host``; makes a SQLite store on the way."""
    if not is_loopback(host):
        _check_open(settings)
    read_secrets(settings, local=is_local(store_url(settings)))
    open_store(settings).close()


def _check_open(settings: Settings) -> None:
    if settings.behind_tls_proxy != "yes":
        raise Refusal(
            "Menolak mendengarkan di luar komputer ini: kunci dan unggahan akan lewat tanpa enkripsi. "
            "Pasang proksi TLS di depannya, lalu nyatakan dengan NETRA_BEHIND_TLS_PROXY=yes.",
            "Refusing to listen beyond this host: keys and posts would travel in the clear. "
            "Put a TLS proxy in front and say so with NETRA_BEHIND_TLS_PROXY=yes.",
        )
    if settings.auth == "off" and settings.auth_off_acknowledged != "yes":
        raise Refusal(
            "Menolak mendengarkan di luar komputer ini tanpa kunci (NETRA_AUTH=off). "
            "Bila memang demikian maunya, nyatakan dengan NETRA_AUTH_OFF_ACKNOWLEDGED=yes.",
            "Refusing to listen beyond this host without keys (NETRA_AUTH=off). "
            "If that is what you want, say so with NETRA_AUTH_OFF_ACKNOWLEDGED=yes.",
        )
