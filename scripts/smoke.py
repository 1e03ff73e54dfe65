"""Start the service as ``make serve`` does, ask it as a user would, stop it. Loopback only."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from functools import partial
from pathlib import Path

NETRA = Path(sys.executable).with_name("netra")
PATIENCE = 60.0


def main() -> int:
    with tempfile.TemporaryDirectory() as state:
        return smoke({**os.environ, "NETRA_STATE_DIR": state})


def smoke(environment: dict[str, str]) -> int:
    port = free_port()
    start = [NETRA, "serve", "--port", str(port), "--workers", "2", "--local-key"]
    server = subprocess.Popen(start, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        key = server.stdout.readline().strip()
        wait_ready(port)
        assert refused(port, {}) == refused(port, {"X-API-Key": key[:-1] + "-"}) == 401, "a stranger is let in"
        ask = partial(classify, port, key)
        support = ask({"text": "Jangan lupa Rabu besok coblos nomor 2, Pak Darsono bupati kita! ✌️"})
        notice = ask({"text": "KPU mengumumkan jadwal pemungutan suara hari Rabu pukul 07.00 sampai 13.00."})
        like = ask({"action": "like"})
        assert support["flagged"] and support["evidence"], "a plain vote call is not flagged"
        assert not notice["flagged"], "an official notice is flagged"
        assert like["band"] == "undecided" and like["reasons"] == ["needs_target"], "a bare like is guessed at"
        made = [NETRA, "key", "create", "--scopes", "classify", "--days", "1"]
        fresh = subprocess.run(made, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
        assert classify(port, fresh, {"action": "like"}) == like, "a new key is not known at once"
        print("smoke: ready, keys asked for, answers as expected from model", support["model"]["version"])
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


def refused(port: int, headers: dict[str, str]) -> int:
    try:
        with urllib.request.urlopen(
            urllib.request.Request(f"http://127.0.0.1:{port}/info", headers=headers), timeout=10
        ):
            return 200
    except urllib.error.HTTPError as error:
        return error.code


def classify(port: int, key: str, item: dict[str, str]) -> dict[str, object]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/classify",
        data=json.dumps(item).encode(),
        headers={"Content-Type": "application/json", "X-API-Key": key},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


if __name__ == "__main__":
    sys.exit(main())
