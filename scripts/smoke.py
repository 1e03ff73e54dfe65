"""Start the service as ``make serve`` does, ask it as a user would, stop it. Loopback only."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

NETRA = Path(sys.executable).with_name("netra")
PATIENCE = 60.0


def main() -> int:
    port = free_port()
    server = subprocess.Popen([NETRA, "serve", "--port", str(port)])
    try:
        wait_ready(port)
        support = ask(port, {"text": "Jangan lupa Rabu besok coblos nomor 2, Pak Darsono bupati kita! ✌️"})
        notice = ask(port, {"text": "KPU mengumumkan jadwal pemungutan suara hari Rabu pukul 07.00 sampai 13.00."})
        like = ask(port, {"action": "like"})
        assert support["flagged"] and support["evidence"], "a plain vote call is not flagged"
        assert not notice["flagged"], "an official notice is flagged"
        assert like["band"] == "undecided" and like["reasons"] == ["needs_target"], "a bare like is guessed at"
        print("smoke: ready, three answers as expected from model", support["model"]["version"])
    finally:
        server.terminate()
        server.wait(timeout=20)
    return 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_ready(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise SystemExit("smoke: the service did not become ready")


def ask(port: int, item: dict[str, str]) -> dict[str, object]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/classify",
        data=json.dumps(item).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


if __name__ == "__main__":
    sys.exit(main())
