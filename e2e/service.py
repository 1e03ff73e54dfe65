"""``netra`` as a person starts it: the service on a free port of this host, and its commands."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[1]
NETRA = (sys.executable, "-m", "app.cli")
#: Seconds for a model to be loaded, and for a command, on a host with much else to do.
PATIENCE = 300


@dataclass(frozen=True)
class Home:
    """A state folder and a models folder of one's own."""

    state: Path
    models: Path
    work: Path

    def env(self) -> dict[str, str]:
        """Settings, and none of whoever runs this."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("NETRA_")}
        own = {"NETRA_STATE_DIR": self.state, "NETRA_MODELS_DIR": self.models}
        more = {"NETRA_SECOND_READ_PERCENT": "0", "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"}
        return {**kept, **{name: str(path) for name, path in own.items()}, **more}

    def netra(self, *words: object, code: int = 0, program: tuple[str, ...] = NETRA) -> str:
        """Output of a command, which must end with ``code``."""
        told = [*program, *map(str, words)]
        done = subprocess.run(told, cwd=self.work, env=self.env(), capture_output=True, text=True, timeout=4 * PATIENCE)
        assert done.returncode == code, f"{words[:3]}: {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        return done.stdout + done.stderr

    def active(self) -> str:
        """Name of the active bundle."""
        return (self.models / "ACTIVE").read_text(encoding="ascii").split()[0]


def home_in(folder: Path) -> Home:
    """A home with a copy of the repository's models, which nothing here may change."""
    for name in ("state", "work"):
        (folder / name).mkdir()
    shutil.copytree(ROOT / "models", folder / "models")
    return Home(folder / "state", folder / "models", folder / "work")


@contextmanager
def served(home: Home, workers: int = 2) -> Iterator[tuple[str, str]]:
    """Address and key of a service that is ready to answer; it is told to end like any other."""
    port = _free_port()
    words = [*NETRA, "serve", "--port", str(port), "--workers", str(workers), "--local-key"]
    with (home.work / "serve.log").open("a") as log:
        process = subprocess.Popen(words, cwd=home.work, env=home.env(), stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        assert process.stdout is not None
        key = process.stdout.readline().strip()
        address = f"http://127.0.0.1:{port}"
        _wait(address, process, home)
        yield address, key
    finally:
        process.terminate()
        process.wait(PATIENCE)
        if process.stdout is not None:
            process.stdout.close()


def _free_port() -> int:
    """A port that nobody has, of those that no system gives away by itself: nobody gets it before the service does."""
    for port in random.sample(range(15_000, 30_000), 100):
        with socket.socket() as taken, suppress(OSError):
            taken.bind(("127.0.0.1", port))
            return port
    raise OSError("no port is free")


def _wait(address: str, process: subprocess.Popen[str], home: Home) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, (home.work / "serve.log").read_text()[-3000:]
        try:
            with urlopen(f"{address}/health/ready", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise TimeoutError("the service did not become ready")
