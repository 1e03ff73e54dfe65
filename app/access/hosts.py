"""The names and addresses of this service: a page on another site must not reach it under a name of its own."""

from __future__ import annotations

import ipaddress


class TrustedHosts:
    """``names`` separated by commas: exact, ``*.example.id`` for everything below, ``*`` for any."""

    def __init__(self, names: str) -> None:
        known = [name.lower() for name in names.split(",")]
        self._any = "*" in known
        self._exact = frozenset(known)
        self._below = tuple(name[1:] for name in known if name.startswith("*."))

    def trust(self, host: bytes) -> bool:
        """Whether a ``Host`` header, port and all, is one of the names."""
        if self._any:
            return True
        name = _without_port(host.decode("latin-1").lower())
        return name in self._exact or (bool(self._below) and name.endswith(self._below))


def is_loopback(host: str) -> bool:
    """Whether only this very host can reach ``host``; a name other than ``localhost`` may lead anywhere."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() and not host.endswith("]") else host
